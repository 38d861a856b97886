//! What access costs in a large network: 10,000 segments, 2,000 corridors of 40 segments, 100,000 reports of three years, half of them about
//! a segment by name, the others near a place or at a position: `cargo bench --bench access`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench that cannot go on fails by panicking, and prints")]

use roadblock_layers::access::{Access, Inquiry, Moment, Terms, Threshold};
use roadblock_layers::history::History;
use roadblock_layers::time::{Datetime, Instant as Time};
use roadblock_layers::validate;
use roadblock_layers::view::{self, Rekey, Viewer};
use roadblock_layers::vocab::Audience;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::time::Instant;

const SIDE: u64 = 71;
const CORRIDORS: usize = 2_000;
const LEGS: usize = 40;
const REPORTS: u64 = 100_000;
const DAYS: u64 = 1_095;

/// Small numbers that look like chance (Weyl's sequence, mixed).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (mixed ^ (mixed >> 29)) % end
    }
}

fn place(column: u64, row: u64) -> String {
    format!("p-{column:02}-{row:02}")
}

fn segment(one: &str, other: &str) -> String {
    format!("s-{}-{}", one.min(other), one.max(other))
}

/// A grid of towns 22 km apart, some of which supplies come from.
fn roads(chance: &mut Chance) -> Vec<Value> {
    let mut drafts = Vec::new();
    for (column, row) in (0..SIDE).flat_map(|column| (0..SIDE).map(move |row| (column, row))) {
        let here = place(column, row);
        let (lon, lat) = (-15.0 + column as f64 * 0.2 + chance.below(50) as f64 / 1e3, 2.0 + row as f64 * 0.2);
        let is_supply = chance.below(100) == 0;
        drafts.push(json!({"kind": "place", "id": here, "name": here, "role": "town", "lon": lon, "lat": lat, "is_supply_node": is_supply}));
        for (column, row) in
            [(column + 1, row), (column, row + 1)].into_iter().filter(|(column, row)| *column < SIDE && *row < SIDE)
        {
            let there = place(column, row);
            let (id, a, b) = (segment(&here, &there), here.clone().min(there.clone()), here.clone().max(there));
            drafts.push(json!({"kind": "segment", "id": id, "name": id, "a": a, "b": b, "geometry_accuracy_m": 3_000}));
        }
    }
    for number in 0..CORRIDORS {
        let (mut at, mut seen, mut nodes) = ((chance.below(SIDE), chance.below(SIDE)), BTreeSet::new(), Vec::new());
        while nodes.len() <= LEGS && seen.insert(at) {
            nodes.push(place(at.0, at.1));
            let steps = [(at.0 + 1, at.1), (at.0, at.1 + 1), (at.0.wrapping_sub(1), at.1), (at.0, at.1.wrapping_sub(1))];
            let free: Vec<(u64, u64)> =
                steps.into_iter().filter(|next| next.0 < SIDE && next.1 < SIDE && !seen.contains(next)).collect();
            if !free.is_empty() {
                at = free[chance.below(free.len() as u64) as usize];
            }
        }
        let segments: Vec<String> = nodes.windows(2).map(|ends| segment(&ends[0], &ends[1])).collect();
        if segments.is_empty() {
            continue;
        }
        let id = format!("corridor-{number:04}");
        drafts.push(json!({"kind": "corridor", "id": id, "name": id, "mode": "road", "route_class": "Primary", "nodes": nodes,
            "segments": segments}));
    }
    drafts
}

fn report(number: u64, chance: &mut Chance, segments: &[(String, f64, f64)]) -> Value {
    let (segment, lon, lat) = &segments[chance.below(segments.len() as u64) as usize];
    let location = match chance.below(4) {
        0 | 1 => json!({"method": "point", "lon": lon, "lat": lat, "segment": segment}),
        2 => json!({"method": "place", "place": place(chance.below(SIDE), chance.below(SIDE))}),
        _ => json!({"method": "point", "lon": lon, "lat": lat}),
    };
    let (subtype, temporality, effect) = match chance.below(10) {
        0 => ("passage", "event", "passage"),
        1 => ("checkpoint", "state", "restricts"),
        2..=4 => ("abduction", "event", "restricts"),
        _ => ("ambush", "event", "closes"),
    };
    let day = day(chance.below(DAYS));
    let mut draft = json!({
        "kind": "blockade", "id": format!("ev-{number}"), "name": "A report", "subtype": subtype, "temporality": temporality,
        "effect": effect, "severity": 3, "actor": "UNKNOWN", "attribution": "unknown", "certainty": "likely", "valid_from": day.to_string(),
        "recorded_at": day.plus_days(1).to_string(), "sensitivity": "public", "sources": ["src"], "location": location,
    });
    if temporality == "state" {
        draft["valid_to"] = json!(day.plus_days(30).to_string());
    }
    draft
}

fn day(number: u64) -> Time {
    Time::parse("2023-01-01").unwrap().plus_days(number as i64)
}

fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let made = black_box(run());
    println!("{what}: {:.1} ms", begun.elapsed().as_secs_f64() * 1e3);
    made
}

/// Median and greatest milliseconds of many.
fn each<T>(what: &str, of: impl Iterator<Item = T>, mut run: impl FnMut(T)) {
    let mut times: Vec<f64> = of
        .map(|one| {
            let begun = Instant::now();
            run(one);
            begun.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what}: median {:.3} ms, max {:.3} ms", times[times.len() / 2], times[times.len() - 1]);
}

fn main() {
    let mut chance = Chance(1);
    let mut drafts = roads(&mut chance);
    let places: BTreeMap<&str, &Value> =
        drafts.iter().filter(|draft| draft["kind"] == "place").map(|draft| (draft["id"].as_str().unwrap(), draft)).collect();
    let at = |id: &str, axis: &str| places[id][axis].as_f64().unwrap();
    let segments: Vec<(String, f64, f64)> = drafts
        .iter()
        .filter(|draft| draft["kind"] == "segment")
        .map(|draft| {
            let ends = [draft["a"].as_str().unwrap(), draft["b"].as_str().unwrap()];
            let middle = |axis: &str| at(ends[0], axis).midpoint(at(ends[1], axis));
            (draft["id"].as_str().unwrap().to_owned(), middle("lon"), middle("lat"))
        })
        .collect();
    drafts.extend((0..REPORTS).map(|number| report(number, &mut chance, &segments)));
    let placed: Vec<validate::Placed> = drafts.into_iter().map(|draft| (String::new(), draft)).collect();
    let source = json!({"id": "src", "title": "T", "publisher": "P", "url": "https://example.org/a"});
    let outcome = validate::records(&placed, &[(String::new(), source)]);
    println!(
        "{} segments, {} records, {} refused",
        segments.len(),
        outcome.records.iter().len(),
        placed.len() - outcome.records.iter().len()
    );
    let history = History::from(&outcome.records);
    let viewer = Viewer { audience: Audience::Editor, now: day(2_000), rekey: Rekey([0; 16]), attribution: "" };
    let told = timed("what an editor is told", || view::told(&history, viewer));
    let access = timed("matched to the roads", || Access::of(told, Audience::Editor));
    let asked = Datetime::At(day(700));
    let inquiry = access.known(day(2_000), Terms::default()).unwrap();
    measure(&access, inquiry, asked);
}

fn measure(access: &Access, inquiry: Inquiry<'_>, asked: Datetime) {
    timed("all segments", || inquiry.segments(&asked).count());
    timed("all corridors", || inquiry.chains().map(|chain| inquiry.corridor(chain, &asked).parts.len()).sum::<usize>());
    each("one corridor", inquiry.chains(), |chain| drop(black_box(inquiry.corridor(chain, &asked))));
    each("all time of one corridor", inquiry.chains().take(200), |chain| drop(black_box(inquiry.spells(chain))));
    each("near one corridor", inquiry.chains().take(50), |chain| drop(black_box(inquiry.near(chain, &asked, 20_000.0))));
    let graph = timed("graph", || inquiry.graph(&asked));
    let last = graph.places().len() - 1;
    for count in [1, 3] {
        timed(&format!("{count} best paths across"), || graph.paths(0, last, count).len());
    }
    for threshold in Threshold::ALL {
        timed(&format!("cut off, {}", threshold.as_str()), || inquiry.cut_off(&asked, threshold).len());
    }
    let moment = |number: u64| Moment { datetime: Datetime::At(day(number)), known_at: day(number) };
    timed("changes of a month", || access.changes(moment(700), moment(730), Terms::default()).len());
}
