//! A named set of features, indexed and ready to be asked.
//!
//! In: features in WGS 84 degrees with their schema. Out: feature numbers that answer a box, a time and a phase, exactly.
//! Immutable once built. An edit makes a new layer that shares all it does not touch: a layer is a pile of sheets, of which later ones hide
//! what they replace in earlier ones (a log-structured merge, O'Neil and others 1996).

mod digest;
mod edit;
mod indexed;
mod laid;
mod lists;
mod merge;
mod meta;
mod order;

pub use crate::feature::GeometryKind;
pub use crate::phase::PhaseSet;
pub use edit::{Edit, EditError, Edited};
pub use indexed::IndexedLayer;
pub use lists::{LayerAbout, LayerLists};
pub use merge::Merged;
pub use meta::{LayerKind, LayerMeta, LayerName, Loss, NameError};

use crate::dictionary::NULL;
use crate::feature::FeatureId;
use crate::features::FeatureRef;
use crate::index::Bounds;
use crate::phase::Phase;
use crate::sheet::{Measure, Sheet};
use crate::time::{Datetime, Instant, Interval};
use crate::value::{Schema, Value};
use laid::Laid;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

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

/// Names of the phases, in the order of `Phase::ALL`.
static PHASE_NAMES: LazyLock<[Value; 3]> = LazyLock::new(|| Phase::ALL.map(|phase| phase.as_str().into()));

/// One layer. Features are numbered in their order; numbers of features that were replaced are left out.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Name, titles, zooms.
    pub meta: Arc<LayerMeta>,
    /// Columns of every feature's values.
    pub schema: Arc<Schema>,
    /// What was dropped or repaired while reading.
    pub losses: Arc<[Loss]>,
    /// From the ground up; there is always one.
    pile: Vec<Laid>,
    phase_column: Option<usize>,
}

impl Layer {
    /// A layer of one sheet.
    fn of(meta: LayerMeta, schema: Schema, losses: Vec<Loss>, sheet: Sheet) -> Self {
        Self {
            meta: Arc::new(meta),
            phase_column: schema.position(PHASE_COLUMN),
            schema: Arc::new(schema),
            losses: losses.into(),
            pile: vec![Laid::after(None, Arc::new(sheet))],
        }
    }

    /// How many features there are.
    pub fn len(&self) -> usize {
        self.pile.iter().map(Laid::shown).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One past the highest number.
    pub fn end(&self) -> u32 {
        self.pile.last().map_or(0, Laid::end)
    }

    /// Feature number `number`.
    pub fn feature(&self, number: u32) -> Option<FeatureRef<'_>> {
        self.laid(number)?.feature(number)
    }

    /// The same even if it was replaced, with the codes that its sheet gives to its values: for whoever draws the sheet.
    pub fn any_feature(&self, number: u32) -> Option<FeatureRef<'_>> {
        let laid = self.laid(number)?;
        laid.sheet.features.get(number - laid.first)
    }

    /// All features with their numbers, ascending.
    pub fn features(&self) -> impl DoubleEndedIterator<Item = (u32, FeatureRef<'_>)> {
        self.pile.iter().flat_map(Laid::features)
    }

    /// The sheet that a number belongs to.
    fn laid(&self, number: u32) -> Option<&Laid> {
        match &*self.pile {
            [only] => Some(only),
            pile => pile.get(pile.partition_point(|laid| laid.first <= number).checked_sub(1)?),
        }
    }

    /// Where each sheet begins: the number of its first feature, and what is added to the codes of its values.
    pub fn beginnings(&self) -> impl ExactSizeIterator<Item = (u32, u32)> {
        self.pile.iter().map(|laid| (laid.first, laid.first_code))
    }

    /// How many codes there are: each is below this.
    pub fn codes(&self) -> usize {
        self.pile.last().map_or(0, |laid| laid.end_code() as usize)
    }

    /// The value of a code.
    pub fn value_of(&self, code: u32) -> &Value {
        self.laid_with(code).map_or(&Value::Null, |laid| laid.sheet.features.dictionary().value(code - laid.first_code))
    }

    /// Codes that surely stand in one column of one feature only: those of the lowest sheet, which holds nearly all.
    pub fn singles(&self) -> Range<u32> {
        let codes = |laid: &Laid| laid.first_code + laid.sheet.features.dictionary().first_single()..laid.end_code();
        self.pile.first().map_or(0..0, codes)
    }

    /// The sheet that has a code.
    fn laid_with(&self, code: u32) -> Option<&Laid> {
        let which = match self.pile.len() {
            1 => 0,
            _ => self.pile.partition_point(|laid| laid.first_code <= code).saturating_sub(1),
        };
        self.pile.get(which)
    }

    /// Whether all features hold always, and were always known.
    pub fn are_timeless(&self) -> bool {
        self.pile.iter().all(|laid| laid.sheet.features.are_timeless())
    }

    /// Puts into `hits` the features that may touch one of `boxes`, down to `max_rank`, and fit in time and phase, in the layer's order.
    pub fn query(&self, boxes: &[Bounds], max_rank: u8, asked: &Asked, hits: &mut Vec<u32>) {
        self.slots(boxes, max_rank, asked, usize::MAX, hits);
        hits.iter_mut().for_each(|hit| *hit = self.number_at(*hit).unwrap_or(u32::MAX));
        hits.sort_unstable();
        hits.dedup();
        self.put_in_order(hits);
    }

    /// The slots of the same, ascending, if they are surely no more than `most`; else gives up early, and says `false`.
    pub fn slots(&self, boxes: &[Bounds], max_rank: u8, asked: &Asked, most: usize, slots: &mut Vec<u32>) -> bool {
        slots.clear();
        let mut more = Vec::new();
        for laid in &self.pile {
            // What is found in the first sheet, which mostly is the only one, needs no moving.
            let found = if laid.first == 0 { &mut *slots } else { &mut more };
            if !laid.index().places(boxes, max_rank, &asked.datetime, asked.known_at, most, found) {
                return false;
            }
            let is_timeless = laid.sheet.features.are_timeless();
            if !is_timeless || !laid.hidden.is_empty() {
                found.retain(|&place| {
                    let feature = laid.sheet.at(place).and_then(|local| laid.feature(laid.first + local));
                    feature.is_some_and(|feature| is_timeless || in_phase(feature, asked))
                });
            }
            slots.extend(more.drain(..).map(|place| laid.first + place));
        }
        // Mostly they are in order already.
        slots.sort_unstable();
        slots.dedup();
        slots.len() <= most
    }

    /// The number of the feature in a slot: each sheet has its features in the order of its index, those without a place last, from the
    /// slot on that is its first number.
    pub fn number_at(&self, slot: u32) -> Option<u32> {
        let laid = self.laid(slot)?;
        Some(laid.first + laid.sheet.at(slot - laid.first)?)
    }

    /// The same of all slots of a sheet, in numbers of the sheet.
    pub fn order_of(&self, sheet: usize) -> impl Iterator<Item = u32> {
        self.pile.get(sheet).into_iter().flat_map(|laid| laid.sheet.order())
    }

    /// Whether `accept` takes any of the features that `query` would find; stops at the first, so it costs little where many are.
    pub fn any(&self, boxes: &[Bounds], max_rank: u8, asked: &Asked, mut accept: impl FnMut(u32) -> bool) -> bool {
        self.pile.iter().any(|laid| {
            laid.index().any(boxes, max_rank, &asked.datetime, asked.known_at, |local| {
                let number = laid.first + local;
                laid.feature(number).is_some_and(|feature| in_phase(feature, asked)) && accept(number)
            })
        })
    }

    /// All features that fit in time and phase, with or without geometry, ascending. A full scan.
    pub fn select_all(&self, asked: &Asked) -> impl Iterator<Item = u32> + use<'_> {
        let asked = *asked;
        self.features().filter(move |(_, feature)| selects(*feature, &asked)).map(|(number, _)| number)
    }

    /// Features that no box can find, ascending; OGC API Features lets them match every box.
    pub fn without_geometry(&self) -> impl Iterator<Item = u32> {
        self.pile.iter().flat_map(Laid::without_geometry)
    }

    /// Whether a feature fits in time and phase.
    pub fn selects(&self, number: u32, asked: &Asked) -> bool {
        self.laid(number).is_some_and(|laid| laid.selects(number, asked))
    }

    /// The value of a column, with what depends on the asked time resolved.
    pub fn value<'a>(&self, feature: FeatureRef<'a>, column: usize, datetime: &Datetime) -> &'a Value {
        match feature.phases().filter(|_| Some(column) == self.phase_column) {
            None => feature.value(column),
            Some(windows) => windows.phase_in(datetime).map_or(&Value::Null, |phase| &PHASE_NAMES[phase as usize]),
        }
    }

    /// Whether a feature's values depend on the asked time.
    pub fn changes_with_time(&self) -> bool {
        self.phase_column.is_some() && !self.are_timeless()
    }

    /// The code of that value.
    pub fn code(&self, feature: FeatureRef<'_>, column: usize, datetime: &Datetime) -> u32 {
        match feature.phases().filter(|_| Some(column) == self.phase_column) {
            None => feature.code(column),
            Some(windows) => windows.phase_in(datetime).map_or(NULL, |phase| feature.phase_code(phase)),
        }
    }

    /// The version of a feature that fits the asked times; of several the one that became valid last.
    pub fn by_id(&self, id: &FeatureId, asked: &Asked) -> Option<u32> {
        self.versions(id).filter(|&number| self.selects(number, asked)).max_by_key(|&number| {
            let feature = self.feature(number)?;
            Some((feature.valid().from, number))
        })
    }

    /// Numbers of all versions of a feature, ascending. `O(log n)`.
    pub fn versions(&self, id: &FeatureId) -> impl Iterator<Item = u32> + use<'_> {
        let id = id.clone();
        self.pile.iter().flat_map(move |laid| laid.versions(&id))
    }

    /// Box around everything located.
    pub fn bounds(&self) -> Option<Bounds> {
        self.measure().bounds
    }

    /// From the first validity to the last; open where a feature is.
    pub fn temporal_extent(&self) -> Interval {
        self.measure().extent.unwrap_or(Interval::ALWAYS)
    }

    /// What the geometries are.
    pub fn geometry_kind(&self) -> GeometryKind {
        self.measure().kinds.joined()
    }

    fn measure(&self) -> Measure {
        self.pile.iter().map(|laid| laid.measure).fold(Measure::NOTHING, Measure::join)
    }

    /// The epoch of a moment: the last one at or before it at which anything begins, ends or ages; `Instant::MIN` if nothing does. Two
    /// moments of one epoch have the same answer. With boxes: anything near them, so that an edit elsewhere begins no epoch here.
    pub fn epoch(&self, at: Instant, near: Option<&[Bounds]>) -> Instant {
        self.pile.iter().filter_map(|laid| laid.last_change(at, near)).max().unwrap_or(Instant::MIN)
    }

    /// The same for moments of knowledge.
    pub fn known_epoch(&self, at: Instant, near: Option<&[Bounds]>) -> Instant {
        self.pile.iter().filter_map(|laid| laid.last_learnt(at, near)).max().unwrap_or(Instant::MIN)
    }

    /// The last moment at or before another at which something became or ceased to be known: what is known then is known at both.
    pub fn known_since(&self, at: Instant) -> Option<Instant> {
        Some(self.known_epoch(at, None)).filter(|since| *since > Instant::MIN)
    }

    /// Whether what holds depends on the asked time.
    pub fn is_timeless(&self) -> bool {
        self.pile.iter().all(|laid| laid.sheet.validity.is_empty())
    }

    /// The first moment after `now` at which the answer to `asked` changes by itself: as time goes on, what holds changes for
    /// whoever asks for now, and what is known for whoever asks for the present knowledge.
    pub fn next_change(&self, asked: &Asked, now: Instant) -> Option<Instant> {
        let sheets = || self.pile.iter().map(|laid| &laid.sheet);
        let validity = sheets().filter(|_| asked.datetime == Datetime::At(now)).filter_map(|sheet| sheet.validity.next(now));
        let knowledge = sheets().filter(|_| asked.known_at == now).filter_map(|sheet| sheet.knowledge.next(now));
        validity.chain(knowledge).min()
    }
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
