//! Features that came together, with their index: a layer is a pile of such sheets.
//!
//! Immutable. Features are numbered from 0 within the sheet; whoever lays it down says which of them are hidden by what came later.

use crate::feature::{FeatureId, GeometryKind};
use crate::features::{FeatureRef, Features};
use crate::index::{Bounds, Entry, Index};
use crate::time::{Instant, Interval};
use crate::timeline::{self, Timeline};

/// Where a feature is, and how important whoever draws takes it to be; `None` without a place.
pub(crate) type Located = Option<(Bounds, u8)>;

/// Some features, indexed.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) features: Features,
    pub(crate) index: Index,
    /// Numbers of all features in the order of their ids.
    pub(crate) by_id: Vec<u32>,
    pub(crate) without_geometry: Vec<u32>,
    /// When anything begins or ends, ages included.
    pub(crate) validity: Timeline,
    /// When anything becomes known or ceases to be.
    pub(crate) knowledge: Timeline,
    /// All features taken together.
    pub(crate) measure: Measure,
}

/// What some features are, taken together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measure {
    /// Box around everything located.
    pub(crate) bounds: Option<Bounds>,
    /// From the first validity to the last; open where a feature is.
    pub(crate) extent: Option<Interval>,
    pub(crate) kinds: Kinds,
}

/// How many geometries there are of each kind, so that it is known what is left when one is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds([u32; GeometryKind::ALL.len()]);

impl Kinds {
    const NONE: Self = Self([0; GeometryKind::ALL.len()]);

    pub(crate) fn of(kinds: impl Iterator<Item = GeometryKind>) -> Self {
        let mut counts = Self::NONE;
        kinds.for_each(|kind| counts.0[kind as usize] += 1);
        counts
    }

    /// Without one of a kind that is there.
    pub(crate) fn take(&mut self, kind: GeometryKind) {
        let count = &mut self.0[kind as usize];
        *count = count.saturating_sub(1);
    }

    /// The kind that holds all.
    pub(crate) fn joined(self) -> GeometryKind {
        let there = GeometryKind::ALL.into_iter().filter(|kind| self.0[*kind as usize] > 0);
        there.fold(GeometryKind::None, GeometryKind::join)
    }
}

impl Measure {
    pub(crate) const NOTHING: Self = Self { bounds: None, extent: None, kinds: Kinds::NONE };

    /// Of one feature.
    pub(crate) fn of(feature: FeatureRef<'_>, bounds: Option<Bounds>) -> Self {
        Self { bounds, extent: Some(feature.valid()), kinds: Kinds::of([feature.geometry_kind()].into_iter()) }
    }

    /// Of both together.
    pub(crate) fn join(self, other: Self) -> Self {
        let both = |a: Option<Bounds>, b: Option<Bounds>| a.zip(b).map(|(a, b)| a.union(&b)).or(a).or(b);
        Self {
            bounds: both(self.bounds, other.bounds),
            extent: timeline::hull([self.extent, other.extent].into_iter().flatten()),
            kinds: Kinds(std::array::from_fn(|kind| self.kinds.0[kind] + other.kinds.0[kind])),
        }
    }
}

/// Features with their index, of which the values are not numbered yet: their order is known before the sheet is whole.
#[derive(Debug)]
pub(crate) struct Indexed {
    features: Features,
    index: Index,
    by_id: Vec<u32>,
    without_geometry: Vec<u32>,
}

impl Indexed {
    /// Of features, each located as said in their order. `O(n log n)`.
    pub(crate) fn new(features: Features, located: Vec<Located>) -> Self {
        let mut entries = Vec::with_capacity(features.len());
        let mut without_geometry = Vec::new();
        for ((number, feature), located) in (0u32..).zip(features.iter()).zip(located) {
            match located {
                Some((bounds, rank)) => {
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
        Self { features, index, by_id, without_geometry }
    }

    /// As `Sheet::order`.
    pub(crate) fn order(&self) -> impl Iterator<Item = u32> {
        in_order(&self.index, &self.without_geometry)
    }

    /// The sheet: numbers values in the order in which they are read. `O(n)`.
    pub(crate) fn numbered(self) -> Sheet {
        let Self { mut features, index, by_id, without_geometry } = self;
        features.number_values(index.order());
        let kinds = Kinds::of(features.iter().map(FeatureRef::geometry_kind));
        let extent = timeline::hull(features.iter().map(FeatureRef::valid));
        Sheet {
            measure: Measure { bounds: index.bounds(), extent, kinds },
            index,
            by_id,
            without_geometry,
            validity: Timeline::of(features.iter().flat_map(beginnings_and_ends)),
            knowledge: Timeline::of(features.iter().flat_map(|feature| timeline::ends(feature.known()))),
            features,
        }
    }
}

fn in_order<'a>(index: &'a Index, without_geometry: &'a [u32]) -> impl Iterator<Item = u32> + use<'a> {
    index.order().iter().chain(without_geometry).copied()
}

impl Sheet {
    /// Indexes features, each located as said in their order, and numbers their values as they are read. `O(n log n)`.
    pub(crate) fn build(features: Features, located: Vec<Located>) -> Self {
        Indexed::new(features, located).numbered()
    }

    /// The features in the order in which tiles read them: that of the index, then those without a place.
    pub(crate) fn order(&self) -> impl Iterator<Item = u32> {
        in_order(&self.index, &self.without_geometry)
    }

    /// The feature that has a place in that order.
    pub(crate) fn at(&self, place: u32) -> Option<u32> {
        let (order, place) = (self.index.order(), place as usize);
        order.get(place).or_else(|| self.without_geometry.get(place.checked_sub(order.len())?)).copied()
    }

    /// Where each feature is.
    pub(crate) fn located(&self) -> Vec<Located> {
        let mut located = vec![None; self.features.len()];
        for (feature, bounds, rank) in self.index.located() {
            if let Some(place) = located.get_mut(feature as usize) {
                *place = Some((bounds, rank));
            }
        }
        located
    }

    /// All features taken together but for those hidden. `O(n)`.
    pub(crate) fn measure_without(&self, is_hidden: impl Fn(u32) -> bool) -> Measure {
        let located = self.located();
        let shown = (0u32..).zip(self.features.iter()).zip(located).filter(|((number, _), _)| !is_hidden(*number));
        let measures = shown.map(|((_, feature), located)| Measure::of(feature, located.map(|(bounds, _)| bounds)));
        measures.fold(Measure::NOTHING, Measure::join)
    }

    /// Numbers of all versions of a feature, ascending. `O(log n)`.
    pub(crate) fn versions(&self, id: &FeatureId) -> impl Iterator<Item = u32> + use<'_> {
        let id = id.addressed();
        let addressed = |number: u32| self.features.get(number).map(|feature| feature.id().addressed());
        let first = self.by_id.partition_point(|&number| addressed(number).is_some_and(|other| other < id));
        let versions = self.by_id.iter().skip(first).copied();
        versions.take_while(move |&number| addressed(number).as_ref() == Some(&id))
    }
}

/// The moments at which what a feature shows may change.
pub(crate) fn beginnings_and_ends(feature: FeatureRef<'_>) -> impl Iterator<Item = Instant> + use<> {
    let phases = feature.phases().into_iter().flat_map(|windows| windows.boundaries());
    timeline::ends(feature.valid()).chain(phases)
}

/// Numbers in the order of ids, and of equal ids in their own.
fn by_id(features: &Features) -> Vec<u32> {
    let mut ids: Vec<(FeatureId, u32)> = features.iter().map(|feature| feature.id().addressed()).zip(0..).collect();
    ids.sort_unstable();
    ids.into_iter().map(|(_, number)| number).collect()
}
