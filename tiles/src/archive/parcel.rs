//! Tiles as archives store them: packed, with a digest that finds equal ones.

use super::{ArchiveError, Content, gzip};
use crate::grid::TileCoord;
use siphasher::sip128::{Hasher128, SipHasher13};
use std::hash::Hasher;

/// How the bytes of a stored tile are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredAs {
    /// As they are.
    Plain,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// A tile as it lies in an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The bytes; at most `MOST_TILE_BYTES`.
    pub bytes: Vec<u8>,
    /// How they are compressed.
    pub stored_as: StoredAs,
}

/// A tile on its way into an archive. Made by many threads; taken in order by one `Writer`.
#[derive(Debug, Clone)]
pub struct Parcel {
    pub(super) coord: TileCoord,
    pub(super) bytes: Vec<u8>,
    /// Not secret: it finds equal tiles, and 128 bits do not meet by chance.
    pub(super) digest: u128,
}

impl Parcel {
    /// Packs a finished tile: a vector tile is compressed, a picture is already. `plain` must not be empty.
    pub fn pack(coord: TileCoord, content: Content, plain: Vec<u8>) -> Result<Self, ArchiveError> {
        let bytes = match content {
            Content::Mvt => gzip::compress(&plain)?,
            Content::Png | Content::Webp => plain,
        };
        let mut digest = SipHasher13::new();
        digest.write(&bytes);
        Ok(Self { coord, digest: digest.finish128().as_u128(), bytes })
    }

    /// Which tile it is.
    pub fn coord(&self) -> TileCoord {
        self.coord
    }
}
