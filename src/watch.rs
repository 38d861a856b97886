//! `--watch`: a file that changes on disk is loaded again and the world swapped, while requests go on.
//!
//! Folders are watched, not files: editors replace a file by renaming another over it.

use crate::server::Server;
use crate::world::file::Files;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// A file is loaded when nothing has happened to it for this long: writers write in many steps.
const QUIET: Duration = Duration::from_millis(250);

/// Watches until dropped.
pub struct Watching {
    _watcher: RecommendedWatcher,
}

/// A change is loaded no later than this, even when more keep coming.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Starts watching the files of the world.
pub fn start(server: Arc<Server>, files: Files) -> notify::Result<Watching> {
    let watched: Vec<PathBuf> = files.paths().map(Path::to_path_buf).collect();
    let folders: BTreeSet<PathBuf> = watched.iter().map(|path| folder_of(path)).collect();
    let (events, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        Ok(event) if !event.kind.is_access() => {
            let touched = |file: &PathBuf| event.paths.iter().any(|path| same_file(path, file));
            for (which, _) in watched.iter().enumerate().filter(|(_, file)| touched(file)) {
                // Nobody listens any more only when the server is stopping.
                let _ = events.send(which);
            }
        }
        Ok(_) => (),
        Err(error) => tracing::warn!(%error, "watching failed"),
    })?;
    for folder in &folders {
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    std::thread::Builder::new().name("watch".into()).spawn(move || follow(&server, files, &changes))?;
    Ok(Watching { _watcher: watcher })
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Gathers changes until they pause, then loads what changed; ends with the watcher.
fn follow(server: &Server, mut files: Files, changes: &Receiver<usize>) {
    while let Ok(first) = changes.recv() {
        let mut changed = BTreeSet::from([first]);
        let deadline = Instant::now() + LONGEST_WAIT;
        loop {
            match changes.recv_timeout(QUIET.min(deadline.saturating_duration_since(Instant::now()))) {
                Ok(which) => drop(changed.insert(which)),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        reload(server, &mut files, &changed);
    }
}

fn reload(server: &Server, files: &mut Files, changed: &BTreeSet<usize>) {
    let mut loaded = false;
    for which in changed {
        match files.reload(*which) {
            Ok(()) => loaded = true,
            Err(error) => {
                server.metrics.reload_failures.inc();
                tracing::warn!(%error, "not reloaded; the former content stays");
            }
        }
    }
    if loaded {
        server.publish(files.world());
    }
}

/// Whether an event is about a file: watchers report paths in their own spelling, so folders are compared resolved.
fn same_file(event: &Path, file: &Path) -> bool {
    let resolved = |path: &Path| folder_of(path).canonicalize().ok();
    event.file_name() == file.file_name() && resolved(event) == resolved(file)
}
