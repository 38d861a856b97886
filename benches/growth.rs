//! Whether a tile's time depends on what it does not show: `cargo bench --bench growth -- 100000 1000000 10000000`.
//!
//! The first 10,000 features of the mix, in a layer of their own and in layers of more, all others of which lie a quarter of the world further
//! east: from zoom 3 on the tiles over West Africa hold the same bytes in each, which is checked. Tile by tile in turn, one thread, every
//! feature in every tile: the first time, when what it takes may have to come from far in memory, and the less of two times more.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

mod data;

use roadblock::config::LayerSettings;
use roadblock::portray;
use roadblock::tile::Worker;
use roadblock::world::clusters::Clustered;
use roadblock::world::file::Files;
use roadblock::world::{Published, builtin};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant as Moment};
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::vector::VectorFormat;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

const ALIKE: u32 = 10_000;
const ZOOMS: std::ops::RangeInclusive<u8> = 3..=16;
const ROUNDS: usize = 3;
const AGAIN: usize = 2;

fn main() {
    assert!(std::env::var_os("ROADBLOCK_BENCH_FILE").is_none(), "this bench moves features of the mix, and of no other file");
    let counts: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let few = load(apart(ALIKE));
    for count in if counts.is_empty() { vec![10 * ALIKE] } else { counts } {
        compare(&few, count);
    }
}

/// A file of which the first features lie as they do in the mix, and all others a quarter of the world further east.
fn apart(count: u32) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("apart-{count}.geojsonl"));
    if !path.exists() {
        let lines = BufReader::new(File::open(data::file(count)).unwrap()).lines();
        let begun = path.with_extension("begun");
        let mut out = BufWriter::new(File::create(&begun).unwrap());
        for (number, line) in (0..count).zip(lines) {
            let line = line.unwrap();
            let line = if number < ALIKE { line } else { further_east(&line) };
            writeln!(out, "{line}").unwrap();
        }
        out.flush().unwrap();
        std::fs::rename(&begun, &path).unwrap();
    }
    path
}

/// A line of the mix, of which each position begins with a bracket and a number.
fn further_east(line: &str) -> String {
    let mut moved = String::with_capacity(line.len() + 64);
    for part in line.split_inclusive('[') {
        let end = part.find(',').unwrap_or(0);
        match part[..end].parse::<f64>() {
            Ok(lon) => write!(moved, "{:.6}{}", lon + 90.0, &part[end..]).unwrap(),
            Err(_) => moved.push_str(part),
        }
    }
    moved
}

fn load(path: PathBuf) -> Vec<Arc<Published>> {
    let settings = LayerSettings { tile_budget_kb: Some(0), name: Some("mix".into()), ..LayerSettings::from_path(path) };
    let files = Files::load(&[settings], Arc::new(builtin::basemap().unwrap())).unwrap();
    files.world().data_layers().cloned().collect()
}

fn compare(few: &[Arc<Published>], count: u32) {
    let path = apart(count);
    let begun = Instant::now();
    let many = load(path);
    println!("{count} features, ready in {:.1} s\n", begun.elapsed().as_secs_f64());
    println!("| zoom | tiles | mean KiB | {ALIKE}: first, again, ms | {count}: first, again, ms | ratio of first, again |");
    println!("|---|---|---|---|---|---|");
    let mut worker = Worker::default();
    for zoom in ZOOMS {
        let tiles = data::tiles(&few[0].layer, zoom);
        let mut bytes = 0;
        let mut times: [Vec<[f64; 2]>; 2] = Default::default();
        for (turn, &coord) in tiles.iter().cycle().take(ROUNDS * tiles.len()).enumerate() {
            let mut time = |layers| timed(layers, coord, &mut worker);
            // Who comes first changes from tile to tile, and for each tile from round to round.
            let [one, other] = match (turn + turn / tiles.len()) % 2 {
                0 => [few, &many].map(&mut time),
                _ => {
                    let other = time(&many);
                    [time(few), other]
                }
            };
            assert!(one.1 == other.1, "{coord:?} shows something else");
            bytes += one.1.len();
            for (times, (took, _)) in times.iter_mut().zip([one, other]) {
                times.push(took);
            }
        }
        let [[first, again], [first_of_many, again_of_many]] =
            times.map(|times| [0, 1].map(|time| times.iter().map(|took| took[time]).sum::<f64>() / times.len() as f64));
        println!(
            "| {zoom} | {} | {:.1} | {first:.3}, {again:.3} | {first_of_many:.3}, {again_of_many:.3} | {:.2}, {:.2} |",
            tiles.len(),
            bytes as f64 / (ROUNDS * tiles.len()) as f64 / 1024.0,
            first_of_many / first,
            again_of_many / again,
        );
    }
    println!();
}

/// Milliseconds of a tile the first time and the less of some times more, and its bytes.
fn timed(layers: &[Arc<Published>], coord: TileCoord, worker: &mut Worker) -> ([f64; 2], Vec<u8>) {
    let asked = Asked { datetime: Datetime::All, known_at: Moment::from_micros(0), phases: None };
    let mut make = || {
        let begun = Instant::now();
        let tile = portray::vector_tile(layers, &Clustered::none(), coord, &asked, VectorFormat::Mvt, worker).unwrap();
        (begun.elapsed().as_secs_f64() * 1e3, tile)
    };
    let (first, tile) = make();
    let again = (0..AGAIN).map(|_| make().0).fold(f64::MAX, f64::min);
    ([first, again], tile)
}
