//! Whether an area is valid, and what is wrong with it: rings touch neither themselves nor each other but in single positions, holes lie in
//! their exterior, and parts beside each other (OGC Simple Features, as `geo` reads them).
//!
//! `geo` itself holds each edge against each other one, which takes minutes for a ring of 100,000. Here a ring that is seen whole from its middle takes one
//! pass (a star-shaped polygon, Preparata and Shamos 1985); of all others a sweep tells which touch, and only of two that do `geo` is asked how.

mod touch;

use geo::coordinate_position::{CoordPos, CoordinatePosition, coord_pos_relative_to_ring};
use geo::dimensions::Dimensions;
use geo::kernels::{Kernel, Orientation};
use geo::validation::{GeometryIndex, InvalidMultiPolygon, InvalidPolygon, RingRole};
use geo::{BoundingRect, GeoNum, Intersects, Relate};
use geo_types::{Coord, LineString, MultiPolygon, Polygon, Rect};
use std::collections::BTreeSet;

/// The first that is wrong with some areas, if anything is. `O(n log n)` for ordinary ones, and a look at each pair of parts or of holes.
pub(crate) fn fault(areas: &MultiPolygon<f64>) -> Option<InvalidMultiPolygon> {
    if let [area] = areas.0.as_slice()
        && area.interiors().is_empty()
        && is_seen_whole(area.exterior())
    {
        return None;
    }
    let (mut places, mut rings) = (Vec::new(), Vec::new());
    for (part, area) in areas.iter().enumerate() {
        let holes = (0..).map(RingRole::Interior).zip(area.interiors());
        for (role, ring) in std::iter::once((RingRole::Exterior, area.exterior())).chain(holes) {
            places.push((part, role));
            rings.push(corners(ring));
        }
    }
    let wrong = |ring: usize, what: fn(RingRole) -> InvalidPolygon| {
        places.get(ring).map(|(part, role)| InvalidMultiPolygon::InvalidPolygon(GeometryIndex(*part), what(*role)))
    };
    if let Some(ring) = rings.iter().position(|ring| (1..3).contains(&ring.len())) {
        return wrong(ring, InvalidPolygon::TooFewPointsInRing);
    }
    if let Some(ring) = rings.iter().position(|ring| !follows_itself(ring)) {
        return wrong(ring, InvalidPolygon::SelfIntersection);
    }
    match touch::touching(&rings) {
        Err(ring) => wrong(ring, InvalidPolygon::SelfIntersection),
        Ok(touching) => {
            let mut first = 0;
            let of_part = |(part, area): (usize, &Polygon<f64>)| {
                let fault = fault_of_holes(area, first, &touching);
                first += 1 + area.interiors().len();
                fault.map(|fault| InvalidMultiPolygon::InvalidPolygon(GeometryIndex(part), fault))
            };
            areas.iter().enumerate().find_map(of_part).or_else(|| {
                let part = |ring: usize| places.get(ring).map_or(0, |(part, _)| *part);
                let parts = touching.iter().map(|(one, other)| (part(*one), part(*other)));
                fault_of_parts(areas, &parts.filter(|(one, other)| one != other).collect())
            })
        }
    }
}

/// What is wrong with the holes of an area whose rings are numbered from `first` on, and each by itself as it should be.
fn fault_of_holes(area: &Polygon<f64>, first: usize, touching: &BTreeSet<(usize, usize)>) -> Option<InvalidPolygon> {
    let filled = |ring: &LineString<f64>| Polygon::new(ring.clone(), Vec::new());
    let (exterior, holes) = (area.exterior(), area.interiors());
    let of_hole = |(number, hole): (usize, &LineString<f64>)| {
        let role = RingRole::Interior(number);
        if !touching.contains(&(first, first + 1 + number)) {
            let is_within = hole.0.is_empty() || is_within(hole, exterior);
            return (!is_within).then_some(InvalidPolygon::InteriorRingNotContainedInExteriorRing(role));
        }
        let relation = filled(exterior).relate(&filled(hole));
        if !relation.is_contains() {
            return Some(InvalidPolygon::InteriorRingNotContainedInExteriorRing(role));
        }
        let along = relation.get(CoordPos::OnBoundary, CoordPos::OnBoundary) == Dimensions::OneDimensional;
        along.then_some(InvalidPolygon::IntersectingRingsOnALine(RingRole::Exterior, role))
    };
    let of_two = |one: usize, other: usize| {
        let (roles, rings) = ((RingRole::Interior(one), RingRole::Interior(other)), (&holes[one], &holes[other]));
        if !touching.contains(&(first + 1 + one, first + 1 + other)) {
            let are_apart = !is_within(rings.0, rings.1) && !is_within(rings.1, rings.0);
            return (!are_apart).then_some(InvalidPolygon::IntersectingRingsOnAnArea(roles.0, roles.1));
        }
        match meeting(&filled(rings.0), &filled(rings.1))? {
            Meeting::Area => Some(InvalidPolygon::IntersectingRingsOnAnArea(roles.0, roles.1)),
            Meeting::Line => Some(InvalidPolygon::IntersectingRingsOnALine(roles.0, roles.1)),
        }
    };
    let boxes: Vec<_> = holes.iter().map(BoundingRect::bounding_rect).collect();
    holes.iter().enumerate().find_map(of_hole).or_else(|| pairs(&boxes).find_map(|(one, other)| of_two(one, other)))
}

/// What is wrong with how parts lie to each other, each of them being as it should be; of some a ring touches one of the other's.
fn fault_of_parts(areas: &MultiPolygon<f64>, touching: &BTreeSet<(usize, usize)>) -> Option<InvalidMultiPolygon> {
    let boxes: Vec<_> = areas.iter().map(BoundingRect::bounding_rect).collect();
    let begins_in = |one: &Polygon<f64>, other: &Polygon<f64>| {
        one.exterior().0.first().is_some_and(|corner| other.coordinate_position(corner) == CoordPos::Inside)
    };
    let of_two = |(one, other): (usize, usize)| {
        let (indices, parts) = ((GeometryIndex(one), GeometryIndex(other)), (&areas.0[one], &areas.0[other]));
        if !touching.contains(&(one, other)) {
            let overlap = begins_in(parts.0, parts.1) || begins_in(parts.1, parts.0);
            return overlap.then_some(InvalidMultiPolygon::ElementsOverlaps(indices.0, indices.1));
        }
        match meeting(parts.0, parts.1)? {
            Meeting::Area => Some(InvalidMultiPolygon::ElementsOverlaps(indices.0, indices.1)),
            Meeting::Line => Some(InvalidMultiPolygon::ElementsTouchOnALine(indices.0, indices.1)),
        }
    };
    pairs(&boxes).find_map(of_two)
}

/// All that two areas may not share.
enum Meeting {
    Area,
    Line,
}

fn meeting(one: &Polygon<f64>, other: &Polygon<f64>) -> Option<Meeting> {
    let relation = one.relate(other);
    match () {
        () if relation.get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional => Some(Meeting::Area),
        () if relation.get(CoordPos::OnBoundary, CoordPos::OnBoundary) == Dimensions::OneDimensional => Some(Meeting::Line),
        () => None,
    }
}

/// Each two whose boxes touch, lower number first.
fn pairs(boxes: &[Option<Rect<f64>>]) -> impl Iterator<Item = (usize, usize)> {
    let touch = |one: usize, other: usize| boxes[one].zip(boxes[other]).is_some_and(|(one, other)| one.intersects(&other));
    (0..boxes.len())
        .flat_map(move |one| (one + 1..boxes.len()).filter(move |&other| touch(one, other)).map(move |other| (one, other)))
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
    if corners.len() > 1 && corners.first() == corners.last() {
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

/// Whether a ring lies in another that it does not touch.
fn is_within(ring: &LineString<f64>, other: &LineString<f64>) -> bool {
    ring.0.first().is_some_and(|corner| coord_pos_relative_to_ring(*corner, other) == CoordPos::Inside)
}

fn orientation(a: Coord<f64>, b: Coord<f64>, c: Coord<f64>) -> Orientation {
    <f64 as GeoNum>::Ker::orient2d(a, b, c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Area, Validation};
    use geo_types::{Polygon, polygon};
    use proptest::prelude::*;

    fn one(area: Polygon<f64>) -> MultiPolygon<f64> {
        MultiPolygon(vec![area])
    }

    fn is_valid(areas: &MultiPolygon<f64>) -> bool {
        fault(areas).is_none()
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
    fn ordinary_areas_are_valid() {
        assert!(is_valid(&one(Polygon::new(square(0.0, 0.0, 9.0), vec![]))));
        assert!(is_valid(&one(Polygon::new(square(0.0, 0.0, 9.0), vec![square(1.0, 1.0, 2.0), square(5.0, 5.0, 2.0)]))));
        assert!(is_valid(&one(polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 2., y: 0.), (x: 2., y: 0.), (x: 1., y: 3.)])));
        let parts = [0.0, 20.0].map(|west| Polygon::new(square(west, 0.0, 9.0), vec![]));
        assert!(is_valid(&MultiPolygon(parts.into())));
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
    fn what_touches_itself_or_lies_wrong_is_not() {
        for area in [
            polygon![(x: 0., y: 0.), (x: 4., y: 4.), (x: 4., y: 0.), (x: 0., y: 4.)],
            polygon![(x: 0., y: 0.), (x: 4., y: 0.), (x: 6., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.)],
            Polygon::new(square(0.0, 0.0, 9.0), vec![square(20.0, 0.0, 1.0)]),
            Polygon::new(square(0.0, 0.0, 9.0), vec![square(1.0, 1.0, 5.0), square(2.0, 2.0, 1.0)]),
            Polygon::new(square(0.0, 0.0, 9.0), vec![square(0.0, 0.0, 1.0)]),
        ] {
            assert!(!is_valid(&one(area.clone())), "{area:?}");
        }
        let nested = [square(0.0, 0.0, 9.0), square(1.0, 1.0, 1.0)].map(|ring| Polygon::new(ring, vec![]));
        assert!(!is_valid(&MultiPolygon(nested.into())));
    }

    #[test]
    fn what_is_wrong_is_said_as_geo_says_it() {
        let (exterior, hole) = (square(0.0, 0.0, 9.0), square(1.0, 1.0, 5.0));
        for areas in [
            one(polygon![(x: 0., y: 0.), (x: 4., y: 4.), (x: 4., y: 0.), (x: 0., y: 4.)]),
            one(Polygon::new(LineString::from(vec![(0., 0.), (4., 4.), (0., 0.)]), vec![])),
            one(Polygon::new(exterior.clone(), vec![hole.clone(), square(20.0, 0.0, 1.0)])),
            one(Polygon::new(exterior.clone(), vec![square(0.0, 2.0, 5.0)])),
            one(Polygon::new(exterior.clone(), vec![hole.clone(), square(2.0, 2.0, 1.0)])),
            one(Polygon::new(exterior.clone(), vec![hole.clone(), square(6.0, 2.0, 2.0)])),
            MultiPolygon([0.0, 9.0].map(|west| Polygon::new(square(west, 0.0, 9.0), vec![])).into()),
            MultiPolygon([0.0, 8.0].map(|west| Polygon::new(square(west, 0.0, 9.0), vec![])).into()),
        ] {
            assert_eq!(fault(&areas), areas.check_validation().err(), "{areas:?}");
        }
        // An island in a lake.
        let parts = [Polygon::new(exterior, vec![hole]), Polygon::new(square(2.0, 2.0, 1.0), vec![])];
        assert_eq!(fault(&MultiPolygon(parts.into())), None);
    }

    #[test]
    fn a_flat_ring_that_another_touches_is_refused_where_geo_panics() {
        let flat = LineString::from(vec![(0., 1.), (4., 1.), (1., 1.), (0., 1.)]);
        let hole = LineString::from(vec![(1., 1.), (2., 1.), (0., 0.), (1., 1.)]);
        let touches = InvalidPolygon::SelfIntersection(RingRole::Exterior);
        let expected = Some(InvalidMultiPolygon::InvalidPolygon(GeometryIndex(0), touches));
        assert_eq!(fault(&one(Polygon::new(flat, vec![hole]))), expected);
    }

    #[test]
    fn a_coast_of_100_000_corners_that_touches_itself_is_told_by_a_sweep() {
        // A comb whose teeth all reach one line, but for the last, which goes beyond it into the back of the comb.
        let tooth = |number: u32| [(f64::from(number), 1.0), (f64::from(number) + 0.5, 9.0)];
        let comb = |back: f64| {
            let teeth = (0..50_000).flat_map(tooth).chain([(50_000.0, 1.0), (50_000.0, back), (0.0, back)]);
            one(Polygon::new(teeth.collect(), vec![]))
        };
        assert_eq!(fault(&comb(10.0)), None);
        let touches = InvalidPolygon::SelfIntersection(RingRole::Exterior);
        assert_eq!(fault(&comb(9.0)), Some(InvalidMultiPolygon::InvalidPolygon(GeometryIndex(0), touches)));
    }

    /// Rings of few corners, on a grid so small that they often touch.
    fn rings(most: usize) -> impl Strategy<Value = Polygon<f64>> {
        proptest::collection::vec(proptest::collection::vec((0i32..6, 0i32..6), 3..7), 1..=most).prop_map(|rings| {
            let rings = rings.into_iter().map(|ring| ring.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect());
            let mut rings: Vec<LineString<f64>> = rings.collect();
            Polygon::new(rings.remove(0), rings)
        })
    }

    /// What `geo` says, which takes a triangle without an area for valid, and then panics where something touches it.
    fn is_valid_to_geo(areas: &MultiPolygon<f64>) -> bool {
        let mut rings = areas.iter().flat_map(|area| std::iter::once(area.exterior()).chain(area.interiors()));
        rings.all(|ring| Polygon::new(ring.clone(), vec![]).unsigned_area() > 0.0) && areas.is_valid()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_096))]

        #[test]
        fn what_is_valid_is_valid_to_geo_and_what_is_not_is_not(area in rings(3)) {
            let area = one(area);
            prop_assert_eq!(is_valid(&area), is_valid_to_geo(&area), "{:?}", area);
        }

        #[test]
        fn so_it_is_with_parts(parts in proptest::collection::vec(rings(2), 2..4)) {
            let areas = MultiPolygon(parts);
            prop_assert_eq!(is_valid(&areas), is_valid_to_geo(&areas), "{:?}", areas);
        }
    }
}
