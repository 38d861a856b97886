//! How long one tile takes, cold, by zoom: `cargo bench --bench tiles`.
//!
//! For each zoom the 32 fullest tiles and 32 random others that hold something, chosen with a fixed seed by where features lie. Each is made
//! seven times on one thread, without the tile cache; its time is the median of these. Every answer is decoded by another decoder.
//! `ROADBLOCK_BENCH_FILE` names a GeoJSON text sequence to measure instead of the generated one.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

mod data;

use mvt_reader::Reader;
use roadblock::config::LayerSettings;
use roadblock::portray;
use roadblock::style::Styles;
use roadblock::tile::{PictureFormat, Worker};
use roadblock::world::clusters::Clustered;
use roadblock::world::file::Files;
use roadblock::world::{Published, builtin};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant as Moment};
use roadblock_tiles::vector::VectorFormat;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ZOOMS: [u8; 6] = [4, 6, 8, 10, 12, 14];
const REPEATS: usize = 7;

fn main() {
    let path = data::file(100_000);
    let begun = Instant::now();
    let basemap = Arc::new(builtin::basemap().unwrap());
    let files = Files::load(&[LayerSettings::from_path(path.clone())], basemap).unwrap();
    let world = files.world();
    println!("ready: {:.2} s ({} MB of GeoJSON)", begun.elapsed().as_secs_f64(), path.metadata().unwrap().len() / 1_000_000);
    let layers: Vec<Arc<Published>> = world.data_layers().cloned().collect();
    let layer = &layers[0].layer;
    println!("{} features\n", layer.len());

    let look = Styles::builtin().unwrap().overlay();
    let asked = Asked { datetime: Datetime::All, known_at: Moment::from_micros(0), phases: None };
    let mut worker = Worker::default();
    println!("| zoom | tiles | vector median ms | p95 ms | max ms | mean KiB | raster 512 px median ms | p95 ms | max ms |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for zoom in ZOOMS {
        let tiles = data::tiles(layer, zoom);
        let mut bytes = 0;
        let mut vector = Vec::new();
        let mut raster = Vec::new();
        for &coord in &tiles {
            let (took, tile) = measure(|| {
                portray::vector_tile(&layers, &Clustered::none(), coord, &asked, VectorFormat::Mvt, &mut worker).unwrap()
            });
            assert!(features_in(&tile) > 0, "{coord:?} is empty");
            bytes += tile.len();
            vector.push(took);
            let (took, picture) = measure(|| {
                portray::raster_tile(&layers, &Clustered::none(), &look, coord, &asked, (PictureFormat::Png, 2), &mut worker)
                    .unwrap()
            });
            assert_eq!(image::load_from_memory(&picture).unwrap().width(), 512);
            raster.push(took);
        }
        println!(
            "| {zoom} | {} | {} | {:.1} | {} |",
            tiles.len(),
            spread(&mut vector),
            bytes as f64 / 1024.0 / tiles.len() as f64,
            spread(&mut raster)
        );
    }
}

/// Median time of some repeats, and the last answer.
fn measure(mut make: impl FnMut() -> Vec<u8>) -> (Duration, Vec<u8>) {
    let mut times = Vec::new();
    let mut answer = Vec::new();
    for _ in 0..REPEATS {
        let begun = Instant::now();
        answer = make();
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    (times[REPEATS / 2], answer)
}

fn features_in(tile: &[u8]) -> usize {
    let reader = Reader::new(tile.to_vec()).unwrap();
    let layers = reader.get_layer_metadata().unwrap();
    layers.iter().map(|layer| reader.get_features(layer.layer_index).unwrap().len()).sum()
}

/// Median, 95th hundredth and maximum in milliseconds, as cells of a table.
fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize].as_secs_f64() * 1e3;
    format!("{:.2} | {:.2} | {:.2}", at(0.5), at(0.95), at(1.0))
}
