//! Geometry made ready for tiles, once: projected to the 2^32 grid, vertices ranked, large paths stored in levels and chunks.
//!
//! In: WGS 84 degrees. A tile then costs what it shows: coarse zooms read a coarse level, and of each level only the chunks
//! whose boxes come near the tile.

use crate::grid::{MAX_ZOOM, World, project};
use crate::rank;
use geo_types::{Coord, Geometry, LineString, Polygon};
use std::sync::OnceLock;

/// Vertices a chunk holds; a box of a few bytes for each is cheap, and a tile reads few chunks it does not need.
const CHUNK: usize = 64;
/// Paths shorter than this have one level: walking them is cheaper than choosing.
const SMALLEST_LEVELLED: usize = 2 * CHUNK;

/// A box on the grid, closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GridBox {
    pub(crate) min: World,
    pub(crate) max: World,
}

impl GridBox {
    fn around(points: &[World]) -> Option<Self> {
        points
            .iter()
            .fold(None, |whole: Option<Self>, &point| Some(whole.map_or(Self { min: point, max: point }, |b| b.grown(point))))
    }

    fn grown(self, [x, y]: World) -> Self {
        Self { min: [self.min[0].min(x), self.min[1].min(y)], max: [self.max[0].max(x), self.max[1].max(y)] }
    }
}

/// Vertices of a path needed up to a zoom, with the zoom from which on each is needed.
#[derive(Debug)]
pub(crate) struct Level {
    /// This level serves zooms up to this one.
    pub(crate) max_zoom: u8,
    pub(crate) points: Box<[[u32; 2]]>,
    pub(crate) ranks: Box<[u8]>,
    /// One box for each `CHUNK` vertices; none for a path of one chunk.
    pub(crate) chunks: Box<[GridBox]>,
}

impl Level {
    fn of(max_zoom: u8, points: &[World], ranks: &[u8]) -> Self {
        let kept: Vec<(World, u8)> =
            points.iter().copied().zip(ranks.iter().copied()).filter(|(_, rank)| *rank <= max_zoom).collect();
        let boxes =
            kept.chunks(CHUNK).filter_map(|chunk| GridBox::around(&chunk.iter().map(|(point, _)| *point).collect::<Vec<_>>()));
        Self {
            max_zoom,
            points: kept.iter().map(|(point, _)| narrow(*point)).collect(),
            ranks: kept.iter().map(|(_, rank)| *rank).collect(),
            chunks: if kept.len() > CHUNK { boxes.collect() } else { Box::default() },
        }
    }

    /// The chunks in order: points, ranks, and the box if there is more than one.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = (&[[u32; 2]], &[u8], Option<&GridBox>)> {
        let boxes = self.chunks.iter().map(Some).chain(std::iter::repeat(None));
        self.points
            .chunks(CHUNK)
            .zip(self.ranks.chunks(CHUNK))
            .zip(boxes)
            .map(|((points, ranks), around)| (points, ranks, around))
    }

    #[cfg(test)]
    fn heap_bytes(&self) -> usize {
        size_of_val(&*self.points) + size_of_val(&*self.ranks) + size_of_val(&*self.chunks)
    }
}

/// The grid's last column and row are 2^32 exactly, one more than 32 bits hold: that step of 9 mm is given up.
fn narrow(point: World) -> [u32; 2] {
    point.map(|steps| u32::try_from(steps).unwrap_or(u32::MAX))
}

/// A line or ring in one or more levels, coarsest first; the last one serves the highest zoom.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) bounds: GridBox,
    pub(crate) levels: Box<[Level]>,
}

impl Path {
    /// `None` for a path without vertices.
    fn of(points: Vec<World>, ranks: Vec<u8>) -> Option<Self> {
        let bounds = GridBox::around(&points)?;
        let count = |zoom: u8| ranks.iter().filter(|rank| **rank <= zoom).count();
        let mut levels = vec![Level::of(MAX_ZOOM, &points, &ranks)];
        let mut stored = points.len();
        // A level is worth its memory when it halves the walk; all levels together then weigh less than twice the path.
        for zoom in (0..MAX_ZOOM).rev().take_while(|_| points.len() >= SMALLEST_LEVELLED) {
            let needed = count(zoom);
            if needed * 2 <= stored && stored >= SMALLEST_LEVELLED {
                levels.push(Level::of(zoom, &points, &ranks));
                stored = needed;
            }
        }
        levels.reverse();
        Some(Self { bounds, levels: levels.into() })
    }

    /// The coarsest level that has all a zoom needs.
    pub(crate) fn level(&self, zoom: u8) -> Option<&Level> {
        self.levels.iter().find(|level| level.max_zoom >= zoom)
    }

    #[cfg(test)]
    fn heap_bytes(&self) -> usize {
        size_of_val(&*self.levels) + self.levels.iter().map(Level::heap_bytes).sum::<usize>()
    }
}

/// One shape of a single kind.
#[derive(Debug)]
pub(crate) enum Shape {
    Points(Box<[[u32; 2]]>),
    Lines(Box<[Path]>),
    /// Each polygon: exterior first, then holes.
    Polygons(Box<[Box<[Path]>]>),
}

/// Geometry ready for any tile. Built once, read by all threads.
#[derive(Debug, Default)]
pub struct Prepared {
    pub(crate) shapes: Box<[Shape]>,
    /// Where an area carries its text; worked out when the first tile asks.
    pub(crate) label: OnceLock<Option<World>>,
}

impl Prepared {
    /// Projects and ranks. `O(n log n)` for ordinary paths. A collection of several kinds gives one shape for each member.
    ///
    /// Coordinates must be finite; what lies outside ±180°/±90° is drawn at the edge of the world.
    pub fn new(geometry: &Geometry<f64>) -> Self {
        let mut shapes = Vec::new();
        add(geometry, &mut shapes);
        Self { shapes: shapes.into(), label: OnceLock::new() }
    }

    /// Bytes held outside the struct itself.
    #[cfg(test)]
    fn heap_bytes(&self) -> usize {
        let shapes = self.shapes.iter().map(|shape| match shape {
            Shape::Points(points) => size_of_val(&**points),
            Shape::Lines(paths) => size_of_val(&**paths) + paths.iter().map(Path::heap_bytes).sum::<usize>(),
            Shape::Polygons(polygons) => {
                let rings =
                    polygons.iter().map(|rings| size_of_val(&**rings) + rings.iter().map(Path::heap_bytes).sum::<usize>());
                size_of_val(&**polygons) + rings.sum::<usize>()
            }
        });
        size_of_val(&*self.shapes) + shapes.sum::<usize>()
    }
}

fn add(geometry: &Geometry<f64>, shapes: &mut Vec<Shape>) {
    match geometry {
        Geometry::Point(point) => shapes.push(Shape::Points(Box::new([narrow(world(point.0))]))),
        Geometry::MultiPoint(points) if points.0.is_empty() => (),
        Geometry::MultiPoint(points) => shapes.push(Shape::Points(points.iter().map(|point| narrow(world(point.0))).collect())),
        Geometry::Line(segment) => add_lines([LineString::from(*segment)].iter(), shapes),
        Geometry::LineString(path) => add_lines([path].into_iter(), shapes),
        Geometry::MultiLineString(paths) => add_lines(paths.iter(), shapes),
        Geometry::Polygon(area) => add_polygons([area].into_iter(), shapes),
        Geometry::MultiPolygon(areas) => add_polygons(areas.iter(), shapes),
        Geometry::Rect(rect) => add_polygons([rect.to_polygon()].iter(), shapes),
        Geometry::Triangle(triangle) => add_polygons([triangle.to_polygon()].iter(), shapes),
        Geometry::GeometryCollection(members) => members.iter().for_each(|member| add(member, shapes)),
    }
}

fn add_lines<'a>(paths: impl Iterator<Item = &'a LineString<f64>>, shapes: &mut Vec<Shape>) {
    let paths: Box<[Path]> = paths
        .filter_map(|path| {
            let points = distinct(&path.0);
            let ranks = rank::of_line(&points);
            Path::of(points, ranks)
        })
        .collect();
    if !paths.is_empty() {
        shapes.push(Shape::Lines(paths));
    }
}

fn add_polygons<'a>(areas: impl Iterator<Item = &'a Polygon<f64>>, shapes: &mut Vec<Shape>) {
    let polygons: Box<[Box<[Path]>]> = areas
        .map(|area| std::iter::once(area.exterior()).chain(area.interiors()).filter_map(ring).collect::<Box<[Path]>>())
        .filter(|rings| !rings.is_empty())
        .collect();
    if !polygons.is_empty() {
        shapes.push(Shape::Polygons(polygons));
    }
}

fn ring(ring: &LineString<f64>) -> Option<Path> {
    let mut points = distinct(&ring.0);
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    let ranks = rank::of_ring(&points);
    Path::of(points, ranks)
}

/// Projected vertices without repetitions.
fn distinct(coords: &[Coord<f64>]) -> Vec<World> {
    let mut points: Vec<World> = coords.iter().map(|coord| world(*coord)).collect();
    points.dedup();
    points
}

fn world(coord: Coord<f64>) -> World {
    project(coord.x, coord.y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{line_string, point};

    fn circle(vertices: u32) -> Geometry<f64> {
        let ring = (0..vertices).map(|step| {
            let angle = f64::from(step) / f64::from(vertices) * std::f64::consts::TAU;
            // A rough rim, so that fine zooms need more vertices than coarse ones.
            let radius = 3.0 + 0.002 * f64::from(step % 7);
            (radius * angle.cos(), radius * angle.sin())
        });
        Polygon::new(LineString::from_iter(ring), vec![]).into()
    }

    fn levels_of(prepared: &Prepared) -> Vec<(u8, usize)> {
        let Shape::Polygons(polygons) = &prepared.shapes[0] else { unreachable!() };
        polygons[0][0].levels.iter().map(|level| (level.max_zoom, level.points.len())).collect()
    }

    #[test]
    fn a_large_ring_is_stored_in_levels_that_halve() {
        let levels = levels_of(&Prepared::new(&circle(20_000)));
        assert!(levels.len() > 3, "{levels:?}");
        assert_eq!(levels.last(), Some(&(MAX_ZOOM, 20_000)));
        assert!(levels.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 * 2 <= pair[1].1), "{levels:?}");
        assert!(levels[0].1 < 100, "{levels:?}");
    }

    #[test]
    fn a_small_ring_has_one_level() {
        assert_eq!(levels_of(&Prepared::new(&circle(50))), [(MAX_ZOOM, 50)]);
    }

    #[test]
    fn levels_cost_less_than_the_path_itself() {
        let prepared = Prepared::new(&circle(20_000));
        assert!(prepared.heap_bytes() < 2 * 20_000 * 10, "{}", prepared.heap_bytes());
    }

    #[test]
    fn repeated_vertices_count_once() {
        let prepared = Prepared::new(&line_string![(x: 1.0, y: 1.0), (x: 1.0, y: 1.0), (x: 2.0, y: 1.0)].into());
        let Shape::Lines(paths) = &prepared.shapes[0] else { unreachable!() };
        assert_eq!(paths[0].levels[0].points.len(), 2);
    }

    #[test]
    fn a_mixed_collection_gives_a_shape_for_each_member() {
        let line: Geometry<f64> = line_string![(x: 0.0, y: 0.0), (x: 2.0, y: 1.0)].into();
        let both = Geometry::GeometryCollection(vec![point!(x: 1.0, y: 1.0).into(), line].into());
        assert_eq!(Prepared::new(&both).shapes.len(), 2);
        assert!(Prepared::new(&Geometry::GeometryCollection(Default::default())).shapes.is_empty());
    }
}
