//! Whether an area is valid, and what is wrong with it: no ring touches itself, two touch each other in single positions at most, holes lie in
//! their exterior, and parts and holes beside each other (OGC Simple Features).
//!
//! `geo` holds each edge against each other one, which takes minutes for a ring of 100,000. Here a ring that is seen whole from its middle takes one
//! pass (a star-shaped polygon, Preparata and Shamos 1985); of all others a sweep tells which touch. What touches in single positions is asked where its
//! corners lie, and only of two large rings `geo` is asked.

mod touch;

use geo::coordinate_position::{CoordPos, CoordinatePosition, coord_pos_relative_to_ring};
use geo::dimensions::Dimensions;
use geo::kernels::{Kernel, Orientation};
use geo::validation::{GeometryIndex, InvalidMultiPolygon, InvalidPolygon, RingRole};
use geo::{BoundingRect, GeoNum, Intersects, Relate};
use geo_types::{Coord, Line, LineString, MultiPolygon, Polygon, Rect};
use touch::{Contact, Touching};

/// The first that is wrong with some areas, if anything is, in the words of `geo`. `O(n log n)` for ordinary ones, and a look at each pair of parts or of
/// holes whose boxes touch.
pub(crate) fn fault(areas: &MultiPolygon<f64>) -> Option<String> {
    if let [area] = areas.0.as_slice()
        && area.interiors().is_empty()
        && is_seen_whole(area.exterior())
    {
        return None;
    }
    let places: Vec<Place> = areas.iter().enumerate().flat_map(|(part, area)| Place::of_rings(part, area)).collect();
    let corners: Vec<Vec<Coord<f64>>> = places.iter().map(|place| corners(place.ring(areas))).collect();
    let of_ring = |ring: usize, what: fn(RingRole) -> InvalidPolygon| places.get(ring).map(|place| place.says(what(place.role)));
    if let Some(ring) = corners.iter().position(|ring| (1..3).contains(&ring.len())) {
        return of_ring(ring, InvalidPolygon::TooFewPointsInRing);
    }
    if let Some(ring) = corners.iter().position(|ring| !follows_itself(ring)) {
        return of_ring(ring, InvalidPolygon::SelfIntersection);
    }
    match touch::touching(&corners) {
        Touching::Itself(ring) => of_ring(ring, InvalidPolygon::SelfIntersection),
        Touching::Wrongly(one, other, contact) => Some(wrong(&places[one], &places[other], contact == Contact::Line)),
        Touching::InPoints(touch) => misplaced(areas, &places, &touch).map(|(one, other)| wrong(one, other, false)),
    }
}

/// Which ring of which part.
struct Place {
    part: usize,
    role: RingRole,
}

impl Place {
    fn of_rings(part: usize, area: &Polygon<f64>) -> impl Iterator<Item = Self> + use<> {
        let holes = (0..area.interiors().len()).map(RingRole::Interior);
        std::iter::once(RingRole::Exterior).chain(holes).map(move |role| Self { part, role })
    }

    fn ring<'a>(&self, areas: &'a MultiPolygon<f64>) -> &'a LineString<f64> {
        match self.role {
            RingRole::Exterior => areas.0[self.part].exterior(),
            RingRole::Interior(hole) => &areas.0[self.part].interiors()[hole],
        }
    }

    fn says(&self, fault: InvalidPolygon) -> String {
        InvalidMultiPolygon::InvalidPolygon(GeometryIndex(self.part), fault).to_string()
    }
}

/// What is said of two rings, the first of which comes first, that lie to each other as they may not.
fn wrong(one: &Place, other: &Place, along_a_line: bool) -> String {
    let parts = (GeometryIndex(one.part), GeometryIndex(other.part));
    match (one.role, other.role) {
        _ if one.part != other.part && along_a_line => InvalidMultiPolygon::ElementsTouchOnALine(parts.0, parts.1).to_string(),
        _ if one.part != other.part => InvalidMultiPolygon::ElementsOverlaps(parts.0, parts.1).to_string(),
        (first, last) if along_a_line => one.says(InvalidPolygon::IntersectingRingsOnALine(first, last)),
        (RingRole::Exterior, hole) => one.says(InvalidPolygon::InteriorRingNotContainedInExteriorRing(hole)),
        (first, last) => one.says(InvalidPolygon::IntersectingRingsOnAnArea(first, last)),
    }
}

/// Two rings, of which one lies where it may not: a hole outside of its exterior or in another hole, a part in another. Of those that `touch` it is
/// known that they touch others in single positions only, of all others that they touch none.
fn misplaced<'a>(areas: &MultiPolygon<f64>, places: &'a [Place], touch: &[bool]) -> Option<(&'a Place, &'a Place)> {
    let (mut first, mut exteriors, mut parts_touch) = (0, Vec::new(), Vec::new());
    for area in areas {
        let next = first + 1 + area.interiors().len();
        let holes: Vec<Polygon<f64>> = area.interiors().iter().map(filled).collect();
        let (exterior, touch) = (area.exterior(), &touch[first..next]);
        let is_outside = |&number: &usize| match holes[number].exterior() {
            ring if touch[0] && touch[1 + number] => !lies_in(ring, exterior),
            ring => ring.0.first().is_some_and(|corner| coord_pos_relative_to_ring(*corner, exterior) != CoordPos::Inside),
        };
        let outside = (0..holes.len()).find(is_outside).map(|hole| (first, first + 1 + hole));
        let two = || overlapping(&holes, &touch[1..]).map(|(one, other)| (first + 1 + one, first + 1 + other));
        if let Some((one, other)) = outside.or_else(two) {
            return places.get(one).zip(places.get(other));
        }
        exteriors.push(first);
        parts_touch.push(touch.contains(&true));
        first = next;
    }
    let (one, other) = overlapping(&areas.0, &parts_touch)?;
    places.get(exteriors[one]).zip(places.get(exteriors[other]))
}

/// The first two areas whose insides overlap.
fn overlapping(areas: &[Polygon<f64>], touch: &[bool]) -> Option<(usize, usize)> {
    let boxes: Vec<Option<Rect<f64>>> = areas.iter().map(BoundingRect::bounding_rect).collect();
    let boxes_touch = |one: usize, other: usize| boxes[one].zip(boxes[other]).is_some_and(|(one, other)| one.intersects(&other));
    let begins_in = |one: &Polygon<f64>, other: &Polygon<f64>| {
        one.exterior().0.first().is_some_and(|corner| other.coordinate_position(corner) == CoordPos::Inside)
    };
    let overlap = |&(one, other): &(usize, usize)| {
        let (may_touch, one, other) = (touch[one] && touch[other], &areas[one], &areas[other]);
        if may_touch { overlap(one, other) } else { begins_in(one, other) || begins_in(other, one) }
    };
    let pairs = (0..areas.len()).flat_map(|one| (one + 1..areas.len()).map(move |other| (one, other)));
    pairs.filter(|&(one, other)| boxes_touch(one, other)).find(overlap)
}

/// Corners of a ring that are looked at one by one; of a larger one `geo` finds out in another way.
const MOST_LOOKED_AT: usize = 1_000;

/// Whether a ring lies in another that it touches in single positions only.
fn lies_in(ring: &LineString<f64>, other: &LineString<f64>) -> bool {
    match ring.0.len().min(other.0.len()) > MOST_LOOKED_AT {
        true => filled(other).relate(&filled(ring)).is_contains(),
        false => stops(ring).all(|at| coord_pos_relative_to_ring(at, other) != CoordPos::Outside),
    }
}

/// Whether the insides of two areas share a position, whose rings touch in single positions only.
fn overlap(one: &Polygon<f64>, other: &Polygon<f64>) -> bool {
    let count = |area: &Polygon<f64>| rings(area).map(|ring| ring.0.len()).sum::<usize>();
    if count(one).min(count(other)) > MOST_LOOKED_AT {
        return one.relate(other).get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional;
    }
    let goes_into = |one: &Polygon<f64>, other: &Polygon<f64>| {
        let within = other.bounding_rect();
        let may = |at: &Coord<f64>| within.is_some_and(|within| within.intersects(at));
        rings(one).flat_map(stops).filter(may).any(|at| other.coordinate_position(&at) == CoordPos::Inside)
    };
    goes_into(one, other) || goes_into(other, one)
}

/// The corners of a ring and the middles of its edges: between two positions where it touches another ring there is one of them.
fn stops(ring: &LineString<f64>) -> impl Iterator<Item = Coord<f64>> {
    ring.lines().flat_map(|Line { start, end }| [start, (start + end) / 2.0])
}

fn rings(area: &Polygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    std::iter::once(area.exterior()).chain(area.interiors())
}

fn filled(ring: &LineString<f64>) -> Polygon<f64> {
    Polygon::new(ring.clone(), Vec::new())
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
            MultiPolygon([0.0, 8.0].map(|west| Polygon::new(square(west, west, 9.0), vec![])).into()),
        ] {
            assert_eq!(fault(&areas), areas.check_validation().err().map(|fault| fault.to_string()), "{areas:?}");
        }
        // An island in a lake.
        let parts = [Polygon::new(exterior, vec![hole]), Polygon::new(square(2.0, 2.0, 1.0), vec![])];
        assert_eq!(fault(&MultiPolygon(parts.into())), None);
    }

    #[test]
    fn a_flat_ring_that_another_touches_is_refused() {
        let flat = LineString::from(vec![(0., 1.), (4., 1.), (1., 1.), (0., 1.)]);
        let hole = LineString::from(vec![(1., 1.), (2., 1.), (0., 0.), (1., 1.)]);
        let touches = InvalidPolygon::SelfIntersection(RingRole::Exterior);
        let expected = InvalidMultiPolygon::InvalidPolygon(GeometryIndex(0), touches).to_string();
        assert_eq!(fault(&one(Polygon::new(flat, vec![hole]))), Some(expected));
    }

    /// A comb of so many teeth that all reach one line, with its back there or beyond, lying or standing.
    fn comb(teeth: u32, back: f64, lies: bool) -> MultiPolygon<f64> {
        let tooth = |number: u32| [(f64::from(number), 1.0), (f64::from(number) + 0.5, 9.0)];
        let end = f64::from(teeth);
        let corners = (0..teeth).flat_map(tooth).chain([(end, 1.0), (end, back), (0.0, back)]);
        one(Polygon::new(corners.map(|(x, y)| if lies { (y, x) } else { (x, y) }).collect(), vec![]))
    }

    #[test]
    fn a_coast_of_100_000_corners_that_touches_itself_is_told_by_a_sweep() {
        let touches = InvalidMultiPolygon::InvalidPolygon(GeometryIndex(0), InvalidPolygon::SelfIntersection(RingRole::Exterior));
        for lies in [false, true] {
            assert_eq!(fault(&comb(50_000, 10.0, lies)), None);
            assert_eq!(fault(&comb(50_000, 9.0, lies)), Some(touches.to_string()));
        }
    }

    #[test]
    fn pixels_that_touch_at_their_corners_are_told_without_a_graph_for_each() {
        let pixel = |number: u32| square(f64::from(number), f64::from(number), 1.0);
        let diagonal = |count: u32| MultiPolygon((0..count).map(|number| Polygon::new(pixel(number), vec![])).collect());
        assert_eq!(fault(&diagonal(5_000)), None);
        let frame = square(-1.0, -1.0, 5_002.0);
        assert_eq!(fault(&one(Polygon::new(frame, (0..5_000).map(pixel).collect()))), None);
    }

    #[test]
    fn large_rings_that_touch_in_one_position_lie_where_geo_sees_them() {
        let circle = |middle: f64, radius: f64| {
            // As many corners as no other circle has, or edges would lie along each other.
            let corners = 1_200 + radius as u32;
            let corner = |step: u32| (f64::from(step) / f64::from(corners) * std::f64::consts::TAU).sin_cos();
            (0..corners).map(corner).map(|(y, x)| (middle + radius * x, radius * y)).collect::<LineString<f64>>()
        };
        let with_hole = |middle: f64, radius: f64| one(Polygon::new(circle(0.0, 8.0), vec![circle(middle, radius)]));
        let parts =
            |middle: f64| MultiPolygon([(0.0, 8.0), (middle, 4.0)].map(|(m, r)| Polygon::new(circle(m, r), vec![])).into());
        for (areas, expected) in
            [(with_hole(4.0, 4.0), true), (with_hole(12.0, 4.0), false), (parts(12.0), true), (parts(4.0), false)]
        {
            assert_eq!((is_valid(&areas), areas.is_valid()), (expected, expected));
        }
    }

    #[test]
    fn equal_parts_end_the_sweep_at_once_and_a_fan_round_one_point_is_valid() {
        let equal = MultiPolygon(vec![Polygon::new(square(0.0, 0.0, 9.0), vec![]); 20_000]);
        assert!(fault(&equal).is_some_and(|fault| fault.ends_with("touch on a line")));
        let ray = |share: f64| (share / 1_500.0 * std::f64::consts::TAU).sin_cos();
        let rays = (0..1_500).map(f64::from).map(|number| [ray(number), ray(number + 0.5)]);
        let fan = rays.map(|[a, b]| Polygon::new(LineString::from(vec![(0.0, 0.0), a, b]), vec![])).collect();
        assert_eq!(fault(&MultiPolygon(fan)), None);
    }

    /// Rings of few corners, on a grid so small that they often touch.
    fn rings(most: usize) -> impl Strategy<Value = Polygon<f64>> {
        proptest::collection::vec(proptest::collection::vec((0i32..6, 0i32..6), 3..7), 1..=most).prop_map(|rings| {
            let rings = rings.into_iter().map(|ring| ring.into_iter().map(|(x, y)| (f64::from(x), f64::from(y))).collect());
            let mut rings: Vec<LineString<f64>> = rings.collect();
            Polygon::new(rings.remove(0), rings)
        })
    }

    /// What `geo` says, which takes a triangle without an area for valid, and fails a debug assertion where something touches it.
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
