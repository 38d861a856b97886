//! The section of the map that a picture shows: a tile, or any rectangle at any zoom, in the units of the tile under its middle.
//!
//! ```text
//!   +-------------------+   the picture
//!   |     +------+      |
//!   |     | tile |      |   geometry is cut around the tile, as far as the picture and what may show in it reach
//!   |     +------+      |
//!   +-------------------+
//! ```

use super::style::Style;
use super::{FAR, FAR_LINES, TILE_PX, UNITS_PER_PX};
use crate::cut::{Purpose, TOLERANCE_UNITS};
use crate::grid::{EXTENT, TileCoord, project};

/// Bits of the grid in which positions are.
const WORLD_SIDE: f64 = (1u64 << 32) as f64;

/// Which part of the map a picture shows, and how large.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Section {
    coord: TileCoord,
    /// As styles count it, in tiles of 512 pixels.
    zoom: f64,
    /// Style pixels of a tile unit.
    unit_px: f64,
    /// The picture's north-west corner, style pixels from that of the tile.
    corner: [f64; 2],
    /// Width and height, style pixels.
    size: [u16; 2],
    /// Picture pixels of a style pixel.
    ratio: u16,
    /// Whether texts are written: a look is known by its mark.
    has_texts: bool,
}

impl Section {
    /// A tile of 256 style pixels.
    pub fn tile(coord: TileCoord, ratio: u16) -> Self {
        let unit_px = TILE_PX / f64::from(EXTENT);
        Self { coord, zoom: f64::from(coord.z()) - 1.0, unit_px, corner: [0.0; 2], size: [256; 2], ratio, has_texts: true }
    }

    /// A rectangle of so many style pixels around a place, at a zoom that counts tiles of 256 pixels and need not be whole.
    ///
    /// Geometry is that of the next whole zoom, at most `highest`. `None` if the place is none.
    pub fn around(middle_deg: [f64; 2], zoom: f64, highest: u8, size: [u16; 2], ratio: u16) -> Option<Self> {
        let whole = (zoom - 1e-9).ceil().clamp(0.0, f64::from(highest));
        let tile_px = TILE_PX * (zoom - whole).exp2();
        let across = WORLD_SIDE / whole.exp2();
        let middle = project(middle_deg[0], middle_deg[1]).map(|axis| axis as f64 / across);
        let last = whole.exp2() - 1.0;
        let tile = middle.map(|axis| axis.floor().clamp(0.0, last));
        let coord = TileCoord::new(whole as u8, tile[0] as u32, tile[1] as u32).ok()?;
        let corner = [0, 1].map(|axis| ((middle[axis] - tile[axis]) * tile_px - f64::from(size[axis]) / 2.0).round());
        Some(Self { coord, zoom: zoom - 1.0, unit_px: tile_px / f64::from(EXTENT), corner, size, ratio, has_texts: true })
    }

    /// A small picture of no place, for one look of a style at a zoom that counts tiles of 256 pixels.
    pub fn swatch(zoom: f64, size: [u16; 2], ratio: u16) -> Self {
        let tile = Self::tile(TileCoord::WORLD, ratio);
        Self { zoom: zoom - 1.0, size, ..tile }
    }

    /// A small picture of no place that is drawn as this section is, without texts.
    pub fn swatch_of(&self, size: [u16; 2]) -> Self {
        Self { zoom: self.zoom, has_texts: false, ..Self::swatch(0.0, size, self.ratio) }
    }

    /// The tile in whose units its geometry is.
    pub fn coord(&self) -> TileCoord {
        self.coord
    }

    /// What geometry is cut for: half a picture pixel decides which vertices matter.
    pub fn purpose(&self) -> Purpose {
        let half_a_pixel = 0.5 / (self.unit_px * self.ratio());
        let zooms_below = (half_a_pixel / TOLERANCE_UNITS).log2().max(0.0) as u8;
        Purpose::Picture { zooms_below }
    }

    /// As styles count it.
    pub(super) fn zoom(&self) -> f64 {
        self.zoom
    }

    /// Whether texts are written.
    pub(super) fn has_texts(&self) -> bool {
        self.has_texts
    }

    pub(super) fn size_px(&self) -> [f64; 2] {
        self.size.map(f64::from)
    }

    /// Width and height in picture pixels.
    pub(super) fn pixels(&self) -> [u16; 2] {
        self.size.map(|side| side.saturating_mul(self.ratio))
    }

    pub(super) fn ratio(&self) -> f64 {
        f64::from(self.ratio)
    }

    /// Style pixels of a tile unit.
    pub(super) fn unit_px(&self) -> f64 {
        self.unit_px
    }

    /// Style pixels of a position in tile units.
    pub(super) fn px(&self, units: [i32; 2]) -> [f64; 2] {
        [0, 1].map(|axis| f64::from(units[axis]) * self.unit_px - self.corner[axis])
    }

    /// Its corner on the whole map, style pixels.
    pub(super) fn origin(&self) -> [f64; 2] {
        let tile_px = self.unit_px * f64::from(EXTENT);
        let tile = [self.coord.x(), self.coord.y()];
        [0, 1].map(|axis| f64::from(tile[axis]) * tile_px + self.corner[axis])
    }

    /// How far the picture reaches beyond its tile, and `units` of a tile at its own zoom beyond that, in tile units.
    fn reach(&self, units: u32) -> u32 {
        let tile_px = self.unit_px * f64::from(EXTENT);
        let beyond = [0, 1].map(|axis| (-self.corner[axis]).max(self.corner[axis] + self.size_px()[axis] - tile_px));
        let [across, down] = beyond.map(|px| px.max(0.0));
        let further = f64::from(units) * TILE_PX / f64::from(EXTENT);
        ((across.max(down) + further) / self.unit_px).ceil() as u32
    }

    /// How far around the tile lines with marks are cut.
    pub(super) fn lines_reach(&self) -> u32 {
        self.reach(FAR_LINES)
    }

    /// How far around its tile a layer must be cut, by what a style draws of it, with or without clusters: strokes as far as they
    /// reach; symbols must see whatever could push them aside.
    pub fn buffers(&self, style: &Style, source_layer: &str, clustered: bool) -> Buffers {
        let (symbols, on_lines) = style.symbols(source_layer, clustered);
        let near = beside(style.furthest_px(source_layer, clustered, self.zoom));
        Buffers {
            points: self.reach(if symbols { FAR.max(near) } else { near }),
            lines: self.reach(if on_lines { FAR_LINES.max(near) } else { near }),
            areas: self.reach(near),
            symbols,
        }
    }
}

/// How far beside a tile what reaches so many style pixels from its geometry may show in it, tile units.
fn beside(reach_px: f64) -> u32 {
    // A cut edge must not show either, nor how it is smoothed.
    (reach_px.ceil() as u32 + 2) * UNITS_PER_PX
}

/// How far around a tile a layer must be cut so that nothing misses at the edges of a picture, in tile units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Buffers {
    /// Points, and label points of areas.
    pub points: u32,
    /// Lines.
    pub lines: u32,
    /// Areas.
    pub areas: u32,
    symbols: bool,
}

impl Buffers {
    /// The furthest of them.
    pub fn furthest(&self) -> u32 {
        self.points.max(self.lines).max(self.areas)
    }

    /// Whether a point is near enough to the tile to matter.
    pub fn hold_point(&self, at: [i32; 2]) -> bool {
        let reach = i64::from(self.points);
        at.iter().all(|axis| (-reach..=i64::from(EXTENT) + reach).contains(&i64::from(*axis)))
    }

    /// Whether symbols are drawn at all, so that label points are of use.
    pub fn has_symbols(&self) -> bool {
        self.symbols
    }
}
