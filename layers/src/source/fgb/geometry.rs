//! A FlatGeobuf geometry: one list of numbers, x and y by turns, and where in it each ring or line ends.

use crate::source::rings::Rings;
use flatgeobuf::{Geometry as Found, GeometryType};
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Polygon};

/// Collections within collections that are followed at all; what is accepted is for the edge to say.
const DEEPEST: usize = 16;

/// Reads a geometry of the kind the header names; if it names none, each says itself.
pub(super) fn geometry(found: &Found<'_>, kind: GeometryType, rings: &mut Rings) -> Result<Geometry<f64>, String> {
    nested(found, kind, 0, rings)
}

fn nested(found: &Found<'_>, kind: GeometryType, depth: usize, rings: &mut Rings) -> Result<Geometry<f64>, String> {
    let kind = if kind == GeometryType::Unknown { found.type_() } else { kind };
    Ok(match kind {
        GeometryType::Point => match positions(found)?.as_slice() {
            [at] => Geometry::Point((*at).into()),
            other => return Err(format!("a point has one position, not {}", other.len())),
        },
        GeometryType::MultiPoint => MultiPoint(positions(found)?.into_iter().map(Into::into).collect()).into(),
        GeometryType::LineString => LineString(positions(found)?).into(),
        GeometryType::MultiLineString => MultiLineString(lines(found)?).into(),
        GeometryType::Polygon => polygon(found, rings)?.into(),
        GeometryType::MultiPolygon => {
            let parts = found.parts().into_iter().flatten().map(|part| polygon(&part, rings));
            MultiPolygon(parts.collect::<Result<_, _>>()?).into()
        }
        GeometryType::GeometryCollection if depth < DEEPEST => {
            let parts = found.parts().into_iter().flatten().map(|part| nested(&part, GeometryType::Unknown, depth + 1, rings));
            Geometry::GeometryCollection(GeometryCollection(parts.collect::<Result<_, _>>()?))
        }
        GeometryType::GeometryCollection => return Err(format!("collections within collections, more than {DEEPEST} deep")),
        other => {
            let name = other.variant_name().unwrap_or("a type that does not exist");
            let curved = name.contains("Curve") || name.contains("String") || name == "MultiSurface";
            let advice = if curved { "; linearise it with ogr2ogr -nlt CONVERT_TO_LINEAR" } else { "" };
            return Err(format!("{name} is not supported{advice}"));
        }
    })
}

fn positions(found: &Found<'_>) -> Result<Vec<Coord<f64>>, String> {
    let Some(numbers) = found.xy() else { return Ok(Vec::new()) };
    if numbers.len() % 2 != 0 {
        return Err(format!("{} numbers make no pairs of x and y", numbers.len()));
    }
    let mut numbers = numbers.iter();
    Ok(std::iter::from_fn(|| Some(Coord { x: numbers.next()?, y: numbers.next()? })).collect())
}

/// The stretches that `ends` cuts the positions into; one if it says nothing.
fn lines(found: &Found<'_>) -> Result<Vec<LineString<f64>>, String> {
    let positions = positions(found)?;
    let Some(ends) = found.ends().filter(|ends| !ends.is_empty()) else {
        return Ok(if positions.is_empty() { Vec::new() } else { vec![LineString(positions)] });
    };
    let mut start = 0;
    let mut lines = Vec::with_capacity(ends.len());
    for end in ends {
        let stretch = positions.get(start..end as usize);
        let message = || format!("a line from position {start} to {end} does not fit {} positions", positions.len());
        lines.push(LineString(stretch.ok_or_else(message)?.to_vec()));
        start = end as usize;
    }
    match start == positions.len() {
        true => Ok(lines),
        false => Err(format!("its lines end at position {start}, and there are {}", positions.len())),
    }
}

fn polygon(found: &Found<'_>, rings: &mut Rings) -> Result<Polygon<f64>, String> {
    Ok(rings.polygon(lines(found)?))
}
