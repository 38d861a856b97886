//! The features of a layer, column by column: what a million of them weigh is mostly their vertices.
//!
//! Geometry is kept packed and comes back exactly; values are codes of a dictionary. Numbered from 0 in the order they came.

mod lists;

pub use lists::FeatureLists;

use crate::dictionary::{Codes, Dictionary, NULL};
use crate::feature::{Feature, FeatureId, GeometryKind};
use crate::index::Bounds;
use crate::packed;
use crate::phase::PhaseWindows;
use crate::time::Interval;
use crate::value::Value;
use geo::BoundingRect;
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
#[derive(Debug, Default)]
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
        self.bounds.push(geometry.and_then(bounds_of));
    }

    /// Appends all of another's.
    pub(crate) fn append(&mut self, mut later: Self) {
        let before = self.bytes.len() as u64;
        self.bytes.append(&mut later.bytes);
        self.ends.extend(later.ends.iter().map(|end| before + end));
        self.bounds.append(&mut later.bounds);
    }

    fn bytes(&self, number: usize) -> &[u8] {
        let end = |number: usize| self.ends.get(number).and_then(|end| usize::try_from(*end).ok());
        let start = number.checked_sub(1).map_or(Some(0), end);
        start.zip(end(number)).and_then(|(start, end)| self.bytes.get(start..end)).unwrap_or_default()
    }
}

/// The features of a layer.
#[derive(Debug, Default)]
pub struct Features {
    ids: Vec<FeatureId>,
    places: Places,
    columns: Vec<Vec<u32>>,
    dictionary: Dictionary,
    /// Empty while every feature holds always.
    times: Vec<Times>,
}

impl Features {
    /// From features of `width` values each.
    pub fn of(features: impl IntoIterator<Item = Feature>, width: usize) -> Self {
        let mut all = Self { columns: vec![Vec::new(); width], ..Self::default() };
        let mut codes: Vec<Codes> = (0..width).map(|_| Codes::default()).collect();
        for feature in features {
            all.places.push(feature.geometry.as_ref());
            all.times.push(Times { valid: feature.valid, known: feature.known, phases: feature.phases });
            all.ids.push(feature.id);
            let values = feature.values.into_iter().chain(std::iter::repeat(Value::Null));
            for ((column, codes), value) in all.columns.iter_mut().zip(&mut codes).zip(values) {
                column.push(codes.of(value, &mut all.dictionary));
            }
        }
        if all.times.iter().all(|times| *times == Times::ALWAYS) {
            all.times = Vec::new();
        }
        all
    }

    /// From what was gathered column by column; every column is as long as there are ids and places.
    pub(crate) fn timeless(ids: Vec<FeatureId>, places: Places, columns: Vec<Vec<u32>>, dictionary: Dictionary) -> Self {
        Self { ids, places, columns, dictionary, times: Vec::new() }
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
        (number < self.len()).then_some(FeatureRef { features: self, number })
    }

    /// All in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FeatureRef<'_>> + DoubleEndedIterator {
        (0..self.len()).map(|number| FeatureRef { features: self, number })
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

    /// A code for a value that features have at some times only.
    pub(crate) fn add_value(&mut self, value: Value) -> u32 {
        self.dictionary.add(value)
    }

    /// Leaves only these columns, each named once, in this order.
    pub(crate) fn keep_columns(&mut self, kept: &[usize]) {
        let columns = kept.iter().map(|&column| self.columns.get_mut(column).map(std::mem::take).unwrap_or_default());
        self.columns = columns.collect();
    }

    /// Numbers values in the order in which features have them, those named in `order` first: what is read together should lie together.
    /// Values that none has are let go.
    pub fn renumber_values(&mut self, order: &[u32]) {
        let numbers = order.iter().map(|&number| number as usize).chain(0..self.ids.len());
        let codes = numbers.flat_map(|number| self.columns.iter().filter_map(move |column| column.get(number).copied()));
        let renumbered = self.dictionary.renumber(codes);
        for code in self.columns.iter_mut().flatten() {
            *code = renumbered.get(*code as usize).copied().unwrap_or(NULL);
        }
    }
}

fn bounds_of(geometry: &Geometry<f64>) -> Option<Bounds> {
    let rect = geometry.bounding_rect()?;
    Bounds::new(rect.min().x, rect.min().y, rect.max().x, rect.max().y)
}

/// One feature among the others.
#[derive(Debug, Clone, Copy)]
pub struct FeatureRef<'a> {
    features: &'a Features,
    number: usize,
}

impl<'a> FeatureRef<'a> {
    /// Stable within the layer; several versions share it.
    pub fn id(self) -> &'a FeatureId {
        &self.features.ids[self.number]
    }

    /// Where it is, in WGS 84 degrees; `None` when only words say so. `O(vertices)`: it is unpacked.
    pub fn geometry(self) -> Option<Geometry<f64>> {
        packed::unpack(self.packed_geometry())
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
        self.features.dictionary.value(self.code(column))
    }

    /// The code of that value.
    pub fn code(self, column: usize) -> u32 {
        self.features.columns.get(column).and_then(|codes| codes.get(self.number)).copied().unwrap_or(NULL)
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
}
