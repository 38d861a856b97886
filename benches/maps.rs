//! How long the built-in map takes, drawn whole with its labels, and that drawing it for long takes no more memory: `cargo bench --bench maps`.
//!
//! For each style and zoom all tiles over the data, or 48 of them, at 512 pixels, none of them kept, through the program's routes without a
//! network. A tile's time is the least of three. Then 100,000 tiles at random places, zooms and days, one after the other.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use roadblock::clock::Clock;
use roadblock::config::Settings;
use roadblock::http::front::Front;
use roadblock::http::router;
use roadblock::server::Server;
use roadblock::world::builtin;
use roadblock::world::records::{Ingredients, worlds};
use roadblock_layers::time::Instant as Moment;
use roadblock_layers::view::Rekey;
use roadblock_tiles::grid::project;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tower::ServiceExt;

const STYLES: [&str; 3] = ["access", "access-dark", "print"];
const ZOOMS: std::ops::RangeInclusive<u8> = 4..=12;
const EACH: u64 = 48;
const REPEATS: usize = 3;
/// Tiles drawn in a row, and how often memory is looked at meanwhile.
const MANY: u64 = 100_000;
const LOOKS: u64 = 10;
/// Corners of where the data are, degrees.
const NORTH_WEST: (f64, f64) = (-17.5, 20.0);
const SOUTH_EAST: (f64, f64) = (2.0, 4.2);

fn main() {
    let (router, runtime) = (served(), Runtime::new().unwrap());
    let drawn = |path: &str| {
        let begun = Instant::now();
        let picture = runtime.block_on(answer(&router, path));
        (begun.elapsed(), picture.len())
    };
    println!("| style | zoom | tiles | median ms | p95 | max | mean KiB |\n|---|---|---|---|---|---|---|");
    for style in STYLES {
        let mut all = Vec::new();
        for zoom in ZOOMS {
            let tiles = tiles(zoom);
            let times = tiles.iter().map(|[x, y]| {
                let path = format!("/styles/{style}/{zoom}/{x}/{y}@2x.png?datetime=2025-10-22");
                (0..REPEATS).map(|_| drawn(&path)).min().unwrap()
            });
            let (mut times, sizes): (Vec<Duration>, Vec<usize>) = times.unzip();
            let kib = sizes.iter().sum::<usize>() as f64 / 1024.0 / sizes.len() as f64;
            println!("| {style} | {zoom} | {} | {} | {kib:.1} |", times.len(), spread(&mut times, 0.95));
            all.append(&mut times);
        }
        println!("| {style} | all, p99 for p95 | {} | {} | |", all.len(), spread(&mut all, 0.99));
    }
    println!("\n| tiles drawn | resident MB |\n|---|---|");
    for number in 0..=MANY {
        let zoom = 4 + random(number, 1, 11) as u8;
        let [[west, north], [east, south]] = corners(zoom);
        let (x, y) = (west + random(number, 2, east - west + 1), north + random(number, 3, south - north + 1));
        let (style, ratio) = (STYLES[random(number, 4, 3) as usize], ["", "@2x"][random(number, 5, 2) as usize]);
        let (month, day) = (9 + random(number, 6, 4), 1 + random(number, 7, 28));
        drawn(&format!("/styles/{style}/{zoom}/{x}/{y}{ratio}.png?datetime=2025-{month:02}-{day:02}"));
        if number % (MANY / LOOKS) == 0 {
            println!("| {number} | {:.1} |", resident_mb());
        }
    }
}

/// The built-in world as the public sees it, no tile kept.
fn served() -> Front {
    let now = Moment::parse("2026-02-01").unwrap();
    let of =
        Ingredients { about: builtin::about().unwrap(), basemap: Arc::new(builtin::basemap().unwrap()), rekey: Rekey([7; 16]) };
    let worlds = worlds(&of, &(&builtin::records().unwrap()).into(), now);
    let listen = ([127, 0, 0, 1], 8080).into();
    let settings = Settings { tile_cache_bytes: 0, render_threads: 1, ..Settings::in_memory(listen) };
    router::public(Arc::new(Server::new(settings, worlds, None, Clock::Fixed(now), listen).unwrap()))
}

async fn answer(router: &Front, path: &str) -> Vec<u8> {
    let request = Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    to_bytes(response.into_body(), usize::MAX).await.unwrap().into()
}

/// Columns and rows of the tiles at the corners.
fn corners(zoom: u8) -> [[u64; 2]; 2] {
    [NORTH_WEST, SOUTH_EAST].map(|(lon, lat)| project(lon, lat).map(|steps| steps as u64 >> (32 - zoom)))
}

fn tiles(zoom: u8) -> Vec<[u64; 2]> {
    let [[west, north], [east, south]] = corners(zoom);
    let mut tiles: Vec<[u64; 2]> = (west..=east).flat_map(|x| (north..=south).map(move |y| [x, y])).collect();
    tiles.sort_by_key(|[x, y]| random(*x, *y, u64::MAX));
    tiles.truncate(EACH as usize);
    tiles
}

/// A number below another: the same each time, and unlike its neighbours (SplitMix64, Steele and others 2014).
fn random(number: u64, which: u64, below: u64) -> u64 {
    let mut mixed = number.wrapping_mul(31).wrapping_add(which).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % below
}

/// Median, a hundredth from the top, and the most.
fn spread(times: &mut [Duration], share: f64) -> String {
    times.sort_unstable();
    let ms = |place: usize| times[place.min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("{:.2} | {:.2} | {:.2}", ms(times.len() / 2), ms((times.len() as f64 * share) as usize), ms(times.len()))
}

/// Resident memory of this process, as the system tells it.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1e3
}
