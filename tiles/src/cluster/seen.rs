//! What a tile sees of the grid: its own box and a buffer around it, more than once where that crosses 180°.

use crate::grid::TileCoord;
use crate::morton;
use crate::quantise::Window;

/// A tile with its buffer, ready to be asked for cells and positions.
pub struct Seen {
    windows: Vec<Window>,
}

impl Seen {
    /// A tile and `buffer` units around it.
    pub fn of(coord: TileCoord, buffer: u32) -> Self {
        Self { windows: Window::of(coord, buffer).collect() }
    }

    /// Where a grid position shows, in tile units: once, more often where the buffer goes around the world, or nowhere.
    pub fn units(&self, position: [u32; 2]) -> Vec<[i32; 2]> {
        let position = position.map(i64::from);
        let units = self.windows.iter().map(|window| (window.units(position), window));
        let inside = units.filter(|(units, window)| window.holds_point(*units));
        inside.map(|(units, _)| units.map(|unit| i32::try_from(unit).unwrap_or_default())).collect()
    }

    /// Whether anything in the cell of a level at a Morton prefix may show.
    pub(super) fn may_see(&self, level: u8, prefix: u64) -> bool {
        let corner = morton::position(prefix.checked_shl(64 - 2 * u32::from(level)).unwrap_or(0)).map(i64::from);
        let side = 1i64 << (32 - level);
        self.windows.iter().any(|window| {
            let (min, max) = (window.units(corner), window.units(corner.map(|axis| axis + side - 1)));
            (0..2).all(|axis| min[axis] <= window.high && max[axis] >= window.low)
        })
    }
}
