//! Property values and their columns.

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One property value. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Nothing said.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other finite number.
    Float(f64),
    /// Text.
    Text(Arc<str>),
    /// A list or an object, written without blanks: a tenth of what it takes when read.
    Json(Arc<str>),
}

impl Value {
    /// As JSON; a number that JSON cannot hold becomes null.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(value) => value.as_ref().into(),
            // Nothing else is ever put there.
            Self::Json(text) => serde_json::from_str(text).unwrap_or_default(),
        }
    }

    /// From JSON. Whole numbers beyond 64 bits become floating point.
    pub fn from_json(json: serde_json::Value) -> Self {
        match json {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(value) => Self::Bool(value),
            serde_json::Value::String(text) => Self::Text(text.into()),
            serde_json::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Self::Int(whole),
                (None, Some(value)) => Self::Float(value),
                (None, None) => Self::Null,
            },
            nested => Self::Json(nested.to_string().into()),
        }
    }

    /// The kind of column this value alone asks for; `None` for null, which fits every column.
    pub const fn kind(&self) -> Option<ColumnKind> {
        match self {
            Self::Null => None,
            Self::Bool(_) => Some(ColumnKind::Bool),
            Self::Int(_) => Some(ColumnKind::Int),
            Self::Float(_) => Some(ColumnKind::Float),
            Self::Text(_) => Some(ColumnKind::Text),
            Self::Json(_) => Some(ColumnKind::Json),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    /// The same as by way of `from_json`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::Float(value as f64), Value::Int))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Value, A::Error> {
        serde_json::Value::deserialize(SeqAccessDeserializer::new(list)).map(Value::from_json)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        serde_json::Value::deserialize(MapAccessDeserializer::new(object)).map(Value::from_json)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<&Arc<str>> for Value {
    fn from(text: &Arc<str>) -> Self {
        Self::Text(Arc::clone(text))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Float(value)
    }
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// Yes or no.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers.
    Float,
    /// Text.
    Text,
    /// RFC 3339 text.
    Time,
    /// Lists or objects.
    Json,
    /// More than one of these.
    Mixed,
}

impl ColumnKind {
    /// The kind that holds both: numbers widen, everything else mixes.
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            _ if self == other => self,
            (Self::Int, Self::Float) | (Self::Float, Self::Int) => Self::Float,
            (Self::Time, Self::Text) | (Self::Text, Self::Time) => Self::Text,
            _ => Self::Mixed,
        }
    }

    /// Whether a value of this kind can be compared with a text from a query string.
    pub const fn is_scalar(self) -> bool {
        !matches!(self, Self::Json)
    }
}

impl fmt::Display for ColumnKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "boolean",
            Self::Int => "integer",
            Self::Float => "number",
            Self::Text => "string",
            Self::Time => "date-time",
            Self::Json => "nested",
            Self::Mixed => "mixed",
        })
    }
}

/// One property that features of a layer may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Name in data and requests.
    pub name: Arc<str>,
    /// What its values are.
    pub kind: ColumnKind,
    /// A few words for people.
    pub title: String,
}

/// The columns of a layer, in order; names are unique.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schema {
    columns: Vec<Column>,
    positions: BTreeMap<Arc<str>, usize>,
}

impl Schema {
    /// From columns; of two with the same name the first stays.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        let mut schema = Self::default();
        for column in columns {
            if schema.position(&column.name).is_none() {
                schema.positions.insert(Arc::clone(&column.name), schema.columns.len());
                schema.columns.push(column);
            }
        }
        schema
    }

    /// The columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Where the column of this name stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_survives_the_way_in_and_out() {
        for json in [
            json!(null),
            json!(true),
            json!(-7),
            json!(1.5),
            json!("Kayes"),
            json!([1, {"a": null}]),
            json!({"b": 2, "c": "\"\n"}),
            json!(-0.5e-7),
            json!(i64::MIN),
            json!("\"\n"),
        ] {
            assert_eq!(Value::from_json(json.clone()).to_json(), json);
            assert_eq!(serde_json::from_str::<Value>(&json.to_string()).unwrap(), Value::from_json(json));
        }
        assert_eq!(serde_json::from_str::<Value>("18446744073709551615").unwrap(), Value::from_json(json!(u64::MAX)));
    }

    #[test]
    fn columns_widen_to_hold_what_comes() {
        assert_eq!(ColumnKind::Int.join(ColumnKind::Float), ColumnKind::Float);
        assert_eq!(ColumnKind::Int.join(ColumnKind::Text), ColumnKind::Mixed);
        assert_eq!(ColumnKind::Text.join(ColumnKind::Text), ColumnKind::Text);
    }
}
