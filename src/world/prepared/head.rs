//! What a prepared file says of itself: whose it is, what it was made of and by whom, and where its sections end.
//!
//! First the prefix: a magic word, the version of the format, length and digest of the head, and a digest of all that, so that every byte
//! of the file is under one. Then the sections, one after the other, and the head last, since it is known last.

use super::PreparedError;
use super::flat::Section;
use super::stamp::Stamp;
use roadblock_layers::layer::LayerAbout;
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use xxhash_rust::xxh3::xxh3_64;

/// Every prepared file begins so, and no other file is ever replaced by one.
pub(super) const MAGIC: &[u8; 16] = b"roadblock layer\n";
/// Changes whenever the sections do.
const FORMAT: u64 = 5;

/// Magic word, format, length and digest of the head, digest of these.
pub(super) const PREFIX_BYTES: u64 = 48;
/// Far more than the words about the layers of any file.
const MOST_HEAD_BYTES: u64 = 64 << 20;
/// Sections of a layer.
pub(super) const SECTIONS: usize = 3;

/// The head.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Head {
    program: String,
    source: Stamp,
    /// Everything that was said about the file, as text.
    settings: String,
    pub(super) layers: Vec<LayerHead>,
}

/// One layer.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LayerHead {
    /// The table it was made of.
    pub(super) table: String,
    pub(super) about: LayerAbout,
    pub(super) revision: u64,
    pub(super) sections: [Section; SECTIONS],
}

impl Head {
    pub(super) fn new(source: Stamp, settings: String, layers: Vec<LayerHead>) -> Self {
        Self { program: program(), source, settings, layers }
    }

    /// Writes it where the sections end, and the prefix that leads to it.
    pub(super) fn write(&self, file: &File, at: u64) -> io::Result<()> {
        let head = serde_json::to_vec(self)?;
        file.write_all_at(&head, at)?;
        let mut prefix = MAGIC.to_vec();
        for number in [FORMAT, head.len() as u64, xxh3_64(&head)] {
            prefix.extend_from_slice(&number.to_le_bytes());
        }
        prefix.extend_from_slice(&xxh3_64(&prefix).to_le_bytes());
        file.write_all_at(&prefix, 0)
    }

    /// Reads it, and sees that the sections fill the file.
    pub(super) fn read(file: &File) -> Result<Self, PreparedError> {
        const CUT: PreparedError = PreparedError::Broken("it is cut off");
        let whole = file.metadata()?.len();
        let mut prefix = [0; PREFIX_BYTES as usize];
        if whole < PREFIX_BYTES {
            return Err(CUT);
        }
        file.read_exact_at(&mut prefix, 0)?;
        let number = |which: usize| {
            let start = MAGIC.len() + 8 * which;
            prefix.get(start..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| u64::from_le_bytes(*bytes))
        };
        let [format, bytes, digest, of_prefix] = [0, 1, 2, 3].map(number);
        if xxh3_64(&prefix[..prefix.len() - 8]) != of_prefix {
            return Err(PreparedError::Broken("its checksum is wrong"));
        }
        if format != FORMAT {
            return Err(PreparedError::Stale("another version of roadblock wrote it"));
        }
        let sections = whole.checked_sub(PREFIX_BYTES + bytes.min(MOST_HEAD_BYTES)).ok_or(CUT)?;
        let mut head = vec![0; bytes.min(MOST_HEAD_BYTES) as usize];
        file.read_exact_at(&mut head, PREFIX_BYTES + sections)?;
        if xxh3_64(&head) != digest {
            return Err(PreparedError::Broken("its checksum is wrong"));
        }
        let head: Self = serde_json::from_slice(&head).map_err(|_json| PreparedError::Broken("its head is not to be read"))?;
        let lengths = head.layers.iter().flat_map(|layer| &layer.sections).map(|section| section.bytes);
        match lengths.map(Some).reduce(|sum, next| sum?.checked_add(next?)) {
            Some(Some(sum)) if sum == sections => Ok(head),
            _ => Err(CUT),
        }
    }

    /// Refuses it unless it was made by this program, of this file, with these settings.
    pub(super) fn is_of(&self, source: &Stamp, settings: &str) -> Result<(), PreparedError> {
        match () {
            () if self.program != program() => Err(PreparedError::Stale("another version of roadblock wrote it")),
            () if self.source != *source => Err(PreparedError::Stale("the source has changed")),
            () if self.settings != settings => Err(PreparedError::Stale("the settings have changed")),
            () => Ok(()),
        }
    }
}

/// The program that runs: another may make other tiles of the same source. Between two versions every build is one, as far as the
/// system tells which file it was started from.
fn program() -> String {
    let build = fs::metadata("/proc/self/exe").map(|about| format!(" {} {}.{}", about.len(), about.mtime(), about.mtime_nsec()));
    env!("CARGO_PKG_VERSION").to_owned() + &build.unwrap_or_default()
}
