//! A feature as a format found it, not judged yet.

use super::rings::Rings;
use crate::feature::FeatureId;
use crate::finding::Finding;
use crate::value::Value;
use geo_types::Geometry;

/// What stands where a format keeps the id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OwnId {
    /// Nothing.
    None,
    /// An id.
    Is(FeatureId),
    /// Something else; its text.
    Unusable(String),
}

impl OwnId {
    /// Ids are texts or whole numbers that are not negative.
    pub(super) fn from_value(value: &Value) -> Self {
        match value {
            Value::Int(whole) if *whole >= 0 => Self::Is(FeatureId::Int(whole.unsigned_abs())),
            Value::Text(text) if !text.is_empty() => Self::Is(FeatureId::Text(text.clone())),
            other => Self::Unusable(other.to_json().to_string()),
        }
    }
}

/// A feature as a format found it.
pub(super) struct Raw {
    /// JSON pointer to the feature, such as `/features/17`, or to its row.
    pub(super) pointer: String,
    /// Its id in the file.
    pub(super) id: OwnId,
    /// Its properties in order.
    pub(super) properties: Vec<(String, Value)>,
    /// Its geometry in the file's coordinates.
    pub(super) geometry: Option<Geometry<f64>>,
    /// What was met in its rings.
    pub(super) rings: Rings,
    /// What was met in its properties.
    pub(super) findings: Vec<Finding>,
}

/// A name as a JSON pointer holds it (RFC 6901 section 3).
pub(super) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
