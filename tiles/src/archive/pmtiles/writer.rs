//! Writes a PMTiles file in one pass: tiles as they come, then directories and document, then the header before them all.
//!
//! Memory does not grow with the archive: the entries wait in a file of their own until the size of the directories is known.

use super::super::parcel::Parcel;
use super::super::partial::Partial;
use super::super::seen::Seen;
use super::super::{About, ArchiveError, StoredAs, Summary, gzip, hilbert};
use super::FIRST_READ;
use super::directory::{self, Entry};
use super::header::{Header, LENGTH, Section};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Room for the root directory.
const ROOT_BYTES: usize = FIRST_READ as usize - LENGTH;
/// Entries of the root directory that fit, compressed or not: each takes at most ten bytes.
const ROOT_ENTRIES: u64 = 1600;
/// Entries of a leaf directory, unless the root would get too many.
const LEAF_ENTRIES: u64 = 4096;
/// Bytes of an entry in the spool.
const SPOOLED: usize = 24;
const BUFFER: usize = 1 << 20;

/// A PMTiles file being written.
pub(in super::super) struct Writer {
    partial: Partial,
    out: BufWriter<File>,
    spool: BufWriter<File>,
    seen: Seen<(u64, u32)>,
    /// The run that may still grow.
    open: Option<Entry>,
    /// Bytes of tile data.
    written: u64,
    /// Tiles, entries, different tiles.
    counts: [u64; 3],
}

impl Writer {
    pub(in super::super) fn create(path: &Path, mode: u32) -> Result<Self, ArchiveError> {
        let partial = Partial::create(path, mode)?;
        let mut out = BufWriter::with_capacity(BUFFER, partial.file.try_clone()?);
        out.write_all(&vec![0; LENGTH + ROOT_BYTES])?;
        let spool = BufWriter::new(partial.spool()?);
        Ok(Self { partial, out, spool, seen: Seen::new(), open: None, written: 0, counts: [0; 3] })
    }

    /// Adds a tile; each must stand behind the one before along the curve.
    pub(in super::super) fn add(&mut self, parcel: &Parcel) -> Result<(), ArchiveError> {
        let id = hilbert::id(parcel.coord);
        let length = u32::try_from(parcel.bytes.len()).unwrap_or(u32::MAX);
        if length > super::super::MOST_TILE_BYTES || length == 0 {
            return Err(ArchiveError::Unsupported(format!("{:?} has {length} bytes", parcel.coord)));
        }
        let (offset, length) = match self.seen.find(parcel.digest) {
            Some(place) => place,
            None => {
                let place = (self.written, length);
                self.out.write_all(&parcel.bytes)?;
                self.written += u64::from(length);
                self.counts[2] += 1;
                self.seen.remember(parcel.digest, place);
                place
            }
        };
        self.counts[0] += 1;
        if let Some(open) = &mut self.open {
            if open.id + u64::from(open.run) > id {
                return Err(ArchiveError::Unsupported(format!("{:?} comes out of order", parcel.coord)));
            }
            if open.offset == offset && open.id + u64::from(open.run) == id {
                open.run += 1;
                return Ok(());
            }
        }
        if let Some(done) = self.open.replace(Entry { id, offset, length, run: 1 }) {
            self.put_aside(done)?;
        }
        Ok(())
    }

    fn put_aside(&mut self, entry: Entry) -> Result<(), ArchiveError> {
        let mut bytes = [0; SPOOLED];
        bytes[..8].copy_from_slice(&entry.id.to_le_bytes());
        bytes[8..16].copy_from_slice(&entry.offset.to_le_bytes());
        bytes[16..20].copy_from_slice(&entry.length.to_le_bytes());
        bytes[20..].copy_from_slice(&entry.run.to_le_bytes());
        self.spool.write_all(&bytes)?;
        self.counts[1] += 1;
        Ok(())
    }

    /// Writes what stands around the tiles, and puts the file under its name.
    pub(in super::super) fn finish(mut self, about: &About) -> Result<Summary, ArchiveError> {
        if let Some(last) = self.open.take() {
            self.put_aside(last)?;
        }
        let tiles = Section { offset: FIRST_READ, length: self.written };
        let mut spool = self.spool.into_inner().map_err(|error| error.into_error())?;
        spool.seek(SeekFrom::Start(0))?;
        let (root, leaves) = directories(&mut BufReader::new(spool), self.counts[1], &mut self.out)?;
        let metadata = gzip::compress(serde_json::Value::Object(about.document.clone()).to_string().as_bytes())?;
        self.out.write_all(&metadata)?;
        let leaves = Section { offset: tiles.offset + tiles.length, length: leaves };
        let header = Header {
            root: Section { offset: LENGTH as u64, length: root.len() as u64 },
            metadata: Section { offset: leaves.offset + leaves.length, length: metadata.len() as u64 },
            leaves,
            tiles,
            counts: self.counts,
            internal: StoredAs::Gzip,
            stored_as: if about.content == super::super::Content::Mvt { StoredAs::Gzip } else { StoredAs::Plain },
        };
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(&header.write(about))?;
        self.out.write_all(&root)?;
        self.out.flush()?;
        let bytes = header.metadata.offset + header.metadata.length;
        self.partial.commit()?;
        Ok(Summary { tiles: self.counts[0], distinct: self.counts[2], bytes })
    }
}

/// Writes the leaf directories; gives back the root, and the bytes of the leaves: none where the root holds all.
fn directories(spool: &mut impl Read, count: u64, out: &mut impl Write) -> Result<(Vec<u8>, u64), ArchiveError> {
    let leaf = LEAF_ENTRIES.max(count.div_ceil(ROOT_ENTRIES));
    let (mut root, mut written, mut left) = (Vec::new(), 0u64, count);
    while left > 0 {
        let entries = spooled(spool, left.min(leaf))?;
        left -= entries.len() as u64;
        let packed = gzip::compress(&directory::write(&entries))?;
        if root.is_empty() && left == 0 && packed.len() <= ROOT_BYTES {
            return Ok((packed, 0));
        }
        out.write_all(&packed)?;
        let length = u32::try_from(packed.len()).unwrap_or(u32::MAX);
        root.extend(entries.first().map(|first| Entry { id: first.id, offset: written, length, run: 0 }));
        written += packed.len() as u64;
    }
    let root = gzip::compress(&directory::write(&root))?;
    if root.len() > ROOT_BYTES {
        return Err(ArchiveError::Unsupported(format!("{count} entries do not fit into directories of two levels")));
    }
    Ok((root, written))
}

fn spooled(spool: &mut impl Read, count: u64) -> Result<Vec<Entry>, ArchiveError> {
    let mut bytes = [0; SPOOLED];
    let mut entries = Vec::new();
    for _ in 0..count {
        spool.read_exact(&mut bytes)?;
        let long = |at: usize| u64::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        let short = |at: usize| u32::from_le_bytes(std::array::from_fn(|byte| bytes[at + byte]));
        entries.push(Entry { id: long(0), offset: long(8), length: short(16), run: short(20) });
    }
    Ok(entries)
}
