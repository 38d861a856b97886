//! SQLite files of ours: set up so that what is committed is on the disk, told from those of other programs, brought to the newest
//! schema, and kept from everybody but their owner.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a lock of another program, such as QGIS, is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is not public is in these files: nobody but their owner reads them.
const OWNERS_FOLDER: u32 = 0o700;
const OWNERS_FILE: u32 = 0o600;

/// Makes a directory and those it lies in, unless they are there.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(OWNERS_FOLDER).create(folder)
}

/// How a file is opened that may have to be made.
pub(crate) fn owners_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(OWNERS_FILE);
    options
}

/// Opens a file that exists.
pub(crate) fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    set_up(&connection)?;
    Ok(connection)
}

/// What every connection is told.
pub(crate) fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // The default forgets the last commits when the power goes.
    connection.pragma_update(None, "synchronous", "FULL")
}

/// Changes go to a log first, so that readers go on while one writes.
pub(crate) fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
}

/// Why a file of ours cannot be used, whatever is kept in it.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The system says no.
    #[error("{}: {source}", path.display())]
    Io {
        /// What was to be read or written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is something else.
    #[error("{} {told}: {reason}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What it is not.
        told: &'static str,
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
    /// SQLite says no.
    #[error("{}: {source}", path.display())]
    Sql {
        /// The file.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl DatabaseError {
    /// Whether it is something else than what was written.
    pub const fn is_foreign(&self) -> bool {
        matches!(self, Self::Foreign { .. })
    }

    /// What the system said of a path.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        |source| Self::Io { path: path.to_path_buf(), source }
    }

    /// What SQLite said of a file.
    pub(crate) fn sql(path: &Path, told: &'static str, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match source.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::Foreign { path, told, reason: "it is no SQLite database".to_owned() },
            _ => Self::Sql { path, source },
        }
    }
}

/// What files of one kind are known by.
pub(crate) struct Ours {
    /// Stands in the file.
    pub(crate) application_id: i32,
    /// Steps that its schema may have.
    pub(crate) steps: usize,
    /// What is said of a file that is none.
    pub(crate) told: &'static str,
}

/// Looks whether a file has our `application_id` and a schema of no more steps than are known.
pub(crate) fn admit(connection: &Connection, path: &Path, ours: &Ours) -> rusqlite::Result<Result<(), DatabaseError>> {
    let id = connection.pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0))?;
    let path = path.to_path_buf();
    if id != ours.application_id {
        let reason = format!("it is an SQLite database of another program (application id {id})");
        return Ok(Err(DatabaseError::Foreign { path, told: ours.told, reason }));
    }
    let (found, known) = (seen(connection)?, i64::try_from(ours.steps).unwrap_or(i64::MAX));
    Ok(if found > known { Err(DatabaseError::Newer { path, found, known }) } else { Ok(()) })
}

/// Takes a file through the steps it has not seen: all of them, or none.
pub(crate) fn migrate(connection: &mut Connection, application_id: i32, steps: &[&str]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let seen = usize::try_from(seen(&transaction)?).unwrap_or(usize::MAX);
    if seen < steps.len() {
        steps.iter().skip(seen).try_for_each(|step| transaction.execute_batch(step))?;
        transaction.pragma_update(None, "application_id", application_id)?;
        transaction.pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap_or(i64::MAX))?;
    }
    transaction.commit()
}

/// How many steps a file has seen.
pub(crate) fn seen(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
