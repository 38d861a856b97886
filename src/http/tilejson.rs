//! `/xyz/{layers}.json`, `.mlt.json` and `.png.json`: TileJSON 3.0 for vector tiles, MapLibre Tiles and raster tiles.
//!
//! Addresses are absolute and carry the times and clusters that the client asked with.

use super::access::compared;
use super::archived;
use super::call::Call;
use super::clustered;
use super::document;
use super::html::escape;
use super::layer_set::LayerSet;
use super::links::JSON;
use super::media::Media;
use super::query::{Query, TILE_PARAMETERS};
use super::validators::cache_control;
use super::xyz;
use crate::portray;
use crate::problem::Problem;
use crate::world::clusters::Clustered;
use crate::world::{Published, World, builtin, credits};
use axum::extract::Path;
use axum::response::Response;
use roadblock_layers::feature::GeometryKind;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Asked, Layer};
use roadblock_layers::time::Datetime;
use roadblock_tiles::cut::TOLERANCE_UNITS;
use roadblock_tiles::grid::EXTENT;
use serde_json::{Value, json};
use std::sync::Arc;

/// Which tiles a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tiles {
    /// Mapbox Vector Tiles.
    Mvt,
    /// MapLibre Tiles.
    Mlt,
    /// Pictures.
    Png,
}

impl Tiles {
    /// Takes the suffix that names the tiles off a file name without `.json`.
    fn split(stem: &str) -> (&str, Self) {
        let named = |tiles: Self| Some((stem.strip_suffix(tiles.suffix())?.strip_suffix('.')?, tiles));
        named(Self::Png).or_else(|| named(Self::Mlt)).unwrap_or((stem, Self::Mvt))
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Mvt => "mvt",
            Self::Mlt => "mlt",
            Self::Png => "png",
        }
    }
}

/// Answers `a,b.json` (vector), `a,b.mlt.json` (vector, as MapLibre Tiles) or `a,b.png.json` (raster).
pub async fn document(call: Call, Path(file): Path<String>) -> Result<Response, Problem> {
    let stem = file.strip_suffix(".json").ok_or_else(|| unknown_document(&file))?;
    let (spec, tiles) = Tiles::split(stem);
    if let Some(archived) = call.world.archive(spec) {
        return archived::tilejson(&call, archived, tiles.suffix());
    }
    answer(&call, spec, "/xyz/{layers}", tiles).await
}

/// Answers the document of some layers, whose tiles lie under a path of this server; `{layers}` in it stands for theirs.
pub async fn answer(call: &Call, spec: &str, path: &str, tiles: Tiles) -> Result<Response, Problem> {
    let (set, asked) = xyz::shown(&call.server, call.caller.audience, &call.world, spec, &call.query).await?;
    let clustered = clustered::read(&call.query, &set)?;
    let path = path.replace("{layers}", &set.spec);
    let template = format!("{}{path}/{{z}}/{{x}}/{{y}}.{}{}", call.base, tiles.suffix(), repeated(&call.query));
    let (from, to) = set.valid_epochs(&asked.datetime, None);
    let digest = document::digest(call, Media::Json, set.revision(), &[from, to, set.known_epoch(asked.known_at, None)]);
    let lifetime = cache_control(call.now, set.next_change(&asked, call.now));
    Ok(document::tagged(call, JSON, digest, lifetime, || {
        describe(&call.world, &set, &template, (tiles, &clustered), &asked).to_string()
    }))
}

fn unknown_document(file: &str) -> Problem {
    Problem::not_found(format!("'{file}' is no TileJSON document; write layers.json, layers.mlt.json or layers.png.json"))
}

/// The document of some layers at one moment, for tiles at the addresses that `template` stands for.
pub fn describe(world: &World, set: &LayerSet, template: &str, (tiles, clustered): (Tiles, &Clustered), asked: &Asked) -> Value {
    let (min_zoom, max_zoom) = set.zooms();
    let around = |layers: &mut dyn Iterator<Item = &Arc<Published>>| {
        layers.filter_map(|published| published.layer.bounds()).reduce(|a, b| a.union(&b))
    };
    let bounds = around(&mut set.layers.iter());
    // The basemap is the whole world, and clients ask for all of it; they open where the data are.
    let data = around(&mut set.layers.iter().filter(|published| published.layer.meta.name.as_str() != builtin::BASEMAP));
    let mut document = json!({
        "tilejson": "3.0.0",
        "name": set.layers.iter().map(|published| published.layer.meta.title.as_str()).collect::<Vec<_>>().join(", "),
        "description": world.dataset.description,
        "tiles": [template],
        "scheme": "xyz",
        "minzoom": min_zoom,
        "maxzoom": max_zoom,
        "attribution": attribution(world, set, asked),
        "datetime": (asked.datetime != Datetime::All).then(|| asked.datetime.to_string()),
        "known_at": asked.known_at.to_string(),
        "losses": set.layers.iter().flat_map(|published| losses(published)).collect::<Vec<_>>(),
        "left_out": set.layers.iter().filter_map(|published| left_out(published, clustered)).collect::<Vec<_>>(),
    });
    if let Some(bounds) = bounds {
        let ([longitude, latitude], zoom) = opening(data.unwrap_or(bounds));
        document["bounds"] = json!([bounds.west, bounds.south, bounds.east, bounds.north]);
        document["center"] = json!([longitude, latitude, zoom.clamp(min_zoom, max_zoom)]);
    }
    if tiles == Tiles::Mlt {
        // As MapLibre reads it; nothing said means MVT.
        document["encoding"] = json!("mlt");
    }
    if tiles != Tiles::Png {
        document["vector_layers"] = set.layers.iter().map(|published| vector_layer(published, clustered)).collect();
        document["simplified"] = set.layers.iter().filter_map(|published| simplified(published)).collect();
    }
    document
}

/// The middle of a box, and the zoom, counted in tiles of 256 pixels, at which about a screen holds it.
pub fn opening(bounds: Bounds) -> ([f64; 2], u8) {
    let [across, up] = [bounds.east - bounds.west, bounds.north - bounds.south].map(|side| side.clamp(1e-3, 360.0));
    let zoom = (360.0 * SCREEN_TILES / across.max(up)).log2().floor();
    ([(bounds.west + bounds.east) / 2.0, (bounds.south + bounds.north) / 2.0], zoom as u8)
}

/// Sides of a tile that a screen is wide and high at least.
const SCREEN_TILES: f64 = 3.0;

fn vector_layer(published: &Published, clustered: &Clustered) -> Value {
    let layer = &published.layer;
    let of_clusters = portray::cluster_fields(published).into_iter().filter(|_| clustered.contains(layer.meta.name.as_str()));
    let of_clusters = of_clusters.map(|(name, title)| (name.to_owned(), Value::from(title)));
    let fields: serde_json::Map<String, Value> = layer
        .meta
        .tile_columns
        .iter()
        .filter_map(|&column| layer.schema.columns().get(column))
        .map(|column| (column.name.to_string(), Value::from(column.title.as_str())))
        .chain(of_clusters)
        .collect();
    json!({
        "id": layer.meta.name.as_str(),
        "description": layer.meta.description,
        "minzoom": layer.meta.min_zoom,
        "maxzoom": layer.meta.max_zoom,
        "fields": fields,
    })
}

fn losses(published: &Published) -> impl Iterator<Item = Value> + '_ {
    let layer = published.layer.meta.name.as_str();
    published
        .layer
        .losses
        .iter()
        .map(move |loss| json!({"layer": layer, "code": loss.code, "count": loss.count, "first": loss.first}))
}

/// How many features of a layer each zoom from 0 on leaves out to keep its tiles within their budget, if any does.
fn left_out(published: &Published, clustered: &Clustered) -> Option<Value> {
    let name = published.layer.meta.name.as_str();
    let is_clustered = clustered.contains(name);
    let missing: Vec<u64> = published.budget.totals().iter().map(|total| total.missing(is_clustered)).collect();
    let last = missing.iter().rposition(|missing| *missing > 0)?;
    Some(json!({"layer": name, "features_by_zoom": missing.get(..=last)}))
}

/// By how much vertices of a layer may be missed in its tiles, in units of so many a side, if any may.
fn simplified(published: &Published) -> Option<Value> {
    let Layer { meta, .. } = &published.layer;
    let is_simplified = meta.is_simplified && published.layer.geometry_kind() != GeometryKind::Point;
    is_simplified.then(
        || json!({"layer": meta.name.as_str(), "method": "Douglas-Peucker", "tolerance": TOLERANCE_UNITS, "extent": EXTENT}),
    )
}

/// Credits and the disclaimer, as the HTML that map clients expect here, with every character of the data escaped.
fn attribution(world: &World, set: &LayerSet, asked: &Asked) -> String {
    let disclaimer = world.disclaimer(asked);
    let parts = credits(&set.layers).into_iter().chain(disclaimer.as_deref());
    parts.map(escape).collect::<Vec<_>>().join(" | ")
}

/// The parameters of the request that are those of tiles too, to be repeated on the tile address.
pub fn repeated(query: &Query) -> String {
    let kept: Vec<(&str, &str)> = query
        .pairs()
        .iter()
        .filter(|(name, _)| TILE_PARAMETERS.contains(&name.as_str()) || compared::PARAMETERS.contains(&name.as_str()))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    match serde_urlencoded::to_string(kept) {
        Ok(text) if !text.is_empty() => format!("?{text}"),
        _ => String::new(),
    }
}
