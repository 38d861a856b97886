//! An archive of either format, being written.

use super::{About, ArchiveError, Kind, Parcel, mbtiles, pmtiles};
use std::path::Path;

/// An archive being written: equal tiles once, the same tiles in the same order as the same bytes, and nothing under the final
/// name before `finish`. Memory does not grow with the archive.
pub struct Writer(Format);

enum Format {
    Pmtiles(Box<pmtiles::Writer>),
    Mbtiles(Box<mbtiles::Writer>),
}

/// What an archive holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Tiles that can be asked for.
    pub tiles: u64,
    /// Different ones among them, as far as they were found equal.
    pub distinct: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

impl Writer {
    /// Begins an archive that will stand at `path`; the ending of the name decides the format.
    pub fn create(path: &Path) -> Result<Self, ArchiveError> {
        Self::with_mode(path, 0o666)
    }

    /// The same, for nobody to read but the owner of the file.
    pub fn create_for_owner(path: &Path) -> Result<Self, ArchiveError> {
        Self::with_mode(path, 0o600)
    }

    fn with_mode(path: &Path, mode: u32) -> Result<Self, ArchiveError> {
        Ok(Self(match Kind::of(path) {
            Some(Kind::Pmtiles) => Format::Pmtiles(Box::new(pmtiles::Writer::create(path, mode)?)),
            Some(Kind::Mbtiles) => Format::Mbtiles(Box::new(mbtiles::Writer::create(path, mode)?)),
            None => {
                return Err(ArchiveError::Unsupported("name the archive .pmtiles or .mbtiles; the ending decides".to_owned()));
            }
        }))
    }

    /// Adds a tile. Tiles come zoom after zoom, each zoom along the Hilbert curve (`hilbert`).
    pub fn add(&mut self, parcel: &Parcel) -> Result<(), ArchiveError> {
        match &mut self.0 {
            Format::Pmtiles(writer) => writer.add(parcel),
            Format::Mbtiles(writer) => writer.add(parcel),
        }
    }

    /// Completes the archive and puts it, on the disk and whole, under its name.
    pub fn finish(self, about: &About) -> Result<Summary, ArchiveError> {
        match self.0 {
            Format::Pmtiles(writer) => writer.finish(about),
            Format::Mbtiles(writer) => writer.finish(about),
        }
    }
}
