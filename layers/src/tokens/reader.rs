//! The tokens as a server asks for them, at every request that brings one.
//!
//! It asks the file each time and keeps nothing, so a token is good from the moment its command ends and no longer from the moment it is
//! revoked. A cache would have to ask the file whether it is still true, which is the same read.

use super::error::TokensError;
use super::file;
use super::grant::Grant;
use crate::store::Digest;
use crate::time::Instant;
use rusqlite::{Connection, OptionalExtension};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a lock is waited for. In a file with a log of changes there are none but while it is being tidied up.
const PATIENCE: Duration = Duration::from_millis(500);

/// Looks up tokens in the file of a directory, which may come later and go again.
#[derive(Debug)]
pub struct TokenReader {
    path: PathBuf,
    open: Mutex<Option<Open>>,
}

/// A file that was opened, and which one it was.
#[derive(Debug)]
struct Open {
    connection: Connection,
    place: (u64, u64),
}

impl TokenReader {
    /// For a directory, which need not be there.
    ///
    /// # Errors
    /// When what is there holds no tokens of ours.
    pub fn of(folder: &Path) -> Result<Self, TokensError> {
        let path = file::path(folder);
        file::readable(&path)?;
        Ok(Self { path, open: Mutex::default() })
    }

    /// What a token opens at a moment; `None` if it is unknown, over or revoked.
    ///
    /// The lookup is not made to take constant time: it compares digests, and how far the digest of a guess agrees with that of a token says
    /// nothing about the token.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn find(&self, token: &Digest, at: Instant) -> Result<Option<Grant>, TokensError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        // A file that was removed or replaced lives on in who has it open, with all its tokens.
        let place = fs::metadata(&self.path).ok().map(|file| (file.dev(), file.ino()));
        if open.as_ref().map(|open| open.place) != place {
            *open = None;
        }
        if let (None, Some(place)) = (&*open, place) {
            *open = self.reopened(place)?;
        }
        let Some(Open { connection, .. }) = &*open else { return Ok(None) };
        let asked = || {
            let columns = file::COLUMNS;
            let mut query = connection.prepare_cached(&format!("SELECT {columns} FROM tokens WHERE hash = ?1"))?;
            query.query_row([token.to_string()], file::grant).optional()
        };
        let found = asked().map_err(TokensError::sql(&self.path))?;
        Ok(found.and_then(|(grant, revoked)| (revoked.is_none() && grant.holds(at)).then_some(grant)))
    }

    fn reopened(&self, place: (u64, u64)) -> Result<Option<Open>, TokensError> {
        let Some(connection) = file::readable(&self.path)? else { return Ok(None) };
        connection.busy_timeout(PATIENCE).map_err(TokensError::sql(&self.path))?;
        Ok(Some(Open { connection, place }))
    }
}
