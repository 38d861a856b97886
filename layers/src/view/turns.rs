//! The moments at which an audience is told otherwise of a record although nothing was edited: delays end, and what is dated to a day or a week
//! is told when that is over.

use super::Viewer;
use crate::record::{Record, RecordId};
use crate::time::Instant;
use std::collections::{BTreeMap, BTreeSet};

/// Which records have to be looked at again when. A moment that has become void meanwhile is looked at for nothing.
#[derive(Debug, Clone, Default)]
pub struct Turns(BTreeMap<Instant, BTreeSet<RecordId>>);

impl Turns {
    /// Notes the moments to come of some versions, as a viewer is told of them.
    pub fn note<'r>(&mut self, versions: impl IntoIterator<Item = &'r Record>, viewer: Viewer<'_>) {
        let lens = viewer.lens();
        for version in versions {
            for moment in lens.turns(version) {
                self.0.entry(moment).or_default().insert(version.id().to_owned());
            }
        }
    }

    /// The first moment of all.
    pub fn first(&self) -> Option<Instant> {
        self.0.first_key_value().map(|(moment, _)| *moment)
    }

    /// Takes out the records whose moments have come.
    pub fn come(&mut self, now: Instant) -> BTreeSet<RecordId> {
        let mut come = BTreeSet::new();
        while let Some(entry) = self.0.first_entry().filter(|entry| *entry.key() <= now) {
            come.extend(entry.remove());
        }
        come
    }
}
