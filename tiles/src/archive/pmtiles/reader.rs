//! Reads a PMTiles file: the root directory once, leaf directories into a bounded cache, tiles as they are asked for.

use super::super::{About, ArchiveError, MOST_TILE_BYTES, Stored, StoredAs, gzip, hilbert};
use super::directory::{self, Entry};
use super::header::{Header, LENGTH, Section};
use crate::grid::TileCoord;
use quick_cache::sync::Cache;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// Directories below each other, at most; the usual file has two. What goes on leads in a circle.
const DEEPEST: usize = 4;
/// Stored bytes of one directory, at most.
const MOST_STORED: u32 = 1 << 20;
/// Bytes of the document, stored or not.
const MOST_METADATA: usize = 16 << 20;
/// Memory for leaf directories.
const CACHE_BYTES: u64 = 32 << 20;

#[derive(Clone)]
struct ByBytes;

impl quick_cache::Weighter<u64, Arc<[Entry]>> for ByBytes {
    fn weight(&self, _offset: &u64, entries: &Arc<[Entry]>) -> u64 {
        size_of_val(&**entries) as u64 + 64
    }
}

/// An open PMTiles file. Reads at positions, so threads do not wait for each other.
pub(in super::super) struct Reader {
    file: File,
    header: Header,
    root: Vec<Entry>,
    leaves: Cache<u64, Arc<[Entry]>, ByBytes>,
}

impl Reader {
    /// Reads header, root directory and document; gives back the reader and what the archive says of itself.
    pub(in super::super) fn open(path: &Path) -> Result<(Self, About), ArchiveError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        if length < LENGTH as u64 {
            return Err(ArchiveError::Broken(format!("it has {length} bytes; a PMTiles file begins with {LENGTH}")));
        }
        let mut bytes = [0; LENGTH];
        file.read_exact_at(&mut bytes, 0)?;
        let (header, mut about) = Header::read(&bytes, length)?;
        let leaves = Cache::with_weighter(256, CACHE_BYTES, ByBytes);
        let mut reader = Self { file, root: Vec::new(), leaves, header };
        reader.root = directory::read(&reader.internal(reader.header.root, directory::MOST_BYTES, "the root directory")?)?;
        let metadata = reader.header.metadata;
        if metadata.length > MOST_METADATA as u64 {
            return Err(ArchiveError::Broken(format!("its metadata has {} bytes; {MOST_METADATA} are read", metadata.length)));
        }
        if metadata.length > 0 {
            let text = reader.internal(metadata, MOST_METADATA, "the metadata")?;
            about.document = serde_json::from_slice(&text)
                .map_err(|error| ArchiveError::Broken(format!("its metadata is no JSON object: {error}")))?;
        }
        Ok((reader, about))
    }

    /// The stored bytes of a tile; `None` where the archive has none.
    pub(in super::super) fn tile(&self, coord: TileCoord) -> Result<Option<Stored>, ArchiveError> {
        let id = hilbert::id(coord);
        let mut found = directory::find(&self.root, id);
        for _ in 0..DEEPEST {
            match found {
                None => return Ok(None),
                Some(entry) if entry.run > 0 => return self.stored(entry).map(Some),
                Some(entry) => found = directory::find(&self.leaf(entry)?, id),
            }
        }
        Err(ArchiveError::Broken(format!("its directories lead further than {DEEPEST} levels down, which may be in a circle")))
    }

    fn stored(&self, entry: Entry) -> Result<Stored, ArchiveError> {
        if entry.length > MOST_TILE_BYTES {
            return Err(ArchiveError::Broken(format!(
                "a tile is said to have {} bytes; {MOST_TILE_BYTES} are read",
                entry.length
            )));
        }
        let bytes = self.bytes(self.part(self.header.tiles, entry, "the tile data")?)?;
        Ok(Stored { bytes, stored_as: self.header.stored_as })
    }

    fn leaf(&self, entry: Entry) -> Result<Arc<[Entry]>, ArchiveError> {
        if entry.length > MOST_STORED {
            return Err(ArchiveError::Broken(format!(
                "a directory is said to have {} bytes; {MOST_STORED} are read",
                entry.length
            )));
        }
        if let Some(entries) = self.leaves.get(&entry.offset) {
            return Ok(entries);
        }
        let section = self.part(self.header.leaves, entry, "the leaf directories")?;
        let entries: Arc<[Entry]> = directory::read(&self.internal(section, directory::MOST_BYTES, "a leaf directory")?)?.into();
        self.leaves.insert(entry.offset, Arc::clone(&entries));
        Ok(entries)
    }

    fn part(&self, of: Section, entry: Entry, name: &str) -> Result<Section, ArchiveError> {
        of.part(entry.offset, entry.length).ok_or_else(|| {
            ArchiveError::Broken(format!(
                "{} bytes at {} lie outside {name}, which has {}",
                entry.length, entry.offset, of.length
            ))
        })
    }

    /// A directory or document, unpacked.
    fn internal(&self, section: Section, most: usize, what: &str) -> Result<Vec<u8>, ArchiveError> {
        let bytes = self.bytes(section)?;
        match self.header.internal {
            StoredAs::Plain if bytes.len() <= most => Ok(bytes),
            StoredAs::Plain => Err(ArchiveError::Broken(format!("{what} has more than {most} bytes"))),
            _ => gzip::unpack(&bytes, most, what),
        }
    }

    /// Bytes of a section whose length was bounded before.
    fn bytes(&self, section: Section) -> Result<Vec<u8>, ArchiveError> {
        let mut bytes = vec![0; usize::try_from(section.length).unwrap_or(usize::MAX)];
        self.file.read_exact_at(&mut bytes, section.offset)?;
        Ok(bytes)
    }
}
