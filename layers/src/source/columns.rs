//! The schema found in the data: columns in order of first appearance, kinds widened to hold every value.

use crate::dictionary::{Codes, Dictionary, NULL};
use crate::time::Instant;
use crate::value::{Column, ColumnKind, Schema, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// Columns met so far, with their values.
#[derive(Default)]
pub(super) struct Columns {
    columns: Vec<Found>,
    positions: HashMap<Arc<str>, usize>,
    dictionary: Dictionary,
    rows: usize,
}

/// One column.
struct Found {
    name: Arc<str>,
    kind: Option<ColumnKind>,
    /// One for each row, up to the last that has a value.
    values: Vec<u32>,
    codes: Codes,
}

impl Found {
    /// Lets it hold another kind too.
    fn widen(&mut self, kind: Option<ColumnKind>) {
        self.kind = kind.map(|kind| self.kind.map_or(kind, |known| known.join(kind))).or(self.kind);
    }
}

impl Columns {
    /// Names in order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| column.name.as_ref()).collect()
    }

    /// Takes the values of one feature; of two with the same name the last stays.
    pub(super) fn row(&mut self, properties: Vec<(String, Value)>) {
        let row = self.rows;
        self.rows += 1;
        for (number, (name, value)) in properties.into_iter().enumerate() {
            let position = self.position(number, &name);
            let Some(column) = self.columns.get_mut(position) else { continue };
            column.widen(kind_of(&value, column.kind));
            // As long as there are rows before this one: a value of the same name goes.
            column.values.resize(row, NULL);
            column.values.push(column.codes.of(value, &mut self.dictionary));
        }
    }

    /// Takes the values of features that come later in the file.
    pub(super) fn append(&mut self, later: Self) {
        let before = self.rows;
        self.rows += later.rows;
        let mut values = later.dictionary.into_values();
        let mut moved = vec![NULL; values.len()];
        for (number, found) in later.columns.into_iter().enumerate() {
            let position = self.position(number, &found.name);
            let Some(column) = self.columns.get_mut(position) else { continue };
            column.widen(found.kind);
            column.values.resize(before, NULL);
            for code in found.values {
                let Some((moved, value)) = moved.get_mut(code as usize).zip(values.get_mut(code as usize)) else { continue };
                if *moved == NULL {
                    *moved = column.codes.of(std::mem::take(value), &mut self.dictionary);
                }
                column.values.push(*moved);
            }
        }
    }

    /// Where the column of a name stands, which is mostly where the feature has it.
    fn position(&mut self, likely: usize, name: &str) -> usize {
        if self.columns.get(likely).is_some_and(|column| *column.name == *name) {
            return likely;
        }
        if let Some(&position) = self.positions.get(name) {
            return position;
        }
        let name: Arc<str> = name.into();
        self.positions.insert(Arc::clone(&name), self.columns.len());
        self.columns.push(Found { name, kind: None, values: Vec::new(), codes: Codes::default() });
        self.columns.len() - 1
    }

    /// Makes text of the columns that hold more than one kind.
    pub(super) fn unmix(&mut self) {
        for column in self.columns.iter_mut().filter(|column| column.kind == Some(ColumnKind::Mixed)) {
            column.kind = Some(ColumnKind::Text);
            let mut texts: HashMap<u32, u32> = HashMap::new();
            for code in &mut column.values {
                *code = *texts.entry(*code).or_insert_with(|| {
                    let text: Value = written(self.dictionary.value(*code)).as_deref().into();
                    column.codes.of(text, &mut self.dictionary)
                });
            }
        }
    }

    /// The schema, where a column without any value holds text; the codes of each column; and the values.
    pub(super) fn finish(self) -> (Schema, Vec<Vec<u32>>, Dictionary) {
        let column = |found: &Found| Column {
            name: Arc::clone(&found.name),
            kind: found.kind.unwrap_or(ColumnKind::Text),
            title: found.name.to_string(),
        };
        let schema = Schema::new(self.columns.iter().map(column));
        let whole = |mut column: Found| {
            column.values.resize(self.rows, NULL);
            column.values
        };
        (schema, self.columns.into_iter().map(whole).collect(), self.dictionary)
    }
}

/// The kind a value asks for. A text counts as a time while its column has held nothing else.
fn kind_of(value: &Value, known: Option<ColumnKind>) -> Option<ColumnKind> {
    match value {
        Value::Text(text) if matches!(known, None | Some(ColumnKind::Time)) && looks_like_time(text) => Some(ColumnKind::Time),
        _ => value.kind(),
    }
}

fn looks_like_time(text: &str) -> bool {
    let dashes = text.as_bytes();
    text.len() >= "2025-10-22".len() && dashes[4] == b'-' && dashes[7] == b'-' && Instant::parse(text).is_ok()
}

/// The text that a scalar was read from; decimals have a point.
pub(super) fn written(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Json(_) => None,
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Int(whole) => Some(whole.to_string()),
        Value::Float(number) if number.fract() == 0.0 => Some(format!("{number:.1}")),
        Value::Float(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.to_string()),
    }
}
