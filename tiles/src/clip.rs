//! Clipping to a window, one axis after the other, on integers.
//!
//! ```text
//!   low            high
//!    |   a----b     |      kept
//!  a-+---->b        |      enters: starts at the side
//!    |     a--------+->b   leaves: ends at the side
//! ```
//! Vertices have been rounded before, so inside both windows two neighbours see the same ones.

use crate::grid::World;

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

/// Clips a closed ring (last vertex not repeated) to `low..=high` on both axes: Sutherland-Hodgman.
///
/// Where the ring leaves and comes back, an edge runs along the side of the window. `spare` is a buffer.
pub(crate) fn ring(points: &mut Vec<World>, spare: &mut Vec<World>, low: i64, high: i64) {
    for axis in 0..2 {
        if points.iter().any(|point| point[axis] < low) {
            half_plane(points, spare, axis, low, |at| at >= low);
            std::mem::swap(points, spare);
        }
        if points.iter().any(|point| point[axis] > high) {
            half_plane(points, spare, axis, high, |at| at <= high);
            std::mem::swap(points, spare);
        }
    }
}

fn half_plane(points: &[World], out: &mut Vec<World>, axis: usize, side: i64, inside: impl Fn(i64) -> bool) {
    out.clear();
    let Some(mut previous) = points.last().copied() else { return };
    let mut push = |point: World| {
        if out.last() != Some(&point) {
            out.push(point);
        }
    };
    for &point in points {
        let (was, is) = (inside(previous[axis]), inside(point[axis]));
        if was != is {
            push(crossing(previous, point, axis, side));
        }
        if is {
            push(point);
        }
        previous = point;
    }
    if out.len() > 1 && out.first() == out.last() {
        out.pop();
    }
}

/// Clips an open path to `low..=high` on both axes and hands each piece of two or more vertices to `emit`. `piece` is a buffer.
pub(crate) fn line(points: &[World], piece: &mut Vec<World>, low: i64, high: i64, mut emit: impl FnMut(&[World])) {
    piece.clear();
    let mut finish = |piece: &mut Vec<World>| {
        if piece.len() > 1 {
            emit(piece);
        }
        piece.clear();
    };
    let is_inside = |at: &World| at.iter().all(|unit| (low..=high).contains(unit));
    let mut was_inside = points.first().is_some_and(is_inside);
    for pair in points.windows(2) {
        let &[from, to] = pair else { continue };
        let both_inside = was_inside & is_inside(&to);
        was_inside = is_inside(&to);
        let part = if both_inside { Some([from, to]) } else { segment([from, to], low, high) };
        let Some([start, end]) = part else {
            finish(piece);
            continue;
        };
        if piece.last() != Some(&start) {
            finish(piece);
            piece.push(start);
        }
        if start != end {
            piece.push(end);
        }
        if end != to {
            finish(piece);
        }
    }
    finish(piece);
}

/// The part of a segment within the window, if any.
fn segment([mut a, mut b]: [World; 2], low: i64, high: i64) -> Option<[World; 2]> {
    for axis in 0..2 {
        for (side, outside_a, outside_b) in [(low, a[axis] < low, b[axis] < low), (high, a[axis] > high, b[axis] > high)] {
            match (outside_a, outside_b) {
                (true, true) => return None,
                (true, false) => a = crossing(b, a, axis, side),
                (false, true) => b = crossing(a, b, axis, side),
                (false, false) => (),
            }
        }
    }
    Some([a, b])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clipped_ring(points: &[World]) -> Vec<World> {
        let mut points = points.to_vec();
        ring(&mut points, &mut Vec::new(), 0, 10);
        points
    }

    fn clipped_line(points: &[World]) -> Vec<Vec<World>> {
        let mut pieces = Vec::new();
        line(points, &mut Vec::new(), 0, 10, |piece| pieces.push(piece.to_vec()));
        pieces
    }

    #[test]
    fn a_ring_around_the_window_becomes_the_window() {
        let mut corners = clipped_ring(&[[-5, -5], [20, -5], [20, 20], [-5, 20]]);
        corners.sort_unstable();
        assert_eq!(corners, [[0, 0], [0, 10], [10, 0], [10, 10]]);
    }

    #[test]
    fn a_ring_beside_the_window_vanishes_and_one_inside_stays() {
        assert!(clipped_ring(&[[11, 1], [20, 1], [20, 9]]).is_empty());
        assert_eq!(clipped_ring(&[[1, 1], [5, 1], [5, 5]]).len(), 3);
    }

    #[test]
    fn a_line_that_leaves_and_returns_becomes_two() {
        let pieces = clipped_line(&[[2, 5], [20, 5], [20, 8], [2, 8]]);
        assert_eq!(pieces, [vec![[2, 5], [10, 5]], vec![[10, 8], [2, 8]]]);
    }

    #[test]
    fn a_line_through_the_window_keeps_its_middle() {
        assert_eq!(clipped_line(&[[-10, 0], [20, 10]]), [vec![[0, 3], [10, 7]]]);
        assert!(clipped_line(&[[-10, -1], [20, -1]]).is_empty());
    }

    #[test]
    fn clipping_twice_is_clipping_once() {
        let ring = [[-5, 3], [4, -7], [25, 4], [6, 13], [5, 30]];
        let once = clipped_ring(&ring);
        assert_eq!(clipped_ring(&once), once);
    }

    #[test]
    fn crossings_round_to_the_nearest_whichever_way_they_run() {
        assert_eq!(crossing([0, 0], [10, 3], 0, 5), [5, 2]);
        assert_eq!(crossing([0, 0], [10, -3], 0, 5), [5, -2]);
        assert_eq!(crossing([0, 0], [3, 1], 0, 1), [1, 0]);
        assert_eq!(crossing([-1 << 33, -1 << 33], [1 << 33, 1 << 33], 0, 7), [7, 7]);
    }
}
