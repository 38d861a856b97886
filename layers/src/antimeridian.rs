//! Geometry across 180 degrees east or west becomes parts that each stay on one side (RFC 7946 section 3.1.9).
//!
//! Files write it in two ways: longitudes run on, as in a line from 178 to 182, or they jump, as from 178 to -178. `unrolled` makes
//! the first of the second; `cut` takes the first apart. Longitude first, degrees.

use crate::positions;
use geo::{BooleanOps, BoundingRect, CoordsIter, MapCoords};
use geo_types::{
    Coord, Geometry, GeometryCollection, Line, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon, Rect,
};

const HALF_TURN_DEG: f64 = 180.0;
const TURN_DEG: f64 = 360.0;
/// An edge longer than this means the short way across 180 degrees. Between half a turn and this it may be meant as it stands, as
/// in a box around many countries, and RFC 7946 says that it is.
pub(crate) const LONGEST_EDGE_DEG: f64 = 270.0;

/// A ring goes around a pole: it does not close on a flat map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AroundPole;

/// Whether any longitude lies beyond 180 degrees; one pass over the vertices.
pub fn is_crossed(geometry: &Geometry<f64>) -> bool {
    !positions::all(geometry, &mut |at| at.x.abs() <= HALF_TURN_DEG)
}

/// The same with longitudes running on where an edge of more than three quarters of a turn says that it crosses. An edge between -180 and 180
/// itself runs along the rim of the map and stays; so does geometry that runs on already.
pub fn unrolled(mut geometry: Geometry<f64>) -> Result<Geometry<f64>, AroundPole> {
    if !is_crossed(&geometry) {
        unroll(&mut geometry)?;
    }
    Ok(geometry)
}

fn unroll(geometry: &mut Geometry<f64>) -> Result<(), AroundPole> {
    match geometry {
        Geometry::LineString(line) => unroll_path(line),
        Geometry::MultiLineString(lines) => lines.iter_mut().for_each(unroll_path),
        Geometry::Polygon(area) => unroll_area(area)?,
        Geometry::MultiPolygon(areas) => areas.iter_mut().try_for_each(unroll_area)?,
        Geometry::GeometryCollection(members) => members.iter_mut().try_for_each(unroll)?,
        Geometry::Point(_) | Geometry::MultiPoint(_) | Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => (),
    }
    Ok(())
}

fn unroll_path(line: &mut LineString<f64>) {
    let (mut shift, mut before) = (0.0, None::<f64>);
    for at in &mut line.0 {
        if let Some(before) = before
            && (at.x - before).abs() > LONGEST_EDGE_DEG
            && !(at.x.abs() == HALF_TURN_DEG && before.abs() == HALF_TURN_DEG)
        {
            shift += if at.x < before { TURN_DEG } else { -TURN_DEG };
        }
        before = Some(at.x);
        at.x += shift;
    }
}

fn unroll_area(area: &mut Polygon<f64>) -> Result<(), AroundPole> {
    let (mut exterior, mut holes) = std::mem::replace(area, Polygon::empty()).into_inner();
    for ring in std::iter::once(&mut exterior).chain(&mut holes) {
        unroll_path(ring);
        // A polygon would close it with an edge around the world.
        if !ring.is_closed() {
            return Err(AroundPole);
        }
    }
    if let Some(outer) = exterior.bounding_rect() {
        holes.iter_mut().for_each(|hole| bring_within(hole, outer));
    }
    *area = Polygon::new(exterior, holes);
    Ok(())
}

/// Moves a hole to the turn that its exterior runs in.
fn bring_within(hole: &mut LineString<f64>, outer: Rect<f64>) {
    let Some(own) = hole.bounding_rect() else { return };
    let fits = |shift: &f64| own.min().x + shift >= outer.min().x && own.max().x + shift <= outer.max().x;
    if let Some(shift) = [0.0, TURN_DEG, -TURN_DEG].into_iter().find(fits) {
        hole.0.iter_mut().for_each(|at| at.x += shift);
    }
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
    match <[Polygon<f64>; 1]>::try_from(pieces) {
        Ok([only]) => only.into(),
        Err(pieces) => MultiPolygon(pieces).into(),
    }
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
    fn a_jump_of_more_than_half_a_turn_is_a_crossing() {
        let line = LineString::from(vec![(179.0, 0.0), (-179.0, 2.0), (178.0, 4.0)]);
        let expected = LineString::from(vec![(179.0, 0.0), (181.0, 2.0), (178.0, 4.0)]);
        assert_eq!(unrolled(line.into()), Ok(expected.into()));
        let hole = vec![(-175.0, -2.0), (-175.0, 2.0), (-172.0, 2.0), (-175.0, -2.0)];
        let ring = vec![(170.0, -10.0), (-170.0, -10.0), (-170.0, 10.0), (170.0, 10.0), (170.0, -10.0)];
        let Ok(Geometry::Polygon(area)) = unrolled(Polygon::new(ring.into(), vec![hole.into()]).into()) else {
            panic!("an area")
        };
        assert_eq!(area.bounding_rect().map(|rect| (rect.min().x, rect.max().x)), Some((170.0, 190.0)));
        assert_eq!(area.interiors()[0].0[0].x, 185.0);
        let Geometry::MultiPolygon(parts) = cut(&area.into()) else { panic!("two parts") };
        assert_eq!((parts.0.len(), parts.iter().map(|part| part.interiors().len()).sum::<usize>()), (2, 1));
    }

    #[test]
    fn the_rim_of_the_map_is_no_crossing_and_a_ring_around_a_pole_is_told() {
        let antarctica = [(-180.0, -90.0), (180.0, -90.0), (180.0, -84.0), (0.0, -70.0), (-180.0, -84.0), (-180.0, -90.0)];
        let antarctica: Geometry<f64> = Polygon::new(antarctica.to_vec().into(), vec![]).into();
        assert_eq!(unrolled(antarctica.clone()), Ok(antarctica));
        let around = vec![(0.0, 80.0), (90.0, 80.0), (170.0, 80.0), (-170.0, 80.0), (-90.0, 80.0), (0.0, 80.0)];
        assert_eq!(unrolled(Polygon::new(around.into(), vec![]).into()), Err(AroundPole));
    }

    #[test]
    fn a_wide_box_is_what_it_says() {
        let wide = vec![(-100.0, -10.0), (100.0, -10.0), (100.0, 10.0), (-100.0, 10.0), (-100.0, -10.0)];
        let wide: Geometry<f64> = Polygon::new(wide.into(), vec![]).into();
        assert_eq!(unrolled(wide.clone()), Ok(wide));
    }

    #[test]
    fn the_edge_itself_is_not_beyond() {
        assert!(!is_crossed(&LineString::from(vec![(-180.0, 0.0), (180.0, 0.0)]).into()));
        assert_eq!(cut(&Point::new(181.0, 5.0).into()), Point::new(-179.0, 5.0).into());
    }
}
