//! Archives: the finished tiles of a map in one file, PMTiles 3 or MBTiles 1.3, written once and read with plain file I/O.
//!
//! In and out: stored bytes of tiles, as compressed as the format's clients expect them, and what the archive says of itself.
//! A file may come from anybody: every size and offset in it is checked against the file and against a bound before it is used.

mod about;
mod gzip;
pub mod hilbert;
mod mbtiles;
mod parcel;
mod partial;
mod pmtiles;
mod reader;
mod seen;
mod writer;

pub use about::{About, Content};
pub use parcel::{Parcel, Stored, StoredAs};
pub use reader::Archive;
pub use writer::{Summary, Writer};

use std::path::Path;

/// Bytes of one stored tile, at most.
pub const MOST_TILE_BYTES: u32 = 64 << 20;

/// Why an archive cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The system refused.
    #[error("{0}")]
    Io(#[from] std::io::Error),
    /// SQLite refused.
    #[error("{0}")]
    Database(#[from] rusqlite::Error),
    /// The file is not as its format says.
    #[error("{0}")]
    Broken(String),
    /// The file may be well, but this program cannot use it.
    #[error("{0}")]
    Unsupported(String),
}

/// The two formats, told apart by the ending of the file's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `.pmtiles`
    Pmtiles,
    /// `.mbtiles`
    Mbtiles,
}

impl Kind {
    /// By the ending, whatever its case; `None` for any other.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "pmtiles" => Some(Self::Pmtiles),
            "mbtiles" => Some(Self::Mbtiles),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
