//! Small networks, by hand and by chance, made of drafts as anybody would send them.

use super::*;
use crate::finding::Severity;
use crate::validate;
use serde_json::{Value, json};

/// Numbers that look like chance (splitmix64).
#[derive(Debug, Clone)]
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    pub(super) fn in_a_hundred(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.below(1 << 40) as f64 / (1_u64 << 40) as f64)
    }

    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize].clone()
    }
}

pub(super) fn place(id: &str, lon: f64, lat: f64) -> Value {
    json!({"kind": "place", "id": id, "name": id, "role": "town", "lon": lon, "lat": lat})
}

pub(super) fn supply(id: &str, lon: f64, lat: f64) -> Value {
    with(place(id, lon, lat), json!({"role": "port", "is_supply_node": true}))
}

pub(super) fn segment_id(one: &str, other: &str) -> String {
    format!("seg-{}--{}", one.min(other), one.max(other))
}

pub(super) fn segment(one: &str, other: &str) -> Value {
    let id = segment_id(one, other);
    json!({"kind": "segment", "id": id, "name": id, "a": one.min(other), "b": one.max(other), "geometry_accuracy_m": 3000})
}

pub(super) fn corridor(id: &str, nodes: &[&str]) -> Value {
    let segments: Vec<String> = nodes.windows(2).map(|ends| segment_id(ends[0], ends[1])).collect();
    json!({"kind": "corridor", "id": id, "name": id, "mode": "road", "route_class": "Primary", "nodes": nodes, "segments": segments})
}

/// An ambush that closed the way from place to place of corridor `way` on the 10th of October, likely.
pub(super) fn report(id: &str, from: &str, to: &str) -> Value {
    json!({
        "kind": "blockade", "id": id, "name": id, "subtype": "ambush", "temporality": "event", "effect": "closes", "severity": 4,
        "actor": "UNKNOWN", "attribution": "unknown", "certainty": "likely", "valid_from": "2025-10-10", "sensitivity": "public",
        "sources": ["src"], "location": {"method": "between", "corridor": "way", "from": from, "to": to},
    })
}

/// A convoy that got through.
pub(super) fn passage(id: &str, from: &str, to: &str) -> Value {
    with(report(id, from, to), json!({"subtype": "passage", "effect": "passage"}))
}

/// A draft with some members said otherwise.
pub(super) fn with(mut draft: Value, members: Value) -> Value {
    draft.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    draft
}

/// The records of drafts; those that may not be are left out.
pub(super) fn accepted(drafts: &[Value]) -> Records {
    let placed: Vec<validate::Placed> = drafts.iter().enumerate().map(|(at, draft)| (format!("/{at}"), draft.clone())).collect();
    let source = json!({"id": "src", "title": "T", "publisher": "P", "url": "https://example.org/a"});
    validate::records(&placed, &[("/src".into(), source)]).records
}

/// The records of drafts, all of which are right.
pub(super) fn records(drafts: &[Value]) -> Records {
    let placed: Vec<validate::Placed> = drafts.iter().enumerate().map(|(at, draft)| (format!("/{at}"), draft.clone())).collect();
    let source = json!({"id": "src", "title": "T", "publisher": "P", "url": "https://example.org/a"});
    let outcome = validate::records(&placed, &[("/src".into(), source)]);
    let errors: Vec<_> = outcome.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    outcome.records
}

pub(super) fn editors(drafts: &[Value]) -> Access {
    seen_by(Audience::Editor, &(&records(drafts)).into())
}

pub(super) fn at(text: &str) -> Datetime {
    Datetime::At(Instant::parse(text).unwrap())
}

pub(super) const NOW: &str = "2026-06-01";

pub(super) const AUDIENCES: [Audience; 3] = [Audience::Public, Audience::Partner, Audience::Editor];

/// Places by chance, roads between neighbours, and two corridors along them.
pub(super) fn network(chance: &mut Chance) -> Vec<Value> {
    let names = ["aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"];
    let count = 4 + chance.below(5) as usize;
    let mut drafts: Vec<Value> = names[..count]
        .iter()
        .enumerate()
        .map(|(number, name)| {
            let (column, row) = (number % 3, number / 3);
            let at = |step: usize, chance: &mut Chance| step as f64 * 0.4 + chance.between(-0.1, 0.1);
            let (lon, lat) = (at(column, chance), 12.0 + at(row, chance));
            if number == 0 || chance.in_a_hundred(15) { supply(name, lon, lat) } else { place(name, lon, lat) }
        })
        .collect();
    let mut ends = std::collections::BTreeSet::new();
    for number in 1..count {
        ends.insert((names[chance.below(number as u64) as usize], names[number]));
        ends.insert((names[number - 1], names[number]));
    }
    for (one, other) in &ends {
        let mut leg = segment(one, other);
        if chance.in_a_hundred(30) {
            leg["practicability"] = json!(1 + chance.below(6));
        }
        leg["assertions"] = (0..chance.below(3)).map(|_| assertion(chance)).collect();
        drafts.push(leg);
    }
    drafts.push(corridor("way", &names[..count]));
    drafts.push(corridor("yaw", &names[..count.min(3)].iter().rev().copied().collect::<Vec<_>>()));
    drafts
}

fn assertion(chance: &mut Chance) -> Value {
    let mut assertion = json!({
        "op_status": chance.below(5), "certainty": certainty(chance), "sources": ["src"], "valid_from": moment(chance),
    });
    if chance.in_a_hundred(50) {
        assertion["review_after"] = json!(moment(chance));
    }
    assertion
}

fn certainty(chance: &mut Chance) -> &'static str {
    chance.one(&["observed", "likely", "likely", "possible", "unlikely", "unknown"])
}

/// A moment in September or October, often a whole day.
pub(super) fn moment(chance: &mut Chance) -> String {
    let day = chance.below(60);
    let (month, day) = (9 + day / 30, 1 + day % 30);
    if chance.in_a_hundred(60) {
        format!("2025-{month:02}-{day:02}")
    } else {
        format!("2025-{month:02}-{day:02}T{:02}:30:00Z", chance.below(24))
    }
}

/// A moment from August to December.
pub(super) fn instant(chance: &mut Chance) -> Instant {
    let start = Instant::parse("2025-08-15").unwrap().micros();
    Instant::from_micros(start + chance.below(120 * 86_400_000_000) as i64)
}

/// Where something is, on or near the roads of some drafts.
fn location(chance: &mut Chance, drafts: &[Value]) -> Value {
    let ids = |kind: &str| -> Vec<String> {
        drafts.iter().filter(|draft| draft["kind"] == kind).map(|draft| draft["id"].as_str().unwrap().to_owned()).collect()
    };
    let places = ids("place");
    match chance.below(10) {
        0 => json!({"method": "place", "place": chance.one(&places)}),
        1 => json!({"method": "point", "lon": chance.between(-0.3, 1.2), "lat": chance.between(11.8, 13.0)}),
        2 | 3 => {
            let segment = chance.one(&ids("segment"));
            json!({"method": "point", "lon": chance.between(0.0, 0.8), "lat": chance.between(12.0, 12.8), "segment": segment})
        }
        4 => json!({"method": "area", "adm2": "ML0101"}),
        _ => between(chance, drafts),
    }
}

fn between(chance: &mut Chance, drafts: &[Value]) -> Value {
    let corridors: Vec<&Value> = drafts.iter().filter(|draft| draft["kind"] == "corridor").collect();
    let corridor = chance.one(&corridors);
    let nodes = corridor["nodes"].as_array().unwrap();
    let from = chance.below(nodes.len() as u64 - 1) as usize;
    let to = (from + 1 + chance.below(2) as usize).min(nodes.len() - 1);
    let (from, to) = if chance.in_a_hundred(50) { (from, to) } else { (to, from) };
    json!({"method": "between", "corridor": corridor["id"], "from": nodes[from], "to": nodes[to]})
}

/// A report by chance of what happens on the roads of some drafts.
pub(super) fn any_report(id: &str, chance: &mut Chance, drafts: &[Value]) -> Value {
    let mut draft = match chance.below(8) {
        0..=2 => {
            let escorted = chance.in_a_hundred(40);
            json!({"subtype": "passage", "temporality": "event", "effect": "passage", "escorted": escorted})
        }
        3 | 4 => {
            let subtype = chance.one(&["declared_blockade", "checkpoint", "closure_official", "obstacle_physical"]);
            let effect = chance.one(&["closes", "closes", "restricts", "advisory"]);
            let mut state = json!({"subtype": subtype, "temporality": "state", "effect": effect});
            if chance.in_a_hundred(50) {
                state["valid_to"] = json!("2025-11-15");
            }
            if chance.in_a_hundred(50) {
                state["last_confirmed"] = json!(moment(chance));
            }
            state
        }
        _ => {
            let subtype = chance.one(&["ambush", "roadblock", "abduction"]);
            json!({"subtype": subtype, "temporality": "event", "effect": chance.one(&["closes", "closes", "restricts", "advisory"])})
        }
    };
    draft["commodity"] = chance.one(&[json!([]), json!(["all"]), json!(["fuel"]), json!(["food", "bitumen"])]);
    draft["direction"] = json!(chance.one(&["both", "both", "forward", "backward"]));
    draft["certainty"] = json!(certainty(chance));
    draft["valid_from"] = json!(moment(chance));
    draft["time_precision"] = json!(chance.one(&[1, 1, 2, 3]));
    draft["accuracy_m"] = json!(chance.below(30_000));
    draft["location"] = location(chance, drafts);
    draft["sensitivity"] = json!(chance.one(&["public", "restricted", "confidential", "strict"]));
    if chance.in_a_hundred(40) {
        draft["recorded_at"] = json!(instant(chance).to_string());
    }
    with(report(id, "aa", "bb"), draft)
}

/// A network by chance and reports of it.
pub(super) fn world(chance: &mut Chance) -> Vec<Value> {
    let roads = network(chance);
    let reports = (0..chance.below(14)).map(|number| any_report(&format!("ev-{number}"), chance, &roads)).collect::<Vec<_>>();
    let mut areas = Vec::new();
    for number in 0..chance.below(3) {
        let (west, south) = (chance.between(-0.3, 0.8), chance.between(11.8, 12.8));
        let (east, north) = (west + chance.between(0.05, 0.6), south + chance.between(0.05, 0.6));
        areas.push(json!({
            "kind": "area", "id": format!("area-{number}"), "name": "Area", "actor": "UNKNOWN", "attribution": "unknown",
            "area_class": chance.one(&["control", "support", "contested", "attack"]), "certainty": certainty(chance),
            "valid_from": moment(chance), "sensitivity": "public", "sources": ["src"], "basis": "digitised",
            "geometry": {"type": "MultiPolygon",
                "coordinates": [[[[west, south], [east, south], [east, north], [west, north], [west, south]]]]},
        }));
    }
    [roads, reports, areas].concat()
}

/// Terms by chance.
pub(super) fn terms(chance: &mut Chance) -> Terms {
    use crate::vocab::{Commodity, Direction};
    Terms {
        commodity: chance.one(&[Commodity::All, Commodity::Fuel, Commodity::Food, Commodity::Passengers]),
        direction: chance.one(&[Direction::Both, Direction::Both, Direction::Forward, Direction::Backward]),
        vehicle_class: chance.one(&[None, None, Some(3), Some(6)]),
        evidence: Evidences::parse(chance.one(&["reports,assertions", "reports", "reports,assertions,areas"])).unwrap(),
    }
}

/// All answers to a question as text: what is equal here is equal for whoever asks.
pub(super) fn answers(inquiry: &Inquiry<'_>, datetime: &Datetime) -> String {
    let cause = |cause: &Cause<'_>| format!("{:?}{:?}{}{}", cause.id(), cause.effect, cause.counted, cause.is_contradicted);
    let mut text = String::new();
    for segment in inquiry.segments(datetime) {
        let causes: Vec<String> = segment.status.causes.iter().map(cause).collect();
        let status = (segment.status.rank, segment.status.rule, segment.since, segment.expires_at);
        text += &format!("{} {:?} {status:?} {causes:?}\n", segment.leg.id, segment.leg.line);
    }
    for chain in inquiry.chains() {
        let status = inquiry.corridor(chain, datetime);
        text += &format!("{} {:?} {:?} {:?}\n", chain.id, status.rank, status.since, status.expires_at);
        for Spell { time, rank, is_escorted, segments, causes, rules, deciding } in inquiry.spells(chain) {
            let deciding: Vec<&str> = deciding.iter().map(|record| record.id()).collect();
            text += &format!("{time:?} {rank:?} {is_escorted} {segments:?} {causes:?} {rules:?} {deciding:?}\n");
        }
        text += &format!("{:?}\n", inquiry.inside(chain, datetime));
        let near = inquiry.near(chain, datetime, 20_000.0);
        text += &format!("{:?}\n", near.iter().map(|near| (near.record.id(), near.nearness, near.at)).collect::<Vec<_>>());
    }
    for threshold in Threshold::ALL {
        text += &format!("{:?}\n", inquiry.cut_off(datetime, threshold));
    }
    let graph = inquiry.graph(datetime);
    for path in graph.paths(0, graph.places().len().saturating_sub(1), 3) {
        text += &format!("{:?} {:?} {}\n", path.rank, path.ways.iter().map(|way| &way.leg.id).collect::<Vec<_>>(), path.length_m);
    }
    text
}
