//! Edits of a layer within this process: a snapshot of the world is the last one with some features said anew.
//!
//! A reader sees all of an edit or nothing of it. What edits leave behind is tidied up on a thread of its own, which no request waits for.

use crate::server::Server;
use crate::world::{Published, World};
use roadblock_layers::layer::{Edit, EditError};
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

fn no_layer(world: &World, layer: &str) -> Refused {
    Refused::NoLayer { layer: layer.to_owned(), known: world.names().join(", ") }
}

/// Makes sheets of a layer into one in the background, if that is worth while and nobody does it yet.
fn tidy_up(server: &Arc<Server>, layer: &str) {
    let is_due = |published: &Arc<Published>| published.worth_merging().is_some();
    let mut merging = server.merging.lock().unwrap_or_else(PoisonError::into_inner);
    if server.is_stopping() || !server.world().layer(layer).is_some_and(is_due) || !merging.insert(layer.to_owned()) {
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

/// Merges once; whether there was anything to merge.
fn merge(server: &Server, layer: &str) -> bool {
    let Some(published) = server.world().layer(layer).cloned() else { return false };
    let Some(merged) = published.worth_merging().and_then(|which| published.merged(which)) else { return false };
    drop(published);
    let swapped = server.change(|world| {
        // A layer that was loaded anew meanwhile has no such sheets.
        let next = world.layer(layer).and_then(|published| published.with_merged(&merged)).ok_or(())?;
        Ok::<_, ()>(world.with(next))
    });
    tracing::debug!(layer, swapped = swapped.is_ok(), "edits merged");
    drop(merged);
    swapped.into_iter().for_each(|before| server.retire(before));
    true
}

#[cfg(test)]
mod tests;
