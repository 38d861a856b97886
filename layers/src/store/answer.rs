//! What was answered to requests that came with a key. Kept for a week, so that a client that lost the answer may ask again.

use super::batch::Stamp;
use super::digest::{Digest, Fields};
use crate::time::Instant;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Deserialize;
use serde_json::{Value, json};

/// Days for which a key is remembered, at least.
const DAYS_KEPT: i64 = 7;

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) seq: i64,
    pub(super) who: String,
    pub(super) key: String,
    /// Digest of the request.
    pub(super) request: Digest,
    /// JSON.
    pub(super) answer: String,
    pub(super) at: Instant,
    /// Over everything that the row says.
    pub(super) hash: Digest,
}

/// As [`Answer::read`] wants them.
pub(super) const ANSWERS: &str = "SELECT seq, who, key, request, answer, at, hash FROM answers ORDER BY seq";

impl Answer {
    /// The hash that it should have.
    pub(super) fn computed(&self) -> Digest {
        Fields::of("answers")
            .number(self.seq)
            .text(&self.who)
            .text(&self.key)
            .bytes(&self.request.0)
            .text(&self.answer)
            .number(self.at.micros())
            .digest()
    }

    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare_cached("INSERT INTO answers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
        let at = self.at.micros();
        insert.execute(params![self.seq, self.who, self.key, self.request.0, self.answer, at, self.hash.0])?;
        Ok(())
    }

    /// A row.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            who: row.get(1)?,
            key: row.get(2)?,
            request: Digest(row.get(3)?),
            answer: row.get(4)?,
            at: Instant::from_micros(row.get(5)?),
            hash: Digest(row.get(6)?),
        })
    }

    /// What was committed then, and what was told beside it.
    pub(super) fn read_back(&self) -> serde_json::Result<(Vec<Stamp>, Option<Value>)> {
        Ok(match serde_json::from_str(&self.answer)? {
            Kept::Stamps(stamps) => (stamps, None),
            Kept::Beside { stamps, told } => (stamps, Some(told)),
        })
    }

    /// What was answered under a key.
    pub(super) fn to(connection: &Connection, who: &str, key: &str) -> rusqlite::Result<Option<Self>> {
        let query = "SELECT seq, who, key, request, answer, at, hash FROM answers WHERE who = ?1 AND key = ?2";
        connection.prepare_cached(query)?.query_row([who, key], Self::read).optional()
    }
}

/// An answer as it is kept: the stamps, or these and what was told beside them.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    Stamps(Vec<Stamp>),
    Beside { stamps: Vec<Stamp>, told: Value },
}

/// The text that keeps an answer.
pub(super) fn kept(stamps: &[Stamp], told: Option<&Value>) -> serde_json::Result<String> {
    match told {
        None => serde_json::to_string(stamps),
        Some(told) => serde_json::to_string(&json!({"stamps": stamps, "told": told})),
    }
}

/// Removes answers that are forgotten, a few at a time, so that a request never pays for a week of others.
pub(super) fn forget(connection: &Connection, now: Instant) -> rusqlite::Result<()> {
    let few = "DELETE FROM answers WHERE seq IN (SELECT seq FROM answers ORDER BY seq LIMIT 8) AND at < ?1";
    connection.prepare_cached(few)?.execute([now.plus_days(-DAYS_KEPT).micros()])?;
    Ok(())
}
