//! A GeoJSON geometry object (RFC 7946 section 3.1) from its text. What lies beyond longitude and latitude in a position is ignored.

use super::coordinates::{Coordinates, Plain};
use crate::source::rings::Rings;
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point};
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
    match (kind.trim_matches('"'), shape(kind.trim_matches('"'))) {
        (kind, Some(shape)) => {
            let text = parsed.coordinates.map(RawValue::get).unwrap_or_default();
            let read = Plain::new(text.as_bytes())
                .whole(|plain| of_kind(kind, plain, rings))
                .or_else(|| of_kind(kind, Json(text), rings));
            read.ok_or_else(|| {
                format!("\"coordinates\" of a {kind} are {shape}; a position is [longitude, latitude], two numbers")
            })
        }
        ("GeometryCollection", _) if depth >= DEEPEST => Err(format!("collections within collections, more than {DEEPEST} deep")),
        ("GeometryCollection", _) => {
            let members = parsed.geometries.map(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()));
            let Some(Ok(members)) = members else { return Err("a GeometryCollection has a list \"geometries\"".into()) };
            let members: Result<_, _> = members.into_iter().map(|member| nested(member.get(), depth + 1, rings)).collect();
            Ok(Geometry::GeometryCollection(GeometryCollection(members?)))
        }
        _ => Err(format!(
            "\"type\" is {kind:.40}; a geometry is a Point, LineString, Polygon, MultiPoint, MultiLineString, MultiPolygon or GeometryCollection"
        )),
    }
}

/// What the coordinates of a kind of geometry are, in words; `None` for what has none.
fn shape(kind: &str) -> Option<&'static str> {
    match kind {
        "Point" => Some("a position"),
        "MultiPoint" | "LineString" => Some("a list of positions"),
        "MultiLineString" => Some("a list of lines, each a list of positions"),
        "Polygon" => Some("a list of rings, each a list of positions"),
        "MultiPolygon" => Some("a list of polygons, each a list of rings"),
        _ => None,
    }
}

/// The geometry of a kind that coordinates make; `None` if they make none.
pub(super) fn of_kind(kind: &str, coordinates: impl Coordinates, rings: &mut Rings) -> Option<Geometry<f64>> {
    Some(match kind {
        "Point" => Point(coordinates.position()?).into(),
        "MultiPoint" => MultiPoint(coordinates.line()?.into_iter().map(Point).collect()).into(),
        "LineString" => LineString(coordinates.line()?).into(),
        "MultiLineString" => MultiLineString(coordinates.lines()?.into_iter().map(LineString).collect()).into(),
        "Polygon" => rings.polygon(coordinates.lines()?.into_iter().map(LineString)).into(),
        "MultiPolygon" => {
            let areas = coordinates.areas()?.into_iter();
            MultiPolygon(areas.map(|area| rings.polygon(area.into_iter().map(LineString))).collect()).into()
        }
        _ => return None,
    })
}

/// Coordinates read by the JSON parser, which knows every number there is.
struct Json<'a>(&'a str);

impl Json<'_> {
    fn read<J: DeserializeOwned, T>(self, made: impl FnOnce(J) -> T) -> Option<T> {
        serde_json::from_str(self.0).ok().map(made)
    }
}

impl Coordinates for Json<'_> {
    fn position(self) -> Option<Coord<f64>> {
        self.read(Position::coord)
    }

    fn line(self) -> Option<Vec<Coord<f64>>> {
        self.read(positions)
    }

    fn lines(self) -> Option<Vec<Vec<Coord<f64>>>> {
        self.read(all(positions))
    }

    fn areas(self) -> Option<Vec<Vec<Vec<Coord<f64>>>>> {
        self.read(all(all(positions)))
    }
}

fn positions(list: Vec<Position>) -> Vec<Coord<f64>> {
    list.into_iter().map(Position::coord).collect()
}

fn all<J, T>(made: impl Fn(J) -> T) -> impl Fn(Vec<J>) -> Vec<T> {
    move |list| list.into_iter().map(&made).collect()
}

/// Two numbers or more.
struct Position(Coord<f64>);

impl Position {
    fn coord(self) -> Coord<f64> {
        self.0
    }
}

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
