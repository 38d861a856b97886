//! Why a store cannot be opened, made, copied or read, in one sentence each.

use crate::finding::Finding;
use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is there.
    #[error("there is no store at {}", .0.display())]
    Missing(PathBuf),
    /// Something is there and would be overwritten.
    #[error("{} is there already and is not overwritten", .0.display())]
    Exists(PathBuf),
    /// A process serves it.
    #[error("the store in {} is held by another roadblock; stop that one first, or name another directory", .0.display())]
    InUse(PathBuf),
    /// The system says no.
    #[error("{}: {source}", path.display())]
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is something else.
    #[error("{} is no roadblock store: {reason}", path.display())]
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
    #[error("{} is damaged: {damage}; restore a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where and how.
        damage: Damage,
    },
    /// A log of changes lies there without the file it belongs to.
    #[error("{} is gone, but its log {}-wal is there; put the file back or restore a backup", .0.display(), .0.display())]
    Bereft(PathBuf),
    /// There is no room left.
    #[error("the disk of {} is full", .0.display())]
    DiskFull(PathBuf),
    /// Its records break rules that this program holds them to.
    #[error("{} of the records are refused; the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
    Refused(Vec<Finding>),
    /// SQLite says no.
    #[error("{}: {source}", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Whether what was stored is not there any more as it was stored.
    pub const fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Foreign { .. } | Self::Bereft(_))
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
                Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path, damage: Damage::file(source) },
                Some(ErrorCode::DiskFull) => Self::DiskFull(path),
                _ => Self::Sql { path, source },
            }
        }
    }

    /// What was found while reading a file.
    pub(super) fn damage(path: &Path) -> impl FnOnce(Damage) -> Self {
        |damage| Self::Damaged { path: path.to_path_buf(), damage }
    }
}

/// Where a store is not what was written, and how.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", self.place())]
pub struct Damage {
    table: Option<&'static str>,
    row: i64,
    reason: String,
}

impl Damage {
    /// Of the file as a whole.
    pub(super) fn file(reason: impl ToString) -> Self {
        Self { table: None, row: 0, reason: one_line(reason) }
    }

    /// Of one row of a table.
    pub(super) fn row(table: &'static str, row: i64, reason: impl ToString) -> Self {
        Self { table: Some(table), row, reason: one_line(reason) }
    }

    fn place(&self) -> String {
        self.table.map(|table| format!("table {table}, row {}: ", self.row)).unwrap_or_default()
    }
}

/// What SQLite says may quote whole statements.
fn one_line(reason: impl ToString) -> String {
    reason.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
