//! How the cost of a tile grows with the layer it is cut from: `cargo bench --bench scale -- 10000 100000 1000000`; with `all` among the
//! arguments every feature is in every tile, else tiles keep to the default budget.
//!
//! For each count: seconds until the layer is ready, resident memory, and at each zoom the median time of a vector tile, cold, on one thread,
//! with the bytes and features it holds. Tiles are those of `data::tiles`; each is made three times and its time is the median of these.
//! At last the tiles of all zooms that hold about as many features as each other, by which layers of different sizes compare.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

mod data;

use mvt_reader::Reader;
use roadblock::config::LayerSettings;
use roadblock::portray;
use roadblock::tile::Worker;
use roadblock::world::clusters::Clustered;
use roadblock::world::file::Files;
use roadblock::world::{Published, builtin};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant as Moment};
use roadblock_tiles::vector::VectorFormat;
use std::sync::Arc;
use std::time::Instant;

const ZOOMS: std::ops::RangeInclusive<u8> = 0..=16;
const REPEATS: usize = 3;
/// Features of tiles that compare.
const ALIKE: [std::ops::Range<usize>; 2] = [35..70, 350..700];
/// Tiles larger than this hold more.
const MOST_BYTES: usize = 1 << 20;

fn main() {
    let counts: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let tile_budget_kb = std::env::args().any(|argument| argument == "all").then_some(0);
    for count in if counts.is_empty() { vec![10_000, 100_000] } else { counts } {
        measure(count, tile_budget_kb);
    }
}

fn measure(count: u32, tile_budget_kb: Option<u32>) {
    let path = data::file(count);
    let begun = Instant::now();
    let settings = LayerSettings { tile_budget_kb, ..LayerSettings::from_path(path.clone()) };
    let files = Files::load(&[settings], Arc::new(builtin::basemap().unwrap())).unwrap();
    let world = files.world();
    let ready = begun.elapsed().as_secs_f64();
    let megabytes = path.metadata().unwrap().len() / 1_000_000;
    println!("{count} features, {megabytes} MB: ready in {ready:.2} s, {}\n", memory());

    let layers: Vec<Arc<Published>> = world.data_layers().cloned().collect();
    let asked = Asked { datetime: Datetime::All, known_at: Moment::from_micros(0), phases: None };
    let mut worker = Worker::default();
    println!("| zoom | tiles | median ms | maximum ms | mean KiB | ns a byte |");
    println!("|---|---|---|---|---|---|");
    let mut alike: [Vec<(f64, usize)>; ALIKE.len()] = Default::default();
    for zoom in ZOOMS {
        let tiles = data::tiles(&layers[0].layer, zoom);
        let (mut times, mut bytes) = (Vec::new(), 0);
        for &coord in &tiles {
            let (mut took, mut size, mut features) = ([0.0; REPEATS], 0, 0);
            for time in &mut took {
                let begun = Instant::now();
                let tile =
                    portray::vector_tile(&layers, &Clustered::none(), coord, &asked, VectorFormat::Mvt, &mut worker).unwrap();
                *time = begun.elapsed().as_secs_f64() * 1e3;
                size = tile.len();
                features = if size > MOST_BYTES { usize::MAX } else { features_in(tile) };
            }
            took.sort_by(f64::total_cmp);
            times.push(took[REPEATS / 2]);
            bytes += REPEATS * size;
            if let Some(found) = ALIKE.iter().position(|alike| alike.contains(&features)) {
                alike[found].push((took[REPEATS / 2], size));
            }
        }
        times.sort_by(f64::total_cmp);
        let mean = bytes as f64 / (REPEATS * tiles.len()) as f64;
        let total: f64 = times.iter().sum();
        println!(
            "| {zoom} | {} | {:.3} | {:.3} | {:.1} | {:.1} |",
            tiles.len(),
            times[times.len() / 2],
            times[times.len() - 1],
            mean / 1024.0,
            total * 1e6 / (mean * tiles.len() as f64)
        );
    }
    for (range, mut tiles) in ALIKE.iter().zip(alike) {
        tiles.sort_by(|one, other| one.0.total_cmp(&other.0));
        let Some((median, _)) = tiles.get(tiles.len() / 2) else { continue };
        let mean = tiles.iter().map(|(_, size)| size).sum::<usize>() as f64 / tiles.len() as f64;
        let share = tiles.iter().map(|(took, _)| took).sum::<f64>() * 1e6 / (mean * tiles.len() as f64);
        let (tiles, kib) = (tiles.len(), mean / 1024.0);
        println!("{range:?} features: {tiles} tiles, median {median:.3} ms, mean {kib:.1} KiB, {share:.1} ns a byte");
    }
    println!();
}

fn features_in(tile: Vec<u8>) -> usize {
    let reader = Reader::new(tile).unwrap();
    let layers = reader.get_layer_metadata().unwrap();
    layers.iter().map(|layer| reader.get_features(layer.layer_index).unwrap().len()).sum()
}

/// Resident memory of this process, now and at most, as the system tells it.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map_or("unknown", str::trim);
    format!("{} resident, {} at most", of("VmRSS:"), of("VmHWM:"))
}
