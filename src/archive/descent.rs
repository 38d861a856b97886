//! Down the quadtree, zoom by zoom and along the curve, past every square that holds nothing.
//!
//! A square's buffer covers the buffers of all squares below it, so what does not come near a square does not show below it.

use super::Job;
use crate::portray;
use crate::tile::Worker;
use roadblock_tiles::archive::hilbert;
use roadblock_tiles::grid::TileCoord;

/// Zooms above which each tile is a stretch of its own: few tiles, and large ones.
const SINGLE: u8 = 6;
/// Zooms that a stretch spans, at most: 64 tiles.
const SPAN: u8 = 3;

/// The tiles of one zoom below one square: a stretch of the curve, and the unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The zoom of the tiles.
    pub zoom: u8,
    square: Square,
}

/// A square of the quadtree by its place on the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Square {
    zoom: u8,
    position: u64,
}

impl Square {
    const WORLD: Self = Self { zoom: 0, position: 0 };

    fn coord(self) -> TileCoord {
        hilbert::at(self.zoom, self.position)
    }

    /// The four squares below, the last first.
    fn below(self) -> impl Iterator<Item = Self> {
        (0..4).rev().map(move |child| Self { zoom: self.zoom + 1, position: 4 * self.position + child })
    }
}

/// The stretches of all zooms, in order.
pub(super) fn stretches(job: &Job) -> impl Iterator<Item = Stretch> + '_ {
    job.zooms.clone().flat_map(move |zoom| {
        let mut worker = Worker::default();
        let mut open = vec![Square::WORLD];
        let depth = zoom - zoom.saturating_sub(SINGLE).min(SPAN);
        std::iter::from_fn(move || next(job, zoom, depth, &mut open, &mut worker)).map(move |square| Stretch { zoom, square })
    })
}

/// The tiles of a stretch that may show something, in order. The last step down is not asked about: making the tile tells.
pub(super) fn below(job: &Job, stretch: Stretch, worker: &mut Worker) -> Vec<TileCoord> {
    let (zoom, mut open, mut tiles) = (stretch.zoom, vec![stretch.square], Vec::new());
    let parents = zoom.saturating_sub(1).max(stretch.square.zoom);
    while let Some(square) = next(job, zoom, parents, &mut open, worker) {
        if square.zoom == zoom {
            tiles.push(square.coord());
        } else {
            tiles.extend(square.below().map(Square::coord));
            let added = tiles.len() - 4;
            tiles[added..].reverse();
        }
    }
    tiles
}

/// The next square at `depth` that may have tiles of `zoom` in or below it; `open` holds what is left to look at, last first.
fn next(job: &Job, zoom: u8, depth: u8, open: &mut Vec<Square>, worker: &mut Worker) -> Option<Square> {
    while let Some(square) = open.pop() {
        if portray::near(&job.layers, job.drawn_by(), square.coord(), zoom, &job.asked, worker) {
            if square.zoom >= depth {
                return Some(square);
            }
            open.extend(square.below());
        }
    }
    None
}
