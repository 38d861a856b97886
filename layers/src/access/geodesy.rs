//! Lengths and distances on WGS 84 in metres, by Karney's geodesics (geographiclib). Edges are straight in longitude and latitude, as RFC 7946 has
//! them; a long one is measured in pieces, because the geodesic between its ends is not the same line.

use geo::{Distance, Geodesic};
use geo_types::{Coord, Line, LineString, Point};

/// Longest piece of an edge that is measured as one.
const PIECE_M: f64 = 10_000.0;
/// A degree along a meridian is nowhere shorter than this, metres.
const LEAST_DEGREE_M: f64 = 110_574.0;
/// A degree along the equator is no longer than this, metres.
const EQUATOR_DEGREE_M: f64 = 111_319.0;

/// Distance between two positions, metres.
pub fn distance_m(one: Coord<f64>, other: Coord<f64>) -> f64 {
    Geodesic.distance(Point(one), Point(other))
}

/// Length of a line, metres.
pub fn length_m(line: &LineString<f64>) -> f64 {
    line.lines().map(edge_m).sum()
}

/// Length of one edge, metres.
pub fn edge_m(edge: Line<f64>) -> f64 {
    pieces(edge).map(|piece| distance_m(piece.start, piece.end)).sum()
}

/// An edge cut into equal pieces of 10 km at most.
pub fn pieces(edge: Line<f64>) -> impl Iterator<Item = Line<f64>> {
    let count = (distance_m(edge.start, edge.end) / PIECE_M).ceil().max(1.0);
    let at = move |number: f64| edge.start + (edge.end - edge.start) * (number / count);
    (0..count as u32).map(f64::from).map(move |number| Line::new(at(number), at(number + 1.0)))
}

/// Where on a line a position is nearest to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest {
    /// Where that is.
    pub at: Coord<f64>,
    /// Distance to it, metres.
    pub distance_m: f64,
    /// Length of the line up to there, metres.
    pub along_m: f64,
    /// Left of the line, seen along it, is 1, right is -1, on it 0.
    pub side: i8,
}

/// The nearest position on a line; `None` of a line without edges. Within 0.1 % up to 100 km.
pub fn nearest(line: &LineString<f64>, from: Coord<f64>) -> Option<Nearest> {
    Ruler::of(line).nearest(from)
}

/// A line that was measured once, to be asked for what is nearest again and again.
#[derive(Debug, Clone)]
pub struct Ruler {
    /// Its pieces, and the length of the line up to each.
    pieces: Vec<(Line<f64>, f64)>,
}

impl Ruler {
    /// In a plane that is true at a position, something may look nearer than what is, but not by more than this, squared, as far as it is
    /// promised to be exact.
    const SLACK_SQUARED: f64 = 1.5;

    /// Measures a line.
    pub fn of(line: &LineString<f64>) -> Self {
        let mut passed_m = 0.0;
        let measured = line.lines().flat_map(pieces).map(|piece| {
            let before_m = passed_m;
            passed_m += distance_m(piece.start, piece.end);
            (piece, before_m)
        });
        Self { pieces: measured.collect() }
    }

    /// The nearest position, found in a plane that is true at `from`; of what is about as near there, the nearest on the ground.
    pub fn nearest(&self, from: Coord<f64>) -> Option<Nearest> {
        let flat = |(piece, _): &(Line<f64>, f64)| flat_squared(piece.start + piece.delta() * share_nearest(*piece, from), from);
        let least = self.pieces.iter().map(flat).min_by(f64::total_cmp)?;
        let close = self.pieces.iter().filter(|piece| flat(piece) <= least * Self::SLACK_SQUARED);
        let on_ground = close.map(|(piece, before_m)| {
            let at = piece.start + piece.delta() * share_nearest(*piece, from);
            (distance_m(from, at), at, *piece, *before_m)
        });
        let (distance_m, at, piece, before_m) = on_ground.min_by(|one, other| one.0.total_cmp(&other.0))?;
        Some(Nearest { at, distance_m, along_m: before_m + self::distance_m(piece.start, at), side: side(piece, from) })
    }
}

/// Square of the distance in a plane that is true at `from`, in degrees.
fn flat_squared(at: Coord<f64>, from: Coord<f64>) -> f64 {
    let (east, north) = ((at.x - from.x) * from.y.to_radians().cos(), at.y - from.y);
    east * east + north * north
}

/// How far along an edge, 0 to 1, it comes nearest to a position.
fn share_nearest(edge: Line<f64>, from: Coord<f64>) -> f64 {
    let east = from.y.to_radians().cos();
    let flat = |at: Coord<f64>| Coord { x: (at.x - from.x) * east, y: at.y - from.y };
    let (start, end) = (flat(edge.start), flat(edge.end));
    let along = end - start;
    let squared = along.x * along.x + along.y * along.y;
    if squared > 0.0 { (-(start.x * along.x + start.y * along.y) / squared).clamp(0.0, 1.0) } else { 0.0 }
}

fn side(edge: Line<f64>, from: Coord<f64>) -> i8 {
    let cross = (edge.end.x - edge.start.x) * (from.y - edge.start.y) - (edge.end.y - edge.start.y) * (from.x - edge.start.x);
    if cross > 0.0 {
        1
    } else if cross < 0.0 {
        -1
    } else {
        0
    }
}

/// The corners of a box that holds everything within a distance of another: west, south, east, north in degrees. Whole parallels where a
/// pole is near.
pub fn widened((west, south, east, north): (f64, f64, f64, f64), by_m: f64) -> (f64, f64, f64, f64) {
    let up = by_m / LEAST_DEGREE_M;
    let (south, north) = ((south - up).max(-90.0), (north + up).min(90.0));
    let narrowest = south.abs().max(north.abs()).to_radians().cos();
    let across = by_m / (EQUATOR_DEGREE_M * narrowest);
    if across < 180.0 { (west - across, south, east + across, north) } else { (-180.0, south, 180.0, north) }
}
