//! From draft to record: every rule of the data model, and every breach as a finding.
//!
//! First each draft for itself, then what they say of each other. What is refused leaves a finding, never silence.

mod area;
mod blockade;
mod members;
mod nearby;
mod network;
mod references;
mod source;

pub use source::source;

use crate::draft::Draft;
use crate::finding::{Finding, Severity};
use crate::record::{Body, Record, RecordId, Records, Source};
use crate::vocab::Kind;
use geo_types::Coord;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A draft and where it stands, as a JSON pointer into the input.
pub type Placed = (String, Value);

/// What became of some drafts.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was accepted; whatever it refers to was accepted too.
    pub records: Records,
    /// Everything found, refused or only noted, in the order of the input.
    pub findings: Vec<Finding>,
    /// Pointers of the drafts that were accepted.
    pub accepted: BTreeSet<String>,
}

/// Reads records and the sources they cite. `O(n log n)`, and again for each round of records that fall with others.
pub fn records(drafts: &[Placed], sources: &[Placed]) -> Outcome {
    let mut outcome = Outcome::default();
    for (pointer, value) in sources {
        if let Some(source) = outcome.take(source(value, pointer)) {
            let inserted = outcome.records.insert_source(source);
            outcome.settle(pointer, inserted);
        }
    }
    let mut pointers: BTreeMap<RecordId, &str> = BTreeMap::new();
    for (pointer, value) in drafts {
        if let Some(record) = outcome.take(record(value, pointer)) {
            let id = record.id().to_owned();
            let inserted = outcome.records.insert(record);
            outcome.settle(pointer, inserted);
            pointers.entry(id).or_insert(pointer);
        }
    }
    let all = outcome.records.iter().map(|record| record.id().to_owned()).collect();
    let broken = references::breaches_in(&mut outcome.records, &all, &pointers);
    outcome.fell(broken, &pointers);
    outcome
}

/// What holds when a change comes.
pub trait Standing {
    /// What is said of a record, unless it was withdrawn.
    fn record(&self, id: &str) -> Option<&Record>;
    /// A source.
    fn source(&self, id: &str) -> Option<&Source>;
    /// The ids of records that may name a record.
    fn referring(&self, id: &str) -> Vec<&str>;
}

/// What becomes of what holds when drafts of records, and of sources, take the place of what was said before, and others are taken back. What
/// falls with them, and is not among the drafts, is named by its id. Among the records is what the change comes near, and it costs as much.
pub fn amended(standing: &impl Standing, drafts: &[Placed], sources: &[Placed], gone: &BTreeSet<&str>) -> Outcome {
    let mut outcome = Outcome::default();
    for (pointer, value) in sources {
        if let Some(source) = outcome.take(source(value, pointer)) {
            outcome.records.replace_source(source);
            outcome.accepted.insert(pointer.clone());
        }
    }
    let mut pointers: BTreeMap<RecordId, &str> = BTreeMap::new();
    for (pointer, value) in drafts {
        if let Some(record) = outcome.take(record(value, pointer)) {
            outcome.accepted.insert(pointer.clone());
            pointers.insert(record.id().to_owned(), pointer);
            outcome.records.replace(record);
        }
    }
    let mut asked = nearby::gather(&mut outcome.records, standing, gone);
    let mut broken = references::breaches_in(&mut outcome.records, &asked, &pointers);
    outcome.records.retain(|record| !gone.contains(record.id()));
    asked.retain(|id| !gone.contains(id.as_str()));
    broken.extend(references::breaches_in(&mut outcome.records, &asked, &pointers));
    for (id, findings) in broken {
        match pointers.get(&id) {
            Some(pointer) => {
                outcome.accepted.remove(*pointer);
                outcome.findings.extend(findings);
            }
            None => outcome.findings.extend(findings.into_iter().map(|finding| finding.below(&format!("/{id}")))),
        }
    }
    outcome
}

impl Outcome {
    /// Notes what was found; the value only if nothing of it refuses.
    fn take<T>(&mut self, (value, found): (Option<T>, Vec<Finding>)) -> Option<T> {
        let refused = found.iter().any(|finding| finding.severity == Severity::Error);
        self.findings.extend(found);
        value.filter(|_| !refused)
    }

    fn settle(&mut self, pointer: &str, inserted: bool) {
        if inserted {
            self.accepted.insert(pointer.to_owned());
        } else {
            let message = "something before has this id; ids are never reused";
            self.findings.push(Finding::error("repeated_id", format!("{pointer}/id"), message));
        }
    }

    /// Notes those that were taken out again.
    fn fell(&mut self, broken: Vec<(RecordId, Vec<Finding>)>, pointers: &BTreeMap<RecordId, &str>) {
        for (id, findings) in broken {
            if let Some(pointer) = pointers.get(&id) {
                self.accepted.remove(*pointer);
            }
            self.findings.extend(findings);
        }
    }
}

/// One record from one draft, with everything found. What it says of others is not looked at.
pub fn record(value: &Value, pointer: &str) -> (Option<Record>, Vec<Finding>) {
    let mut draft = match Draft::new(value, pointer) {
        Ok(draft) => draft,
        Err(finding) => return (None, vec![finding]),
    };
    let Some(kind) = draft.needed_word("kind") else {
        // Without a kind every field would look unknown.
        return (None, draft.give_up());
    };
    let common = members::common(&mut draft, kind);
    let body = match kind {
        Kind::Place => network::place(&mut draft).map(Body::Place),
        Kind::Segment => network::segment(&mut draft).map(Body::Segment),
        Kind::Corridor => network::corridor(&mut draft).map(Body::Corridor),
        Kind::Blockade => blockade::blockade(&mut draft).map(Body::Blockade),
        Kind::Area => area::area(&mut draft).map(Body::Area),
    };
    let record = common.zip(body).map(|(common, body)| Record::accepted(common, body));
    if let Some(record) = &record {
        members::together(&mut draft, record);
    }
    (record.filter(|_| draft.is_acceptable()), draft.finish())
}

/// A position, longitude first, in degrees.
fn position(draft: &mut Draft<'_>) -> Option<Coord<f64>> {
    let (lon, lat) = (draft.raw("lon").and_then(Value::as_f64), draft.raw("lat").and_then(Value::as_f64));
    if let (Some(lon), Some(lat)) = (lon, lat)
        && lat.abs() > 90.0
        && lon.abs() <= 90.0
        && lat.abs() <= 180.0
    {
        draft.refuse("lat", "swapped", format!("latitude {lat} is beyond 90; longitude and latitude look swapped"));
        return None;
    }
    let (lon, lat) = (draft.number("lon", -180.0..=180.0), draft.number("lat", -90.0..=90.0));
    let (lon, lat) = (draft.needed("lon", lon), draft.needed("lat", lat));
    Some(Coord { x: lon?, y: lat? })
}

#[cfg(test)]
mod tests;
