//! An archive of either format, open for reading.

use super::{About, ArchiveError, Kind, Stored, mbtiles, pmtiles};
use crate::grid::TileCoord;
use std::path::Path;

/// An open archive: bounded memory whatever the file says, and any number of threads may ask.
pub struct Archive {
    about: About,
    format: Format,
}

enum Format {
    Pmtiles(Box<pmtiles::Reader>),
    Mbtiles(mbtiles::Reader),
}

impl Archive {
    /// Opens the file and reads what it says of itself; no tile is read.
    pub fn open(path: &Path) -> Result<Self, ArchiveError> {
        let (format, about) = match Kind::of(path) {
            Some(Kind::Pmtiles) => {
                let (reader, about) = pmtiles::Reader::open(path)?;
                (Format::Pmtiles(Box::new(reader)), about)
            }
            Some(Kind::Mbtiles) => {
                let (reader, about) = mbtiles::Reader::open(path)?;
                (Format::Mbtiles(reader), about)
            }
            None => return Err(ArchiveError::Unsupported("archives are named .pmtiles or .mbtiles".to_owned())),
        };
        Ok(Self { about, format })
    }

    /// What the archive says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// A tile as it is stored; `None` where there is none. One or two reads of the file.
    pub fn tile(&self, coord: TileCoord) -> Result<Option<Stored>, ArchiveError> {
        match &self.format {
            Format::Pmtiles(reader) => reader.tile(coord),
            Format::Mbtiles(reader) => reader.tile(coord),
        }
    }
}
