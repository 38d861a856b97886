//! A column of attributes: which features say something, and what they say.

use super::ColumnKind;
use super::stream::{self, DATA, DICTIONARY, LENGTHS, LENGTHS_IN_DICTIONARY, PLACES_IN_DICTIONARY, PRESENT, Width};
use crate::mvt::Attribute;
use crate::protobuf::varint;
use std::borrow::Cow;
use std::collections::HashMap;

/// Up to here, either side of zero, floating point holds every whole number.
const EXACT: u64 = 1 << 53;

// Types of columns that every feature has a value in; where some have none, the next number up.
const BOOL: u8 = 10;
const I32: u8 = 16;
const U32: u8 = 18;
const I64: u8 = 20;
const F32: u8 = 24;
const F64: u8 = 26;
const TEXT: u8 = 28;

/// What the features of a layer say in one column, in their order.
#[derive(Debug)]
pub(super) struct Column<'a> {
    pub(super) name: &'a str,
    /// Which feature says each of the values.
    rows: Vec<usize>,
    values: Values<'a>,
}

#[derive(Debug)]
enum Values<'a> {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Text(Vec<Cow<'a, str>>),
}

impl<'a> Column<'a> {
    pub(super) fn new(name: &'a str, kind: ColumnKind) -> Self {
        let values = match kind {
            ColumnKind::Bool => Values::Bool(Vec::new()),
            ColumnKind::Int => Values::Int(Vec::new()),
            ColumnKind::Float => Values::Float(Vec::new()),
            ColumnKind::Text => Values::Text(Vec::new()),
        };
        Self { name, rows: Vec::new(), values }
    }

    /// Whether no feature says anything: such a column would cost its head in the tile.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds what a feature says, after those before it; gives the value back if the column cannot hold it, or holds one of this feature.
    pub(super) fn push(&mut self, row: usize, value: Attribute<'a>) -> Result<(), Attribute<'a>> {
        match (&mut self.values, value) {
            (_, value) if self.rows.last() == Some(&row) => return Err(value),
            (Values::Bool(values), Attribute::Bool(value)) => values.push(value),
            (Values::Int(values), Attribute::Int(value)) => values.push(value),
            (Values::Float(values), Attribute::Float(value)) => values.push(value),
            (Values::Float(values), Attribute::Int(value)) => values.push(value as f64),
            (Values::Text(values), Attribute::Text(value)) => values.push(value.into()),
            (Values::Text(values), value) => values.push(written(value).into()),
            (_, value) => return Err(value),
        }
        self.rows.push(row);
        Ok(())
    }

    /// The type, in a layer of so many features.
    pub(super) fn kind(&self, features: usize) -> u8 {
        let kind = match &self.values {
            Values::Bool(_) => BOOL,
            Values::Int(values) => match width(values) {
                Some(Width::I32) => I32,
                Some(Width::U32) => U32,
                Some(Width::I64 | Width::U64) => I64,
                None => F64,
            },
            Values::Float(values) if are_short(values) => F32,
            Values::Float(_) => F64,
            Values::Text(_) => TEXT,
        };
        kind + u8::from(self.rows.len() < features)
    }

    /// Writes the column of a layer of so many features.
    pub(super) fn write(&self, features: usize, out: &mut Vec<u8>) {
        let is_optional = self.rows.len() < features;
        let mut data = Vec::new();
        match &self.values {
            Values::Bool(values) => stream::bits(DATA, values, &mut data),
            Values::Int(values) => match width(values) {
                Some(width) => stream::numbers(DATA, width, values, &mut data),
                None => stream::floats(values.iter().map(|&value| value as f64), &mut data),
            },
            Values::Float(values) if are_short(values) => {
                stream::short_floats(values.iter().map(|&value| value as f32), &mut data)
            }
            Values::Float(values) => stream::floats(values.iter().copied(), &mut data),
            // Only here do readers need to be told how many streams there are.
            Values::Text(values) => varint(texts(values, &mut data) + u64::from(is_optional), out),
        }
        if is_optional {
            let mut present = vec![false; features];
            for &row in &self.rows {
                if let Some(is_there) = present.get_mut(row) {
                    *is_there = true;
                }
            }
            stream::bits(PRESENT, &present, out);
        }
        out.append(&mut data);
    }
}

/// The width that all of these fit into; `None` for floating point. That is where whole numbers beyond 32 bits go while it is exact:
/// JavaScript decoders make 64-bit numbers into BigInt, which style expressions do not take for a number.
fn width(values: &[i64]) -> Option<Width> {
    let (low, high) = values.iter().fold((0, 0), |(low, high), &value| (value.min(low), value.max(high)));
    if low == 0 && high <= i64::from(u32::MAX) {
        Some(Width::U32)
    } else if low >= i64::from(i32::MIN) && high <= i64::from(i32::MAX) {
        Some(Width::I32)
    } else {
        (low.unsigned_abs().max(high.unsigned_abs()) > EXACT).then_some(Width::I64)
    }
}

/// Whether half the bytes of floating point say all of these exactly.
fn are_short(values: &[f64]) -> bool {
    values.iter().all(|&value| f64::from(value as f32) == value)
}

/// Writes texts one after the other, or each once in a dictionary and where each value stands there, whichever is shorter; says in how many
/// streams.
fn texts(values: &[Cow<'_, str>], out: &mut Vec<u8>) -> u64 {
    let lengths = |texts: &[&str]| texts.iter().map(|text| text.len() as i64).collect::<Vec<_>>();
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    let (mut places, mut dictionary) = (HashMap::new(), Vec::new());
    let standing: Vec<i64> = values
        .iter()
        .map(|&text| {
            *places.entry(text).or_insert_with(|| {
                dictionary.push(text);
                dictionary.len() as i64 - 1
            })
        })
        .collect();
    let (mut plain, mut once) = (Vec::new(), Vec::new());
    stream::numbers(LENGTHS, Width::U32, &lengths(&values), &mut plain);
    stream::texts(DATA, &values, &mut plain);
    stream::numbers(LENGTHS_IN_DICTIONARY, Width::U32, &lengths(&dictionary), &mut once);
    stream::numbers(PLACES_IN_DICTIONARY, Width::U32, &standing, &mut once);
    stream::texts(DICTIONARY, &dictionary, &mut once);
    let (streams, shorter) = if once.len() < plain.len() { (3, once) } else { (2, plain) };
    out.extend_from_slice(&shorter);
    streams
}

/// A value of another kind as text.
pub(super) fn written(value: Attribute<'_>) -> String {
    match value {
        Attribute::Bool(value) => value.to_string(),
        Attribute::Int(value) => value.to_string(),
        Attribute::Float(value) => value.to_string(),
        Attribute::Text(value) => value.to_owned(),
    }
}
