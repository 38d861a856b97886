//! What the store takes, each write on the disk before it is answered: `cargo bench --bench store`.
//!
//! So many threads, each of which commits one new record after the other for five seconds into one store, in a directory of the disk that
//! `TMPDIR` is on. Then how long a store of 100,000 records takes to open, and to back up.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

use roadblock_layers::dataset::{About, Drafts};
use roadblock_layers::store::{Act, Batch, Change, Expected, Store, Subject, Writer, backup};
use roadblock_layers::time::Instant as Moment;
use roadblock_layers::vocab::Kind;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const LONG: Duration = Duration::from_secs(5);
const RECORDS: usize = 100_000;

fn main() {
    println!("| threads | acknowledged commits a second | median ms | p99 ms |\n|---|---|---|---|");
    for threads in [1, 8, 32, 128] {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path(), &about(), &Drafts::default(), now()).unwrap();
        let (_, writer) = store.start().unwrap();
        let mut took: Vec<Duration> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|thread| (thread, &writer)).collect();
            let threads: Vec<_> =
                threads.into_iter().map(|(thread, writer)| scope.spawn(move || commits(writer, thread))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
        });
        took.sort_unstable();
        let at = |share: usize| took[(took.len() * share / 100).min(took.len() - 1)].as_secs_f64() * 1000.0;
        let rate = took.len() as f64 / LONG.as_secs_f64();
        println!("| {threads} | {rate:.0} | {:.2} | {:.2} |", at(50), at(99));
    }
    large();
}

/// How long each commit of one thread took.
fn commits(writer: &Writer, thread: usize) -> Vec<Duration> {
    let begun = Instant::now();
    let mut took = Vec::new();
    for number in 0.. {
        let asked = Instant::now();
        if begun.elapsed() > LONG {
            break;
        }
        writer.commit(batch(vec![new(&format!("r-{thread}-{number}"))]), now()).unwrap();
        took.push(asked.elapsed());
    }
    took
}

fn large() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let records = (0..RECORDS).map(|number| (format!("/{number}"), report(&format!("r-{number}")))).collect();
    let begun = Instant::now();
    drop(Store::create(&data, &about(), &Drafts { records, sources: sources() }, now()).unwrap());
    println!("\n{RECORDS} records: made in {:.2} s", begun.elapsed().as_secs_f64());
    let begun = Instant::now();
    let store = Store::open(&data).unwrap();
    let opened = begun.elapsed();
    store.loaded().records().unwrap();
    println!(
        "opened, every row verified, in {:.2} s; records made of it after {:.2} s",
        opened.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    let begun = Instant::now();
    let out = folder.path().join("copy.db");
    backup(&data, &out).unwrap();
    let bytes = std::fs::metadata(&out).unwrap().len();
    println!("backed up and verified, {} MB, in {:.2} s", bytes / 1_000_000, begun.elapsed().as_secs_f64());
}

fn now() -> Moment {
    Moment::parse("2025-12-01T09:00:00Z").unwrap()
}

fn about() -> About {
    let about = json!({
        "title": "Bench", "description": "", "default_datetime": null, "from": "2025-09-01", "to": "2025-12-01",
        "disclaimer": "", "attribution": "",
    });
    serde_json::from_value(about).unwrap()
}

fn sources() -> Vec<(String, Value)> {
    vec![("/s".to_owned(), json!({"id": "press-1", "title": "A report", "publisher": "A paper"}))]
}

/// About as long as a report of the built-in data.
fn report(id: &str) -> Value {
    json!({
        "id": id, "kind": "blockade", "name": "Ambush of a convoy of tankers between two towns", "subtype": "ambush",
        "temporality": "event", "effect": "closes", "severity": 4, "certainty": "observed", "actor": "JNIM", "attribution": "claimed",
        "commodity": ["fuel"], "valid_from": "2025-09-14", "time_precision": 1, "accuracy_m": 5000, "sensitivity": "public",
        "sources": ["press-1"], "notes": "Some tankers were set on fire; others turned back. Reported by people on the road.",
        "location": {"method": "point", "lon": -8.0, "lat": 12.65},
    })
}

fn new(id: &str) -> Change {
    Change { subject: Subject::Record(Kind::Blockade), id: id.to_owned(), expected: Expected::New, act: Act::Put(report(id)) }
}

fn batch(changes: Vec<Change>) -> Batch {
    Batch { who: "bench".to_owned(), changes, key: None, is_trial: false }
}
