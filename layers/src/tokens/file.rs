//! The file of the tokens: made when the first one is, and beside that of the store, so that tokens come and go while a server holds
//! the store.

use super::error::{NO_TOKENS, TokensError};
use super::grant::{Grant, Role};
use crate::database::{self, Ours, admit, connect, log_ahead, migrate};
use crate::time::Instant;
use crate::vocab::Vocabulary;
use rusqlite::{Connection, OpenFlags, Row};
use std::path::{Path, PathBuf};

/// The one file.
const TOKENS: &str = "tokens.db";
/// Says in the file that it is ours: `RBTK`.
const APPLICATION_ID: i32 = 0x5242_544b;
/// Every step that ever was. A step that was released is never changed: what is to change is a new step.
const STEPS: &[&str] = &[include_str!("schema/1.sql")];

/// Columns as [`grant`] reads them.
pub(super) const COLUMNS: &str = "name, role, blind, created, expires, revoked, hash";

/// Where the tokens of a directory are.
pub(super) fn path(folder: &Path) -> PathBuf {
    folder.join(TOKENS)
}

/// The file to write to, made if it is not there.
pub(super) fn writable(path: &Path) -> Result<Connection, TokensError> {
    database::owners_file().create(true).truncate(false).open(path).map_err(TokensError::io(path))?;
    let mut connection = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(TokensError::sql(path))?;
    if !is_new(&connection).map_err(TokensError::sql(path))? {
        refuse_others(&connection, path)?;
    }
    let mut prepare = || {
        // In this order, so that there is no moment at which the file holds something and is not yet ours.
        migrate(&mut connection, APPLICATION_ID, STEPS)?;
        log_ahead(&connection)
    };
    prepare().map_err(TokensError::sql(path))?;
    Ok(connection)
}

/// The file to read, beside whoever writes to it; `None` while there is nothing in it.
pub(super) fn readable(path: &Path) -> Result<Option<Connection>, TokensError> {
    if !path.exists() {
        return Ok(None);
    }
    let connection = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(TokensError::sql(path))?;
    // Somebody may be about to make it.
    if is_new(&connection).map_err(TokensError::sql(path))? {
        return Ok(None);
    }
    refuse_others(&connection, path)?;
    Ok(Some(connection))
}

/// Whether nobody has written anything into it: made by a run that died, or by one that is about to.
fn is_new(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT page_count = 0 FROM pragma_page_count", [], |row| row.get(0))
}

fn refuse_others(connection: &Connection, path: &Path) -> Result<(), TokensError> {
    let ours = Ours { application_id: APPLICATION_ID, steps: STEPS.len(), told: NO_TOKENS };
    Ok(admit(connection, path, &ours).map_err(TokensError::sql(path))??)
}

/// A row with [`COLUMNS`] as what it grants and when it was revoked; a role that nobody knows is an error, not an audience.
pub(super) fn grant(row: &Row) -> rusqlite::Result<(Grant, Option<Instant>)> {
    let role: String = row.get(1)?;
    let unknown =
        || rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, format!("no role '{role}'").into());
    let moment = |at: Option<i64>| at.map(Instant::from_micros);
    let grant = Grant {
        name: row.get(0)?,
        role: Role::parse(&role).ok_or_else(unknown)?,
        allow_blind_edits: row.get(2)?,
        created: Instant::from_micros(row.get(3)?),
        expires: moment(row.get(4)?),
    };
    Ok((grant, moment(row.get(5)?)))
}
