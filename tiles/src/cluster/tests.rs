use super::*;
use crate::frame::Frame;
use crate::grid::{EXTENT, TileCoord};
use crate::morton;
use crate::scene::Scene;
use geo_types::{Geometry, GeometryCollection, LineString, MultiPoint, Point};
use proptest::prelude::*;
use std::collections::BTreeMap;

const CLASSES: u8 = 3;
const BUFFER: u32 = 64;
const PICTURE: Purpose = Purpose::Picture { zooms_below: 1 };

/// Number, position, class, whether it holds.
type Dot = (u32, [u32; 2], u8, bool);

/// Points crowded around a few places, on their edges and corners, or anywhere.
fn dots() -> impl Strategy<Value = Vec<Dot>> {
    let middle = prop_oneof![Just([0u32, 0]), Just([u32::MAX, 1 << 31]), Just([1 << 31, 1 << 31]), any::<[u32; 2]>()];
    let spread = prop_oneof![Just(0u32), Just(1 << 8), Just(1 << 20), Just(1 << 29), Just(u32::MAX)];
    let dot = (middle, spread, any::<[u32; 2]>(), 0..CLASSES, prop::bool::weighted(0.7));
    prop::collection::vec(dot, 1..300).prop_map(|dots| {
        let place = |middle: u32, spread: u32, by: u32| middle.wrapping_add(((u64::from(by) * u64::from(spread)) >> 32) as u32);
        let dots = dots.into_iter().zip(0u32..);
        let dot = |((middle, spread, by, class, holds), number): ((_, _, [u32; 2], _, _), u32)| {
            let middle: [u32; 2] = middle;
            (number, [place(middle[0], spread, by[0]), place(middle[1], spread, by[1])], class, holds)
        };
        dots.map(dot).collect()
    })
}

fn points(dots: &[Dot]) -> Points {
    Points::new(dots.iter().map(|&(number, position, class, _)| (number, position, class)), CLASSES)
}

/// Members of each cell of a level, by comparing every point with every other.
fn grouped(dots: &[Dot], level: u8) -> Vec<Vec<Dot>> {
    let mut cells: BTreeMap<[u64; 2], Vec<Dot>> = BTreeMap::new();
    for &dot in dots.iter().filter(|(.., holds)| *holds) {
        cells.entry(dot.1.map(|axis| u64::from(axis) >> (32 - level))).or_default().push(dot);
    }
    cells.into_values().collect()
}

fn expected(members: &[Dot]) -> (u32, Vec<u32>, [u32; 2]) {
    let classes = (0..CLASSES).map(|class| members.iter().filter(|(_, _, own, _)| *own == class).count() as u32);
    let mean = [0, 1].map(|axis| {
        (members.iter().map(|(_, position, ..)| u64::from(position[axis])).sum::<u64>() / members.len() as u64) as u32
    });
    (members.len() as u32, classes.collect(), mean)
}

fn tiles(zoom: u8) -> impl Iterator<Item = TileCoord> {
    let side = 1u32 << zoom;
    (0..side * side).map(move |number| TileCoord::new(zoom, number % side, number / side).unwrap())
}

/// Cells of which anything holds, with what holds and where it shows.
fn shown(points: &Points, dots: &[Dot], coord: TileCoord, level: u8) -> Vec<(ClusterId, Sum, Vec<[i32; 2]>)> {
    let frame = Frame::new(coord, BUFFER);
    let mut shown = Vec::new();
    points.cells(&frame, level, |id, places| {
        let Some(sum) = points.those(places, |number| dots[number as usize].3) else { return };
        let units: Vec<_> = frame.units(sum.mean.map(i64::from)).collect();
        if !units.is_empty() {
            shown.push((id, sum, units));
        }
    });
    shown
}

/// The tile that a cell belongs to.
fn home(id: ClusterId, zoom: u8) -> [u32; 2] {
    morton::position(id.keys()[0]).map(|axis| u32::try_from(u64::from(axis) >> (32 - zoom)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_tiles_of_a_zoom_show_every_point_that_holds_once(dots in dots(), zoom in 0u8..4, max_zoom in 0u8..6, picture: bool) {
        let purpose = if picture { PICTURE } else { Purpose::Vector };
        let (points, level) = (points(&dots), level(zoom, max_zoom, purpose));
        let mut found: BTreeMap<ClusterId, (u32, Vec<u32>, [u32; 2])> = BTreeMap::new();
        for coord in tiles(zoom) {
            for (id, sum, _) in shown(&points, &dots, coord, level) {
                if home(id, zoom) == [coord.x(), coord.y()] {
                    prop_assert!(found.insert(id, (sum.count, sum.classes, sum.mean)).is_none(), "{id:?} belongs to two tiles");
                }
            }
        }
        let mut found: Vec<_> = found.into_values().collect();
        let mut expected: Vec<_> = grouped(&dots, level).iter().map(|members| expected(members)).collect();
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_tile_sees_what_its_neighbours_show_by_its_edge(dots in dots(), zoom in 1u8..4) {
        let (points, level) = (points(&dots), level(zoom, 20, Purpose::Vector));
        let (side, extent) = (1u32 << zoom, EXTENT as i32);
        for coord in tiles(zoom).filter(|coord| coord.y() + 1 < side) {
            for (across, down) in [(1, 0), (0, 1)] {
                let other = TileCoord::new(zoom, (coord.x() + across) % side, coord.y() + down).unwrap();
                let at = |found: Vec<(ClusterId, Sum, Vec<[i32; 2]>)>, by: [i32; 2]| {
                    let all = found.into_iter().flat_map(|(id, sum, units)| units.into_iter().map(move |at| (id, sum.count, at)));
                    let mut all: Vec<_> = all.map(|(id, count, at)| (id, count, [at[0] + by[0], at[1] + by[1]])).collect();
                    // What both see: the buffers on both sides of their edge.
                    let reach = BUFFER as i32;
                    let axis = usize::from(down == 1);
                    all.retain(|(.., at)| (at[axis] - extent).abs() <= reach && (-reach..=extent + reach).contains(&at[1 - axis]));
                    all.sort();
                    all
                };
                let by = [across, down].map(|steps| steps as i32 * extent);
                prop_assert_eq!(at(shown(&points, &dots, coord, level), [0, 0]), at(shown(&points, &dots, other, level), by));
            }
        }
    }

    #[test]
    fn sums_kept_and_sums_walked_are_the_same(dots in dots(), from in 0usize..300, length in 0usize..300) {
        let points = points(&dots);
        let from = from.min(dots.len());
        let places = from..(from + length).min(dots.len());
        prop_assert_eq!(points.all(places.clone()), points.those(places, |_| true));
    }

    #[test]
    fn expansion_is_the_lowest_zoom_at_which_the_members_part(dots in dots(), zoom in 0u8..6, max_zoom in 0u8..=20) {
        let points = points(&dots);
        for coord in tiles(zoom.min(2)) {
            for (id, sum, _) in shown(&points, &dots, coord, level(zoom, max_zoom, Purpose::Vector)) {
                let members: Vec<Dot> = points.at(points.places(id)).map(|(number, _)| dots[number as usize]).collect();
                let parts = |zoom: &u8| grouped(&members, level(*zoom, max_zoom, Purpose::Vector)).len() > 1;
                prop_assert_eq!(expansion_zoom(&sum, max_zoom), (0..=max_zoom).find(parts));
            }
        }
    }

    #[test]
    fn an_id_lists_the_points_of_its_cell(dots in dots(), level in 0..=FINEST) {
        let points = points(&dots);
        for group in grouped(&dots.iter().map(|dot| (dot.0, dot.1, dot.2, true)).collect::<Vec<_>>(), level) {
            let id = ClusterId::of(level, morton::key(group[0].1));
            let mut listed: Vec<u32> = points.at(points.places(id)).map(|(number, _)| number).collect();
            listed.sort_unstable();
            prop_assert_eq!(listed, group.iter().map(|dot| dot.0).collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_cell_is_64_px_wide_on_a_vector_tile_and_as_wide_on_the_map_in_pictures() {
    assert_eq!((level(0, 20, Purpose::Vector), level(6, 20, Purpose::Vector)), (3, 9));
    assert_eq!(level(7, 20, PICTURE), level(6, 20, Purpose::Vector));
    assert_eq!((level(20, 20, Purpose::Vector), level(5, 5, PICTURE)), (25, 17), "nobody can zoom in further");
}

#[test]
fn only_points_count_and_several_count_as_one_at_the_first() {
    let at = |geometry: Geometry<f64>| {
        let mut scene = Scene::default();
        scene.push(Some(&geometry));
        position(scene.get(0).unwrap())
    };
    let (here, there) = (Point::new(0.0, 0.0), Point::new(90.0, 0.0));
    let line: Geometry<f64> = LineString::from(vec![(0.0, 0.0), (1.0, 1.0)]).into();
    assert_eq!(at(there.into()), Some([3 << 30, 1 << 31]));
    assert_eq!(at(MultiPoint(vec![there, here]).into()), at(there.into()));
    assert_eq!(at(Geometry::GeometryCollection(GeometryCollection(vec![here.into(), there.into()]))), at(here.into()));
    assert_eq!(at(Geometry::GeometryCollection(GeometryCollection(vec![here.into(), line.clone()]))), None);
    assert_eq!((at(line), at(MultiPoint(vec![]).into())), (None, None));
}

#[test]
fn a_layer_without_points_has_no_cells() {
    let points = Points::new(std::iter::empty(), 1);
    points.cells(&Frame::new(TileCoord::new(0, 0, 0).unwrap(), BUFFER), 3, |id, _| unreachable!("{id:?}"));
    assert!(points.is_empty() && points.all(0..0).is_none() && points.those(0..0, |_| true).is_none());
}
