//! The data that ship inside the program: the Mali records and the basemap.

use super::records::{Ingredients, worlds};
use super::{Published, World};
use roadblock_layers::dataset::{self, About, Drafts, Lines};
use roadblock_layers::features::FeatureRef;
use roadblock_layers::finding::Finding;
use roadblock_layers::layer::{IndexedLayer, LayerKind, LayerMeta, LayerName};
use roadblock_layers::record::Records;
use roadblock_layers::source::{self, SourceError};
use roadblock_layers::time::Instant;
use roadblock_layers::value::Value;
use roadblock_layers::view::Rekey;
use roadblock_layers::vocab::Audience;
use std::sync::Arc;

/// Name of the layer that other layers are drawn on.
pub const BASEMAP: &str = "basemap";

const BASEMAP_BYTES: &[u8] = include_bytes!("../../data/basemap/basemap.geojsonl.gz");
const BASEMAP_ATTRIBUTION: &str = "Made with Natural Earth. GeoNames (geonames.org), CC BY 4.0";

macro_rules! lines {
    ($name:literal) => {
        Lines { name: $name, text: include_str!(concat!("../../data/mali/", $name)) }
    };
}

const RECORDS: [Lines<'static>; 5] = [
    lines!("places.jsonl"),
    lines!("segments.jsonl"),
    lines!("corridors.jsonl"),
    lines!("blockades.jsonl"),
    lines!("areas.jsonl"),
];
const SOURCES: Lines<'static> = lines!("sources.jsonl");
const ABOUT: &str = include_str!("../../data/mali/dataset.json");

/// Why the data that ship cannot be used: only a program built from broken files says this.
#[derive(Debug, thiserror::Error)]
pub enum BuiltinError {
    /// Records are refused.
    #[error("the built-in records are refused: {0}")]
    Records(String),
    /// What the data set says of itself cannot be read.
    #[error("the built-in data set is broken: {0}")]
    About(#[from] serde_json::Error),
    /// The basemap cannot be read.
    #[error("the built-in basemap {0}")]
    Basemap(#[from] SourceError),
}

/// What the Mali data set says of itself.
pub fn about() -> Result<About, BuiltinError> {
    Ok(serde_json::from_str(ABOUT)?)
}

/// The Mali records and sources as their files say them.
pub fn drafts() -> Result<Drafts, BuiltinError> {
    dataset::drafts(&RECORDS, SOURCES).map_err(|findings| refused(&findings))
}

/// The same, accepted.
pub fn records() -> Result<Records, BuiltinError> {
    dataset::accept(&drafts()?).map_err(|findings| refused(&findings))
}

/// The built-in world at a time of day: the basemap, and the Mali records as the public sees them.
pub fn world(now: Instant) -> Result<World, BuiltinError> {
    let records = records()?;
    // No id among them tells anything.
    let of = Ingredients { about: about()?, basemap: Arc::new(basemap()?), rekey: Rekey([0; 16]) };
    let worlds = worlds(&of, &(&records).into(), now);
    Ok(World::clone(worlds.seen_by(Audience::Public)))
}

fn refused(findings: &[Finding]) -> BuiltinError {
    BuiltinError::Records(findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

/// The basemap as a layer whose features show from their `min_zoom` on.
pub fn basemap() -> Result<Published, SourceError> {
    let table = source::read_sequence(BASEMAP, flate2::read::GzDecoder::new(BASEMAP_BYTES))?;
    let zoom = table.schema.position("min_zoom");
    let rank = |_: usize, feature: FeatureRef<'_>| match zoom.map(|column| feature.value(column)) {
        Some(Value::Int(zoom)) => u8::try_from(*zoom).unwrap_or(u8::MAX),
        _ => 0,
    };
    let meta = LayerMeta {
        name: LayerName::from_text(BASEMAP),
        title: "Basemap".to_owned(),
        description: "Land, borders, rivers, lakes and place names".to_owned(),
        attribution: BASEMAP_ATTRIBUTION.to_owned(),
        kind: LayerKind::Reference,
        tile_columns: (0..table.schema.columns().len()).collect(),
        min_zoom: 0,
        max_zoom: roadblock_tiles::grid::MAX_ZOOM,
        is_simplified: true,
    };
    Ok(Published::new(IndexedLayer::new(meta, table.schema, table.features, table.losses, rank), table.beside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_world_stands() {
        let world = world(crate::http::sample::at("2026-02-01")).unwrap();
        let names: Vec<&str> = world.layers.iter().map(|published| published.layer.meta.name.as_str()).collect();
        assert_eq!(names, ["basemap", "areas", "segments", "corridors", "access", "places", "blockades"]);
        assert!(world.layers.iter().all(|published| published.layer.losses.is_empty()));
        assert_eq!(world.dataset.default_datetime.unwrap().to_string(), "2025-10-22T12:00:00Z");
    }
}
