//! What is told of a record depends on others: on those that it names, and a road on the corridors over it.
//!
//! ```text
//!   report on a segment -> the segment -> corridors over it -> their places
//!   report between two places -> its corridor -> the places along it
//! ```

use super::History;
use crate::record::{Body, Record, RecordId};
use crate::time::Instant;
use crate::vocab::Kind;
use std::collections::BTreeSet;

impl History {
    /// Notes whom a version names.
    pub(super) fn link(&mut self, version: &Record) {
        let id = || version.id().to_owned();
        for named in version.refers_to() {
            self.referring.entry(named.to_owned()).or_default().insert(id());
        }
        for cited in version.cites() {
            self.citing.entry(cited.to_owned()).or_default().insert(id());
        }
    }

    /// The records of which any version names a record, by id.
    pub fn referring(&self, id: &str) -> impl Iterator<Item = &str> {
        self.referring.get(id).into_iter().flatten().map(String::as_str)
    }

    /// The corridors that use a segment, or did, by id.
    pub fn corridors_over(&self, segment: &str) -> impl Iterator<Item = &str> {
        self.referring(segment).filter(|id| self.is(id, Kind::Corridor))
    }

    /// The moments at which something was said otherwise on which depends what a version tells.
    pub fn corrections(&self, version: &Record) -> BTreeSet<Instant> {
        let records = self.needed(version).into_iter().flat_map(|id| self.record(id).iter().skip(1));
        let records = records.filter_map(|later| later.common().known.from);
        let sources = version.cites().filter_map(|id| self.sources.get(id)).flat_map(|said| said.iter().skip(1));
        records.chain(sources.filter_map(|(since, _)| *since)).collect()
    }

    /// The records on which depends what a version tells.
    fn needed<'h>(&'h self, version: &'h Record) -> BTreeSet<&'h str> {
        let mut needed: BTreeSet<&str> = version.refers_to().into_iter().collect();
        match version.body() {
            Body::Segment(_) => needed.extend(self.corridors_over(version.id())),
            Body::Blockade(_) => {
                let segments: Vec<&str> = needed.iter().copied().filter(|id| self.is(id, Kind::Segment)).collect();
                needed.extend(segments.into_iter().flat_map(|segment| self.corridors_over(segment)));
                let corridors: Vec<&str> = needed.iter().copied().filter(|id| self.is(id, Kind::Corridor)).collect();
                needed.extend(corridors.into_iter().flat_map(|corridor| self.named_by(corridor)));
            }
            Body::Place(_) | Body::Corridor(_) | Body::Area(_) => (),
        }
        needed
    }

    /// The records that are told otherwise, or may be, when some records and sources are.
    pub fn dependents<'h>(
        &'h self,
        records: impl IntoIterator<Item = &'h str>,
        sources: impl IntoIterator<Item = &'h str>,
    ) -> BTreeSet<RecordId> {
        let mut told: BTreeSet<&str> = records.into_iter().collect();
        let naming: Vec<&str> = told.iter().flat_map(|id| self.referring(id)).collect();
        told.extend(naming);
        // Whatever becomes of a corridor, or of a place along it, shows in what is drawn along it.
        let corridors: Vec<&str> = told.iter().copied().filter(|id| self.is(id, Kind::Corridor)).collect();
        for corridor in corridors {
            told.extend(self.referring(corridor));
            for segment in self.named_by(corridor).filter(|id| self.is(id, Kind::Segment)) {
                told.insert(segment);
                told.extend(self.referring(segment));
            }
        }
        told.extend(sources.into_iter().filter_map(|id| self.citing.get(id)).flatten().map(String::as_str));
        told.into_iter().map(str::to_owned).collect()
    }

    /// The ids that any version of a record names.
    fn named_by(&self, id: &str) -> impl Iterator<Item = &str> {
        self.record(id).iter().flat_map(Record::refers_to)
    }

    fn is(&self, id: &str, kind: Kind) -> bool {
        self.record(id).first().is_some_and(|version| version.body().kind() == kind)
    }
}
