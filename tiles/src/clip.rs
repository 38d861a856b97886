//! Clipping to a window on integers, vertex by vertex as a path is walked.
//!
//! ```text
//!   low            high
//!    |   a----b     |      kept
//!  a-+---->b        |      enters: starts at the side
//!    |     a--------+->b   leaves: ends at the side
//! ```
//! Vertices have been rounded before, so inside both windows two neighbours see the same ones. What lies inside is passed on as it is,
//! and only where a path comes to a side is anything worked out.

mod area;
mod line;

pub(crate) use area::AreaClip;
pub(crate) use line::LineClip;

use crate::grid::{EXTENT, World};
use crate::seam::{self, Crossings};
use crate::spare::Positions;

/// What paths are clipped to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Square {
    low: i64,
    high: i64,
    /// Whether paths get a vertex where they cross a side of the tile itself.
    has_seams: bool,
    /// Lowest and highest units of a square in which there is nothing to work out between two vertices.
    inner: [i64; 2],
}

impl Square {
    /// From `low` to `high` units on both axes, and nothing else.
    pub(crate) fn plain(low: i64, high: i64) -> Self {
        Self { low, high, has_seams: false, inner: [low, high] }
    }

    /// The same around a tile whose neighbours must meet it exactly.
    pub(crate) fn with_seams(low: i64, high: i64) -> Self {
        Self { has_seams: true, inner: [0, EXTENT.into()], ..Self::plain(low, high) }
    }

    /// The sides of the inner square that a vertex lies beyond: 0 of one inside.
    fn sides(&self, at: World) -> u8 {
        seam::beyond(at, self.inner[0], self.inner[1])
    }

    /// The sides of the whole square that a vertex lies beyond.
    fn outer_sides(&self, at: World) -> u8 {
        seam::beyond(at, self.low, self.high)
    }

    /// The vertices that a segment which may be seen gets, both ends told with their sides of the inner square.
    fn crossings(&self, from: (World, u8), to: (World, u8)) -> Crossings {
        if self.has_seams { seam::crossings(from, to) } else { Crossings::default() }
    }
}

/// Takes the vertices of a path, in tile units.
pub(crate) trait Clip {
    /// The next vertex.
    fn to(&mut self, at: World);

    /// Where what follows the last vertex may be put directly, as long as it lies in the tile as the last one does.
    fn inside(&mut self) -> &mut Positions;
}

/// Clips an open path to `low..=high` on both axes and hands each piece of two or more vertices to `emit`. `piece` is a buffer.
pub(crate) fn line(points: &[World], piece: &mut Positions, low: i64, high: i64, emit: impl FnMut(&mut Positions)) {
    let mut clip = LineClip::new(Square::plain(low, high), piece, emit);
    points.iter().for_each(|point| clip.to(*point));
    clip.finish();
}

/// Puts into `ring` what `low..=high` on both axes leaves of a closed ring (last vertex not repeated).
#[cfg(test)]
pub(crate) fn ring(points: &[World], ring: &mut Positions, low: i64, high: i64) {
    let mut clip = AreaClip::new(Square::plain(low, high), ring);
    points.iter().for_each(|point| clip.to(*point));
    clip.finish();
}

/// Clipped units fit 32 bits by construction.
pub(crate) fn narrow(units: World) -> [i32; 2] {
    units.map(|unit| i32::try_from(unit).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clipped_ring(points: &[World]) -> Positions {
        let mut clipped = Vec::new();
        ring(points, &mut clipped, 0, 10);
        clipped
    }

    fn clipped_line(points: &[World]) -> Vec<Positions> {
        let mut pieces = Vec::new();
        line(points, &mut Vec::new(), 0, 10, |piece| pieces.push(std::mem::take(piece)));
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
        assert_eq!(clipped_ring(&once.iter().map(|at| at.map(i64::from)).collect::<Vec<_>>()), once);
    }
}
