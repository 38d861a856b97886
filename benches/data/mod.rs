//! What is measured: a file of features over West Africa, and the tiles in which they lie.
//!
//! Generated with a fixed seed unless `ROADBLOCK_BENCH_FILE` names a file: 60 % points round towns, 25 % lines of 60 vertices, 15 % areas of
//! 129 vertices, one in a thousand of them with 5,000.

use geo::CoordsIter;
use roadblock_layers::features::Features;
use roadblock_tiles::grid::{TileCoord, project};
use std::collections::HashMap;
use std::f64::consts::TAU;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

/// West, south, east, north of the generated data.
const FRAME: [f64; 4] = [-17.0, 4.0, 15.0, 20.0];
const FULLEST: usize = 32;
const RANDOM: usize = 32;

/// The file to measure.
pub(crate) fn file(count: u32) -> PathBuf {
    if let Some(named) = std::env::var_os("ROADBLOCK_BENCH_FILE") {
        return named.into();
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{count}.geojsonl"));
    if !path.exists() {
        // Under another name until it is whole.
        let begun = path.with_extension("begun");
        let mut out = BufWriter::new(std::fs::File::create(&begun).unwrap());
        let mut random = Random(17);
        let towns: Vec<[f64; 2]> =
            (0..150).map(|_| [random.between(FRAME[0], FRAME[2]), random.between(FRAME[1], FRAME[3])]).collect();
        (0..count).for_each(|number| writeln!(out, "{}", feature(number, &towns, &mut random)).unwrap());
        out.flush().unwrap();
        std::fs::rename(&begun, &path).unwrap();
    }
    path
}

fn feature(number: u32, towns: &[[f64; 2]], random: &mut Random) -> String {
    let town = towns[random.below(towns.len())];
    let spread = random.between(0.0, 1.0).powi(3) * 2.0;
    let angle = random.between(0.0, TAU);
    let place = [town[0] + spread * angle.cos(), town[1] + spread * angle.sin()];
    let (kind, coordinates) = match random.below(100) {
        0..60 => ("Point", position(place)),
        60..85 => ("LineString", walk(place, random)),
        _ => ("Polygon", format!("[{}]", ring(place, random))),
    };
    format!(
        "{{\"type\":\"Feature\",\"id\":{number},\"geometry\":{{\"type\":\"{kind}\",\"coordinates\":{coordinates}}},\"properties\":{{\
         \"name\":\"feature {number}\",\"class\":\"class {}\",\"count\":{}}}}}",
        random.below(12),
        random.below(5000)
    )
}

fn walk(start: [f64; 2], random: &mut Random) -> String {
    let (mut at, mut heading) = (start, random.between(0.0, TAU));
    let positions = (0..60).map(|_| {
        heading += random.between(-0.5, 0.5);
        at = [at[0] + 0.012 * heading.cos(), at[1] + 0.012 * heading.sin()];
        position(at)
    });
    format!("[{}]", positions.collect::<Vec<_>>().join(","))
}

fn ring(middle: [f64; 2], random: &mut Random) -> String {
    let count = if random.below(1000) == 0 { 5000 } else { 128 };
    let radius = 0.01 + random.between(0.0, 0.6).powi(2);
    let (waves, depth) = (3.0 + random.below(5) as f64, random.between(0.05, 0.3));
    let corner = |step: u32| {
        let angle = TAU * f64::from(step % count) / f64::from(count);
        let reach = radius * (1.0 + depth * (waves * angle).sin() + 0.02 * (37.0 * angle).sin());
        position([middle[0] + reach * angle.cos(), middle[1] + reach * angle.sin()])
    };
    format!("[{}]", (0..=count).map(corner).collect::<Vec<_>>().join(","))
}

fn position([x, y]: [f64; 2]) -> String {
    let mut text = String::new();
    write!(text, "[{x:.6},{y:.6}]").unwrap();
    text
}

/// The fullest tiles of a zoom, then random others that hold a feature's first vertex.
pub(crate) fn tiles(features: &Features, zoom: u8) -> Vec<TileCoord> {
    let mut full: HashMap<TileCoord, usize> = HashMap::new();
    for first in features.iter().filter_map(|feature| feature.geometry()?.coords_iter().next()) {
        let [x, y] = project(first.x, first.y).map(|steps| u32::try_from(steps >> (32 - zoom)).unwrap());
        *full.entry(TileCoord::new(zoom, x, y).unwrap()).or_default() += 1;
    }
    let mut tiles: Vec<(TileCoord, usize)> = full.into_iter().collect();
    tiles.sort_unstable_by_key(|&(tile, count)| (std::cmp::Reverse(count), tile));
    let mut rest = tiles.split_off(tiles.len().min(FULLEST));
    let mut random = Random(23);
    while tiles.len() < FULLEST + RANDOM && !rest.is_empty() {
        tiles.push(rest.swap_remove(random.below(rest.len())));
    }
    tiles.into_iter().map(|(tile, _)| tile).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, seeded, the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
