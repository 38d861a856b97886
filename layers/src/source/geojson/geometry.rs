//! A GeoJSON geometry object (RFC 7946 section 3.1) from its text. What lies beyond longitude and latitude in a position is ignored.

use super::coordinates::Plain;
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
    let coordinates = Coordinates { kind, text: parsed.coordinates };
    Ok(match kind.trim_matches('"') {
        "Point" => Point(coordinates.read("a position", |plain| plain.position(), Position::coord)?).into(),
        "MultiPoint" => {
            let at = coordinates.read("a list of positions", line_of, positions)?;
            MultiPoint(at.into_iter().map(Point).collect()).into()
        }
        "LineString" => LineString(coordinates.read("a list of positions", line_of, positions)?).into(),
        "MultiLineString" => {
            let lines = coordinates.read("a list of lines, each a list of positions", lines_of, all(positions))?;
            MultiLineString(lines.into_iter().map(LineString).collect()).into()
        }
        "Polygon" => {
            let area = coordinates.read("a list of rings, each a list of positions", lines_of, all(positions))?;
            rings.polygon(area.into_iter().map(LineString)).into()
        }
        "MultiPolygon" => {
            let areas = |plain: &mut Plain<'_>| plain.list(lines_of);
            let areas = coordinates.read("a list of polygons, each a list of rings", areas, all(all(positions)))?;
            MultiPolygon(areas.into_iter().map(|area| rings.polygon(area.into_iter().map(LineString))).collect()).into()
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
    /// By the quick reading, or, where the text is not plain, as JSON that is then `made` the same.
    fn read<T, J: DeserializeOwned>(
        &self,
        shape: &str,
        quick: impl FnOnce(&mut Plain<'_>) -> Option<T>,
        made: impl FnOnce(J) -> T,
    ) -> Result<T, String> {
        let text = self.text.map(RawValue::get).unwrap_or_default();
        let read = Plain::new(text).whole(quick).or_else(|| serde_json::from_str(text).ok().map(made));
        read.ok_or_else(|| {
            format!(
                "\"coordinates\" of a {} are {shape}; a position is [longitude, latitude], two numbers",
                self.kind.trim_matches('"')
            )
        })
    }
}

fn line_of(plain: &mut Plain<'_>) -> Option<Vec<Coord<f64>>> {
    plain.list(|plain| plain.position())
}

fn lines_of(plain: &mut Plain<'_>) -> Option<Vec<Vec<Coord<f64>>>> {
    plain.list(line_of)
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
