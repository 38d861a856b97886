//! A whole store as JSON lines, and back: the first line says what they are, each other one is a version, in the order in which they came.
//!
//! Lossless: numbers, times to the microsecond, drafts letter by letter, and so every hash of the audit log. Like the store itself the lines are
//! for its owner only: everything that is not public is in them, and what public ids are made with.

use super::commit::operation;
use super::error::StoreError;
use super::read;
use super::secret::{self, Secret};
use super::tip::Tip;
use super::version::{DATASET, Subject, Version};
use crate::dataset::About;
use crate::finding::{Finding, Severity};
use crate::time::Instant;
use crate::validate;
use rusqlite::{Connection, TransactionBehavior};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::io::{self, BufRead, Write};
use std::path::Path;

/// What the first line says the lines are.
pub const FORMAT: &str = "roadblock-world";
/// The edition of the format that is written, and the only one that is read.
const FORMAT_VERSION: u32 = 1;
/// Only editors may have everything.
const AUDIENCE: &str = "editor";

/// Everything that makes a store what it is; answers kept for requests that come again are not among it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    pub(super) secret: Secret,
    pub(super) versions: Vec<Version>,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Heading {
    format: String,
    format_version: u32,
    date: Instant,
    audience: String,
    disclaimer: String,
    /// So that a file that was cut is told from a whole one.
    versions: usize,
    /// What ids that tell something are replaced with depends on it: 32 hexadecimal digits.
    rekey: String,
}

/// Each other line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    kind: String,
    id: String,
    version: u32,
    #[serde(serialize_with = "write_exactly")]
    recorded_at: Instant,
    #[serde(serialize_with = "write_maybe", deserialize_with = "Option::deserialize")]
    known_from: Option<Instant>,
    withdrawn: bool,
    who: String,
    draft: Box<RawValue>,
}

/// To the microsecond, which is how finely a store keeps times.
fn write_exactly<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    let seconds = at.to_string();
    let micros = at.micros().rem_euclid(1_000_000);
    serializer.collect_str(&format_args!("{}.{micros:06}Z", seconds.trim_end_matches('Z')))
}

fn write_maybe<S: Serializer>(at: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => write_exactly(at, serializer),
        None => serializer.serialize_none(),
    }
}

impl Whole {
    /// How many versions there are.
    pub fn len(&self) -> usize {
        self.versions.len()
    }

    /// Whether there is nothing in it, as in no store.
    pub fn is_empty(&self) -> bool {
        self.versions.is_empty()
    }

    /// Writes the lines; `each` is told of every version.
    ///
    /// # Errors
    /// What the system says while they are written.
    pub fn write(&self, out: &mut dyn Write, disclaimer: &str, date: Instant, mut each: impl FnMut()) -> io::Result<()> {
        let heading = Heading {
            format: FORMAT.to_owned(),
            format_version: FORMAT_VERSION,
            date,
            audience: AUDIENCE.to_owned(),
            disclaimer: disclaimer.to_owned(),
            versions: self.versions.len(),
            rekey: self.secret.iter().map(|byte| format!("{byte:02x}")).collect(),
        };
        line(out, &heading)?;
        for version in &self.versions {
            let draft = RawValue::from_string(version.draft.clone())?;
            let Version { subject, id, version, known_from, recorded_at, withdrawn, who, .. } = version.clone();
            line(out, &Line { kind: subject.to_string(), id, version, recorded_at, known_from, withdrawn, who, draft })?;
            each();
        }
        Ok(())
    }

    /// Reads the lines. Each version is held against the rules and against those before it.
    ///
    /// # Errors
    /// Everything that is wrong, with the number of the line as the first part of its pointer.
    pub fn read(file: impl BufRead) -> Result<Self, Vec<Finding>> {
        let mut lines = (1..).zip(file.lines());
        let heading = lines.next().ok_or_else(|| vec![not_ours()])?.1.map_err(|error| vec![unreadable(1, &error)])?;
        let (heading, secret) = heading_of(&heading).map_err(|finding| vec![finding])?;
        let mut reading = Reading::default();
        for (number, line) in lines {
            match line {
                Ok(line) => reading.take(number, &line),
                Err(error) => reading.findings.push(unreadable(number, &error)),
            }
        }
        reading.close(heading.versions);
        if reading.findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(reading.findings);
        }
        Ok(Self { secret, versions: reading.versions })
    }
}

fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

fn unreadable(number: i64, error: &io::Error) -> Finding {
    Finding::error("unreadable", format!("/{number}"), format!("the line cannot be read as UTF-8 text: {error}"))
}

fn not_ours() -> Finding {
    Finding::error("not_a_world", "/1", "the first line does not say that this is a file of `roadblock export` without a layer")
}

/// What the first line says, and the secret in it.
fn heading_of(text: &str) -> Result<(Heading, Secret), Finding> {
    let says: serde_json::Value = serde_json::from_str(text).map_err(|_syntax| not_ours())?;
    if says.get("format").is_none_or(|format| format != FORMAT) {
        return Err(not_ours());
    }
    if says.get("format_version").is_none_or(|version| version != FORMAT_VERSION) {
        let message = format!("this roadblock reads format_version {FORMAT_VERSION} only; use the one that wrote the file");
        return Err(Finding::error("other_format", "/1/format_version", message));
    }
    let heading: Heading =
        serde_json::from_value(says).map_err(|error| Finding::error("bad_heading", "/1", error.to_string()))?;
    let digits = heading.rekey.as_bytes();
    let mut secret = Secret::default();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    match bytes.filter(|bytes| digits.is_ascii() && bytes.len() == secret.len()) {
        Some(bytes) => secret.copy_from_slice(&bytes),
        None => return Err(Finding::error("bad_heading", "/1/rekey", "write 32 hexadecimal digits, as they were exported")),
    }
    Ok((heading, secret))
}

/// Lines as they come.
#[derive(Default)]
struct Reading {
    versions: Vec<Version>,
    findings: Vec<Finding>,
    /// Where the newest version of each thing stands.
    newest: HashMap<String, usize>,
    says_what_it_is: bool,
    lines: usize,
}

impl Reading {
    fn take(&mut self, number: i64, text: &str) {
        self.lines += 1;
        let place = format!("/{number}");
        let line: Line = match serde_json::from_str(text) {
            Ok(line) => line,
            Err(error) => return self.refuse("bad_line", place, &error.to_string()),
        };
        let Some(subject) = Subject::parse(&line.kind) else {
            let message = format!("'{}' is no kind of record, nor 'source' or 'dataset'", line.kind);
            return self.refuse("unknown_word", format!("{place}/kind"), &message);
        };
        let Line { id, version, recorded_at, known_from, withdrawn, who, draft, .. } = line;
        let (seq, draft) = (number - 1, String::from(Box::<str>::from(draft)));
        let version = Version { seq, subject, id, version, draft, known_from, recorded_at, superseded_at: None, withdrawn, who };
        self.follows(&version, &place);
        self.holds(&version, &place);
        self.newest.insert(version.subject.name(&version.id), self.versions.len());
        self.versions.push(version);
    }

    fn refuse(&mut self, code: &'static str, pointer: String, message: &str) {
        self.findings.push(Finding::error(code, pointer, message));
    }

    /// Whether it comes after what came before it, of the same thing and of all.
    fn follows(&mut self, version: &Version, place: &str) {
        let before = self.newest.get(&version.subject.name(&version.id)).and_then(|before| self.versions.get(*before));
        let next = before.map_or(1, |before| before.version.saturating_add(1));
        let is_other = before.is_some_and(|before| before.subject != version.subject);
        let is_known_earlier = before.is_some_and(|before| version.known_from < before.known_from);
        let is_recorded_earlier = self.versions.last().is_some_and(|last| version.recorded_at < last.recorded_at);
        if version.version != next {
            self.refuse("out_of_order", format!("{place}/version"), &format!("version {next} of '{}' comes here", version.id));
        }
        if is_other {
            self.refuse("id_taken", format!("{place}/id"), "a record of another kind has this id; a record keeps its kind");
        }
        if is_known_earlier {
            self.refuse("out_of_order", format!("{place}/known_from"), "it was known before the version that it replaces");
        }
        if is_recorded_earlier {
            self.refuse("out_of_order", format!("{place}/recorded_at"), "it was recorded before the line before it");
        }
    }

    /// Whether what it says is something that a store may hold.
    fn holds(&mut self, version: &Version, place: &str) {
        let below = |findings: Vec<Finding>| findings.into_iter().map(|finding| finding.below(&format!("{place}/draft")));
        match version.subject {
            Subject::Dataset => {
                self.says_what_it_is = true;
                if version.id != DATASET {
                    self.refuse("bad_dataset", format!("{place}/id"), "there is one data set, and its id is 'dataset'");
                }
                if let Err(error) = serde_json::from_str::<About>(&version.draft) {
                    self.refuse("bad_dataset", format!("{place}/draft"), &error.to_string());
                }
            }
            Subject::Source | Subject::Record(_) => {
                let draft = serde_json::from_str(&version.draft).unwrap_or_default();
                let found = match version.subject {
                    Subject::Source => validate::source(&draft, "").1,
                    _ => validate::record(&draft, "").1,
                };
                // What is only worth knowing was told when it was accepted.
                self.findings.extend(below(found).filter(|finding| finding.severity == Severity::Error));
                let is_it = |member: &str, word: &str| draft.get(member).is_some_and(|value| value == word);
                let is_kind = version.subject == Subject::Source || is_it("kind", version.subject.as_str());
                if !is_it("id", &version.id) || !is_kind {
                    self.refuse("something_else", format!("{place}/draft"), "the draft has another id or kind than its line");
                }
            }
        }
    }

    fn close(&mut self, versions: usize) {
        if self.lines != versions {
            let message = format!("the first line promises {versions} versions and {} follow; the file was cut", self.lines);
            self.refuse("cut", "/1/versions".to_owned(), &message);
        }
        if !self.says_what_it_is {
            self.refuse("bad_dataset", "/1".to_owned(), "no line is of kind 'dataset', which says what the data set is");
        }
    }
}

/// Writes the versions into empty tables, in one transaction, and tries what came of it as a server would that opens it.
pub(super) fn fill(connection: &mut Connection, path: &Path, whole: &Whole) -> Result<(), StoreError> {
    let mut write = || {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        secret::keep(&transaction, whole.secret)?;
        let (mut tip, mut withdrawn): (Tip, HashMap<String, bool>) = (Tip::START, HashMap::new());
        for version in &whole.versions {
            let last = withdrawn.insert(version.subject.name(&version.id), version.withdrawn);
            tip.add(&transaction, version, operation(version.withdrawn, last))?;
        }
        transaction.commit()
    };
    write().map_err(StoreError::sql(path))?;
    let (loaded, _) = read::everything(connection).map_err(StoreError::damage(path))?;
    loaded.history().map(drop)
}
