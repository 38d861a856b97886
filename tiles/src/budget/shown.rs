//! In which tiles of a zoom a geometry shows, to the tile: what a reach leaves open is cut as a tile cuts it.

use super::reach::{BUFFER_UNITS, Outline, Reach, column_and_row, tile_of};
use crate::cut::{Purpose, Scratch, cut};
use crate::frame::Frame;
use crate::grid::{EXTENT, TileCoord};
use crate::scene::{Prepared, Shape};

/// A line of so many units surely has two ends that differ when they are rounded.
const DRAWN_UNITS: i64 = 2;

/// Tiles of a geometry, one after the other; kept from geometry to geometry.
#[derive(Debug, Default)]
pub(super) struct Shown {
    reach: Reach,
    scratch: Scratch,
    tiles: Vec<u64>,
}

impl Shown {
    /// The tiles, each once, buffers included; none of a geometry that reaches too many to be counted in each. The geometry is looked at
    /// only if its outline does not tell.
    pub(super) fn of<'g>(
        &mut self,
        outline: Outline,
        zoom: u8,
        purpose: Purpose,
        geometry: impl Fn() -> Option<Prepared<'g>>,
    ) -> &[u64] {
        self.tiles.clear();
        match (self.reach.of(outline, zoom, &geometry), &mut self.scratch) {
            // All of it is in the only one.
            (Some(&[only]), _) => self.tiles.push(only),
            (Some(reached @ [_, ..]), scratch) => {
                let Some(geometry) = geometry() else { return &[] };
                let ends = ends(geometry, zoom);
                let mut is_shown = |tile: &&u64| {
                    let is_end = ends.is_some_and(|ends| ends.contains(*tile));
                    is_end || (outline.is_found_in(**tile, zoom) && is_shown(geometry, **tile, zoom, purpose, scratch))
                };
                self.tiles.extend(reached.iter().filter(|tile| is_shown(tile)));
            }
            (None | Some([]), _) => (),
        }
        &self.tiles
    }
}

/// The tiles in which a line begins and ends, if it is long enough to be drawn; of most lines they are all.
fn ends(geometry: Prepared<'_>, zoom: u8) -> Option<[u64; 2]> {
    let mut shapes = geometry.shapes();
    let (Some(Shape::Lines(paths)), None) = (shapes.next(), shapes.next()) else { return None };
    let mut paths = paths.iter();
    let (path, None) = (paths.next()?, paths.next()) else { return None };
    let steps = path.bounds.max.iter().zip(path.bounds.min).map(|(max, min)| max - min).max()?;
    let units = (steps * i64::from(EXTENT)) >> (32 - zoom);
    let points = path.level(zoom)?.points;
    (units >= DRAWN_UNITS).then_some([*points.first()?, *points.last()?].map(|point| tile_of(point, zoom)))
}

fn is_shown(geometry: Prepared<'_>, tile: u64, zoom: u8, purpose: Purpose, scratch: &mut Scratch) -> bool {
    let mut is_shown = false;
    if let Some(coord) = coord(tile, zoom) {
        cut(geometry, &Frame::new(coord, BUFFER_UNITS), purpose, scratch, |_| is_shown = true);
    }
    is_shown
}

/// A tile of a zoom as a coordinate.
pub(super) fn coord(tile: u64, zoom: u8) -> Option<TileCoord> {
    let [x, y] = column_and_row(tile);
    TileCoord::new(zoom, x, y).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Scene;
    use geo_types::{Coord, Geometry, LineString, MultiPoint, Polygon};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_geometry_is_counted_where_a_tile_shows_it(
            corners in prop::collection::vec((-30.0f64..30.0, -30.0f64..30.0), 1..6), size in -12i32..1, zoom in 0u8..8
        ) {
            let corners: Vec<Coord> = corners.iter().map(|&(x, y)| Coord { x, y } * 2f64.powi(size) + Coord { x: 11.25, y: 0.0 }).collect();
            let line = LineString::new(corners.clone());
            let all: [Geometry<f64>; 3] = [MultiPoint::from(corners).into(), line.clone().into(), Polygon::new(line, vec![]).into()];
            for (geometry, purpose) in all.iter().flat_map(|geometry| [(geometry, Purpose::Vector), (geometry, Purpose::Exact)]) {
                let mut scene = Scene::default();
                scene.push(Some(geometry));
                let prepared = scene.get(0).unwrap();
                let outline = Outline::of(prepared).unwrap();
                let mut shown = Shown::default();
                let counted = shown.of(outline, zoom, purpose, || Some(prepared)).iter().filter_map(|&tile| coord(tile, zoom));
                if Reach::default().of(outline, zoom, || Some(prepared)).is_none() {
                    continue;
                }
                let all_tiles = (0..1u32 << zoom).flat_map(|x| (0..1u32 << zoom).map(move |y| TileCoord::new(zoom, x, y).unwrap()));
                let bounds = outline.bounds.on_grid();
                let shows = |tile: &TileCoord| {
                    let (mut shows, steps) = (false, |unit: i64| (unit << (32 - zoom)) / 4096);
                    let is_found = [tile.x(), tile.y()].into_iter().zip(bounds.min.into_iter().zip(bounds.max)).all(|(at, (min, max))| {
                        let first = steps(4096 * i64::from(at));
                        min < first + steps(4096) + steps(64) && max >= first - steps(64)
                    });
                    cut(prepared, &Frame::new(*tile, 64), purpose, &mut Scratch::default(), |_| shows = true);
                    shows && is_found
                };
                prop_assert_eq!(counted.collect::<Vec<_>>(), all_tiles.filter(shows).collect::<Vec<_>>());
            }
        }
    }
}
