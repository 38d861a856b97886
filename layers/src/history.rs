//! Every version of every record, and what they refer to as it was known at any moment.
//!
//! ```text
//!   report    v1 ------------------| v2 ---------------      known ->
//!   place     v1 ---------| v2 ------------------------
//!   epochs    |<--- 1 --->|<------------ 2 ----------->|
//! ```
//! Only places, segments, corridors and sources are referred to, so only their versions part the epochs; within one, all that a report refers to is as
//! it was known then. A correction leaves what was known before it as it was.

use crate::record::{Common, Record, RecordId, Records, Source};
use crate::time::{Instant, Interval};
use crate::vocab::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// The versions, oldest first.
#[derive(Debug, Clone, Default)]
pub struct History {
    versions: BTreeMap<RecordId, Vec<Record>>,
    /// Each with the moment since when it is said so, oldest first.
    sources: BTreeMap<String, Vec<(Option<Instant>, Source)>>,
}

/// A stretch of the axis of knowledge in which nothing changes that others refer to.
#[derive(Debug)]
pub struct Epoch {
    /// When it was known so.
    pub known: Interval,
    /// Places, segments, corridors and sources as they were known then.
    pub network: Records,
}

impl From<&Records> for History {
    fn from(records: &Records) -> Self {
        Self::of(records.iter().cloned(), records.sources().map(|source| (None, source.clone())))
    }
}

impl History {
    /// Of versions, those of one record or source oldest first, of sources with the moment since when they are said so. Whoever raises the sensitivity of a record, or puts it under an embargo, means what was
    /// said of it before as well.
    pub fn of(versions: impl IntoIterator<Item = Record>, sources: impl IntoIterator<Item = (Option<Instant>, Source)>) -> Self {
        let mut history = Self::default();
        for version in versions {
            history.versions.entry(version.id().to_owned()).or_default().push(version);
        }
        history.versions.values_mut().for_each(|versions| guard(versions));
        for (since, source) in sources {
            history.sources.entry(source.id.clone()).or_default().push((since, source));
        }
        history
    }

    /// Adds the next version of a record; the one before it was known until then.
    pub fn add(&mut self, version: Record) {
        let versions = self.versions.entry(version.id().to_owned()).or_default();
        if let Some(last) = versions.last_mut() {
            last.supersede(version.common().known.from);
        }
        versions.push(version);
        guard(versions);
    }

    /// Adds a source, or says it anew, from a moment on.
    pub fn add_source(&mut self, source: Source, since: Instant) {
        self.sources.entry(source.id.clone()).or_default().push((Some(since), source));
    }

    /// What holds now: the newest version of each record, but for those withdrawn.
    pub fn current(&self) -> Records {
        let mut current = Records::default();
        for (_, source) in self.sources.values().filter_map(|said| said.last()) {
            current.insert_source(source.clone());
        }
        for version in self.versions.values().filter_map(|versions| versions.last()).filter(|version| !version.common().withdrawn)
        {
            current.insert(version.clone());
        }
        current
    }

    /// A source as last said.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.get(id)?.last().map(|(_, source)| source)
    }

    /// All versions of one kind, by id.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.versions.values().flatten().filter(move |version| version.body().kind() == kind)
    }

    /// All versions, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.versions.values().flatten()
    }

    /// The versions of one record, oldest first; none if there is no such record.
    pub fn record(&self, id: &str) -> &[Record] {
        self.versions.get(id).map_or(&[], Vec::as_slice)
    }

    /// The epochs, in order and without gaps. `O(network)` for each.
    pub fn epochs(&self) -> Vec<Epoch> {
        let corrections =
            self.versions.values().filter(|versions| is_referred_to(versions)).flat_map(|versions| versions.iter().skip(1));
        let resaid = self.sources.values().flat_map(|said| said.iter().skip(1)).filter_map(|(since, _)| *since);
        let moments: BTreeSet<Instant> = corrections.filter_map(|version| version.common().known.from).chain(resaid).collect();
        let begins = std::iter::once(None).chain(moments.iter().copied().map(Some));
        let ends = moments.iter().copied().map(Some).chain([None]);
        begins.zip(ends).map(|(from, to)| Epoch { known: Interval { from, to }, network: self.network(from) }).collect()
    }

    /// What others refer to as it was known at a moment; the oldest if nothing was.
    fn network(&self, at: Option<Instant>) -> Records {
        let mut network = Records::default();
        for said in self.sources.values() {
            let is_known = |(since, _): &&(Option<Instant>, Source)| since.is_none_or(|since| at.is_some_and(|at| since <= at));
            if let Some((_, source)) = said.iter().rfind(is_known).or(said.first()) {
                network.insert_source(source.clone());
            }
        }
        for versions in self.versions.values().filter(|versions| is_referred_to(versions)) {
            let is_known = |version: &&Record| version.common().known.from.is_none_or(|from| at.is_some_and(|at| from <= at));
            let version = versions.iter().rfind(is_known).or(versions.first());
            if let Some(version) = version.filter(|version| !version.common().withdrawn) {
                network.insert(version.clone());
            }
        }
        network
    }
}

/// Guards each version of a record as well as any that came after it, whatever was said still later.
fn guard(versions: &mut [Record]) {
    let mut later: Option<Common> = None;
    for version in versions.iter_mut().rev() {
        later.iter().for_each(|later| version.guard_as(later));
        later = Some(version.common().clone());
    }
}

fn is_referred_to(versions: &[Record]) -> bool {
    let kind = versions.first().map(|version| version.body().kind());
    matches!(kind, Some(Kind::Place | Kind::Segment | Kind::Corridor))
}
