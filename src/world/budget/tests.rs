use crate::config::LayerSettings;
use crate::http::front::Front;
use crate::http::sample::{ask, serve};
use crate::world::Published;
use crate::world::file::Files;
use mvt_reader::Reader;
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::f64::consts::{PI, TAU};
use std::fs;
use std::sync::{Arc, LazyLock};

/// How far within a tile a corner lies that surely shows in it, in sides of the tile: six times what a tile shows beyond its edge.
const WELL_WITHIN: f64 = 0.1;

/// The tiles that are looked at: so many a side, of the zoom at which the corners are said.
const SIDE: u32 = 4;

/// A line or a ring, by its corners in sides of a tile.
#[derive(Debug, Clone)]
struct Thing {
    corners: Vec<[f64; 2]>,
    is_area: bool,
    name: String,
}

impl Thing {
    /// As GeoJSON, where tile `first` of a zoom is the origin.
    fn feature(&self, id: usize, zoom: u8, first: [u32; 2]) -> String {
        let tiles = f64::from(1u32 << zoom);
        let position = |[x, y]: &[f64; 2]| {
            let [x, y] = [(f64::from(first[0]) + x) / tiles, (f64::from(first[1]) + y) / tiles];
            json!([x * 360.0 - 180.0, (PI * (1.0 - 2.0 * y)).sinh().atan().to_degrees()])
        };
        let mut path: Vec<_> = self.corners.iter().map(position).collect();
        let geometry = if self.is_area {
            path.push(path[0].clone());
            json!({"type": "Polygon", "coordinates": [path]})
        } else {
            json!({"type": "LineString", "coordinates": path})
        };
        json!({"type": "Feature", "id": id, "geometry": geometry, "properties": {"name": self.name}}).to_string()
    }

    /// Tiles in which a corner lies well within, where `more` zooms below that of the corners.
    fn tiles(&self, more: u8) -> BTreeSet<[u32; 2]> {
        let times = f64::from(1u32 << more);
        let tile = |[x, y]: &[f64; 2]| {
            let within = |at: f64| (WELL_WITHIN..=1.0 - WELL_WITHIN).contains(&at.fract());
            (within(x * times) && within(y * times)).then_some([(x * times) as u32, (y * times) as u32])
        };
        self.corners.iter().filter_map(tile).collect()
    }
}

/// Lines of some corners, one after the other, and regular areas, about as large as a tile.
fn thing() -> impl Strategy<Value = Thing> {
    let side = f64::from(SIDE);
    let step = (0.2..1.2f64, 0.0..TAU);
    let line = (0.0..side, 0.0..side, proptest::collection::vec(step, 1..5)).prop_map(|(x, y, steps)| {
        let next = |at: &mut [f64; 2], (length, angle): (f64, f64)| {
            *at = [at[0] + length * angle.cos(), at[1] + length * angle.sin()];
            Some(*at)
        };
        std::iter::once([x, y]).chain(steps.into_iter().scan([x, y], next)).collect()
    });
    let area = (0.0..side, 0.0..side, 0.15..0.9f64, 0.0..TAU, 3u32..8).prop_map(|(x, y, radius, turn, corners)| {
        let angle = move |corner: u32| turn + TAU * f64::from(corner) / f64::from(corners);
        (0..corners).map(|corner| [x + radius * angle(corner).cos(), y + radius * angle(corner).sin()]).collect()
    });
    let corners = prop_oneof![line.prop_map(|corners| (corners, false)), area.prop_map(|corners| (corners, true))];
    let inside = move |(corners, _): &(Vec<[f64; 2]>, bool)| corners.iter().flatten().all(|at| (0.0..side).contains(at));
    (corners.prop_filter("beyond the tiles that are looked at", inside), "[a-z]{0,30}")
        .prop_map(|((corners, is_area), name)| Thing { corners, is_area, name })
}

/// A world of things from a file under a budget of a kilobyte.
fn served(things: &[Thing], zoom: u8, first: [u32; 2]) -> Front {
    static BASEMAP: LazyLock<Arc<Published>> = LazyLock::new(|| Arc::new(crate::world::builtin::basemap().unwrap()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("things.geojsonl");
    let lines: Vec<String> = things.iter().enumerate().map(|(id, thing)| thing.feature(id, zoom, first)).collect();
    fs::write(&path, lines.join("\n")).unwrap();
    let settings = LayerSettings { tile_budget_kb: Some(1), ..LayerSettings::from_path(path) };
    let world = Files::load(&[settings], Arc::clone(&BASEMAP)).unwrap().world();
    serve(world.data_layers().map(|published| Published::clone(published)).collect())
}

/// Ids of what a tile shows, and how many it says it leaves out.
async fn shown(front: &Front, zoom: u8, [x, y]: [u32; 2]) -> (BTreeSet<u64>, usize) {
    let answer = ask(front, &format!("/xyz/things/{zoom}/{x}/{y}.mvt"), &[]).await;
    let left_out = answer.header("x-features-left-out").strip_prefix("things=").map_or(0, |count| count.parse().unwrap());
    if answer.body.is_empty() {
        return (BTreeSet::new(), left_out);
    }
    let features = Reader::new(answer.body.to_vec()).unwrap().get_features(0).unwrap();
    (features.iter().map(|feature| feature.id.unwrap()).collect(), left_out)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn what_crosses_an_edge_shows_on_both_sides_or_on_neither(
        things in proptest::collection::vec(thing(), 250..350),
        zoom in 2u8..=18,
        at in any::<[proptest::sample::Index; 2]>(),
    ) {
        let first = at.map(|index| index.index((1 << zoom) - SIDE as usize + 1) as u32);
        let front = served(&things, zoom, first);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        for more in [0, 1] {
            let side = SIDE << more;
            let coords = (0..side).flat_map(|x| (0..side).map(move |y| [x, y]));
            let tiles: BTreeMap<[u32; 2], (BTreeSet<u64>, usize)> = coords
                .map(|[x, y]| {
                    let coord = [(first[0] << more) + x, (first[1] << more) + y];
                    ([x, y], runtime.block_on(shown(&front, zoom + more, coord)))
                })
                .collect();
            let (mut whole, mut none) = (0, 0);
            let mut missing: BTreeMap<[u32; 2], usize> = BTreeMap::new();
            for (id, thing) in (0u64..).zip(&things) {
                let within = thing.tiles(more);
                let there: BTreeSet<[u32; 2]> = within.iter().copied().filter(|tile| tiles[tile].0.contains(&id)).collect();
                prop_assert!(there.is_empty() || there == within, "{id} is in {there:?} of {within:?}: {thing:?}");
                if there.is_empty() {
                    within.iter().for_each(|tile| *missing.entry(*tile).or_default() += 1);
                }
                match within.len() {
                    0 | 1 => (),
                    _ if there.is_empty() => none += 1,
                    _ => whole += 1,
                }
            }
            for (tile, missing) in missing {
                prop_assert!(missing <= tiles[&tile].1, "{tile:?} lacks {missing} and says {}", tiles[&tile].1);
            }
            // Or nothing was held against anything.
            prop_assert!(whole > 10 && (none > 10 || more > 0), "{whole} show on both sides, {none} on neither");
        }
    }
}
