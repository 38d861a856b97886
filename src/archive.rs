//! Tiles for archives: which there are, found by descending the quadtree, and made on all cores in the order archives want.
//!
//! Memory is bounded: a few stretches of the curve are under way at a time, however many tiles there are.

mod crew;
mod descent;

pub use crew::CrewError;
pub use descent::Stretch;

use crate::portray::{self, PortrayError};
use crate::style::Look;
use crate::tile::{PictureFormat, Worker};
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::layer::Asked;
use roadblock_tiles::archive::{ArchiveError, Content, Parcel};
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::vector::VectorFormat;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// What an archive shows.
pub struct Job {
    /// The layers, in drawing order.
    pub layers: Arc<[Arc<Published>]>,
    /// The one moment of all tiles.
    pub asked: Asked,
    /// The zooms.
    pub zooms: RangeInclusive<u8>,
    /// What the tiles are.
    pub content: Content,
    /// What pictures are drawn by.
    pub look: Look,
}

/// Why a tile cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum TileError {
    /// It cannot be portrayed.
    #[error("{0}")]
    Portray(#[from] PortrayError),
    /// It cannot be packed.
    #[error("{0}")]
    Pack(#[from] ArchiveError),
    /// Making it panicked, which is a fault of roadblock.
    #[error("making it panicked, which is a fault of roadblock")]
    Panic,
}

impl Job {
    /// The stretches of all zooms that may hold tiles, in the order of archives. Cheap beside making their tiles.
    pub fn stretches(&self) -> impl Iterator<Item = Stretch> + '_ {
        descent::stretches(self)
    }

    /// Makes the tiles of all stretches on `threads` threads, and hands them over stretch by stretch, in order.
    pub fn run<E>(&self, threads: usize, deliver: impl FnMut(Vec<Parcel>) -> Result<(), E>) -> Result<(), CrewError<E>> {
        crew::run(self, threads, deliver)
    }

    /// The tiles of one stretch that show anything.
    fn make(&self, stretch: Stretch, worker: &mut Worker) -> Result<Vec<Parcel>, TileError> {
        let blank = self.plain(None, worker)?;
        let mut parcels = Vec::new();
        for coord in descent::below(self, stretch, worker) {
            let plain = self.plain(Some(coord), worker)?;
            if !plain.is_empty() && plain != blank {
                parcels.push(Parcel::pack(coord, self.content, plain)?);
            }
        }
        Ok(parcels)
    }

    /// One tile as the server would answer it, or, without a tile, one that shows nothing.
    fn plain(&self, coord: Option<TileCoord>, worker: &mut Worker) -> Result<Vec<u8>, PortrayError> {
        let (layers, coord) = match coord {
            Some(coord) => (&self.layers[..], coord),
            None => (&[][..], TileCoord::WORLD),
        };
        let clustered = Clustered::by_default(layers);
        let mut picture = |format| portray::raster_tile(layers, &clustered, &self.look, coord, &self.asked, (format, 1), worker);
        match self.content {
            Content::Mvt => portray::vector_tile(layers, &clustered, coord, &self.asked, VectorFormat::Mvt, worker),
            Content::Png => picture(PictureFormat::Png),
            Content::Webp => picture(PictureFormat::Webp),
        }
    }

    /// What pictures are drawn by, if they are meant.
    fn drawn_by(&self) -> Option<&Look> {
        (self.content != Content::Mvt).then_some(&self.look)
    }
}

#[cfg(test)]
mod tests;
