//! The whole program over HTTP: `cargo bench --bench requests`.
//!
//! Cold: one request after the other over one connection, tile cache off, the tiles of `benches/tiles.rs`. Warm: one tile that the
//! cache holds, over 8 connections for five seconds, by `wrk` on the same machine; said and left out where wrk is missing.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

mod data;

use reqwest::blocking::Client;
use roadblock::config::LayerSettings;
use roadblock::world::builtin;
use roadblock::world::file::Files;
use roadblock_tiles::grid::TileCoord;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

/// A running program, stopped when dropped.
struct Server(Child, String);

impl Server {
    fn start(file: &Path, cache_mb: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_roadblock"))
            .arg("serve")
            .arg(file)
            .args(["--listen", "127.0.0.1:0", "--tile-cache-mb", cache_mb, "--log", "warn"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap().trim_end_matches('/').to_owned();
        Self(child, base)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() {
    let path = data::file(100_000);
    let begun = Instant::now();
    let server = Server::start(&path, "0");
    println!("listening after {:.2} s", begun.elapsed().as_secs_f64());
    let files = Files::load(&[LayerSettings::from_path(path.clone())], Arc::new(builtin::basemap().unwrap())).unwrap();
    let world = files.world();
    let layer = &world.data_layers().next().unwrap().layer;
    println!("| zoom | cold vector tile, median ms | the same, gzip | cold raster 512 px, median ms |\n|---|---|---|---|");
    for zoom in [8, 12] {
        let tiles = data::tiles(layer, zoom);
        let median = |encoding, ratio, suffix| cold(&server, &tiles, encoding, ratio, suffix);
        let [plain, gzip] = ["identity", "gzip"].map(|encoding| median(encoding, "", "mvt"));
        println!("| {zoom} | {plain:.2} | {gzip:.2} | {:.2} |", median("identity", "@2x", "png"));
    }
    drop(server);

    let server = Server::start(&path, "256");
    for zoom in [8, 12] {
        let tile = data::tiles(layer, zoom)[0];
        warm(&server, &address(tile, "", "mvt"));
    }
    warm(&server, &address(data::tiles(layer, 8)[0], "@2x", "png"));
}

fn address(tile: TileCoord, ratio: &str, suffix: &str) -> String {
    format!("/xyz/all/{}/{}/{}{ratio}.{suffix}", tile.z(), tile.x(), tile.y())
}

fn cold(server: &Server, tiles: &[TileCoord], encoding: &str, ratio: &str, suffix: &str) -> f64 {
    let client = Client::builder().no_proxy().build().unwrap();
    let mut times = Vec::new();
    for &tile in tiles {
        let request = client.get(format!("{}{}", server.1, address(tile, ratio, suffix))).header("accept-encoding", encoding);
        let begun = Instant::now();
        let answer = request.send().unwrap().error_for_status().unwrap().bytes().unwrap();
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        assert!(!answer.is_empty(), "{tile:?} is empty");
    }
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

fn warm(server: &Server, path: &str) {
    let url = format!("{}{path}", server.1);
    let length = reqwest::blocking::get(&url).unwrap().bytes().unwrap().len();
    let wrk = Command::new("wrk").args(["-t1", "-c8", "-d5", "-H", "Accept-Encoding: gzip", &url]).output();
    let Ok(output) = wrk else {
        println!("SKIPPED warm {path}: wrk is not installed");
        return;
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!text.contains("Non-2xx") && !text.contains("Socket errors"), "{text}");
    let rate = text.lines().find(|line| line.contains("Requests/sec")).unwrap_or_default().trim();
    println!("warm {path} ({length} bytes plain): {rate}");
}
