//! What one audience may see: records projected first, indexed second.
//!
//! Until views by audience come with the store, there is one, the public's: only records marked `public` leave, and nothing
//! about the others shows, not even a count.

mod columns;
mod nested;
mod windows;

use crate::feature::{Feature, FeatureId};
use crate::features::Features;
use crate::geometry;
use crate::layer::{LayerKind, LayerMeta, LayerName};
use crate::record::{Record, Records};
use crate::value::Schema;
use crate::vocab::{Kind, Sensitivity};

/// The parts of one layer as an audience sees it.
#[derive(Debug)]
pub struct ViewLayer {
    /// Name, titles, zooms.
    pub meta: LayerMeta,
    /// Columns of every feature.
    pub schema: Schema,
    /// The features, by id.
    pub features: Features,
}

/// Name, kind, title and description of the layers, in drawing order.
const LAYERS: [(&str, Kind, &str, &str); 5] = [
    (
        "areas",
        Kind::Area,
        "Areas of reported influence",
        "Approximate areas, by how much an armed actor has to say in them; an assessment, not a front line",
    ),
    ("segments", Kind::Segment, "Road segments", "Schematic legs between two places, shared by corridors"),
    ("corridors", Kind::Corridor, "Supply corridors", "Chains of segments towards a destination; status not assessed"),
    ("places", Kind::Place, "Places", "Towns, border posts and ports along the corridors"),
    ("blockades", Kind::Blockade, "Blockade points", "Reports of what hinders or proves passage, with their sources"),
];

/// Highest zoom with tiles of their own; clients magnify beyond.
const MAX_ZOOM: u8 = 20;

/// The public's view: one layer for each kind, all of them even when empty.
pub fn public(all: &Records, attribution: &str) -> Vec<ViewLayer> {
    let mut visible = all.clone();
    visible.retain(is_public);
    LAYERS.map(|(name, kind, title, description)| layer(&visible, name, kind, title, description, attribution)).into()
}

/// An embargo (`public_from`) keeps a record back altogether until views learn to wait for it.
fn is_public(record: &Record) -> bool {
    let common = record.common();
    common.sensitivity == Sensitivity::Public && common.public_from.is_none() && !common.withdrawn
}

fn layer(visible: &Records, name: &str, kind: Kind, title: &str, description: &str, attribution: &str) -> ViewLayer {
    let columns: Vec<&columns::Spec> = columns::of(kind).collect();
    let schema = Schema::new(columns.iter().map(|spec| spec.column()));
    let tile_columns = columns.iter().enumerate().filter(|(_, spec)| spec.in_tiles).map(|(position, _)| position).collect();
    let features = visible.of(kind).map(|record| Feature {
        id: FeatureId::Text(record.id().into()),
        geometry: geometry::of(record, visible),
        values: columns.iter().map(|spec| (spec.value)(record, visible)).collect(),
        valid: record.common().valid,
        known: record.common().known,
        phases: windows::of(record),
    });
    let meta = LayerMeta {
        name: LayerName::from_text(name),
        title: title.to_owned(),
        description: description.to_owned(),
        attribution: attribution.to_owned(),
        kind: LayerKind::Domain,
        tile_columns,
        min_zoom: 0,
        max_zoom: MAX_ZOOM,
    };
    ViewLayer { features: Features::of(features, schema.columns().len()), meta, schema }
}

#[cfg(test)]
mod tests;
