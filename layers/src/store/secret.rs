//! The secret of a store, made with it: what ids that tell something are replaced with depends on it.

use super::digest::{Digest, Fields};
use super::error::Damage;
use rusqlite::{Connection, params};

/// Sixteen bytes that are in no answer.
pub(super) type Secret = [u8; 16];

/// Makes one up, by SQLite's generator, which the system seeds.
pub(super) fn make(connection: &Connection) -> rusqlite::Result<()> {
    keep(connection, connection.query_row("SELECT randomblob(16)", [], |row| row.get(0))?)
}

/// Keeps one that was made elsewhere.
pub(super) fn keep(connection: &Connection, secret: Secret) -> rusqlite::Result<()> {
    connection.execute("INSERT INTO secrets VALUES (?1, ?2)", params![secret, hash(secret).0]).map(drop)
}

/// Reads it.
pub(super) fn read(connection: &Connection) -> Result<Secret, Damage> {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, Digest(row.get(1)?)));
    let (secret, kept) = connection.query_row("SELECT secret, hash FROM secrets", [], row).map_err(Damage::file)?;
    if hash(secret) == kept { Ok(secret) } else { Err(Damage::row("secrets", 1, "its hash is not that of its content")) }
}

fn hash(secret: Secret) -> Digest {
    Fields::of("secrets").bytes(&secret).digest()
}
