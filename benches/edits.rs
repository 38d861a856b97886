//! Edits while tiles are read: `cargo bench --bench edits -- 100000 1000000`, without a tile budget and with the default one.
//!
//! One thread asks for tiles through the routes of the server, without a socket, as fast as it can: random ones of `data::tiles` at zooms 8 to
//! 14. Another says 100 features a second anew, each moved by a few hundred metres, and then asks for the tile of zoom 14 in which the feature
//! is now until it shows there. Told are the share of tiles that came from the cache, how long reads took with and without edits, how long an
//! edit took until it was seen, and what it left in memory. At last a third of the layer is said anew at once, all
//! tiles are asked for, and then all sheets are merged, while reading goes on.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

mod data;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use data::mix::Random;
use geo::{BoundingRect, Translate};
use roadblock::clock::Clock;
use roadblock::config::{LayerSettings, Settings};
use roadblock::edit::edit;
use roadblock::http::front::Front;
use roadblock::http::router;
use roadblock::server::Server;
use roadblock::world::budget::DEFAULT_TILE_KB;
use roadblock::world::file::Files;
use roadblock::world::{World, Worlds, builtin};
use roadblock_layers::feature::Feature;
use roadblock_layers::features::FeatureRef;
use roadblock_layers::layer::{Edit, EditError, Layer};
use roadblock_layers::value::Value;
use roadblock_tiles::grid::project;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt;
use xxhash_rust::xxh3::xxh3_64;

const EDITS_A_SECOND: u32 = 100;
const SECONDS: u64 = 20;
const MEMORY_EDITS: u32 = 4000;
const ZOOMS: std::ops::RangeInclusive<u8> = 8..=14;

fn main() {
    let counts: Vec<u32> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    for count in if counts.is_empty() { vec![100_000] } else { counts } {
        measure(count, 0);
        measure(count, DEFAULT_TILE_KB);
    }
}

fn measure(count: u32, budget_kb: u32) {
    let server = serve(count, budget_kb);
    let router = router::public(Arc::clone(&server));
    let world = server.world();
    let published = world.data_layers().next().unwrap();
    let name = published.layer.meta.name.to_string();
    let address = |(zoom, x, y): (u8, u32, u32)| format!("/xyz/{name}/{zoom}/{x}/{y}.mvt");
    let coords = ZOOMS.flat_map(|zoom| data::tiles(&published.layer, zoom));
    let tiles: Vec<String> = coords.map(|coord| address((coord.z(), coord.x(), coord.y()))).collect();
    drop(world);
    let kept = kept_kib(&server, &name);
    let mut reader = Reader { server: &server, router: &router, bodies: vec![0; tiles.len()], tiles };
    reader.ask_for_all();
    println!("{count} features, a budget of {budget_kb} kB, {} tiles\n", reader.tiles.len());
    println!(
        "| while | reads | from the cache | of the unchanged | p50 ms | p99 ms | p99.9 ms | max ms |\n|---|---|---|---|---|---|---|---|"
    );

    reader.reads_while("nothing else happens", 0, || std::thread::sleep(Duration::from_secs(SECONDS / 2)));
    let (mut took, mut seen) = (Vec::new(), Vec::new());
    reader.reads_while("100 edits a second", u64::from(EDITS_A_SECOND) * SECONDS, || {
        let mut random = Random(7);
        let begun = Instant::now();
        for step in 0..EDITS_A_SECOND * SECONDS as u32 {
            let due = begun + Duration::from_secs(1) * step / EDITS_A_SECOND;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let (version, at) = moved_by_chance(&server, &name, &mut random, step);
            let begun = Instant::now();
            edit(&server, &name, vec![Edit::put(version)]).unwrap();
            took.push(begun.elapsed());
            let shown = ask(&router, &address(at));
            let mark = format!("edit {step}.");
            assert!(shown.windows(mark.len()).any(|bytes| bytes == mark.as_bytes()), "edit {step} shows in its tile");
            seen.push(begun.elapsed());
        }
    });
    let world = server.world();
    let layer = &world.layer(&name).unwrap().layer;
    let third = layer.features().take(count as usize / 3).map(|(number, feature)| Edit::put(moved(layer, feature, number).0));
    let third: Vec<Edit> = third.collect();
    drop(world);
    let mut bulk = Duration::ZERO;
    reader.reads_while("a third is said anew at once", 0, || {
        let begun = Instant::now();
        // Without `edit`, so that the merge it makes due waits for the next row.
        let next = |world: &World| Ok::<_, EditError>(world.with(world.layer(&name).unwrap().edited(third)?));
        server.change(next).unwrap();
        bulk = begun.elapsed();
    });
    reader.ask_for_all();
    let mut merge = Duration::ZERO;
    reader.reads_while("all is merged", 0, || {
        let begun = Instant::now();
        let (version, _) = moved_by_chance(&server, &name, &mut Random(5), 0);
        edit(&server, &name, vec![Edit::put(version)]).unwrap();
        await_merge(&server);
        merge = begun.elapsed();
    });
    reader.reads_while("nothing, right after it", 0, || std::thread::sleep(Duration::from_secs(SECONDS / 4)));
    println!("\nAn edit: {}. Until its tile shows it: {}.", spread(&mut took), spread(&mut seen));
    println!(
        "Memory kept: {kept:.2} KiB an edit. The third at once: {:.2} s, the merge: {:.2} s.\n",
        bulk.as_secs_f64(),
        merge.as_secs_f64()
    );
}

/// A layer of the mix, as it is served.
fn serve(count: u32, budget_kb: u32) -> Arc<Server> {
    let path = data::file(count);
    let settings = LayerSettings { tile_budget_kb: Some(budget_kb), ..LayerSettings::from_path(path) };
    let world = Files::load(&[settings], Arc::new(builtin::basemap().unwrap())).unwrap().world();
    let settings =
        Settings { tile_cache_bytes: 256 << 20, render_threads: 2, ..Settings::in_memory(([127, 0, 0, 1], 8080).into()) };
    let listen = settings.listen;
    Arc::new(Server::new(settings, Worlds::same(world), None, Clock::System, listen).unwrap())
}

/// Memory that an edit leaves behind, while nobody asks for tiles.
fn kept_kib(server: &Arc<Server>, layer: &str) -> f64 {
    let mut random = Random(3);
    let mut edits = |count: u32| {
        for step in 0..count {
            edit(server, layer, vec![Edit::put(moved_by_chance(server, layer, &mut random, step).0)]).unwrap();
        }
        await_merge(server);
        resident_kb()
    };
    // The table of stamps, and what the allocator sets aside, come with the first.
    let before = edits(MEMORY_EDITS / 2);
    edits(MEMORY_EDITS).saturating_sub(before) as f64 / f64::from(MEMORY_EDITS)
}

fn await_merge(server: &Server) {
    while !server.merging.lock().unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// One of the features, as `moved`.
fn moved_by_chance(server: &Server, layer: &str, random: &mut Random, step: u32) -> (Feature, (u8, u32, u32)) {
    let world = server.world();
    let layer = &world.layer(layer).unwrap().layer;
    // The feature of that number may have been replaced: then the next.
    let number = random.below(layer.end() as usize) as u32;
    moved(layer, (number..layer.end()).chain(0..number).find_map(|number| layer.feature(number)).unwrap(), step)
}

/// A feature a little farther on under another name, and a tile of zoom 14 in which it is.
fn moved(layer: &Layer, feature: FeatureRef<'_>, step: u32) -> (Feature, (u8, u32, u32)) {
    let geometry = feature.geometry().unwrap().translate(0.003, 0.001);
    let columns = layer.schema.columns().iter().enumerate();
    let values = columns.map(|(column, about)| match &*about.name {
        "name" => Value::from(format!("edit {step}.").as_str()),
        _ => feature.value(column).clone(),
    });
    // A vertex of a line or an area, or the point itself.
    let first = geo::CoordsIter::coords_iter(&geometry).next().unwrap();
    assert!(geometry.bounding_rect().is_some());
    let [x, y] = project(first.x, first.y).map(|steps| u32::try_from(steps >> 18).unwrap());
    (Feature::timeless(feature.id().clone(), Some(geometry), values.collect()), (14, x, y))
}

/// Who asks for tiles, and remembers them.
struct Reader<'a> {
    server: &'a Server,
    router: &'a Front,
    tiles: Vec<String>,
    /// Digests of the tiles as they came last.
    bodies: Vec<u64>,
}

impl Reader<'_> {
    fn ask_for_all(&mut self) {
        for (tile, body) in self.tiles.iter().zip(&mut self.bodies) {
            *body = xxh3_64(&ask(self.router, tile));
        }
    }

    /// Reads tiles on a thread of its own as long as something else is done, which asks for so many tiles that are new, and prints how that
    /// went.
    fn reads_while(&mut self, what: &str, new_tiles: u64, act: impl FnOnce()) {
        let Self { server, router, tiles, bodies } = self;
        let (hits, renders) = (server.metrics.tile_cache_hits.get(), server.metrics.tile_renders.get());
        let is_done = AtomicBool::new(false);
        let (mut times, changed) = std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let (mut times, mut changed, mut random) = (Vec::new(), 0u64, Random(11));
                while !is_done.load(Ordering::Relaxed) {
                    let which = random.below(tiles.len());
                    let begun = Instant::now();
                    let body = ask(router, &tiles[which]);
                    times.push(begun.elapsed());
                    assert!(!body.is_empty());
                    let digest = xxh3_64(&body);
                    changed += u64::from(std::mem::replace(&mut bodies[which], digest) != digest);
                    // A client far away, not a loop that leaves no time to anybody else.
                    std::thread::sleep(Duration::from_micros(200));
                }
                (times, changed)
            });
            act();
            is_done.store(true, Ordering::Relaxed);
            reader.join().unwrap()
        });
        let (hits, renders) = (server.metrics.tile_cache_hits.get() - hits, server.metrics.tile_renders.get() - renders);
        // What changed, and what is new, has to be made once.
        let (unchanged, needless) = (times.len() as u64 - changed, renders.saturating_sub(changed + new_tiles));
        let of = |times: &mut Vec<Duration>, share| milliseconds(at(times, share));
        println!(
            "| {what} | {} | {:.1} % | {:.1} % | {:.3} | {:.2} | {:.2} | {:.2} |",
            times.len(),
            100.0 * hits as f64 / (hits + renders) as f64,
            100.0 * (1.0 - needless as f64 / unchanged as f64),
            of(&mut times, 0.5),
            of(&mut times, 0.99),
            of(&mut times, 0.999),
            of(&mut times, 1.0)
        );
    }
}

fn ask(router: &Front, path: &str) -> Bytes {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    }
    let request = Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    RUNTIME.with(|runtime| {
        runtime
            .block_on(async { to_bytes(router.clone().oneshot(request).await.unwrap().into_body(), usize::MAX).await.unwrap() })
    })
}

fn at(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    times[((times.len() - 1) as f64 * share) as usize]
}

fn spread(times: &mut [Duration]) -> String {
    let of = |times: &mut [Duration], share| milliseconds(at(times, share));
    format!("p50 {:.2} ms, p99 {:.2} ms, at most {:.2} ms", of(times, 0.5), of(times, 0.99), of(times, 1.0))
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Resident memory of this process, as the system tells it.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
