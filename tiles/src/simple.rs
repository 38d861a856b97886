//! Whether rings are valid as they are, so that most areas need no rebuilding: no two edges touch but where they follow each other,
//! no edge runs back along the one before it, and holes lie inside.
//!
//! Exact, on tile units that fit 30 bits.

mod edges;
mod sight;

pub(crate) use edges::Edges;
pub(crate) use sight::{Sight, View};

/// A corner in tile units.
type Corner = [i32; 2];

/// Whether the rings of one polygon, exterior first, are surely valid together; `false` says nothing. Every ring has three vertices or more,
/// no two alike in a row.
pub(crate) fn are_surely_valid(rings: &[Vec<Corner>], edges: &mut Edges) -> bool {
    let Some((exterior, holes)) = rings.split_first() else { return false };
    if holes.is_empty() && is_whole(from_its_middle(exterior)) {
        return true;
    }
    rings.iter().all(|ring| follows_itself(ring))
        && !edges.any_touch(rings)
        && holes.iter().enumerate().all(|(number, hole)| {
            let corner = hole.first().copied().unwrap_or_default();
            let others = holes.iter().enumerate().filter(|(other, _)| *other != number);
            is_inside(corner, exterior) && !others.into_iter().any(|(_, other)| is_inside(corner, other))
        })
}

fn is_whole(seen: Sight) -> bool {
    matches!(seen, Sight::Whole { .. })
}

/// What is seen of a ring from the middle of its own box.
fn from_its_middle(ring: &[Corner]) -> Sight {
    let Some(&last) = ring.last() else { return Sight::Unsure };
    let (low, high) = ring
        .iter()
        .fold((last, last), |(low, high), at| ([low[0].min(at[0]), low[1].min(at[1])], [high[0].max(at[0]), high[1].max(at[1])]));
    View::within([0, 1].map(|axis| i64::from(low[axis]) + i64::from(high[axis]))).of(ring)
}

/// Whether no edge runs back along the one before it.
fn follows_itself(ring: &[Corner]) -> bool {
    let [.., before, last] = ring else { return false };
    let (mut from, mut way) = (*last, step(*before, *last));
    ring.iter().all(|&to| {
        let [was, is] = [way, step(from, to)];
        (from, way) = (to, is);
        was[0] * is[0] + was[1] * is[1] > 0 || was[0] * is[1] != was[1] * is[0]
    })
}

/// From one corner to another.
fn step(a: Corner, b: Corner) -> [i64; 2] {
    [0, 1].map(|axis| i64::from(b[axis]) - i64::from(a[axis]))
}

/// Positive for a left turn with y up; 0 where the three lie on one line.
fn turn(a: Corner, b: Corner, c: Corner) -> i64 {
    let [b, c] = [step(a, b), step(a, c)];
    b[0] * c[1] - b[1] * c[0]
}

/// Whether two edges of a ring of so many stand one after the other.
fn follow(one: usize, other: usize, count: usize) -> bool {
    let apart = one.abs_diff(other);
    apart == 1 || apart + 1 == count
}

/// Whether two edges have a position in common, if their boxes have.
fn touch(one: [Corner; 2], other: [Corner; 2]) -> bool {
    !is_on_one_side(one, other) && !is_on_one_side(other, one)
}

/// Whether both ends of `other` lie on the same side of the line through an edge, and not on it.
fn is_on_one_side([a, b]: [Corner; 2], other: [Corner; 2]) -> bool {
    let [first, last] = other.map(|end| turn(a, b, end).signum());
    first == last && first != 0
}

/// Whether a position lies within a ring that it is not on: it is crossed an odd number of times on the way west.
fn is_inside(at: Corner, ring: &[Corner]) -> bool {
    let next = ring.iter().skip(1).chain(ring.first());
    let crossed = ring.iter().zip(next).filter(|&(&a, &b)| {
        let spans = (a[1] <= at[1]) != (b[1] <= at[1]);
        // Where the edge is at this height, compared without dividing.
        spans && (turn(a, b, at) < 0) == (b[1] > a[1])
    });
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;
    use geo_types::{Coord, LineString, Polygon};
    use proptest::prelude::*;

    fn valid(rings: &[Vec<Corner>]) -> bool {
        are_surely_valid(rings, &mut Edges::default())
    }

    fn square(from: i32, to: i32) -> Vec<Corner> {
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
        fn a_ring_seen_from_its_middle_is_valid(ring in proptest::collection::vec((0i32..12, 0i32..12), 3..8)) {
            let corners: Vec<Corner> = ring.iter().map(|&(x, y)| [x, y]).collect();
            let line: LineString<f64> = ring.iter().map(|&(x, y)| Coord { x: f64::from(x), y: f64::from(y) }).collect();
            prop_assert!(!is_whole(from_its_middle(&corners)) || Polygon::new(line, vec![]).is_valid());
        }

        #[test]
        fn what_it_calls_valid_is_valid(rings in proptest::collection::vec(proptest::collection::vec((0i32..7, 0i32..7), 3..8), 1..4)) {
            let rings: Vec<Vec<Corner>> = rings.iter().map(|ring| ring.iter().map(|&(x, y)| [x, y]).collect()).collect();
            let line = |ring: &Vec<Corner>| ring.iter().map(|[x, y]| Coord { x: f64::from(*x), y: f64::from(*y) }).collect::<LineString<f64>>();
            let area = Polygon::new(line(&rings[0]), rings[1..].iter().map(line).collect());
            prop_assert!(!valid(&rings) || area.is_valid(), "{:?}", area);
        }
    }
}
