//! Where the tables end, and the one way in which rows are added.

use super::audit::Entry;
use super::digest::Digest;
use super::version::Version;
use crate::time::Instant;
use rusqlite::{Connection, params};

/// The last row of each table. A copy goes into a transaction and takes the old one's place once that is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tip {
    /// The last version.
    pub(super) seq: i64,
    /// When it was recorded.
    pub(super) recorded_at: Instant,
    /// The last entry of the audit log.
    pub(super) entry: i64,
    /// Its hash.
    pub(super) chain: Digest,
    /// The last answer.
    pub(super) answer: i64,
}

impl Tip {
    /// Of empty tables.
    pub(super) const START: Self = Self { seq: 0, recorded_at: Instant::MIN, entry: 0, chain: Digest::NONE, answer: 0 };

    /// When something that comes now is recorded: after what came last, whatever the clock says, so that there is a moment at which each
    /// version was the newest.
    pub(super) const fn time(&self, now: Instant) -> Instant {
        let next = self.recorded_at.micros().saturating_add(1);
        if now.micros() < next { Instant::from_micros(next) } else { now }
    }

    /// Adds a version, and its entry in the audit log.
    pub(super) fn add(&mut self, connection: &Connection, version: &Version, operation: &str) -> rusqlite::Result<()> {
        let hash = version.digest();
        connection.prepare_cached("INSERT INTO versions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?.execute(params![
            version.seq,
            version.subject.as_str(),
            version.id,
            version.version,
            version.draft,
            version.known_from.map(Instant::micros),
            version.recorded_at.micros(),
            version.withdrawn,
            version.who,
            hash.0
        ])?;
        let entry = Entry::after((self.entry, self.chain), version, operation, hash);
        entry.write(connection)?;
        self.pass(version, &entry);
        Ok(())
    }

    /// Goes on behind a version and its entry.
    pub(super) fn pass(&mut self, version: &Version, entry: &Entry) {
        (self.seq, self.recorded_at) = (version.seq, version.recorded_at);
        (self.entry, self.chain) = (entry.seq, entry.hash);
    }
}
