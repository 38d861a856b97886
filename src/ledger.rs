//! The ledger: the records as the store has them, and how a change of them becomes the next worlds.
//!
//! ```text
//!   drafts -> validate -> store, on the disk -> history -> a view for each audience -> worlds, swapped together
//! ```
//! One change at a time: what a draft refers to must still be there when it is written.

use crate::world::Worlds;
use crate::world::records::{Ingredients, following, worlds};
use roadblock_layers::finding::{Finding, Severity};
use roadblock_layers::history::History;
use roadblock_layers::import::feature::Sent;
use roadblock_layers::store::{Act, Batch, Change, CommitError, Committed, Expected, Key, Loaded, Subject, Version, Writer};
use roadblock_layers::time::Instant;
use roadblock_layers::validate::{self, Placed};
use roadblock_layers::view;
use roadblock_layers::vocab::Kind;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

/// The records, and who writes them.
pub struct Ledger {
    writer: Writer,
    of: Ingredients,
    /// Held by whoever enters something, until it is on the disk and shown. Reading does not wait for that.
    entering: Mutex<()>,
    held: RwLock<Held>,
}

struct Held {
    /// All versions of all records, in the order in which they came.
    versions: Vec<Version>,
    history: History,
}

/// What somebody asks to be said from now on, all of it or nothing.
pub struct Order {
    /// Name of the token.
    pub who: String,
    /// What is said of which record.
    pub entries: Vec<Entry>,
    /// By which a request that comes again is known.
    pub key: Option<Key>,
}

/// What is said of one record.
pub struct Entry {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub id: String,
    /// The version that this is meant to follow.
    pub expected: Expected,
    /// A draft, or that it is taken back.
    pub says: Says,
    /// Where it stands in the request.
    pub pointer: String,
}

/// The next version of a record.
pub enum Says {
    /// This holds, and these are its sources.
    This(Sent),
    /// What was said last does not hold any more.
    Nothing,
}

/// Why nothing was changed.
#[derive(Debug)]
pub enum Refused {
    /// The drafts are wrong; everything found, notes among it.
    Findings(Vec<Finding>),
    /// The store does not take it.
    Store(CommitError),
}

/// What was done, and what is worth knowing of it.
#[derive(Debug)]
pub struct Done {
    /// What the store says; nothing if it was only tried.
    pub committed: Option<Committed>,
    /// Notes.
    pub findings: Vec<Finding>,
}

impl Ledger {
    /// Of what a store holds, and the history that it tells. Whoever has the ledger holds the store.
    pub fn new(loaded: &Loaded, history: History, writer: Writer, of: Ingredients) -> Self {
        let held = Held { versions: loaded.versions.clone(), history };
        Self { writer, of, entering: Mutex::default(), held: RwLock::new(held) }
    }

    /// The worlds as they are at a time of day.
    pub fn worlds(&self, now: Instant, former: Option<&Worlds>) -> Worlds {
        worlds(&self.of, &self.held().history, now, former)
    }

    /// The versions of a record, oldest first.
    pub fn versions(&self, kind: Kind, id: &str) -> Vec<Version> {
        let is_asked = |version: &&Version| version.id == id && version.subject == Subject::Record(kind);
        self.held().versions.iter().filter(is_asked).cloned().collect()
    }

    /// Says it from now on, unless `dry_run`, and hands how the next worlds are made to `show`; when this returns it is on the disk, and
    /// shown.
    ///
    /// # Errors
    /// When the drafts are refused, or the store does not take them; then nothing is changed.
    pub fn enter(
        &self,
        mut order: Order,
        dry_run: bool,
        now: Instant,
        show: impl FnOnce(&dyn Fn(&Worlds) -> Worlds),
    ) -> Result<Done, Refused> {
        let _one_at_a_time = self.entering.lock().unwrap_or_else(PoisonError::into_inner);
        let (batch, findings) = order.batch(&self.held().history).map_err(Refused::Findings)?;
        let batch = Batch { is_trial: dry_run, ..batch };
        let kinds = touched(&order.entries, &self.held().history);
        let committed = self.writer.commit(batch.clone(), now).map_err(Refused::Store)?;
        if dry_run {
            return Ok(Done { committed: None, findings });
        }
        if !committed.replayed {
            self.held.write().unwrap_or_else(PoisonError::into_inner).add(&batch, &committed).map_err(Refused::Findings)?;
            show(&|former| following(&self.of, &self.held().history, now, former, &kinds));
        }
        Ok(Done { committed: Some(committed), findings })
    }

    fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    /// Adds what was committed.
    fn add(&mut self, batch: &Batch, committed: &Committed) -> Result<(), Vec<Finding>> {
        for (change, stamp) in batch.changes.iter().zip(&committed.stamps) {
            if change.subject == Subject::Source {
                if let Act::Put(draft) = &change.act {
                    let source = validate::source(draft, "").0;
                    source.into_iter().for_each(|source| self.history.add_source(source, stamp.recorded_at));
                }
                continue;
            }
            let before = self.versions.iter_mut().rfind(|version| version.id == change.id && version.subject == change.subject);
            let last = before.as_ref().map(|version| version.draft.clone()).unwrap_or_default();
            before.into_iter().for_each(|version| version.superseded_at = Some(stamp.recorded_at));
            let version = Version::committed(change, stamp, &batch.who, last);
            self.history.add(version.record()?);
            self.versions.push(version);
        }
        Ok(())
    }
}

impl Order {
    /// What the order asks of a store that tells this history, and what is worth knowing of it. Sources that say nothing new are left out of
    /// both.
    ///
    /// # Errors
    /// Everything found, if any of it refuses.
    pub fn batch(&mut self, history: &History) -> Result<(Batch, Vec<Finding>), Vec<Finding>> {
        let findings = look_over(history, &self.entries)?;
        leave_new_sources(&mut self.entries, history);
        let changes = self.entries.iter().flat_map(changes).collect();
        Ok((Batch { who: self.who.clone(), changes, key: self.key.clone(), is_trial: false }, findings))
    }
}

/// Everything found in what is said; an error if any of it refuses.
fn look_over(history: &History, entries: &[Entry]) -> Result<Vec<Finding>, Vec<Finding>> {
    let (mut drafts, mut sources, mut gone): (Vec<Placed>, Vec<Placed>, BTreeSet<&str>) = Default::default();
    for entry in entries {
        match &entry.says {
            Says::This(sent) => {
                drafts.push((entry.pointer.clone(), sent.draft.clone()));
                sources.extend(sent.sources.iter().map(|source| (format!("{}/sources", entry.pointer), source.clone())));
            }
            Says::Nothing => drop(gone.insert(&entry.id)),
        }
    }
    let outcome = validate::amended(&history.current(), &drafts, &sources);
    let mut findings = outcome.findings;
    findings.extend(validate::bereft(&outcome.records, &gone));
    match findings.iter().any(|finding| finding.severity == Severity::Error) {
        true => Err(findings),
        false => Ok(findings),
    }
}

/// Leaves out the sources that say nothing new, and repetitions.
fn leave_new_sources(entries: &mut [Entry], history: &History) {
    let mut seen = BTreeSet::new();
    for entry in entries {
        if let Says::This(sent) = &mut entry.says {
            let read = |draft: &Value| validate::source(draft, "").0;
            sent.sources
                .retain(|draft| read(draft).is_some_and(|new| history.source(&new.id) != Some(&new) && seen.insert(new.id)));
        }
    }
}

/// The kinds of record that are told otherwise afterwards: all, if a source is said anew that others may cite.
fn touched(entries: &[Entry], history: &History) -> BTreeSet<Kind> {
    let is_known = |draft: &Value| validate::source(draft, "").0.is_some_and(|source| history.source(&source.id).is_some());
    let says_anew = |entry: &Entry| matches!(&entry.says, Says::This(sent) if sent.sources.iter().any(is_known));
    if entries.iter().any(says_anew) { view::kinds() } else { entries.iter().map(|entry| entry.kind).collect() }
}

/// What an entry asks of the store: its sources first.
fn changes(entry: &Entry) -> Vec<Change> {
    let record = |act| Change { subject: Subject::Record(entry.kind), id: entry.id.clone(), expected: entry.expected, act };
    match &entry.says {
        Says::Nothing => vec![record(Act::Withdraw)],
        Says::This(sent) => {
            let source = |draft: &Value| {
                let id = draft.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                Change { subject: Subject::Source, id, expected: Expected::Any, act: Act::Put(draft.clone()) }
            };
            sent.sources.iter().map(source).chain([record(Act::Put(sent.draft.clone()))]).collect()
        }
    }
}
