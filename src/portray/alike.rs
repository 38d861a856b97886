//! A value that several sheets of a layer have, or a column and the phases, is one value in a tile: so a tile of records is the same however its
//! features came together.

use roadblock_layers::layer::{Layer, LayerKind};
use roadblock_layers::value::Value;
use std::collections::HashMap;

/// The codes met in a tile, each with that of the first value like it.
pub(super) struct Alike<'a> {
    layer: &'a Layer,
    codes: HashMap<(usize, u32), u32>,
    values: HashMap<(usize, Shape<'a>), u32>,
}

/// A value, compared bit by bit.
#[derive(PartialEq, Eq, Hash)]
enum Shape<'a> {
    Bool(bool),
    Int(i64),
    Float(u64),
    Text(&'a str),
}

impl<'a> Alike<'a> {
    pub(super) fn of(layer: &'a Layer) -> Self {
        Self { layer, codes: HashMap::new(), values: HashMap::new() }
    }

    /// The code under which the value of another is written. Files are read once, and their values are alike as they are.
    pub(super) fn code(&mut self, column: usize, code: u32) -> u32 {
        if self.layer.meta.kind == LayerKind::Reference {
            return code;
        }
        *self.codes.entry((column, code)).or_insert_with(|| match shape(self.layer.value_of(code)) {
            Some(shape) => *self.values.entry((column, shape)).or_insert(code),
            None => code,
        })
    }
}

/// Nothing of what does not travel in tiles.
fn shape(value: &Value) -> Option<Shape<'_>> {
    match value {
        Value::Null | Value::Json(_) => None,
        Value::Bool(value) => Some(Shape::Bool(*value)),
        Value::Int(value) => Some(Shape::Int(*value)),
        Value::Float(value) => Some(Shape::Float(value.to_bits())),
        Value::Text(text) => Some(Shape::Text(text)),
    }
}
