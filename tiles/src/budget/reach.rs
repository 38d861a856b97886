//! In which tiles of a zoom a geometry shows: points where they are, lines where they pass, areas wherever their box is.

use crate::grid::{EXTENT, World};
use crate::scene::{GridBox, Path, Position, Prepared, Shape, StoredBox};
use std::ops::RangeInclusive;

/// What a tile shows beyond its edge, in tile units.
const BUFFER_UNITS: i64 = 64;
/// A geometry that shows in more tiles than this is large enough to stay, and too large to be counted in each.
const MOST_TILES: usize = 256;
/// The same for a box, which an area fills: four times as many as there were at the zoom before.
const MOST_TILES_OF_BOX: usize = 64;
/// A stretch of a line whose box touches no more tiles than this is not halved again.
const FEW_TILES: usize = 4;

/// Tiles of a geometry, one after the other; kept from geometry to geometry.
#[derive(Debug, Default)]
pub(super) struct Reach {
    tiles: Vec<u64>,
    stretches: Vec<[World; 2]>,
    /// What was put among the tiles last: much of a line lies where the part before it does.
    last: Option<Block>,
}

/// Columns and rows of some tiles.
type Block = [RangeInclusive<u32>; 2];

/// Column and row of a tile in one number.
pub(super) fn column_and_row(tile: u64) -> [u32; 2] {
    [tile >> 32, tile & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or(u32::MAX))
}

/// The tile around a tile, one zoom lower.
pub(super) fn parent(tile: u64) -> u64 {
    let [column, row] = column_and_row(tile);
    u64::from(column >> 1) << 32 | u64::from(row >> 1)
}

/// More tiles than are counted.
struct TooMany;

impl Reach {
    /// The tiles, each once, buffers included, of a geometry and the box around it; `None` if they are too many.
    pub(super) fn of(&mut self, prepared: Prepared<'_>, around: StoredBox, zoom: u8) -> Option<&[u64]> {
        self.tiles.clear();
        self.last = None;
        // Most geometries are a point or lie within one tile: then there is no need to look at them.
        let block = block(around.on_grid(), zoom);
        if around.extent() == [0, 0] || tiles(&block) == 1 {
            self.add(block).ok()?;
            return Some(&self.tiles);
        }
        for shape in prepared.shapes() {
            let added = match shape {
                Shape::Points(points) => points.iter().try_for_each(|&point| self.add(self::block(point_box(point), zoom))),
                Shape::Lines(paths) => paths.iter().try_for_each(|path| self.line(path, zoom)),
                Shape::Polygons(polygons) => polygons
                    .iter()
                    .filter_map(|rings| rings.first())
                    .try_for_each(|exterior| self.add(self::block(exterior.bounds, zoom))),
            };
            added.ok()?;
        }
        // A box has its tiles in order and once; several, or the stretches of a line, may share some.
        if !self.tiles.is_sorted_by(|a, b| a < b) {
            self.tiles.sort_unstable();
            self.tiles.dedup();
        }
        (self.tiles.len() <= MOST_TILES).then_some(&self.tiles)
    }

    fn line(&mut self, path: Path<'_>, zoom: u8) -> Result<(), TooMany> {
        let around = block(path.bounds, zoom);
        if tiles(&around) <= FEW_TILES {
            return self.add(around);
        }
        let Some(level) = path.level(zoom) else { return Ok(()) };
        let needed =
            level.points.iter().zip(level.ranks).filter(|(_, rank)| **rank <= zoom).map(|(point, _)| point.map(i64::from));
        let mut before = None;
        for at in needed {
            if let Some(before) = before.replace(at) {
                self.stretch([before, at], zoom)?;
            }
        }
        Ok(())
    }

    /// Halves a straight stretch until its boxes are slim.
    fn stretch(&mut self, whole: [World; 2], zoom: u8) -> Result<(), TooMany> {
        self.stretches.clear();
        self.stretches.push(whole);
        while let Some([a, b]) = self.stretches.pop() {
            let bounds = GridBox { min: [a[0].min(b[0]), a[1].min(b[1])], max: [a[0].max(b[0]), a[1].max(b[1])] };
            let block = block(bounds, zoom);
            if tiles(&block) <= FEW_TILES || block.iter().any(|range| length(range) == 1) {
                self.add(block)?;
                continue;
            }
            let middle = [i64::midpoint(a[0], b[0]), i64::midpoint(a[1], b[1])];
            if self.stretches.len() > MOST_TILES || middle == a || middle == b {
                return Err(TooMany);
            }
            self.stretches.extend([[middle, b], [a, middle]]);
        }
        Ok(())
    }

    fn add(&mut self, block: Block) -> Result<(), TooMany> {
        if self.last.as_ref() == Some(&block) {
            return Ok(());
        }
        let count = tiles(&block);
        // Neighbouring stretches share tiles: those are taken out at the end, so that a little more than the limit may stand here.
        if self.tiles.len().saturating_add(count) > FEW_TILES * MOST_TILES {
            self.tiles.sort_unstable();
            self.tiles.dedup();
            if self.tiles.len().saturating_add(count) > 2 * MOST_TILES {
                return Err(TooMany);
            }
        }
        let [columns, rows] = &block;
        if length(columns) > 1 && length(rows) > 1 && count > MOST_TILES_OF_BOX {
            return Err(TooMany);
        }
        self.tiles.extend(columns.clone().flat_map(|x| rows.clone().map(move |y| u64::from(x) << 32 | u64::from(y))));
        self.last = Some(block);
        Ok(())
    }
}

fn point_box(point: Position) -> GridBox {
    GridBox { min: point.map(i64::from), max: point.map(i64::from) }
}

fn tiles(block: &Block) -> usize {
    block.iter().map(length).fold(1, usize::saturating_mul)
}

fn length(range: &RangeInclusive<u32>) -> usize {
    (range.end() - range.start()) as usize + 1
}

/// The tiles that see a box.
fn block(bounds: GridBox, zoom: u8) -> Block {
    let (shift, last) = (32 - u32::from(zoom), (1i64 << zoom) - 1);
    let buffer = (BUFFER_UNITS << shift) / i64::from(EXTENT);
    let at = |steps: i64| u32::try_from((steps >> shift).clamp(0, last)).unwrap_or(0);
    [0, 1].map(|axis| at(bounds.min[axis] - buffer)..=at(bounds.max[axis] + buffer))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cut::{Purpose, Scratch, cut};
    use crate::grid::TileCoord;
    use crate::scene::Scene;
    use geo_types::{Geometry, LineString, MultiPoint, Rect, coord};
    use proptest::prelude::*;

    fn reach(geometry: impl Into<Geometry<f64>>, zoom: u8) -> Option<usize> {
        let mut scene = Scene::default();
        scene.push(Some(&geometry.into()));
        let prepared = scene.get(0).unwrap();
        Reach::default().of(prepared, prepared.bounds().unwrap(), zoom).map(<[u64]>::len)
    }

    #[test]
    fn what_lies_between_parts_is_not_reached() {
        assert_eq!(reach(MultiPoint::from(vec![(-8.9, -8.9), (8.9, 8.9)]), 7), Some(2));
        let diagonal = LineString::from(vec![(-20.0, -20.0), (20.0, 20.0)]);
        let along = reach(diagonal, 7).unwrap();
        assert!((15..60).contains(&along), "{along} of 225 tiles of its box");
        assert_eq!(reach(Rect::new(coord! { x: 0.1, y: 0.1 }, coord! { x: 5.5, y: 5.5 }), 7), Some(4));
        assert_eq!(reach(Rect::new(coord! { x: -90.0, y: -45.0 }, coord! { x: 90.0, y: 45.0 }), 12), None);
        assert_eq!(reach(LineString::from(vec![(-170.0, 0.0), (170.0, 60.0)]), 18), None);
    }

    proptest! {
        #[test]
        fn every_tile_that_shows_something_is_reached(corners in prop::collection::vec((-30.0f64..30.0, -30.0f64..30.0), 2..9), zoom in 0u8..8) {
            let line = LineString::from(corners);
            let mut scene = Scene::default();
            scene.push(Some(&line.into()));
            let mut reach = Reach::default();
            let prepared = scene.get(0).unwrap();
            let reached = reach.of(prepared, prepared.bounds().unwrap(), zoom).map(<[u64]>::to_vec);
            for (x, y) in (0..1u32 << zoom).flat_map(|x| (0..1u32 << zoom).map(move |y| (x, y))) {
                let mut shows = false;
                let tile = TileCoord::new(zoom, x, y).unwrap();
                cut(prepared, tile, 63, Purpose::Vector, &mut Scratch::default(), |_| shows = true);
                let is_reached = reached.as_ref().is_none_or(|reached| reached.binary_search(&(u64::from(x) << 32 | u64::from(y))).is_ok());
                prop_assert!(is_reached || !shows, "{zoom}/{x}/{y}");
            }
        }
    }
}
