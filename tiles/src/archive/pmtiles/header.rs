//! The first 127 bytes of a PMTiles file: where its sections are, and what its tiles are.

use super::super::{About, ArchiveError, Content, StoredAs};
use super::FIRST_READ;
use crate::grid::{BoxDeg, MAX_ZOOM};
use serde_json::{Map, Value};

/// Bytes of the header.
pub(super) const LENGTH: usize = 127;
const MAGIC: &[u8; 7] = b"PMTiles";
const VERSION: u8 = 3;
/// Degrees are stored as whole numbers of this.
const DEGREE: f64 = 1e7;

/// A stretch of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Section {
    pub(super) offset: u64,
    pub(super) length: u64,
}

impl Section {
    /// The stretch of `length` bytes at `offset` within this one, if it lies wholly inside.
    pub(super) fn part(self, offset: u64, length: u32) -> Option<Self> {
        let length = u64::from(length);
        let inside = offset.checked_add(length).is_some_and(|end| end <= self.length);
        inside.then_some(Self { offset: self.offset + offset, length })
    }
}

/// What the header says, `About` apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    pub(super) root: Section,
    pub(super) metadata: Section,
    pub(super) leaves: Section,
    pub(super) tiles: Section,
    /// Tiles that can be asked for, entries of directories, and different tiles.
    pub(super) counts: [u64; 3],
    /// How directories and metadata are compressed: plain or gzip.
    pub(super) internal: StoredAs,
    /// How tiles are compressed.
    pub(super) stored_as: StoredAs,
}

impl Header {
    /// The bytes of the header.
    pub(super) fn write(&self, about: &About) -> Vec<u8> {
        let mut out = Vec::with_capacity(LENGTH);
        out.extend_from_slice(MAGIC);
        out.push(VERSION);
        for section in [self.root, self.metadata, self.leaves, self.tiles] {
            out.extend_from_slice(&section.offset.to_le_bytes());
            out.extend_from_slice(&section.length.to_le_bytes());
        }
        self.counts.iter().for_each(|count| out.extend_from_slice(&count.to_le_bytes()));
        // Tiles lie in the order of their numbers.
        out.extend_from_slice(&[1, compression(self.internal), compression(self.stored_as), content(about.content)]);
        out.extend_from_slice(&[about.min_zoom, about.max_zoom]);
        let BoxDeg { west, south, east, north } = about.bounds;
        let degrees = |value: f64| ((value * DEGREE).round() as i32).to_le_bytes();
        [west, south, east, north].into_iter().for_each(|value| out.extend_from_slice(&degrees(value)));
        out.push(about.center_zoom);
        about.center.into_iter().for_each(|value| out.extend_from_slice(&degrees(value)));
        out
    }

    /// Reads a header of a file of `file_length` bytes; the document of the `About` is still empty.
    pub(super) fn read(bytes: &[u8; LENGTH], file_length: u64) -> Result<(Self, About), ArchiveError> {
        if &bytes[..7] != MAGIC {
            return Err(broken("it does not begin as PMTiles files do"));
        }
        if bytes[7] != VERSION {
            return Err(ArchiveError::Unsupported(format!("it is PMTiles version {}; version 3 is read", bytes[7])));
        }
        let number = |at: usize| bytes[at..at + 8].iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let section = |at: usize, name: &str| {
            let (offset, length) = (number(at), number(at + 8));
            match offset.checked_add(length) {
                Some(end) if end <= file_length => Ok(Section { offset, length }),
                _ => Err(broken(format!(
                    "{name} is said to be {length} bytes at {offset}, but the file ends at {file_length}; it may be cut off"
                ))),
            }
        };
        let header = Self {
            root: section(8, "the root directory")?,
            metadata: section(24, "the metadata")?,
            leaves: section(40, "the leaf directories")?,
            tiles: section(56, "the tile data")?,
            counts: [number(72), number(80), number(88)],
            internal: internal(bytes[97])?,
            stored_as: stored_as(bytes[98])?,
        };
        if header.root.offset + header.root.length > FIRST_READ {
            return Err(broken(format!("its root directory lies beyond the first {FIRST_READ} bytes")));
        }
        Ok((header, about(bytes)?))
    }
}

fn about(bytes: &[u8; LENGTH]) -> Result<About, ArchiveError> {
    let degrees = |at: usize| f64::from(i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])) / DEGREE;
    let bounds = BoxDeg { west: degrees(102), south: degrees(106), east: degrees(110), north: degrees(114) };
    let (min_zoom, max_zoom) = (bytes[100], bytes[101]);
    if min_zoom > max_zoom || min_zoom > MAX_ZOOM {
        return Err(broken(format!("its zooms are said to be {min_zoom} to {max_zoom}; they must lie in 0 to {MAX_ZOOM}")));
    }
    Ok(About {
        content: content_of(bytes[99])?,
        min_zoom,
        max_zoom: max_zoom.min(MAX_ZOOM),
        bounds: bounds.or_world(),
        center: [degrees(119).clamp(-180.0, 180.0), degrees(123).clamp(-90.0, 90.0)],
        center_zoom: bytes[118].clamp(min_zoom, max_zoom.min(MAX_ZOOM)),
        document: Map::<String, Value>::new(),
    })
}

const fn compression(stored_as: StoredAs) -> u8 {
    match stored_as {
        StoredAs::Plain => 1,
        StoredAs::Gzip => 2,
        StoredAs::Brotli => 3,
        StoredAs::Zstd => 4,
    }
}

fn stored_as(code: u8) -> Result<StoredAs, ArchiveError> {
    match code {
        1 => Ok(StoredAs::Plain),
        2 => Ok(StoredAs::Gzip),
        3 => Ok(StoredAs::Brotli),
        4 => Ok(StoredAs::Zstd),
        _ => Err(ArchiveError::Unsupported(format!("its compression has the code {code}; 1 to 4 are known"))),
    }
}

fn internal(code: u8) -> Result<StoredAs, ArchiveError> {
    match stored_as(code)? {
        known @ (StoredAs::Plain | StoredAs::Gzip) => Ok(known),
        other => Err(ArchiveError::Unsupported(format!("its directories are compressed as {other:?}; plain and gzip are read"))),
    }
}

const fn content(content: Content) -> u8 {
    match content {
        Content::Mvt => 1,
        Content::Png => 2,
        Content::Webp => 4,
    }
}

fn content_of(code: u8) -> Result<Content, ArchiveError> {
    let other = match code {
        1 => return Ok(Content::Mvt),
        2 => return Ok(Content::Png),
        4 => return Ok(Content::Webp),
        3 => "JPEG pictures",
        5 => "AVIF pictures",
        6 => "MapLibre tiles",
        _ => "tiles of an unknown kind",
    };
    Err(ArchiveError::Unsupported(format!("it holds {other}; vector tiles (MVT), PNG and WebP are served")))
}

fn broken(reason: impl Into<String>) -> ArchiveError {
    ArchiveError::Broken(reason.into())
}
