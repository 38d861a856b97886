//! The schema found in the data: columns in order of first appearance, kinds widened to hold every value.

use crate::time::Instant;
use crate::value::{Column, ColumnKind, Schema, Value};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Texts up to this length are kept once, however often they occur.
const SHARED_TEXT_BYTES: usize = 40;
/// Different texts that are kept for sharing.
const SHARED_TEXTS: usize = 1 << 16;

/// Columns met so far.
#[derive(Default)]
pub(super) struct Columns {
    columns: Vec<(Arc<str>, Option<ColumnKind>)>,
    positions: HashMap<Arc<str>, usize>,
    texts: HashSet<Arc<str>>,
}

impl Columns {
    pub(super) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Names in order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.columns.iter().map(|(name, _)| name.as_ref()).collect()
    }

    /// The values of one feature in column order; shorter than the schema if later features bring more columns.
    pub(super) fn row(&mut self, properties: Vec<(String, Value)>) -> Vec<Value> {
        let mut values = vec![Value::Null; self.columns.len()];
        for (name, value) in properties {
            let position = self.position(&name);
            let kind = kind_of(&value, self.columns[position].1);
            if let Some(kind) = kind {
                let known = &mut self.columns[position].1;
                *known = Some(known.map_or(kind, |known| known.join(kind)));
            }
            if values.len() <= position {
                values.resize(position + 1, Value::Null);
            }
            values[position] = self.shared(value);
        }
        values
    }

    fn position(&mut self, name: &str) -> usize {
        if let Some(&position) = self.positions.get(name) {
            return position;
        }
        let name: Arc<str> = name.into();
        self.positions.insert(Arc::clone(&name), self.columns.len());
        self.columns.push((name, None));
        self.columns.len() - 1
    }

    fn shared(&mut self, value: Value) -> Value {
        let Value::Text(text) = value else { return value };
        if text.len() > SHARED_TEXT_BYTES {
            return Value::Text(text);
        }
        if let Some(known) = self.texts.get(&text) {
            return Value::Text(Arc::clone(known));
        }
        if self.texts.len() < SHARED_TEXTS {
            self.texts.insert(Arc::clone(&text));
        }
        Value::Text(text)
    }

    /// Makes text of the columns that hold more than one kind; gives back which they are.
    pub(super) fn unmix(&mut self) -> Vec<usize> {
        let mut mixed = Vec::new();
        for (number, (_, kind)) in self.columns.iter_mut().enumerate().filter(|(_, (_, kind))| *kind == Some(ColumnKind::Mixed)) {
            *kind = Some(ColumnKind::Text);
            mixed.push(number);
        }
        mixed
    }

    /// The schema; a column without any value holds text.
    pub(super) fn schema(&self) -> Schema {
        let column = |(name, kind): &(Arc<str>, Option<ColumnKind>)| Column {
            name: Arc::clone(name),
            kind: kind.unwrap_or(ColumnKind::Text),
            title: name.to_string(),
        };
        Schema::new(self.columns.iter().map(column))
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
