//! Copies of a store: made while it is written to, and believed only after every row of the copy was read.

use super::digest::Digest;
use super::error::StoreError;
use super::file;
use super::folder::{self, Held, Unfinished};
use super::log;
use super::read;
use super::tip::Tip;
use crate::database;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};
use std::path::Path;

/// What was found where nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Entries of the audit log.
    pub entries: i64,
    /// Hash of the last. Who keeps it elsewhere can tell later that nothing before it was cut off.
    pub head: Digest,
}

impl Verified {
    const fn of(tip: &Tip) -> Self {
        Self { entries: tip.entry, head: tip.chain }
    }
}

/// Reads every row of the store of a directory, whoever holds it, and holds them against hashes and audit log.
///
/// # Errors
/// When there is none, or with the first thing that is wrong.
pub fn verify(folder: &Path) -> Result<Verified, StoreError> {
    let path = folder::store(folder);
    let connection = opened(&path)?;
    // A log that somebody writes to looks wrong while it is read.
    if let Ok(_held) = Held::of(folder) {
        log::check(&folder::log(&path)).map_err(StoreError::damage(&path))?;
    }
    verified(&connection, &path)
}

/// Writes a copy of the store of a directory, whoever holds it, to a new file: one moment of it, verified.
///
/// # Errors
/// When there is no store, when the file is there already, when the copy cannot be written or is not whole.
pub fn backup(folder: &Path, out: &Path) -> Result<Verified, StoreError> {
    if out.exists() {
        return Err(StoreError::Exists(out.to_path_buf()));
    }
    let path = folder::store(folder);
    let source = opened(&path)?;
    let unfinished = Unfinished::of(out)?;
    let copy = copied(&source, &unfinished.path)?;
    // A backup is one file, and may lie where nothing can be written beside it.
    file::log_apart(&copy).map_err(StoreError::sql(&unfinished.path))?;
    let verified = finished(copy, &unfinished.path)?;
    unfinished.put()?;
    Ok(verified)
}

/// Puts a verified copy of a backup into a directory as its store; instead of the one there only if `replace` says so.
///
/// # Errors
/// When the directory is held or has a store, when the backup is damaged: then everything is as it was.
pub fn restore(folder: &Path, from: &Path, replace: bool) -> Result<Verified, StoreError> {
    let source = opened(from)?;
    let _held = Held::making(folder)?;
    let path = folder::store(folder);
    if !replace && (path.exists() || folder::log(&path).exists()) {
        return Err(StoreError::Exists(path));
    }
    let unfinished = Unfinished::of(&path)?;
    let copy = copied(&source, &unfinished.path)?;
    database::log_ahead(&copy).map_err(StoreError::sql(&unfinished.path))?;
    let verified = finished(copy, &unfinished.path)?;
    folder::remove_logs(&path)?;
    unfinished.replace()?;
    Ok(verified)
}

fn opened(path: &Path) -> Result<Connection, StoreError> {
    if path.exists() { file::readable(path) } else { Err(StoreError::Missing(path.to_path_buf())) }
}

/// All pages as they are at one moment, however much is written meanwhile.
fn copied(source: &Connection, path: &Path) -> Result<Connection, StoreError> {
    let copy = || {
        let mut copy = file::connect_to_write(path)?;
        let step = Backup::new(source, &mut copy)?.step(-1)?;
        Ok((step, copy))
    };
    match copy().map_err(StoreError::sql(path))? {
        (StepResult::Done, copy) => Ok(copy),
        _ => Err(StoreError::sql(path)(rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error { code: ErrorCode::DatabaseBusy, extended_code: rusqlite::ffi::SQLITE_BUSY },
            None,
        ))),
    }
}

/// Closes a copy and reads it as it lies on the disk.
fn finished(copy: Connection, path: &Path) -> Result<Verified, StoreError> {
    copy.close().map_err(|(_, error)| StoreError::sql(path)(error))?;
    verified(&file::readable(path)?, path)
}

fn verified(connection: &Connection, path: &Path) -> Result<Verified, StoreError> {
    let reading = connection.unchecked_transaction().map_err(StoreError::sql(path))?;
    file::whole(&reading, path)?;
    let (_, tip) = read::everything(&reading).map_err(StoreError::damage(path))?;
    Ok(Verified::of(&tip))
}
