//! Opening a store's file: ours, of a schema we know, and whole.

use super::error::{Damage, NO_STORE, StoreError};
use super::schema::{self, APPLICATION_ID, STEPS};
use crate::database::{self, Ours, connect};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// An empty database in a file that exists.
pub(super) fn fresh(path: &Path) -> Result<Connection, StoreError> {
    let make = || {
        let mut connection = connect_to_write(path)?;
        database::log_ahead(&connection)?;
        schema::migrate(&mut connection, STEPS)?;
        Ok(connection)
    };
    make().map_err(StoreError::sql(path))
}

/// An empty database in memory.
pub(super) fn in_memory() -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    database::set_up(&connection)?;
    schema::migrate(&mut connection, STEPS)?;
    Ok(connection)
}

/// A store to write to, brought to the newest schema.
pub(super) fn writable(path: &Path) -> Result<Connection, StoreError> {
    let mut connection = connect_to_write(path).map_err(StoreError::sql(path))?;
    admit(&connection, path)?;
    let mut prepare = || {
        // Other programs may have switched it off, and backups do without.
        database::log_ahead(&connection)?;
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

/// No log lies beside the file while nobody writes to it.
pub(super) fn log_apart(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(()))
}

/// Refuses what is no store, or one of a schema to come.
fn admit(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let ours = Ours { application_id: APPLICATION_ID, steps: STEPS.len(), told: NO_STORE };
    Ok(database::admit(connection, path, &ours).map_err(StoreError::sql(path))??)
}

/// Refuses a file whose pages or tables are not in order.
pub(super) fn whole(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    schema::check(connection).map_err(StoreError::damage(path))?;
    let said: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(StoreError::sql(path))?;
    if said == "ok" { Ok(()) } else { Err(StoreError::damage(path)(Damage::file(said))) }
}
