//! How much of a line lies in areas, in metres. What lies in several is counted once; touching is not overlapping.
//!
//! Each edge is cut where it meets the rings, and a piece is inside if its middle is: unions are unions of stretches of the line, so no
//! areas have to be united. `O(edges x vertices)`.

use super::geodesy::{distance_m, pieces};
use geo::CoordinatePosition;
use geo::coordinate_position::CoordPos;
use geo_types::{Coord, Line, LineString, MultiPolygon};

/// Metres of a line within any of the shapes.
pub fn within_m<'s>(line: &LineString<f64>, shapes: impl Iterator<Item = &'s MultiPolygon<f64>> + Clone) -> f64 {
    line.lines().flat_map(pieces).map(|piece| piece_within_m(piece, shapes.clone())).sum()
}

fn piece_within_m<'s>(piece: Line<f64>, shapes: impl Iterator<Item = &'s MultiPolygon<f64>>) -> f64 {
    let at = |share: f64| piece.start + (piece.end - piece.start) * share;
    let mut inside: Vec<(f64, f64)> = shapes.flat_map(|shape| stretches(piece, shape)).collect();
    inside.sort_by(|one, other| one.0.total_cmp(&other.0));
    let mut reached = 0.0_f64;
    let mut sum_m = 0.0;
    for (start, end) in inside {
        let start = start.max(reached);
        if start < end {
            sum_m += distance_m(at(start), at(end));
            reached = end;
        }
    }
    sum_m
}

/// The stretches of an edge that lie in a shape, as shares of the edge.
fn stretches(edge: Line<f64>, shape: &MultiPolygon<f64>) -> Vec<(f64, f64)> {
    let rings = shape.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()));
    let mut cuts: Vec<f64> = rings.flat_map(LineString::lines).flat_map(|side| meets(edge, side)).flatten().collect();
    cuts.extend([0.0, 1.0]);
    cuts.sort_by(f64::total_cmp);
    let is_inside = |start: f64, end: f64| {
        let middle = edge.start + (edge.end - edge.start) * (start.midpoint(end));
        shape.coordinate_position(&middle) == CoordPos::Inside
    };
    let pairs = cuts.iter().zip(cuts.iter().skip(1)).map(|(start, end)| (*start, *end));
    pairs.filter(|&(start, end)| start < end && is_inside(start, end)).collect()
}

/// By how much of an edge or side a meeting may be missed through rounding. A cut too many does not matter, one too few, at a corner of a ring, does.
const ROUNDING: f64 = 1e-9;

/// Where on an edge it meets a side of a ring; of two on one straight line, where the side begins and ends.
pub(super) fn meets(edge: Line<f64>, side: Line<f64>) -> [Option<f64>; 2] {
    let (along, across, apart) = (edge.end - edge.start, side.end - side.start, side.start - edge.start);
    let turn = cross(along, across);
    if turn == 0.0 {
        let share = |at: Coord<f64>| {
            let length = along.x * along.x + along.y * along.y;
            let share = ((at.x - edge.start.x) * along.x + (at.y - edge.start.y) * along.y) / length;
            (0.0..=1.0).contains(&share).then_some(share)
        };
        return if cross(along, apart) == 0.0 { [share(side.start), share(side.end)] } else { [None, None] };
    }
    let (share, of_side) = (cross(apart, across) / turn, cross(apart, along) / turn);
    let within = -ROUNDING..=1.0 + ROUNDING;
    let is_met = within.contains(&share) && within.contains(&of_side);
    [is_met.then_some(share.clamp(0.0, 1.0)), None]
}

fn cross(one: Coord<f64>, other: Coord<f64>) -> f64 {
    one.x * other.y - one.y * other.x
}
