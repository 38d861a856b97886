//! Why tokens cannot be kept, found or made, in one sentence each. None of them holds a token.

use crate::database::DatabaseError;
use crate::time::Instant;
use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};

/// What is said of a file in which there are none.
pub(super) const NO_TOKENS: &str = "holds no tokens of roadblock";

/// Why something cannot be done with the tokens of a directory.
#[derive(Debug, thiserror::Error)]
pub enum TokensError {
    /// Nobody has made one.
    #[error("there are no tokens in {}; 'roadblock token create' makes the first", .0.display())]
    Missing(PathBuf),
    /// The file cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// It is not what was written.
    #[error("{} is damaged: {reason}; remove it, and every token with it, and make new ones", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        reason: String,
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
        match self {
            Self::Damaged { .. } => true,
            Self::Database(error) => error.is_foreign(),
            _ => false,
        }
    }

    /// What the system said of a path.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| DatabaseError::io(path)(source).into()
    }

    /// What SQLite said of a file.
    pub(super) fn sql(path: &Path) -> impl FnOnce(rusqlite::Error) -> Self {
        |source| match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path: path.to_path_buf(), reason: source.to_string() },
            _ => DatabaseError::sql(path, NO_TOKENS, source).into(),
        }
    }
}
