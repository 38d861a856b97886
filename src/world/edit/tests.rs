use super::*;
use crate::http::sample::{at, layer};
use crate::portray::{raster_tile, vector_tile};
use crate::style::Styles;
use crate::tile::{PictureFormat, Worker};
use crate::world::builtin;
use crate::world::clusters::Clustered;
use crate::world::drawn::tile_id;
use crate::world::stamps::Sight;
use geo_types::{Geometry, LineString, Point};
use mvt_reader::Reader;
use proptest::prelude::*;
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_layers::time::Datetime;
use roadblock_layers::value::ColumnKind;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::raster::TILES_SEEN_AROUND;
use roadblock_tiles::vector::VectorFormat;
use std::collections::HashMap;

fn feature() -> impl Strategy<Value = Feature> {
    let place = prop_oneof![
        4 => (-170i32..170, -70i32..70).prop_map(|(x, y)| Some(Geometry::from(Point::new(x.into(), y.into())))),
        4 => (-170i32..170, 1i32..60, -70i32..70).prop_map(|(x, long, y)| {
            Some(LineString::from(vec![(f64::from(x), f64::from(y)), (f64::from(x + long), 5.0)]).into())
        }),
        1 => Just(None),
    ];
    (0u64..16, place, 0usize..4)
        .prop_map(|(id, place, word)| Feature::timeless(FeatureId::Int(id), place, Box::new([["a", "b", "c", "d"][word].into()])))
}

fn roads(mut features: Vec<Feature>) -> Published {
    features.sort_by_key(|feature| feature.id.clone());
    features.dedup_by_key(|feature| feature.id.clone());
    layer("roads", LayerKind::Reference, &[("name", ColumnKind::Text)], features)
}

fn step() -> impl Strategy<Value = Option<Edit>> {
    prop_oneof![
        4 => feature().prop_map(|feature| Some(Edit::put(feature))),
        1 => (0u64..16).prop_map(|id| Some(Edit::withdraw(FeatureId::Int(id)))),
        1 => Just(None),
    ]
}

/// An edit, or else a merge of all sheets above the ground, or of all.
fn apply(published: &Published, step: Option<Edit>, turn: usize) -> Published {
    let sheets = published.layer.beginnings().len();
    match step {
        Some(edit) => published.edited(vec![edit]).unwrap(),
        None => published.with_merged(&published.merged((turn % 2).min(sheets - 1)..sheets).unwrap()).unwrap(),
    }
}

/// Tiles in which something of the world of these tests may be.
fn coords() -> impl Iterator<Item = TileCoord> {
    (0..=4u8)
        .flat_map(|zoom| (0..1u32 << zoom).flat_map(move |x| (0..1 << zoom).map(move |y| TileCoord::new(zoom, x, y).unwrap())))
}

fn tile(published: &Published, coord: TileCoord) -> Vec<u8> {
    let asked = Asked { datetime: Datetime::All, known_at: at("2026-01-01"), phases: None };
    let layers = [Arc::new(published.clone())];
    vector_tile(&layers, &Clustered::none(), coord, &asked, VectorFormat::Mvt, &mut Worker::default()).unwrap()
}

/// What a tile says, in the order in which it says it.
fn said(tile: Vec<u8>) -> Vec<String> {
    if tile.is_empty() {
        return Vec::new();
    }
    let features = Reader::new(tile).unwrap().get_features(0).unwrap();
    let text =
        |feature: mvt_reader::feature::Feature| format!("{:?} {:?} {:?}", feature.id, feature.geometry, feature.properties);
    features.into_iter().map(text).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn tiles_after_edits_are_those_of_a_layer_built_anew_and_equal_revisions_have_equal_bytes(
        first in proptest::collection::vec(feature(), 0..12),
        steps in proptest::collection::vec(step(), 1..8),
    ) {
        let mut published = roads(first);
        let mut seen: HashMap<(TileCoord, [u64; 2]), Vec<u8>> = HashMap::new();
        for (turn, step) in steps.into_iter().enumerate() {
            for coord in coords() {
                let bytes = tile(&published, coord);
                let former = seen.insert((coord, published.tile_revision(coord, Sight::Near)), bytes.clone());
                prop_assert!(former.is_none_or(|former| former == bytes), "{:?}", coord);
            }
            published = apply(&published, step, turn);
            let (layer, drawn) = (&published.layer, &published.drawn);
            for number in 0..layer.end() {
                let (feature, there) = (layer.any_feature(number).unwrap(), drawn.get(number).unwrap());
                prop_assert_eq!(drawn.slot(number).and_then(|slot| layer.number_at(slot)), Some(number));
                prop_assert_eq!(there.row.id, tile_id(&layer.meta, feature.id()));
                prop_assert_eq!(there.prepared.corners().is_some(), feature.geometry().is_some());
                prop_assert!(there.row.codes().map(|code| layer.value_of(code)).eq([feature.value(0)]));
            }
        }
        let left = published.layer.features().map(|(_, feature)| {
            Feature::timeless(feature.id().clone(), feature.geometry(), Box::new([feature.value(0).clone()]))
        });
        let fresh = layer("roads", LayerKind::Reference, &[("name", ColumnKind::Text)], left.collect());
        for coord in coords() {
            prop_assert_eq!(said(tile(&published, coord)), said(tile(&fresh, coord)));
        }
    }

    #[test]
    fn a_layer_loaded_again_keeps_the_tiles_that_look_the_same(
        first in proptest::collection::vec(feature(), 0..12),
        steps in proptest::collection::vec(step(), 0..4),
        second in proptest::collection::vec(feature(), 0..12),
        says_the_same in any::<bool>(),
    ) {
        let first = steps.into_iter().enumerate().fold(roads(first), |former, (turn, step)| apply(&former, step, turn));
        let same = first.layer.features().map(|(_, feature)| {
            Feature::timeless(feature.id().clone(), feature.geometry(), Box::new([feature.value(0).clone()]))
        });
        let second = match says_the_same {
            true => layer("roads", LayerKind::Reference, &[("name", ColumnKind::Text)], same.collect()),
            false => roads(second),
        };
        let mut before: HashMap<(TileCoord, [u64; 2]), Vec<u8>> = HashMap::new();
        for coord in coords() {
            before.insert((coord, first.tile_revision(coord, Sight::Near)), tile(&first, coord));
        }
        let second = second.succeeding(&first);
        for coord in coords() {
            let former = before.get(&(coord, second.tile_revision(coord, Sight::Near)));
            prop_assert!(former.is_none_or(|former| *former == tile(&second, coord)), "{:?}", coord);
        }
    }
}

fn town(id: u64, x: f64) -> Feature {
    Feature::timeless(FeatureId::Int(id), Some(Point::new(x, 12.0).into()), Box::new(["a".into()]))
}

#[test]
fn an_edit_and_a_loaded_file_touch_only_the_tiles_that_show_them() {
    let first = roads((0..20).map(|id| town(id, id as f64 * 5.0)).collect());
    let far = |published: &Published| published.tile_revision(TileCoord::new(6, 32, 29).unwrap(), Sight::Near);
    let near = |published: &Published| published.tile_revision(TileCoord::new(6, 34, 29).unwrap(), Sight::Near);
    let edited = first.edited(vec![Edit::put(Feature { values: Box::new(["b".into()]), ..town(3, 15.0) })]).unwrap();
    assert!(near(&edited) != near(&first) && far(&edited) == far(&first) && edited.revision != first.revision);
    let loaded = roads((0..20).filter(|id| *id != 3).map(|id| town(id, id as f64 * 5.0)).collect());
    let loaded = loaded.succeeding(&edited);
    assert!(near(&loaded) != near(&edited) && far(&loaded) == far(&first));
    let moved_to_the_end = roads((0..20).map(|id| town(id, id as f64 * 5.0)).collect()).succeeding(&loaded);
    assert!(near(&moved_to_the_end) != near(&loaded) && far(&moved_to_the_end) == far(&first));
    let other = layer("roads", LayerKind::Reference, &[("kind", ColumnKind::Text)], vec![town(0, 0.0)]).succeeding(&loaded);
    assert!(far(&other) != far(&loaded), "other columns, other tiles");
}

#[test]
fn a_reader_who_looks_at_an_older_world_has_keys_of_its_own() {
    let first = roads(vec![town(1, 15.0)]);
    let second = first.edited(vec![Edit::withdraw(FeatureId::Int(1))]).unwrap();
    let third = second.edited(vec![Edit::put(town(1, 15.0))]).unwrap();
    let coord = TileCoord::new(0, 0, 0).unwrap();
    let keys = [&first, &second, &third].map(|published| published.tile_revision(coord, Sight::Near)[1]);
    assert!(keys[0] == 0 && keys[0] < keys[1] && keys[1] < keys[2], "{keys:?}");
}

#[test]
fn a_layer_that_comes_back_to_what_it_was_gives_its_numbers_to_nobody_else() {
    let plain = || roads(vec![town(1, 15.0)]);
    let other = || layer("roads", LayerKind::Reference, &[("kind", ColumnKind::Text)], vec![town(0, 0.0)]);
    let edited = plain().edited(vec![Edit::withdraw(FeatureId::Int(1))]).unwrap();
    let back = plain().succeeding(&other().succeeding(&edited));
    let again = back.edited(vec![Edit::put(town(2, 15.0))]).unwrap();
    let key = |published: &Published| published.tile_revision(TileCoord::new(0, 0, 0).unwrap(), Sight::Near);
    assert_eq!(key(&back), key(&plain()));
    assert_ne!(key(&again), key(&edited));
}

#[test]
fn pictures_of_equal_revision_are_equal_after_a_town_went_that_pushed_others_aside() {
    let world = builtin::world(at("2026-02-01")).unwrap();
    let before = Arc::clone(world.layer("places").unwrap());
    let look = Styles::builtin().unwrap().overlay();
    let asked = Asked { datetime: Datetime::All, known_at: at("2026-01-01"), phases: None };
    let (mut worker, mut kept, mut other) = (Worker::default(), 0, 0);
    let mut draw = |published: &Arc<Published>, coord| {
        let (layers, format) = ([Arc::clone(published)], (PictureFormat::Png, 1));
        raster_tile(&layers, &Clustered::none(), &look, coord, &asked, format, &mut worker).unwrap()
    };
    let after = Arc::new(before.edited(vec![Edit::withdraw(FeatureId::Text("bamako".into()))]).unwrap());
    assert_eq!(after.layer.len() + 1, before.layer.len());
    // Senegal to Niger, and farther.
    let tiles = (24..40).flat_map(|x| (24..36).map(move |y| TileCoord::new(6, x, y).unwrap()));
    for coord in tiles {
        let sight = Sight::Tiles(TILES_SEEN_AROUND);
        let same = before.tile_revision(coord, sight) == after.tile_revision(coord, sight);
        let looks_same = draw(&before, coord) == draw(&after, coord);
        assert!(looks_same || !same, "{coord:?}");
        kept += u32::from(same);
        other += u32::from(!looks_same);
    }
    assert!(kept > 0 && other > 0, "{kept} kept, {other} changed");
}
