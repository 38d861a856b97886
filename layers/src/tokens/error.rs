//! Why tokens cannot be kept, found or made, in one sentence each. None of them holds a token.

use crate::database::Refusal;
use crate::time::Instant;
use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};

/// Why something cannot be done with the tokens of a directory.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// Nobody has made one.
    #[error("there are no tokens in {}; 'roadblock token create' makes the first", .0.display())]
    Missing(PathBuf),
    /// The system says no.
    #[error("{}: {source}", path.display())]
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is something else.
    #[error("{} holds no tokens of roadblock: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        reason: String,
    },
    /// A later roadblock wrote it.
    #[error("{} was written by a newer roadblock (schema {found}, this one knows {known}); use that one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// It is not what was written.
    #[error("{} is damaged: {reason}; remove it, and every token with it, and make new ones", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        reason: String,
    },
    /// SQLite says no.
    #[error("{}: {source}", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A name that nobody could tell from others.
    #[error("'{0}' is no name for a token; write 1 to 64 letters, digits and . _ @ + - without blanks, as in qgis-anna")]
    Name(String),
    /// A name that is somebody else's.
    #[error("there is a token named '{0}' already; revoke it first, or choose another name")]
    Taken(String),
    /// A name that is nobody's.
    #[error("there is no token named '{name}' to revoke; there are: {}", if known.is_empty() { "none" } else { known })]
    Unknown {
        /// What was asked for.
        name: String,
        /// Names that there are.
        known: String,
    },
    /// An end before the beginning.
    #[error("a token that expires at {0} would be over already; choose a later day")]
    Over(Instant),
    /// Edits of somebody who cannot edit.
    #[error("a partner reads and does not edit; only tokens of editors and admins may be allowed blind edits")]
    Blind,
}

impl TokensError {
    /// Whether the file is not what was written.
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Foreign { .. } | Self::Damaged { .. })
    }

    /// What the system said of a path.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { path: path.to_path_buf(), source }
    }

    /// What SQLite said of a file.
    pub(super) fn sql(path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        |source| {
            let path = path.to_path_buf();
            match source.sqlite_error_code() {
                Some(ErrorCode::NotADatabase) => Self::Foreign { path, reason: "it is no SQLite database".to_owned() },
                Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, reason: source.to_string() },
                _ => Self::Sql { path, source },
            }
        }
    }

    /// Why a file is left alone.
    pub(super) fn refused(path: &Path, refusal: Refusal) -> Self {
        let path = path.to_path_buf();
        match refusal {
            Refusal::Foreign(reason) => Self::Foreign { path, reason },
            Refusal::Newer(found, known) => Self::Newer { path, found, known },
        }
    }
}
