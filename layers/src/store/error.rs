//! Why a store cannot be opened, made, copied or read, in one sentence each.

use crate::database::DatabaseError;
use crate::finding::Finding;
use rusqlite::ErrorCode;
use std::io;
use std::path::{Path, PathBuf};

/// What is said of a file that is no store.
pub(super) const NO_STORE: &str = "is no roadblock store";

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
    /// The file cannot be used.
    #[error(transparent)]
    Database(#[from] DatabaseError),
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
}

impl StoreError {
    /// Whether what was stored is not there any more as it was stored.
    pub const fn is_damage(&self) -> bool {
        match self {
            Self::Damaged { .. } | Self::Bereft(_) => true,
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
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged { path: path.to_path_buf(), damage: Damage::file(source) },
            Some(ErrorCode::DiskFull) => Self::DiskFull(path.to_path_buf()),
            _ => DatabaseError::sql(path, NO_STORE, source).into(),
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
