//! What an archive says of itself: the TileJSON of its layers, without what only a server can say.
//!
//! The same data give the same document: the moment of writing is not in it.

use crate::cli::ArchiveArgs;
use crate::http::layer_set::LayerSet;
use crate::http::tilejson::{self, Tiles};
use crate::world::World;
use crate::world::clusters::Clustered;
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_tiles::archive::{About, Content};
use roadblock_tiles::grid::BoxDeg;
use serde_json::{Map, Value, json};
use std::ops::RangeInclusive;

/// Members of TileJSON that an archive carries as they are.
const KEPT: [&str; 7] = ["name", "description", "attribution", "vector_layers", "losses", "left_out", "simplified"];

/// Describes the archive; refuses layers of which nothing has a place.
pub(super) fn about(
    world: &World,
    set: &LayerSet,
    asked: &Asked,
    zooms: &RangeInclusive<u8>,
    content: Content,
    args: &ArchiveArgs,
) -> Result<About, String> {
    let bounds = set.layers.iter().filter_map(|published| published.layer.bounds()).reduce(|a, b| a.union(&b));
    let bounds = bounds.ok_or_else(|| format!("nothing in {} has a place on the map", set.spec))?;
    let bounds = BoxDeg { west: bounds.west, south: bounds.south, east: bounds.east, north: bounds.north };
    let tiles = if content == Content::Mvt { Tiles::Mvt } else { Tiles::Png };
    let tilejson = tilejson::describe(world, set, "", (tiles, &Clustered::by_default(&set.layers)), asked);
    let mut document: Map<String, Value> =
        KEPT.iter().filter_map(|name| Some(((*name).to_owned(), tilejson.get(*name)?.clone()))).collect();
    clip_zooms(&mut document, zooms);
    // What does not depend on a moment does not name the one at which it was written.
    let is_timed = set.layers.iter().any(|published| !published.layer.is_timeless());
    if args.datetime.is_some() || world.dataset.default_datetime.is_some() || is_timed {
        document.insert("datetime".to_owned(), json!(asked.datetime.to_string()));
    }
    if args.known_at.is_some() || set.layers.iter().any(|published| published.layer.known_since(asked.known_at).is_some()) {
        document.insert("known_at".to_owned(), json!(asked.known_at.to_string()));
    }
    document.extend(world.disclaimer(asked).map(|text| ("disclaimer".to_owned(), json!(text))));
    if set.layers.iter().any(|published| published.layer.meta.kind == LayerKind::Domain) {
        document.insert("audience".to_owned(), json!(args.audience()));
    }
    document.insert("type".to_owned(), json!("overlay"));
    document.insert("generator".to_owned(), json!(concat!("roadblock ", env!("CARGO_PKG_VERSION"))));
    document.retain(|_, value| *value != json!("") && *value != json!([]));
    let (min_zoom, max_zoom) = (*zooms.start(), *zooms.end());
    Ok(About { content, min_zoom, max_zoom, center: bounds.middle(), center_zoom: 5.clamp(min_zoom, max_zoom), bounds, document })
}

/// Layers are not said to have zooms that the archive does not have.
fn clip_zooms(document: &mut Map<String, Value>, zooms: &RangeInclusive<u8>) {
    for layer in document.get_mut("vector_layers").and_then(Value::as_array_mut).into_iter().flatten() {
        for name in ["minzoom", "maxzoom"] {
            let zoom = layer[name].as_u64().and_then(|zoom| u8::try_from(zoom).ok()).unwrap_or_default();
            layer[name] = json!(zoom.clamp(*zooms.start(), *zooms.end()));
        }
    }
}
