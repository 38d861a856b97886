//! Cuts geometry that reaches beyond 180 degrees east or west into parts that each stay on one side (RFC 7946 section 3.1.9).
//!
//! In: longitudes written on past 180, such as a line from 178 to 182. Out: the same places with longitudes -180 to 180.

use geo::{BooleanOps, CoordsIter, MapCoords};
use geo_types::{Coord, Geometry, GeometryCollection, Line, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Rect};

const HALF_TURN_DEG: f64 = 180.0;
const TURN_DEG: f64 = 360.0;

/// Whether any longitude lies beyond 180 degrees; one pass over the vertices.
pub fn is_crossed(geometry: &Geometry<f64>) -> bool {
    geometry.coords_iter().any(|coord| coord.x.abs() > HALF_TURN_DEG)
}

/// The parts, wrapped into -180 to 180.
pub fn cut(geometry: &Geometry<f64>) -> Geometry<f64> {
    match geometry {
        Geometry::Point(point) => wrap_point(*point).into(),
        Geometry::MultiPoint(points) => MultiPoint(points.iter().map(|point| wrap_point(*point)).collect()).into(),
        Geometry::Line(line) => lines([LineString::from(*line)].iter()),
        Geometry::LineString(line) => lines([line.clone()].iter()),
        Geometry::MultiLineString(parts) => lines(parts.iter()),
        Geometry::Polygon(area) => areas(&MultiPolygon(vec![area.clone()])),
        Geometry::MultiPolygon(parts) => areas(parts),
        Geometry::Rect(rect) => areas(&MultiPolygon(vec![rect.to_polygon()])),
        Geometry::Triangle(triangle) => areas(&MultiPolygon(vec![triangle.to_polygon()])),
        Geometry::GeometryCollection(members) => {
            Geometry::GeometryCollection(GeometryCollection(members.iter().map(cut).collect()))
        }
    }
}

/// Number of the turn a longitude lies in: 0 from -180 to 180, 1 from 180 to 540.
fn turn(lon_deg: f64) -> f64 {
    ((lon_deg + HALF_TURN_DEG) / TURN_DEG).floor()
}

fn wrap_point(point: Point<f64>) -> Point<f64> {
    match point.x().abs() > HALF_TURN_DEG {
        true => Point::new(point.x() - turn(point.x()) * TURN_DEG, point.y()),
        false => point,
    }
}

fn lines<'a>(parts: impl Iterator<Item = &'a LineString<f64>>) -> Geometry<f64> {
    let mut pieces: Vec<LineString<f64>> = Vec::new();
    for line in parts {
        let mut turn_now = None;
        for segment in line.lines() {
            for (turn, from, to) in split(segment) {
                match pieces.last_mut() {
                    Some(piece) if turn_now == Some(turn) => piece.0.push(to),
                    _ => pieces.push(LineString(vec![from, to])),
                }
                turn_now = Some(turn);
            }
        }
    }
    match <[LineString<f64>; 1]>::try_from(pieces) {
        Ok([only]) => only.into(),
        Err(pieces) => MultiLineString(pieces).into(),
    }
}

/// One segment as stretches of one turn each, wrapped.
fn split(segment: Line<f64>) -> Vec<(i64, Coord<f64>, Coord<f64>)> {
    let (start, end) = (segment.start, segment.end);
    let (low, high) = (start.x.min(end.x), start.x.max(end.x));
    let mut cuts = vec![0.0, 1.0];
    let mut meridian = turn(low) * TURN_DEG + HALF_TURN_DEG;
    while meridian < high {
        cuts.push((meridian - start.x) / (end.x - start.x));
        meridian += TURN_DEG;
    }
    cuts.sort_by(f64::total_cmp);
    let at = |share: f64| start + (end - start) * share;
    cuts.windows(2)
        .filter_map(|pair| <[f64; 2]>::try_from(pair).ok())
        .filter(|[from, to]| from < to || low == high)
        .map(|[from, to]| {
            let turn = turn(at((from + to) / 2.0).x);
            let shift = |coord: Coord<f64>| Coord { x: (coord.x - turn * TURN_DEG).clamp(-180.0, 180.0), y: coord.y };
            (turn as i64, shift(at(from)), shift(at(to)))
        })
        .collect()
}

fn areas(parts: &MultiPolygon<f64>) -> Geometry<f64> {
    let lons = || parts.coords_iter().map(|coord| coord.x);
    let (first, last) = (lons().map(turn).fold(f64::MAX, f64::min), lons().map(turn).fold(f64::MIN, f64::max));
    let mut pieces = Vec::new();
    let mut turn = first;
    while turn <= last {
        let (west, east) = (turn * TURN_DEG - HALF_TURN_DEG, turn * TURN_DEG + HALF_TURN_DEG);
        let strip = Rect::new((west, -90.0), (east, 90.0)).to_polygon();
        let piece = parts.intersection(&strip);
        pieces.extend(piece.map_coords(|coord| Coord { x: (coord.x - turn * TURN_DEG).clamp(-180.0, 180.0), y: coord.y }));
        turn += 1.0;
    }
    MultiPolygon(pieces).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_where_it_crosses_and_nowhere_else() {
        let line = LineString::from(vec![(170.0, 0.0), (178.0, 4.0), (186.0, 8.0), (190.0, 8.0)]);
        let Geometry::MultiLineString(parts) = cut(&line.into()) else { panic!("two parts") };
        assert_eq!(parts.0[0], LineString::from(vec![(170.0, 0.0), (178.0, 4.0), (180.0, 5.0)]));
        assert_eq!(parts.0[1], LineString::from(vec![(-180.0, 5.0), (-174.0, 8.0), (-170.0, 8.0)]));
    }

    #[test]
    fn the_western_side_works_alike() {
        let line = LineString::from(vec![(-178.0, 0.0), (-182.0, 4.0)]);
        let Geometry::MultiLineString(parts) = cut(&line.into()) else { panic!("two parts") };
        assert_eq!(parts.0[0], LineString::from(vec![(-178.0, 0.0), (-180.0, 2.0)]));
        assert_eq!(parts.0[1], LineString::from(vec![(180.0, 2.0), (178.0, 4.0)]));
    }

    #[test]
    fn a_line_along_a_meridian_beyond_180_keeps_its_length() {
        let line = LineString::from(vec![(182.0, 0.0), (182.0, 4.0)]);
        assert_eq!(cut(&line.into()), LineString::from(vec![(-178.0, 0.0), (-178.0, 4.0)]).into());
    }

    #[test]
    fn the_edge_itself_is_not_beyond() {
        assert!(!is_crossed(&LineString::from(vec![(-180.0, 0.0), (180.0, 0.0)]).into()));
        assert_eq!(cut(&Point::new(181.0, 5.0).into()), Point::new(-179.0, 5.0).into());
    }
}
