//! A quick look at an area: whether no two of its edges touch but where they follow each other, and its rings lie as they should.
//!
//! Most areas are like that, and for them this is all the judging there is; whatever touches, even where it may, is left to the
//! full validation. A ring that is seen whole from its middle takes one pass (a star-shaped polygon, Preparata and Shamos 1985). `O(n log n)` for
//! other ordinary rings: edges are swept along x, so that each is held only against those it lies beside.

use geo::coordinate_position::{CoordPos, coord_pos_relative_to_ring};
use geo::kernels::{Kernel, Orientation};
use geo::{BoundingRect, GeoNum, Intersects};
use geo_types::{Coord, LineString, MultiPolygon};

/// A stretch of a ring between two different positions: how far it goes from west to east, and where it stands. No more, for it is moved
/// about while edges are sorted.
struct Edge {
    west: f64,
    east: f64,
    /// Which ring, and which of its edges.
    ring: u32,
    number: u32,
}

impl Edge {
    fn ends(&self, rings: &[Vec<Coord<f64>>]) -> [Coord<f64>; 2] {
        let (ring, number) = (&rings[self.ring as usize], self.number as usize);
        [ring[number], ring[(number + 1) % ring.len()]]
    }
}

/// Whether the areas are surely valid; `false` says nothing.
pub(super) fn is_surely_valid(areas: &MultiPolygon<f64>) -> bool {
    if let [area] = areas.0.as_slice()
        && area.interiors().is_empty()
        && is_seen_whole(area.exterior())
    {
        return true;
    }
    let rings: Vec<Vec<Coord<f64>>> =
        areas.iter().flat_map(|area| std::iter::once(area.exterior()).chain(area.interiors())).map(corners).collect();
    rings.iter().all(|ring| ring.len() > 2 && follows_itself(ring)) && !any_touch(&rings) && are_nested(areas)
}

/// Whether somebody in the middle of a ring's corners sees all of it by turning round once, always the same way. Each edge then fills an
/// angle of its own, so that no two touch but where they follow each other.
fn is_seen_whole(ring: &LineString<f64>) -> bool {
    let sum = ring.0.iter().fold(Coord { x: 0.0, y: 0.0 }, |sum, corner| sum + *corner);
    let middle = sum / ring.0.len().max(1) as f64;
    let (mut turn, mut rounds) = (None, 0);
    let turns_on = ring.lines().all(|edge| {
        let way = orientation(middle, edge.start, edge.end);
        // Whoever turns one way sees edges go north on one side only: once a round.
        rounds += usize::from(edge.start.y < middle.y && middle.y <= edge.end.y);
        way != Orientation::Collinear && *turn.get_or_insert(way) == way
    });
    turns_on && rounds == 1
}

/// Positions of a ring, each once.
fn corners(ring: &LineString<f64>) -> Vec<Coord<f64>> {
    let mut corners = ring.0.clone();
    corners.dedup();
    if corners.first() == corners.last() {
        corners.pop();
    }
    corners
}

/// Whether no edge runs back along the one before it.
fn follows_itself(ring: &[Coord<f64>]) -> bool {
    let next = |number: usize| ring[(number + 1) % ring.len()];
    (0..ring.len()).all(|number| {
        let (a, b, c) = (ring[number], next(number), next(number + 1));
        let onward = || (b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) > 0.0;
        orientation(a, b, c) != Orientation::Collinear || onward()
    })
}

/// Whether two edges that do not follow each other share a position.
fn any_touch(rings: &[Vec<Coord<f64>>]) -> bool {
    let mut edges: Vec<Edge> = (0u32..).zip(rings).flat_map(|(ring, corners)| edges(ring, corners)).collect();
    edges.sort_unstable_by(|a, b| a.west.total_cmp(&b.west));
    let mut beside: Vec<(&Edge, Sides)> = Vec::new();
    for edge in &edges {
        beside.retain(|(other, _)| other.east >= edge.west);
        let sides = Sides::of(edge.ends(rings));
        if beside.iter().any(|(other, others)| touch((edge, &sides), (other, others), rings)) {
            return true;
        }
        beside.push((edge, sides));
    }
    false
}

fn edges(ring: u32, corners: &[Coord<f64>]) -> impl Iterator<Item = Edge> {
    (0u32..).zip(corners).zip(corners.iter().cycle().skip(1)).map(move |((number, a), b)| Edge {
        west: a.x.min(b.x),
        east: a.x.max(b.x),
        ring,
        number,
    })
}

/// An edge among those beside each other: its ends, and how far it goes from south to north.
struct Sides {
    ends: [Coord<f64>; 2],
    south: f64,
    north: f64,
}

impl Sides {
    fn of([a, b]: [Coord<f64>; 2]) -> Self {
        Self { ends: [a, b], south: a.y.min(b.y), north: a.y.max(b.y) }
    }
}

/// For edges beside each other in x.
fn touch((one, sides): (&Edge, &Sides), (other, others): (&Edge, &Sides), rings: &[Vec<Coord<f64>>]) -> bool {
    if sides.south > others.north || others.south > sides.north {
        return false;
    }
    let apart = one.number.abs_diff(other.number) as usize;
    if one.ring == other.ring && (apart == 1 || apart + 1 == rings[one.ring as usize].len()) {
        return false;
    }
    !is_on_one_side(sides.ends, others.ends) && !is_on_one_side(others.ends, sides.ends)
}

/// Whether both ends of `other` lie on the same side of the line through `edge`, and not on it.
fn is_on_one_side([a, b]: [Coord<f64>; 2], other: [Coord<f64>; 2]) -> bool {
    let [first, last] = other.map(|end| orientation(a, b, end));
    first == last && first != Orientation::Collinear
}

fn orientation(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Orientation {
    <f64 as GeoNum>::Ker::orient2d(a, b, c)
}

/// Whether every hole lies in its exterior and in no other hole, and no part in another, where no two rings touch.
fn are_nested(areas: &MultiPolygon<f64>) -> bool {
    let holes_fit = areas.iter().all(|area| {
        let holes = area.interiors();
        holes.iter().all(|hole| is_within(hole, area.exterior())) && none_within(holes)
    });
    let exteriors: Vec<LineString<f64>> = match areas.0.as_slice() {
        [_] => Vec::new(),
        parts => parts.iter().map(|part| part.exterior().clone()).collect(),
    };
    holes_fit && none_within(&exteriors)
}

fn none_within(rings: &[LineString<f64>]) -> bool {
    let boxes: Vec<_> = rings.iter().map(BoundingRect::bounding_rect).collect();
    (0..rings.len()).all(|one| {
        (one + 1..rings.len()).all(|other| {
            let apart = || boxes[one].zip(boxes[other]).is_some_and(|(a, b)| !a.intersects(&b));
            apart() || !is_within(&rings[one], &rings[other]) && !is_within(&rings[other], &rings[one])
        })
    })
}

fn is_within(ring: &LineString<f64>, other: &LineString<f64>) -> bool {
    ring.0.first().is_some_and(|corner| coord_pos_relative_to_ring(*corner, other) == CoordPos::Inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Validation;
    use geo_types::{Polygon, polygon};
    use proptest::prelude::*;

    fn one(area: Polygon<f64>) -> MultiPolygon<f64> {
        MultiPolygon(vec![area])
    }

    fn square(west: f64, south: f64, side: f64) -> LineString<f64> {
        LineString::from(vec![
            (west, south),
            (west + side, south),
            (west + side, south + side),
            (west, south + side),
            (west, south),
        ])
    }

    #[test]
    fn ordinary_areas_are_seen_to_be_valid() {
        assert!(is_surely_valid(&one(Polygon::new(square(0.0, 0.0, 9.0), vec![]))));
        assert!(is_surely_valid(&one(Polygon::new(square(0.0, 0.0, 9.0), vec![square(1.0, 1.0, 2.0), square(5.0, 5.0, 2.0)]))));
        assert!(is_surely_valid(&one(polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 2., y: 0.), (x: 2., y: 0.), (x: 1., y: 3.)])));
        let parts = [0.0, 20.0].map(|west| Polygon::new(square(west, 0.0, 9.0), vec![]));
        assert!(is_surely_valid(&MultiPolygon(parts.into())));
    }

    /// A ring around the origin with its corners at these angles, in fifths of a turn.
    fn around(fifths: &[u32]) -> LineString<f64> {
        let corner = |fifth: &u32| (f64::from(*fifth) / 5.0 * std::f64::consts::TAU).sin_cos();
        Polygon::new(fifths.iter().map(corner).collect(), vec![]).exterior().clone()
    }

    #[test]
    fn a_ring_is_seen_whole_if_one_turn_shows_all_of_it() {
        for ring in [square(0.0, 0.0, 9.0), around(&[0, 1, 2, 3, 4]), around(&[4, 3, 2, 1, 0])] {
            assert!(is_seen_whole(&ring), "{ring:?}");
        }
        let bay = [(0., 0.), (9., 0.), (9., 9.), (8., 9.), (8., 1.), (1., 1.), (1., 9.), (0., 9.)];
        let bay = Polygon::new(bay.into_iter().collect(), vec![]).exterior().clone();
        let spike = LineString::from(vec![(0., 0.), (9., 0.), (9., 9.), (12., 12.), (9., 9.), (0., 9.), (0., 0.)]);
        // Five corners joined across cross each other, and so do those of a ring that goes round twice.
        for ring in [bay, spike, around(&[0, 2, 4, 1, 3]), around(&[0, 1, 2, 3, 4, 0, 1, 2, 3, 4]), LineString(vec![])] {
            assert!(!is_seen_whole(&ring), "{ring:?}");
        }
    }

    #[test]
    fn what_touches_itself_or_lies_wrong_is_left_to_the_full_validation() {
        for area in [
            polygon![(x: 0., y: 0.), (x: 4., y: 4.), (x: 4., y: 0.), (x: 0., y: 4.)],
            polygon![(x: 0., y: 0.), (x: 4., y: 0.), (x: 6., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.)],
            Polygon::new(square(0.0, 0.0, 9.0), vec![square(20.0, 0.0, 1.0)]),
            Polygon::new(square(0.0, 0.0, 9.0), vec![square(1.0, 1.0, 5.0), square(2.0, 2.0, 1.0)]),
            Polygon::new(square(0.0, 0.0, 9.0), vec![square(0.0, 0.0, 1.0)]),
        ] {
            assert!(!is_surely_valid(&one(area.clone())), "{area:?}");
        }
        let nested = [square(0.0, 0.0, 9.0), square(1.0, 1.0, 1.0)].map(|ring| Polygon::new(ring, vec![]));
        assert!(!is_surely_valid(&MultiPolygon(nested.into())));
    }

    proptest! {
        #[test]
        fn what_it_calls_valid_is_valid(rings in proptest::collection::vec(proptest::collection::vec((0i32..6, 0i32..6), 3..7), 1..4)) {
            let rings = rings.into_iter().map(|ring| ring.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect());
            let mut rings: Vec<LineString<f64>> = rings.collect();
            let area = one(Polygon::new(rings.remove(0), rings));
            prop_assert!(!is_surely_valid(&area) || area.is_valid(), "{:?}", area);
        }
    }
}
