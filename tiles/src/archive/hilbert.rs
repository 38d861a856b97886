//! The order of tiles in PMTiles: zoom after zoom, each along a Hilbert curve, so that neighbours on the map are near in the file.
//!
//! The four tiles below position `p` of a zoom stand at `4 p` to `4 p + 3` of the next: a quadtree is descended by positions alone.

use crate::grid::{MAX_ZOOM, TileCoord};

/// Tiles of all zooms below this one: the id of its first tile.
pub const fn first_id(zoom: u8) -> u64 {
    // The sum of 4^0 to 4^(zoom - 1).
    ((1u64 << (2 * zoom)) - 1) / 3
}

/// Number of a tile among all tiles of all zooms.
pub fn id(coord: TileCoord) -> u64 {
    first_id(coord.z()) + position(coord)
}

/// Number of a tile among those of its zoom.
pub fn position(coord: TileCoord) -> u64 {
    let (mut x, mut y, mut position) = (coord.x(), coord.y(), 0u64);
    for bit in (0..coord.z()).rev() {
        let (right, lower) = ((x >> bit) & 1, (y >> bit) & 1);
        position = (position << 2) | u64::from((3 * right) ^ lower);
        turn(&mut x, &mut y, bit, right, lower);
    }
    position
}

/// The tile at a position of a zoom. Both wrap around when they are out of range.
pub fn at(zoom: u8, position: u64) -> TileCoord {
    let zoom = zoom.min(MAX_ZOOM);
    let (mut x, mut y) = (0u32, 0u32);
    for bit in 0..zoom {
        let pair = u32::try_from((position >> (2 * bit)) & 3).unwrap_or_default();
        let right = pair >> 1;
        let lower = (pair & 1) ^ right;
        turn(&mut x, &mut y, bit, right, lower);
        x |= right << bit;
        y |= lower << bit;
    }
    // Below 2^zoom by construction.
    TileCoord::new(zoom, x, y).unwrap_or(TileCoord::WORLD)
}

/// Turns the square of side `2^bit` as the curve runs through it, within the lower `bit` bits.
fn turn(x: &mut u32, y: &mut u32, bit: u8, right: u32, lower: u32) {
    if lower == 0 {
        if right == 1 {
            let side = (1u32 << bit) - 1;
            *x = !*x & side;
            *y = !*y & side;
        }
        std::mem::swap(x, y);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(z: u8, x: u32, y: u32) -> TileCoord {
        TileCoord::new(z, x, y).unwrap()
    }

    /// Ids that the specification gives as examples.
    #[test]
    fn ids_are_those_of_the_specification() {
        for (coord, expected) in [
            (tile(0, 0, 0), 0),
            (tile(1, 0, 0), 1),
            (tile(1, 0, 1), 2),
            (tile(1, 1, 1), 3),
            (tile(1, 1, 0), 4),
            (tile(2, 0, 0), 5),
            (tile(12, 3423, 1763), 19_078_479),
        ] {
            assert_eq!(id(coord), expected, "{coord:?}");
        }
    }

    proptest! {
        #[test]
        fn a_position_leads_back_to_its_tile(z in 0u8..=20, x in 0u32..1 << 20, y in 0u32..1 << 20) {
            let coord = tile(z, x >> (20 - z), y >> (20 - z));
            prop_assert_eq!(at(z, position(coord)), coord);
        }

        #[test]
        fn the_tiles_below_follow_each_other(z in 0u8..20, x in 0u32..1 << 19, y in 0u32..1 << 19) {
            let coord = tile(z, x >> 19u8.saturating_sub(z), y >> 19u8.saturating_sub(z));
            for child in 0..4 {
                let below = at(z + 1, 4 * position(coord) + child);
                prop_assert_eq!((below.x() >> 1, below.y() >> 1), (coord.x(), coord.y()));
            }
        }
    }
}
