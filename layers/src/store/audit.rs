//! The audit log: an entry for each version, each with the hash of the one before it.
//!
//! Whoever changes, removes or swaps rows breaks the chain, of the log or of the versions it speaks of. What it cannot tell is that its end
//! was cut off together with the versions there: for that its last hash is kept elsewhere.

use super::digest::{Digest, Fields};
use super::version::Version;
use crate::time::Instant;
use rusqlite::{Connection, Row, params};

/// One entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) seq: i64,
    at: Instant,
    who: String,
    operation: String,
    pub(super) object: String,
    /// Hash of the version it speaks of.
    pub(super) digest: Digest,
    pub(super) previous: Digest,
    pub(super) hash: Digest,
}

/// As [`Entry::read`] wants them.
pub(super) const ENTRIES: &str = "SELECT seq, at, who, operation, object, digest, previous, hash FROM audit ORDER BY seq";

impl Entry {
    /// The one for a version, after the one before it.
    pub(super) fn after((seq, previous): (i64, Digest), version: &Version, operation: &str, digest: Digest) -> Self {
        let mut entry = Self {
            seq: seq + 1,
            at: version.recorded_at,
            who: version.who.clone(),
            operation: operation.to_owned(),
            object: version.object(),
            digest,
            previous,
            hash: Digest::NONE,
        };
        entry.hash = entry.computed();
        entry
    }

    /// The hash that it should have.
    pub(super) fn computed(&self) -> Digest {
        Fields::of("audit")
            .number(self.seq)
            .number(self.at.micros())
            .text(&self.who)
            .text(&self.operation)
            .text(&self.object)
            .bytes(&self.digest.0)
            .bytes(&self.previous.0)
            .digest()
    }

    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut insert = connection.prepare_cached("INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")?;
        let (at, digests) = (self.at.micros(), (self.digest.0, self.previous.0, self.hash.0));
        insert.execute(params![self.seq, at, self.who, self.operation, self.object, digests.0, digests.1, digests.2])?;
        Ok(())
    }

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let digest = |column| row.get::<_, [u8; 32]>(column).map(Digest);
        Ok(Self {
            seq: row.get(0)?,
            at: Instant::from_micros(row.get(1)?),
            who: row.get(2)?,
            operation: row.get(3)?,
            object: row.get(4)?,
            digest: digest(5)?,
            previous: digest(6)?,
            hash: digest(7)?,
        })
    }
}
