//! What records say of each other: whatever is referred to exists, segments join their corridor's places.

use crate::finding::Finding;
use crate::record::{Blockade, Body, Corridor, Location, Record, RecordId, Records};
use crate::vocab::{Effect, Sensitivity};
use std::collections::{BTreeMap, BTreeSet};

/// Takes out those of the records asked about that refer to what is not there, and those that refer to these, until none is left; each with
/// its findings.
///
/// `pointers` says where each record stands in the input.
pub(super) fn breaches_in(
    all: &mut Records,
    asked: &BTreeSet<RecordId>,
    pointers: &BTreeMap<RecordId, &str>,
) -> Vec<(RecordId, Vec<Finding>)> {
    let mut fallen = Vec::new();
    loop {
        let broken: Vec<(RecordId, Vec<Finding>)> = all
            .iter()
            .filter(|record| asked.contains(record.id()))
            .map(|record| (record.id().to_owned(), Check::of(record, all, pointers)))
            .filter(|(_, breaches)| !breaches.is_empty())
            .collect();
        if broken.is_empty() {
            return fallen;
        }
        let ids: BTreeSet<&str> = broken.iter().map(|(id, _)| id.as_str()).collect();
        all.retain(|record| !ids.contains(record.id()));
        fallen.extend(broken);
    }
}

/// One record being held against all others.
struct Check<'a> {
    all: &'a Records,
    pointer: &'a str,
    found: Vec<Finding>,
}

impl<'a> Check<'a> {
    fn of(record: &Record, all: &'a Records, pointers: &BTreeMap<RecordId, &'a str>) -> Vec<Finding> {
        let pointer = pointers.get(record.id()).copied().unwrap_or_default();
        let mut check = Self { all, pointer, found: Vec::new() };
        check.sources("sources", &record.common().sources);
        match record.body() {
            Body::Place(_) | Body::Area(_) => (),
            Body::Segment(leg) => {
                check.place("a", &leg.a);
                check.place("b", &leg.b);
                for (number, assertion) in leg.assertions.iter().enumerate() {
                    check.sources(&format!("assertions/{number}/sources"), &assertion.sources);
                }
            }
            Body::Corridor(chain) => check.corridor_joins(chain),
            Body::Blockade(blockade) => {
                check.blockade(blockade);
                check.is_told(record.common().sensitivity, blockade);
            }
        }
        check.found
    }

    fn blockade(&mut self, blockade: &Blockade) {
        for (number, claim) in blockade.counts.iter().flat_map(|counts| &counts.claims).enumerate() {
            self.source(&format!("counts/claims/{number}/source"), &claim.source);
        }
        match &blockade.location {
            Location::Between { corridor, from, to } => {
                self.place("location/from", from);
                self.place("location/to", to);
                let Some(name) = corridor else { return };
                let Some(chain) = self.all.corridor(name) else { return self.missing("location/corridor", "corridor", name) };
                for (field, end) in [("location/from", from), ("location/to", to)] {
                    if !chain.nodes.contains(end) {
                        self.refuse(field, "not_on_corridor", format!("'{end}' is no place of corridor '{name}'"));
                    }
                }
            }
            Location::Point { segment, near, .. } => {
                if let Some(leg) = segment.as_ref().filter(|leg| self.all.segment(leg).is_none()) {
                    self.missing("location/segment", "segment", leg);
                }
                near.iter().for_each(|near| self.place("location/near", near));
            }
            Location::Places(places) => places.iter().for_each(|place| self.place("location/places", place)),
            Location::Corridors(names) => {
                for name in names.iter().filter(|name| self.all.corridor(name).is_none()) {
                    self.missing("location/corridors", "corridor", name);
                }
            }
            Location::Area(_) | Location::Cell(_) => (),
        }
    }

    /// What closes a road must close it for partners too, or they might be told that it is open. They see neither where a confidential report was
    /// nor what is confidential itself.
    fn is_told(&mut self, sensitivity: Sensitivity, blockade: &Blockade) {
        if blockade.effect != Effect::Closes || sensitivity == Sensitivity::Strict {
            return;
        }
        let all = self.all;
        // What is not there at all is another breach.
        let is_seen = |id: &str| all.get(id).is_none_or(|record| record.common().sensitivity <= Sensitivity::Restricted);
        let is_confidential = sensitivity == Sensitivity::Confidential;
        let message = match &blockade.location {
            Location::Between { corridor: Some(corridor), .. } if !is_seen(corridor) => {
                "partners do not see this corridor, and must hear what closes it; name one that they see"
            }
            Location::Point { segment: Some(segment), .. } if is_confidential && all.segment(segment).is_some() => {
                let mut corridors = all.corridors_over(segment);
                if corridors.any(|(corridor, _)| is_seen(corridor)) {
                    return;
                }
                "partners hear of a confidential report as a stretch of a corridor, and see none that uses this segment"
            }
            Location::Places(places) if !is_confidential && !places.iter().all(|place| is_seen(place)) => {
                "partners do not see one of these places, and must hear what is closed; give the segment, or a stretch of a corridor"
            }
            Location::Point { segment: None, .. } | Location::Places(_) if is_confidential => {
                "partners hear of a confidential report as a leg, and this one names none; give the segment, or a stretch of a corridor"
            }
            _ => return,
        };
        self.refuse("location", "hidden_closure", message.to_owned());
    }

    /// Every segment joins the places on both sides of it.
    fn corridor_joins(&mut self, chain: &Corridor) {
        chain.nodes.iter().for_each(|node| self.place("nodes", node));
        for (number, (ends, name)) in chain.nodes.windows(2).zip(&chain.segments).enumerate() {
            let [from, to] = ends else { continue };
            match self.all.segment(name) {
                None => self.missing(&format!("segments/{number}"), "segment", name),
                Some(leg) if (&leg.a, &leg.b) != (from.min(to), from.max(to)) => {
                    self.refuse(
                        &format!("segments/{number}"),
                        "broken_chain",
                        format!("'{name}' does not join '{from}' and '{to}'"),
                    );
                }
                Some(_) => (),
            }
        }
    }

    fn sources(&mut self, field: &str, ids: &[String]) {
        ids.iter().for_each(|id| self.source(field, id));
    }

    fn source(&mut self, field: &str, id: &str) {
        if self.all.source(id).is_none() {
            self.missing(field, "source", id);
        }
    }

    fn place(&mut self, field: &str, id: &str) {
        if self.all.place(id).is_none() {
            self.missing(field, "place", id);
        }
    }

    fn missing(&mut self, field: &str, kind: &str, id: &str) {
        self.refuse(field, "dangling_reference", format!("there is no {kind} '{id}', or it was refused"));
    }

    fn refuse(&mut self, field: &str, code: &'static str, message: String) {
        self.found.push(Finding::error(code, format!("{}/{field}", self.pointer), message));
    }
}
