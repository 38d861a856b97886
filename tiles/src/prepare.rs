//! Geometry made ready for tiles, once: projected to the 2^32 grid, vertices ranked, large paths stored in levels and chunks.
//!
//! In: WGS 84 degrees. A tile then costs what it shows: coarse zooms read a coarse level, and of each level only the chunks
//! whose boxes come near the tile.

use crate::boxes::{Ends, Position, StoredBox};
use crate::cells::Cells;
use crate::grid::{MAX_ZOOM, World, project};
use crate::rank;
use crate::scene::{CHUNK, Kind, Scene, Span, StoredLevel, StoredPath};
use geo_types::{Coord, Geometry, LineString, Polygon};

/// Paths shorter than this have one level: walking them is cheaper than choosing.
const SMALLEST_LEVELLED: usize = 128;

impl Scene {
    /// Prepares the next geometry: projects and ranks. `O(n log n)` for ordinary paths. A collection of several kinds gives one shape
    /// for each member; `None` has a number and no shape.
    ///
    /// Coordinates must be finite; what lies outside ±180°/±90° is drawn at the edge of the world.
    pub fn push(&mut self, geometry: Option<&Geometry<f64>>) {
        if let Some(geometry) = geometry {
            self.add(geometry);
        }
        self.ends.push(u32::try_from(self.shapes.len()).unwrap_or(u32::MAX));
    }

    fn add(&mut self, geometry: &Geometry<f64>) {
        match geometry {
            Geometry::Point(point) => self.add_points([point.0].into_iter()),
            Geometry::MultiPoint(points) => self.add_points(points.iter().map(|point| point.0)),
            Geometry::Line(segment) => self.add_lines([LineString::from(*segment)].iter()),
            Geometry::LineString(path) => self.add_lines([path].into_iter()),
            Geometry::MultiLineString(paths) => self.add_lines(paths.iter()),
            Geometry::Polygon(area) => self.add_polygons([area].into_iter()),
            Geometry::MultiPolygon(areas) => self.add_polygons(areas.iter()),
            Geometry::Rect(rect) => self.add_polygons([rect.to_polygon()].iter()),
            Geometry::Triangle(triangle) => self.add_polygons([triangle.to_polygon()].iter()),
            Geometry::GeometryCollection(members) => members.iter().for_each(|member| self.add(member)),
        }
    }

    fn add_points(&mut self, points: impl Iterator<Item = Coord<f64>>) {
        let start = self.points.len();
        self.points.extend(points.map(|point| narrow(world(point))));
        self.add_shape(Kind::Points, Span::since(start, &self.points), start < self.points.len());
    }

    fn add_lines<'a>(&mut self, paths: impl Iterator<Item = &'a LineString<f64>>) {
        let start = self.paths.len();
        for path in paths {
            let points = distinct(&path.0);
            self.add_path(&points, &rank::of_line(&points), Ends::Open);
        }
        self.add_shape(Kind::Lines, Span::since(start, &self.paths), start < self.paths.len());
    }

    fn add_polygons<'a>(&mut self, areas: impl Iterator<Item = &'a Polygon<f64>>) {
        let start = self.polygons.len();
        for area in areas {
            let first = self.paths.len();
            for ring in std::iter::once(area.exterior()).chain(area.interiors()) {
                let points = ring_of(ring);
                self.add_path(&points, &rank::of_ring(&points), Ends::Closed);
            }
            if first < self.paths.len() {
                self.polygons.push(Span::since(first, &self.paths));
            }
        }
        self.add_shape(Kind::Polygons, Span::since(start, &self.polygons), start < self.polygons.len());
    }

    fn add_shape(&mut self, kind: Kind, span: Span, holds_something: bool) {
        if holds_something {
            self.shapes.push((kind, span));
        }
    }

    /// A path without vertices is none.
    fn add_path(&mut self, points: &[World], ranks: &[u8], ends: Ends) {
        let points: Vec<Position> = points.iter().copied().map(narrow).collect();
        let Some(bounds) = StoredBox::around(&points) else { return };
        let start = self.levels.len();
        level_zooms(ranks).into_iter().for_each(|zoom| self.add_level(zoom, &points, ranks, ends));
        let cells = Cells::of(&points, &bounds, ends);
        self.paths.push(StoredPath { bounds, cells, levels: Span::since(start, &self.levels) });
    }

    fn add_level(&mut self, max_zoom: u8, points: &[Position], ranks: &[u8], ends: Ends) {
        let (vertices, chunks) = (self.vertices.len(), self.chunks.len());
        if max_zoom == MAX_ZOOM {
            self.vertices.extend_from_slice(points);
            self.ranks.extend_from_slice(ranks);
        } else {
            for (point, rank) in points.iter().zip(ranks).filter(|(_, rank)| **rank <= max_zoom) {
                self.vertices.push(*point);
                self.ranks.push(*rank);
            }
        }
        let level = self.vertices.get(vertices..).unwrap_or_default();
        if level.len() > CHUNK {
            let around = |start: usize| {
                let chunk = StoredBox::around(level.get(start..level.len().min(start + CHUNK))?)?;
                let next = level.get(start + CHUNK).or(level.first().filter(|_| ends == Ends::Closed));
                Some(next.map_or(chunk, |&next| chunk.union(StoredBox::at(next))))
            };
            self.chunks.extend((0..level.len()).step_by(CHUNK).filter_map(around));
        }
        let (vertices, chunks) = (Span::since(vertices, &self.vertices), Span::since(chunks, &self.chunks));
        self.levels.push(StoredLevel { max_zoom: max_zoom.into(), vertices, chunks });
    }
}

/// The zooms that get a level of their own, lowest first; the last is the highest of all.
///
/// A level is worth its memory when it halves the walk; all levels together then weigh less than twice the path.
fn level_zooms(ranks: &[u8]) -> Vec<u8> {
    let mut zooms = vec![MAX_ZOOM];
    if ranks.len() < SMALLEST_LEVELLED {
        return zooms;
    }
    let mut by_rank = [0; MAX_ZOOM as usize + 1];
    ranks.iter().for_each(|rank| by_rank[usize::from(*rank)] += 1);
    let (mut stored, mut needed) = (ranks.len(), ranks.len());
    for zoom in (0..MAX_ZOOM).rev() {
        needed -= by_rank[usize::from(zoom) + 1];
        if needed * 2 <= stored && stored >= SMALLEST_LEVELLED {
            zooms.push(zoom);
            stored = needed;
        }
    }
    zooms.reverse();
    zooms
}

fn narrow(point: World) -> Position {
    point.map(|steps| u32::try_from(steps).unwrap_or(u32::MAX))
}

/// Projected vertices of a ring, the first not repeated at its end.
fn ring_of(ring: &LineString<f64>) -> Vec<World> {
    let mut points = distinct(&ring.0);
    if points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    points
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
    use crate::scene::{Path, Shape};
    use geo_types::{line_string, point};

    fn scene(geometry: impl Into<Geometry<f64>>) -> Scene {
        let mut scene = Scene::default();
        scene.push(Some(&geometry.into()));
        scene
    }

    fn circle(vertices: u32) -> Geometry<f64> {
        let ring = (0..vertices).map(|step| {
            let angle = f64::from(step) / f64::from(vertices) * std::f64::consts::TAU;
            // A rough rim, so that fine zooms need more vertices than coarse ones.
            let radius = 3.0 + 0.002 * f64::from(step % 7);
            (radius * angle.cos(), radius * angle.sin())
        });
        Polygon::new(LineString::from_iter(ring), vec![]).into()
    }

    fn first_path(scene: &Scene, number: u32) -> Path<'_> {
        match scene.get(number).unwrap().shapes().next().unwrap() {
            Shape::Lines(paths) => paths.first().unwrap(),
            Shape::Polygons(polygons) => polygons.iter().next().unwrap().first().unwrap(),
            Shape::Points(_) => panic!("a path"),
        }
    }

    fn levels_of(scene: &Scene, number: u32) -> Vec<(u32, usize)> {
        first_path(scene, number).levels().map(|level| (level.max_zoom, level.points.len())).collect()
    }

    #[test]
    fn a_large_ring_is_stored_in_levels_that_halve() {
        let levels = levels_of(&scene(circle(20_000)), 0);
        assert!(levels.len() > 3, "{levels:?}");
        assert_eq!(levels.last(), Some(&(MAX_ZOOM.into(), 20_000)));
        assert!(levels.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 * 2 <= pair[1].1), "{levels:?}");
        assert!(levels[0].1 < 100, "{levels:?}");
    }

    #[test]
    fn a_small_ring_has_one_level() {
        assert_eq!(levels_of(&scene(circle(50)), 0), [(MAX_ZOOM.into(), 50)]);
    }

    #[test]
    fn levels_cost_less_than_the_path_itself() {
        let scene = scene(circle(20_000));
        assert!(scene.vertices.len() < 2 * 20_000 && scene.chunks.len() < 2 * 20_000 / CHUNK, "{}", scene.vertices.len());
    }

    #[test]
    fn repeated_vertices_count_once() {
        let scene = scene(line_string![(x: 1.0, y: 1.0), (x: 1.0, y: 1.0), (x: 2.0, y: 1.0)]);
        assert_eq!(levels_of(&scene, 0), [(MAX_ZOOM.into(), 2)]);
    }

    #[test]
    fn a_mixed_collection_gives_a_shape_for_each_member() {
        let line: Geometry<f64> = line_string![(x: 0.0, y: 0.0), (x: 2.0, y: 1.0)].into();
        let both = Geometry::GeometryCollection(vec![point!(x: 1.0, y: 1.0).into(), line].into());
        assert_eq!(scene(both).get(0).unwrap().shapes().count(), 2);
        assert_eq!(scene(Geometry::GeometryCollection(Default::default())).get(0).unwrap().shapes().count(), 0);
    }

    #[test]
    fn what_is_appended_is_what_was_pushed() {
        let line: Geometry<f64> = line_string![(x: 0.0, y: 0.0), (x: 2.0, y: 1.0)].into();
        let all = [point!(x: 1.0, y: 1.0).into(), circle(300), line, circle(20)];
        let (mut whole, mut parts) = (Scene::default(), Scene::default());
        for (number, geometry) in all.iter().enumerate() {
            let mut part = Scene::default();
            [Some(geometry), None].into_iter().take(1 + number % 2).for_each(|next| {
                whole.push(next);
                part.push(next);
            });
            parts.append(part);
        }
        assert_eq!(parts.len(), 6);
        assert_eq!(format!("{parts:?}"), format!("{whole:?}"));
    }
}
