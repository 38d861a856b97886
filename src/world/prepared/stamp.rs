//! What a file looked like from outside when it was read: enough to notice that it is another now.

use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A source file, and the log of commits beside it if it is a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::world) struct Stamp {
    file: Outside,
    log: Option<Outside>,
}

/// One file. The moment of change (of content or of what the system says of it) cannot be set by programs, as that of
/// modification can: a file copied over another in place is noticed even where the copy keeps times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Outside {
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
    inode: u64,
    device: u64,
}

impl Stamp {
    /// Of a file that may be read. What is no plain file cannot be stamped: a pipe says nothing of what comes.
    pub(in crate::world) fn of(path: &Path) -> io::Result<Self> {
        if !fs::metadata(path)?.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let file = Outside::of(&File::open(path)?.metadata()?);
        let log = fs::metadata(with_ending(path, "-wal")).ok().map(|about| Outside::of(&about));
        // Readers of a database may leave an empty log: it says no more than none.
        Ok(Self { file, log: log.filter(|log| log.bytes > 0) })
    }

    /// Length of the file.
    pub(in crate::world) fn bytes(&self) -> u64 {
        self.file.bytes
    }
}

impl Outside {
    fn of(about: &fs::Metadata) -> Self {
        Self {
            bytes: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
            inode: about.ino(),
            device: about.dev(),
        }
    }
}

/// The path with something after its name.
pub(super) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_changes_changes_the_stamp() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("towns.gpkg");
        fs::write(&path, "one").unwrap();
        let first = Stamp::of(&path).unwrap();
        assert_eq!(Stamp::of(&path).unwrap(), first);
        let modified = fs::metadata(&path).unwrap().modified().unwrap();

        std::thread::sleep(std::time::Duration::from_millis(20));
        fs::write(&path, "two").unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(modified).unwrap();
        let second = Stamp::of(&path).unwrap();
        assert_ne!(second, first, "of the same length and with the old time of modification");

        fs::copy(&path, folder.path().join("copy")).unwrap();
        fs::rename(folder.path().join("copy"), &path).unwrap();
        let third = Stamp::of(&path).unwrap();
        assert_ne!(third, second, "another file under the name");

        fs::write(with_ending(&path, "-wal"), "").unwrap();
        assert_eq!(Stamp::of(&path).unwrap(), third);
        fs::write(with_ending(&path, "-wal"), "a commit").unwrap();
        assert_ne!(Stamp::of(&path).unwrap(), third);
    }

    #[test]
    fn what_is_no_file_has_no_stamp() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Stamp::of(folder.path()).is_err() && Stamp::of(&folder.path().join("none")).is_err());
    }
}
