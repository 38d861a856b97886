//! From tile units to style pixels, and what of them shows.

use super::TILE_PX;
use crate::grid::EXTENT;

/// Style pixels of a position in tile units.
pub(super) fn px([x, y]: [i32; 2]) -> [f64; 2] {
    [x, y].map(|units| f64::from(units) * TILE_PX / f64::from(EXTENT))
}

/// Whether something of a radius shows in a picture of a side.
pub(super) fn near(at: [f64; 2], radius: f64, side: f64) -> bool {
    at.iter().all(|axis| *axis > -radius && *axis < side + radius)
}
