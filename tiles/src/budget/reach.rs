//! In which tiles of a zoom a geometry shows: points where they are, lines where they pass, areas wherever their box is.

use crate::boxes::{GridBox, Position, StoredBox};
use crate::grid::{EXTENT, World};
use crate::scene::{Path, Prepared, Shape};

/// What a tile shows beyond its edge, in tile units.
pub(super) const BUFFER_UNITS: u32 = 64;
/// A geometry that shows in more tiles than this is large enough to stay, and too large to be counted in each.
const MOST_TILES: usize = 256;
/// The same for a box, which an area fills: four times as many as there were at the zoom before.
const MOST_TILES_OF_BOX: usize = 64;
/// A stretch of a line whose box touches no more tiles than this is not halved again.
const FEW_TILES: usize = 4;

/// How a geometry lies on the map, so that most need not be looked at again to tell where they show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    pub(super) bounds: StoredBox,
    form: Form,
}

/// What fills the box around a geometry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A point, or an area, which shows wherever its box is.
    Whole,
    /// One line.
    Line,
    /// Anything else.
    Parts,
}

impl Outline {
    /// `None` if it has no place.
    pub(super) fn of(prepared: Prepared<'_>) -> Option<Self> {
        let bounds = prepared.bounds()?;
        let mut shapes = prepared.shapes();
        let form = match (shapes.next(), shapes.next()) {
            _ if bounds.extent() == [0, 0] => Form::Whole,
            (Some(Shape::Lines(paths)), None) if paths.iter().nth(1).is_none() => Form::Line,
            (Some(Shape::Polygons(polygons)), None) => {
                let mut exteriors = polygons.iter().map(|rings| rings.first().map(|exterior| exterior.bounds));
                let is_one = exteriors.next() == Some(Some(bounds.on_grid())) && exteriors.next().is_none();
                if is_one { Form::Whole } else { Form::Parts }
            }
            _ => Form::Parts,
        };
        Some(Self { bounds, form })
    }

    /// Whether an index finds it for a tile.
    pub(super) fn is_found_in(self, tile: u64, zoom: u8) -> bool {
        Tiling::new(zoom, BUFFER_UNITS).block(self.bounds.on_grid()).holds(column_and_row(tile))
    }
}

/// Tiles of a geometry, one after the other; kept from geometry to geometry.
#[derive(Debug, Default)]
pub(super) struct Reach {
    tiles: Vec<u64>,
    stretches: Vec<[World; 2]>,
    /// What was put among the tiles last: much of a line lies where the part before it does.
    last: Option<Block>,
}

/// Tiles from one column and row to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Block {
    first: [u32; 2],
    last: [u32; 2],
}

impl Block {
    /// The block around both.
    fn union(self, other: Self) -> Self {
        Self {
            first: [self.first[0].min(other.first[0]), self.first[1].min(other.first[1])],
            last: [self.last[0].max(other.last[0]), self.last[1].max(other.last[1])],
        }
    }

    /// How many columns and rows.
    fn sides(self) -> [usize; 2] {
        [0, 1].map(|axis| (self.last[axis] - self.first[axis]) as usize + 1)
    }

    fn count(self) -> usize {
        let [columns, rows] = self.sides();
        columns.saturating_mul(rows)
    }

    /// Whether a straight line from corner to corner passes all of its tiles, or leaves out too few to matter.
    fn is_slim(self) -> bool {
        self.count() <= FEW_TILES || self.sides().contains(&1)
    }

    fn holds(self, [column, row]: [u32; 2]) -> bool {
        (self.first[0]..=self.last[0]).contains(&column) && (self.first[1]..=self.last[1]).contains(&row)
    }

    /// Columns and rows, ascending.
    fn tiles(self) -> impl Iterator<Item = [u32; 2]> {
        let rows = self.first[1]..=self.last[1];
        (self.first[0]..=self.last[0]).flat_map(move |column| rows.clone().map(move |row| [column, row]))
    }
}

/// The tiles of a zoom as the grid has them.
#[derive(Debug, Clone, Copy)]
struct Tiling {
    shift: u32,
    buffer: i64,
    highest: i64,
}

impl Tiling {
    /// With a buffer of so many units.
    fn new(zoom: u8, buffer_units: u32) -> Self {
        let shift = 32 - u32::from(zoom);
        Self { shift, buffer: (i64::from(buffer_units) << shift) / i64::from(EXTENT), highest: (1 << zoom) - 1 }
    }

    /// A unit more than tiles show: what lies just beyond may be rounded to the edge.
    fn of(zoom: u8) -> Self {
        Self::new(zoom, BUFFER_UNITS + 1)
    }

    /// The tiles that see a box.
    fn block(self, bounds: GridBox) -> Block {
        let at = |steps: i64| u32::try_from((steps >> self.shift).clamp(0, self.highest)).unwrap_or(0);
        Block { first: bounds.min.map(|steps| at(steps - self.buffer)), last: bounds.max.map(|steps| at(steps + self.buffer)) }
    }

    fn of_point(self, point: World) -> Block {
        self.block(GridBox { min: point, max: point })
    }
}

/// Column and row of a tile in one number.
pub(super) fn column_and_row(tile: u64) -> [u32; 2] {
    [tile >> 32, tile & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or(u32::MAX))
}

/// The tile in which a position is.
pub(super) fn tile_of(position: Position, zoom: u8) -> u64 {
    let [column, row] = position.map(|steps| u64::from(steps) >> (32 - zoom));
    column << 32 | row
}

/// The tile around a tile, one zoom lower.
pub(super) fn parent(tile: u64) -> u64 {
    let [column, row] = column_and_row(tile);
    u64::from(column >> 1) << 32 | u64::from(row >> 1)
}

/// How many tiles of a zoom see a box; `None` if that is more than are counted for one geometry.
pub(super) fn tiles_around(bounds: StoredBox, zoom: u8) -> Option<u64> {
    let count = Tiling::of(zoom).block(bounds.on_grid()).count();
    (count <= MOST_TILES_OF_BOX).then_some(count as u64)
}

/// More tiles than are counted.
struct TooMany;

impl Reach {
    /// The tiles, each once, buffers included, of a geometry, which is looked at only if its outline does not tell; `None` if they are too many.
    pub(super) fn of<'g>(
        &mut self,
        outline: Outline,
        zoom: u8,
        geometry: impl FnOnce() -> Option<Prepared<'g>>,
    ) -> Option<&[u64]> {
        self.tiles.clear();
        self.last = None;
        let tiling = Tiling::of(zoom);
        // Most geometries are a point, an area, or lie within few tiles: then there is no need to look at them.
        let block = tiling.block(outline.bounds.on_grid());
        let is_whole = match outline.form {
            Form::Whole => true,
            Form::Line => block.count() <= FEW_TILES,
            Form::Parts => block.count() == 1,
        };
        if is_whole {
            self.add(block).ok()?;
            return (self.tiles.len() <= MOST_TILES).then_some(&self.tiles);
        }
        for shape in geometry()?.shapes() {
            let added = match shape {
                Shape::Points(points) => points.iter().try_for_each(|point| self.add(tiling.of_point(point.map(i64::from)))),
                Shape::Lines(paths) => paths.iter().try_for_each(|path| self.line(path, zoom, tiling)),
                Shape::Polygons(polygons) => polygons
                    .iter()
                    .filter_map(|rings| rings.first())
                    .try_for_each(|exterior| self.add(tiling.block(exterior.bounds))),
            };
            added.ok()?;
        }
        // Several boxes, or the stretches of a line, may share some.
        if !self.tiles.is_sorted_by(|a, b| a < b) {
            self.tiles.sort_unstable();
            self.tiles.dedup();
        }
        (self.tiles.len() <= MOST_TILES).then_some(&self.tiles)
    }

    fn line(&mut self, path: Path<'_>, zoom: u8, tiling: Tiling) -> Result<(), TooMany> {
        let around = tiling.block(path.bounds);
        if around.count() <= FEW_TILES {
            return self.add(around);
        }
        let Some(level) = path.level(zoom) else { return Ok(()) };
        let mut before: Option<(World, Block)> = None;
        for (point, _) in level.points.iter().zip(level.ranks).filter(|(_, rank)| **rank <= zoom) {
            let point = point.map(i64::from);
            let block = tiling.of_point(point);
            let Some((from, of_from)) = before.replace((point, block)) else { continue };
            // What sees a stretch's box sees a box around what its ends are seen by: no need to work that out again.
            let both = of_from.union(block);
            match both.is_slim() {
                true => self.add(both)?,
                false => self.stretch([from, point], tiling)?,
            }
        }
        Ok(())
    }

    /// Halves a straight stretch until its boxes are slim.
    fn stretch(&mut self, whole: [World; 2], tiling: Tiling) -> Result<(), TooMany> {
        self.stretches.clear();
        self.stretches.push(whole);
        while let Some([a, b]) = self.stretches.pop() {
            let block = tiling.of_point(a).union(tiling.of_point(b));
            if block.is_slim() {
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
        if self.last == Some(block) {
            return Ok(());
        }
        let count = block.count();
        // Stretches that come back share tiles: those are taken out at the end, so that a little more than the limit may stand here.
        if self.tiles.len().saturating_add(count) > FEW_TILES * MOST_TILES {
            self.tiles.sort_unstable();
            self.tiles.dedup();
            if self.tiles.len().saturating_add(count) > 2 * MOST_TILES {
                return Err(TooMany);
            }
        }
        if count > MOST_TILES_OF_BOX && !block.sides().contains(&1) {
            return Err(TooMany);
        }
        // Neighbouring stretches share tiles.
        let before = self.last.replace(block);
        let is_new = |tile: &[u32; 2]| before.is_none_or(|before| !before.holds(*tile));
        self.tiles.extend(block.tiles().filter(is_new).map(|[column, row]| u64::from(column) << 32 | u64::from(row)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cut::{Purpose, Scratch, cut};
    use crate::frame::Frame;
    use crate::grid::TileCoord;
    use crate::scene::Scene;
    use geo_types::{Geometry, LineString, MultiPoint, Rect, coord};
    use proptest::prelude::*;

    fn reach(geometry: impl Into<Geometry<f64>>, zoom: u8) -> Option<usize> {
        let mut scene = Scene::default();
        scene.push(Some(&geometry.into()));
        let prepared = scene.get(0).unwrap();
        Reach::default().of(Outline::of(prepared).unwrap(), zoom, || Some(prepared)).map(<[u64]>::len)
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
        fn an_outline_says_what_looking_would_say(corners in prop::collection::vec((-30.0f64..30.0, -30.0f64..30.0), 1..9), zoom in 0u8..12) {
            let line = LineString::from(corners.clone());
            let area = geo_types::Polygon::new(line.clone(), vec![]);
            let alone: [Geometry<f64>; 3] = [geo_types::Point::from(corners[0]).into(), line.into(), area.into()];
            let all = alone.iter().cloned().chain([Geometry::GeometryCollection(alone.to_vec().into())]);
            for geometry in all {
                let mut scene = Scene::default();
                scene.push(Some(&geometry));
                let prepared = scene.get(0).unwrap();
                let outline = Outline::of(prepared).unwrap();
                let looked = Reach::default().of(Outline { form: Form::Parts, ..outline }, zoom, || Some(prepared)).map(<[u64]>::to_vec);
                prop_assert_eq!(Reach::default().of(outline, zoom, || Some(prepared)).map(<[u64]>::to_vec), looked);
            }
        }

        #[test]
        fn every_tile_that_shows_something_is_reached(corners in prop::collection::vec((-30.0f64..30.0, -30.0f64..30.0), 2..9), zoom in 0u8..8) {
            let line = LineString::from(corners);
            let mut scene = Scene::default();
            scene.push(Some(&line.into()));
            let mut reach = Reach::default();
            let prepared = scene.get(0).unwrap();
            let reached = reach.of(Outline::of(prepared).unwrap(), zoom, || Some(prepared)).map(<[u64]>::to_vec);
            for (x, y) in (0..1u32 << zoom).flat_map(|x| (0..1u32 << zoom).map(move |y| (x, y))) {
                let mut shows = false;
                let tile = TileCoord::new(zoom, x, y).unwrap();
                cut(prepared, &Frame::new(tile, BUFFER_UNITS), Purpose::Vector, &mut Scratch::default(), |_| shows = true);
                let is_reached = reached.as_ref().is_none_or(|reached| reached.binary_search(&(u64::from(x) << 32 | u64::from(y))).is_ok());
                prop_assert!(is_reached || !shows, "{zoom}/{x}/{y}");
            }
        }
    }
}
