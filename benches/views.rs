//! What it costs that each audience has a world of its own, and that what was known stays answerable: `cargo bench --bench views`.
//!
//! The built-in records and 100,000 reports. First the resident memory of a process that serves an editor, and of one that serves all three
//! audiences, with the records and their drafts held as a server holds them. Then ten versions of each report: the same tiles, none of them kept,
//! by what is known now and by what was known after each of the versions.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use roadblock::clock::Clock;
use roadblock::config::Settings;
use roadblock::http::router;
use roadblock::server::Server;
use roadblock::world::records::{Ingredients, viewers, world};
use roadblock::world::{Worlds, builtin};
use roadblock_layers::history::History;
use roadblock_layers::store::Store;
use roadblock_layers::time::Instant as Moment;
use roadblock_layers::view::Rekey;
use roadblock_tiles::grid::project;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt;

const REPORTS: usize = 100_000;
const VERSIONS: u32 = 10;
/// Set in the processes whose memory is measured: how many views, of which store.
const VIEWS: &str = "ROADBLOCK_BENCH_VIEWS";
const STORE: &str = "ROADBLOCK_BENCH_STORE";
const TILES: [(u8, f64, f64); 6] =
    [(5, -8.0, 13.0), (7, -8.0, 13.0), (8, -7.3, 12.4), (9, -6.1, 14.2), (11, -9.4, 15.1), (13, -8.8, 12.9)];
const ROUNDS: usize = 15;

fn main() {
    if let (Ok(views), Ok(folder)) = (std::env::var(VIEWS), std::env::var(STORE)) {
        return println!("{}", memory(views.parse().unwrap(), Path::new(&folder)));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    drop(store(&path, Clock::System.now()));
    let measured = |views: usize| {
        let mut server = Command::new(std::env::current_exe().unwrap());
        let output = server.env(VIEWS, views.to_string()).env(STORE, &path).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap().trim().parse::<f64>().unwrap()
    };
    let (one, three) = (measured(1), measured(3));
    println!("| views of {REPORTS} reports | resident MB |\n|---|---|\n| the editor's | {one} |\n| all three | {three} |");
    println!("\nthree of one: {:.2}", three / one);
    past();
}

fn ingredients() -> Ingredients {
    Ingredients { about: builtin::about().unwrap(), basemap: Arc::new(builtin::basemap().unwrap()), rekey: Rekey([7; 16]) }
}

/// A report somewhere in a part of West Africa, by its number.
fn draft(number: usize) -> Value {
    let [east, north] = [number * 7_919 % 9_000, number * 104_729 % 6_000].map(|step| step as f64 / 1_000.0);
    json!({
        "id": format!("bench-{number}"), "kind": "blockade", "name": format!("Convoy {number} stopped between two towns"), "subtype": "ambush",
        "temporality": "event", "effect": "closes", "severity": 1 + number % 5, "certainty": "observed", "actor": "JNIM",
        "attribution": "claimed", "valid_from": format!("2025-{:02}-{:02}", 1 + number % 12, 1 + number % 28),
        "sensitivity": if number.is_multiple_of(10) { "restricted" } else { "public" }, "sources": [format!("press-{}", number % 500)],
        "notes": format!("{} tankers were set on fire; others turned back.", number % 90),
        "location": {"method": "point", "lon": -12.0 + east, "lat": 11.0 + north},
    })
}

fn store(folder: &Path, now: Moment) -> Store {
    let mut drafts = builtin::drafts().unwrap();
    drafts.records.extend((0..REPORTS).map(|number| ("/report".to_owned(), draft(number))));
    let source = |number| json!({"id": format!("press-{number}"), "title": "A report", "publisher": "A paper"});
    drafts.sources.extend((0..500).map(|number| ("/source".to_owned(), source(number))));
    Store::create(folder, &builtin::about().unwrap(), &drafts, now).unwrap()
}

/// Resident megabytes with a store and the worlds of so many audiences, the editor's first.
fn memory(views: usize, folder: &Path) -> u64 {
    let store = Store::open(folder).unwrap();
    let (history, of) = (store.loaded().history().unwrap(), ingredients());
    let viewers = viewers(&of, Clock::System.now()).into_iter().rev().take(views);
    let held: Vec<_> = viewers.map(|viewer| world(&of, &history, viewer)).collect();
    let resident = resident_mb();
    drop((held, history, store));
    resident
}

/// Tiles by what is known now, and by what was known before.
fn past() {
    let (folder, of) = (tempfile::tempdir().unwrap(), ingredients());
    let begun = Moment::parse("2025-12-31").unwrap();
    let store = store(&folder.path().join("data"), begun);
    let mut history: History = store.loaded().history().unwrap();
    drop(store);
    let after = |version: u32| begun.plus_days(i64::from(version));
    for version in 2..=VERSIONS {
        for number in 0..REPORTS {
            let last = history.record(&format!("bench-{number}")).last().unwrap().clone();
            history.add(last, version, after(version));
        }
    }
    let now = after(VERSIONS + 1);
    let editor = Arc::new(world(&of, &history, viewers(&of, now)[2]));
    let worlds = Worlds::of([Arc::clone(&editor), Arc::clone(&editor), editor]);
    let listen = ([127, 0, 0, 1], 8080).into();
    let settings = Settings { tile_cache_bytes: 0, render_threads: 2, ..Settings::in_memory(listen) };
    let router = router::public(Arc::new(Server::new(settings, worlds, None, Clock::Fixed(now), listen).unwrap()));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    println!(
        "\n{VERSIONS} versions of each, resident {} MB\n\n| tile | KB | now, ms | before, worst of {} moments, ms | of now |",
        resident_mb(),
        VERSIONS - 1
    );
    println!("|---|---|---|---|---|");
    for (zoom, lon, lat) in TILES {
        let [x, y] = project(lon, lat).map(|steps| steps >> (32 - zoom));
        let timed = |known_at: Moment| {
            let path = format!("/xyz/blockades/{zoom}/{x}/{y}.mvt?datetime=2025-10-22&known_at={}", known_at.exact());
            let mut took: Vec<Duration> = Vec::new();
            let mut bytes = 0;
            for _ in 0..ROUNDS {
                let begun = Instant::now();
                bytes = runtime.block_on(async {
                    let request = Request::get(&path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
                    let response = router.clone().oneshot(request).await.unwrap();
                    assert!(matches!(response.status(), StatusCode::OK | StatusCode::NO_CONTENT), "{path}");
                    to_bytes(response.into_body(), usize::MAX).await.unwrap().len()
                });
                took.push(begun.elapsed());
            }
            took.sort_unstable();
            (took[ROUNDS / 2].as_secs_f64() * 1e3, bytes)
        };
        let (current, bytes) = timed(now);
        let before: Vec<(f64, usize)> =
            (1..VERSIONS).map(|version| timed(Moment::from_micros(after(version + 1).micros() - 1))).collect();
        assert!(before.iter().all(|(_, other)| *other == bytes), "all versions say the same");
        let worst = before.iter().map(|(took, _)| *took).fold(0.0, f64::max);
        println!("| {zoom}/{x}/{y} | {} | {current:.2} | {worst:.2} | {:.2} |", bytes / 1_000, worst / current);
    }
}

/// Resident memory of this process, as the system tells it.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_000
}
