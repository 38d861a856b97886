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
use std::time::Duration;

/// A file is loaded when nothing has happened to it for this long: writers write in many steps.
const QUIET: Duration = Duration::from_millis(250);

/// Watches until dropped.
pub struct Watching {
    _watcher: RecommendedWatcher,
}

/// Starts watching the files of the world.
pub fn start(server: Arc<Server>, files: Files) -> notify::Result<Watching> {
    let (events, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        // Nobody listens any more only when the server is stopping.
        Ok(event) if !event.kind.is_access() => event.paths.into_iter().for_each(|path| drop(events.send(path))),
        Ok(_) => (),
        Err(error) => tracing::warn!(%error, "watching failed"),
    })?;
    let folders: BTreeSet<PathBuf> = files.paths().map(folder_of).collect();
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
fn follow(server: &Server, mut files: Files, changes: &Receiver<PathBuf>) {
    while let Ok(first) = changes.recv() {
        let mut changed = vec![first];
        loop {
            match changes.recv_timeout(QUIET) {
                Ok(path) => changed.push(path),
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
        reload(server, &mut files, &changed);
    }
}

fn reload(server: &Server, files: &mut Files, changed: &[PathBuf]) {
    let touched: Vec<usize> =
        files.paths().enumerate().filter(|(_, file)| changed.iter().any(|path| same_file(path, file))).map(|(n, _)| n).collect();
    let mut loaded = 0;
    for which in &touched {
        match files.reload(*which) {
            Ok(()) => loaded += 1,
            Err(error) => {
                server.metrics.reload_failures.inc();
                tracing::warn!(%error, "not reloaded; the former content stays");
            }
        }
    }
    if loaded > 0 {
        let world = files.world(server.world().revision + 1);
        server.publish(world);
    }
}

/// Whether an event is about a file: watchers report paths in their own spelling, so folders are compared resolved.
fn same_file(event: &Path, file: &Path) -> bool {
    let resolved = |path: &Path| folder_of(path).canonicalize().ok();
    event.file_name() == file.file_name() && resolved(event) == resolved(file)
}
