//! Opening a store's file: ours, of a schema we know, and set up so that what is committed is on the disk.

use super::error::{Damage, StoreError};
use super::schema::{self, APPLICATION_ID, STEPS};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// How long a lock of another program, such as QGIS, is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// An empty database in a file that exists.
pub(super) fn fresh(path: &Path) -> Result<Connection, StoreError> {
    let make = || {
        let mut connection = connect_to_write(path)?;
        log_ahead(&connection)?;
        schema::migrate(&mut connection, STEPS)?;
        Ok(connection)
    };
    make().map_err(StoreError::sql(path))
}

/// An empty database in memory.
pub(super) fn in_memory() -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    set_up(&connection)?;
    schema::migrate(&mut connection, STEPS)?;
    Ok(connection)
}

/// A store to write to, brought to the newest schema.
pub(super) fn writable(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect_to_write(path).map_err(StoreError::sql(path))?;
    admit(&connection, path)?;
    let mut prepare = || {
        // Other programs may have switched it off, and backups do without.
        log_ahead(&connection)?;
        schema::migrate(&mut connection, STEPS)
    };
    prepare().map_err(StoreError::sql(path))?;
    whole(&connection, path)?;
    Ok(connection)
}

/// A store to read, beside whoever writes to it.
pub(super) fn readable(path: &Path) -> Result<Connection, StoreError> {
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(StoreError::sql(path))?;
    admit(&connection, path)?;
    Ok(connection)
}

/// A file that exists, for a copy.
pub(super) fn connect_to_write(path: &Path) -> rusqlite::Result<Connection> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)
}

fn connect(path: &Path, access: OpenFlags) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    set_up(&connection)?;
    Ok(connection)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
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
pub(super) fn log_ahead(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
}

/// No log lies beside the file while nobody writes to it.
pub(super) fn log_apart(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
}

/// Refuses what is no store, or one of a schema to come.
fn admit(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let id = connection.pragma_query_value(None, "application_id", |row| row.get::<_, i32>(0)).map_err(StoreError::sql(path))?;
    if id != APPLICATION_ID {
        let reason = format!("it is an SQLite database of another program (application id {id})");
        return Err(StoreError::Foreign { path: path.to_path_buf(), reason });
    }
    let (found, known) =
        (schema::seen(connection).map_err(StoreError::sql(path))?, i64::try_from(STEPS.len()).unwrap_or(i64::MAX));
    if found > known {
        return Err(StoreError::Newer { path: path.to_path_buf(), found, known });
    }
    Ok(())
}

/// Refuses a file whose pages or tables are not in order.
pub(super) fn whole(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    schema::check(connection).map_err(StoreError::damage(path))?;
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(StoreError::sql(path))?;
    if said == "ok" { Ok(()) } else { Err(StoreError::damage(path)(Damage::file(said))) }
}
