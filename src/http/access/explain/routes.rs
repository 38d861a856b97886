//! A way from one place to another: how long, how bad at worst, and where.

use super::put;
use crate::http::access::status::ends;
use roadblock_layers::access::{Inquiry, Path, Rank, SegmentStatus};
use roadblock_layers::record::Record;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Adds the sentence of the route of a number among so many; `worst` is what is known of its worst legs.
pub(in super::super) fn route(
    members: &mut Map<String, Value>,
    inquiry: &Inquiry<'_>,
    path: &Path<'_>,
    worst: &[SegmentStatus<'_>],
    (number, all): (usize, usize),
) {
    let Some((first, last)) = path.ways.first().zip(path.ways.last()) else { return };
    let held_up = path.ways.iter().filter(|way| way.rank == path.rank && path.rank > Rank::Open);
    let legs: Vec<_> = held_up.map(ends).collect();
    let mut seen = BTreeSet::new();
    let causes = worst.iter().flat_map(|part| part.status.deciding());
    let causes: Vec<&Record> = causes.filter(|record| seen.insert(record.id())).collect();
    put(members, &inquiry.roads.network, |teller| {
        let word = match (number, all) {
            (_, 1) => "route.only",
            (1, _) => "route.best",
            _ => "route.other",
        };
        let gaps = [
            ("from", teller.name(ends(first).0)),
            ("to", teller.name(ends(last).1)),
            ("n", &number.to_string()),
            ("all", &all.to_string()),
            ("length", &teller.length(path.length_m)),
            ("status", teller.status(Some(path.rank))),
        ];
        teller.fill(word, &gaps) + &teller.grounds(path.rank, &legs, &causes)
    });
}
