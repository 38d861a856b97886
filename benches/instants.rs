//! What time costs: a layer of 50,000 points, each valid for a stretch of its own, so that 100,000 moments change what a map shows, asked
//! at random moments: `cargo bench --bench instants`.
//!
//! Beside it, for each zoom, a layer without times that holds what shows at one of the moments: the work that is there anyway.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

use geo_types::Point;
use roadblock::http::layer_set::LayerSet;
use roadblock::portray;
use roadblock::tile::Worker;
use roadblock::world::clusters::Clustered;
use roadblock::world::{Dataset, French, Published, Ready, World};
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::features::Features;
use roadblock_layers::layer::{Asked, IndexedLayer, LayerKind, LayerMeta, LayerName};
use roadblock_layers::time::{Datetime, Instant as Moment, Interval};
use roadblock_layers::value::Schema;
use roadblock_tiles::grid::{TileCoord, project};
use roadblock_tiles::vector::VectorFormat;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const FEATURES: u64 = 50_000;
const DAY_US: i64 = 86_400_000_000;
const YEARS: f64 = 10.0;
const ASKED: usize = 2_000;

fn main() {
    let mut chance = Chance(1);
    let features: Vec<Feature> = (0..FEATURES).map(|id| feature(id, &mut chance)).collect();
    let begun = Instant::now();
    let timed = publish(features.clone());
    println!("{FEATURES} points with times: ready in {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);

    let moments: Vec<Moment> = (0..ASKED).map(|_| moment(&mut chance)).collect();
    let world = World { dataset: dataset(), layers: vec![Arc::clone(&timed)], archives: Vec::new(), access: None };
    let set = LayerSet::resolve(&world, "timed").unwrap();
    let begun = Instant::now();
    let mut keys: Vec<_> = moments.iter().map(|&at| black_box(set.valid_epochs(&Datetime::At(at), None))).collect();
    println!("the key of a moment: {:.0} ns", begun.elapsed().as_secs_f64() * 1e9 / ASKED as f64);
    keys.sort_unstable();
    keys.dedup();
    println!("{ASKED} moments have {} keys\n", keys.len());

    println!("| zoom | median µs at a moment | median µs without times | bytes |");
    println!("|---|---|---|---|");
    for zoom in [0, 4, 6, 8, 10] {
        let at = moments[0];
        let still: Vec<Feature> = features.iter().filter(|feature| feature.valid.contains(at)).cloned().map(timeless).collect();
        let coord = tile(zoom);
        let (with, bytes) = median(&timed, coord, &moments);
        let (without, _) = median(&publish(still), coord, &moments);
        println!("| {zoom} | {with:.1} | {without:.1} | {bytes} |");
    }
}

/// Small numbers that look like chance (Weyl's sequence, mixed).
struct Chance(u64);

impl Chance {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ (mixed >> 29)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

fn moment(chance: &mut Chance) -> Moment {
    let start = Moment::parse("2015-01-01").unwrap().micros();
    Moment::from_micros(start + (chance.unit() * YEARS * 365.0 * DAY_US as f64) as i64)
}

/// Somewhere in West Africa, for up to sixty days.
fn feature(id: u64, chance: &mut Chance) -> Feature {
    let place = Point::new(-17.0 + 20.0 * chance.unit(), 5.0 + 15.0 * chance.unit());
    let from = moment(chance);
    let to = Moment::from_micros(from.micros() + 1 + (chance.unit() * 60.0 * DAY_US as f64) as i64);
    let valid = Interval::new(Some(from), Some(to)).unwrap();
    Feature { valid, ..Feature::timeless(FeatureId::Int(id), Some(place.into()), Box::new([])) }
}

fn timeless(feature: Feature) -> Feature {
    Feature::timeless(feature.id, feature.geometry, feature.values)
}

fn publish(features: Vec<Feature>) -> Arc<Published> {
    let meta = LayerMeta {
        name: LayerName::new("timed").unwrap(),
        title: String::new(),
        description: String::new(),
        attribution: String::new(),
        kind: LayerKind::Reference,
        tile_columns: Vec::new(),
        min_zoom: 0,
        max_zoom: 20,
        is_simplified: true,
    };
    let features = Features::of(features, 0);
    let ready = Ready::of(&features);
    Arc::new(Published::new(IndexedLayer::new(meta, Schema::new(std::iter::empty()), features, Vec::new(), |_, _| 0), ready))
}

fn dataset() -> Dataset {
    Dataset {
        title: String::new(),
        description: String::new(),
        default_datetime: None,
        time_range: Interval::ALWAYS,
        disclaimer: None,
        french: French::default(),
    }
}

/// The tile around Bamako.
fn tile(zoom: u8) -> TileCoord {
    let [x, y] = project(-8.0, 12.65).map(|steps| u32::try_from(steps >> (32 - u32::from(zoom))).unwrap());
    TileCoord::new(zoom, x, y).unwrap()
}

/// Median microseconds of a cold tile at the moments, and the mean of its bytes.
fn median(published: &Arc<Published>, coord: TileCoord, moments: &[Moment]) -> (f64, usize) {
    let (layers, mut worker, mut bytes) = ([Arc::clone(published)], Worker::default(), 0);
    let mut times: Vec<f64> = moments
        .iter()
        .map(|&at| {
            let asked = Asked { datetime: Datetime::At(at), known_at: at, phases: None };
            let begun = Instant::now();
            let tile = portray::vector_tile(&layers, &Clustered::none(), coord, &asked, VectorFormat::Mvt, &mut worker).unwrap();
            bytes += tile.len();
            begun.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[times.len() / 2], bytes / moments.len())
}
