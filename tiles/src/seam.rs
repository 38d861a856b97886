//! Vertices where a path crosses the sides of a tile, so that neighbours meet exactly.
//!
//! ```text
//!        side                 side
//!   a-----|------b    ->  a----p-----b      p is rounded; both tiles that share the side put it at the same place
//! ```
//! Without them each tile clips the segment at its own buffer and rounds there, and the two pictures of it differ by up to half
//! a unit where they meet.

use crate::clip::crossing;
use crate::grid::{EXTENT, World};
use crate::scene::Ends;

/// The four sides of a tile, in its own units: axis and position.
const SIDES: [(usize, i64); 4] = [(0, 0), (0, EXTENT as i64), (1, 0), (1, EXTENT as i64)];

/// Puts in the crossings; `spare` is a buffer. What lies wholly beyond `low..=high` on one axis is out of sight and stays as it is.
pub(crate) fn split(points: &mut Vec<World>, spare: &mut Vec<World>, ends: Ends, low: i64, high: i64) {
    spare.clear();
    let Some(&first) = points.first() else { return };
    let sides = |at: World| (beyond(at, low, high), beyond(at, 0, EXTENT.into()));
    let closing = (ends == Ends::Closed).then_some(&first);
    // Most paths cross a side nowhere or seldom: what lies between crossings is copied whole, and nothing if there is none.
    let mut copied = 0;
    let (mut from, mut from_sides) = (first, sides(first));
    for (at, &to) in points.iter().skip(1).chain(closing).enumerate() {
        let to_sides = sides(to);
        if from_sides.1 != to_sides.1 && from_sides.0 & to_sides.0 == 0 {
            spare.extend_from_slice(points.get(copied..=at).unwrap_or_default());
            copied = at + 1;
            cross(from, to, spare);
        }
        (from, from_sides) = (to, to_sides);
    }
    if copied > 0 {
        spare.extend_from_slice(points.get(copied..).unwrap_or_default());
        std::mem::swap(points, spare);
    }
}

/// Appends where a segment crosses the sides, in the order in which it does, each place once.
fn cross(from: World, to: World, out: &mut Vec<World>) {
    let within = |axis: usize, side: i64| (from[axis] < side && side < to[axis]) || (to[axis] < side && side < from[axis]);
    let mut crossings: Vec<World> =
        SIDES.into_iter().filter(|&(axis, side)| within(axis, side)).map(|(axis, side)| crossing(from, to, axis, side)).collect();
    let longer = usize::from((to[0] - from[0]).abs() < (to[1] - from[1]).abs());
    crossings.sort_unstable_by_key(|point| [longer, 1 - longer].map(|axis| (point[axis] - from[axis]).abs()));
    crossings.dedup();
    out.extend(crossings.into_iter().filter(|point| *point != from && *point != to));
}

/// A bit for each side of the square from `low` to `high` that a position lies beyond.
fn beyond([x, y]: World, low: i64, high: i64) -> u8 {
    u8::from(x < low) | u8::from(x > high) << 1 | u8::from(y < low) << 2 | u8::from(y > high) << 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_line(points: &[World]) -> Vec<World> {
        let mut points = points.to_vec();
        split(&mut points, &mut Vec::new(), Ends::Open, -64, 4160);
        points
    }

    #[test]
    fn a_line_gets_a_vertex_at_each_side_it_crosses() {
        assert_eq!(split_line(&[[-10, 100], [5000, 100]]), [[-10, 100], [0, 100], [4096, 100], [5000, 100]]);
        assert_eq!(split_line(&[[4090, 4086], [4110, 4106]]), [[4090, 4086], [4096, 4092], [4100, 4096], [4110, 4106]]);
        assert_eq!(split_line(&[[-8, -8], [8, 8]]), [[-8, -8], [0, 0], [8, 8]], "a corner is one place");
    }

    #[test]
    fn what_stays_on_one_side_is_left_alone() {
        for line in [[[10, 10], [4000, 4000]], [[5000, 10], [6000, 9000]], [[0, 0], [4096, 4096]], [[0, 5], [-3, 5]]] {
            assert_eq!(split_line(&line), line);
        }
    }

    #[test]
    fn a_ring_is_split_on_its_closing_edge_too() {
        let mut ring = vec![[10, 10], [20, 10], [-10, 30]];
        split(&mut ring, &mut Vec::new(), Ends::Closed, -64, 4160);
        assert_eq!(ring, [[10, 10], [20, 10], [0, 23], [-10, 30], [0, 20]]);
    }
}
