//! What a caller asks of the store, all of it or nothing, and what it is told.

use super::digest::Digest;
use super::version::Subject;
use crate::time::Instant;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Changes that hold together: all are committed or none.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The name of the token behind the request.
    pub who: String,
    /// What changes. No id twice. Nothing, under a key beside which nothing is told, only asks what was answered under it.
    pub changes: Vec<Change>,
    /// By which a request that comes again is known.
    pub key: Option<Key>,
    /// Whether all is looked over as if it were committed, and nothing is.
    pub is_trial: bool,
}

/// The key of a request, what was asked under it, and what is answered beside what is committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// As the client gave it. Each `who` has its own.
    pub key: String,
    /// Digest of the request.
    pub request: Digest,
    /// Told with the stamps, and again when the request comes again.
    pub told: Option<Value>,
}

/// One thing's next version.
#[derive(Debug, Clone)]
pub struct Change {
    /// What it is. A record keeps its kind.
    pub subject: Subject,
    /// Stable name.
    pub id: String,
    /// The version it is meant to follow.
    pub expected: Expected,
    /// What is said.
    pub act: Act,
}

/// Which version must be the newest for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// None: the id is new.
    New,
    /// This one.
    Version(u32),
    /// Whichever there is: the last word wins.
    Any,
}

/// What a change says.
#[derive(Debug, Clone)]
pub enum Act {
    /// This draft holds from now on. Whoever asks has validated it. What the store itself says of a version (`version`, `recorded_at`,
    /// `superseded_at`, `withdrawn`) is taken out of it.
    Put(Value),
    /// What was said last does not hold any more.
    Withdraw,
}

/// What was committed, in the order of the batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The versions.
    pub stamps: Vec<Stamp>,
    /// The same request was answered before: nothing was done now.
    pub replayed: bool,
    /// What was told under the key when it was done.
    pub told: Option<Value>,
}

/// What the store says of a version it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Its place in the order of everything.
    pub seq: i64,
    /// Stable name.
    pub id: String,
    /// Its number.
    pub version: u32,
    /// When it was taken.
    #[serde(serialize_with = "write_micros", deserialize_with = "read_micros")]
    pub recorded_at: Instant,
}

fn write_micros<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(at.micros())
}

fn read_micros<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    i64::deserialize(deserializer).map(Instant::from_micros)
}

/// A change that was not meant to follow what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Stable name.
    pub id: String,
    /// What is there; `None`: nothing.
    pub current: Option<Current>,
}

/// The newest version of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Current {
    /// What it is.
    pub subject: Subject,
    /// Its number.
    pub version: u32,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// Why nothing of a batch was committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Others were faster, or the id is taken, or there is none.
    #[error("{} of the changes do not follow what is there", .0.len())]
    Conflict(Vec<Conflict>),
    /// Two changes of one thing.
    #[error("'{0}' is changed twice; say it once")]
    Twice(String),
    /// The key came before, with another request.
    #[error("the key was used for another request; use a new one")]
    KeyReused,
    /// There is no room; the store goes on and may be asked again.
    #[error("the disk is full: nothing was changed")]
    DiskFull,
    /// Another program holds the file; the store may be asked again.
    #[error("another program holds the store's file: nothing was changed")]
    Busy,
    /// SQLite takes none of it, such as a text that is too long.
    #[error("the store does not take it: {0}")]
    Refused(String),
    /// Writing failed, so nobody knows what is on the disk: the store takes nothing more until it is opened again.
    #[error("the store failed and takes no changes until it is opened again: {0}")]
    Failed(String),
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
}

impl CommitError {
    /// Whether nothing was wrong with what was to be written, but with where.
    pub const fn is_of_the_disk(&self) -> bool {
        matches!(self, Self::DiskFull | Self::Busy | Self::Failed(_) | Self::Closed)
    }
}
