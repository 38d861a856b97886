//! Edits: a snapshot of the world is the last one with some features said anew, by whoever asks so within this process, or because the ledger
//! has it now.
//!
//! A reader sees all of an edit or nothing of it. What edits leave behind is tidied up on a thread of its own, which no request waits for.

use crate::ledger::{self, Done, Order, Waiting};
use crate::server::Server;
use crate::world::{Published, World};
use roadblock_layers::layer::{Edit, EditError};
use std::convert::Infallible;
use std::ops::Range;
use std::sync::{Arc, PoisonError, Weak};

/// Why an edit is refused; the world stays as it was.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such layer.
    #[error("there is no layer '{layer}'; layers are: {known}")]
    NoLayer {
        /// As asked for.
        layer: String,
        /// Those that there are.
        known: String,
    },
    /// It does not fit the layer.
    #[error(transparent)]
    Edit(#[from] EditError),
}

/// Says some features of a layer anew, all or none, and publishes that: every request that begins after this returns sees it. What it
/// costs: `layers::layer::edit`. Answers with the layer's revision.
pub fn edit(server: &Arc<Server>, layer: &str, edits: Vec<Edit>) -> Result<u64, Refused> {
    let mut revision = 0;
    server.change(|world| {
        let published = world.layer(layer).ok_or_else(|| no_layer(world, layer))?;
        let edited = published.edited(edits)?;
        revision = edited.revision;
        Ok::<_, Refused>(world.with(edited))
    })?;
    tidy_up(server, layer);
    Ok(revision)
}

/// Says it in the ledger from now on, unless `dry_run`; what is asked meanwhile by others is entered together. When this returns it is on the
/// disk, and shown.
///
/// # Errors
/// When the drafts are refused, or the store does not take them; then nothing is changed.
pub async fn enter(server: &Arc<Server>, order: Order, dry_run: bool) -> Result<Done, ledger::Refused> {
    let ledger = server.ledger.as_ref().ok_or(ledger::Refused::Broken)?;
    let (waiting, answered) = Waiting::new(order, dry_run);
    if let Some(clerk) = ledger.line.join(waiting)? {
        let server = Arc::clone(server);
        // It waits for the disk.
        drop(tokio::task::spawn_blocking(move || {
            clerk.work(|group| {
                server.serve(group);
                let world = server.world();
                world.names().into_iter().for_each(|layer| tidy_up(&server, layer));
            });
        }));
    }
    answered.await.unwrap_or(Err(ledger::Refused::Broken))
}

fn no_layer(world: &World, layer: &str) -> Refused {
    Refused::NoLayer { layer: layer.to_owned(), known: world.names().join(", ") }
}

/// Makes sheets of a layer into one in the background, if that is worth while and nobody does it yet.
fn tidy_up(server: &Arc<Server>, layer: &str) {
    let mut merging = server.merging.lock().unwrap_or_else(PoisonError::into_inner);
    if server.is_stopping() || due(server, layer).is_none() || !merging.insert(layer.to_owned()) {
        return;
    }
    let (weak, name) = (Arc::downgrade(server), layer.to_owned());
    let started = std::thread::Builder::new().name("merge".into()).spawn(move || {
        let merging = Merging { server: weak.clone(), layer: name.clone() };
        while weak.upgrade().is_some_and(|server| !server.is_stopping() && merge(&server, &name)) {}
        drop(merging);
        // Whoever edited while this thread was about to end left the rest to it.
        weak.upgrade().iter().for_each(|server| tidy_up(server, &name));
    });
    if let Err(error) = started {
        merging.remove(layer);
        tracing::warn!(%error, layer, "edits are not merged; the layer stays right and grows slower");
    }
}

/// Takes a layer off the list, however its thread ends.
struct Merging {
    server: Weak<Server>,
    layer: String,
}

impl Drop for Merging {
    fn drop(&mut self) {
        if let Some(server) = self.server.upgrade() {
            server.merging.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.layer);
        }
    }
}

/// The layer of a name as somebody sees it who has sheets that should be made into one, and which.
fn due(server: &Server, layer: &str) -> Option<(Arc<Published>, Range<usize>)> {
    let worlds = server.worlds.load();
    let mut named = worlds.layers().filter(|published| published.layer.meta.name.as_str() == layer);
    named.find_map(|published| Some((Arc::clone(published), published.worth_merging()?)))
}

/// Merges once; whether there was anything to merge.
fn merge(server: &Server, layer: &str) -> bool {
    let Some((published, which)) = due(server, layer) else { return false };
    let Some(merged) = published.merged(which) else { return false };
    drop(published);
    // A layer that was loaded anew meanwhile has no such sheets.
    let Ok(before) = server.publish(|worlds| Ok::<_, Infallible>(worlds.with_merged(layer, &merged)));
    tracing::debug!(layer, "edits merged");
    drop(merged);
    server.retire(before);
    true
}

#[cfg(test)]
mod tests;
