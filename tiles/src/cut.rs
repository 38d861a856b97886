//! One tile's part of a prepared geometry: filter by zoom, round, clip, clean.
//!
//! In: `Prepared` and a tile. Out: tile units, y down. Nothing vanishes: what is too small to show becomes a mark.
//! Simplified before clipped, rounded before clipped: neighbouring tiles agree on every vertex both can see.

mod effort;
mod near;

pub use crate::clean::Ring;
pub use effort::effort;
pub use near::near;

use crate::clean;
use crate::clip;
use crate::grid::{TileCoord, World};
use crate::quantise::{self, Window};
use crate::scene::{GridBox, Path, Paths, Polygons, Position, Prepared, Shape};
use crate::seam::{self, Ends};
use crate::simple::Edges;

/// Side of the square that stands for an area too small to draw, and length of the line that stands for a line too short:
/// one pixel of a 512 px tile.
pub const MARK_UNITS: i64 = 8;

/// A tile's part of a geometry, in tile units (4096 a side, y down).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TileGeometry {
    /// One or more positions.
    Points(Vec<[i32; 2]>),
    /// One or more paths of two or more distinct vertices.
    Lines(Vec<Vec<[i32; 2]>>),
    /// One or more valid polygons: exterior (positive area, y down), then holes (negative). Rings are closed implicitly.
    Polygons(Vec<Vec<Ring>>),
}

/// What a cut is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A vector tile: every vertex that matters at the tile's zoom, rings made valid.
    Vector,
    /// A picture of up to 512 pixels: vertices that matter to half a pixel, rings as rounding left them, since a painter fills any.
    Picture,
}

impl Purpose {
    /// The zoom whose vertices are taken.
    fn detail(self, zoom: u8) -> u8 {
        match self {
            Self::Vector => zoom,
            Self::Picture => zoom.saturating_sub(1),
        }
    }
}

/// Buffers reused from cut to cut, so that a cut allocates only what it returns.
#[derive(Debug, Default)]
pub struct Scratch {
    path: Vec<World>,
    spare: Vec<World>,
    rings: Vec<Vec<World>>,
    edges: Edges,
}

/// Hands to `emit` what a tile shows of a geometry within `buffer` units around it; nothing if it shows nothing.
///
/// Called more than once for geometry of several kinds. What shows on both sides of 180° is one geometry.
pub fn cut(
    prepared: Prepared<'_>,
    coord: TileCoord,
    buffer: u32,
    purpose: Purpose,
    scratch: &mut Scratch,
    mut emit: impl FnMut(TileGeometry),
) {
    let (zoom, windows) = (purpose.detail(coord.z()), || Window::of(coord, buffer));
    for shape in prepared.shapes() {
        match shape {
            Shape::Points(points) => {
                let cut = windows().flat_map(|window| cut_points(points, window)).collect();
                handed(cut, TileGeometry::Points, &mut emit);
            }
            Shape::Lines(paths) => {
                let cut = windows().flat_map(|window| cut_lines(paths, zoom, &window, scratch)).collect();
                handed(cut, TileGeometry::Lines, &mut emit);
            }
            Shape::Polygons(polygons) => {
                let cut = windows().flat_map(|window| cut_polygons(polygons, zoom, purpose, &window, scratch)).collect();
                handed(cut, TileGeometry::Polygons, &mut emit);
            }
        }
    }
}

fn handed<T>(parts: Vec<T>, kind: fn(Vec<T>) -> TileGeometry, emit: &mut impl FnMut(TileGeometry)) {
    if !parts.is_empty() {
        emit(kind(parts));
    }
}

fn cut_points(points: &[Position], window: Window) -> Vec<[i32; 2]> {
    let inside = points.iter().map(|point| window.units(point.map(i64::from))).filter(|units| window.holds_point(*units));
    let mut inside: Vec<[i32; 2]> = inside.map(narrow).collect();
    if inside.len() > 1 {
        inside.sort_unstable();
        inside.dedup();
    }
    inside
}

fn cut_lines(paths: Paths<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> Vec<Vec<[i32; 2]>> {
    let mut lines: Vec<Vec<[i32; 2]>> = Vec::new();
    let mut emit = |piece: &[World]| lines.push(piece.iter().copied().map(narrow).collect());
    let mut drawn = false;
    for path in paths.iter() {
        let bounds = window.box_units(&path.bounds);
        if !window.sees(&bounds) {
            continue;
        }
        quantise::path(path, zoom, window, &mut scratch.path);
        if scratch.path.len() < 2 {
            continue;
        }
        drawn = true;
        if !window.holds_in_tile(&bounds) {
            seam::split(&mut scratch.path, &mut scratch.spare, Ends::Open, window.low, window.high);
        }
        if window.holds(&bounds) {
            emit(&scratch.path);
        } else {
            clip::line(&scratch.path, &mut scratch.spare, window.low, window.high, &mut emit);
        }
    }
    if lines.is_empty() && !drawn {
        lines.extend(longest(paths).and_then(|path| short_line(path, zoom, window, scratch)));
    }
    lines
}

/// Stands for a line that rounds to one unit at this zoom. A line in several chunks is too long for that.
fn short_line(path: Path<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> Option<Vec<[i32; 2]>> {
    quantise::path(path, zoom, window, &mut scratch.path);
    let one_chunk = path.level(zoom).is_some_and(|level| level.chunk_count() == 1);
    match scratch.path[..] {
        [[x, y]] if one_chunk && window.holds_point([x, y]) => {
            Some(vec![narrow([x - MARK_UNITS / 2, y]), narrow([x + MARK_UNITS / 2, y])])
        }
        _ => None,
    }
}

fn longest(paths: Paths<'_>) -> Option<Path<'_>> {
    paths.iter().max_by_key(|path| extent(*path))
}

/// Width and height of a path in grid steps, added up.
fn extent(path: Path<'_>) -> i64 {
    (0..2).map(|axis| path.bounds.max[axis] - path.bounds.min[axis]).sum()
}

fn cut_polygons(polygons: Polygons<'_>, zoom: u8, purpose: Purpose, window: &Window, scratch: &mut Scratch) -> Vec<Vec<Ring>> {
    let mut areas: Vec<Vec<Ring>> = Vec::new();
    // A mark must not hide among drawn parts, nor be one of thousands: only a geometry with no part large enough gets one.
    let exteriors = || polygons.iter().filter_map(Paths::first);
    let visible = |path: Path<'_>| visible(&window.box_units(&path.bounds));
    for rings in polygons.iter().filter(|rings| rings.first().is_some_and(visible)) {
        let used = clip_rings(rings, zoom, window, scratch);
        match purpose {
            Purpose::Vector => areas.extend(clean::polygons(&scratch.rings[..used], &mut scratch.edges)),
            Purpose::Picture => areas.extend(rough(&scratch.rings[..used])),
        }
    }
    if areas.is_empty() {
        let largest = exteriors().max_by_key(|path| extent(*path));
        if let Some(largest) = largest.filter(|path| !visible(*path) || collapses(*path, zoom, window, scratch)) {
            areas.extend(mark(largest, window).map(|ring| vec![ring]));
        }
    }
    areas
}

/// Whether a box is large enough to be drawn as what it is.
fn visible(units: &GridBox) -> bool {
    (0..2).any(|axis| units.max[axis] - units.min[axis] >= MARK_UNITS)
}

/// A polygon for a painter; `None` if nothing is left of its exterior, the first ring.
fn rough(rings: &[Vec<World>]) -> Option<Vec<Ring>> {
    let narrowed = rings.iter().map(|ring| ring.iter().copied().map(narrow).collect::<Ring>());
    let polygon: Vec<Ring> = narrowed.filter(|ring| ring.len() > 2).collect();
    polygon.first().is_some_and(|exterior| clean::twice_area(exterior) != 0).then_some(polygon)
}

/// Puts the rings of a polygon that the window sees into `scratch.rings`, clipped, exterior first; says how many.
fn clip_rings(rings: Paths<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> usize {
    if !rings.first().is_some_and(|exterior| window.sees(&window.box_units(&exterior.bounds))) {
        return 0;
    }
    let mut used = 0;
    for ring in rings.iter() {
        let bounds = window.box_units(&ring.bounds);
        if !window.sees(&bounds) {
            continue;
        }
        quantise::path(ring, zoom, window, &mut scratch.path);
        if !window.holds_in_tile(&bounds) {
            seam::split(&mut scratch.path, &mut scratch.spare, Ends::Closed, window.low, window.high);
        }
        if !window.holds(&bounds) {
            clip::ring(&mut scratch.path, &mut scratch.spare, window.low, window.high);
        }
        if scratch.rings.len() == used {
            scratch.rings.push(Vec::new());
        }
        std::mem::swap(&mut scratch.rings[used], &mut scratch.path);
        used += 1;
    }
    used
}

/// Whether a ring, unclipped, loses its whole area to rounding at this zoom.
///
/// Decided on the global grid, so that all tiles around it agree; a ring of three or more chunks is too large to lose it.
fn collapses(path: Path<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> bool {
    if path.level(zoom).is_some_and(|level| level.chunk_count() > 2) {
        return false;
    }
    quantise::path(path, zoom, window, &mut scratch.path);
    let next = scratch.path.iter().cycle().skip(1);
    let crosses =
        scratch.path.iter().zip(next).map(|(a, b)| i128::from(a[0]) * i128::from(b[1]) - i128::from(b[0]) * i128::from(a[1]));
    crosses.sum::<i128>() == 0
}

/// A square that stands for an area too small to draw, around the middle of its box.
fn mark(path: Path<'_>, window: &Window) -> Option<Ring> {
    let bounds = window.box_units(&path.bounds);
    let [x, y] = [0, 1].map(|axis| (bounds.min[axis] + bounds.max[axis]).div_euclid(2));
    let half = MARK_UNITS / 2;
    let corners = [[x - half, y - half], [x + half, y - half], [x + half, y + half], [x - half, y + half]];
    window.holds_point([x, y]).then(|| corners.map(narrow).to_vec())
}

/// Clipped units fit 32 bits by construction.
fn narrow(units: World) -> [i32; 2] {
    units.map(|unit| i32::try_from(unit).unwrap_or_default())
}

#[cfg(test)]
mod tests;
