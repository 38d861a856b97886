//! Every version of every record, and what they refer to as it was known at any moment.
//!
//! ```text
//!   report    v1 ------------------| v2 ---------------      known ->
//!   place     v1 ---------| v2 ------------------------
//!   told      |<--- 1 --->|<- 2 -->|<------- 3 ------->|
//! ```
//! Only places, segments, corridors and sources are referred to. A correction of one parts the versions of those that depend on it, and leaves
//! what was known before it as it was.

mod depends;

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
    /// By the id of a record: those of which a version names it.
    referring: BTreeMap<RecordId, BTreeSet<RecordId>>,
    /// The same of sources.
    citing: BTreeMap<String, BTreeSet<RecordId>>,
}

/// A stretch of the axis of knowledge in which nothing changes that others refer to.
#[derive(Debug)]
pub struct Epoch {
    /// When it was known so.
    pub known: Interval,
    /// The records of which something else may be told than before; none in the first.
    pub corrected: BTreeSet<RecordId>,
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
            history.link(&version);
            history.versions.entry(version.id().to_owned()).or_default().push(version);
        }
        history.versions.values_mut().for_each(|versions| guard(versions));
        for (since, source) in sources {
            history.sources.entry(source.id.clone()).or_default().push((since, source));
        }
        history
    }

    /// Adds the next version of a record, dated as the store has it; the one before it was known until then.
    pub fn add(&mut self, version: Record, number: u32, since: Instant) {
        let withdrawn = version.common().withdrawn;
        let version = version.dated(number, Interval { from: Some(since), to: None }, withdrawn);
        self.link(&version);
        let versions = self.versions.entry(version.id().to_owned()).or_default();
        if let Some(last) = versions.last_mut() {
            last.supersede(Some(since));
        }
        versions.push(version);
        guard(versions);
    }

    /// Adds a source, or says it anew, from a moment on.
    pub fn add_source(&mut self, source: Source, since: Instant) {
        self.sources.entry(source.id.clone()).or_default().push((Some(since), source));
    }

    /// A source as last said.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.get(id)?.last().map(|(_, source)| source)
    }

    /// All versions of one kind, by id.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.iter().filter(move |version| version.body().kind() == kind)
    }

    /// All versions, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Record> {
        self.versions.values().flatten()
    }

    /// The versions of one record, oldest first; none if there is no such record.
    pub fn record(&self, id: &str) -> &[Record] {
        self.versions.get(id).map_or(&[], Vec::as_slice)
    }

    /// The epochs in which nothing at all changes that others refer to, in order and without gaps.
    pub fn epochs(&self) -> Vec<Epoch> {
        let mut moments: BTreeMap<Instant, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
        for (at, id) in self.corrected() {
            moments.entry(at).or_default().0.push(id);
        }
        for (at, id) in self.resaid() {
            moments.entry(at).or_default().1.push(id);
        }
        let corrected =
            moments.values().map(|(records, sources)| self.dependents(records.iter().copied(), sources.iter().copied()));
        let corrected = std::iter::once(BTreeSet::new()).chain(corrected);
        stretches(&moments.keys().copied().collect())
            .zip(corrected)
            .map(|(known, corrected)| Epoch { known, corrected })
            .collect()
    }

    /// When the epochs are. `O(versions of what others refer to)`.
    pub fn epoch_times(&self) -> Vec<Interval> {
        let moments: BTreeSet<Instant> = self.corrected().chain(self.resaid()).map(|(at, _)| at).collect();
        stretches(&moments).collect()
    }

    /// When which of the records were corrected that others refer to.
    fn corrected(&self) -> impl Iterator<Item = (Instant, &str)> {
        let corrections =
            self.versions.values().filter(|versions| are_referred_to(versions)).flat_map(|versions| versions.iter().skip(1));
        corrections.filter_map(|version| Some((version.common().known.from?, version.id())))
    }

    /// When which sources were said anew.
    fn resaid(&self) -> impl Iterator<Item = (Instant, &str)> {
        self.sources
            .iter()
            .flat_map(|(id, said)| said.iter().skip(1).filter_map(move |(since, _)| Some(((*since)?, id.as_str()))))
    }

    /// All that others refer to as it was known at a moment.
    pub(crate) fn network(&self, at: Option<Instant>) -> Records {
        let mut network = Records::default();
        for source in self.sources.keys().filter_map(|id| self.source_known(id, at)) {
            network.insert_source(source.clone());
        }
        for record in self.versions.keys().filter_map(|id| self.known(id, at)) {
            network.insert(record.clone());
        }
        network
    }

    /// A place, segment or corridor as it was known at a moment, or as it was known first if it was not yet; nothing if it was withdrawn.
    pub fn known(&self, id: &str, at: Option<Instant>) -> Option<&Record> {
        let versions = self.versions.get(id).filter(|versions| are_referred_to(versions))?;
        let is_known = |version: &&Record| is_since(version.common().known.from, at);
        versions.iter().rfind(is_known).or(versions.first()).filter(|version| !version.common().withdrawn)
    }

    /// A source as it was said at a moment, or as it was said first.
    pub fn source_known(&self, id: &str, at: Option<Instant>) -> Option<&Source> {
        let said = self.sources.get(id)?;
        said.iter().rfind(|(since, _)| is_since(*since, at)).or(said.first()).map(|(_, source)| source)
    }
}

/// The stretches into which moments part the axis of time.
pub fn stretches(moments: &BTreeSet<Instant>) -> impl Iterator<Item = Interval> {
    let begins = std::iter::once(None).chain(moments.iter().copied().map(Some));
    let ends = moments.iter().copied().map(Some).chain([None]);
    begins.zip(ends).map(|(from, to)| Interval { from, to })
}

/// Whether what holds since a moment holds at another.
fn is_since(since: Option<Instant>, at: Option<Instant>) -> bool {
    since.is_none_or(|since| at.is_some_and(|at| since <= at))
}

/// Guards each version of a record as well as any that came after it, whatever was said still later.
fn guard(versions: &mut [Record]) {
    let mut later: Option<Common> = None;
    for version in versions.iter_mut().rev() {
        later.iter().for_each(|later| version.guard_as(later));
        later = Some(version.common().clone());
    }
}

fn are_referred_to(versions: &[Record]) -> bool {
    let kind = versions.first().map(|version| version.body().kind());
    matches!(kind, Some(Kind::Place | Kind::Segment | Kind::Corridor))
}
