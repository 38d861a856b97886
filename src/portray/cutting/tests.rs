use super::*;
use crate::http::sample::{at, layer};
use crate::portray::vector_tile;
use crate::tile::Workers;
use crate::world::Published;
use crate::world::clusters::Clustered;
use geo_types::{Geometry as Shape, GeometryCollection, LineString, Point, Polygon};
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_layers::time::Datetime;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::vector::VectorFormat;
use std::sync::mpsc::channel;
use tokio::runtime::{Builder, Runtime};

/// Points, lines, areas and collections of them in and about a tile, in no order on the map.
fn crowd() -> Arc<Published> {
    let feature = |number: u64| {
        let [x, y] = [number * 7_919 % 1_000, number * 104_729 % 1_000].map(|step| step as f64 * 0.0017);
        let ring = |corners: u64| {
            let angle = move |corner: u64| corner as f64 / corners as f64 * std::f64::consts::TAU;
            (0..=corners).map(|corner| (x + 0.1 * angle(corner).cos(), y + 0.1 * angle(corner).sin())).collect::<LineString>()
        };
        let (point, line, area) = (Point::new(x, y), ring(40), Polygon::new(ring(25), vec![]));
        let geometry: Shape = match number % 4 {
            0 => point.into(),
            1 => line.into(),
            2 => area.into(),
            _ => Shape::GeometryCollection(GeometryCollection(vec![point.into(), line.into(), area.into()])),
        };
        Feature::timeless(FeatureId::Int(number), Some(geometry), Box::new([]))
    };
    Arc::new(layer("crowd", LayerKind::Reference, &[], (0..4_000).map(feature).collect()))
}

fn tile(layer: &Arc<Published>, format: VectorFormat, others: Option<Workers>) -> Vec<u8> {
    let asked = Asked { datetime: Datetime::All, known_at: at("2025-10-22"), phases: None };
    let mut worker = Worker { others, ..Worker::default() };
    let coord = TileCoord::new(8, 128, 127).unwrap();
    vector_tile(&[Arc::clone(layer)], &Clustered::none(), coord, &asked, format, &mut worker).unwrap()
}

/// With one thread for jobs beside the one that runs it.
fn runtime() -> Runtime {
    Builder::new_current_thread().max_blocking_threads(1).build().unwrap()
}

#[test]
fn two_threads_make_the_same_bytes_as_one() {
    let (layer, runtime) = (crowd(), runtime());
    let _entered = runtime.enter();
    for format in [VectorFormat::Mvt, VectorFormat::Mlt] {
        let alone = tile(&layer, format, None);
        assert!(alone.len() > 50_000, "{}", alone.len());
        for _ in 0..8 {
            assert!(tile(&layer, format, Some(Workers::new(2))) == alone, "{format:?}");
        }
    }
}

#[test]
fn who_has_not_begun_is_not_waited_for() {
    let (layer, runtime, (release, released)) = (crowd(), runtime(), channel::<()>());
    let _entered = runtime.enter();
    // The only thread for jobs is busy until this tile has been made.
    runtime.spawn_blocking(move || released.recv());
    assert!(tile(&layer, VectorFormat::Mvt, Some(Workers::new(2))) == tile(&layer, VectorFormat::Mvt, None));
    release.send(()).unwrap();
}

#[test]
fn both_ends_meet_and_what_was_cut_ahead_is_whole() {
    let layer = crowd();
    let hits = (0..4_000).map(|slot| Hit { slot, place: slot, number: slot }).collect();
    let cutting = Cutting {
        found: Arc::new(FoundLayer { published: layer, hits }),
        frame: Frame::new(TileCoord::new(8, 128, 127).unwrap(), 64),
        purpose: Purpose::Vector,
        is_clustered: false,
        has_marks: false,
        stands_out: false,
    };
    let shared = Shared { cutting, left: Mutex::new(0..4_000) };
    assert_eq!(shared.first(false), Some(0..500));
    let ahead = shared.ahead(&mut Scratch::default());
    assert_eq!(shared.first(false), None);
    assert_eq!(ahead.start, Some(500));
    assert_eq!(ahead.batches.iter().map(ExactSizeIterator::len).sum::<usize>(), ahead.hits.len());
    let in_order: Vec<u32> = ahead.batches.iter().rev().cloned().flatten().map(|number| ahead.hits[number].slot).collect();
    assert!(in_order.is_sorted() && in_order.len() > 2_500, "{}", in_order.len());
    assert!(ahead.get(ahead.hits.len() - 1).is_some() && ahead.get(ahead.hits.len()).is_none());
}

#[test]
fn few_features_are_worth_help_where_they_are_unusually_many() {
    for (features, usual, unusual) in [(191, false, false), (192, false, true), (1_023, false, true), (1_024, true, true)] {
        assert_eq!([false, true].map(|stands_out| is_worth_help(features, stands_out)), [usual, unusual], "{features}");
    }
}
