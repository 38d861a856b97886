//! From which zoom on each vertex of a path is needed, worked out once for the whole path.
//!
//! Douglas-Peucker without a tolerance: each vertex gets the distance at which it would be dropped, and that distance is the
//! zoom from which it matters. A zoom is then a filter over ranks, the same in every tile, so neighbours agree.
//! Iterative, so that a path of a million vertices needs no stack. Frame: the 2^32 grid.

use crate::grid::{MAX_ZOOM, World, unit_shift};

/// A vertex closer than this to the simplified path is left out, in tile units: a quarter of a pixel on a 512 px tile.
pub const TOLERANCE_UNITS: f64 = (1 << TOLERANCE_BITS) as f64;
const TOLERANCE_BITS: u8 = 1;

/// A position as floating point holds it, which is exactly.
type Exact = [f64; 2];

/// Ranks of a path: its ends are always needed, and of one that ends where it began the farthest vertex too, so that it stays one.
pub(crate) fn of_line(points: &[World]) -> Vec<u8> {
    let mut ranks = vec![MAX_ZOOM; points.len()];
    let points = exact(points);
    let (Some(&first), Some(last)) = (points.first(), points.len().checked_sub(1)) else { return ranks };
    let turn = if points[last] == first { Span::between(first, first).farthest(&points).number } else { last };
    for needed in [0, turn, last] {
        ranks[needed] = 0;
    }
    refine(&points, &mut ranks, vec![(0, turn, 0), (turn, last, 0)]);
    ranks
}

/// Ranks of a closed ring, given without its repeated last vertex: three corners are always needed, so that an area stays one; two of a ring on one line.
pub(crate) fn of_ring(points: &[World]) -> Vec<u8> {
    let mut ranks = vec![MAX_ZOOM; points.len()];
    let mut points = exact(points);
    let Some(&first) = points.first() else { return ranks };
    let opposite = Span::between(first, first).farthest(&points).number;
    let third = Span::between(first, points[opposite]).farthest(&points).number;
    let mut corners = [0, opposite, third];
    corners.sort_unstable();
    corners.iter().for_each(|&corner| ranks[corner] = 0);

    let end = points.len();
    points.push(first);
    ranks.push(0);
    refine(&points, &mut ranks, vec![(corners[0], corners[1], 0), (corners[1], corners[2], 0), (corners[2], end, 0)]);
    ranks.pop();
    ranks
}

/// With room for one more.
fn exact(points: &[World]) -> Vec<Exact> {
    let mut exact = Vec::with_capacity(points.len() + 1);
    exact.extend(points.iter().map(|point| point.map(|steps| steps as f64)));
    exact
}

/// Ranks what lies between needed vertices: spans from one to another, with their ranks. Nothing gets a lower rank than the span it lies in.
fn refine(points: &[Exact], ranks: &mut [u8], mut spans: Vec<(usize, usize, u8)>) {
    while let Some((from, mut to, mut rank)) = spans.pop() {
        // The near part of each span comes next, the far one in its turn.
        while to > from + 1 {
            let farthest = Span::between(points[from], points[to]).farthest(&points[from + 1..to]);
            let split = from + 1 + farthest.number;
            rank = needed_from(farthest.square_distance, rank);
            ranks[split] = rank;
            if rank == MAX_ZOOM {
                // Everything below is needed at the highest zoom only, which is how ranks began.
                break;
            }
            if to > split + 1 {
                spans.push((split, to, rank));
            }
            to = split;
        }
    }
}

/// The lowest zoom, from `span_rank` on, at which a deviation (squared, in grid steps) reaches the tolerance; the highest zoom keeps everything.
fn needed_from(square_distance: f64, span_rank: u8) -> u8 {
    // Squared tolerances are powers of four: a look at the exponent instead of a search that no processor foresees.
    let whole_bits = (square_distance.to_bits() >> (f64::MANTISSA_DIGITS - 1)) as i32 - (f64::MAX_EXP - 1);
    let bits_at_zoom_0 = 2 * i32::from(TOLERANCE_BITS + unit_shift(0));
    let zoom = (bits_at_zoom_0 - whole_bits + 1).div_euclid(2);
    zoom.clamp(span_rank.into(), MAX_ZOOM.into()) as u8
}

/// A straight way from one position to another.
struct Span {
    start: Exact,
    along: Exact,
    square_length: f64,
}

/// The vertex farthest from a span.
struct Farthest {
    number: usize,
    square_distance: f64,
}

impl Span {
    fn between(start: Exact, end: Exact) -> Self {
        let along = [end[0] - start[0], end[1] - start[1]];
        let square_length = along[0] * along[0] + along[1] * along[1];
        // Of a span without a length all that is weighed is how far it is to its start.
        Self { start, along, square_length: if square_length > 0.0 { square_length } else { 1.0 } }
    }

    /// The first of those that are farthest; number 0 of none.
    fn farthest(&self, points: &[Exact]) -> Farthest {
        let (mut number, mut weighed) = (0, -1.0);
        for (this, point) in points.iter().enumerate() {
            let distance = self.weighed_distance(*point);
            if distance > weighed {
                (number, weighed) = (this, distance);
            }
        }
        Farthest { number, square_distance: weighed / self.square_length }
    }

    /// The squared distance times the squared length: what is to be compared needs no division.
    fn weighed_distance(&self, point: Exact) -> f64 {
        let ([px, py], [bx, by]) = ([point[0] - self.start[0], point[1] - self.start[1]], self.along);
        let along = px * bx + py * by;
        if along > 0.0 && along < self.square_length {
            let across = px * by - py * bx;
            return across * across;
        }
        let [dx, dy] = if along > 0.0 { [px - bx, py - by] } else { [px, py] };
        (dx * dx + dy * dy) * self.square_length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vertex_matters_from_the_zoom_at_which_it_shows() {
        // A detour of 2^12 steps: 2 units of 2^(20-z) steps at zoom 9.
        let detour = |steps: i64| of_line(&[[0, 0], [1 << 20, steps], [1 << 21, 0]])[1];
        assert_eq!([(1 << 12) - 1, 1 << 12, 1 << 13, 1, 1 << 30].map(detour), [10, 9, 8, MAX_ZOOM, 0]);
    }

    #[test]
    fn ranks_are_those_of_a_plain_comparison_with_each_tolerance() {
        let lowest = |square: f64| {
            (0..MAX_ZOOM)
                .find(|&zoom| square >= (TOLERANCE_UNITS * f64::from(1u32 << unit_shift(zoom))).powi(2))
                .unwrap_or(MAX_ZOOM)
        };
        for square in (-4..66).flat_map(|power| [0.0, 0.7, 1.0, 1.01, 1.9].map(|share| share * 2f64.powi(power))) {
            for span_rank in [0, 7, MAX_ZOOM] {
                assert_eq!(needed_from(square, span_rank), lowest(square).max(span_rank), "{square}");
            }
        }
    }

    #[test]
    fn a_straight_middle_is_needed_last() {
        assert_eq!(of_line(&[[0, 0], [100, 0], [200, 0]]), [0, MAX_ZOOM, 0]);
    }

    #[test]
    fn a_ring_keeps_three_corners_at_every_zoom() {
        let square = [[0, 0], [10, 0], [10, 10], [0, 10]];
        assert_eq!(of_ring(&square).iter().filter(|rank| **rank == 0).count(), 3);
    }

    #[test]
    fn a_part_never_outranks_its_span() {
        let zigzag: Vec<World> = (0..1000).map(|step| [step << 16, (step * 7919) % (1 << 18)]).collect();
        let ranks = of_line(&zigzag);
        // What a coarser zoom keeps, every finer zoom keeps: filters nest by construction of one rank a vertex.
        assert_eq!(ranks.len(), zigzag.len());
        assert!(ranks.iter().filter(|rank| **rank <= 2).count() < ranks.iter().filter(|rank| **rank <= 8).count());
    }

    #[test]
    fn paths_too_short_to_simplify_are_left_alone() {
        assert!(of_line(&[]).is_empty());
        assert_eq!(of_line(&[[1, 1]]), [0]);
        assert_eq!(of_line(&[[1, 1], [2, 2]]), [0, 0]);
        assert!(of_ring(&[]).is_empty());
    }
}
