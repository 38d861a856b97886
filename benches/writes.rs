//! Changes of records over the routes of the server, each on the disk and shown before it is answered: `cargo bench --bench writes`.
//!
//! The store lies in a directory of the disk that `TMPDIR` is on, with full fsync. First so many writers at once, each of which creates one
//! report after the other for five seconds in the built-in data. Then one editor, who moves a report and asks for the tile of zoom 14 in which
//! it is now, which must show it; with the built-in data, after several hundred corrections of towns, and with 100,000 records more.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, StatusCode};
use roadblock::caller::Caller;
use roadblock::clock::Clock;
use roadblock::config::Settings;
use roadblock::http::front::Front;
use roadblock::http::router;
use roadblock::ledger::Ledger;
use roadblock::server::Server;
use roadblock::world::builtin;
use roadblock::world::records::Ingredients;
use roadblock_layers::store::Store;
use roadblock_layers::view::Rekey;
use roadblock_layers::vocab::Audience;
use roadblock_tiles::grid::project;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tower::ServiceExt;

const LONG: Duration = Duration::from_secs(5);
const RECORDS: usize = 100_000;
const SOURCES: usize = 500;
/// Edits whose tile is asked for, unless they take so long that fewer are made.
const EDITS: usize = 500;
const PATIENCE: Duration = Duration::from_secs(20);
/// Corrections of towns before one edit after the other is timed again.
const CORRECTIONS: usize = 300;
const ITEMS: &str = "/collections/blockades/items";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("| writers | acknowledged changes a second | median ms | p99 ms | max ms |\n|---|---|---|---|---|");
    for writers in [1, 8, 32] {
        let folder = tempfile::tempdir().unwrap();
        let router = serve(folder.path(), 0);
        let mut took = runtime.block_on(write(&router, writers));
        let rate = took.len() as f64 / LONG.as_secs_f64();
        println!("| {writers} | {rate:.0} | {} |", spread(&mut took));
    }
    println!(
        "\n| records | edits | until the answer, median ms | p99 ms | max ms | until the tile shows it, median ms | p99 ms | max ms |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    let folder = tempfile::tempdir().unwrap();
    let router = serve(folder.path(), 0);
    edits(&runtime, &router, "the built-in ones");
    correct(&runtime, &router);
    edits(&runtime, &router, &format!("the same after {CORRECTIONS} corrections of towns"));
    let (folder, begun) = (tempfile::tempdir().unwrap(), Instant::now());
    let router = serve(folder.path(), RECORDS);
    let ready = begun.elapsed();
    edits(&runtime, &router, "100,000 more");
    println!("\n100,000 records: made, read and shown after {:.1} s, resident {} MB", ready.as_secs_f64(), resident_mb());
}

/// The routes over a new store of the built-in records and so many reports.
fn serve(folder: &Path, reports: usize) -> Front {
    let mut drafts = builtin::drafts().unwrap();
    let mut random = Random(11);
    let places = (0..reports).map(|number| (number, [random.below(9_000), random.below(6_000)]));
    let reports = places.map(|(number, at)| draft(number, at.map(|step| step as f64 / 1_000.0)));
    drafts.records.extend(reports.map(|draft| ("/report".to_owned(), draft)));
    let sources =
        (0..SOURCES).map(|number| json!({"id": format!("press-{number}"), "title": "A report", "publisher": "A paper"}));
    drafts.sources.extend(sources.map(|draft| ("/source".to_owned(), draft)));
    let folder = folder.join("data");
    let now = Clock::System.now();
    let store = Store::create(&folder, &builtin::about().unwrap(), &drafts, now).unwrap();
    let (loaded, writer) = store.start().unwrap();
    let of =
        Ingredients { about: loaded.about.clone(), basemap: Arc::new(builtin::basemap().unwrap()), rekey: Rekey(loaded.secret) };
    let ledger = Ledger::new(&loaded, loaded.history().unwrap(), writer, of);
    let listen = ([127, 0, 0, 1], 8080).into();
    let settings = Settings { tile_cache_bytes: 256 << 20, render_threads: 2, ..Settings::in_memory(listen) };
    let worlds = ledger.worlds(now);
    router::public(Arc::new(Server::new(settings, worlds, Some(ledger), Clock::System, listen).unwrap()))
}

/// A report east and north of a corner of West Africa.
fn draft(number: usize, [east, north]: [f64; 2]) -> Value {
    json!({
        "id": format!("bench-{number}"), "kind": "blockade", "name": format!("Convoy {number} stopped between two towns"), "subtype": "ambush",
        "temporality": "event", "effect": "closes", "severity": 1 + number % 5, "certainty": "observed", "actor": "JNIM",
        "attribution": "claimed", "valid_from": format!("2025-{:02}-{:02}", 1 + number % 12, 1 + number % 28), "sensitivity": "public",
        "sources": [format!("press-{}", number % SOURCES)],
        "notes": format!("{} tankers were set on fire; others turned back.", number % 90),
        "location": {"method": "point", "lon": -12.0 + east, "lat": 11.0 + north},
    })
}

/// The same as a feature that an editor sends.
fn feature(id: &str, [lon, lat]: [f64; 2], name: &str) -> Value {
    json!({
        "type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [lon, lat]},
        "properties": {
            "name": name, "subtype": "ambush", "temporality": "event", "effect": "closes", "severity": 4, "certainty": "observed",
            "actor": "JNIM", "attribution": "claimed", "valid_from": "2025-10-20", "sensitivity": "public",
            "sources": [{"id": "press-1", "title": "A report", "publisher": "A paper"}],
        },
    })
}

/// Numbers by chance, the same in every run (splitmix64, Steele and others 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        ((mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb) >> 33) as usize % end
    }
}

/// How long each change took that so many writers made.
async fn write(router: &Front, writers: usize) -> Vec<Duration> {
    let begun = Instant::now();
    let tasks = (0..writers).map(|writer| {
        let router = router.clone();
        tokio::spawn(async move {
            let mut took = Vec::new();
            for number in 0.. {
                let asked = Instant::now();
                if begun.elapsed() > LONG {
                    break;
                }
                let at = [-8.0 + writer as f64 / 100.0, 13.0 + (number % 100) as f64 / 100.0];
                let report = feature(&format!("new-{writer}-{number}"), at, "Road closed");
                assert_eq!(send(&router, "POST", ITEMS, &report).await, StatusCode::CREATED);
                took.push(asked.elapsed());
            }
            took
        })
    });
    let mut took = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        took.extend(task.await.unwrap());
    }
    took
}

/// Moves one report after the other and asks for the tile in which it is.
fn edits(runtime: &Runtime, router: &Front, what: &str) {
    let mut random = Random(5);
    let (mut answered, mut seen) = (Vec::new(), Vec::new());
    let begun = Instant::now();
    let first = format!("moved-{}", what.len());
    assert_eq!(runtime.block_on(send(router, "POST", ITEMS, &feature(&first, [-8.0, 13.0], "Road closed"))), StatusCode::CREATED);
    while seen.len() < EDITS && begun.elapsed() < PATIENCE {
        let at = [-8.0 + random.below(4_000) as f64 / 1_000.0, 12.0 + random.below(2_000) as f64 / 1_000.0];
        let name = format!("Road closed {}.", seen.len());
        let [x, y] = project(at[0], at[1]).map(|steps| steps >> (32 - 14));
        runtime.block_on(async {
            let begun = Instant::now();
            let edited = send(router, "PUT", &format!("{ITEMS}/{first}"), &feature(&first, at, &name)).await;
            assert_eq!(edited, StatusCode::OK);
            answered.push(begun.elapsed());
            let tile = get(router, &format!("/xyz/blockades/14/{x}/{y}.mvt?datetime=2025-10-22")).await;
            seen.push(begun.elapsed());
            assert!(tile.windows(name.len()).any(|bytes| bytes == name.as_bytes()), "{name}");
        });
    }
    println!("| {what} | {} | {} | {} |", seen.len(), spread(&mut answered), spread(&mut seen));
}

/// Moves a town again and again, all in a few requests.
fn correct(runtime: &Runtime, router: &Front) {
    let towns = ["kolondieba", "bougouni", "sikasso"];
    for number in 0..CORRECTIONS {
        let town = format!("/collections/places/items/{}", towns[number % towns.len()]);
        let moved = json!({"geometry": {"type": "Point", "coordinates": [-6.9 + number as f64 / 1_000.0, 11.1]}});
        assert_eq!(runtime.block_on(send(router, "PATCH", &town, &moved)), StatusCode::OK);
    }
}

async fn get(router: &Front, path: &str) -> Bytes {
    let request = Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).unwrap();
    to_bytes(router.clone().oneshot(request).await.unwrap().into_body(), usize::MAX).await.unwrap()
}

async fn send(router: &Front, method: &str, path: &str, body: &Value) -> StatusCode {
    let request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080").header("if-match", "*");
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    let amina = Caller { audience: Audience::Editor, name: Some("amina".into()), allow_blind_edits: true, is_admin: false };
    request.extensions_mut().insert(amina);
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let answer = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert!(status.is_success(), "{status} {}", String::from_utf8_lossy(&answer));
    status
}

/// Median, 99th hundredth and maximum, in milliseconds.
fn spread(times: &mut [Duration]) -> String {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
    format!("{:.2} | {:.2} | {:.2}", at(50), at(99), at(100))
}

/// Resident memory of this process, as the system tells it.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_000
}
