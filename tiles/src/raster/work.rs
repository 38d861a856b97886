//! What a picture may cost: shapes are counted as they are drawn, by the room that the painter needs for them, and none is drawn
//! beyond the most.
//!
//! The painter keeps a strip of pixels for each place where an outline crosses one of its rows, until the picture is finished.

use super::section::Section;
use vello_cpu::kurbo::{Affine, BezPath, Rect};

/// Strips that a tile may need; a larger picture may need more in proportion.
const MOST_STRIPS: f64 = 1_500_000.0;
/// How many tiles the largest picture counts as.
const MOST_TILES: f64 = 4.0;
/// Pixels of a tile at twice the size.
const TILE_PIXELS: f64 = 512.0 * 512.0;
/// Rows of pixels in a strip.
const STRIP_ROWS: f64 = 4.0;
/// Pixels that are covered in the time that a strip takes.
const PIXELS_A_STRIP: f64 = 1_024.0;
/// Strips of a letter.
const LETTER_STRIPS: f64 = 16.0;
/// Vertices of one shape: it lies in memory as a whole, and a stroke several times over.
const MOST_FILLED: usize = 400_000;
const MOST_STROKED: usize = 100_000;

/// Drawing a picture would take more than a picture may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("drawing this takes more time or memory than a picture may")]
pub struct TooMuch;

/// What has been drawn of a picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    picture: Rect,
    strips: f64,
    most: f64,
}

impl Work {
    pub(super) fn of(section: &Section) -> Self {
        let [width, height] = section.pixels().map(f64::from);
        let tiles = (width * height / TILE_PIXELS).clamp(1.0, MOST_TILES);
        Self { picture: Rect::new(0.0, 0.0, width, height), strips: 0.0, most: MOST_STRIPS * tiles }
    }

    /// Counts a shape; whether it may be drawn. A stroke reaches so far around its path.
    pub(super) fn take(&mut self, path: &BezPath, stroke: Option<f64>, transform: &Affine) -> bool {
        let elements = path.elements().len();
        let reach = stroke.unwrap_or(0.0);
        let scale = transform.determinant().abs().sqrt();
        let seen = transform.transform_rect_bbox(path.control_box().inflate(reach, reach)).intersect(self.picture);
        let [width, height] = [seen.width(), seen.height()].map(|side| side.max(0.0));
        // A thin stroke covers little of the box around it.
        let along = elements as f64 * (width + height) * reach * scale;
        let covered = if stroke.is_some() { along.min(width * height) } else { width * height };
        self.strips += elements as f64 + 2.0 * height / STRIP_ROWS + covered / PIXELS_A_STRIP;
        if elements > if stroke.is_some() { MOST_STROKED } else { MOST_FILLED } {
            self.strips = f64::INFINITY;
        }
        !self.is_spent()
    }

    /// Counts letters; whether they may be written.
    pub(super) fn write(&mut self, letters: usize) -> bool {
        self.strips += letters as f64 * LETTER_STRIPS;
        !self.is_spent()
    }

    /// Whether nothing more may be drawn.
    pub(super) fn is_spent(&self) -> bool {
        self.strips > self.most
    }
}
