//! Tile grid: WebMercatorQuad only (OGC 17-083r4), XYZ addressing, and the world as a 2^32 integer square.
//!
//! In: URL numbers and WGS 84 degrees. Out: possible tiles, their boxes in degrees, positions on the grid.
//! One grid step is about 9 mm at the equator and exactly one tile unit at zoom 20. `y` grows south.

use std::f64::consts::PI;

/// Highest zoom with exact tile units; clients magnify above it.
pub const MAX_ZOOM: u8 = 20;
/// Tile units along a tile's side (the usual extent of MVT).
pub const EXTENT: u32 = 4096;
/// log2 of `EXTENT`.
const EXTENT_BITS: u8 = 12;
/// log2 of the world's side in grid steps.
const WORLD_BITS: u8 = 32;
/// Latitude at which Web Mercator's square ends.
pub const MAX_LAT_DEG: f64 = 85.051_128_779_806_6;

/// A position on the 2^32 grid: x east from 180° W, y south from the northern edge. Wider than 32 bits because the eastern and
/// southern edges themselves are 2^32.
pub type World = [i64; 2];

/// A tile that cannot exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no tile {z}/{x}/{y}: zoom is 0 to {MAX_ZOOM}, x and y are below 2^zoom")]
pub struct InvalidTile {
    z: u8,
    x: u32,
    y: u32,
}

/// One square of the pyramid. Possible by construction: `z <= MAX_ZOOM`, `x, y < 2^z`.
///
/// `y` grows south, so `0/0` is the north-west corner of the world at every zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileCoord {
    z: u8,
    x: u32,
    y: u32,
}

/// A box in degrees: west, south, east, north.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxDeg {
    /// Lowest longitude.
    pub west: f64,
    /// Lowest latitude.
    pub south: f64,
    /// Highest longitude.
    pub east: f64,
    /// Highest latitude.
    pub north: f64,
}

impl BoxDeg {
    /// The whole world.
    pub const WORLD: Self = Self { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

    /// The box itself if it is one on the globe, else the whole world.
    pub(crate) fn or_world(self) -> Self {
        let ordered = -180.0 <= self.west && self.west <= self.east && self.east <= 180.0;
        if ordered && -90.0 <= self.south && self.south <= self.north && self.north <= 90.0 { self } else { Self::WORLD }
    }

    /// Longitude and latitude of the middle.
    pub fn middle(self) -> [f64; 2] {
        [(self.west + self.east) / 2.0, (self.south + self.north) / 2.0]
    }
}

impl TileCoord {
    /// The one tile of zoom 0.
    pub const WORLD: Self = Self { z: 0, x: 0, y: 0 };

    /// Refuses what cannot exist, so nothing past this line checks again.
    pub const fn new(z: u8, x: u32, y: u32) -> Result<Self, InvalidTile> {
        if z > MAX_ZOOM || x >> z != 0 || y >> z != 0 {
            return Err(InvalidTile { z, x, y });
        }
        Ok(Self { z, x, y })
    }

    /// Zoom.
    pub const fn z(self) -> u8 {
        self.z
    }

    /// Column, from the west.
    pub const fn x(self) -> u32 {
        self.x
    }

    /// Row, from the north.
    pub const fn y(self) -> u32 {
        self.y
    }

    /// North-west corner in tile units of the whole zoom.
    pub(crate) const fn origin_units(self) -> World {
        [(self.x as i64) << EXTENT_BITS, (self.y as i64) << EXTENT_BITS]
    }

    /// The tile's box in degrees, grown by `buffer` tile units on each side: two boxes when that crosses 180°.
    ///
    /// The outermost rows reach to the poles, so that what lies beyond the square of Web Mercator is found where it is drawn.
    pub fn bounds_deg(self, buffer: u32) -> Vec<BoxDeg> {
        let side = units_across(self.z);
        let buffer = i64::from(buffer);
        let [x, y] = self.origin_units();
        let (west, east) = (x - buffer, x + i64::from(EXTENT) + buffer);
        let (north, south) = (y - buffer, y + i64::from(EXTENT) + buffer);
        let north = if north <= 0 { 90.0 } else { lat_deg(north as f64 / side as f64) };
        let south = if south >= side { -90.0 } else { lat_deg(south as f64 / side as f64) };
        let lon = |units: i64| units as f64 / side as f64 * 360.0 - 180.0;
        let stretch = |west: f64, east: f64| BoxDeg { west, south, east, north };
        match () {
            () if east - west >= side => vec![stretch(-180.0, 180.0)],
            () if west < 0 => vec![stretch(lon(west + side), 180.0), stretch(-180.0, lon(east))],
            () if east > side => vec![stretch(lon(west), 180.0), stretch(-180.0, lon(east - side))],
            () => vec![stretch(lon(west), lon(east))],
        }
    }
}

/// Tile units across the whole world at a zoom.
pub(crate) const fn units_across(zoom: u8) -> i64 {
    1 << (zoom + EXTENT_BITS)
}

/// How many bits of a grid position are finer than a tile unit at a zoom.
pub(crate) const fn unit_shift(zoom: u8) -> u8 {
    WORLD_BITS - EXTENT_BITS - zoom
}

/// Projects a position to the grid. Latitudes beyond the square are drawn at its edge.
///
/// Spherical Web Mercator (EPSG:3857) scaled to the unit square: `y = 1/2 - atanh(sin lat) / 2 pi`.
pub fn project(lon_deg: f64, lat_deg: f64) -> World {
    let side = (1u64 << WORLD_BITS) as f64;
    let sine = lat_deg.clamp(-MAX_LAT_DEG, MAX_LAT_DEG).to_radians().sin();
    let x = (lon_deg + 180.0) * (side / 360.0);
    // The inverse hyperbolic tangent of the sine, exact to less than a millionth of a step.
    let y = side / 2.0 - ((1.0 + sine) / (1.0 - sine)).ln() * (side / (4.0 * PI));
    // To the nearest: rounding by its name is a call on processors of all ages.
    let steps = |exact: f64| (exact.clamp(0.0, side) + 0.5) as i64;
    [steps(x), steps(y)]
}

/// Latitude of a share of the way from the northern to the southern edge.
fn lat_deg(share: f64) -> f64 {
    ((0.5 - share) * 2.0 * PI).sinh().atan().to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The position of a grid point, in degrees.
    fn unproject([x, y]: World) -> [f64; 2] {
        let side = (1u64 << WORLD_BITS) as f64;
        [x as f64 / side * 360.0 - 180.0, lat_deg(y as f64 / side)]
    }

    /// Positions of tile corners, from the formulas of OGC 17-083r4 annex D worked out independently.
    #[test]
    fn corners_agree_with_the_reference_table() {
        for (z, x, y, west, north) in [
            (0, 0, 0, -180.0, 90.0),
            (1, 1, 1, 0.0, 0.0),
            (2, 3, 1, 90.0, 66.513_260_443_111_86),
            (8, 121, 117, -9.843_75, 15.284_185_114_076_45),
            (10, 488, 474, -8.437_5, 13.239_945_499_286_312),
        ] {
            let corner = TileCoord::new(z, x, y).unwrap().bounds_deg(0)[0];
            assert!((corner.west - west).abs() < 1e-9, "{z}/{x}/{y} west {}", corner.west);
            assert!((corner.north - north).abs() < 1e-9, "{z}/{x}/{y} north {}", corner.north);
        }
    }

    #[test]
    fn what_cannot_exist_is_refused() {
        for (z, x, y) in [(0, 1, 0), (0, 0, 1), (3, 8, 0), (21, 0, 0), (31, 0, 0), (32, 0, 0), (255, 0, 0), (20, 1 << 20, 0)] {
            assert!(TileCoord::new(z, x, y).is_err(), "{z}/{x}/{y}");
        }
        assert!(TileCoord::new(20, (1 << 20) - 1, (1 << 20) - 1).is_ok());
    }

    #[test]
    fn a_buffered_edge_tile_yields_two_boxes() {
        let last = TileCoord::new(3, 7, 3).unwrap();
        assert_eq!(last.bounds_deg(0).len(), 1);
        assert_eq!(last.bounds_deg(0)[0].east, 180.0);
        let boxes = last.bounds_deg(64);
        assert_eq!((boxes[0].east, boxes[1].west), (180.0, -180.0));
        assert!((boxes[1].east - (-180.0 + 45.0 * 64.0 / 4096.0)).abs() < 1e-9);
        assert_eq!(TileCoord::new(3, 0, 3).unwrap().bounds_deg(64).len(), 2);
        assert_eq!(TileCoord::new(0, 0, 0).unwrap().bounds_deg(64).len(), 1);
    }

    #[test]
    fn the_outer_rows_reach_the_poles() {
        assert_eq!(TileCoord::new(4, 3, 0).unwrap().bounds_deg(0)[0].north, 90.0);
        assert_eq!(TileCoord::new(4, 3, 15).unwrap().bounds_deg(0)[0].south, -90.0);
        assert_eq!(project(0.0, 90.0)[1], project(0.0, MAX_LAT_DEG)[1]);
    }

    #[test]
    fn the_grid_has_known_corners() {
        assert_eq!(project(-180.0, 90.0), [0, 0]);
        assert_eq!(project(0.0, 0.0), [1 << 31, 1 << 31]);
        assert_eq!(project(180.0, -90.0), [1 << 32, 1 << 32]);
    }

    proptest! {
        #[test]
        fn positions_survive_the_way_to_the_grid_and_back(lon in -180.0f64..180.0, lat in -85.0f64..85.0) {
            let [back_lon, back_lat] = unproject(project(lon, lat));
            prop_assert!((back_lon - lon).abs() < 1e-7 && (back_lat - lat).abs() < 1e-7);
        }

        #[test]
        fn a_position_lies_in_the_box_of_its_tile(lon in -180.0f64..180.0, lat in -85.0f64..85.0, z in 0u8..=20) {
            let [x, y] = project(lon, lat).map(|steps| u32::try_from((steps >> (32 - z)).min((1 << z) - 1)).unwrap());
            let found = TileCoord::new(z, x, y).unwrap().bounds_deg(1);
            prop_assert!(found.iter().any(|b| b.west <= lon && lon <= b.east && b.south <= lat && lat <= b.north));
        }
    }
}
