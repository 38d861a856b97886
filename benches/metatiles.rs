//! Whether it is cheaper to draw four tiles as one picture of twice the side and to cut it: `cargo bench --bench metatiles`.
//!
//! The built-in map with its labels, by one thread, whole blocks of two by two tiles where the data are. What is drawn is held to be equal
//! pixel by pixel but for roundings. A time is the least of three.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

use roadblock::portray::{self, Deadline};
use roadblock::style::{Look, Styles};
use roadblock::tile::Worker;
use roadblock::world::clusters::Clustered;
use roadblock::world::{Published, builtin};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant as Moment};
use roadblock_tiles::grid::{TileCoord, project};
use roadblock_tiles::raster::{Image, Section};
use std::f64::consts::PI;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ZOOMS: std::ops::RangeInclusive<u8> = 4..=12;
const REPEATS: usize = 3;
/// Where blocks lie, degrees.
const PLACES: [[f64; 2]; 8] =
    [[-8.0, 12.6], [-5.66, 11.28], [-11.4, 14.4], [-4.2, 14.5], [-6.3, 13.4], [-9.5, 15.2], [-4.0, 5.3], [-17.0, 14.7]];
/// Roundings may shade a pixel so much differently.
const TOLERANCE: u8 = 8;
/// Share of pixels that may differ more: where outlines of areas are cut, their dashes begin elsewhere.
const ELSEWHERE: f64 = 0.01;

fn main() {
    let now = Moment::parse("2026-02-01").unwrap();
    let world = builtin::world(now).unwrap();
    let layers: Vec<Arc<Published>> = world.layers.clone();
    let look = Look { named: Arc::clone(Styles::builtin().unwrap().usual()), with_background: true };
    let asked =
        Asked { datetime: Datetime::At(Moment::parse("2025-11-12").unwrap()), known_at: now, phases: Some(portray::MAP_PHASES) };
    let mut worker = Worker::default();
    let mut drawn = |section: &Section| {
        let mut times = Vec::new();
        let mut picture = None;
        for _ in 0..REPEATS {
            let begun = Instant::now();
            let deadline = Deadline::of_tile(None);
            picture =
                Some(portray::picture(&layers, &Clustered::none(), &look, section, &asked, (&mut worker, deadline)).unwrap());
            times.push(begun.elapsed());
        }
        (times.into_iter().min().unwrap(), picture.unwrap())
    };
    println!("| zoom | pixels of a tile | four tiles, ms | one picture, ms | ratio |\n|---|---|---|---|---|");
    for zoom in ZOOMS {
        for ratio in [1, 2] {
            let (mut four, mut one) = (Duration::ZERO, Duration::ZERO);
            for [lon, lat] in PLACES {
                let [x, y] = project(lon, lat).map(|axis| (axis as u64 >> (32 - zoom)) as u32 & !1);
                let (time, whole) =
                    drawn(&Section::around(corner(zoom, x + 1, y + 1), f64::from(zoom), 20, [512, 512], ratio).unwrap());
                one += time;
                for (column, row) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let (time, tile) = drawn(&Section::tile(TileCoord::new(zoom, x + column, y + row).unwrap(), ratio));
                    four += time;
                    assert_alike(&tile, &whole, [column, row]);
                }
            }
            let ms = |time: Duration| time.as_secs_f64() * 1e3 / PLACES.len() as f64;
            let share = four.as_secs_f64() / one.as_secs_f64();
            println!("| {zoom} | {} | {:.2} | {:.2} | {share:.2} |", 256 * ratio, ms(four), ms(one));
        }
    }
}

/// Degrees of the north-west corner of a tile.
fn corner(zoom: u8, x: u32, y: u32) -> [f64; 2] {
    let count = f64::from(zoom).exp2();
    let lat = (PI * (1.0 - 2.0 * f64::from(y) / count)).sinh().atan();
    [f64::from(x) / count * 360.0 - 180.0, lat.to_degrees()]
}

/// Holds a tile against its quarter of the picture.
fn assert_alike(tile: &Image, whole: &Image, quarter: [u32; 2]) {
    let side = tile.size()[0];
    let pixels = [tile, whole].map(Image::rgba);
    let row = |image: usize, width: u32, x: u32, y: u32| {
        let at = ((y * width + x) * 4) as usize;
        &pixels[image][at..at + 4 * side as usize]
    };
    let differing = (0..side).map(|y| {
        let other = row(1, whole.size()[0], quarter[0] * side, quarter[1] * side + y);
        let one = row(0, side, 0, y);
        let pixels = one.chunks(4).zip(other.chunks(4));
        pixels.filter(|(one, other)| one.iter().zip(*other).any(|(a, b)| a.abs_diff(*b) > TOLERANCE)).count()
    });
    let share = differing.sum::<usize>() as f64 / f64::from(side * side);
    assert!(share <= ELSEWHERE, "{:.2} % of pixels differ", share * 100.0);
}
