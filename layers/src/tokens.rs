//! Who may do what: tokens, of which only digests are kept, in a file of their own that is written and read while a server runs.
//!
//! Chance and times are passed in. `token` is the secret, `grant` what it opens, `reader` how a server asks.

mod error;
mod file;
mod grant;
mod reader;
mod token;

pub use error::TokensError;
pub use grant::{Grant, Role};
pub use reader::TokenReader;
pub use token::Token;

use crate::database::make_folder;
use crate::time::Instant;
use rusqlite::{Connection, ErrorCode, params};
use std::path::{Path, PathBuf};

/// The tokens of a directory, for whoever looks after them. Each change is on the disk when it returns.
#[derive(Debug)]
pub struct Tokens {
    path: PathBuf,
    connection: Connection,
}

/// One token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it opens.
    pub grant: Grant,
    /// Since when it opens nothing any more, whatever its grant says.
    pub revoked: Option<Instant>,
    /// The last four digits of its digest, by which who has the token finds its row.
    pub ending: String,
}

impl Tokens {
    /// Opens the tokens of a directory, and makes both if they are not there.
    ///
    /// # Errors
    /// When they cannot be made, or when what is there is something else.
    pub fn of(folder: &Path) -> Result<Self, TokensError> {
        make_folder(folder).map_err(TokensError::io(folder))?;
        let path = file::path(folder);
        let connection = file::writable(&path)?;
        Ok(Self { path, connection })
    }

    /// Opens the tokens of a directory that has some.
    ///
    /// # Errors
    /// When there are none, or when what is there is something else.
    pub fn existing(folder: &Path) -> Result<Self, TokensError> {
        if file::path(folder).exists() { Self::of(folder) } else { Err(TokensError::Missing(folder.to_path_buf())) }
    }

    /// Lets a token open what `grant` says.
    ///
    /// # Errors
    /// When the grant makes no sense, when its name is taken, when it cannot be written.
    pub fn add(&mut self, token: &Token, grant: &Grant) -> Result<(), TokensError> {
        grant.check()?;
        let Grant { name, role, allow_blind_edits, created, expires } = grant;
        let hash = token.digest().to_string();
        let values = params![hash, name, role.as_str(), allow_blind_edits, created.micros(), expires.map(Instant::micros)];
        let row = "INSERT INTO tokens (hash, name, role, blind, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        match self.connection.execute(row, values) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                Err(TokensError::Taken(name.clone()))
            }
            added => added.map(|_one| ()).map_err(TokensError::sql(&self.path)),
        }
    }

    /// Every token there ever was, in the order in which they were made.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>, TokensError> {
        let listed = || {
            let columns = file::COLUMNS;
            let mut query = self.connection.prepare(&format!("SELECT {columns} FROM tokens ORDER BY created, name"))?;
            let rows = query.query_map([], |row| {
                let ((grant, revoked), hash) = (file::grant(row)?, row.get::<_, String>(6)?);
                Ok(Listed { grant, revoked, ending: ending(&hash) })
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        listed().map_err(TokensError::sql(&self.path))
    }

    /// Ends a token from a moment on; answers with what it opened.
    ///
    /// # Errors
    /// When no token of this name is there that is not revoked already, when it cannot be written.
    pub fn revoke(&mut self, name: &str, at: Instant) -> Result<Grant, TokensError> {
        let mut open: Vec<Grant> =
            self.list()?.into_iter().filter(|token| token.revoked.is_none()).map(|token| token.grant).collect();
        let Some(place) = open.iter().position(|grant| grant.name == name) else {
            let known = open.into_iter().map(|grant| grant.name).collect::<Vec<_>>().join(", ");
            return Err(TokensError::Unknown { name: name.to_owned(), known });
        };
        let change = "UPDATE tokens SET revoked = ?2 WHERE name = ?1 AND revoked IS NULL";
        self.connection.execute(change, params![name, at.micros()]).map_err(TokensError::sql(&self.path))?;
        Ok(open.swap_remove(place))
    }
}

/// What of a digest is shown.
pub fn shown(token: &Token) -> String {
    ending(&token.digest().to_string())
}

fn ending(hash: &str) -> String {
    hash.chars().skip(hash.len().saturating_sub(4)).collect()
}

#[cfg(test)]
mod tests;
