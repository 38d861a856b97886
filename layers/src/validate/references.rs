//! What records say of each other: whatever is referred to exists, segments join their corridor's places.

use crate::finding::Finding;
use crate::record::{Body, Corridor, Location, Record, RecordId, Records};

/// Takes out records that refer to what is not there, until none is left, with a finding for each.
pub(super) fn settle(all: &mut Records) -> Vec<Finding> {
    let mut findings = Vec::new();
    loop {
        let broken: Vec<(RecordId, Vec<Finding>)> = all
            .records
            .values()
            .map(|record| (record.common.id.clone(), breaches(record, all)))
            .filter(|(_, breaches)| !breaches.is_empty())
            .collect();
        if broken.is_empty() {
            return findings;
        }
        for (id, breaches) in broken {
            all.records.remove(&id);
            findings.extend(breaches);
        }
    }
}

fn breaches(record: &Record, all: &Records) -> Vec<Finding> {
    let id = &record.common.id;
    let missing = |field: &str, kind: &str, target: &str| {
        Finding::error("dangling_reference", format!("/{id}/{field}"), format!("there is no {kind} '{target}'"))
    };
    let mut found: Vec<Finding> = record
        .common
        .sources
        .iter()
        .filter(|source| !all.sources.contains_key(*source))
        .map(|source| missing("sources", "source", source))
        .collect();
    let place = |field: &str, target: &str| all.place(target).is_none().then(|| missing(field, "place", target));
    let segment = |field: &str, target: &str| all.segment(target).is_none().then(|| missing(field, "segment", target));
    let corridor = |field: &str, target: &str| all.corridor(target).is_none().then(|| missing(field, "corridor", target));
    match &record.body {
        Body::Place(_) | Body::Area(_) => (),
        Body::Segment(leg) => found.extend([place("a", &leg.a), place("b", &leg.b)].into_iter().flatten()),
        Body::Corridor(chain) => {
            found.extend(chain.nodes.iter().filter_map(|node| place("nodes", node)));
            found.extend(chain.segments.iter().filter_map(|leg| segment("segments", leg)));
            if found.is_empty() {
                found.extend(unjoined(id, chain, all));
            }
        }
        Body::Blockade(blockade) => match &blockade.location {
            Location::Between { corridor: name, from, to } => {
                found.extend([place("location/from", from), place("location/to", to)].into_iter().flatten());
                found.extend(name.as_ref().and_then(|name| corridor("location/corridor", name)));
                if let Some(chain) = name.as_ref().and_then(|name| all.corridor(name)) {
                    let off = [from, to].into_iter().filter(|end| !chain.nodes.contains(end));
                    found.extend(off.map(|end| {
                        Finding::error(
                            "not_on_corridor",
                            format!("/{id}/location"),
                            format!("'{end}' is no place of the named corridor"),
                        )
                    }));
                }
            }
            Location::Point { segment: leg, near, .. } => {
                found.extend(leg.as_ref().and_then(|leg| segment("location/segment", leg)));
                found.extend(near.as_ref().and_then(|near| place("location/near", near)));
            }
            Location::Places(places) => found.extend(places.iter().filter_map(|at| place("location/places", at))),
            Location::Corridors(names) => found.extend(names.iter().filter_map(|name| corridor("location/corridors", name))),
            Location::Area(_) => (),
        },
    }
    found
}

/// Segments that do not join the places on both sides of them.
fn unjoined(id: &str, chain: &Corridor, all: &Records) -> Vec<Finding> {
    let legs = chain.nodes.windows(2).zip(&chain.segments);
    legs.filter(|(ends, leg)| {
        all.segment(leg).is_none_or(|leg| (&leg.a, &leg.b) != (&ends[0], &ends[1]) && (&leg.b, &leg.a) != (&ends[0], &ends[1]))
    })
    .map(|(ends, leg)| {
        let message = format!("'{leg}' does not join '{}' and '{}'", ends[0], ends[1]);
        Finding::error("broken_chain", format!("/{id}/segments"), message)
    })
    .collect()
}
