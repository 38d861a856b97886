//! The directory of a store: its files, who holds it, and files that appear whole or not at all.

use super::error::StoreError;
use crate::database::{make_folder, owners_file};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The one file of a store.
const STORE: &str = "roadblock.db";
/// Locked by the process that holds the store.
const LOCK: &str = "roadblock.lock";
/// How often and how long to wait for whoever is just letting go: a process that ends closes its files a moment later, and a child that
/// it just started holds them until it runs its own program.
const WAITS: u32 = 20;
const WAIT: Duration = Duration::from_millis(10);

/// Where the store of a directory is.
pub(super) fn store(folder: &Path) -> PathBuf {
    folder.join(STORE)
}

/// SQLite's log of a file's last changes.
pub(super) fn log(store: &Path) -> PathBuf {
    with_ending(store, "-wal")
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A directory that this process holds as long as it has this.
#[derive(Debug)]
pub(super) struct Held {
    /// Locked until it is closed, by us or by the system when we die.
    _lock: File,
}

impl Held {
    /// Takes a directory, made if it is not there.
    pub(super) fn making(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder).map_err(StoreError::io(folder))?;
        Self::of(folder)
    }

    /// Takes a directory unless another process holds it, and goes on holding it for a moment.
    pub(super) fn of(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(LOCK);
        let open = owners_file().create(true).truncate(false).open(&path);
        let file = open.map_err(StoreError::io(&path))?;
        let mut waits = 0;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _lock: file }),
                Err(TryLockError::WouldBlock) if waits < WAITS => {
                    waits += 1;
                    thread::sleep(WAIT);
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(folder.to_path_buf())),
                Err(TryLockError::Error(source)) => return Err(StoreError::io(&path)(source)),
            }
        }
    }
}

/// A file being written under another name beside its own; gone when dropped unless it was put in place.
#[derive(Debug)]
pub(super) struct Unfinished {
    target: PathBuf,
    pub(super) path: PathBuf,
}

impl Unfinished {
    /// An empty file. What a run that died left under its name is removed.
    pub(super) fn of(target: &Path) -> Result<Self, StoreError> {
        let unfinished = Self { target: target.to_path_buf(), path: with_ending(target, ".new") };
        unfinished.clear();
        let open = owners_file().create_new(true).open(&unfinished.path);
        open.map_err(StoreError::io(&unfinished.path))?;
        Ok(unfinished)
    }

    /// Puts the file in its place, whole and on the disk, where nothing may stand.
    pub(super) fn put(self) -> Result<(), StoreError> {
        self.sync()?;
        // A second name is refused where there is a file, which a rename would replace.
        match fs::hard_link(&self.path, &self.target) {
            Ok(()) => sync_folder(&self.target),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(StoreError::Exists(self.target.clone())),
            // Some file systems have no second names.
            Err(_) if !self.target.exists() => self.rename(),
            Err(error) => Err(StoreError::io(&self.target)(error)),
        }
    }

    /// Puts the file in its place, instead of what may stand there.
    pub(super) fn replace(self) -> Result<(), StoreError> {
        self.sync()?;
        self.rename()
    }

    fn sync(&self) -> Result<(), StoreError> {
        File::open(&self.path).and_then(|file| file.sync_all()).map_err(StoreError::io(&self.path))
    }

    fn rename(&self) -> Result<(), StoreError> {
        fs::rename(&self.path, &self.target).map_err(StoreError::io(&self.target))?;
        sync_folder(&self.target)
    }

    fn clear(&self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            // Most of them are not there.
            let _ = fs::remove_file(with_ending(&self.path, ending));
        }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        self.clear();
    }
}

/// A name is on the disk once its directory is.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io(folder))
}

/// Removes SQLite's logs of a store that is to be replaced: they would be taken for those of the new one.
pub(super) fn remove_logs(store: &Path) -> Result<(), StoreError> {
    for path in ["-wal", "-shm"].map(|ending| with_ending(store, ending)) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::io(&path)(error)),
            _ => (),
        }
    }
    sync_folder(store)
}
