//! One batch into one transaction: looked at as a whole first, then written row by row.

use super::answer::{self, Answer};
use super::batch::{Act, Batch, Change, CommitError, Committed, Conflict, Current, Expected, Key, Stamp};
use super::committed::without_ours;
use super::digest::Digest;
use super::head::Head;
use super::tip::Tip;
use super::version::{DATASET, Subject, Version};
use crate::dataset::About;
use crate::time::Instant;
use rusqlite::Connection;
use serde::Deserialize;
use std::collections::HashSet;

/// Why a batch was not written: it cannot be, or SQLite could not.
#[derive(Debug)]
pub(super) enum Failure {
    Batch(CommitError),
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<CommitError> for Failure {
    fn from(error: CommitError) -> Self {
        Self::Batch(error)
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Batch(CommitError::Refused(error.to_string()))
    }
}

/// Writes a batch behind `tip`. When there is an error the caller takes back what was written, and forgets the tip.
pub(super) fn write(connection: &Connection, tip: &mut Tip, batch: &Batch, at: Instant) -> Result<Committed, Failure> {
    if let Some(key) = &batch.key
        && let Some(answer) = Answer::to(connection, &batch.who, &key.key)?
    {
        return replay(key, &answer);
    }
    let recorded_at = tip.time(at);
    let mut stamps = Vec::with_capacity(batch.changes.len());
    for (change, head) in batch.changes.iter().zip(follow(connection, batch)?) {
        let (draft, operation) = said(connection, change, head)?;
        let version = Version {
            seq: tip.seq + 1,
            subject: change.subject,
            id: change.id.clone(),
            version: head.map_or(1, |head| head.version.saturating_add(1)),
            draft,
            known_from: Some(recorded_at),
            recorded_at,
            superseded_at: None,
            withdrawn: matches!(change.act, Act::Withdraw),
            who: batch.who.clone(),
        };
        tip.add(connection, &version, operation)?;
        let Version { seq, id, version, .. } = version;
        stamps.push(Stamp { seq, id, version, recorded_at });
    }
    let told = batch.key.as_ref().and_then(|key| key.told.clone());
    // Who changes nothing and has nothing to tell only asks what was answered before.
    match &batch.key {
        Some(key) if !stamps.is_empty() || told.is_some() => remember(connection, tip, (&batch.who, key), &stamps, recorded_at)?,
        _ => (),
    }
    Ok(Committed { stamps, replayed: false, told })
}

/// What was answered when the same request came before.
fn replay(key: &Key, answer: &Answer) -> Result<Committed, Failure> {
    if answer.request != key.request {
        return Err(CommitError::KeyReused.into());
    }
    let (stamps, told) = answer.read_back()?;
    Ok(Committed { stamps, replayed: true, told })
}

fn remember(
    connection: &Connection,
    tip: &mut Tip,
    (who, key): (&str, &Key),
    stamps: &[Stamp],
    at: Instant,
) -> Result<(), Failure> {
    answer::forget(connection, at)?;
    let mut answer = Answer {
        seq: tip.answer + 1,
        who: who.to_owned(),
        key: key.key.clone(),
        request: key.request,
        answer: answer::kept(stamps, key.told.as_ref())?,
        at,
        hash: Digest::NONE,
    };
    answer.hash = answer.computed();
    answer.write(connection)?;
    tip.answer = answer.seq;
    Ok(())
}

/// What each change follows, if each is what it says and follows what it is meant to.
fn follow(connection: &Connection, batch: &Batch) -> Result<Vec<Option<Head>>, Failure> {
    let (mut names, mut heads, mut conflicts) = (HashSet::new(), Vec::new(), Vec::new());
    for change in &batch.changes {
        if !names.insert(change.subject.name(&change.id)) {
            return Err(CommitError::Twice(change.id.clone()).into());
        }
        fits(change)?;
        let head = Head::of(connection, change.subject, &change.id)?;
        if !follows(change, head) {
            let current = head.map(|Head { subject, version, withdrawn, .. }| Current { subject, version, withdrawn });
            conflicts.push(Conflict { id: change.id.clone(), current });
        }
        heads.push(head);
    }
    if conflicts.is_empty() { Ok(heads) } else { Err(CommitError::Conflict(conflicts).into()) }
}

/// Refuses a draft of something else, and a store that says nothing of itself.
fn fits(change: &Change) -> Result<(), CommitError> {
    let refused = |reason: &str| Err(CommitError::Refused(format!("{} '{}': {reason}", change.subject, change.id)));
    let draft = match (&change.act, change.subject) {
        (Act::Withdraw, Subject::Dataset) => return refused("it can be changed and not withdrawn"),
        (Act::Withdraw, _) => return Ok(()),
        (Act::Put(draft), _) => draft,
    };
    let says = |member: &str, word: &str| draft.get(member).is_some_and(|value| value == word);
    match change.subject {
        Subject::Record(kind) if says("id", &change.id) && says("kind", kind.as_str()) => Ok(()),
        Subject::Source if says("id", &change.id) => Ok(()),
        Subject::Dataset if change.id != DATASET => refused("there is one, and its id is 'dataset'"),
        Subject::Dataset => About::deserialize(draft).map(drop).or_else(|error| refused(&error.to_string())),
        _ => refused("the draft says that it is something else"),
    }
}

fn follows(change: &Change, head: Option<Head>) -> bool {
    let is_expected = match (change.expected, head) {
        (Expected::New, head) => head.is_none(),
        (Expected::Version(version), head) => head.is_some_and(|head| head.version == version),
        (Expected::Any, _) => true,
    };
    let is_possible = match (&change.act, head) {
        (Act::Put(_), None) => true,
        (Act::Put(_), Some(head)) => head.subject == change.subject,
        // Only what is there and holds can be taken back.
        (Act::Withdraw, head) => head.is_some_and(|head| head.subject == change.subject && !head.withdrawn),
    };
    is_expected && is_possible
}

/// The draft that a change says, and what that is called in the audit log.
fn said(connection: &Connection, change: &Change, head: Option<Head>) -> rusqlite::Result<(String, &'static str)> {
    let operation = operation(matches!(change.act, Act::Withdraw), head.map(|head| head.withdrawn));
    match (&change.act, head) {
        (Act::Put(draft), _) => Ok((without_ours(draft), operation)),
        // It says what is taken back.
        (Act::Withdraw, Some(head)) => Ok((head.draft(connection)?, operation)),
        (Act::Withdraw, None) => Err(rusqlite::Error::QueryReturnedNoRows),
    }
}

/// What a version is called in the audit log, by whether it takes something back and whether the one before it, if there is one, did.
pub(super) const fn operation(withdraws: bool, before: Option<bool>) -> &'static str {
    match (withdraws, before) {
        (true, _) => "withdraw",
        (false, None) => "create",
        (false, Some(true)) => "restore",
        (false, Some(false)) => "change",
    }
}
