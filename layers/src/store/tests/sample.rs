//! A small data set, and batches that add to it.

use crate::dataset::{About, Drafts};
use crate::store::{Act, Batch, Change, Committed, Expected, Loaded, Stamp, Store, Subject, Writer};
use crate::time::Instant;
use crate::vocab::Kind;
use serde_json::{Value, json};
use std::path::Path;

pub(super) const PLACE: Subject = Subject::Record(Kind::Place);

pub(super) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

/// The time of day when nothing hangs on it.
pub(super) fn now() -> Instant {
    at("2025-12-01T09:00:00Z")
}

pub(super) fn about() -> About {
    let about = json!({
        "title": "Small", "description": "For tests", "default_datetime": null, "from": "2025-09-01", "to": "2025-12-01",
        "disclaimer": "None of it is true", "attribution": "Nobody",
    });
    serde_json::from_value(about).unwrap()
}

pub(super) fn place(id: &str, name: &str) -> Value {
    json!({"id": id, "kind": "place", "name": name, "role": "town", "lon": -8.0, "lat": 12.65, "adm0": "MLI"})
}

pub(super) fn drafts() -> Drafts {
    let source = json!({"id": "press-1", "title": "A report", "publisher": "A paper", "published_on": "2025-09-20"});
    let places = ["bamako", "sikasso", "kayes"].map(|id| (format!("/{id}"), place(id, &id.to_uppercase())));
    Drafts { records: places.into(), sources: vec![("/press-1".to_owned(), source)] }
}

pub(super) fn create(folder: &Path) -> Store {
    Store::create(folder, &about(), &drafts(), now()).unwrap()
}

/// A new store whose writer runs.
pub(super) fn writer(folder: &Path) -> Writer {
    create(folder).start().unwrap().1
}

pub(super) fn reopened(folder: &Path) -> Loaded {
    Store::open(folder).unwrap().loaded().clone()
}

pub(super) fn put(id: &str, name: &str, expected: Expected) -> Change {
    Change { subject: PLACE, id: id.to_owned(), expected, act: Act::Put(place(id, name)) }
}

pub(super) fn withdraw(id: &str, expected: Expected) -> Change {
    Change { subject: PLACE, id: id.to_owned(), expected, act: Act::Withdraw }
}

pub(super) fn batch(changes: impl Into<Vec<Change>>) -> Batch {
    Batch { who: "tester".to_owned(), changes: changes.into(), key: None, is_trial: false }
}

/// The one version that a batch of one change made.
pub(super) fn only(committed: &Committed) -> &Stamp {
    assert_eq!(committed.stamps.len(), 1);
    &committed.stamps[0]
}
