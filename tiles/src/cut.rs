//! One tile's part of a prepared geometry: filter by zoom, round, clip, clean.
//!
//! In: `Prepared` and a tile. Out: tile units, y down. Nothing vanishes: what is too small to show becomes a mark.
//! Simplified before clipped, rounded before clipped: neighbouring tiles agree on every vertex both can see.

mod near;

pub use crate::clean::Ring;
pub use crate::rank::TOLERANCE_UNITS;
pub use near::near;

use crate::around::clear;
use crate::boxes::{Ends, GridBox, Position};
use crate::cells::Clear;
use crate::clean;
use crate::clip::{AreaClip, LineClip, Square, narrow};
use crate::frame::Frame;
use crate::grid::{MAX_ZOOM, World};
use crate::quantise::{self, Window};
use crate::scene::{Path, Paths, Polygons, Prepared, Shape};
use crate::simple::{Edges, View};
use crate::spare::{Positions, Spares};
use crate::straight::straighten;
use std::mem;

/// Side of the square that stands for an area too small to draw, and length of the line that stands for a line too short:
/// one pixel of a 512 px tile.
pub const MARK_UNITS: i64 = 8;
/// How far around a tile lines of pictures keep their vertices: near enough for 32 bits.
const UNCUT: i64 = 1 << 30;

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

impl TileGeometry {
    /// Whether it has no part.
    fn is_empty(&self) -> bool {
        match self {
            Self::Points(points) => points.is_empty(),
            Self::Lines(lines) => lines.is_empty(),
            Self::Polygons(polygons) => polygons.is_empty(),
        }
    }
}

/// What a cut is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A vector tile: every vertex that matters at the tile's zoom, rings made valid.
    Vector,
    /// A vector tile with every vertex that the source has, but for those that rounding puts on the straight way between their neighbours or a
    /// unit out and back, and none that it has not, even where neighbours then differ by half a unit.
    Exact,
    /// A picture: vertices that matter to half a pixel, rings as rounding left them, since a painter fills any, and lines that show are not
    /// clipped, so that each tile measures the same stretches when it places symbols on them.
    Picture {
        /// How many zooms below that of the tile there is all that matters to half a pixel: two for 256 pixels, one for 512, none for more.
        zooms_below: u8,
    },
}

impl Purpose {
    /// A vector tile, of vertices that matter to it or of all.
    pub fn of_vector(is_simplified: bool) -> Self {
        if is_simplified { Self::Vector } else { Self::Exact }
    }

    /// The zoom at which it is judged what is too small to show.
    fn detail(self, zoom: u8) -> u8 {
        match self {
            Self::Vector | Self::Exact => zoom,
            Self::Picture { zooms_below } => zoom.saturating_sub(zooms_below),
        }
    }

    /// The zoom whose vertices are taken there.
    fn vertices(self, detail: u8) -> u8 {
        match self {
            Self::Vector | Self::Picture { .. } => detail,
            Self::Exact => MAX_ZOOM,
        }
    }
}

/// Buffers reused from cut to cut, so that a cut allocates nothing.
#[derive(Debug, Default)]
pub struct Scratch {
    path: Vec<World>,
    piece: Positions,
    rings: Vec<Ring>,
    edges: Edges,
    spares: Spares,
}

/// Hands to `emit` what a frame shows of a geometry; nothing if it shows nothing.
///
/// Called more than once for geometry of several kinds. What shows on both sides of 180° is one geometry.
pub fn cut(prepared: Prepared<'_>, frame: &Frame, purpose: Purpose, scratch: &mut Scratch, mut emit: impl FnMut(&TileGeometry)) {
    let (zoom, windows) = (purpose.detail(frame.zoom()), frame.windows.iter());
    for shape in prepared.shapes() {
        match shape {
            Shape::Points(points) => {
                let mut cut = scratch.spares.path();
                windows.clone().for_each(|window| cut_points(points, window, &mut cut));
                hand_over(TileGeometry::Points(cut), scratch, &mut emit);
            }
            Shape::Lines(paths) => {
                let mut cut = scratch.spares.group();
                windows.clone().for_each(|window| cut_lines(paths, zoom, purpose, window, scratch, &mut cut));
                if purpose == Purpose::Exact {
                    cut.iter_mut().for_each(|line| straighten(line, Ends::Open));
                }
                hand_over(TileGeometry::Lines(cut), scratch, &mut emit);
            }
            Shape::Polygons(polygons) => {
                let mut cut = scratch.spares.polygons();
                windows.clone().for_each(|window| cut_polygons(polygons, zoom, purpose, window, scratch, &mut cut));
                if purpose == Purpose::Exact {
                    cut.iter_mut().flatten().for_each(|ring| straighten(ring, Ends::Closed));
                }
                hand_over(TileGeometry::Polygons(cut), scratch, &mut emit);
            }
        }
    }
}

/// Has a geometry read, if it has any part, and keeps its lists.
fn hand_over(geometry: TileGeometry, Scratch { spares, .. }: &mut Scratch, emit: &mut impl FnMut(&TileGeometry)) {
    if !geometry.is_empty() {
        emit(&geometry);
    }
    match geometry {
        TileGeometry::Points(points) => spares.keep_path(points),
        TileGeometry::Lines(lines) => spares.keep_group(lines),
        TileGeometry::Polygons(polygons) => spares.keep_polygons(polygons),
    }
}

fn cut_points(points: &[Position], window: &Window, cut: &mut Vec<[i32; 2]>) {
    let start = cut.len();
    let units = points.iter().map(|point| window.units(point.map(i64::from)));
    cut.extend(units.filter(|units| window.holds_point(*units)).map(narrow));
    if cut.len() > start + 1 {
        let mut inside = cut.split_off(start);
        inside.sort_unstable();
        inside.dedup();
        cut.append(&mut inside);
    }
}

fn cut_lines(
    paths: Paths<'_>,
    zoom: u8,
    purpose: Purpose,
    window: &Window,
    scratch: &mut Scratch,
    lines: &mut Vec<Vec<[i32; 2]>>,
) {
    let start = lines.len();
    let mut drawn = false;
    for path in paths.iter().filter(|path| window.sees(&path.bounds)) {
        if window.holds_in_tile(&path.bounds) {
            let mut line = scratch.spares.path();
            quantise::whole(path, purpose.vertices(zoom), window, &mut line);
            match line.len() {
                0 | 1 => scratch.spares.keep_path(line),
                _ => lines.push(line),
            }
            continue;
        }
        // A path long enough to be drawn, if it came near.
        if visible(&window.box_units(&path.bounds)) && clear(path, Ends::Open, zoom, window).is_some() {
            drawn = true;
            continue;
        }
        let Scratch { piece, spares, .. } = scratch;
        let mut clip = |square, emit: &mut dyn FnMut(&mut Positions)| {
            let mut clip = LineClip::new(square, piece, emit);
            quantise::walk(path, purpose.vertices(zoom), window, &mut clip);
            clip.finish()
        };
        let mut take = |piece: &mut Positions| lines.push(mem::replace(piece, spares.path()));
        drawn |= match purpose {
            Purpose::Vector => clip(Square::with_seams(window.low, window.high), &mut take),
            Purpose::Exact => clip(Square::plain(window.low, window.high), &mut take),
            Purpose::Picture { .. } => {
                let mut shows = false;
                let moves = clip(Square::plain(window.low, window.high), &mut |_| shows = true);
                if shows {
                    clip(Square::plain(-UNCUT, UNCUT), &mut take);
                }
                moves
            }
        };
    }
    if lines.len() == start && !drawn {
        lines.extend(longest(paths).and_then(|path| short_line(path, zoom, purpose, window, scratch)));
    }
}

/// Vertices of a path that is too long to round to nothing, however it winds.
const LONG: usize = 64;

/// Stands for a line that rounds to one unit at this zoom. A long line does not.
fn short_line(path: Path<'_>, zoom: u8, purpose: Purpose, window: &Window, scratch: &mut Scratch) -> Option<Vec<[i32; 2]>> {
    quantise::path(path, purpose.vertices(zoom), window, &mut scratch.path);
    let is_short = path.level(zoom).is_some_and(|level| level.points.len() <= LONG);
    match scratch.path[..] {
        [[x, y]] if is_short && window.holds_point([x, y]) => {
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

fn cut_polygons(
    polygons: Polygons<'_>,
    zoom: u8,
    purpose: Purpose,
    window: &Window,
    scratch: &mut Scratch,
    areas: &mut Vec<Vec<Ring>>,
) {
    let start = areas.len();
    // A mark must not hide among drawn parts, nor be one of thousands: only a geometry with no part large enough gets one.
    let exteriors = || polygons.iter().filter_map(Paths::first);
    let visible = |path: Path<'_>| visible(&window.box_units(&path.bounds));
    // Who asks for every vertex has those of small areas, too.
    let drawn = |path: &Path<'_>| purpose == Purpose::Exact || visible(*path);
    for (rings, exterior) in polygons.iter().filter_map(|rings| Some((rings, rings.first().filter(drawn)?))) {
        let used = clip_rings(rings, zoom, purpose, window, scratch);
        let Scratch { rings, edges, spares, .. } = scratch;
        let rings = rings.get_mut(..used).unwrap_or_default();
        match purpose {
            Purpose::Vector | Purpose::Exact => {
                let view = View::from_middle(&window.box_units(&exterior.bounds), window.low, window.high);
                clean::polygons(rings, &view, edges, spares, areas);
            }
            Purpose::Picture { .. } => areas.extend(rough(rings, spares)),
        }
    }
    if areas.len() == start {
        let largest = exteriors().max_by_key(|path| extent(*path));
        let marked = largest.and_then(|path| Some((path, mark(path, window)?)));
        if let Some((_, ring)) = marked.filter(|(path, _)| !visible(*path) || collapses(*path, zoom, purpose, window, scratch)) {
            areas.push(vec![ring]);
        }
    }
}

/// Whether a box is large enough to be drawn as what it is.
fn visible(units: &GridBox) -> bool {
    (0..2).any(|axis| units.max[axis] - units.min[axis] >= MARK_UNITS)
}

/// A polygon for a painter, made of the rings themselves; `None` if nothing is left of its exterior, the first ring.
fn rough(rings: &mut [Ring], spares: &mut Spares) -> Option<Vec<Ring>> {
    let mut polygon = spares.group();
    polygon.extend(rings.iter_mut().filter(|ring| ring.len() > 2).map(|ring| mem::replace(ring, spares.path())));
    polygon.first().is_some_and(|exterior| clean::twice_area(exterior) != 0).then_some(polygon)
}

/// Puts the rings of a polygon that the window sees into `scratch.rings`, clipped, exterior first; says how many.
fn clip_rings(rings: Paths<'_>, zoom: u8, purpose: Purpose, window: &Window, scratch: &mut Scratch) -> usize {
    if !rings.first().is_some_and(|exterior| window.sees(&exterior.bounds)) {
        return 0;
    }
    let mut used = 0;
    for ring in rings.iter().filter(|ring| window.sees(&ring.bounds)) {
        if scratch.rings.len() == used {
            scratch.rings.push(Vec::new());
        }
        let clipped = &mut scratch.rings[used];
        if window.holds_in_tile(&ring.bounds) {
            quantise::whole(ring, purpose.vertices(zoom), window, clipped);
            used += 1;
            continue;
        }
        match (clear(ring, Ends::Closed, zoom, window), used == 0) {
            // Beside the exterior or in a hole there is nothing of the area.
            (Some(Clear::Beside), true) | (Some(Clear::Around), false) => return 0,
            (Some(Clear::Beside), false) => continue,
            (Some(Clear::Around), true) => {
                let (low, high) = (window.low, window.high);
                clipped.clear();
                clipped.extend([[low, low], [high, low], [high, high], [low, high]].map(narrow));
                used += 1;
                continue;
            }
            (None, _) => (),
        }
        let (low, high) = (window.low, window.high);
        let square = if purpose == Purpose::Exact { Square::plain(low, high) } else { Square::with_seams(low, high) };
        let mut clip = AreaClip::new(square, clipped);
        quantise::walk(ring, purpose.vertices(zoom), window, &mut clip);
        clip.finish();
        used += 1;
    }
    used
}

/// Whether a ring, unclipped, loses its whole area to rounding at this zoom.
///
/// Decided on the global grid, so that all tiles around it agree; a long ring is too large to lose it.
fn collapses(path: Path<'_>, zoom: u8, purpose: Purpose, window: &Window, scratch: &mut Scratch) -> bool {
    if path.level(zoom).is_some_and(|level| level.points.len() > 2 * LONG) {
        return false;
    }
    quantise::path(path, purpose.vertices(zoom), window, &mut scratch.path);
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

#[cfg(test)]
mod tests;
