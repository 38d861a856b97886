//! Whether a clipped ring is valid, told by how it runs seen from one point: the middle of the area that it was before it was clipped.
//!
//! ```text
//!     +--------+             +--------+
//!     |  ___   |             |\       |      from within: once round, never back
//!     | /.  \  |         .   | >      |      from without: on, and once back along the sides that lie before it
//!     | \___/  |             |/  b____|
//!     |        |             |\c_/    |      where it comes to these sides on its way on (b, c), it falls into pieces
//!     +--------+             +--------+
//! ```
//! What runs on gains ground with every edge, so it touches itself nowhere; and it lies behind the sides along which it comes back.
//! Exact, on tile units that fit 30 bits.

use super::{Corner, step};
use crate::boxes::GridBox;
use crate::grid::World;

/// A point, and the sides of the square to which rings have been clipped that lie before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// Twice the position of the point, so that the middle of a box has whole numbers.
    twice: World,
    /// On each axis the side that the point lies beyond.
    before: [Option<i64>; 2],
}

/// What is seen of a ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It is valid as it is, and runs one way round or the other: on screen, where y goes down.
    Whole {
        /// As the hands of a clock do.
        is_clockwise: bool,
    },
    /// It falls into pieces, each of them valid, which touch each other in single positions at most.
    Pieces,
    /// Anything.
    Unsure,
}

impl View {
    /// From within whatever is looked at; twice the position is told.
    pub(crate) fn within(twice: World) -> Self {
        Self { twice, before: [None; 2] }
    }

    /// From the middle of a box, of what is clipped to `low..=high` on both axes; all in tile units.
    pub(crate) fn from_middle(bounds: &GridBox, low: i64, high: i64) -> Self {
        let twice = [0, 1].map(|axis| bounds.min[axis] + bounds.max[axis]);
        let before = twice.map(|at| if at < 2 * low { Some(low) } else { (at > 2 * high).then_some(high) });
        Self { twice, before }
    }

    /// What is seen of a ring, no two corners of which are alike in a row. `O(n)`; where it is not sure, mostly less.
    pub(crate) fn of(&self, ring: &[Corner]) -> Sight {
        match self.before {
            [None, None] => self.seen_from_within(ring),
            _ => self.seen_from_without(ring),
        }
    }

    fn seen_from_within(&self, ring: &[Corner]) -> Sight {
        let Some(&last) = ring.last() else { return Sight::Unsure };
        let (mut from, mut was_north, mut onward, mut halves) = (last, self.is_north(last), 0, 0);
        for &to in ring {
            let (turn, is_north) = (self.turn(from, to), self.is_north(to));
            if turn == 0 || turn == -onward {
                return Sight::Unsure;
            }
            halves += usize::from(was_north != is_north);
            (from, was_north, onward) = (to, is_north, turn);
        }
        // Each edge turns by less than a half, so every time round passes both halves.
        if halves == 2 { Sight::Whole { is_clockwise: onward > 0 } } else { Sight::Unsure }
    }

    fn seen_from_without(&self, ring: &[Corner]) -> Sight {
        let Some(&last) = ring.last() else { return Sight::Unsure };
        // Which way the edges turn that do not lie in the sides before the point; which way the first does, and the one before this.
        let (mut onward, mut first, mut before) = (0, 0, 0);
        let (mut from, mut changes, mut corners_at_sides, mut left) = (last, 0, 0, 0);
        for &to in ring {
            let turn = self.turn(from, to);
            let is_along = self.sides(from) & self.sides(to) != 0;
            if turn == 0 || (!is_along && turn == -onward) {
                return Sight::Unsure;
            }
            onward = if is_along { onward } else { turn };
            first = if before == 0 { turn } else { first };
            changes += usize::from(turn == -before);
            corners_at_sides += usize::from(self.sides(to) != 0);
            left += usize::from(turn < 0);
            (from, before) = (to, turn);
        }
        changes += usize::from(first == -before);
        let edges_back = if onward < 0 { ring.len() - left } else { left };
        match (onward, changes) {
            (0, _) => Sight::Unsure,
            (_, 2) if corners_at_sides == edges_back + 1 => Sight::Whole { is_clockwise: onward > 0 },
            (_, 2) => Sight::Pieces,
            _ => Sight::Unsure,
        }
    }

    /// Gives the pieces of a ring that falls into some.
    pub(crate) fn pieces(&self, ring: &[Corner], mut give: impl FnMut(&[Corner])) {
        let at = |number: usize| ring.get(number % ring.len().max(1)).copied().unwrap_or_default();
        let edges = (0..ring.len()).map(|number| (at(number), at(number + 1)));
        let onward =
            edges.filter(|edge| self.sides(edge.0) & self.sides(edge.1) == 0).map(|edge| self.turn(edge.0, edge.1)).next();
        let runs_on = |number: usize| Some(self.turn(at(number), at(number + 1))) == onward;
        let Some(begin) = (1..=ring.len()).find(|&number| !runs_on(number - 1) && runs_on(number)) else { return };
        let mut piece = vec![at(begin)];
        for number in (begin..).take(ring.len()).take_while(|&number| runs_on(number)) {
            let (first, to) = (piece.first().copied().unwrap_or_default(), at(number + 1));
            piece.push(to);
            if self.sides(to) == 0 {
                continue;
            }
            let is_round_the_corner = self.sides(first) & self.sides(to) == 0;
            if let ([Some(x), Some(y)], true) = (self.before, is_round_the_corner) {
                piece.push(crate::clip::narrow([x, y]));
            }
            // Along the side itself there is nothing.
            if piece.len() > 2 {
                give(&piece);
            }
            piece.clear();
            piece.push(to);
        }
    }

    /// Twice as far from the point as a corner is.
    fn seen(&self, corner: Corner) -> World {
        [0, 1].map(|axis| 2 * i64::from(corner[axis]) - self.twice[axis])
    }

    fn is_north(&self, corner: Corner) -> bool {
        2 * i64::from(corner[1]) < self.twice[1]
    }

    /// Which way an edge turns: 1, -1, or 0 if it lies on one line with the point.
    fn turn(&self, from: Corner, to: Corner) -> i64 {
        // The step is short, however far away the point is.
        let (seen, way) = (self.seen(from), step(from, to));
        (seen[0] * way[1] - seen[1] * way[0]).signum()
    }

    /// A bit for each axis of which the side before the point holds a corner.
    fn sides(&self, corner: Corner) -> u8 {
        let is_on = |axis: usize| u8::from(self.before[axis] == Some(corner[axis].into()));
        is_on(0) | is_on(1) << 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clean, clip};
    use geo::{Area, Validation};
    use geo_types::{Coord, LineString, MultiPolygon, Polygon};
    use proptest::prelude::*;

    const LOW: i64 = -4;
    const HIGH: i64 = 60;

    /// A rough ring round a point, clipped, and the view from there.
    fn clipped(radii: &[f64], [x, y]: [f64; 2]) -> (Vec<Corner>, View) {
        let corner = |(number, radius): (usize, &f64)| {
            let angle = number as f64 / radii.len() as f64 * std::f64::consts::TAU;
            [(x + radius * angle.cos()).round() as i64, (y + radius * angle.sin()).round() as i64]
        };
        let corners: Vec<World> = radii.iter().enumerate().map(corner).collect();
        let mut ring = Vec::new();
        clip::ring(&corners, &mut ring, LOW, HIGH);
        let middle = [x, y].map(|at| at.round() as i64);
        (ring, View::from_middle(&GridBox { min: middle, max: middle }, LOW, HIGH))
    }

    fn polygon(ring: &[Corner]) -> Polygon<f64> {
        let line: LineString<f64> = ring.iter().map(|at| Coord { x: at[0].into(), y: at[1].into() }).collect();
        Polygon::new(line, vec![])
    }

    fn pieces(ring: &[Corner], view: &View) -> Vec<Vec<Corner>> {
        let mut pieces = Vec::new();
        view.pieces(ring, |piece| pieces.push(piece.to_vec()));
        pieces
    }

    #[test]
    fn a_disc_is_seen_from_everywhere_round_the_square() {
        let mut seen = [0; 2];
        for place in [-30, 10, 28, 40, 90].into_iter().flat_map(|x| [-30, 10, 28, 40, 90].map(|y| [f64::from(x), f64::from(y)])) {
            let (ring, view) = clipped(&[45.2; 40], place);
            if ring.len() > 2 {
                seen[if matches!(view.of(&ring), Sight::Whole { .. }) { 0 } else { 1 }] += 1;
            }
        }
        assert_eq!(seen[1], 0, "{seen:?}");
        assert!(seen[0] > 15);
    }

    #[test]
    fn a_star_beside_the_square_falls_into_its_rays() {
        let radii: Vec<f64> = (0..64).map(|number| if number % 4 == 0 { 50.0 } else { 24.0 }).collect();
        for (place, rays) in [([-30.0, 28.0], 5), ([-20.0, -20.0], 3), ([90.0, 30.0], 5)] {
            let (ring, view) = clipped(&radii, place);
            assert_eq!(view.of(&ring), Sight::Pieces, "{place:?}");
            let pieces = pieces(&ring, &view);
            assert!(pieces.len() >= rays, "{place:?}: {}", pieces.len());
        }
    }

    #[test]
    fn what_runs_back_is_not_sure() {
        let view = |at: World| View::from_middle(&GridBox { min: at, max: at }, LOW, HIGH);
        assert_eq!(view([5, 5]).of(&[[0, 0], [9, 0], [9, 9], [8, 1], [0, 9]]), Sight::Unsure, "seen from its outside");
        let twice = [[9, 0], [0, 9], [-3, 0], [0, -3], [8, 1], [1, 8], [-2, 1], [1, -2]];
        assert_eq!(view([0, 0]).of(&twice), Sight::Unsure, "twice round");
        assert_eq!(view([-9, 5]).of(&[[0, 0], [9, 0], [3, 5], [9, 9], [0, 9]]), Sight::Unsure, "back away from the sides");
        assert_eq!(view([0, 0]).of(&[]), Sight::Unsure);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn what_is_seen_is_valid(
            radii in proptest::collection::vec(2f64..70.0, 3..40),
            x in -50f64..110.0,
            y in -50f64..110.0,
            runs_back in any::<bool>(),
        ) {
            let (mut ring, view) = clipped(&radii, [x, y]);
            if runs_back {
                ring.reverse();
            }
            let seen = match view.of(&ring) {
                Sight::Whole { is_clockwise } => {
                    prop_assert_eq!(is_clockwise, clean::twice_area(&ring) > 0);
                    vec![ring.clone()]
                }
                Sight::Pieces => pieces(&ring, &view),
                Sight::Unsure => return Ok(()),
            };
            let area = MultiPolygon::new(seen.iter().map(|ring| polygon(ring)).collect());
            prop_assert!(area.is_valid(), "{:?} of {:?}", area, ring);
            // Twice along a side, once on and once back, adds nothing.
            prop_assert_eq!(area.unsigned_area(), polygon(&ring).unsigned_area());
        }
    }
}
