//! A tile and what it sees around it, worked out once for all geometries that are cut for it.

use crate::clip::narrow;
use crate::grid::{TileCoord, World};
use crate::quantise::Window;

/// A tile with its buffer, more than once where that crosses 180°.
#[derive(Debug, Clone)]
pub struct Frame {
    zoom: u8,
    pub(crate) windows: Vec<Window>,
}

impl Frame {
    /// A tile and `buffer` units around it.
    pub fn new(coord: TileCoord, buffer: u32) -> Self {
        Self { zoom: coord.z(), windows: Window::of(coord, buffer).collect() }
    }

    /// Zoom of the tile.
    pub fn zoom(&self) -> u8 {
        self.zoom
    }

    /// Where a grid position shows, in tile units: once, more often where the buffer goes around the world, or nowhere.
    pub fn units(&self, position: World) -> impl Iterator<Item = [i32; 2]> {
        let units = self.windows.iter().map(move |window| (window.units(position), window));
        units.filter(|(units, window)| window.holds_point(*units)).map(|(units, _)| narrow(units))
    }
}
