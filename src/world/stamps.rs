//! When a tile of a layer was last touched by an edit: what keeps all other tiles in the cache.
//!
//! A table of fixed size, shared by all editions of a layer. Each edit leaves its edition's number at the tiles that show it, at every zoom.
//! Tiles share places by chance; then a tile looks younger than it is and is made again: never the other way round. Reading takes no lock.

use roadblock_tiles::grid::{EXTENT, MAX_ZOOM, TileCoord};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Places in the table: 4 MB, and only of layers that are edited.
const PLACES_LOG2: u32 = 19;
/// A box in more tiles than this at a zoom leaves its number at the tiles of the zoom before, for all within them.
const MOST_TILES: i64 = 64;
/// What a vector tile shows beyond its edge, in tile units, and one for rounding.
const BUFFER_UNITS: u32 = 65;

/// How far a tile sees around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// As far as the buffer of a vector tile.
    Near,
    /// So many tiles around it: pictures, for their symbols and texts, and clusters.
    Tiles(u32),
}

impl Sight {
    /// The same in tile units.
    pub fn units(self) -> u32 {
        match self {
            Self::Near => BUFFER_UNITS,
            Self::Tiles(around) => around * EXTENT,
        }
    }
}

/// What is left at a tile of a zoom.
#[derive(Clone, Copy)]
enum Mark {
    /// It shows the edit.
    Tile,
    /// So may all tiles within it.
    Within,
}

/// The editions that touched each tile last.
#[derive(Debug, Default)]
pub struct Stamps {
    table: OnceLock<Box<[AtomicU64]>>,
    /// Zooms at which anything was left for the tiles within, one bit each.
    within: AtomicU32,
}

impl Stamps {
    /// Leaves an edition's number at every tile that a box on the 2^32 grid shows in. Before that edition is published.
    pub fn leave(&self, [min, max]: [[u32; 2]; 2], edition: u64) {
        let mut last: Option<(u8, Vec<[u32; 2]>)> = None;
        for zoom in 0..=MAX_ZOOM {
            let tile = 1i64 << (32 - zoom);
            let buffer = tile * i64::from(BUFFER_UNITS) / i64::from(EXTENT);
            let [columns, rows] = [0, 1]
                .map(|axis| (i64::from(min[axis]) - buffer).div_euclid(tile)..=(i64::from(max[axis]) + buffer).div_euclid(tile));
            let count = |range: &std::ops::RangeInclusive<i64>| range.end() - range.start() + 1;
            if count(&columns) * count(&rows) > MOST_TILES {
                break;
            }
            let tiles = columns.flat_map(|column| rows.clone().filter_map(move |row| around(zoom, column, row)));
            let tiles: Vec<[u32; 2]> = tiles.collect();
            tiles.iter().for_each(|tile| self.mark(Mark::Tile, zoom, *tile, edition));
            last = Some((zoom, tiles));
        }
        if let Some((zoom, tiles)) = last.filter(|(zoom, _)| *zoom < MAX_ZOOM) {
            tiles.into_iter().for_each(|tile| self.mark(Mark::Within, zoom, tile, edition));
            self.within.fetch_or(1 << zoom, Ordering::Relaxed);
        }
    }

    /// The last edition that may have touched what a tile shows; 0 if none has.
    pub fn last(&self, coord: TileCoord, sight: Sight) -> u64 {
        if self.table.get().is_none() {
            return 0;
        }
        let (column, row) = (i64::from(coord.x()), i64::from(coord.y()));
        let reach = match sight {
            Sight::Near => 0,
            Sight::Tiles(around) => i64::from(around),
        };
        let seen = (-reach..=reach).flat_map(|x| (-reach..=reach).map(move |y| (column + x, row + y)));
        seen.filter_map(|(column, row)| around(coord.z(), column, row)).map(|tile| self.of(coord.z(), tile)).max().unwrap_or(0)
    }

    fn of(&self, zoom: u8, tile: [u32; 2]) -> u64 {
        let mut left = self.within.load(Ordering::Relaxed) & ((1 << zoom) - 1);
        let mut last = self.read(Mark::Tile, zoom, tile);
        while left != 0 {
            let above = left.trailing_zeros();
            left &= left - 1;
            let shift = u32::from(zoom) - above;
            last = last.max(self.read(Mark::Within, above as u8, tile.map(|part| part >> shift)));
        }
        last
    }

    fn mark(&self, mark: Mark, zoom: u8, tile: [u32; 2], edition: u64) {
        let table = self.table.get_or_init(|| (0..1 << PLACES_LOG2).map(|_| AtomicU64::new(0)).collect());
        if let Some(place) = table.get(place(mark, zoom, tile)) {
            place.fetch_max(edition, Ordering::Relaxed);
        }
    }

    fn read(&self, mark: Mark, zoom: u8, tile: [u32; 2]) -> u64 {
        let place = self.table.get().and_then(|table| table.get(place(mark, zoom, tile)));
        place.map_or(0, |place| place.load(Ordering::Relaxed))
    }
}

/// A tile by column and row, which go on beyond 180° and end at the poles.
fn around(zoom: u8, column: i64, row: i64) -> Option<[u32; 2]> {
    let count = 1i64 << zoom;
    let row = u32::try_from(row).ok().filter(|row| i64::from(*row) < count)?;
    Some([u32::try_from(column.rem_euclid(count)).ok()?, row])
}

/// Where a tile's number stands (Fibonacci hashing, Knuth 6.4).
fn place(mark: Mark, zoom: u8, [column, row]: [u32; 2]) -> usize {
    let kind = u64::from(zoom) << 1 | u64::from(matches!(mark, Mark::Within));
    let mixed = (u64::from(column) << 32 | u64::from(row)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = ((mixed ^ mixed >> 29) + kind).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> (u64::BITS - PLACES_LOG2)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn coord(zoom: u8, x: u32, y: u32) -> TileCoord {
        TileCoord::new(zoom, x, y).unwrap()
    }

    #[test]
    fn an_edit_touches_its_tiles_and_no_others() {
        let stamps = Stamps::default();
        assert_eq!(stamps.last(coord(9, 100, 200), Sight::Near), 0);
        // The middle of a tile of zoom 9.
        let at = [(100 << 23) + (1 << 22), (200 << 23) + (1 << 22)];
        stamps.leave([at, at], 7);
        assert_eq!(stamps.last(coord(9, 100, 200), Sight::Near), 7);
        assert_eq!(stamps.last(coord(8, 50, 100), Sight::Near), 7);
        assert_eq!(stamps.last(coord(10, 201, 401), Sight::Near), 7, "it stands on the edge");
        for (beside, around) in [((9, 101, 200), 7), ((9, 101, 201), 7), ((9, 102, 200), 0), ((12, 800, 1600), 0)] {
            let beside = coord(beside.0, beside.1, beside.2);
            assert_eq!((stamps.last(beside, Sight::Near), stamps.last(beside, Sight::Tiles(1))), (0, around), "{beside:?}");
        }
    }

    #[test]
    fn tiles_on_the_other_side_of_180_degrees_are_neighbours() {
        let stamps = Stamps::default();
        stamps.leave([[3, 1 << 31]; 2], 1);
        assert_eq!(stamps.last(coord(4, 15, 8), Sight::Near), 1);
        assert_eq!(stamps.last(coord(4, 14, 8), Sight::Near), 0);
    }

    proptest! {
        #[test]
        fn no_tile_that_a_box_comes_near_is_passed_over(
            corner in any::<[u32; 2]>(), size in (0u32..33, 0u32..33), zoom in 0u8..=MAX_ZOOM, at in (0.0f64..=1.0, 0.0f64..=1.0)
        ) {
            let far = |axis: usize, log2: u32| corner[axis].saturating_add(u32::try_from((1u64 << log2) - 1).unwrap());
            let max = [far(0, size.0), far(1, size.1)];
            let stamps = Stamps::default();
            stamps.leave([corner, max], 3);
            let within = |axis: usize, at: f64| corner[axis] + (f64::from(max[axis] - corner[axis]) * at) as u32;
            let [x, y] = [within(0, at.0), within(1, at.1)].map(|place| (u64::from(place) >> (32 - zoom)) as u32);
            prop_assert_eq!(stamps.last(coord(zoom, x, y), Sight::Near), 3);
        }
    }
}
