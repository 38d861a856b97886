//! GeoJSON: one document (RFC 7946), or a sequence of features, one a line (RFC 8142 or plain lines).
//!
//! A document is streamed: at most one feature is in memory beside what was accepted. Each feature is parsed by itself, so that
//! what is wrong with one costs only that one.

use super::collect::{Collector, Raw, Table};
use super::crs::Transform;
use super::{Report, SourceError, SourceOptions};
use crate::feature::FeatureId;
use crate::finding::Finding;
use crate::value::Value;
use geo_types::Geometry;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{BufRead, Read};

/// Bytes of one line of a sequence.
const LONGEST_LINE: u64 = 256 << 20;

/// Reads one document: FeatureCollection, Feature or geometry. `skip` bytes before it are a byte order mark or blanks.
pub(super) fn document(
    mut file: impl BufRead,
    skip: usize,
    name: &str,
    options: &SourceOptions,
    report: &mut Report<'_>,
) -> Result<Table, SourceError> {
    file.consume(skip);
    let transform = options.crs.as_deref().map(Transform::named).transpose()?.flatten();
    let mut collector = Collector::new(name, transform, 0, report);
    let mut refused = None;
    let mut json = serde_json::Deserializer::from_reader(file);
    let read =
        Document { collector: &mut collector, options, refused: &mut refused }.deserialize(&mut json).and_then(|()| json.end());
    if let Some(error) = refused {
        return Err(error);
    }
    read.map_err(|error| SourceError::Broken(format!("{error} (after {} features)", collector.seen())))?;
    Ok(collector.into_table())
}

/// Reads a sequence; a line that is no feature costs only itself.
pub(super) fn sequence(
    mut file: impl BufRead,
    options: &SourceOptions,
    collector: &mut Collector<'_>,
) -> Result<(), SourceError> {
    collector.set_transform(options.crs.as_deref().map(Transform::named).transpose()?.flatten());
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        if file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? == 0 {
            break;
        }
        let text = line.strip_prefix(&[0x1e]).unwrap_or(&line).trim_ascii();
        if !text.is_empty() {
            feature(text, format!("/{number}"), options, collector);
        }
    }
    Ok(())
}

/// A feature as RFC 7946 has it; everything else in it is ignored.
#[derive(Deserialize)]
struct FeatureText<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    id: Option<serde_json::Value>,
    #[serde(borrow)]
    geometry: Option<&'a RawValue>,
    properties: Option<serde_json::Map<String, serde_json::Value>>,
}

fn feature(text: &[u8], pointer: String, options: &SourceOptions, collector: &mut Collector<'_>) {
    let parsed: FeatureText<'_> = match serde_json::from_slice(text) {
        Ok(parsed) => parsed,
        Err(error) => return collector.lose(Finding::error("bad_json", pointer, error.to_string())),
    };
    if parsed.kind.as_deref() != Some("Feature") {
        let found = parsed.kind.unwrap_or_else(|| "nothing".to_owned());
        let message = format!("\"type\" is {found}; a member of a collection or sequence is a Feature");
        return collector.lose(Finding::error("not_a_feature", pointer, message));
    }
    let geometry = match parsed.geometry.map(|raw| raw.get()).filter(|text| *text != "null").map(geometry) {
        None => None,
        Some(Ok(geometry)) => Some(geometry),
        Some(Err(message)) => return collector.lose(Finding::error("bad_geometry", format!("{pointer}/geometry"), message)),
    };
    let properties = parsed.properties.unwrap_or_default();
    let id = match &options.id_property {
        Some(name) => properties.get(name).and_then(id),
        None => parsed.id.as_ref().and_then(id),
    };
    let properties = properties.into_iter().map(|(name, value)| (name, Value::from_json(value))).collect();
    collector.take(Raw { pointer, id, properties, geometry });
}

fn geometry(text: &str) -> Result<Geometry<f64>, String> {
    let parsed: geojson::Geometry = serde_json::from_str(text).map_err(|error| error.to_string())?;
    Geometry::try_from(parsed).map_err(|error| error.to_string())
}

/// Ids are texts or whole numbers that are not negative.
fn id(value: &serde_json::Value) -> Option<FeatureId> {
    match value {
        serde_json::Value::Number(number) => number.as_u64().map(FeatureId::Int),
        serde_json::Value::String(text) if !text.is_empty() => Some(FeatureId::Text(text.as_str().into())),
        _ => None,
    }
}

/// Walks a document, handing each feature to the collector as it passes.
struct Document<'a, 'b> {
    collector: &'a mut Collector<'b>,
    options: &'a SourceOptions,
    refused: &'a mut Option<SourceError>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON object")
    }

    fn visit_map<M: MapAccess<'de>>(mut self, mut map: M) -> Result<(), M::Error> {
        let mut others = serde_json::Map::new();
        let mut streamed = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "features" => {
                    streamed = true;
                    map.next_value_seed(Features { collector: self.collector, options: self.options })?;
                }
                "crs" => {
                    let crs: serde_json::Value = map.next_value()?;
                    if let Err(error) = named_crs(&crs, streamed, self.options).map(|transform| self.apply(transform)) {
                        *self.refused = Some(error);
                    }
                }
                // Kept only for what makes a lone feature or geometry.
                "type" | "id" | "geometry" | "properties" | "coordinates" | "geometries" => {
                    others.insert(key, map.next_value()?);
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if !streamed {
            match others.get("type").and_then(serde_json::Value::as_str) {
                Some("Feature") => {
                    feature(serde_json::Value::from(others).to_string().as_bytes(), "/".into(), self.options, self.collector)
                }
                Some(
                    "Point" | "MultiPoint" | "LineString" | "MultiLineString" | "Polygon" | "MultiPolygon" | "GeometryCollection",
                ) => {
                    let lone = serde_json::json!({"type": "Feature", "geometry": others, "properties": null});
                    feature(lone.to_string().as_bytes(), "/".into(), self.options, self.collector);
                }
                _ => *self.refused = Some(SourceError::UnknownFormat),
            }
        }
        Ok(())
    }
}

impl Document<'_, '_> {
    fn apply(&mut self, transform: Option<Option<Transform>>) {
        if let Some(transform) = transform {
            self.collector.set_transform(transform);
        }
    }
}

/// The transform a legacy `crs` member asks for; `None` when the options have decided already.
fn named_crs(crs: &serde_json::Value, streamed: bool, options: &SourceOptions) -> Result<Option<Option<Transform>>, SourceError> {
    if options.crs.is_some() || crs.is_null() {
        return Ok(None);
    }
    let name = crs["properties"]["name"].as_str().unwrap_or_default();
    let transform = Transform::named(name)?;
    match (streamed, transform) {
        (true, Some(_)) => {
            Err(SourceError::Crs(format!("names its crs '{name}' after its features; say crs = \"{name}\" instead")))
        }
        (_, transform) => Ok(Some(transform)),
    }
}

struct Features<'a, 'b> {
    collector: &'a mut Collector<'b>,
    options: &'a SourceOptions,
}

impl<'de> DeserializeSeed<'de> for Features<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Features<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of features")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<(), S::Error> {
        while let Some(text) = list.next_element::<Box<RawValue>>()? {
            let pointer = format!("/features/{}", self.collector.seen());
            feature(text.get().as_bytes(), pointer, self.options, self.collector);
        }
        Ok(())
    }
}
