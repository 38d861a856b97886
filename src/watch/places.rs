//! Where a watched file really is, and what tells that it changed.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Links to links that are followed.
const LONGEST_CHAIN: usize = 16;

/// A watched file as it was when last looked at.
pub(super) struct Place {
    path: PathBuf,
    seen: Seen,
}

/// Where the path ends, and the size and time of the file there and of SQLite's write-ahead log beside it.
#[derive(PartialEq)]
struct Seen {
    end: Option<PathBuf>,
    file: Option<(u64, SystemTime)>,
    log: Option<(u64, SystemTime)>,
}

impl Place {
    pub(super) fn of(path: &Path) -> Self {
        Self { path: path.to_path_buf(), seen: Seen::at(path) }
    }

    /// Whether an event is about the file: it names it, or another path while the file is not what it was.
    pub(super) fn is_touched(&mut self, events: &[PathBuf]) -> bool {
        let now = Seen::at(&self.path);
        let changed = now != self.seen;
        self.seen = now;
        changed || events.iter().any(|event| same_file(event, &self.path))
    }
}

impl Seen {
    fn at(path: &Path) -> Self {
        let end = path.canonicalize().ok();
        let state = |path: &Path| {
            let data = path.metadata().ok()?;
            Some((data.len(), data.modified().ok()?))
        };
        let log = |end: &PathBuf| {
            let mut name = OsString::from(end);
            name.push("-wal");
            // An empty log says nothing; readers make one.
            state(Path::new(&name)).filter(|(length, _)| *length > 0)
        };
        Self { file: end.as_deref().and_then(state), log: end.as_ref().and_then(log), end }
    }
}

/// The folders that a path leads through, link by link, each in its one true spelling: the system watches a folder once, however
/// often it is named, and stops watching it for every name at once.
pub(super) fn folders(path: &Path) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::from([folder_of(path)]);
    let mut path = path.to_path_buf();
    for _ in 0..LONGEST_CHAIN {
        let Ok(target) = path.read_link() else { break };
        path = folder_of(&path).join(target);
        folders.insert(folder_of(&path));
    }
    // A link in the middle of a path shows only at its end.
    folders.extend(path.canonicalize().ok().map(|end| folder_of(&end)));
    folders.into_iter().filter_map(|folder| folder.canonicalize().ok()).filter(|folder| folder.is_dir()).collect()
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Whether an event is about a file: watchers report paths in their own spelling, so folders are compared resolved.
fn same_file(event: &Path, file: &Path) -> bool {
    let resolved = |path: &Path| folder_of(path).canonicalize().ok();
    event.file_name() == file.file_name() && resolved(event) == resolved(file)
}
