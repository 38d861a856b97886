//! Where a prepared file stands, and how one gets there: beside the source, never through a link, never over a file that is not ours,
//! and whole or not at all.

use super::PreparedError;
use super::head::MAGIC;
use super::stamp::with_ending;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The prepared file of a source, `roads.gpkg.roadblock`. A source that is served several times has one for each.
pub(super) fn beside(source: &Path, earlier: usize) -> PathBuf {
    match earlier {
        0 => with_ending(source, ".roadblock"),
        _ => with_ending(source, &format!(".{}.roadblock", earlier + 1)),
    }
}

/// Opens what stands at a path, if anything does and it is ours.
pub(super) fn open(path: &Path) -> Result<Option<File>, PreparedError> {
    let about = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        about => about?,
    };
    if !about.is_file() {
        return Err(PreparedError::Foreign);
    }
    let mut file = File::open(path)?;
    let opened = file.metadata()?;
    // Somebody may have put a link there since it was looked at.
    if (opened.dev(), opened.ino()) != (about.dev(), about.ino()) {
        return Err(PreparedError::Foreign);
    }
    let mut start = Vec::with_capacity(MAGIC.len());
    Read::by_ref(&mut file).take(MAGIC.len() as u64).read_to_end(&mut start)?;
    if start != MAGIC { Err(PreparedError::Foreign) } else { Ok(Some(file)) }
}

/// A file being written under another name; gone when dropped unless it was put in place.
pub(super) struct Replacement {
    target: PathBuf,
    path: PathBuf,
    /// Locked as long as it is written, so that nobody takes it for what a dead run left.
    pub(super) file: File,
    in_place: bool,
}

impl Replacement {
    /// An empty file beside its target, in a folder cleared of what dead runs left. Refuses a target that is not ours. Nobody may read it
    /// who may not read the source, which has this `mode`.
    pub(super) fn create(target: &Path, mode: u32) -> Result<Self, PreparedError> {
        drop(open(target)?);
        let start = format!(".{}.", target.file_name().ok_or(ErrorKind::InvalidInput)?.to_string_lossy());
        clear(folder(target), &start);
        let path = folder(target).join(format!("{start}{}{PARTIAL}", std::process::id()));
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(OWN | mode & READ_AND_WRITE).open(&path)?;
        let replacement = Self { target: target.to_path_buf(), path, file, in_place: false };
        replacement.file.try_lock().map_err(io::Error::from)?;
        Ok(replacement)
    }

    /// Puts the file in its place, whole and on the disk; refuses if something foreign has appeared there.
    pub(super) fn put(mut self) -> Result<(), PreparedError> {
        self.file.sync_all()?;
        drop(open(&self.target)?);
        fs::rename(&self.path, &self.target)?;
        self.in_place = true;
        // The rename itself is in the folder.
        File::open(folder(&self.target))?.sync_all()?;
        Ok(())
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        if !self.in_place {
            // Left behind, it is cleared away by the next run.
            let _ = fs::remove_file(&self.path);
        }
    }
}

const PARTIAL: &str = ".part";
/// The owner of a file reads and writes it.
const OWN: u32 = 0o600;
/// What a mode says of a file that is no program.
const READ_AND_WRITE: u32 = 0o666;

/// Removes what dead runs left; one that cannot be removed does no harm.
fn clear(folder: &Path, start: &str) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let middle = name.to_str().and_then(|name| name.strip_prefix(start)?.strip_suffix(PARTIAL));
        let is_ours = middle.is_some_and(|process| process.bytes().all(|byte| byte.is_ascii_digit()));
        let is_dead = || File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
        if is_ours && entry.file_type().is_ok_and(|kind| kind.is_file()) && is_dead() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn folder(target: &Path) -> &Path {
    target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::io::Write;

    fn names(folder: &Path) -> BTreeSet<String> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    fn put(target: &Path, content: &[u8]) -> Result<(), PreparedError> {
        let mut replacement = Replacement::create(target, 0o644)?;
        replacement.file.write_all(content)?;
        replacement.put()
    }

    #[test]
    fn a_file_appears_whole_and_what_dead_runs_left_goes() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("roads.gpkg");
        let target = beside(&source, 0);
        for left in [".roads.gpkg.roadblock.1.part", ".roads.gpkg.roadblock.x.part", ".other.roadblock.1.part"] {
            fs::write(folder.path().join(left), "half").unwrap();
        }
        let hidden = Replacement::create(&target, 0o100_700).unwrap();
        assert_eq!(hidden.file.metadata().unwrap().mode() & 0o777, 0o600, "as hidden as its source");
        drop(hidden);
        put(&target, &[MAGIC.as_slice(), b"one"].concat()).unwrap();
        put(&target, &[MAGIC.as_slice(), b"two"].concat()).unwrap();
        assert!(fs::read(&target).unwrap().ends_with(b"two"));
        let expected = [".other.roadblock.1.part", ".roads.gpkg.roadblock.x.part", "roads.gpkg.roadblock"];
        assert_eq!(names(folder.path()), expected.map(str::to_owned).into());
        assert_eq!(beside(&source, 1), folder.path().join("roads.gpkg.2.roadblock"));
    }

    #[test]
    fn one_that_is_being_written_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("roads.gpkg.roadblock");
        let other = File::create(folder.path().join(".roads.gpkg.roadblock.1.part")).unwrap();
        other.lock().unwrap();
        put(&target, MAGIC).unwrap();
        assert_eq!(names(folder.path()).len(), 2);
    }

    #[test]
    fn nothing_foreign_is_read_or_replaced_and_no_link_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (target, elsewhere) = (folder.path().join("roads.gpkg.roadblock"), folder.path().join("elsewhere"));
        let refused = || {
            assert!(matches!(open(&target), Err(PreparedError::Foreign)));
            assert!(matches!(put(&target, MAGIC), Err(PreparedError::Foreign)));
        };
        fs::write(&target, "somebody's notes").unwrap();
        refused();
        assert_eq!(fs::read(&target).unwrap(), b"somebody's notes");
        fs::write(&target, "").unwrap();
        refused();
        fs::remove_file(&target).unwrap();
        fs::write(&elsewhere, MAGIC).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &target).unwrap();
        refused();
        fs::remove_file(&target).unwrap();
        fs::create_dir(&target).unwrap();
        refused();
        assert_eq!(names(folder.path()).len(), 2, "nothing is left beside them");
    }
}
