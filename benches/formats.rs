//! MVT against MLT on the same tiles: bytes, compressed as they are served, and time to make: `cargo bench --bench formats`.
//!
//! Tiles and data are those of `benches/tiles.rs`, and the built-in layers where they have places. Each tile is made seven times in each
//! format on one thread, without the tile cache and without budgets; its time is the median of these. Bytes are sums over the tiles.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

mod data;

use roadblock::config::LayerSettings;
use roadblock::portray;
use roadblock::tile::{Encoding, Worker};
use roadblock::world::clusters::Clustered;
use roadblock::world::file::Files;
use roadblock::world::{Published, builtin};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant as Moment};
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::vector::VectorFormat;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ZOOMS: [u8; 6] = [4, 6, 8, 10, 12, 14];
const REPEATS: usize = 7;
const ENCODINGS: [Encoding; 4] = [Encoding::Identity, Encoding::Gzip, Encoding::Brotli, Encoding::Zstd];

/// One format over all tiles of a zoom.
struct Measured {
    /// Bytes in each of `ENCODINGS`.
    bytes: [usize; 4],
    /// For each tile, the median of its repeats.
    times: Vec<Duration>,
}

fn main() {
    let builtin = builtin::world(Moment::parse("2026-02-01").unwrap()).unwrap();
    let places = builtin.layer("places").unwrap();
    table("The built-in layers and the basemap", &builtin.layers, places, &ZOOMS[..5]);

    let settings = LayerSettings { tile_budget_kb: Some(0), ..LayerSettings::from_path(data::file(100_000)) };
    let files = Files::load(&[settings], Arc::new(builtin::basemap().unwrap())).unwrap();
    let layers: Vec<Arc<Published>> = files.world().data_layers().cloned().collect();
    table("The bench's own data, 100,000 features", &layers, &layers[0], &ZOOMS[1..]);
}

fn table(title: &str, layers: &[Arc<Published>], located: &Published, zooms: &[u8]) {
    println!("{title}:\n");
    println!(
        "| zoom | tiles | MVT KiB | MLT, of that | gzip | br | zstd | MVT ms | MLT ms |\n|---|---|---|---|---|---|---|---|---|"
    );
    for &zoom in zooms {
        let tiles = data::tiles(&located.layer, zoom);
        let [mut mvt, mut mlt] = [VectorFormat::Mvt, VectorFormat::Mlt].map(|format| measure(layers, &tiles, format));
        let share = |at: usize| format!("{:.0} %", 100.0 * mlt.bytes[at] as f64 / mvt.bytes[at] as f64);
        let shares: Vec<String> = (0..ENCODINGS.len()).map(share).collect();
        let kib = mvt.bytes[0] as f64 / 1024.0 / tiles.len() as f64;
        let [mvt_ms, mlt_ms] = [&mut mvt.times, &mut mlt.times].map(|times| median_ms(times));
        println!("| {zoom} | {} | {kib:.1} | {} | {mvt_ms:.2} | {mlt_ms:.2} |", tiles.len(), shares.join(" | "));
    }
    println!();
}

fn measure(layers: &[Arc<Published>], tiles: &[TileCoord], format: VectorFormat) -> Measured {
    let [at, known_at] = ["2025-10-22T12:00:00Z", "2026-11-25T00:00:00Z"].map(|text| Moment::parse(text).unwrap());
    let asked = Asked { datetime: Datetime::At(at), known_at, phases: Some(portray::MAP_PHASES) };
    let mut worker = Worker::default();
    let mut measured = Measured { bytes: [0; 4], times: Vec::new() };
    for &coord in tiles {
        let mut times = Vec::new();
        let mut tile = Vec::new();
        for _ in 0..REPEATS {
            let begun = Instant::now();
            tile = portray::vector_tile(layers, &Clustered::none(), coord, &asked, format, &mut worker).unwrap();
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        measured.times.push(times[REPEATS / 2]);
        for (sum, encoding) in measured.bytes.iter_mut().zip(ENCODINGS) {
            *sum += encoding.compress(&tile).unwrap().len();
        }
    }
    measured
}

fn median_ms(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}
