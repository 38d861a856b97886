//! What a token opens, for whom and until when.

use super::error::TokensError;
use crate::time::Instant;
use crate::vocab::{Audience, Vocabulary};

/// Longest name in characters.
const LONGEST_NAME: usize = 64;

/// What the holder of a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Of a registered organisation: reads more.
    Partner,
    /// Keeps the records.
    Editor,
    /// An editor who also looks after the server.
    Admin,
}

impl Role {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// Whose view it sees.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Partner => Audience::Partner,
            Self::Editor | Self::Admin => Audience::Editor,
        }
    }
}

impl Vocabulary for Role {
    const TITLE: &'static str = "role";
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Partner, "partner"), (Self::Editor, "editor"), (Self::Admin, "admin")];
}

/// What a token opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Who holds it, as the audit log will say; one word.
    pub name: String,
    /// What that makes of them.
    pub role: Role,
    /// Whether changes may come without the version they were made from.
    pub allow_blind_edits: bool,
    /// When it was made.
    pub created: Instant,
    /// First moment at which it opens nothing any more; `None`: never.
    pub expires: Option<Instant>,
}

impl Grant {
    /// Whether it opens anything at a moment.
    pub fn holds(&self, at: Instant) -> bool {
        self.expires.is_none_or(|end| at < end)
    }

    /// Refuses names that cannot be told apart in a log, ends that are over, and blind edits of who cannot edit.
    ///
    /// # Errors
    /// With what is wrong and what would be right.
    pub fn check(&self) -> Result<(), TokensError> {
        let is_good = |one: char| one.is_alphanumeric() || "._@+-".contains(one);
        if self.name.is_empty() || self.name.chars().count() > LONGEST_NAME || !self.name.chars().all(is_good) {
            return Err(TokensError::Name(self.name.clone()));
        }
        if let Some(end) = self.expires.filter(|_| !self.holds(self.created)) {
            return Err(TokensError::Over(end));
        }
        if self.allow_blind_edits && self.role == Role::Partner {
            return Err(TokensError::Blind);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        let created = Instant::from_micros(1_000_000);
        Grant { name: "qgis-anna".into(), role: Role::Editor, allow_blind_edits: true, created, expires: None }
    }

    #[test]
    fn it_holds_until_the_moment_it_ends() {
        let end = Instant::from_micros(5);
        let ending = Grant { expires: Some(end), ..grant() };
        assert!(grant().holds(Instant::MAX) && ending.holds(Instant::from_micros(4)) && !ending.holds(end));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(grant().check().is_ok());
        assert!(Grant { name: "Aïssata.D@cri".into(), ..grant() }.check().is_ok());
        for name in ["", "two words", "new\nline", "<b>", &"x".repeat(65)] {
            assert!(matches!(Grant { name: name.into(), ..grant() }.check(), Err(TokensError::Name(_))), "{name:?}");
        }
        assert!(matches!(Grant { expires: Some(grant().created), ..grant() }.check(), Err(TokensError::Over(_))));
        assert!(matches!(Grant { role: Role::Partner, ..grant() }.check(), Err(TokensError::Blind)));
    }

    #[test]
    fn words_are_the_roles_own() {
        for (role, word) in Role::WORDS {
            assert_eq!((role.as_str(), Role::parse(word)), (*word, Some(*role)));
        }
        assert_eq!(Role::Admin.audience(), Audience::Editor);
    }
}
