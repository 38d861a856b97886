//! Vertices where a path crosses the sides of a tile, so that neighbours meet exactly.
//!
//! ```text
//!        side                 side
//!   a-----|------b    ->  a----p-----b      p is rounded; both tiles that share the side put it at the same place
//! ```
//! Without them each tile clips the segment at its own buffer and rounds there, and the two pictures of it differ by up to half
//! a unit where they meet.

use crate::grid::{EXTENT, World};

/// The four sides of a tile, in its own units and in the order of the bits of `beyond`: axis and position.
const SIDES: [(usize, i64); 4] = [(0, 0), (0, EXTENT as i64), (1, 0), (1, EXTENT as i64)];

/// The vertices that a segment gets, in the order in which it crosses the sides, each place once.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Crossings {
    at: [World; 4],
    count: usize,
}

impl Crossings {
    pub(crate) fn all(&self) -> &[World] {
        self.at.get(..self.count).unwrap_or_default()
    }
}

/// Where a segment crosses the sides, each end told with those that it lies beyond.
pub(crate) fn crossings((from, from_sides): (World, u8), (to, to_sides): (World, u8)) -> Crossings {
    let mut found = Crossings::default();
    let crossed = from_sides ^ to_sides;
    let crossed = SIDES.into_iter().enumerate().filter(|(number, _)| crossed >> number & 1 == 1);
    for (_, (axis, side)) in crossed.filter(|&(_, (axis, side))| from[axis] != side && to[axis] != side) {
        let at = crossing(from, to, axis, side);
        let known = found.at.get(..found.count).unwrap_or_default();
        if at != from && at != to && !known.contains(&at) {
            found.at[found.count] = at;
            found.count += 1;
        }
    }
    if found.count > 1 {
        let longer = usize::from((to[0] - from[0]).abs() < (to[1] - from[1]).abs());
        let order = |point: &World| [longer, 1 - longer].map(|axis| (point[axis] - from[axis]).abs());
        found.at.get_mut(..found.count).unwrap_or_default().sort_unstable_by_key(order);
    }
    found
}

/// Where the segment from `a` to `b` crosses the line `axis = at`, rounded to the nearest unit.
pub(crate) fn crossing(a: World, b: World, axis: usize, at: i64) -> World {
    let other = 1 - axis;
    let (run, rise) = (b[axis] - a[axis], b[other] - a[other]);
    let part = at - a[axis];
    // Nearest, with halves away from the start, whatever the signs. Products of two 33-bit differences do not fit 64 bits, but few are
    // as large, and dividing 128 bits takes ten times as long.
    let step = if [run, rise, part].iter().all(|difference| difference.unsigned_abs() < 1 << 30) {
        let product = rise * part;
        (2 * product + run.abs() * product.signum()) / (2 * run)
    } else {
        let (run, product) = (i128::from(run), i128::from(rise) * i128::from(part));
        i64::try_from((2 * product + run.abs() * product.signum()) / (2 * run)).unwrap_or_default()
    };
    let mut point = [at, at];
    point[other] = a[other] + step;
    point
}

/// A bit for each side of the square from `low` to `high` that a position lies beyond. What lies beyond the same sides of the tile crosses none
/// of them.
pub(crate) fn beyond([x, y]: World, low: i64, high: i64) -> u8 {
    u8::from(x < low) | u8::from(x > high) << 1 | u8::from(y < low) << 2 | u8::from(y > high) << 3
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_line(points: &[World]) -> Vec<World> {
        let told = |at| (at, beyond(at, 0, EXTENT.into()));
        let split = points.windows(2).flat_map(|pair| [crossings(told(pair[0]), told(pair[1])).all(), &[pair[1]]].concat());
        points.first().copied().into_iter().chain(split).collect()
    }

    #[test]
    fn a_line_gets_a_vertex_at_each_side_it_crosses() {
        assert_eq!(split_line(&[[-10, 100], [5000, 100]]), [[-10, 100], [0, 100], [4096, 100], [5000, 100]]);
        assert_eq!(split_line(&[[4090, 4086], [4110, 4106]]), [[4090, 4086], [4096, 4092], [4100, 4096], [4110, 4106]]);
        assert_eq!(split_line(&[[-8, -8], [8, 8]]), [[-8, -8], [0, 0], [8, 8]], "a corner is one place");
    }

    #[test]
    fn what_stays_on_one_side_is_left_alone() {
        for line in [[[10, 10], [4000, 4000]], [[5000, 10], [6000, 4000]], [[0, 0], [4096, 4096]], [[0, 5], [-3, 5]]] {
            assert_eq!(split_line(&line), line);
        }
    }

    #[test]
    fn crossings_round_to_the_nearest_whichever_way_they_run() {
        assert_eq!(crossing([0, 0], [10, 3], 0, 5), [5, 2]);
        assert_eq!(crossing([0, 0], [10, -3], 0, 5), [5, -2]);
        assert_eq!(crossing([0, 0], [3, 1], 0, 1), [1, 0]);
        assert_eq!(crossing([-1 << 33, -1 << 33], [1 << 33, 1 << 33], 0, 7), [7, 7]);
    }
}
