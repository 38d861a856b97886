//! The layer `access-changes`: what changed between two moments, where it is on the map.

use super::change::{Change, How, Subject};
use super::roads::Roads;
use super::status::Rank;
use crate::feature::{Feature, FeatureId};
use crate::features::Features;
use crate::geometry;
use crate::layer::{LayerKind, LayerMeta, LayerName};
use crate::value::{Column, ColumnKind, Schema, Value};
use crate::view::{MAX_ZOOM, ViewLayer};
use geo_types::Geometry;

/// Name of the layer.
pub const CHANGES_LAYER: &str = "access-changes";

/// Name and title of each column, all of text.
const COLUMNS: [(&str, &str); 8] = [
    ("id", "What changed"),
    ("subject", "corridor, segment, report"),
    ("axis", "world: it is otherwise; knowledge: it is known otherwise"),
    ("change", "added, ended, changed"),
    ("before", "How it was"),
    ("after", "How it is"),
    ("verdict", "worse, better, other"),
    ("name", "Name"),
];

impl Change {
    /// Whether something is there now, was there, or is another.
    pub const fn kind(&self) -> &'static str {
        match (&self.before, &self.after) {
            (None, Some(_)) => "added",
            (Some(_), None) => "ended",
            _ => "changed",
        }
    }

    /// Whether a road is worse than it was, or better; of what cannot be said, other.
    pub fn verdict(&self) -> &'static str {
        match (&self.before, &self.after) {
            (Some(How::Is(before)), Some(How::Is(after))) if after > before => "worse",
            (Some(How::Is(before)), Some(How::Is(after))) if after < before => "better",
            _ => "other",
        }
    }

    /// Its name, as known after the change.
    pub fn name<'r>(&'r self, roads: &'r Roads) -> Option<&'r str> {
        let report = [&self.after, &self.before].into_iter().flatten().find_map(|how| match how {
            How::Holds(record) => Some(&*record.common().name),
            How::Is(_) => None,
        });
        report.or_else(|| roads.network.get(&self.id).map(|record| &*record.common().name))
    }

    /// Where it is, as known after the change.
    pub fn geometry(&self, roads: &Roads) -> Option<Geometry<f64>> {
        let network = &roads.network;
        match (self.subject, self.after.as_ref().or(self.before.as_ref())) {
            (Subject::Report, Some(How::Holds(record))) => geometry::of(record, network),
            _ => geometry::of(network.get(&self.id)?, network),
        }
    }
}

impl How {
    /// In a word: the status of a road, the version of a report.
    pub fn word(&self) -> String {
        match self {
            Self::Is(rank) => rank.as_str().to_owned(),
            Self::Holds(record) => format!("version {}", record.common().version),
        }
    }

    /// What it depends on beside itself.
    pub fn condition(&self) -> Option<&'static str> {
        matches!(self, Self::Is(Rank::Escort)).then_some("escort")
    }
}

/// The layer of some changes, with names and places as known after them. Its features have no times: it is about two moments as a whole.
pub fn changes_layer(changes: &[Change], roads: &Roads, attribution: &str) -> ViewLayer {
    let feature = |change: &Change| {
        let word = |how: &Option<How>| how.as_ref().map(How::word).as_deref().into();
        let values: [Value; COLUMNS.len()] = [
            change.id.as_str().into(),
            change.subject.as_str().into(),
            change.axis.as_str().into(),
            change.kind().into(),
            word(&change.before),
            word(&change.after),
            change.verdict().into(),
            change.name(roads).into(),
        ];
        let id = format!("{}/{}", change.axis.as_str(), change.id);
        Feature::timeless(FeatureId::Text(id.into()), change.geometry(roads), values.into())
    };
    let schema = Schema::new(COLUMNS.iter().map(|&(name, title)| Column {
        name: name.into(),
        kind: ColumnKind::Text,
        title: title.to_owned(),
    }));
    let meta = LayerMeta {
        name: LayerName::from_text(CHANGES_LAYER),
        title: "Changes of access".to_owned(),
        description: "What changed between two moments, in the world or only in what is known of it".to_owned(),
        attribution: attribution.to_owned(),
        kind: LayerKind::Domain,
        tile_columns: (0..COLUMNS.len()).collect(),
        min_zoom: 0,
        max_zoom: MAX_ZOOM,
        is_simplified: true,
    };
    ViewLayer { features: Features::of(changes.iter().map(feature), COLUMNS.len()), meta, schema }
}
