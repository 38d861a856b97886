//! The store: every version of every record, on the disk before anybody is told so, and a log that shows whether anything was touched.
//!
//! One SQLite file in a directory that one process holds. Times are passed in. `version` says what is kept, `batch` what is asked.

mod answer;
mod audit;
mod backup;
mod batch;
mod commit;
mod committed;
mod create;
mod digest;
mod error;
mod file;
mod folder;
mod head;
mod log;
mod read;
mod schema;
mod secret;
mod tip;
mod version;
mod whole;
mod writer;

pub use backup::{Verified, backup, restore, verify};
pub use batch::{Act, Batch, Change, CommitError, Committed, Conflict, Current, Expected, Key, Stamp};
pub use create::BUILT_IN;
pub use digest::Digest;
pub use error::{Damage, StoreError};
pub use version::{DATASET, Loaded, Subject, Version};
pub use whole::{FORMAT, Whole};
pub use writer::{Outcome, Writer};

use crate::dataset::{About, Drafts};
use crate::time::Instant;
use folder::{Held, Unfinished};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use tip::Tip;

/// A store that this process holds: nobody else writes to it.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    tip: Tip,
    loaded: Loaded,
    _held: Option<Held>,
}

impl Store {
    /// Makes the store of a directory, and the directory, from a first data set. It is there whole or not at all.
    ///
    /// # Errors
    /// When there is one, when the directory cannot be written or is held, when the drafts are refused.
    pub fn create(folder: &Path, about: &About, drafts: &Drafts, at: Instant) -> Result<Self, StoreError> {
        Self::made(folder, |connection, path| create::fill(connection, path, about, drafts, at))
    }

    /// Makes the store of a directory, and the directory, from everything that another store held: it answers as that one did. It is there
    /// whole or not at all.
    ///
    /// # Errors
    /// When there is one, when the directory cannot be written or is held, when the records do not hold together.
    pub fn carried(folder: &Path, whole: &Whole) -> Result<Self, StoreError> {
        Self::made(folder, |connection, path| whole::fill(connection, path, whole))
    }

    fn made(folder: &Path, fill: impl FnOnce(&mut Connection, &Path) -> Result<(), StoreError>) -> Result<Self, StoreError> {
        let held = Held::making(folder)?;
        let path = folder::store(folder);
        if path.exists() {
            return Err(StoreError::Exists(path));
        }
        if folder::log(&path).exists() {
            return Err(StoreError::Bereft(path));
        }
        let unfinished = Unfinished::of(&path)?;
        let mut connection = file::fresh(&unfinished.path)?;
        fill(&mut connection, &unfinished.path)?;
        connection.close().map_err(|(_, error)| StoreError::sql(&unfinished.path)(error))?;
        unfinished.put()?;
        Self::open_held(folder, held)
    }

    /// Opens the store of a directory and reads all of it.
    ///
    /// # Errors
    /// When there is none, when it is held, when anything in it is not what was written.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder::store(folder);
        if !path.exists() {
            let log = folder::log(&path);
            return Err(if log.exists() { StoreError::Bereft(path) } else { StoreError::Missing(path) });
        }
        Self::open_held(folder, Held::of(folder)?)
    }

    fn open_held(folder: &Path, held: Held) -> Result<Self, StoreError> {
        let path = folder::store(folder);
        log::check(&folder::log(&path)).map_err(StoreError::damage(&path))?;
        let connection = file::writable(&path)?;
        let (loaded, tip) = read::everything(&connection).map_err(StoreError::damage(&path))?;
        Ok(Self { connection, tip, loaded, _held: Some(held) })
    }

    /// A store that is gone when it is closed, with nothing on the disk.
    ///
    /// # Errors
    /// When the drafts are refused.
    pub fn in_memory(about: &About, drafts: &Drafts, at: Instant) -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        let mut connection = file::in_memory().map_err(StoreError::sql(&path))?;
        create::fill(&mut connection, &path, about, drafts, at)?;
        let (loaded, tip) = read::everything(&connection).map_err(StoreError::damage(&path))?;
        Ok(Self { connection, tip, loaded, _held: None })
    }

    /// Everything in it, as it was when it was opened.
    pub const fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// Everything that was ever said in it, to be carried elsewhere.
    ///
    /// # Errors
    /// When it cannot be read again.
    pub fn whole(&self) -> Result<Whole, StoreError> {
        let (versions, _) = read::versions(&self.connection).map_err(StoreError::damage(Path::new("the store")))?;
        Ok(Whole { secret: self.loaded.secret, versions })
    }

    /// Hands out what was read, and starts the thread that takes changes.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn start(self) -> std::io::Result<(Loaded, Writer)> {
        let Self { connection, tip, loaded, _held: held } = self;
        Ok((loaded, Writer::start(connection, tip, held)?))
    }
}

#[cfg(test)]
mod tests;
