//! Who asks: what a request may see, and under which name it changes anything.

use crate::problem::Problem;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use roadblock_layers::tokens::{Grant, Role};
use roadblock_layers::vocab::Audience;
use std::convert::Infallible;

/// Whoever sent a request, as the gate found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Whose view is shown.
    pub audience: Audience,
    /// Name of the token; nothing without one.
    pub name: Option<String>,
    /// Whether changes may leave out which version they follow.
    pub allow_blind_edits: bool,
    /// Whether they also look after the server.
    pub is_admin: bool,
}

impl Caller {
    /// Anybody.
    pub const PUBLIC: Self = Self { audience: Audience::Public, name: None, allow_blind_edits: false, is_admin: false };

    /// Whoever the gate found to send a request.
    pub fn of(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or(Self::PUBLIC)
    }

    /// The name under which an editor changes records.
    ///
    /// # Errors
    /// 401 without a token, 403 with one that may not.
    pub fn editor(&self) -> Result<&str, Problem> {
        match &self.name {
            None => Err(Problem::unauthorized("changes need the token of an editor; send it as 'Authorization: Bearer TOKEN'")),
            Some(name) if self.audience == Audience::Editor => Ok(name),
            Some(_) => Err(Problem::forbidden("this token reads and changes nothing; changes need the token of an editor")),
        }
    }
}

/// Whoever holds the token of a grant.
impl From<Grant> for Caller {
    fn from(grant: Grant) -> Self {
        Self {
            audience: grant.role.audience(),
            name: Some(grant.name),
            allow_blind_edits: grant.allow_blind_edits,
            is_admin: grant.role == Role::Admin,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use roadblock_layers::time::Instant;

    #[test]
    fn editors_and_admins_change_records_under_their_names_and_nobody_else_does() {
        let holder = |role| {
            let created = Instant::from_micros(0);
            Caller::from(Grant { name: "anna".into(), role, allow_blind_edits: false, created, expires: None })
        };
        let refused = |caller: &Caller| caller.editor().map_err(|problem| problem.status.as_u16()).map(str::to_owned);
        assert_eq!(refused(&Caller::PUBLIC), Err(401));
        assert_eq!(refused(&holder(Role::Partner)), Err(403));
        assert_eq!(refused(&holder(Role::Editor)), Ok("anna".into()));
        assert_eq!((refused(&holder(Role::Admin)), holder(Role::Admin).is_admin), (Ok("anna".into()), true));
    }
}
