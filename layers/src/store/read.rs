//! All rows of a store, none of them believed: hashes, order and the chain are tried while they are read.

use super::answer::{ANSWERS, Answer};
use super::audit::{ENTRIES, Entry};
use super::digest::Digest;
use super::error::Damage;
use super::secret;
use super::tip::Tip;
use super::version::{Loaded, Subject, Version};
use crate::dataset::About;
use crate::time::Instant;
use rusqlite::{Connection, Row, Rows, Statement};
use std::collections::HashMap;

const VERSIONS: &str =
    "SELECT seq, kind, id, version, draft, known_from, recorded_at, withdrawn, who, hash FROM versions ORDER BY seq";

/// Reads everything; the rows as one transaction sees them, if the caller began one.
pub(super) fn everything(connection: &Connection) -> Result<(Loaded, Tip), Damage> {
    let (versions, mut tip) = versions(connection)?;
    tip.answer = answers(connection)?;
    let (mut sources, mut records, mut about) = (Vec::new(), Vec::new(), None);
    for version in versions {
        match version.subject {
            Subject::Source => sources.push(version),
            Subject::Record(_) => records.push(version),
            Subject::Dataset => about = Some(read_about(&version)?),
        }
    }
    let about = about.ok_or_else(|| Damage::file("nothing says what the data set is"))?;
    Ok((Loaded { about, sources, versions: records, secret: secret::read(connection)? }, tip))
}

fn read_about(version: &Version) -> Result<About, Damage> {
    serde_json::from_str(&version.draft).map_err(|error| Damage::row("versions", version.seq, error))
}

/// Versions and audit log side by side: each entry speaks of the version that came with it.
pub(super) fn versions(connection: &Connection) -> Result<(Vec<Version>, Tip), Damage> {
    let (mut rows, mut log) = (Table::of(connection, "versions", VERSIONS)?, Table::of(connection, "audit", ENTRIES)?);
    let (mut rows, mut log) = (rows.rows()?, log.rows()?);
    let (mut versions, mut tip): (Vec<Version>, Tip) = (Vec::new(), Tip::START);
    let mut newest: HashMap<String, usize> = HashMap::new();
    while let Some((version, hash)) = rows.next(version)? {
        let wrong = |reason: &str| Err(Damage::row("versions", version.seq, reason));
        if version.seq != tip.seq + 1 {
            return wrong("rows before it are missing");
        }
        if version.digest() != hash {
            return wrong("its hash is not that of its content");
        }
        let name = version.subject.name(&version.id);
        let before = newest.insert(name, versions.len()).and_then(|place| versions.get_mut(place));
        if i64::from(version.version) != before.as_ref().map_or(0, |before| i64::from(before.version)) + 1 {
            return wrong("it does not follow the version before");
        }
        if version.recorded_at < tip.recorded_at {
            return wrong("it was recorded before the row before it");
        }
        let Some(entry) = log.next(Entry::read)? else { return wrong("the audit log has no entry for it") };
        linked(&entry, &tip)?;
        if entry.digest != hash || entry.object != version.object() {
            return Err(Damage::row("audit", entry.seq, "it does not speak of the version with its number"));
        }
        if let Some(before) = before {
            before.superseded_at = version.known_from;
        }
        tip.pass(&version, &entry);
        versions.push(version);
    }
    match log.next(Entry::read)? {
        Some(entry) => Err(Damage::row("audit", entry.seq, "the version it speaks of is missing")),
        None => Ok((versions, tip)),
    }
}

/// Whether an entry is the next of the chain.
fn linked(entry: &Entry, tip: &Tip) -> Result<(), Damage> {
    let reason = if entry.seq != tip.entry + 1 {
        "entries before it are missing"
    } else if entry.previous != tip.chain {
        "it does not hold the hash of the entry before"
    } else if entry.computed() != entry.hash {
        "its hash is not that of its content"
    } else {
        return Ok(());
    };
    Err(Damage::row("audit", entry.seq, reason))
}

/// Number of the last answer.
fn answers(connection: &Connection) -> Result<i64, Damage> {
    let mut table = Table::of(connection, "answers", ANSWERS)?;
    let (mut rows, mut last) = (table.rows()?, None);
    while let Some(answer) = rows.next(Answer::read)? {
        let wrong = |reason: &str| Err(Damage::row("answers", answer.seq, reason));
        if last.is_some_and(|last: i64| answer.seq != last + 1) {
            return wrong("rows before it are missing");
        }
        if answer.computed() != answer.hash {
            return wrong("its hash is not that of its content");
        }
        last = Some(answer.seq);
    }
    Ok(last.unwrap_or_default())
}

fn version(row: &Row<'_>) -> rusqlite::Result<(Version, Digest)> {
    let word: String = row.get(1)?;
    let unknown = || rusqlite::Error::InvalidColumnType(1, format!("kind '{word}'"), rusqlite::types::Type::Text);
    let version = Version {
        seq: row.get(0)?,
        subject: Subject::parse(&word).ok_or_else(unknown)?,
        id: row.get(2)?,
        version: row.get(3)?,
        draft: row.get(4)?,
        known_from: row.get::<_, Option<i64>>(5)?.map(Instant::from_micros),
        recorded_at: Instant::from_micros(row.get(6)?),
        superseded_at: None,
        withdrawn: row.get(7)?,
        who: row.get(8)?,
    };
    Ok((version, Digest(row.get(9)?)))
}

/// A query over a table; what goes wrong names both the table and the row.
struct Table<'c> {
    name: &'static str,
    query: Statement<'c>,
}

impl<'c> Table<'c> {
    fn of(connection: &'c Connection, name: &'static str, query: &str) -> Result<Self, Damage> {
        Ok(Self { name, query: connection.prepare(query).map_err(Damage::file)? })
    }

    fn rows(&mut self) -> Result<Reading<'_>, Damage> {
        Ok(Reading { table: self.name, rows: self.query.query([]).map_err(Damage::file)?, read: 0 })
    }
}

/// Rows as they come.
struct Reading<'s> {
    table: &'static str,
    rows: Rows<'s>,
    read: i64,
}

impl Reading<'_> {
    fn next<T>(&mut self, read: impl Fn(&Row<'_>) -> rusqlite::Result<T>) -> Result<Option<T>, Damage> {
        self.read += 1;
        let next = self.rows.next().and_then(|row| row.map(read).transpose());
        next.map_err(|error| Damage::row(self.table, self.read, error))
    }
}
