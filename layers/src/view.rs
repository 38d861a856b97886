//! What one audience may see: records projected first, indexed second. Nothing about the others shows, not even a count.

mod columns;
mod generalise;
mod nested;
mod project;
mod told;

pub use generalise::Rekey;
pub use nested::{named_sources, sources};
pub use told::{Told, told};

use crate::feature::{Feature, FeatureId};
use crate::features::Features;
use crate::geometry;
use crate::history::{Epoch, History};
use crate::layer::{LayerKind, LayerMeta, LayerName};
use crate::record::Record;
use crate::time::Instant;
use crate::value::Schema;
use crate::vocab::{Audience, Kind};
use crate::windows;
use project::Lens;
use std::collections::BTreeSet;

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

/// All kinds, each of which has a layer.
pub fn kinds() -> BTreeSet<Kind> {
    LAYERS.iter().map(|(_, kind, ..)| *kind).collect()
}

/// The kind of the records in the layer of a name.
pub fn kind_of(layer: &str) -> Option<Kind> {
    LAYERS.iter().find(|(name, ..)| *name == layer).map(|(_, kind, ..)| *kind)
}

/// Highest zoom with tiles of their own; clients magnify beyond.
pub(crate) const MAX_ZOOM: u8 = 20;

/// The view of an audience.
#[derive(Debug)]
pub struct View {
    /// One layer for each of the kinds, even when empty, in drawing order.
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

/// The records of some kinds as a viewer may see them. `O(n log n)`, and again for each epoch of the history.
pub fn of(history: &History, viewer: Viewer<'_>, kinds: &BTreeSet<Kind>) -> View {
    let lens = Lens { audience: viewer.audience, rekey: viewer.rekey, now: viewer.now };
    let epochs: Vec<Epoch> =
        history.epochs().into_iter().map(|Epoch { known, network }| Epoch { known, network: lens.network(&network) }).collect();
    let layers = LAYERS.iter().filter(|(_, kind, ..)| kinds.contains(kind)).map(|&(name, kind, title, description)| {
        let columns: Vec<&columns::Spec> = columns::of(kind, viewer.audience).collect();
        let mut features: Vec<Feature> =
            history.of_kind(kind).flat_map(|version| in_epochs(version, &epochs, lens, &columns)).collect();
        features.sort_by(|one, other| one.id.cmp(&other.id));
        layer(features, &columns, viewer, (name, title, description))
    });
    View { layers: layers.collect(), changes_at: lens.changes_at(history.iter()) }
}

/// A version as a feature for each stretch in which it and all that it refers to were known as they were.
fn in_epochs(version: &Record, epochs: &[Epoch], lens: Lens, columns: &[&columns::Spec]) -> Vec<Feature> {
    let mut features: Vec<Feature> = Vec::new();
    for epoch in epochs {
        let Some(record) = lens.told(version, &epoch.network) else { continue };
        let known = record.common().known;
        let Some(known) = known.common(&epoch.known) else { continue };
        let feature = Feature {
            id: FeatureId::Text(record.id().into()),
            geometry: geometry::of(&record, &epoch.network),
            values: columns.iter().map(|spec| (spec.value)(&record, &epoch.network)).collect(),
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
    };
    ViewLayer { features: Features::of(features, schema.columns().len()), meta, schema }
}

#[cfg(test)]
mod tests;
