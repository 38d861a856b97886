//! Geometries ready for tiles, one after the other in a few long lists: no allocation for each, and a tile reads only stretches of them.
//!
//! Positions are on the 2^32 grid. A path is stored in levels, coarsest first, so that a coarse zoom walks a coarse level, and a long level
//! in chunks with boxes, so that a tile walks only those that come near it. Numbered from 0 in the order they were pushed.

mod lists;

pub use lists::{BrokenLists, SceneLists};

use crate::boxes::{GridBox, Position, StoredBox};
use crate::cells::Cells;
use crate::grid::World;
use bytemuck::{Pod, Zeroable};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// Vertices a chunk holds: its box weighs a ninth of them, and a tile that a path crosses reads little beside what it shows.
pub(crate) const CHUNK: usize = 16;

/// A stretch of one of the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Span {
    start: u32,
    count: u32,
}

impl Span {
    /// From where a list stood to where it stands now. What lies beyond 2^32 entries has no span: `Scene::is_whole` tells.
    pub(crate) fn since<T>(start: usize, list: &[T]) -> Self {
        let narrow = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        Self { start: narrow(start), count: narrow(list.len() - start) }
    }

    pub(crate) fn of<T>(self, list: &[T]) -> &[T] {
        let start = self.start as usize;
        list.get(start..start + self.count as usize).unwrap_or_default()
    }

    /// As long, but beginning at `start`, which moves on to its end.
    pub(crate) fn from(self, start: &mut usize) -> Self {
        let moved = Self { start: u32::try_from(*start).unwrap_or(u32::MAX), ..self };
        *start += self.count as usize;
        moved
    }

    fn moved<T>(self, list: &[T]) -> Self {
        Self { start: Self::since(0, list).count.saturating_add(self.start), count: self.count }
    }
}

/// What a shape's span counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Points,
    Lines,
    Polygons,
}

/// Vertices of a path needed up to a zoom.
#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct StoredLevel {
    /// This level serves zooms up to this one; four bytes wide, as its neighbours are, so that there is no gap.
    pub(crate) max_zoom: u32,
    pub(crate) vertices: Span,
    /// One box for each `CHUNK` vertices and the way to the next one; none for a level of one chunk.
    pub(crate) chunks: Span,
}

#[derive(Debug, Clone, Copy, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct StoredPath {
    pub(crate) bounds: StoredBox,
    /// Of the path with all its vertices.
    pub(crate) cells: Cells,
    pub(crate) levels: Span,
}

/// Geometries ready for any tile. Filled once, read by all threads.
#[derive(Debug, Default)]
pub struct Scene {
    /// For each geometry, where its shapes end.
    pub(crate) ends: Vec<u32>,
    pub(crate) shapes: Vec<(Kind, Span)>,
    pub(crate) points: Vec<Position>,
    /// Each a stretch of paths: exterior first, then holes.
    pub(crate) polygons: Vec<Span>,
    pub(crate) paths: Vec<StoredPath>,
    pub(crate) levels: Vec<StoredLevel>,
    pub(crate) vertices: Vec<Position>,
    /// For each vertex the zoom from which on it is needed.
    pub(crate) ranks: Vec<u8>,
    pub(crate) chunks: Vec<StoredBox>,
    labels: RwLock<HashMap<u32, Option<World>>>,
}

impl Scene {
    /// How many geometries.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Whether every entry of every list can be named: not with 2^32 vertices or more, which is 36 GB of them.
    pub fn is_whole(&self) -> bool {
        [self.vertices.len(), self.points.len(), self.ends.len(), self.shapes.len(), self.paths.len(), self.levels.len()]
            .into_iter()
            .all(|length| u32::try_from(length).is_ok())
    }

    /// Geometry number `number`, without shapes if it has no place.
    pub fn get(&self, number: u32) -> Option<Prepared<'_>> {
        ((number as usize) < self.len()).then_some(Prepared { scene: self, number })
    }

    /// The shapes of a geometry as they are stored.
    pub(crate) fn shapes_of(&self, number: u32) -> &[(Kind, Span)] {
        let number = number as usize;
        let end = |number: usize| self.ends.get(number).map_or(0, |end| *end as usize);
        let start = number.checked_sub(1).map_or(0, end);
        self.shapes.get(start..end(number)).unwrap_or_default()
    }

    /// Appends all of another scene's geometries.
    pub fn append(&mut self, later: Self) {
        let shapes = Span::since(0, &self.shapes).count;
        self.ends.extend(later.ends.iter().map(|end| shapes.saturating_add(*end)));
        self.shapes.extend(later.shapes.iter().map(|&(kind, span)| match kind {
            Kind::Points => (kind, span.moved(&self.points)),
            Kind::Lines => (kind, span.moved(&self.paths)),
            Kind::Polygons => (kind, span.moved(&self.polygons)),
        }));
        self.points.extend_from_slice(&later.points);
        self.polygons.extend(later.polygons.iter().map(|span| span.moved(&self.paths)));
        self.paths.extend(later.paths.iter().map(|path| StoredPath { levels: path.levels.moved(&self.levels), ..*path }));
        self.levels.extend(later.levels.iter().map(|level| StoredLevel {
            vertices: level.vertices.moved(&self.vertices),
            chunks: level.chunks.moved(&self.chunks),
            ..*level
        }));
        self.vertices.extend_from_slice(&later.vertices);
        self.ranks.extend_from_slice(&later.ranks);
        self.chunks.extend_from_slice(&later.chunks);
    }
}

/// One geometry of a scene.
#[derive(Debug, Clone, Copy)]
pub struct Prepared<'a> {
    scene: &'a Scene,
    number: u32,
}

impl<'a> Prepared<'a> {
    /// Its shapes, each of a single kind.
    pub(crate) fn shapes(self) -> impl Iterator<Item = Shape<'a>> {
        self.scene.shapes_of(self.number).iter().map(move |&(kind, span)| match kind {
            Kind::Points => Shape::Points(span.of(&self.scene.points)),
            Kind::Lines => Shape::Lines(Paths { scene: self.scene, stored: span.of(&self.scene.paths) }),
            Kind::Polygons => Shape::Polygons(Polygons { scene: self.scene, stored: span.of(&self.scene.polygons) }),
        })
    }

    /// How many vertices the level holds from which a zoom takes what it needs. `O(paths)`.
    pub fn vertices(self, zoom: u8) -> usize {
        let of_paths = |paths: Paths<'_>| paths.iter().filter_map(|path| Some(path.level(zoom)?.points.len())).sum::<usize>();
        let of_shape = |shape| match shape {
            Shape::Points(points) => points.len(),
            Shape::Lines(paths) => of_paths(paths),
            Shape::Polygons(polygons) => polygons.iter().map(of_paths).sum(),
        };
        self.shapes().map(of_shape).sum()
    }

    /// The corners of the box around all of it on the 2^32 grid, lowest column and row first, if it has a place.
    pub fn corners(self) -> Option<[[u32; 2]; 2]> {
        self.bounds().map(|bounds| [bounds.min, bounds.max])
    }

    /// The box around all of it, if it has a place.
    pub(crate) fn bounds(self) -> Option<StoredBox> {
        let around = |shape| match shape {
            Shape::Points(points) => StoredBox::around(points),
            Shape::Lines(paths) => paths.stored_bounds(),
            Shape::Polygons(polygons) => polygons.iter().filter_map(Paths::stored_bounds).reduce(StoredBox::union),
        };
        self.shapes().filter_map(around).reduce(StoredBox::union)
    }

    /// Where it carries its text: worked out by `place` when first asked.
    pub(crate) fn label(self, place: impl FnOnce() -> Option<World>) -> Option<World> {
        let labels = &self.scene.labels;
        if let Some(known) = labels.read().unwrap_or_else(PoisonError::into_inner).get(&self.number) {
            return *known;
        }
        let found = place();
        labels.write().unwrap_or_else(PoisonError::into_inner).insert(self.number, found);
        found
    }
}

/// One shape of a single kind.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape<'a> {
    Points(&'a [Position]),
    Lines(Paths<'a>),
    Polygons(Polygons<'a>),
}

/// Polygons, each the paths of its rings.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Polygons<'a> {
    scene: &'a Scene,
    stored: &'a [Span],
}

impl<'a> Polygons<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = Paths<'a>> {
        self.stored.iter().map(move |span| Paths { scene: self.scene, stored: span.of(&self.scene.paths) })
    }
}

/// Lines, or the rings of a polygon: exterior first, then holes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paths<'a> {
    scene: &'a Scene,
    stored: &'a [StoredPath],
}

impl<'a> Paths<'a> {
    pub(crate) fn iter(self) -> impl Iterator<Item = Path<'a>> {
        let scene = self.scene;
        self.stored.iter().map(move |path| Path {
            bounds: path.bounds.on_grid(),
            cells: path.cells,
            scene,
            levels: path.levels.of(&scene.levels),
        })
    }

    /// The box around all of them.
    fn stored_bounds(self) -> Option<StoredBox> {
        self.stored.iter().map(|path| path.bounds).reduce(StoredBox::union)
    }

    pub(crate) fn first(self) -> Option<Path<'a>> {
        self.iter().next()
    }
}

/// A line or ring in one or more levels, coarsest first; the last one serves the highest zoom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path<'a> {
    pub(crate) bounds: GridBox,
    pub(crate) cells: Cells,
    scene: &'a Scene,
    levels: &'a [StoredLevel],
}

impl<'a> Path<'a> {
    pub(crate) fn levels(self) -> impl DoubleEndedIterator<Item = Level<'a>> {
        self.levels.iter().map(move |level| Level {
            max_zoom: level.max_zoom,
            points: level.vertices.of(&self.scene.vertices),
            ranks: level.vertices.of(&self.scene.ranks),
            boxes: level.chunks.of(&self.scene.chunks),
        })
    }

    /// The coarsest level that has all a zoom needs.
    pub(crate) fn level(self, zoom: u8) -> Option<Level<'a>> {
        self.levels().find(|level| level.max_zoom >= u32::from(zoom))
    }
}

/// Vertices of a path needed up to a zoom, with the zoom from which on each is needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Level<'a> {
    pub(crate) max_zoom: u32,
    pub(crate) points: &'a [Position],
    pub(crate) ranks: &'a [u8],
    boxes: &'a [StoredBox],
}

impl<'a> Level<'a> {
    /// How many chunks it is cut into.
    pub(crate) fn chunk_count(self) -> usize {
        self.boxes.len().max(1)
    }

    /// The vertices of a chunk, with the zoom from which on each is needed.
    pub(crate) fn chunk(self, number: usize) -> (&'a [Position], &'a [u8]) {
        let range = match self.boxes {
            [] => 0..self.points.len(),
            _ => number * CHUNK..((number + 1) * CHUNK).min(self.points.len()),
        };
        (self.points.get(range.clone()).unwrap_or_default(), self.ranks.get(range).unwrap_or_default())
    }

    /// The box around a chunk and the way to the next one, if there is more than one.
    pub(crate) fn chunk_bounds(self, number: usize) -> Option<GridBox> {
        self.boxes.get(number).map(|stored| stored.on_grid())
    }
}
