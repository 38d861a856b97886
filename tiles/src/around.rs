//! Whether a path keeps clear of a window, and whether it goes round it: told by the cells over its box, or by the boxes of chunks, with next
//! to no vertices read.
//!
//! ```text
//!     +----+---+           a box holds its chunk's way to the next, so a path of which no box
//!     |   _|_  |----+      touches the window does not either; it goes round it if, west of it,
//!   --+--+   \-+    |      it passes the height of its middle an odd number of times
//!     |  |  [window]|
//! ```
//! Of many tiles in which a large geometry might show, it passes by most and covers others.

use crate::boxes::{Ends, GridBox};
use crate::cells::Clear;
use crate::grid::World;
use crate::quantise::{Window, sides_beyond};
use crate::scene::{CHUNK, Level, Path};

/// How far what is drawn may stray from a level, in units of the coarser of the zoom that it serves and that which is drawn: the tolerance of
/// leaving out, rounding, and a little more.
const STRAYS_UNITS: i64 = 4;

/// Coarse levels that may stray farther than this, in units of the window, are not asked.
const MOST_STRAYED_UNITS: i64 = 1 << 10;

/// How a path lies to a window, if its cells or boxes tell that it does not come near, whatever a zoom leaves out of it: that of the window,
/// or a coarser one whose vertices suffice. `None` says nothing.
pub(crate) fn clear(path: Path<'_>, ends: Ends, zoom: u8, window: &Window) -> Option<Clear> {
    // What is no larger than the window cannot go round it, and mostly shows.
    if !window.is_outgrown_by(&path.bounds) {
        return None;
    }
    by_cells(path, ends, zoom, window).or_else(|| by_chunks(path, zoom, window))
}

fn by_cells(path: Path<'_>, ends: Ends, zoom: u8, window: &Window) -> Option<Clear> {
    path.cells.clear(&path.bounds, ends, &window.reach(window.units_of(zoom, STRAYS_UNITS)))
}

/// Asks coarse levels before fine ones.
fn by_chunks(path: Path<'_>, zoom: u8, window: &Window) -> Option<Clear> {
    for level in path.levels() {
        let serves = u8::try_from(level.max_zoom).unwrap_or(zoom);
        let strays = window.units_of(zoom.min(serves), STRAYS_UNITS);
        if level.chunk_count() > 1 && strays <= MOST_STRAYED_UNITS {
            let near = window.reach(strays);
            let middle = (near.min[1] + near.max[1]) / 2;
            if let Some(clear) = of_level(level, &near, middle) {
                return Some(clear);
            }
        }
        if serves >= zoom {
            break;
        }
    }
    None
}

fn of_level(level: Level<'_>, near: &GridBox, middle: i64) -> Option<Clear> {
    const WEST: u8 = 1;
    let mut passes = false;
    for number in 0..level.chunk_count() {
        let bounds = level.chunk_bounds(number)?;
        let sides = sides_beyond(&bounds, near);
        if sides == 0 {
            return None;
        }
        if sides & WEST != 0 && bounds.min[1] < middle && middle <= bounds.max[1] {
            let is_south = |at: World| at[1] >= middle;
            passes ^= is_south(corner(level, number * CHUNK)?) != is_south(corner(level, (number + 1) * CHUNK)?);
        }
    }
    Some(if passes { Clear::Around } else { Clear::Beside })
}

/// A vertex, after the last one the first.
fn corner(level: Level<'_>, number: usize) -> Option<World> {
    level.points.get(number).or(level.points.first()).map(|at| at.map(i64::from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::TileCoord;
    use crate::scene::{Scene, Shape};
    use crate::{clean, clip, quantise};
    use geo::Intersects;
    use geo_types::{LineString, Polygon, Rect};

    /// A ring with a rough rim round the middle of the map.
    fn ring(corners: u32) -> Scene {
        let corner = |step: u32| {
            let angle = f64::from(step) / f64::from(corners) * std::f64::consts::TAU;
            let radius = 3.0 + 0.4 * (angle * 9.0).sin() + 0.002 * f64::from(step % 7);
            (radius * angle.cos(), radius * angle.sin())
        };
        let mut scene = Scene::default();
        scene.push(Some(&Polygon::new((0..corners).map(corner).collect(), vec![]).into()));
        scene
    }

    fn first_ring(scene: &Scene) -> Path<'_> {
        let Some(Shape::Polygons(polygons)) = scene.get(0).unwrap().shapes().next() else { panic!("an area") };
        polygons.iter().next().unwrap().first().unwrap()
    }

    #[test]
    fn what_cells_and_boxes_tell_of_a_ring_is_what_clipping_finds() {
        // Pictures take the vertices of one zoom below, or of two.
        for (corners, below) in [129, 20_000].into_iter().flat_map(|corners| [0, 1, 2].map(|below| (corners, below))) {
            let scene = ring(corners);
            // By cells, and by the boxes of chunks.
            let mut told = [(0, 0, 0); 2];
            for (z, x, y) in (7..12).flat_map(|z| (-20..20).flat_map(move |x| (-20..20).map(move |y| (z, x, y)))) {
                let place = |at: i64| u32::try_from((1 << (z - 1)) + at * (1 << z) / 2_000).unwrap();
                let window = Window::of(TileCoord::new(z, place(x), place(y)).unwrap(), 64).next().unwrap();
                let (mut path, mut clipped) = (Vec::new(), Vec::new());
                quantise::path(first_ring(&scene), z - below, &window, &mut path);
                clip::ring(&path, &mut clipped, window.low, window.high);
                let (area, side) = (clean::twice_area(&clipped).abs(), window.high - window.low);
                let (ring, zoom) = (first_ring(&scene), z - below);
                if !window.is_outgrown_by(&ring.bounds) {
                    continue;
                }
                let clear = [by_cells(ring, Ends::Closed, zoom, &window), by_chunks(ring, zoom, &window)];
                for ((around, beside, unsure), clear) in told.iter_mut().zip(clear) {
                    match clear {
                        Some(Clear::Around) => {
                            *around += 1;
                            assert_eq!(area, 2 * side * side, "{corners}: {z}/{x}/{y}, {below} below");
                        }
                        Some(Clear::Beside) => {
                            *beside += 1;
                            assert_eq!(area, 0, "{corners}: {z}/{x}/{y}, {below} below");
                        }
                        None => *unsure += usize::from(area == 0 || area == 2 * side * side),
                    }
                }
            }
            assert!(told.iter().all(|(around, beside, _)| *around > 300 && *beside > 300), "{corners}: {told:?}");
            let (around, beside, unsure) = told[1];
            assert!(corners < 1_000 || unsure * 2 < around + beside, "{corners}: {told:?}");
        }
    }

    #[test]
    fn a_line_of_which_cells_or_boxes_tell_is_not_drawn() {
        // A walk whose turns follow no pattern, up to the edge of the map.
        let (mut at, mut heading) = ((179.7, 12.0), 0.0f64);
        let walk = (0u64..60).map(|step| {
            heading += (step.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as f64 / f64::from(1 << 24) - 0.5;
            at = ((at.0 + 0.012 * heading.cos()).min(180.0), at.1 + 0.012 * heading.sin());
            at
        });
        let mut scene = Scene::default();
        scene.push(Some(&LineString::from_iter(walk).into()));
        let Some(Shape::Lines(paths)) = scene.get(0).unwrap().shapes().next() else { panic!("a line") };
        let path = paths.first().unwrap();
        let (mut told, mut drawn) = ([0; 2], 0);
        for z in 9..15 {
            let tile = |steps: i64| u32::try_from(steps >> (32 - z)).unwrap();
            let ([west, north], [east, south]) = (path.bounds.min.map(tile), path.bounds.max.map(tile));
            let last = (1 << z) - 1;
            for (x, y) in (west..=east.min(last)).flat_map(|x| (north..=south).map(move |y| (x, y))) {
                for window in
                    Window::of(TileCoord::new(z, x, y).unwrap(), 64).filter(|window| window.is_outgrown_by(&path.bounds))
                {
                    let clear = [by_cells(path, Ends::Open, z, &window), by_chunks(path, z, &window)];
                    told.iter_mut().zip(clear).for_each(|(told, clear)| *told += usize::from(clear.is_some()));
                    let mut units = Vec::new();
                    quantise::path(path, z, &window, &mut units);
                    let units: LineString = units.into_iter().map(|at| at.map(|units| units as f64)).collect();
                    let is_drawn = units.intersects(&Rect::new([window.low as f64; 2], [window.high as f64; 2]));
                    drawn += usize::from(is_drawn);
                    assert!(!is_drawn || clear == [None; 2], "{z}/{x}/{y}: {clear:?}");
                }
            }
        }
        assert!(told[0] > told[1] && told[1] > 50 && drawn > 50, "{told:?}, {drawn}");
    }

    #[test]
    fn a_line_between_two_chunks_does_not_pass_unseen() {
        // Two heaps of vertices, and one long step from one to the other.
        let heap = |x: f64| (0..16).map(move |step| (x + f64::from(step % 4) * 0.01, f64::from(step) * 0.01));
        let mut scene = Scene::default();
        scene.push(Some(&LineString::from_iter(heap(-5.0).chain(heap(5.0))).into()));
        let Some(Shape::Lines(paths)) = scene.get(0).unwrap().shapes().next() else { panic!("a line") };
        let path = paths.first().unwrap();
        for (y, expected) in [(511, None), (500, Some(Clear::Beside))] {
            let window = Window::of(TileCoord::new(10, 512, y).unwrap(), 64).next().unwrap();
            assert_eq!([by_cells(path, Ends::Open, 10, &window), by_chunks(path, 10, &window)], [expected; 2]);
        }
    }
}
