//! The ledger that `serve` serves when no files are named: that of its store, which begins with the built-in data.

use crate::config::Keep;
use crate::ledger::Ledger;
use crate::world::builtin;
use crate::world::records::Ingredients;
use roadblock_layers::source::SourceError;
use roadblock_layers::store::{Loaded, Store, StoreError};
use roadblock_layers::time::Instant;
use roadblock_layers::view::Rekey;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

/// Opens the store, or makes it.
pub(super) fn ledger(keep: &Keep, now: Instant) -> Result<Ledger, Box<dyn Error>> {
    let store = match keep {
        Keep::Directory(folder) => open(folder, now)?,
        Keep::Memory => {
            tracing::info!("nothing is kept: changes are gone when the server stops");
            Store::in_memory(&builtin::about()?, &builtin::drafts()?, now)?
        }
        Keep::Unknown => {
            let nowhere = "there is no home directory to keep the records in; name a directory with --data DIR, or keep nothing with --memory";
            return Err(nowhere.into());
        }
    };
    let (loaded, writer) = store.start()?;
    let of = ingredients(&loaded)?;
    Ok(Ledger::new(&loaded, loaded.history()?, writer, of))
}

/// What the worlds of a store are made of.
pub(in crate::command) fn ingredients(loaded: &Loaded) -> Result<Ingredients, SourceError> {
    Ok(Ingredients { about: loaded.about.clone(), basemap: Arc::new(builtin::basemap()?), rekey: Rekey(loaded.secret) })
}

fn open(folder: &Path, now: Instant) -> Result<Store, Box<dyn Error>> {
    match Store::open(folder) {
        Err(StoreError::Missing(_)) => {
            let store = Store::create(folder, &builtin::about()?, &builtin::drafts()?, now)?;
            tracing::info!(folder = %folder.display(), "a store was made from the built-in data");
            Ok(store)
        }
        opened => {
            let store = opened?;
            tracing::info!(folder = %folder.display(), versions = store.loaded().versions.len(), "the store was read");
            Ok(store)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sample::at;
    use roadblock_layers::vocab::Audience;

    #[test]
    fn what_the_store_makes_is_the_built_in_world_on_the_first_start_and_on_later_ones() {
        let top = tempfile::tempdir().unwrap();
        let kept = Keep::Directory(top.path().join("data"));
        let now = at("2026-02-01T00:00:00Z");
        let built_in = builtin::world(now).unwrap();
        for keep in [&kept, &kept, &Keep::Memory] {
            let worlds = ledger(keep, now).unwrap().worlds(now);
            let world = worlds.seen_by(Audience::Public);
            assert_eq!(world.names(), built_in.names());
            for (stored, shipped) in world.layers.iter().zip(&built_in.layers) {
                assert_eq!(stored.revision, shipped.revision, "{}", shipped.layer.meta.name.as_str());
                assert_eq!(stored.layer.digest(), shipped.layer.digest());
            }
            assert_eq!(format!("{:?}", world.dataset), format!("{:?}", built_in.dataset));
        }
        assert!(ledger(&Keep::Unknown, now).err().unwrap().to_string().contains("--data"));
    }
}
