use super::candidates::total_order;
use super::*;
use crate::grid::{MAX_ZOOM, project};
use geo_types::{Coord, Geometry, LineString, Point, Rect};
use proptest::prelude::*;
use std::sync::Arc;

/// Points in a spiral, so that each zoom has full and empty tiles.
fn towns(count: u64, spread_deg: f64) -> Vec<Geometry<f64>> {
    let at = |number: u64| {
        let turn = number as f64 * 2.399_963;
        let reach = spread_deg * (number as f64 / count as f64).sqrt();
        Point::new(-8.0 + reach * turn.cos(), 12.0 + reach * turn.sin())
    };
    (0..count).map(|number| at(number).into()).collect()
}

fn scene<'a>(geometries: impl IntoIterator<Item = &'a Geometry<f64>>) -> Scene {
    let mut scene = Scene::default();
    geometries.into_iter().for_each(|geometry| scene.push(Some(geometry)));
    scene
}

fn weights(count: usize) -> Vec<Weight> {
    let tie = |number: usize| (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..count).map(|number| Weight { attribute_bytes: 20, importance: 0.0, tie: tie(number) }).collect()
}

fn limits(max_zoom: u8, bytes: u64) -> Limits {
    Limits { min_zoom: 0, max_zoom, bytes, is_simplified: true, threads: 2 }
}

/// Bytes of a point with these weights.
const POINT_BYTES: u64 = 20 + 16 + 4;

#[test]
fn what_fits_shows_everywhere() {
    let towns = towns(1000, 3.0);
    let Shared { ranks, budget } = Budget::share(&scene(&towns), &weights(1000), limits(MAX_ZOOM, 1_000_000));
    assert!(ranks.iter().all(|&rank| rank == 0) && budget.totals().is_empty());
}

#[test]
fn no_tile_outgrows_its_budget_and_what_is_left_out_is_counted() {
    let towns = towns(20_000, 3.0);
    let Shared { ranks, budget } = Budget::share(&scene(&towns), &weights(towns.len()), limits(MAX_ZOOM, POINT_BYTES * 500));
    for zoom in 0..=8u8 {
        let mut tiles: HashMap<[i64; 2], (u32, u32)> = HashMap::new();
        for (town, &rank) in towns.iter().zip(&ranks) {
            let Geometry::Point(at) = town else { unreachable!() };
            let counts = tiles.entry(project(at.x(), at.y()).map(|steps| steps >> (32 - zoom))).or_default();
            if rank <= zoom { counts.0 += 1 } else { counts.1 += 1 }
        }
        let (mut shown, mut hidden) = (0, 0);
        for ([x, y], counts) in tiles {
            let coord = TileCoord::new(zoom, x.try_into().unwrap(), y.try_into().unwrap()).unwrap();
            assert!(counts.0 <= 500, "{coord:?} shows {}", counts.0);
            assert!(budget.left_out(coord).features >= counts.1.into(), "{coord:?}: in the buffer there may be more");
            (shown, hidden) = (shown + counts.0, hidden + u64::from(counts.1));
        }
        assert_eq!(budget.totals().get(usize::from(zoom)).map_or(0, |total| total.features), hidden, "{zoom}");
        assert!(zoom > 3 || shown > 300, "zoom {zoom} shows {shown}");
    }
}

#[test]
fn size_matters_more_than_importance_and_importance_more_than_chance() {
    let line = |length: f64| Geometry::from(LineString::from(vec![(-8.0, 12.0), (-8.0 + length, 12.0)]));
    let mut all = weights(4);
    all[0].importance = 3.0;
    all[2].importance = 7.0;
    let ranks = Budget::share(&scene(&[line(0.01), line(2.0), line(0.01), line(0.01)]), &all, limits(MAX_ZOOM, 50)).ranks;
    assert!(ranks[1] == 0 && ranks[2] > 0 && ranks[0] >= ranks[2] && ranks[3] >= ranks[0], "{ranks:?}");
}

#[test]
fn order_in_the_file_does_not_matter() {
    let towns = towns(3000, 1.0);
    let mut all = weights(towns.len());
    let ranks = Budget::share(&scene(&towns), &all, limits(MAX_ZOOM, 5000)).ranks;
    all.reverse();
    let mut reversed = Budget::share(&scene(towns.iter().rev()), &all, limits(MAX_ZOOM, 5000)).ranks;
    reversed.reverse();
    assert_eq!(reversed, ranks);
}

#[test]
fn a_feature_larger_than_the_budget_still_shows_alone() {
    let ring = |turns: u32| {
        (0..turns)
            .map(move |step| f64::from(step) / f64::from(turns) * std::f64::consts::TAU)
            .map(|angle| (angle.cos(), angle.sin()))
    };
    let area = Geometry::from(geo_types::Polygon::new(ring(5000).collect(), vec![]));
    assert_eq!(Budget::share(&scene([&area]), &weights(1), limits(MAX_ZOOM, 100)).ranks, [0]);
}

/// Points, lines and areas of all sizes near a few towns.
fn anything() -> impl Strategy<Value = Geometry<f64>> {
    let place = (0..3u8, 0u8..4, -1.0f64..1.0, -1.0f64..1.0, -10i32..1, 0u8..3);
    place.prop_map(|(town, crowd, east, north, size, kind)| {
        let around = 10f64.powi(-i32::from(crowd));
        let at = Point::new(f64::from(town) * 40.0 + east * around, north * around);
        let side = 2f64.powi(size) * 8.0;
        match kind {
            0 => at.into(),
            1 => LineString::from(vec![(at.x(), at.y()), (at.x() + side, at.y() + side / 3.0), (at.x(), at.y() + side)]).into(),
            _ => Rect::new(at.0, at.0 + Coord { x: side, y: side }).into(),
        }
    })
}

/// Ranks without looking first where tiles may be too full.
fn ranks_of_all(scene: &Scene, weights: &[Weight], limits: Limits) -> Vec<u8> {
    let candidates = Candidates::new(scene, weights, limits).by_importance(weights);
    let mut ranks = vec![0; candidates.all.len()];
    let mut shown: Vec<u32> = (0u32..).zip(&candidates.all).map(|(place, _)| place).collect();
    for zoom in (0..=limits.max_zoom).rev() {
        fill(zoom, &candidates, &mut ranks, &shown, limits.bytes);
        shown.retain(|&place| ranks[place as usize] <= zoom);
    }
    let mut by_feature = vec![0; weights.len()];
    candidates.all.iter().zip(ranks).for_each(|(one, rank)| by_feature[one.feature as usize] = rank);
    by_feature
}

proptest! {
    #[test]
    fn who_is_never_near_a_full_tile_need_not_be_shared_out(
        all in prop::collection::vec(anything(), 1..150), bytes in 30u64..3000, max_zoom in 0u8..=16
    ) {
        let (scene, weights) = (scene(&all), weights(all.len()));
        let limits = limits(max_zoom, bytes);
        prop_assert_eq!(Budget::share(&scene, &weights, limits).ranks, ranks_of_all(&scene, &weights, limits));
    }

    #[test]
    fn importance_keeps_the_order_of_numbers(a in any::<f64>(), b in any::<f64>()) {
        prop_assert_eq!(total_order(a).cmp(&total_order(b)), a.total_cmp(&b));
    }
}

#[test]
fn what_only_its_box_reaches_does_not_push_others_out() {
    let pairs = (0..3000).map(|_| geo_types::MultiPoint::from(vec![(-9.0, -9.0), (9.0, 9.0)]).into());
    let alone = (0..40).map(|number| Point::new(4.5 + f64::from(number) / 100.0, -4.5).into());
    let all: Vec<Geometry<f64>> = pairs.chain(alone).collect();
    let ranks = Budget::share(&scene(&all), &weights(all.len()), limits(MAX_ZOOM, POINT_BYTES * 500)).ranks;
    assert!(ranks[3000..].iter().all(|&rank| rank <= 5), "{:?}", &ranks[3000..]);
}

#[test]
fn zooms_that_a_layer_does_not_have_are_not_shared_out() {
    let same: Vec<Geometry<f64>> = (0..100).map(|_| Point::new(1.0, 2.0).into()).collect();
    let budget = Budget::share(&scene(&same), &weights(100), limits(3, POINT_BYTES * 10)).budget;
    assert_eq!(budget.totals(), [LeftOut { features: 90, points: 90 }; 4]);

    let from = |min_zoom| Budget::share(&scene(&same), &weights(100), Limits { min_zoom, ..limits(3, POINT_BYTES * 10) });
    let Shared { ranks, budget } = from(2);
    let (none, some) = (LeftOut::default(), LeftOut { features: 90, points: 90 });
    assert_eq!(budget.totals(), [none, none, some, some]);
    // One that was left out is said anew, and is left out as before: at the zooms that there are.
    let which = ranks.iter().position(|rank| *rank > 0).unwrap();
    let (whole, budget) = (scene(&same), Arc::new(budget));
    let one = [(whole.get(which as u32).unwrap(), ranks[which])];
    let again = budget.edited(&one, &one, (2, true));
    assert_eq!((again.totals(), again.lists()), (budget.totals(), budget.lists()));
    assert!(from(9).budget.totals().is_empty(), "no zoom at all");
}

#[test]
fn what_is_not_simplified_takes_the_room_of_all_its_vertices() {
    let winding =
        |start: f64| LineString::from_iter((0..200).map(|step| (start + 1e-5 * f64::from(step), f64::from(step % 2) * 1e-5)));
    let lines: Vec<Geometry<f64>> = (0..9).map(|line| winding(0.01 * f64::from(line)).into()).collect();
    let ranks =
        |is_simplified| Budget::share(&scene(&lines), &weights(9), Limits { is_simplified, ..limits(MAX_ZOOM, 2_000) }).ranks;
    assert!(ranks(true).iter().all(|rank| *rank == 0), "two vertices of each are all that the world shows");
    assert!(ranks(false).iter().any(|rank| *rank > 0));
}
