//! The best ways through a network drawn by hand, near the equator, where a degree is 111.32 km along a parallel and 110.57 km along a meridian.
//!
//! ```text
//!             gg
//!             |
//!       dd----ee----ff          lat 1: dd-ee and ee-ff 111.30 km, up and down 110.57
//!       |     |     |
//! port--aa----bb----cc--quay    lat 0: 111.32 km each
//! ```

use super::sample::{
    Chance, at, corridor, editors, instant, network, passage, place, report, segment, supply, terms, with, world,
};
use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub(super) const DAY: &str = "2025-10-12T00:00:00Z";

pub(super) fn grid() -> Vec<Value> {
    let places = [
        supply("port", 0.0, 0.0),
        place("aa", 1.0, 0.0),
        place("bb", 2.0, 0.0),
        place("cc", 3.0, 0.0),
        supply("quay", 4.0, 0.0),
        place("dd", 1.0, 1.0),
        place("ee", 2.0, 1.0),
        place("ff", 3.0, 1.0),
        place("gg", 2.0, 2.0),
        place("isle", 9.0, 9.0),
    ];
    let legs = [
        ("port", "aa"),
        ("aa", "bb"),
        ("bb", "cc"),
        ("cc", "quay"),
        ("aa", "dd"),
        ("bb", "ee"),
        ("cc", "ff"),
        ("dd", "ee"),
        ("ee", "ff"),
        ("ee", "gg"),
    ];
    let legs = legs.map(|(one, other)| segment(one, other));
    let corridors = [
        corridor("way", &["port", "aa", "dd", "ee", "gg"]),
        corridor("low", &["port", "aa", "bb", "ee"]),
        corridor("east", &["quay", "cc", "ff", "ee"]),
        corridor("base", &["bb", "cc"]),
    ];
    [places.to_vec(), legs.to_vec(), corridors.to_vec()].concat()
}

/// A report along a corridor of the grid.
pub(super) fn along(draft: Value, way: &str) -> Value {
    let (from, to) = (draft["location"]["from"].clone(), draft["location"]["to"].clone());
    with(draft, json!({"location": {"method": "between", "corridor": way, "from": from, "to": to}}))
}

/// Ranks, lengths in km and places of the best paths.
fn paths(drafts: &[Value], from: &str, to: &str, count: usize) -> Vec<String> {
    let access = editors(&[grid(), drafts.to_vec()].concat());
    let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
    let graph = inquiry.graph(&at(DAY));
    let told = |path: &Path<'_>| {
        let ends = path.ways.iter().map(|way| graph.places()[way.to]);
        format!("{:?} {:.1} {}", path.rank, path.length_m / 1e3, ends.collect::<Vec<_>>().join(" "))
    };
    graph.paths(graph.number(from).unwrap(), graph.number(to).unwrap(), count).iter().map(told).collect()
}

#[test]
fn the_shortest_of_equally_bad_ways_comes_first() {
    // 111.32 + 110.57 + 111.30 + 110.57 = 443.8; by bb 111.32 + 111.32 + 2 x 110.57 = 443.8, 17 m more; by cc 887.7 - 221.1 = 666.4.
    assert_eq!(
        paths(&[], "port", "gg", 4),
        ["Unknown 443.8 aa dd ee gg", "Unknown 443.8 aa bb ee gg", "Unknown 666.4 aa bb cc ff ee gg",]
    );
    assert_eq!(paths(&[], "port", "port", 3), ["Open 0.0 "]);
}

#[test]
fn a_way_that_is_less_bad_comes_before_a_shorter_one() {
    let closes = report("ev-1", "dd", "ee");
    assert_eq!(
        paths(std::slice::from_ref(&closes), "port", "gg", 3),
        ["Unknown 443.8 aa bb ee gg", "Unknown 666.4 aa bb cc ff ee gg", "Closed 443.8 aa dd ee gg",]
    );
    // Both closed near the port, so all ways are: the shortest.
    let restricts = along(with(report("ev-2", "bb", "ee"), json!({"effect": "restricts"})), "low");
    assert_eq!(paths(&[closes.clone(), restricts.clone()], "port", "gg", 1), ["Unknown 666.4 aa bb cc ff ee gg"]);
    let shut = report("ev-3", "port", "aa");
    assert_eq!(paths(&[closes, restricts, shut], "port", "gg", 2), ["Closed 443.8 aa dd ee gg", "Closed 443.8 aa bb ee gg"]);
    // Open all along, but longer.
    let passed = [along(passage("ev-4", "port", "ee"), "low"), passage("ev-5", "ee", "gg")];
    assert_eq!(paths(&passed, "port", "gg", 2), ["Open 443.8 aa bb ee gg", "Unknown 443.8 aa dd ee gg"]);
}

#[test]
fn equally_long_ways_stand_by_the_ids_of_their_segments() {
    let diamond = [
        supply("port", 0.0, 0.0),
        place("nn", 1.0, 1.0),
        place("ss", 1.0, -1.0),
        place("xx", 2.0, 0.0),
        segment("port", "ss"),
        segment("ss", "xx"),
        segment("port", "nn"),
        segment("nn", "xx"),
    ];
    let access = editors(&diamond);
    let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
    let graph = inquiry.graph(&at(DAY));
    let paths = graph.paths(graph.number("xx").unwrap(), graph.number("port").unwrap(), 5);
    let ids: Vec<Vec<&str>> = paths.iter().map(|path| path.ways.iter().map(|way| way.leg.id.as_str()).collect()).collect();
    assert_eq!(ids, [["seg-nn--xx", "seg-nn--port"], ["seg-ss--xx", "seg-port--ss"]]);
}

/// All paths that pass no place twice, by walking.
fn all_paths<'r>(graph: &Graph<'r>, to: usize, sofar: &[Way<'r>], at: usize, found: &mut Vec<Vec<Way<'r>>>) {
    if at == to {
        return found.push(sofar.to_vec());
    }
    for way in graph.ways_from(at) {
        let seen: BTreeSet<usize> = sofar.iter().flat_map(|way| [way.from, way.to]).chain([at]).collect();
        if !seen.contains(&way.to) {
            all_paths(graph, to, &[sofar, &[*way]].concat(), way.to, found);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Every path, in the right order, against all that there are.
    #[test]
    fn paths_are_the_best_of_all(seed: u64) {
        let mut chance = Chance(seed);
        let drafts = if chance.in_a_hundred(20) { network(&mut chance) } else { world(&mut chance) };
        let access = seen_by(Audience::Editor, &(&sample::accepted(&drafts)).into());
        let inquiry = access.known(known("2026-01-01"), terms(&mut chance)).unwrap();
        let graph = inquiry.graph(&Datetime::At(instant(&mut chance)));
        let last = graph.places().len() - 1;
        let mut expected = Vec::new();
        all_paths(&graph, last, &[], 0, &mut expected);
        let order = |ways: &[Way<'_>]| {
            let ids: Vec<String> = ways.iter().map(|way| way.leg.id.clone()).collect();
            (ways.iter().map(|way| way.rank).max().unwrap(), ways.iter().map(Way::length_mm).sum::<u64>(), ids)
        };
        let mut expected: Vec<_> = expected.iter().map(|ways| order(ways)).collect();
        expected.sort();
        let found: Vec<_> = graph.paths(0, last, 6).iter().map(|path| order(&path.ways)).collect();
        prop_assert_eq!(&found[..], &expected[..expected.len().min(6)]);
    }
}
