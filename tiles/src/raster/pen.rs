//! How a stroke looks.

use super::color::Rgba;
use vello_cpu::kurbo::{Cap, Join};

/// Colour, width and corners of a stroke, style pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Pen {
    pub(super) color: Rgba,
    pub(super) width: f64,
    pub(super) cap: Cap,
    pub(super) join: Join,
    /// How far the point of a sharp corner may stand out, in widths of the stroke; a sharper one is cut off.
    pub(super) miter_limit: f64,
}
