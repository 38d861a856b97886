//! A GeoJSON geometry object (RFC 7946 section 3.1) from its text. What lies beyond longitude and latitude in a position is ignored.

use crate::source::rings::Rings;
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Collections within collections that are followed at all; what is accepted is for the edge to say.
const DEEPEST: usize = 16;

#[derive(Deserialize)]
struct GeometryText<'a> {
    #[serde(rename = "type", borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    coordinates: Option<&'a RawValue>,
    #[serde(borrow)]
    geometries: Option<&'a RawValue>,
}

/// Reads a geometry, counting in `rings` what is wrong with its rings.
pub(super) fn geometry(text: &str, rings: &mut Rings) -> Result<Geometry<f64>, String> {
    nested(text, 0, rings)
}

fn nested(text: &str, depth: usize, rings: &mut Rings) -> Result<Geometry<f64>, String> {
    let object = text.trim_start().starts_with('{');
    let parsed: GeometryText<'_> = match serde_json::from_str(text) {
        Ok(parsed) if object => parsed,
        Err(error) if object => return Err(error.to_string()),
        _ => return Err("a geometry is an object with \"type\" and \"coordinates\", or null".into()),
    };
    let kind = parsed.kind.map_or("nothing", RawValue::get);
    let coordinates = Coordinates { kind, text: parsed.coordinates };
    Ok(match kind.trim_matches('"') {
        "Point" => Point(coordinates.read::<Position>("a position")?.0).into(),
        "MultiPoint" => {
            MultiPoint(coordinates.read::<Vec<Position>>("a list of positions")?.into_iter().map(|at| Point(at.0)).collect())
                .into()
        }
        "LineString" => line(coordinates.read("a list of positions")?).into(),
        "MultiLineString" => {
            let lines: Vec<Vec<Position>> = coordinates.read("a list of lines, each a list of positions")?;
            MultiLineString(lines.into_iter().map(line).collect()).into()
        }
        "Polygon" => polygon(coordinates.read("a list of rings, each a list of positions")?, rings).into(),
        "MultiPolygon" => {
            let areas: Vec<Vec<Vec<Position>>> = coordinates.read("a list of polygons, each a list of rings")?;
            MultiPolygon(areas.into_iter().map(|area| polygon(area, rings)).collect()).into()
        }
        "GeometryCollection" if depth >= DEEPEST => {
            return Err(format!("collections within collections, more than {DEEPEST} deep"));
        }
        "GeometryCollection" => {
            let members = parsed.geometries.map(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()));
            let Some(Ok(members)) = members else { return Err("a GeometryCollection has a list \"geometries\"".into()) };
            let members: Result<_, _> = members.into_iter().map(|member| nested(member.get(), depth + 1, rings)).collect();
            Geometry::GeometryCollection(GeometryCollection(members?))
        }
        _ => {
            return Err(format!(
                "\"type\" is {kind:.40}; a geometry is a Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon or GeometryCollection"
            ));
        }
    })
}

struct Coordinates<'a> {
    kind: &'a str,
    text: Option<&'a RawValue>,
}

impl Coordinates<'_> {
    fn read<T: DeserializeOwned>(&self, shape: &str) -> Result<T, String> {
        let read = self.text.and_then(|text| serde_json::from_str(text.get()).ok());
        read.ok_or_else(|| {
            format!(
                "\"coordinates\" of a {} are {shape}; a position is [longitude, latitude], two numbers",
                self.kind.trim_matches('"')
            )
        })
    }
}

fn line(positions: Vec<Position>) -> LineString<f64> {
    positions.into_iter().map(|at| at.0).collect()
}

fn polygon(lines: Vec<Vec<Position>>, rings: &mut Rings) -> Polygon<f64> {
    rings.polygon(lines.into_iter().map(line))
}

/// Two numbers or more.
struct Position(Coord<f64>);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(PositionVisitor)
    }
}

struct PositionVisitor;

impl<'de> Visitor<'de> for PositionVisitor {
    type Value = Position;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a position")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut numbers: S) -> Result<Position, S::Error> {
        let (x, y) = (numbers.next_element()?, numbers.next_element()?);
        let (Some(x), Some(y)) = (x, y) else { return Err(S::Error::invalid_length(0, &self)) };
        while numbers.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Position(Coord { x, y }))
    }
}
