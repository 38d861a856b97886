//! What a picture may cost. What is recorded for the painter is counted, and becomes pixels before it is too much; what waits and what a
//! shape takes alone are bounded; the clock is looked at as work is done.
//!
//! The painter keeps, until its records become pixels, the cells of pixels that an outline passes and a strip for each row of cells in
//! which it does; so what matters of a line is how far it runs.

use std::fmt;
use vello_cpu::kurbo::{Affine, BezPath, PathEl, Point, Vec2};

/// Bytes of records that become pixels before more is recorded: few enough to stay near the processor, and more than most tiles need.
const MOST_RECORDED: f64 = 8.0 * 1024.0 * 1024.0;
/// Bytes that a shape may take while it is drawn.
const MOST_OF_A_SHAPE: usize = 16 << 20;
/// Bytes of symbols that wait for their place.
const MOST_WAITING: usize = 20 << 20;
/// Side of a cell in pixels.
const CELL_PX: f64 = 4.0;
/// Bytes of a cell, with how much of each of its pixels is covered and its share of a strip and of the commands that draw that.
const CELL_BYTES: f64 = 56.0;
/// Bytes of a shape beside its outline.
const SHAPE_BYTES: f64 = 128.0;
/// Bytes of a vertex while its shape is drawn: a shape lies in memory as a whole, and a stroke several times over.
const FILLED_VERTEX_BYTES: usize = 80;
const STROKED_VERTEX_BYTES: usize = 320;
/// Cells of a letter.
const LETTER_CELLS: f64 = 16.0;
/// Bytes of a shape after which the painter's buffers are not kept for the next picture: most pictures need little.
const MOST_KEPT: usize = 4 << 20;
/// Pixels that take as long as a vertex.
const PIXELS_A_STEP: f64 = 16.0;
/// Vertices, or what takes as long, after which it is looked whether there is time left.
const BETWEEN_LOOKS: usize = 1_000;

/// Drawing a picture would take more than a picture may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("drawing this takes more time or memory than a picture may")]
pub struct TooMuch;

/// What has been done for a picture.
pub(super) struct Work<'a> {
    /// Bytes of what is recorded and is no pixels yet.
    recorded: f64,
    /// Bytes of the largest shape.
    largest: usize,
    is_late: &'a dyn Fn() -> bool,
    /// Since it was last looked at the clock.
    steps: usize,
    is_spent: bool,
}

impl fmt::Debug for Work<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} bytes recorded, {} of the largest shape", self.recorded, self.largest)
    }
}

impl<'a> Work<'a> {
    /// Nothing yet, to be done until `is_late` says so.
    pub(super) fn until(is_late: &'a dyn Fn() -> bool) -> Self {
        Self { recorded: 0.0, largest: 0, is_late, steps: 0, is_spent: false }
    }

    /// Counts a shape; whether it may be drawn.
    pub(super) fn take(&mut self, path: &BezPath, is_stroke: bool, transform: &Affine) -> bool {
        let vertices = path.elements().len();
        // A stroke has two sides, and ends.
        let [sides, each] = if is_stroke { [2.0, 4.0] } else { [1.0, 1.0] };
        let run = run(path) * transform.determinant().abs().sqrt();
        let cells = sides * run / CELL_PX + each * vertices as f64;
        self.recorded += SHAPE_BYTES + cells * CELL_BYTES;
        let bytes = vertices.saturating_mul(if is_stroke { STROKED_VERTEX_BYTES } else { FILLED_VERTEX_BYTES });
        self.largest = self.largest.max(bytes);
        self.is_spent |= bytes > MOST_OF_A_SHAPE;
        self.step(vertices)
    }

    /// Counts a shape as large as the picture.
    pub(super) fn cover(&mut self) {
        self.recorded += SHAPE_BYTES;
    }

    /// Counts a circle that reaches so many pixels; whether it may be painted. It is never recorded.
    pub(super) fn paint(&mut self, reach: f64) -> bool {
        self.step(1 + (reach * reach / PIXELS_A_STEP) as usize)
    }

    /// Counts letters; whether they may be written.
    pub(super) fn write(&mut self, letters: usize) -> bool {
        self.recorded += letters as f64 * (SHAPE_BYTES + LETTER_CELLS * CELL_BYTES);
        self.step(letters)
    }

    /// Says how many bytes wait for their place; whether more may.
    pub(super) fn wait(&mut self, bytes: usize) -> bool {
        self.is_spent |= bytes > MOST_WAITING;
        !self.is_spent
    }

    /// Counts what takes as long as so many vertices; whether there is more to be done.
    pub(super) fn step(&mut self, vertices: usize) -> bool {
        self.steps = self.steps.saturating_add(vertices);
        if self.steps >= BETWEEN_LOOKS {
            self.steps = 0;
            self.is_spent |= (self.is_late)();
        }
        !self.is_spent
    }

    /// Whether nothing more may be drawn.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent
    }

    /// Whether something is recorded that is no pixels yet.
    pub(super) fn has_records(&self) -> bool {
        self.recorded > 0.0
    }

    /// Whether it is time to make pixels of what is recorded.
    pub(super) fn is_full(&self) -> bool {
        self.recorded > MOST_RECORDED
    }

    /// What was recorded has become pixels of a picture of so many, all of which are gone through.
    pub(super) fn settle(&mut self, pixels: f64) {
        self.recorded = 0.0;
        self.step((pixels / PIXELS_A_STEP) as usize);
    }

    /// Whether the painter's buffers have grown beyond what is kept.
    pub(super) fn is_large(&self) -> bool {
        self.largest > MOST_KEPT
    }
}

/// How far an outline runs across and down; a curve no further than the way along its handles.
fn run(path: &BezPath) -> f64 {
    let (mut start, mut last, mut sum) = (Point::ZERO, Point::ZERO, 0.0);
    let mut to = |last: &mut Point, at: Point| {
        let Vec2 { x, y } = at - *last;
        sum += x.abs() + y.abs();
        *last = at;
    };
    for element in path.elements() {
        match *element {
            PathEl::MoveTo(at) => (start, last) = (at, at),
            PathEl::LineTo(at) => to(&mut last, at),
            PathEl::QuadTo(handle, at) => [handle, at].into_iter().for_each(|at| to(&mut last, at)),
            PathEl::CurveTo(one, other, at) => [one, other, at].into_iter().for_each(|at| to(&mut last, at)),
            PathEl::ClosePath => to(&mut last, start),
        }
    }
    sum
}

#[cfg(test)]
mod tests;
