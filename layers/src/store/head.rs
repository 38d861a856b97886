//! The newest version of something, as changes are held against it.

use super::version::Subject;
use rusqlite::{Connection, OptionalExtension, Row};

/// The newest version of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) subject: Subject,
    pub(super) version: u32,
    pub(super) withdrawn: bool,
}

impl Head {
    /// Of what has this id among records, among sources or among data sets.
    pub(super) fn of(connection: &Connection, subject: Subject, id: &str) -> rusqlite::Result<Option<Self>> {
        let realm = match subject {
            Subject::Record(_) => "kind NOT IN ('source', 'dataset')",
            Subject::Source => "kind = 'source'",
            Subject::Dataset => "kind = 'dataset'",
        };
        let query =
            format!("SELECT seq, kind, version, withdrawn FROM versions WHERE id = ?1 AND {realm} ORDER BY version DESC LIMIT 1");
        let head = |row: &Row<'_>| {
            let word: String = row.get(1)?;
            let subject = Subject::parse(&word).unwrap_or(subject);
            Ok(Self { seq: row.get(0)?, subject, version: row.get(2)?, withdrawn: row.get(3)? })
        };
        connection.prepare_cached(&query)?.query_row([id], head).optional()
    }

    /// What it says.
    pub(super) fn draft(&self, connection: &Connection) -> rusqlite::Result<String> {
        connection.prepare_cached("SELECT draft FROM versions WHERE seq = ?1")?.query_row([self.seq], |row| row.get(0))
    }
}
