//! Mapbox Vector Tile 2.1: one layer at a time, written straight into bytes. Layers' bytes, one after the other, are a tile.
//!
//! In: tile units, and values as codes of the layer's dictionary: each value is written once a tile, the first time its code is met, so
//! that a feature costs a look into a list and no hashing.

mod commands;
mod encoded;
mod places;

pub use encoded::{Encoded, EncodedList};

use crate::cut::TileGeometry;
use crate::protobuf::{Backwards, EIGHT_BYTES, LENGTH, VARINT, field, framed, framed_bytes, varint, varint_bytes, zigzag};
use std::ops::Range;

/// Largest feature id that every client keeps exact: 2^52 - 1. JavaScript holds whole numbers to 2^53, and its decoder of MLT reads
/// the differences of ids, which need one bit more for their sign.
pub const MAX_ID: u64 = (1 << 52) - 1;

/// One attribute value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Attribute<'a> {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any finite number.
    Float(f64),
    /// Text.
    Text(&'a str),
}

/// Where a layer's attributes come from.
pub trait Values {
    /// Every code is below this.
    fn codes(&self) -> usize;

    /// The value of a code; `None` for what no tile carries.
    fn value(&self, code: u32) -> Option<Attribute<'_>>;

    /// Codes that one column of one feature has, and nothing else: no table need remember them.
    fn singles(&self) -> Range<u32>;
}

/// Buffers and tables that are kept from layer to layer, so that a tile allocates little.
#[derive(Debug, Default)]
pub struct Tables {
    /// For each code the layer that met it last, and its number there.
    met: Vec<(u32, u32)>,
    layer: u32,
    keys: Vec<u8>,
    values: Vec<u8>,
    /// The features' bytes, with gaps between them.
    features: Vec<u8>,
    /// Where the features stand in the layer, and where their bytes begin and end.
    places: Vec<(u32, usize, usize)>,
}

/// Of a buffer: one tile of everything must not set aside its size for good.
const MOST_KEPT_BYTES: usize = 4 << 20;

/// Of what stands before the tags of a feature: three kinds of fields, an id, and two lengths below 2^32.
const MOST_HEAD_BYTES: usize = 24;

/// Of what stands between them and the geometry: two kinds of fields, a type, and a length below 2^32.
const MOST_MIDDLE_BYTES: usize = 8;

/// Number of a value that no tile carries.
const LEFT_OUT: u32 = u32::MAX;

/// A layer being written.
#[derive(Debug)]
pub struct LayerWriter<'a, V> {
    name: &'a str,
    columns: &'a [&'a str],
    values: &'a V,
    tables: &'a mut Tables,
    /// For each column its number among the keys written.
    keys: Vec<Option<u32>>,
    key_count: u32,
    value_count: u32,
    /// Codes that only one feature has.
    singles: Range<u32>,
    /// The last of these of each column, since a feature may have several geometries, and its number.
    last_singles: Vec<(u32, u32)>,
    place: u32,
}

impl<'a, V: Values> LayerWriter<'a, V> {
    /// An empty layer of extent 4096. The name must not be empty.
    pub fn new(name: &'a str, columns: &'a [&'a str], values: &'a V, tables: &'a mut Tables) -> Self {
        tables.layer = tables.layer.wrapping_add(1);
        if tables.layer == 0 {
            // Numbers of layers begin anew: what was met under the old ones must not look like new.
            tables.met.clear();
            tables.layer = 1;
        }
        if tables.met.len() < values.codes() {
            // New and all zero, so that the system gives memory only where codes are met; nothing is known of this layer yet.
            tables.met = vec![(0, 0); values.codes()];
        }
        for bytes in [&mut tables.keys, &mut tables.values, &mut tables.features] {
            bytes.clear();
            bytes.shrink_to(MOST_KEPT_BYTES);
        }
        tables.places.clear();
        Self {
            name,
            columns,
            singles: values.singles(),
            values,
            tables,
            keys: vec![None; columns.len()],
            key_count: 0,
            value_count: 0,
            // None is null.
            last_singles: vec![(0, LEFT_OUT); columns.len()],
            place: 0,
        }
    }

    /// Where the features that come next stand: before those of a higher place, after those that came before them.
    pub fn stand_at(&mut self, place: u32) {
        self.place = place;
    }

    /// Adds a feature with the code of each of the layer's columns. Ids are at most `MAX_ID`.
    pub fn feature(&mut self, id: u64, geometry: &TileGeometry, codes: impl Iterator<Item = u32>) {
        self.add(id, |out| commands::append(geometry, out), codes);
    }

    /// The same of a geometry that was encoded before.
    pub fn encoded(&mut self, id: u64, geometry: Encoded<'_>, codes: impl Iterator<Item = u32>) {
        self.add(id, |out| geometry.append(out), codes);
    }

    /// Adds a feature whose commands `append` appends; its answer is what kind of geometry they are.
    fn add(&mut self, id: u64, append: impl FnOnce(&mut Vec<u8>) -> u64, codes: impl Iterator<Item = u32>) {
        self.tables.features.extend_from_slice(&[0; MOST_HEAD_BYTES]);
        let tags = self.tables.features.len();
        for (column, code) in codes.enumerate().take(self.columns.len()) {
            let value = self.value(column, code);
            if value != LEFT_OUT {
                let key = self.key(column);
                varint(key.into(), &mut self.tables.features);
                varint(value.into(), &mut self.tables.features);
            }
        }
        let Tables { features, places, .. } = &mut *self.tables;
        let tags = tags..features.len();
        features.extend_from_slice(&[0; MOST_MIDDLE_BYTES]);
        let start = features.len();
        let kind = append(features);
        // How long each field is, what follows it tells, so that what stands before is written from its end.
        let end = features.len();
        let mut before = Backwards { at: start, bytes: features };
        before.varint((end - start) as u64);
        before.field(FEATURE_GEOMETRY, LENGTH);
        before.varint(kind);
        before.field(FEATURE_TYPE, VARINT);
        if !tags.is_empty() {
            let length = tags.len() as u64;
            before.move_here(tags);
            before.varint(length);
            before.field(FEATURE_TAGS, LENGTH);
        }
        before.varint(id);
        before.field(FEATURE_ID, VARINT);
        before.varint((end - before.at) as u64);
        before.field(LAYER_FEATURES, LENGTH);
        places.push((self.place, before.at, end));
    }

    /// Number of a column among the keys.
    fn key(&mut self, column: usize) -> u32 {
        if let Some(Some(key)) = self.keys.get(column) {
            return *key;
        }
        let key = self.key_count;
        self.key_count += 1;
        framed(LAYER_KEYS, self.columns.get(column).copied().unwrap_or_default().as_bytes(), &mut self.tables.keys);
        if let Some(slot) = self.keys.get_mut(column) {
            *slot = Some(key);
        }
        key
    }

    /// Number among the values of a code that stands in a column.
    fn value(&mut self, column: usize, code: u32) -> u32 {
        if self.singles.contains(&code) {
            if let Some((_, number)) = self.last_singles.get(column).filter(|(last, _)| *last == code) {
                return *number;
            }
            let number = self.new_value(code);
            if let Some(last) = self.last_singles.get_mut(column) {
                *last = (code, number);
            }
            return number;
        }
        let layer = self.tables.layer;
        match self.tables.met.get(code as usize) {
            None => LEFT_OUT,
            Some((met, number)) if *met == layer => *number,
            Some(_) => {
                let number = self.new_value(code);
                self.tables.met[code as usize] = (layer, number);
                number
            }
        }
    }

    /// Writes a value that was not met before.
    fn new_value(&mut self, code: u32) -> u32 {
        let Some(value) = self.values.value(code) else { return LEFT_OUT };
        let number = self.value_count;
        self.value_count += 1;
        write_value(value, &mut self.tables.values);
        number
    }

    /// The layer's bytes, framed; empty if it has no feature.
    pub fn finish(self) -> Vec<u8> {
        let Tables { keys, values, features, places, .. } = self.tables;
        if features.is_empty() {
            return Vec::new();
        }
        let mut head = Vec::with_capacity(self.name.len() + 16);
        field(LAYER_VERSION, VARINT, &mut head);
        varint(VERSION, &mut head);
        framed(LAYER_NAME, self.name.as_bytes(), &mut head);
        let mut tail = Vec::with_capacity(8);
        field(LAYER_EXTENT, VARINT, &mut tail);
        varint(crate::grid::EXTENT.into(), &mut tail);
        places::put_in_order(places, |(place, ..)| *place);
        let features_bytes: usize = places.iter().map(|(_, begin, end)| end - begin).sum();
        let length = head.len() + features_bytes + keys.len() + values.len() + tail.len();
        let mut layer = Vec::with_capacity(1 + varint_bytes(length as u64) + length);
        field(TILE_LAYERS, LENGTH, &mut layer);
        varint(length as u64, &mut layer);
        layer.extend_from_slice(&head);
        for (_, begin, end) in places {
            layer.extend_from_slice(features.get(*begin..*end).unwrap_or_default());
        }
        [keys, values, &mut tail].into_iter().for_each(|part| layer.extend_from_slice(part));
        layer
    }
}

/// The version of the format.
const VERSION: u64 = 2;

/// Numbers of the fields (vector_tile.proto 2.1).
const TILE_LAYERS: u8 = 3;
const LAYER_NAME: u8 = 1;
const LAYER_FEATURES: u8 = 2;
const LAYER_KEYS: u8 = 3;
const LAYER_VALUES: u8 = 4;
const LAYER_EXTENT: u8 = 5;
const LAYER_VERSION: u8 = 15;
const FEATURE_ID: u8 = 1;
const FEATURE_TAGS: u8 = 2;
const FEATURE_TYPE: u8 = 3;
const FEATURE_GEOMETRY: u8 = 4;
const VALUE_STRING: u8 = 1;
const VALUE_DOUBLE: u8 = 3;
const VALUE_UINT: u8 = 5;
const VALUE_SINT: u8 = 6;
const VALUE_BOOL: u8 = 7;

fn write_value(value: Attribute<'_>, out: &mut Vec<u8>) {
    field(LAYER_VALUES, LENGTH, out);
    let number = |kind: u8, number: u64, out: &mut Vec<u8>| {
        varint(1 + varint_bytes(number) as u64, out);
        field(kind, VARINT, out);
        varint(number, out);
    };
    match value {
        Attribute::Text(text) => {
            varint(framed_bytes(text.len()) as u64, out);
            framed(VALUE_STRING, text.as_bytes(), out);
        }
        Attribute::Bool(value) => number(VALUE_BOOL, value.into(), out),
        Attribute::Int(value) => match u64::try_from(value) {
            Ok(whole) => number(VALUE_UINT, whole, out),
            Err(_) => number(VALUE_SINT, zigzag(value), out),
        },
        Attribute::Float(value) => {
            varint(1 + 8, out);
            field(VALUE_DOUBLE, EIGHT_BYTES, out);
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

#[cfg(test)]
mod tests;
