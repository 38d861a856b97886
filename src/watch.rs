//! `--watch`: a file that changes on disk is loaded again and the world, or the styles, swapped, while requests go on.
//!
//! Folders are watched, not files: editors replace a file by renaming another over it.
//! A link is followed: the folders of all it leads through are watched too, and a change of where it ends counts as a change.

mod places;

use crate::server::Server;
use crate::style::Own;
use crate::world::file::Files;
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use places::Place;
use std::collections::BTreeSet;
use std::convert::Infallible;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// A file is loaded when nothing has happened to it for this long: writers write in many steps.
const QUIET: Duration = Duration::from_millis(250);

/// Watches until dropped.
pub struct Watching {
    _watcher: Arc<Mutex<RecommendedWatcher>>,
}

/// A change is loaded no later than this, even when more keep coming.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Starts watching the files of the world, if it is made of files, and those of the users' styles.
pub fn start(server: Arc<Server>, files: Option<Files>) -> notify::Result<Watching> {
    let mut paths: Vec<PathBuf> = files.iter().flat_map(Files::paths).map(Path::to_path_buf).collect();
    paths.extend(server.settings.styles.iter().flat_map(|style| [style.clone(), Own::beside(style)]));
    let mut watched: Vec<Place> = paths.iter().map(|path| Place::of(path)).collect();
    let (events, changes) = channel();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| match event {
        Ok(event) if !event.kind.is_access() => {
            for (which, place) in watched.iter_mut().enumerate() {
                if place.is_touched(&event.paths) {
                    // Nobody listens any more only when the server is stopping.
                    let _ = events.send(which);
                }
            }
        }
        Ok(_) => (),
        Err(error) => tracing::warn!(%error, "watching failed"),
    })?;
    let watcher = Arc::new(Mutex::new(watcher));
    let mut folders = Folders { watcher: Arc::downgrade(&watcher), watched: BTreeSet::new(), paths };
    folders.follow_links()?;
    std::thread::Builder::new().name("watch".into()).spawn(move || follow(&server, files, &changes, &mut folders))?;
    Ok(Watching { _watcher: watcher })
}

/// The folders being watched.
struct Folders {
    watcher: Weak<Mutex<RecommendedWatcher>>,
    watched: BTreeSet<PathBuf>,
    paths: Vec<PathBuf>,
}

impl Folders {
    /// Watches every folder that the files are in now, or that a link to one is in.
    fn follow_links(&mut self) -> notify::Result<()> {
        let Some(watcher) = self.watcher.upgrade() else { return Ok(()) };
        let now: BTreeSet<PathBuf> = self.paths.iter().flat_map(|path| places::folders(path)).collect();
        let mut watcher = watcher.lock().unwrap_or_else(PoisonError::into_inner);
        for folder in now.difference(&self.watched) {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        for folder in self.watched.difference(&now) {
            // A folder that is gone has ended its watch by itself.
            let _ = watcher.unwatch(folder);
        }
        self.watched = now;
        Ok(())
    }
}

/// Gathers changes until they pause, then loads what changed; ends with the watcher.
fn follow(server: &Server, mut files: Option<Files>, changes: &Receiver<usize>, folders: &mut Folders) {
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
        if let Err(error) = folders.follow_links() {
            tracing::warn!(%error, "a folder cannot be watched");
        }
        // Styles come after the files of the world.
        let styles = changed.split_off(&files.as_ref().map_or(0, |files| files.paths().count()));
        if let Some(files) = &mut files {
            reload(server, files, &changed);
        }
        if !styles.is_empty() {
            reload_styles(server);
        }
    }
}

fn reload_styles(server: &Server) {
    match attempt(|| server.reload_styles()) {
        Ok(()) => tracing::info!("the styles are read again"),
        Err(error) => not_reloaded(server, &error),
    }
}

fn not_reloaded(server: &Server, error: &str) {
    server.metrics.reload_failures.inc();
    tracing::warn!(%error, "not reloaded; the former content stays");
}

fn reload(server: &Server, files: &mut Files, changed: &BTreeSet<usize>) {
    let mut loaded = BTreeSet::new();
    for which in changed {
        match attempt(|| files.reload(*which)) {
            Ok(()) => drop(loaded.insert(*which)),
            Err(error) => not_reloaded(server, &error),
        }
    }
    if !loaded.is_empty() {
        let Ok(before) = server.change(|world| Ok::<_, Infallible>(files.world_after(Some(world), &loaded)));
        server.retire(before);
    }
}

/// Loads, and makes of a panic one more reason why it failed: watching goes on. A reload changes nothing before it succeeds.
fn attempt<E: Display>(load: impl FnOnce() -> Result<(), E>) -> Result<(), String> {
    match catch_unwind(AssertUnwindSafe(load)) {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(_panic) => Err("loading it panicked, which is a fault of roadblock".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_while_loading_is_a_failure_like_any_other() {
        let outcome = attempt::<String>(|| std::panic::resume_unwind(Box::new("on purpose")));
        assert!(outcome.unwrap_err().contains("panicked"));
    }
}
