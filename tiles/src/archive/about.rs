//! What an archive says of itself: what its tiles are, where, at which zooms, and a document for people and map clients.

use crate::grid::BoxDeg;
use serde_json::{Map, Value};

/// What the tiles are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Mapbox Vector Tiles.
    Mvt,
    /// PNG pictures.
    Png,
    /// WebP pictures.
    Webp,
}

impl Content {
    /// The word of MBTiles for it.
    pub const fn format(self) -> &'static str {
        match self {
            Self::Mvt => "pbf",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }
}

/// What an archive says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct About {
    /// What the tiles are.
    pub content: Content,
    /// Lowest zoom with tiles.
    pub min_zoom: u8,
    /// Highest zoom with tiles.
    pub max_zoom: u8,
    /// Box around the data, WGS 84 degrees.
    pub bounds: BoxDeg,
    /// Where to look first: longitude, latitude in degrees.
    pub center: [f64; 2],
    /// The zoom to look at first.
    pub center_zoom: u8,
    /// The rest: `name`, `description`, `attribution`, `vector_layers` and whatever else, as TileJSON spells it.
    pub document: Map<String, Value>,
}

impl About {
    /// A member of the document that is a text; empty if it is missing or something else.
    pub fn text(&self, name: &str) -> &str {
        self.document.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}
