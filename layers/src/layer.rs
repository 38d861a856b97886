//! A named set of features, indexed and ready to be asked.
//!
//! In: features in WGS 84 degrees with their schema. Out: feature numbers that answer a box, a time and a phase, exactly.
//! Immutable once built; a change makes a new layer.

mod digest;
mod lists;
mod meta;
mod timeline;

pub use crate::feature::GeometryKind;
pub use crate::phase::PhaseSet;
pub use lists::{LayerAbout, LayerLists};
pub use meta::{LayerKind, LayerMeta, LayerName, Loss, NameError};

use crate::dictionary::NULL;
use crate::feature::FeatureId;
use crate::features::{FeatureRef, Features};
use crate::index::{Bounds, Entry, Index};
use crate::phase::Phase;
use crate::time::{Datetime, Instant, Interval};
use crate::value::{Schema, Value};
use timeline::Timeline;

/// Name of the column whose value depends on the asked time.
pub const PHASE_COLUMN: &str = "phase";

/// What a request asks for in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asked {
    /// Valid time.
    pub datetime: Datetime,
    /// Transaction time: what was known then.
    pub known_at: Instant,
    /// Phases of events wanted; `None` = any. What has no phase is always wanted.
    pub phases: Option<PhaseSet>,
}

/// One layer. Features are numbered from 0 in the order given.
#[derive(Debug)]
pub struct Layer {
    /// Name, titles, zooms.
    pub meta: LayerMeta,
    /// Columns of every feature's values.
    pub schema: Schema,
    /// The features.
    pub features: Features,
    /// What was dropped or repaired while reading.
    pub losses: Vec<Loss>,
    index: Index,
    /// Numbers of all features in the order of their ids.
    by_id: Vec<u32>,
    without_geometry: Vec<u32>,
    validity: Timeline,
    knowledge: Timeline,
    extent: Interval,
    geometry: GeometryKind,
    phase_column: Option<usize>,
    /// Codes of the phases' names, in the order of `Phase::ALL`.
    phase_codes: [u32; 3],
}

impl Layer {
    /// Builds the index and the timelines, `O(n log n)`. `rank` gives the importance of feature number i (0 = always visible).
    pub fn build(
        meta: LayerMeta,
        schema: Schema,
        mut features: Features,
        losses: Vec<Loss>,
        rank: impl Fn(usize, FeatureRef<'_>) -> u8,
    ) -> Self {
        let mut entries = Vec::with_capacity(features.len());
        let mut without_geometry = Vec::new();
        let bounds = features.take_bounds();
        for ((number, feature), bounds) in (0u32..).zip(features.iter()).zip(bounds) {
            match bounds {
                Some(bounds) => {
                    let rank = rank(number as usize, feature);
                    entries.push(Entry { bounds, rank, feature: number, valid: feature.valid(), known: feature.known() });
                }
                None => without_geometry.push(number),
            }
        }
        let (index, by_id) = std::thread::scope(|scope| {
            let index = scope.spawn(|| Index::build(&entries));
            let by_id = by_id(&features);
            (index.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), by_id)
        });
        Self {
            index,
            by_id,
            without_geometry,
            validity: Timeline::of(features.iter().flat_map(|feature| {
                let phases = feature.phases().into_iter().flat_map(|windows| windows.boundaries());
                timeline::ends(feature.valid()).chain(phases)
            })),
            knowledge: Timeline::of(features.iter().flat_map(|feature| timeline::ends(feature.known()))),
            extent: timeline::hull(features.iter().map(FeatureRef::valid)),
            geometry: features.iter().map(FeatureRef::geometry_kind).fold(GeometryKind::None, GeometryKind::join),
            phase_column: schema.position(PHASE_COLUMN),
            phase_codes: Phase::ALL.map(|phase| features.add_value(phase.as_str().into())),
            meta,
            schema,
            features,
            losses,
        }
    }

    /// Puts into `hits` the features that may touch one of `boxes`, down to `max_rank`, and fit in time and phase: ascending.
    pub fn query(&self, boxes: &[Bounds], max_rank: u8, asked: &Asked, hits: &mut Vec<u32>) {
        self.index.query(boxes, max_rank, &asked.datetime, asked.known_at, hits);
        if !self.features.are_timeless() {
            hits.retain(|&number| self.features.get(number).is_some_and(|feature| in_phase(feature, asked)));
        }
    }

    /// Whether `accept` takes any of the features that `query` would find; stops at the first, so it costs little where many are.
    pub fn any(&self, boxes: &[Bounds], max_rank: u8, asked: &Asked, mut accept: impl FnMut(u32) -> bool) -> bool {
        let in_phase = |number: u32| self.features.get(number).is_some_and(|feature| in_phase(feature, asked));
        self.index.any(boxes, max_rank, &asked.datetime, asked.known_at, |number| in_phase(number) && accept(number))
    }

    /// All features that fit in time and phase, with or without geometry, ascending. A full scan.
    pub fn select_all(&self, asked: &Asked) -> impl Iterator<Item = u32> + use<'_> {
        let asked = *asked;
        (0u32..).zip(self.features.iter()).filter(move |(_, feature)| selects(*feature, &asked)).map(|(number, _)| number)
    }

    /// Features that no box can find; OGC API Features lets them match every box.
    pub fn without_geometry(&self) -> &[u32] {
        &self.without_geometry
    }

    /// Whether a feature fits in time and phase.
    pub fn selects(&self, number: u32, asked: &Asked) -> bool {
        self.features.get(number).is_some_and(|feature| selects(feature, asked))
    }

    /// The value of a column, with what depends on the asked time resolved.
    pub fn value(&self, feature: FeatureRef<'_>, column: usize, datetime: &Datetime) -> &Value {
        self.features.dictionary().value(self.code(feature, column, datetime))
    }

    /// Whether a feature's values depend on the asked time.
    pub fn changes_with_time(&self) -> bool {
        self.phase_column.is_some() && !self.features.are_timeless()
    }

    /// The code of that value.
    pub fn code(&self, feature: FeatureRef<'_>, column: usize, datetime: &Datetime) -> u32 {
        if Some(column) == self.phase_column
            && let Some(windows) = feature.phases()
        {
            return windows.phase_in(datetime).map_or(NULL, |phase| self.phase_codes[phase as usize]);
        }
        feature.code(column)
    }

    /// The version of a feature that fits the asked times; of several the one that became valid last.
    pub fn by_id(&self, id: &FeatureId, asked: &Asked) -> Option<u32> {
        let id = id.addressed();
        let addressed = |number: u32| self.features.get(number).map(|feature| feature.id().addressed());
        let first = self.by_id.partition_point(|&number| addressed(number).is_some_and(|other| other < id));
        let versions = self.by_id.iter().skip(first).copied().take_while(|&number| addressed(number).as_ref() == Some(&id));
        versions.filter(|&number| self.selects(number, asked)).max_by_key(|&number| {
            let feature = self.features.get(number)?;
            Some((feature.valid().from, number))
        })
    }

    /// Box around everything located.
    pub fn bounds(&self) -> Option<Bounds> {
        self.index.bounds()
    }

    /// From the first validity to the last; open where a feature is.
    pub fn temporal_extent(&self) -> Interval {
        self.extent
    }

    /// What the geometries are.
    pub fn geometry_kind(&self) -> GeometryKind {
        self.geometry
    }

    /// How many validity boundaries (phase edges included) lie at or before a moment. Equal epochs, equal answers.
    pub fn epoch(&self, at: Instant) -> u32 {
        self.validity.epoch(at)
    }

    /// The same for moments of knowledge.
    pub fn known_epoch(&self, at: Instant) -> u32 {
        self.knowledge.epoch(at)
    }

    /// The last moment at or before another at which something became or ceased to be known: what is known then is known at both.
    pub fn known_since(&self, at: Instant) -> Option<Instant> {
        self.knowledge.last(at)
    }

    /// Whether what holds depends on the asked time.
    pub fn is_timeless(&self) -> bool {
        self.validity.is_empty()
    }

    /// The first moment after `now` at which the answer to `asked` changes by itself: as time goes on, what holds changes for
    /// whoever asks for now, and what is known for whoever asks for the present knowledge.
    pub fn next_change(&self, asked: &Asked, now: Instant) -> Option<Instant> {
        let validity = if asked.datetime == Datetime::At(now) { self.validity.next(now) } else { None };
        let knowledge = if asked.known_at == now { self.knowledge.next(now) } else { None };
        [validity, knowledge].into_iter().flatten().min()
    }
}

/// Numbers in the order of ids, and of equal ids in their own.
fn by_id(features: &Features) -> Vec<u32> {
    let mut ids: Vec<(FeatureId, u32)> = features.iter().map(|feature| feature.id().addressed()).zip(0..).collect();
    ids.sort_unstable();
    ids.into_iter().map(|(_, number)| number).collect()
}

fn selects(feature: FeatureRef<'_>, asked: &Asked) -> bool {
    feature.known().contains(asked.known_at) && asked.datetime.selects(&feature.valid()) && in_phase(feature, asked)
}

fn in_phase(feature: FeatureRef<'_>, asked: &Asked) -> bool {
    match (asked.phases, feature.phases()) {
        (Some(wanted), Some(windows)) => windows.phase_in(&asked.datetime).is_none_or(|phase| wanted.contains(phase)),
        _ => true,
    }
}

#[cfg(test)]
mod tests;
