//! What one audience may see: records projected first, indexed second. Nothing about the others shows, not even a count.

mod columns;
mod generalise;
mod nested;
mod project;
mod told;
mod turns;

pub use generalise::Rekey;
pub use nested::{named_sources, sources};
#[cfg(test)]
pub(crate) use told::whole;
pub use told::{Heard, Retold, Story, Told, retold, told};
pub use turns::Turns;

use crate::feature::{Feature, FeatureId};
use crate::features::Features;
use crate::geometry;
use crate::history::{History, stretches};
use crate::layer::{Edit, LayerKind, LayerMeta, LayerName};
use crate::record::Record;
use crate::time::Instant;
use crate::value::Schema;
use crate::vocab::{Audience, Kind};
use crate::windows;
use project::{Lens, Seen};
use std::sync::Arc;

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
    ("corridors", Kind::Corridor, "Supply corridors", "Chains of segments towards a destination"),
    ("places", Kind::Place, "Places", "Towns, border posts and ports along the corridors"),
    ("blockades", Kind::Blockade, "Blockade points", "Reports of what hinders or proves passage, with their sources"),
];

/// The name of the layer that shows the records of a kind.
pub fn layer_of(kind: Kind) -> Option<&'static str> {
    LAYERS.iter().find(|(_, shown, ..)| *shown == kind).map(|(name, ..)| *name)
}

/// The kind of the records in the layer of a name.
pub fn kind_of(layer: &str) -> Option<Kind> {
    LAYERS.iter().find(|(name, ..)| *name == layer).map(|(_, kind, ..)| *kind)
}

/// Highest zoom with tiles of their own; clients magnify beyond.
pub(crate) const MAX_ZOOM: u8 = 20;

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

impl Viewer<'_> {
    const fn lens(&self) -> Lens {
        Lens { audience: self.audience, rekey: self.rekey, now: self.now }
    }
}

/// The records as a viewer may see them: a layer for each kind, even when empty, in drawing order. `O(n log n)`.
pub fn of(history: &History, viewer: Viewer<'_>) -> Vec<ViewLayer> {
    let layers = LAYERS.iter().map(|&(name, kind, title, description)| {
        let columns: Vec<&columns::Spec> = columns::of(kind, viewer.audience).collect();
        let versions = history.of_kind(kind);
        let mut features: Vec<Feature> =
            versions.flat_map(|version| features(version, history, viewer.lens(), &columns)).collect();
        features.sort_by_key(|feature| feature.id.addressed());
        layer(features, &columns, viewer, (name, title, description))
    });
    layers.collect()
}

/// What a viewer's layer shows of a record from now on: under its own name, and under the one that tells nothing. Costs as much as the record
/// has versions, and they have parts.
pub fn edits(history: &History, viewer: Viewer<'_>, id: &str) -> Vec<Edit> {
    let Some(kind) = history.record(id).first().map(|version| version.body().kind()) else { return Vec::new() };
    let columns: Vec<&columns::Spec> = columns::of(kind, viewer.audience).collect();
    let versions = history.record(id).iter();
    let all: Vec<Feature> = versions.flat_map(|version| features(version, history, viewer.lens(), &columns)).collect();
    let mut names: Vec<Arc<str>> = vec![id.into(), generalise::opaque(id, viewer.rekey).into()];
    names.dedup();
    let edit = |name| {
        let id = FeatureId::Text(name);
        Edit { versions: all.iter().filter(|feature| feature.id == id).cloned().collect(), since: None, id }
    };
    names.into_iter().map(edit).collect()
}

/// A version as a feature for each stretch in which it and all that it refers to were known as they were.
fn features(version: &Record, history: &History, lens: Lens, columns: &[&columns::Spec]) -> Vec<Feature> {
    let mut features: Vec<Feature> = Vec::new();
    for epoch in stretches(&history.corrections(version)) {
        let network = Seen { history, lens, at: epoch.from };
        let Some(record) = lens.told(version, &network) else { continue };
        let known = record.common().known;
        let Some(known) = known.common(&epoch) else { continue };
        let feature = Feature {
            id: FeatureId::Text(Arc::clone(&record.common().id)),
            geometry: geometry::of(&record, &network),
            values: columns.iter().map(|spec| (spec.value)(&record, &network)).collect(),
            valid: record.common().valid,
            known,
            phases: windows::phases(&record),
        };
        match features.last_mut() {
            Some(last) if last.geometry == feature.geometry && last.values == feature.values => last.known.to = known.to,
            _ => features.push(feature),
        }
    }
    features
}

fn layer(
    features: Vec<Feature>,
    columns: &[&columns::Spec],
    viewer: Viewer<'_>,
    (name, title, description): (&str, &str, &str),
) -> ViewLayer {
    let schema = Schema::new(columns.iter().map(|spec| spec.column()));
    let tile_columns = columns.iter().enumerate().filter(|(_, spec)| spec.in_tiles).map(|(position, _)| position).collect();
    let meta = LayerMeta {
        name: LayerName::from_text(name),
        title: title.to_owned(),
        description: description.to_owned(),
        attribution: viewer.attribution.to_owned(),
        kind: LayerKind::Domain,
        tile_columns,
        min_zoom: 0,
        max_zoom: MAX_ZOOM,
        is_simplified: true,
    };
    ViewLayer { features: Features::of(features, schema.columns().len()), meta, schema }
}

#[cfg(test)]
mod tests;
