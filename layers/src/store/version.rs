//! Versions as the store keeps them, and what all of them are together.

use super::digest::{Digest, Fields};
use super::error::StoreError;
use crate::dataset::About;
use crate::finding::{Finding, Severity};
use crate::history::History;
use crate::record::{Record, Records, Source};
use crate::time::{Instant, Interval};
use crate::validate::{self, Placed};
use crate::vocab::{Kind, Vocabulary};
use std::collections::BTreeMap;
use std::fmt;

/// What a version is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A record. All kinds share their ids.
    Record(Kind),
    /// A source that records cite.
    Source,
    /// What the data set says of itself; there is one.
    Dataset,
}

impl Subject {
    /// The word in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record(kind) => kind.as_str(),
            Self::Source => "source",
            Self::Dataset => "dataset",
        }
    }

    pub(super) fn parse(word: &str) -> Option<Self> {
        match word {
            "source" => Some(Self::Source),
            "dataset" => Some(Self::Dataset),
            _ => Kind::parse(word).map(Self::Record),
        }
    }

    /// The name that no other thing in the store has.
    pub(super) fn name(self, id: &str) -> String {
        let realm = if matches!(self, Self::Record(_)) { "record" } else { self.as_str() };
        format!("{realm}/{id}")
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of what the data set says of itself.
pub const DATASET: &str = "dataset";

/// One version of one thing, as it was committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its place in the order of everything that was ever committed.
    pub seq: i64,
    /// What it is of.
    pub subject: Subject,
    /// Stable name.
    pub id: String,
    /// 1, then one more each time.
    pub version: u32,
    /// JSON, as it was accepted.
    pub draft: String,
    /// From when on it was known so; `None`: always. A first data set says it of its own, else it is `recorded_at`.
    pub known_from: Option<Instant>,
    /// When the store took it; never before the version that was taken before.
    pub recorded_at: Instant,
    /// From when on the next version was known; `None` for the newest.
    pub superseded_at: Option<Instant>,
    /// Taken back: from this version on it does not hold.
    pub withdrawn: bool,
    /// Who said so: the name of a token, or `built-in`.
    pub who: String,
}

impl Version {
    /// Whether it is one of a record of a kind.
    pub fn is_of(&self, kind: Kind) -> bool {
        self.subject == Subject::Record(kind)
    }

    /// When it was known so.
    pub const fn known(&self) -> Interval {
        Interval { from: self.known_from, to: self.superseded_at }
    }

    /// As the audit log names it.
    pub(super) fn object(&self) -> String {
        format!("{}/{}/{}", self.subject, self.id, self.version)
    }

    /// Over everything that its row says.
    pub(super) fn digest(&self) -> Digest {
        Fields::of("versions")
            .number(self.seq)
            .text(self.subject.as_str())
            .text(&self.id)
            .number(self.version.into())
            .text(&self.draft)
            .maybe(self.known_from.map(Instant::micros))
            .number(self.recorded_at.micros())
            .number(self.withdrawn.into())
            .text(&self.who)
            .digest()
    }
}

/// Everything that a store holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// What the data set says of itself, as last said.
    pub about: About,
    /// Every version of every source, in the order in which they came.
    pub sources: Vec<Version>,
    /// Every version of every record, in the order in which they came.
    pub versions: Vec<Version>,
    /// In no answer; what ids that tell something are replaced with depends on it.
    pub secret: [u8; 16],
}

impl Loaded {
    /// The newest version of each record, those withdrawn among them, and of each source.
    ///
    /// # Errors
    /// The findings, when a program with stricter rules opens an old store.
    pub fn records(&self) -> Result<Records, StoreError> {
        let (newest, sources) = (newest(&self.versions), newest(&self.sources));
        let (mut findings, mut outcome) = (Vec::new(), validate::Outcome::default());
        match (drafts(newest.values()), drafts(sources.values())) {
            (Ok(records), Ok(sources)) => outcome = validate::records(&records, &sources),
            (records, sources) => findings.extend([records.err(), sources.err()].into_iter().flatten()),
        }
        findings.extend(outcome.findings.into_iter().filter(|finding| finding.severity == Severity::Error));
        if !findings.is_empty() {
            return Err(StoreError::Refused(findings));
        }
        for version in newest.values() {
            outcome.records.date(&version.id, version.version, version.known(), version.withdrawn);
        }
        Ok(outcome.records)
    }
}

impl Loaded {
    /// Every version of every record. What versions that were replaced say of others is not looked at again.
    ///
    /// # Errors
    /// The findings, when a program with stricter rules opens an old store.
    pub fn history(&self) -> Result<History, StoreError> {
        let (newest, (versions, findings)) = std::thread::scope(|scope| {
            let newest = scope.spawn(|| self.records().map(drop));
            let read = self.read();
            (newest.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)), read)
        });
        // What is newest holds together, or there is no history.
        newest?;
        if findings.is_empty() {
            Ok(History::of(versions, self.sources.iter().filter_map(Version::source)))
        } else {
            Err(StoreError::Refused(findings))
        }
    }

    /// The records of all versions, each by itself, and what is wrong with any.
    fn read(&self) -> (Vec<Record>, Vec<Finding>) {
        let mut findings = Vec::new();
        let read = |version: &Version| version.record().map_err(|found| findings.extend(found)).ok();
        (self.versions.iter().filter_map(read).collect(), findings)
    }
}

impl Version {
    /// The record that a version of one says, with the store's own dates.
    ///
    /// # Errors
    /// The findings, if it is none.
    pub fn record(&self) -> Result<Record, Vec<Finding>> {
        let pointer = format!("/{}", self.object());
        let draft = serde_json::from_str(&self.draft)
            .map_err(|error| vec![Finding::error("bad_json", pointer.clone(), error.to_string())])?;
        let (record, findings) = validate::record(&draft, &pointer);
        record.map(|record| record.dated(self.version, self.known(), self.withdrawn)).ok_or(findings)
    }
}

impl Version {
    /// The source that a version of one says, and since when; since ever for the first, whose word there was none before.
    fn source(&self) -> Option<(Option<Instant>, Source)> {
        let draft = serde_json::from_str(&self.draft).ok()?;
        let since = Some(self.recorded_at).filter(|_| self.version > 1);
        validate::source(&draft, "").0.map(|source| (since, source))
    }
}

fn newest(versions: &[Version]) -> BTreeMap<&str, &Version> {
    versions.iter().map(|version| (version.id.as_str(), version)).collect()
}

/// Drafts with the pointers that findings name.
fn drafts<'a>(versions: impl Iterator<Item = &'a &'a Version>) -> Result<Vec<Placed>, Finding> {
    let draft = |version: &&Version| {
        let pointer = format!("/{}", version.object());
        match serde_json::from_str(&version.draft) {
            Ok(draft) => Ok((pointer, draft)),
            Err(error) => Err(Finding::error("bad_json", pointer, error.to_string())),
        }
    };
    versions.map(draft).collect()
}
