//! The built-in styles: one document and one table of icons, with the values of each style put in where these write `@name`.

use super::StyleError;
use super::kinds::composed;
use super::named::{Drawn, Named, Title};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What marks a name that stands for a value.
const MARK: char = '@';

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    /// For readers of the file.
    #[serde(default, rename = "note")]
    _note: String,
    styles: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    title: Title,
    layers: Drawn,
    values: Map<String, Value>,
}

/// Makes the styles of a table; values that one does not give are those of the first.
pub(super) fn styles(map: &str, icons: &str, table: &str) -> Result<Vec<Named>, StyleError> {
    let (map, icons): (Value, Value) = (serde_json::from_str(map)?, composed(serde_json::from_str(icons)?));
    let table: Table = serde_json::from_str(table)?;
    let usual = table.styles.first().map(|entry| entry.values.clone()).unwrap_or_default();
    let named = table.styles.into_iter().map(|entry| {
        let mut values = usual.clone();
        values.extend(entry.values);
        Named::new(entry.id, entry.title, entry.layers, filled(&map, &values), filled(&icons, &values))
    });
    named.collect()
}

/// A document with values for its names; a name without one stays, which the reader of the document then refuses.
fn filled(json: &Value, values: &Map<String, Value>) -> Value {
    match json {
        Value::String(text) => text.strip_prefix(MARK).and_then(|name| values.get(name)).unwrap_or(json).clone(),
        Value::Array(list) => list.iter().map(|part| filled(part, values)).collect(),
        Value::Object(members) => members.iter().map(|(name, part)| (name.clone(), filled(part, values))).collect(),
        _ => json.clone(),
    }
}
