//! A file under way: written beside its final name and renamed when it is whole, so that a killed run leaves no half archive.
//!
//! The neighbour is locked while it is written. A run that finds one without a lock clears it away: whoever wrote it is dead.

use super::ArchiveError;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A neighbour of the final file, gone when dropped unless it was committed.
#[derive(Debug)]
pub(super) struct Partial {
    target: PathBuf,
    /// Where it is written meanwhile.
    pub(super) path: PathBuf,
    /// Holds the lock.
    pub(super) file: File,
    committed: bool,
}

impl Partial {
    /// An empty file beside `target`, with rights of its own as `chmod` has them, less what the user keeps from new files. Refuses a target that
    /// another run is writing, and one that is a folder.
    pub(super) fn create(target: &Path, mode: u32) -> Result<Self, ArchiveError> {
        if target.is_dir() {
            return Err(ArchiveError::Unsupported("it is a folder; name a file in it".to_owned()));
        }
        let path = neighbour(target, "part")?;
        clear(&path)?;
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(mode).open(&path)?;
        file.try_lock().map_err(|error| busy(&path, error))?;
        Ok(Self { target: target.to_path_buf(), path, file, committed: false })
    }

    /// A second file for what must wait until the end; it has no name any more, so nothing is left of it when the run ends.
    pub(super) fn spool(&self) -> Result<File, ArchiveError> {
        let path = neighbour(&self.target, "spool")?;
        clear(&path)?;
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(file)
    }

    /// Puts the file under its final name, whole and on the disk.
    pub(super) fn commit(mut self) -> Result<(), ArchiveError> {
        self.file.sync_all()?;
        std::fs::rename(&self.path, &self.target)?;
        self.committed = true;
        // The rename itself is in the folder.
        File::open(folder(&self.target))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.committed {
            // Left behind, it is cleared away by the next run.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Removes what a dead run left; refuses while a live one holds it.
fn clear(path: &Path) -> Result<(), ArchiveError> {
    match File::open(path) {
        Ok(leftover) => {
            leftover.try_lock().map_err(|error| busy(path, error))?;
            match std::fs::remove_file(path) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            }
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn busy(path: &Path, error: TryLockError) -> ArchiveError {
    match error {
        TryLockError::WouldBlock => ArchiveError::Unsupported(format!("another run is writing {}", path.display())),
        TryLockError::Error(error) => error.into(),
    }
}

/// `folder/.name.ending` beside `folder/name`.
fn neighbour(target: &Path, ending: &str) -> Result<PathBuf, ArchiveError> {
    let name = target.file_name().ok_or_else(|| ArchiveError::Unsupported("the path names no file".to_owned()))?;
    Ok(folder(target).join(format!(".{}.{ending}", name.to_string_lossy())))
}

fn folder(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
