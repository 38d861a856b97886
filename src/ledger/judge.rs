//! Whether what an order says fits what will hold when its turn comes: what the history tells, and the orders before it.

use super::{Entry, Order, Says};
use roadblock_layers::finding::{Finding, Severity};
use roadblock_layers::history::History;
use roadblock_layers::record::{Record, RecordId, Source};
use roadblock_layers::store::{Act, Batch, Change, Expected, Subject};
use roadblock_layers::validate::{self, Outcome, Placed, Standing};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What holds once all that was found good before is committed.
pub(super) struct Ahead<'h> {
    history: &'h History,
    /// What is said of records; nothing of those taken back.
    records: BTreeMap<RecordId, Option<Record>>,
    sources: BTreeMap<String, Source>,
    referring: BTreeMap<RecordId, BTreeSet<RecordId>>,
}

/// What a change says, read.
#[derive(Debug, Clone)]
pub(super) enum Told {
    Record(Box<Record>),
    Source(Source),
}

/// An order that was found good.
#[derive(Debug)]
pub struct Judged {
    /// What it asks of the store. Sources that say nothing new are left out.
    pub batch: Batch,
    /// What is worth knowing of it.
    pub findings: Vec<Finding>,
    /// What each change of the batch says.
    pub(super) told: Vec<Told>,
}

impl<'h> Ahead<'h> {
    pub(super) fn of(history: &'h History) -> Self {
        Self { history, records: BTreeMap::new(), sources: BTreeMap::new(), referring: BTreeMap::new() }
    }

    /// Believes that an order will be committed.
    pub(super) fn believe(&mut self, told: &[Told]) {
        for told in told {
            match told {
                Told::Source(source) => drop(self.sources.insert(source.id.clone(), source.clone())),
                Told::Record(record) => {
                    for named in record.refers_to() {
                        self.referring.entry(named.to_owned()).or_default().insert(record.id().to_owned());
                    }
                    let said = Some(Record::clone(record)).filter(|record| !record.common().withdrawn);
                    self.records.insert(record.id().to_owned(), said);
                }
            }
        }
    }
}

impl Standing for Ahead<'_> {
    fn record(&self, id: &str) -> Option<&Record> {
        match self.records.get(id) {
            Some(said) => said.as_ref(),
            None => self.history.record(id).last().filter(|newest| !newest.common().withdrawn),
        }
    }

    fn source(&self, id: &str) -> Option<&Source> {
        self.sources.get(id).or_else(|| self.history.source(id))
    }

    fn referring(&self, id: &str) -> Vec<&str> {
        let ahead = self.referring.get(id).into_iter().flatten().map(String::as_str);
        self.history.referring(id).chain(ahead).collect()
    }
}

impl Order {
    /// What the order asks of a store that tells this history.
    ///
    /// # Errors
    /// Everything found, if any of it refuses.
    pub fn judged(&self, history: &History) -> Result<Judged, Vec<Finding>> {
        self.judged_after(&Ahead::of(history))
    }

    pub(super) fn judged_after(&self, standing: &Ahead<'_>) -> Result<Judged, Vec<Finding>> {
        let mut outcome = look_over(standing, &self.entries);
        if outcome.findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(outcome.findings);
        }
        let findings = std::mem::take(&mut outcome.findings);
        let (mut changes, mut told, mut seen) = (Vec::new(), Vec::new(), BTreeSet::new());
        for entry in &self.entries {
            for (change, says) in read(entry, standing, &outcome, &mut seen) {
                changes.push(change);
                told.extend(says);
            }
        }
        Ok(Judged { batch: Batch { who: self.who.clone(), changes, key: self.key.clone(), is_trial: false }, findings, told })
    }
}

/// Everything found in what is said.
fn look_over(standing: &Ahead<'_>, entries: &[Entry]) -> Outcome {
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
    validate::amended(standing, &drafts, &sources, &gone)
}

/// What an entry asks of the store, and what each of that says: its sources first, but for those that say nothing new, or were `seen`. What
/// takes back a record that is not there says nothing, and the store refuses it.
fn read(entry: &Entry, standing: &Ahead<'_>, outcome: &Outcome, seen: &mut BTreeSet<String>) -> Vec<(Change, Option<Told>)> {
    let record = |act| Change { subject: Subject::Record(entry.kind), id: entry.id.clone(), expected: entry.expected, act };
    let sent = match &entry.says {
        Says::Nothing => {
            let last = standing.record(&entry.id).cloned().map(|last| Told::Record(Box::new(last.taken_back())));
            return vec![(record(Act::Withdraw), last)];
        }
        Says::This(sent) => sent,
    };
    let source = |draft: &Value| {
        let source = validate::source(draft, "").0.filter(|source| standing.source(&source.id) != Some(source))?;
        let change =
            Change { subject: Subject::Source, id: source.id.clone(), expected: Expected::Any, act: Act::Put(draft.clone()) };
        seen.insert(source.id.clone()).then_some((change, Some(Told::Source(source))))
    };
    let said = outcome.records.get(&entry.id).cloned().map(Box::new).map(Told::Record);
    let put = (record(Act::Put(sent.draft.clone())), said);
    sent.sources.iter().filter_map(source).chain([put]).collect()
}
