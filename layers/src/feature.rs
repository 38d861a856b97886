//! A thing with geometry, as one audience may see it.
//!
//! Geometry: WGS 84 degrees, longitude first, right-hand rule. Values stand in the order of the layer's schema.

use crate::phase::PhaseWindows;
use crate::time::Interval;
use crate::value::Value;
use geo_types::Geometry;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Stable name of a feature within its layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeatureId {
    /// A number, as many files have it.
    Int(u64),
    /// A text.
    Text(Arc<str>),
}

impl FeatureId {
    /// The id an address names: all digits is a number, anything else a text.
    pub fn from_address(text: &str) -> Self {
        match text.parse::<u64>() {
            Ok(number) if number.to_string() == text => Self::Int(number),
            _ => Self::Text(text.into()),
        }
    }

    /// The id as an address names it: a text of digits and the number are one.
    #[must_use]
    pub fn addressed(&self) -> Self {
        match self {
            Self::Int(_) => self.clone(),
            Self::Text(text) => Self::from_address(text),
        }
    }
}

impl fmt::Display for FeatureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => number.fmt(f),
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What a geometry is, or all those of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GeometryKind {
    /// Points or multipoints.
    Point,
    /// Lines or multilines.
    Line,
    /// Polygons or multipolygons.
    Polygon,
    /// More than one of these.
    Mixed,
    /// There is none.
    None,
}

impl GeometryKind {
    /// Every kind, each in the place of its number.
    pub(crate) const ALL: [Self; 5] = [Self::Point, Self::Line, Self::Polygon, Self::Mixed, Self::None];

    /// The word in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Point => "point",
            Self::Line => "line",
            Self::Polygon => "polygon",
            Self::Mixed => "mixed",
            Self::None => "none",
        }
    }

    /// The kind that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, kind) | (kind, Self::None) => kind,
            (one, other) if one == other => one,
            _ => Self::Mixed,
        }
    }
}

/// One version of a feature.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Stable within the layer; several versions share it.
    pub id: FeatureId,
    /// Where it is; `None` when only words say so.
    pub geometry: Option<Geometry<f64>>,
    /// One value for each column of the layer.
    pub values: Box<[Value]>,
    /// When it holds in the world.
    pub valid: Interval,
    /// When we knew it so.
    pub known: Interval,
    /// How it ages; `None` for what does not age.
    pub phases: Option<PhaseWindows>,
}

impl Feature {
    /// A feature without times: always valid, always known.
    pub fn timeless(id: FeatureId, geometry: Option<Geometry<f64>>, values: Box<[Value]>) -> Self {
        Self { id, geometry, values, valid: Interval::ALWAYS, known: Interval::ALWAYS, phases: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_number_only_if_it_is_one() {
        assert_eq!(FeatureId::from_address("17"), FeatureId::Int(17));
        for text in ["017", "+1", "1.0", "ev-1", "99999999999999999999999"] {
            assert_eq!(FeatureId::from_address(text), FeatureId::Text(text.into()));
        }
    }
}
