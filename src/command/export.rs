//! `roadblock export`: the whole store of a data directory as one file, or a layer of it as an audience sees it.

use super::out::{self, Privacy};
use super::serve::stored::ingredients;
use super::{folder_of, refuse, say, store};
use crate::cli::ExportArgs;
use crate::clock::Clock;
use crate::geojson::collection::CollectionWriter;
use crate::geojson::head;
use crate::geojson::select::{Criteria, Selection};
use crate::progress;
use crate::world::filled;
use crate::world::records::worlds;
use roadblock_layers::layer::Asked;
use roadblock_layers::store::{Store, StoreError};
use roadblock_layers::time::{Datetime, Instant};
use roadblock_layers::vocab::Audience;
use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;

/// Writes the file; 3 if the store is damaged, 2 if what is asked does not work.
pub fn run(args: ExportArgs) -> ExitCode {
    let folder = match folder_of(args.data.data.clone()) {
        Ok(folder) => folder,
        Err(refused) => return refused,
    };
    let exported = Store::open(&folder).map_err(Into::into).and_then(|store| {
        let now = Clock::System.now();
        match &args.layer {
            None => world(&args, &store, now),
            Some(layer) => one_layer(&args, &store, layer, now),
        }
    });
    match exported {
        Ok(what) => {
            if !out::is_standard_output(&args.out) {
                say(format_args!("{}: {what}", args.out.display()));
            }
            ExitCode::SUCCESS
        }
        Err(error) => failed(error.as_ref()),
    }
}

fn failed(error: &(dyn Error + 'static)) -> ExitCode {
    match error.downcast_ref::<StoreError>() {
        Some(error @ StoreError::InUse(_)) => {
            store::failed(error, ", or ask the server for /collections/{layer}/download.geojson")
        }
        Some(error) => store::failed(error, ""),
        None => refuse(error),
    }
}

/// Everything, for editors.
fn world(args: &ExportArgs, store: &Store, now: Instant) -> Result<String, Box<dyn Error>> {
    let whole = store.whole()?;
    let disclaimer = filled(&store.loaded().about.disclaimer, "all times", &now.to_string());
    let bar = progress::bar(whole.len() as u64);
    bar.set_message("versions");
    out::written(&args.out, args.replace, Privacy::Owner, |out| whole.write(out, &disclaimer, now, || bar.inc(1)))?;
    bar.finish_and_clear();
    Ok(format!("{} versions, with everything that only editors may see", whole.len()))
}

/// One layer as an audience sees it, all times, as is known now.
fn one_layer(args: &ExportArgs, store: &Store, layer: &str, now: Instant) -> Result<String, Box<dyn Error>> {
    let audience = args.audience.map_or(Audience::Public, |reader| reader.audience());
    let loaded = store.loaded();
    let worlds = worlds(&ingredients(loaded)?, &loaded.history()?, now);
    let world = worlds.seen_by(audience);
    let published =
        world.layer(layer).ok_or_else(|| format!("there is no layer '{layer}'; there are: {}", world.names().join(", ")))?;
    let asked = Asked { datetime: Datetime::All, known_at: now, phases: None };
    let selection =
        Selection::new(Criteria { published: Arc::clone(published), boxes: None, cluster: None, asked, filters: Vec::new() });
    let count = selection.count(None, u64::MAX);
    let head = head::of_file((world, audience), &selection, &count, now);
    let privacy = if audience == Audience::Public { Privacy::Everybody } else { Privacy::Owner };
    let mut collection = CollectionWriter::new(selection, head, None, &count);
    out::written(&args.out, args.replace, privacy, |out| {
        std::iter::from_fn(|| collection.next_chunk()).try_for_each(|chunk| out.write_all(&chunk))
    })?;
    Ok(format!("{} features, as the audience '{}' sees them", count.returned, audience.as_str()))
}
