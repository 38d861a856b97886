//! The ledger: the records as the store has them, and how changes of them become the next worlds.
//!
//! ```text
//!   requests that wait together -> each judged after those before it -> store, one transaction, on the disk
//!     -> history -> what each audience sees of it -> worlds, swapped together -> answers
//! ```

mod judge;
mod line;
mod settled;

pub use judge::Judged;
pub use line::{Clerk, Line, Waiting};
pub use settled::Settled;

use crate::world::Worlds;
use crate::world::records::{Ingredients, following, turns, viewers, worlds};
use judge::{Ahead, Told};
use roadblock_layers::finding::Finding;
use roadblock_layers::history::History;
use roadblock_layers::import::feature::Sent;
use roadblock_layers::layer::EditError;
use roadblock_layers::record::RecordId;
use roadblock_layers::store::{Batch, CommitError, Committed, Expected, Key, Loaded, Version, Writer};
use roadblock_layers::time::Instant;
use roadblock_layers::view::Turns;
use roadblock_layers::vocab::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

/// How the next worlds are made of those that are shown.
pub type Next<'n> = &'n dyn Fn(&Worlds) -> Result<Worlds, EditError>;

/// The records, and who writes them.
pub struct Ledger {
    writer: Writer,
    of: Ingredients,
    /// Those who want something entered.
    pub line: Arc<Line>,
    /// Held by whoever enters something, until it is on the disk and shown. Reading does not wait for that.
    desk: Mutex<Desk>,
    /// All versions of each record, oldest first.
    versions: RwLock<BTreeMap<RecordId, Vec<Version>>>,
}

/// What the records are, and which of them have to be looked at again when.
struct Desk {
    /// Shared with whoever holds something against it, who then sees what was; copied if more is entered meanwhile.
    history: Arc<History>,
    turns: Turns,
}

/// What was said anew since the worlds were made.
#[derive(Default)]
struct Changed {
    records: BTreeSet<RecordId>,
    sources: BTreeSet<String>,
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
    /// Too many wait already.
    Full,
    /// Something broke on our side. What was asked may be on the disk; it comes back with the next start.
    Broken,
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
        let mut versions: BTreeMap<RecordId, Vec<Version>> = BTreeMap::new();
        for version in &loaded.versions {
            versions.entry(version.id.clone()).or_default().push(version.clone());
        }
        let desk = Mutex::new(Desk { history: Arc::new(history), turns: Turns::default() });
        Self { writer, of, line: Arc::default(), desk, versions: RwLock::new(versions) }
    }

    /// The worlds as they are at a time of day, all of them made anew.
    pub fn worlds(&self, now: Instant) -> Worlds {
        let mut desk = self.desk.lock().unwrap_or_else(PoisonError::into_inner);
        desk.turns = turns(&self.of, &desk.history, now);
        worlds(&self.of, &desk.history, now)
    }

    /// The versions of a record, oldest first.
    pub fn versions(&self, kind: Kind, id: &str) -> Vec<Version> {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        let of_kind = versions.get(id).filter(|versions| versions.iter().all(|version| version.is_of(kind)));
        of_kind.cloned().unwrap_or_default()
    }

    /// What is told now. Others go on entering.
    pub fn history(&self) -> Arc<History> {
        Arc::clone(&self.desk.lock().unwrap_or_else(PoisonError::into_inner).history)
    }

    /// The newest versions of some records, of whatever kind.
    pub fn newest<'i>(&self, ids: impl Iterator<Item = &'i str>) -> BTreeMap<RecordId, Version> {
        let versions = self.versions.read().unwrap_or_else(PoisonError::into_inner);
        ids.filter_map(|id| Some((id.to_owned(), versions.get(id)?.last()?.clone()))).collect()
    }

    /// Serves those who came together: judges one after the other, each after those before it, commits all that is good in as few transactions
    /// as that allows, hands how the next worlds are made to `show`, and answers. An answer that something was done is given when it is on
    /// the disk and shown.
    pub fn serve(&self, group: Vec<Waiting>, now: Instant, show: impl FnOnce(Next<'_>) -> Result<(), EditError>) {
        // Who finds it poisoned cannot know whether the history tells what the disk holds.
        let Ok(mut desk) = self.desk.lock() else {
            return group.into_iter().for_each(|waiting| waiting.answer(Err(Refused::Broken)));
        };
        let (mut changed, mut done, mut left) = (Changed::default(), Vec::new(), group);
        while !left.is_empty() {
            left = self.commit(left, now, &mut desk, &mut changed, &mut done);
        }
        let shown = if changed.records.is_empty() { Ok(()) } else { self.follow(&mut desk, changed, now, show) };
        drop(desk);
        if let Err(error) = &shown {
            tracing::error!(%error, "changes are on the disk and cannot be shown");
        }
        for (waiting, answer) in done {
            waiting.answer(shown.as_ref().map(|()| answer).map_err(|_told| Refused::Broken));
        }
    }

    /// Judges and commits until a belief turns out wrong. Gives back those whose turn did not come; they have to be judged again.
    fn commit(
        &self,
        group: Vec<Waiting>,
        now: Instant,
        desk: &mut MutexGuard<'_, Desk>,
        changed: &mut Changed,
        done: &mut Vec<(Waiting, Done)>,
    ) -> Vec<Waiting> {
        let mut ahead = Ahead::of(&desk.history);
        let mut judged: Vec<(Waiting, Judged)> = Vec::new();
        for waiting in group {
            // What makes the rules panic harms nobody else.
            match catch_unwind(AssertUnwindSafe(|| waiting.order.judged_after(&ahead))) {
                Err(_panic) => waiting.answer(Err(Refused::Broken)),
                Ok(Err(findings)) => waiting.answer(Err(Refused::Findings(findings))),
                Ok(Ok(mut good)) => {
                    good.batch.is_trial = waiting.dry_run;
                    if !waiting.dry_run {
                        ahead.believe(&good.told);
                    }
                    judged.push((waiting, good));
                }
            }
        }
        let batches = judged.iter().map(|(_, good)| good.batch.clone()).collect();
        let mut outcomes = self.writer.commit_in_turn(batches, now).into_iter();
        let mut left = Vec::new();
        for (waiting, Judged { batch, findings, told }) in judged {
            match outcomes.next() {
                None => left.push(waiting),
                Some(Err(error)) => waiting.answer(Err(Refused::Store(error))),
                Some(Ok(_)) if waiting.dry_run => waiting.answer(Ok(Done { committed: None, findings })),
                Some(Ok(committed)) => {
                    if !committed.replayed {
                        self.add(desk, changed, &batch, told, &committed);
                    }
                    done.push((waiting, Done { committed: Some(committed), findings }));
                }
            }
        }
        left
    }

    /// Adds what was committed, which was read before.
    fn add(&self, desk: &mut Desk, changed: &mut Changed, batch: &Batch, told: Vec<Told>, committed: &Committed) {
        let mut versions = self.versions.write().unwrap_or_else(PoisonError::into_inner);
        for ((change, told), stamp) in batch.changes.iter().zip(told).zip(&committed.stamps) {
            match told {
                Told::Source(source) => {
                    changed.sources.insert(source.id.clone());
                    Arc::make_mut(&mut desk.history).add_source(source, stamp.recorded_at);
                }
                Told::Record(record) => {
                    changed.records.insert(change.id.clone());
                    Arc::make_mut(&mut desk.history).add(*record, stamp.version, stamp.recorded_at);
                    let versions = versions.entry(change.id.clone()).or_default();
                    let last = versions.last().map(|last| last.draft.clone()).unwrap_or_default();
                    versions.iter_mut().next_back().into_iter().for_each(|last| last.superseded_at = Some(stamp.recorded_at));
                    versions.push(Version::committed(change, stamp, &batch.who, last));
                }
            }
        }
    }

    /// Shows what nobody might know of until now, if there is anything.
    pub fn look(&self, now: Instant, show: impl FnOnce(Next<'_>) -> Result<(), EditError>) {
        let Ok(mut desk) = self.desk.lock() else { return };
        if desk.turns.first().is_some_and(|moment| moment <= now)
            && let Err(error) = self.follow(&mut desk, Changed::default(), now, show)
        {
            tracing::error!(%error, "what may be known by now cannot be shown");
        }
    }

    /// When something is told next that nobody might know of before.
    pub fn next_turn(&self) -> Option<Instant> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner).turns.first()
    }

    /// Has what changed shown, by itself or because somebody said so.
    fn follow(
        &self,
        desk: &mut Desk,
        changed: Changed,
        now: Instant,
        show: impl FnOnce(Next<'_>) -> Result<(), EditError>,
    ) -> Result<(), EditError> {
        let Desk { history, turns } = desk;
        let come = turns.come(now);
        let said = changed.records.iter().chain(&come).map(String::as_str);
        let touched = history.dependents(said, changed.sources.iter().map(String::as_str));
        for viewer in viewers(&self.of, now) {
            turns.note(changed.records.iter().flat_map(|id| history.record(id)), viewer);
        }
        show(&|former| following(&self.of, history, now, former, &touched))
    }
}

#[cfg(test)]
mod tests;
