//! The features of a layer, column by column: what a million of them weigh is mostly their vertices.
//!
//! Geometry is kept packed and comes back exactly; values are codes of a dictionary. Numbered from 0 in the order they came.

mod lists;

pub use lists::FeatureLists;

use crate::dictionary::{self, Codes, Dictionary, NULL};
use crate::feature::{Feature, FeatureId, GeometryKind};
use crate::index::Bounds;
use crate::packed;
use crate::phase::{Phase, PhaseWindows};
use crate::time::Interval;
use crate::value::Value;
use geo_types::Geometry;

/// When a feature holds, when it was known, and how it ages.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Times {
    valid: Interval,
    known: Interval,
    phases: Option<PhaseWindows>,
}

impl Times {
    const ALWAYS: Self = Self { valid: Interval::ALWAYS, known: Interval::ALWAYS, phases: None };
}

/// Geometries one after the other, each with its box.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    bytes: Vec<u8>,
    /// Where each ends; one without bytes is no geometry.
    ends: Vec<u64>,
    /// The box of each, until an index has them.
    bounds: Vec<Option<Bounds>>,
}

impl Places {
    /// Appends a geometry, or none.
    pub(crate) fn push(&mut self, geometry: Option<&Geometry<f64>>) {
        if let Some(geometry) = geometry {
            packed::pack(geometry, &mut self.bytes);
        }
        self.ends.push(self.bytes.len() as u64);
        self.bounds.push(geometry.and_then(Bounds::around));
    }

    /// Appends one that is packed already, with no box.
    fn push_packed(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len() as u64);
    }

    /// Appends all of another's.
    pub(crate) fn append(&mut self, mut later: Self) {
        let before = self.bytes.len() as u64;
        self.bytes.append(&mut later.bytes);
        self.ends.extend(later.ends.iter().map(|end| before + end));
        self.bounds.append(&mut later.bounds);
    }

    fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn bytes(&self, number: usize) -> &[u8] {
        let end = |number: usize| self.ends.get(number).and_then(|end| usize::try_from(*end).ok());
        let start = number.checked_sub(1).map_or(Some(0), end);
        start.zip(end(number)).and_then(|(start, end)| self.bytes.get(start..end)).unwrap_or_default()
    }
}

/// The features of a layer.
#[derive(Debug, Clone, Default)]
pub struct Features {
    ids: Vec<FeatureId>,
    places: Places,
    columns: Vec<Vec<u32>>,
    dictionary: Dictionary,
    /// Empty while every feature holds always.
    times: Vec<Times>,
    /// Codes of the phases' names, in the order of `Phase::ALL`, once values are numbered.
    phase_codes: [u32; 3],
}

impl Features {
    /// From features of `width` values each.
    pub fn of(features: impl IntoIterator<Item = Feature>, width: usize) -> Self {
        let mut all = Self { columns: vec![Vec::new(); width], ..Self::default() };
        let mut codes: Vec<Codes> = (0..width).map(|_| Codes::default()).collect();
        features.into_iter().for_each(|feature| all.push(feature, &mut codes));
        all.settle();
        all
    }

    /// These and more, which come after them. Copies them.
    pub(crate) fn extended(&self, more: Vec<Feature>) -> Self {
        let mut all = self.clone();
        all.times.resize(all.len(), Times::ALWAYS);
        let mut codes: Vec<Codes> = self.columns.iter().map(|column| Codes::of_column(column, &all.dictionary)).collect();
        more.into_iter().for_each(|feature| all.push(feature, &mut codes));
        all.settle();
        all
    }

    /// Some features of several, each by its part and its number there, in the order named; as many columns as the first part has.
    pub(crate) fn joined(parts: &[&Self], places: &[(usize, u32)]) -> Self {
        let width = parts.first().map_or(0, |features| features.width());
        let mut all = Self { columns: vec![Vec::new(); width], ..Self::default() };
        let mut codes: Vec<Codes> = (0..width).map(|_| Codes::default()).collect();
        let mut known: Vec<Vec<Option<u32>>> = parts.iter().map(|features| vec![None; features.dictionary.len()]).collect();
        for &(part, number) in places {
            let (Some(features), Some(known)) = (parts.get(part), known.get_mut(part)) else { continue };
            let Some(feature) = features.get(number) else { continue };
            all.ids.push(feature.id().clone());
            all.places.push_packed(feature.packed_geometry());
            all.times.push(feature.times());
            for (column, (to, codes)) in all.columns.iter_mut().zip(&mut codes).enumerate() {
                let mut anew = || codes.of(feature.value(column).clone(), &mut all.dictionary);
                to.push(match known.get_mut(feature.own_code(column) as usize) {
                    Some(known) => *known.get_or_insert_with(anew),
                    None => anew(),
                });
            }
        }
        all.settle();
        all
    }

    fn push(&mut self, feature: Feature, codes: &mut [Codes]) {
        self.places.push(feature.geometry.as_ref());
        self.times.push(Times { valid: feature.valid, known: feature.known, phases: feature.phases });
        self.ids.push(feature.id);
        let values = feature.values.into_iter().chain(std::iter::repeat(Value::Null));
        for ((column, codes), value) in self.columns.iter_mut().zip(codes).zip(values) {
            column.push(codes.of(value, &mut self.dictionary));
        }
    }

    /// Once all are there: forgets times that say nothing, and gives back the room for more of them.
    fn settle(&mut self) {
        if self.times.iter().all(|times| *times == Times::ALWAYS) {
            self.times = Vec::new();
        }
        self.ids.shrink_to_fit();
        self.places.shrink();
        self.columns.iter_mut().for_each(Vec::shrink_to_fit);
        self.dictionary.shrink();
        self.times.shrink_to_fit();
    }

    /// From what was gathered column by column; every column is as long as there are ids and places.
    pub(crate) fn timeless(ids: Vec<FeatureId>, places: Places, columns: Vec<Vec<u32>>, dictionary: Dictionary) -> Self {
        Self { ids, places, columns, dictionary, ..Self::default() }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Feature number `number`.
    pub fn get(&self, number: u32) -> Option<FeatureRef<'_>> {
        let number = number as usize;
        (number < self.len()).then_some(FeatureRef { features: self, number, first_code: 0 })
    }

    /// All in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FeatureRef<'_>> + DoubleEndedIterator {
        (0..self.len()).map(|number| FeatureRef { features: self, number, first_code: 0 })
    }

    /// How many values each has.
    pub(crate) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Their values by code.
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Whether all hold always, and were always known.
    pub fn are_timeless(&self) -> bool {
        self.times.is_empty()
    }

    /// Boxes of all geometries; empty once taken.
    pub(crate) fn take_bounds(&mut self) -> Vec<Option<Bounds>> {
        std::mem::take(&mut self.places.bounds)
    }

    /// Codes of the names of phases, once values are numbered.
    pub(crate) fn phase_codes(&self) -> [u32; 3] {
        self.phase_codes
    }

    /// The same with those codes, as they were noted before.
    pub(crate) fn with_phase_codes(self, phase_codes: [u32; 3]) -> Self {
        Self { phase_codes, ..self }
    }

    /// Leaves only these columns, each named once, in this order.
    pub(crate) fn keep_columns(&mut self, kept: &[usize]) {
        let columns = kept.iter().map(|&column| self.columns.get_mut(column).map(std::mem::take).unwrap_or_default());
        self.columns = columns.collect();
    }

    /// Numbers values in the order in which features have them, those named in `order` first: what is read together should lie together.
    /// Values that none has are let go, but for the names of phases, which features have at some times only.
    pub(crate) fn number_values(&mut self, order: &[u32]) {
        let phases = Phase::ALL.map(|phase| self.dictionary.add(phase.as_str().into()));
        let numbers = order.iter().map(|&number| number as usize).chain(0..self.ids.len());
        let codes = numbers.flat_map(|number| self.columns.iter().filter_map(move |column| column.get(number).copied()));
        let renumbered = self.dictionary.renumber(&phases, codes, &self.columns);
        self.dictionary.shrink();
        let now = |code: u32| renumbered.get(code as usize).copied().unwrap_or(NULL);
        self.columns.iter_mut().flatten().for_each(|code| *code = now(*code));
        self.phase_codes = phases.map(now);
    }
}

/// One feature among the others.
#[derive(Debug, Clone, Copy)]
pub struct FeatureRef<'a> {
    features: &'a Features,
    number: usize,
    first_code: u32,
}

impl<'a> FeatureRef<'a> {
    /// The same feature, with something added to the codes of its values.
    pub(crate) fn with_codes_after(self, first_code: u32) -> Self {
        Self { first_code, ..self }
    }

    /// Stable within the layer; several versions share it.
    pub fn id(self) -> &'a FeatureId {
        &self.features.ids[self.number]
    }

    /// Where it is, in WGS 84 degrees; `None` when only words say so. `O(vertices)`: it is unpacked.
    pub fn geometry(self) -> Option<Geometry<f64>> {
        packed::unpack(self.packed_geometry())
    }

    /// The box around its geometry. `O(vertices)`.
    pub(crate) fn bounds(self) -> Option<Bounds> {
        Bounds::around(&self.geometry()?)
    }

    /// Whether it has a place.
    pub fn has_geometry(self) -> bool {
        !self.packed_geometry().is_empty()
    }

    /// What it is: points, lines, areas, or several of them.
    pub fn geometry_kind(self) -> GeometryKind {
        packed::kind(self.packed_geometry())
    }

    pub(crate) fn packed_geometry(self) -> &'a [u8] {
        self.features.places.bytes(self.number)
    }

    /// Its value in a column of the schema; null for a column that is not there.
    pub fn value(self, column: usize) -> &'a Value {
        self.features.dictionary.value(self.own_code(column))
    }

    /// The code of that value in the layer.
    pub fn code(self, column: usize) -> u32 {
        self.in_layer(self.own_code(column))
    }

    /// The code of a phase's name.
    pub(crate) fn phase_code(self, phase: Phase) -> u32 {
        self.in_layer(self.features.phase_codes[phase as usize])
    }

    fn own_code(self, column: usize) -> u32 {
        self.features.columns.get(column).and_then(|codes| codes.get(self.number)).copied().unwrap_or(NULL)
    }

    fn in_layer(self, code: u32) -> u32 {
        dictionary::moved(code, self.first_code)
    }

    fn times(self) -> Times {
        self.features.times.get(self.number).copied().unwrap_or(Times::ALWAYS)
    }

    /// When it holds in the world.
    pub fn valid(self) -> Interval {
        self.times().valid
    }

    /// When we knew it so.
    pub fn known(self) -> Interval {
        self.times().known
    }

    /// How it ages; `None` for what does not age.
    pub fn phases(self) -> Option<PhaseWindows> {
        self.times().phases
    }

    /// The feature as it came.
    pub(crate) fn to_feature(self) -> Feature {
        Feature {
            id: self.id().clone(),
            geometry: self.geometry(),
            values: (0..self.features.width()).map(|column| self.value(column).clone()).collect(),
            valid: self.valid(),
            known: self.known(),
            phases: self.phases(),
        }
    }
}
