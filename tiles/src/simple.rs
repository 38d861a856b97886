//! Whether rings are valid as they are, so that most areas need no rebuilding: no two edges touch but where they follow each other,
//! no edge runs back along the one before it, and holes lie inside.
//!
//! Exact, on tile units that fit 32 bits.

mod edges;

pub(crate) use edges::Edges;

use crate::grid::World;

/// Whether the rings of one polygon, exterior first, are surely valid together; `false` says nothing. Every ring has three vertices or more,
/// no two alike in a row.
pub(crate) fn are_surely_valid(rings: &[Vec<World>], edges: &mut Edges) -> bool {
    let Some((exterior, holes)) = rings.split_first() else { return false };
    rings.iter().all(|ring| follows_itself(ring))
        && !edges.any_touch(rings)
        && holes.iter().enumerate().all(|(number, hole)| {
            let corner = hole.first().copied().unwrap_or_default();
            let others = holes.iter().enumerate().filter(|(other, _)| *other != number);
            is_inside(corner, exterior) && !others.into_iter().any(|(_, other)| is_inside(corner, other))
        })
}

fn next(ring: &[World], number: usize) -> World {
    ring.get(number + 1).or(ring.first()).copied().unwrap_or_default()
}

/// Whether no edge runs back along the one before it.
fn follows_itself(ring: &[World]) -> bool {
    (0..ring.len()).all(|number| {
        let (a, b) = (ring[number], next(ring, number));
        let c = next(ring, (number + 1) % ring.len());
        let onward = || (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) > 0;
        turn(a, b, c) != 0 || onward()
    })
}

/// Positive for a left turn with y up; 0 where the three lie on one line.
fn turn(a: World, b: World, c: World) -> i64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

/// Whether two edges of a ring of so many stand one after the other.
fn follow(one: usize, other: usize, count: usize) -> bool {
    let apart = one.abs_diff(other);
    apart == 1 || apart + 1 == count
}

/// Whether two edges have a position in common, if their boxes have.
fn touch(one: [[i32; 2]; 2], other: [[i32; 2]; 2]) -> bool {
    let [one, other] = [one, other].map(|edge| edge.map(|end| end.map(i64::from)));
    !is_on_one_side(one, other) && !is_on_one_side(other, one)
}

/// Whether both ends of `other` lie on the same side of the line through an edge, and not on it.
fn is_on_one_side([a, b]: [World; 2], other: [World; 2]) -> bool {
    let [first, last] = other.map(|end| turn(a, b, end).signum());
    first == last && first != 0
}

/// Whether a position lies within a ring that it is not on: it is crossed an odd number of times on the way west.
fn is_inside([x, y]: World, ring: &[World]) -> bool {
    let crossed = (0..ring.len()).filter(|&number| {
        let (a, b) = (ring[number], next(ring, number));
        let spans = (a[1] <= y) != (b[1] <= y);
        // Where the edge is at this height, compared without dividing.
        spans && ((x - a[0]) * (b[1] - a[1]) - (b[0] - a[0]) * (y - a[1]) > 0) == (b[1] > a[1])
    });
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;
    use geo_types::{Coord, LineString, Polygon};
    use proptest::prelude::*;

    fn valid(rings: &[Vec<World>]) -> bool {
        are_surely_valid(rings, &mut Edges::default())
    }

    fn square(from: i64, to: i64) -> Vec<World> {
        vec![[from, from], [to, from], [to, to], [from, to]]
    }

    #[test]
    fn ordinary_areas_are_seen_to_be_valid() {
        assert!(valid(&[square(0, 9)]));
        assert!(valid(&[square(0, 90), square(10, 20), square(50, 60)]));
        assert!(valid(&[vec![[0, 0], [1, 0], [2, 0], [1, 3]]]), "a corner may lie on a straight edge");
    }

    #[test]
    fn what_touches_itself_or_lies_wrong_is_not() {
        for rings in [
            vec![vec![[0, 0], [4, 4], [4, 0], [0, 4]]],
            vec![vec![[0, 0], [4, 0], [6, 0], [4, 0], [4, 4]]],
            vec![square(0, 9), square(20, 30)],
            vec![square(0, 9), square(1, 6), square(2, 3)],
            vec![square(0, 9), square(0, 1)],
            vec![],
        ] {
            assert!(!valid(&rings), "{rings:?}");
        }
    }

    proptest! {
        #[test]
        fn what_it_calls_valid_is_valid(rings in proptest::collection::vec(proptest::collection::vec((0i64..7, 0i64..7), 3..8), 1..4)) {
            let rings: Vec<Vec<World>> = rings.iter().map(|ring| ring.iter().map(|&(x, y)| [x, y]).collect()).collect();
            let line = |ring: &Vec<World>| ring.iter().map(|[x, y]| Coord { x: *x as f64, y: *y as f64 }).collect::<LineString<f64>>();
            let area = Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect());
            prop_assert!(!valid(&rings) || area.is_valid(), "{:?}", area);
        }
    }
}
