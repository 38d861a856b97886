//! What can be said about tokens.

use super::DataArgs;
use clap::{Args, Subcommand, ValueEnum};
use roadblock_layers::time::Instant;
use roadblock_layers::tokens::Role;

/// What to do with the tokens of a directory.
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token and print it, alone and once: only its digest is kept.
    Create(CreateArgs),
    /// List every token: name, audience, when it was made, until when it is good, the end of its digest; never the token.
    List(DataArgs),
    /// End a token at once, also of a server that runs.
    Revoke(RevokeArgs),
}

/// What a token opens.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// Where the server that it opens keeps its records.
    #[command(flatten)]
    pub data: DataArgs,

    /// Who the holder is.
    #[arg(long, value_enum)]
    pub audience: AudienceWord,

    /// Who the holder is by name, as the log of changes will say. [default: the audience and the end of the token's digest]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Last moment, as 2027-01-01 (its midnight, UTC) or 2027-01-01T18:00:00Z, or how long, as 90d. [default: until it is revoked]
    #[arg(long, value_name = "TIME|DAYS", value_parser = expiry)]
    pub expires: Option<Expiry>,

    /// Let its changes come without the version they were made from, as QGIS sends them: the last one stands.
    #[arg(long)]
    pub allow_blind_edits: bool,
}

/// Which token to end.
#[derive(Debug, Args)]
pub struct RevokeArgs {
    /// Where it is kept.
    #[command(flatten)]
    pub data: DataArgs,

    /// Its name, as `list` has it.
    #[arg(value_name = "NAME")]
    pub name: String,
}

/// What the holder of a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AudienceWord {
    /// Reads what partners may see.
    Partner,
    /// Reads everything and keeps the records.
    Editor,
    /// An editor who also looks after the server.
    Admin,
}

impl AudienceWord {
    /// As tokens have it.
    pub const fn role(self) -> Role {
        match self {
            Self::Partner => Role::Partner,
            Self::Editor => Role::Editor,
            Self::Admin => Role::Admin,
        }
    }
}

/// Until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Until a moment.
    At(Instant),
    /// So many days from now.
    Days(u16),
}

impl Expiry {
    /// The moment, seen from another.
    pub const fn from(self, now: Instant) -> Instant {
        match self {
            Self::At(at) => at,
            Self::Days(days) => now.plus_days(days as i64),
        }
    }
}

fn expiry(text: &str) -> Result<Expiry, String> {
    let days = text.strip_suffix('d').and_then(|days| days.parse().ok()).filter(|days| *days > 0);
    let moment = || Instant::parse(text).map(Expiry::At);
    days.map_or_else(moment, |days| Ok(Expiry::Days(days))).map_err(|error| format!("{error}; or a number of days, as 90d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_moment_or_a_number_of_days() {
        let now = Instant::parse("2026-11-25T12:00:00Z").unwrap();
        let read = |text: &str| expiry(text).map(|end| end.from(now).to_string());
        assert_eq!(read("2027-01-01").unwrap(), "2027-01-01T00:00:00Z");
        assert_eq!(read("2027-01-01T18:00:00+02:00").unwrap(), "2027-01-01T16:00:00Z");
        assert_eq!(read("90d").unwrap(), "2027-02-23T12:00:00Z");
        for odd in ["", "d", "0d", "-3d", "90", "soon", "99999d"] {
            assert!(read(odd).unwrap_err().contains("90d"), "{odd}");
        }
    }
}
