//! What one audience may see: records projected first, indexed second. Nothing about the others shows, not even a count.

mod columns;
mod generalise;
mod nested;
mod project;
mod windows;

pub use generalise::Rekey;

use crate::feature::{Feature, FeatureId};
use crate::features::Features;
use crate::geometry;
use crate::layer::{LayerKind, LayerMeta, LayerName};
use crate::record::Records;
use crate::time::Instant;
use crate::value::Schema;
use crate::vocab::{Audience, Kind};

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

/// The view of an audience.
#[derive(Debug)]
pub struct View {
    /// One layer for each kind, all of them even when empty, in drawing order.
    pub layers: Vec<ViewLayer>,
    /// The next moment, by the clock of the server, at which the view has more to show although nothing was edited.
    pub changes_at: Option<Instant>,
}

/// Who asks for what, when.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// Whom the view is for.
    pub audience: Audience,
    /// The time of day: delays end by it.
    pub now: Instant,
    /// What ids that tell something are replaced with.
    pub rekey: Rekey,
    /// Whom to credit.
    pub attribution: &'a str,
}

/// The records as a viewer may see them. `O(n log n)`.
pub fn of(all: &Records, viewer: Viewer<'_>) -> View {
    let projection = project::of(all, viewer.audience, viewer.rekey, viewer.now);
    let layers = LAYERS.map(|(name, kind, title, description)| {
        layer(&projection.records, viewer, (name, kind, title, description))
    });
    View { layers: layers.into(), changes_at: projection.changes_at }
}

fn layer(visible: &Records, viewer: Viewer<'_>, (name, kind, title, description): (&str, Kind, &str, &str)) -> ViewLayer {
    let columns: Vec<&columns::Spec> = columns::of(kind, viewer.audience).collect();
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
        attribution: viewer.attribution.to_owned(),
        kind: LayerKind::Domain,
        tile_columns,
        min_zoom: 0,
        max_zoom: MAX_ZOOM,
    };
    ViewLayer { features: Features::of(features, schema.columns().len()), meta, schema }
}

#[cfg(test)]
mod tests;
