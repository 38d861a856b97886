//! The basemap: land, borders, rivers, lakes and place names, from extracts of Natural Earth and GeoNames, as one layer.
//!
//! Inside a frame around West Africa the data are detailed (1:10 m); outside, coarse (1:110 m), so that low zooms show the whole
//! world. Out: a GeoJSON text sequence, sorted and compressed, the same bytes each time.

mod places;
mod world;

use crate::import::basemap::world::FRAME;
use crate::validity;
use flate2::Compression;
use flate2::write::GzEncoder;
use geo::{MapCoords, Validation};
use geo_types::{Coord, Geometry};
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// File name of the basemap.
pub const FILE: &str = "basemap.geojsonl.gz";

/// Why the basemap cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum BasemapError {
    /// A file of the folder cannot be read.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The result cannot be compressed.
    #[error("cannot be compressed: {0}")]
    Compress(#[from] std::io::Error),
}

/// One feature of the basemap on its way.
struct Item {
    geometry: Geometry<f64>,
    properties: Map<String, Value>,
}

impl Item {
    fn new(class: &str, geometry: impl Into<Geometry<f64>>, min_zoom: u64) -> Self {
        let properties = [("class".to_owned(), class.into()), ("min_zoom".to_owned(), min_zoom.into())].into_iter().collect();
        Self { geometry: geometry.into(), properties }
    }

    /// Adds a property unless it is null.
    fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if !value.is_null() {
            self.properties.insert(name.to_owned(), value);
        }
        self
    }
}

/// A feature of an extract.
struct Extract {
    geometry: Geometry<f64>,
    properties: Value,
}

/// Makes the basemap from a folder of extracts; gives back the compressed sequence.
pub fn build(folder: &Path) -> Result<Vec<u8>, BasemapError> {
    let read = |name: &str| extracts(&folder.join(name));
    let (countries, coarse) = (read("countries.geojson")?, read("world_countries_110m.geojson")?);
    let mut items: Vec<Item> = Vec::new();
    items.extend(world::land(&coarse).into_iter().map(|land| Item::new("land", land, 0)));
    items.extend(read("land.geojson")?.into_iter().map(|land| Item::new("land", land.geometry, 0)));
    items.extend(world::borders(&coarse).into_iter().map(|line| Item::new("border", line, 1)));
    items.extend(read("border_lines.geojson")?.into_iter().map(border));
    items.extend(read("admin1_lines.geojson")?.into_iter().map(|line| Item::new("admin1", line.geometry, 6)));
    items.extend(
        read("lakes.geojson")?
            .into_iter()
            .map(|lake| Item::new("lake", lake.geometry, 3).with("name", lake.properties["name"].clone())),
    );
    items.extend(read("rivers.geojson")?.into_iter().map(river));
    items.extend(places::labels(&countries, &coarse));
    items.extend(places::places(&read("places_ne.geojson")?, &read("places_geonames.geojson")?));
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for (number, item) in items.into_iter().enumerate() {
        writeln!(encoder, "{}", line(number + 1, item))?;
    }
    Ok(encoder.finish()?)
}

fn border(line: Extract) -> Item {
    match line.properties["disputed"].as_bool() {
        Some(true) => Item::new("border_disputed", line.geometry, 2),
        _ => Item::new("border", line.geometry, 1),
    }
}

fn river(line: Extract) -> Item {
    let rank = line.properties["scalerank"].as_u64().unwrap_or(9);
    Item::new("river", line.geometry, rank.saturating_sub(1)).with("rank", rank).with("name", line.properties["name"].clone())
}

fn line(id: usize, item: Item) -> Value {
    let geometry = rounded(&item.geometry);
    json!({"type": "Feature", "id": id, "properties": item.properties, "geometry": geojson::Geometry::from(&geometry)})
}

/// Four decimals of a degree, about 10 m; more where that breaks the shape.
fn rounded(geometry: &Geometry<f64>) -> Geometry<f64> {
    let to =
        |scale: f64| geometry.map_coords(|at| Coord { x: (at.x * scale).round() / scale, y: (at.y * scale).round() / scale });
    let is_valid = |geometry: &Geometry<f64>| match geometry {
        Geometry::Polygon(area) => validity::fault(&area.clone().into()).is_none(),
        Geometry::MultiPolygon(areas) => validity::fault(areas).is_none(),
        other => other.is_valid(),
    };
    [1e4, 1e5, 1e7].map(to).into_iter().find(is_valid).unwrap_or_else(|| geometry.clone())
}

fn extracts(path: &Path) -> Result<Vec<Extract>, BasemapError> {
    let wrong = |reason: String| BasemapError::File { path: path.to_owned(), reason };
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let all: geojson::FeatureCollection = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let features = all.features.into_iter().enumerate().map(|(number, feature)| {
        let geometry = feature.geometry.ok_or_else(|| wrong(format!("feature {number} has no geometry")))?;
        let geometry = Geometry::try_from(geometry).map_err(|error| wrong(format!("feature {number}: {error}")))?;
        Ok(Extract { geometry, properties: feature.properties.map_or(Value::Null, Value::Object) })
    });
    features.collect()
}

/// Whether a position lies inside the detailed frame.
fn is_detailed(at: Coord<f64>) -> bool {
    at.x > FRAME[0] && at.y > FRAME[1] && at.x < FRAME[2] && at.y < FRAME[3]
}

#[cfg(test)]
mod tests;
