//! From the grid to tile units: the one place where a position becomes a tile integer.
//!
//! Rounds on the zoom's global grid before anything is clipped, so that two tiles that show the same vertex agree on it.

use crate::boxes::{GridBox, Position};
use crate::clip::Clip;
use crate::grid::{EXTENT, TileCoord, World, unit_shift, units_across};
use crate::scene::{Level, Path};
use crate::spare::Positions;
use std::ops::Range;

/// A window onto the world: one tile with its buffer, in tile units relative to the tile's corner.
///
/// `wrap` shifts the world by whole turns, so that what lies beyond 180° appears beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    shift: u8,
    origin: World,
    /// Lowest and highest units inside the buffer, both axes alike.
    pub(crate) low: i64,
    pub(crate) high: i64,
    /// The grid positions that round to units inside the buffer, and those that round to units of the tile itself.
    around: GridBox,
    tile: GridBox,
}

impl Window {
    /// The windows through which a tile sees the world: one, or more where its buffer crosses 180°.
    pub(crate) fn of(coord: TileCoord, buffer: u32) -> impl Iterator<Item = Self> {
        let side = units_across(coord.z());
        let [x, y] = coord.origin_units();
        let (shift, buffer) = (unit_shift(coord.z()), i64::from(buffer));
        let (low, high) = (-buffer, i64::from(EXTENT) + buffer);
        [0, -side, side]
            .into_iter()
            .map(move |turn| {
                let origin = [x + turn, y];
                let [around, tile] = [(low, high), (0, EXTENT.into())].map(|(low, high)| rounded_to(shift, origin, low, high));
                Self { shift, origin, low, high, around, tile }
            })
            .filter(move |window| window.origin[0] + window.high >= 0 && window.origin[0] + window.low <= side)
    }

    /// Tile units of a grid position, rounded half up on the zoom's global grid.
    pub(crate) fn units(&self, position: World) -> World {
        let half = (1i64 << self.shift) >> 1;
        [((position[0] + half) >> self.shift) - self.origin[0], ((position[1] + half) >> self.shift) - self.origin[1]]
    }

    /// Tile units of a box.
    pub(crate) fn box_units(&self, bounds: &GridBox) -> GridBox {
        GridBox { min: self.units(bounds.min), max: self.units(bounds.max) }
    }

    /// Whether a box on the grid has a point in the window.
    pub(crate) fn sees(&self, bounds: &GridBox) -> bool {
        sides_beyond(bounds, &self.around) == 0
    }

    /// Whether a box on the grid lies wholly in the window.
    pub(crate) fn holds(&self, bounds: &GridBox) -> bool {
        is_within(bounds, &self.around)
    }

    /// Whether a box on the grid lies wholly in the tile itself, buffer apart.
    pub(crate) fn holds_in_tile(&self, bounds: &GridBox) -> bool {
        is_within(bounds, &self.tile)
    }

    /// Whether a box on the grid is wider or higher than the window.
    pub(crate) fn is_outgrown_by(&self, bounds: &GridBox) -> bool {
        let extents = |of: &GridBox| [0, 1].map(|axis| of.max[axis] - of.min[axis]);
        extents(bounds).into_iter().zip(extents(&self.around)).any(|(box_steps, steps)| box_steps > steps)
    }

    /// So many units of a coarser zoom.
    pub(crate) fn units_of(&self, zoom: u8, units: i64) -> i64 {
        units << unit_shift(zoom).saturating_sub(self.shift)
    }

    /// The grid positions that are seen, or no farther away than so many units.
    pub(crate) fn reach(&self, units: i64) -> GridBox {
        rounded_to(self.shift, self.origin, self.low - units, self.high + units)
    }

    /// Whether a point (in units) lies in the window.
    pub(crate) fn holds_point(&self, point: World) -> bool {
        point.iter().all(|units| (self.low..=self.high).contains(units))
    }
}

/// The grid positions that round to units from `low` to `high`.
fn rounded_to(shift: u8, origin: World, low: i64, high: i64) -> GridBox {
    let half = (1i64 << shift) >> 1;
    let first = |units: i64| (units << shift) - half;
    GridBox { min: origin.map(|origin| first(origin + low)), max: origin.map(|origin| first(origin + high + 1) - 1) }
}

/// Gives the vertices a zoom needs of a path to `clip`, in tile units.
///
/// Of what lies beyond one side of the window in a row only the first and the last needed vertex: half-planes are convex, so what is clipped
/// away is the same, and a ring of thousands of vertices costs a tile few of them.
pub(crate) fn walk(path: Path<'_>, zoom: u8, window: &Window, clip: &mut impl Clip) {
    let Some(level) = path.level(zoom) else { return };
    let mut walk = Walk { window, clip, beyond: 0, held_back: None };
    let mut hidden: Option<Hidden> = None;
    for number in 0..level.chunk_count() {
        let bounds = level.chunk_bounds(number).unwrap_or(path.bounds);
        let sides = sides_beyond(&bounds, &window.around);
        match &mut hidden {
            Some(hidden) if hidden.sides & sides != 0 => {
                hidden.sides &= sides;
                hidden.chunks.end = number + 1;
                continue;
            }
            hidden => hidden.take().into_iter().for_each(|hidden| hidden.ends(level, zoom, &mut walk)),
        }
        let chunk = level.chunk(number);
        if sides != 0 {
            hidden = Some(Hidden { sides, chunks: number..number + 1 });
        } else if window.holds_in_tile(&bounds) {
            needed(chunk, zoom).next().into_iter().for_each(|first| {
                walk.to(first, 0);
                all(chunk, zoom, window, walk.clip.inside());
            });
        } else {
            needed(chunk, zoom).for_each(|at| walk.to(at, sides_beyond(&GridBox { min: at, max: at }, &window.around)));
        }
    }
    hidden.into_iter().for_each(|hidden| hidden.ends(level, zoom, &mut walk));
    walk.come_back();
}

/// On the way along a path.
struct Walk<'a, C> {
    window: &'a Window,
    clip: &'a mut C,
    /// Sides of the window that everything since a vertex already given lies beyond, and the last vertex there, if it is another.
    beyond: u8,
    held_back: Option<World>,
}

impl<C: Clip> Walk<'_, C> {
    /// The next vertex, and the sides it lies beyond.
    fn to(&mut self, at: World, sides: u8) {
        if self.beyond & sides != 0 {
            self.beyond &= sides;
            self.held_back = Some(at);
            return;
        }
        self.come_back();
        self.beyond = sides;
        self.clip.to(self.window.units(at));
    }

    fn come_back(&mut self) {
        self.held_back.take().into_iter().for_each(|at| self.clip.to(self.window.units(at)));
    }
}

/// Writes the vertices a zoom needs of a path into `out`, in tile units, without repetitions, wherever they lie.
pub(crate) fn path(path: Path<'_>, zoom: u8, window: &Window, out: &mut Vec<World>) {
    out.clear();
    if let Some(level) = path.level(zoom) {
        all((level.points, level.ranks), zoom, window, out);
    }
}

/// The first vertex a zoom needs of a path.
pub(crate) fn first(path: Path<'_>, zoom: u8, window: &Window) -> Option<World> {
    let level = path.level(zoom)?;
    needed((level.points, level.ranks), zoom).next().map(|at| window.units(at))
}

/// Writes the vertices a zoom needs of a path that the window holds into `out`, in tile units, without repetitions.
pub(crate) fn whole(path: Path<'_>, zoom: u8, window: &Window, out: &mut Positions) {
    out.clear();
    if let Some(level) = path.level(zoom) {
        all((level.points, level.ranks), zoom, window, out);
    }
}

/// Chunks in a row beyond one side: only their ends are looked at.
struct Hidden {
    sides: u8,
    chunks: Range<usize>,
}

impl Hidden {
    fn ends(self, level: Level<'_>, zoom: u8, walk: &mut Walk<'_, impl Clip>) {
        let chunk = |number| needed(level.chunk(number), zoom);
        let first = self.chunks.clone().find_map(|number| chunk(number).next());
        let last = self.chunks.rev().find_map(|number| chunk(number).next_back());
        first.into_iter().chain(last).for_each(|at| walk.to(at, self.sides));
    }
}

/// The vertices a zoom needs, on the grid.
fn needed<'a>((points, ranks): (&'a [Position], &'a [u8]), zoom: u8) -> impl DoubleEndedIterator<Item = World> + use<'a> {
    points.iter().zip(ranks).filter(move |(_, rank)| **rank <= zoom).map(|(at, _)| at.map(i64::from))
}

/// Appends the vertices a zoom needs. Which those are follows no pattern, so each is written and kept or not without a branch.
fn all<T: Units>((points, ranks): (&[Position], &[u8]), zoom: u8, window: &Window, out: &mut Vec<T>) {
    // Before the first there is what no vertex of a window is.
    let mut last = out.last().copied().unwrap_or(T::of([i32::MIN.into(); 2]));
    let (start, mut kept) = (out.len(), 0);
    out.resize(start + points.len(), last);
    // A slice, not the list, which each vertex written might have moved.
    let room = out.get_mut(start..).unwrap_or_default();
    for (point, rank) in points.iter().zip(ranks) {
        let units = T::of(window.units(point.map(i64::from)));
        let is_kept = (*rank <= zoom) & (units != last);
        if let Some(place) = room.get_mut(kept) {
            *place = units;
        }
        kept += usize::from(is_kept);
        last = if is_kept { units } else { last };
    }
    out.truncate(start + kept);
}

/// Tile units in as many bits as are wanted.
trait Units: Copy + PartialEq {
    /// Those of a vertex in a window.
    fn of(units: World) -> Self;
}

impl Units for World {
    fn of(units: World) -> Self {
        units
    }
}

impl Units for [i32; 2] {
    fn of(units: World) -> Self {
        units.map(|unit| unit as i32)
    }
}

/// Whether a box lies wholly in another.
fn is_within(inner: &GridBox, outer: &GridBox) -> bool {
    (0..2).all(|axis| inner.min[axis] >= outer.min[axis] && inner.max[axis] <= outer.max[axis])
}

/// A bit for each side of a box that another lies wholly beyond: west, east, north, south.
pub(crate) fn sides_beyond(bounds: &GridBox, of: &GridBox) -> u8 {
    let beyond = [0, 1].map(|axis| u8::from(bounds.max[axis] < of.min[axis]) | u8::from(bounds.min[axis] > of.max[axis]) << 1);
    beyond[0] | beyond[1] << 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean;
    use crate::clip::{AreaClip, Square};
    use crate::scene::{Scene, Shape};
    use geo_types::Polygon;

    #[test]
    fn a_tile_amid_the_world_has_one_window_and_an_edge_tile_two() {
        let windows = |z, x, y| Window::of(TileCoord::new(z, x, y).unwrap(), 64).count();
        assert_eq!(windows(3, 3, 3), 1);
        assert_eq!(windows(3, 0, 3), 2);
        assert_eq!(windows(3, 7, 3), 2);
        assert_eq!(windows(0, 0, 0), 3);
    }

    #[test]
    fn neighbours_round_the_same_position_alike() {
        let position = [3_123_456_789i64, 2_987_654_321];
        let coord = |x| TileCoord::new(9, x, 356).unwrap();
        let column = u32::try_from(position[0] >> (32 - 9)).unwrap();
        let here = Window::of(coord(column), 64).next().unwrap().units(position);
        let east = Window::of(coord(column + 1), 64).next().unwrap().units(position);
        assert_eq!(here[0] - 4096, east[0]);
        assert_eq!(here[1], east[1]);
    }

    /// Counts the vertices it is given.
    struct Counted {
        count: usize,
        inside: Positions,
    }

    impl Clip for Counted {
        fn to(&mut self, _: World) {
            self.count += 1;
        }

        fn inside(&mut self) -> &mut Positions {
            &mut self.inside
        }
    }

    #[test]
    fn what_lies_beyond_a_side_is_left_out_and_what_is_seen_stays_the_same() {
        // A ring with a rough rim of which small tiles see little.
        let corner = |step: u32| {
            let angle = f64::from(step) / 20_000.0 * std::f64::consts::TAU;
            let radius = 3.0 + 0.4 * (angle * 40.0).sin() + 0.002 * f64::from(step % 7);
            (radius * angle.cos(), radius * angle.sin())
        };
        let mut scene = Scene::default();
        scene.push(Some(&Polygon::new((0..20_000).map(corner).collect(), vec![]).into()));
        let Some(Shape::Polygons(polygons)) = scene.get(0).unwrap().shapes().next() else { panic!("an area") };
        let ring = polygons.iter().next().unwrap().first().unwrap();
        for (x, y) in [(512, 512), (518, 510), (520, 512), (505, 509), (511, 503), (519, 505)] {
            let coord = TileCoord::new(10, x, y).unwrap();
            let clipped = |buffer| {
                let window = Window::of(coord, buffer).next().unwrap();
                let mut counted = Counted { count: 0, inside: Vec::new() };
                walk(ring, 10, &window, &mut counted);
                let mut clipped = Vec::new();
                let mut clip = AreaClip::new(Square::plain(-64, 4160), &mut clipped);
                walk(ring, 10, &window, &mut clip);
                clip.finish();
                (counted.count + counted.inside.len(), clipped)
            };
            let ((few, near), (all, far)) = (clipped(64), clipped(1 << 18));
            let inside = |ring: &[[i32; 2]]| {
                let mut inside: Vec<[i32; 2]> =
                    ring.iter().copied().filter(|at| at.iter().all(|unit| (-63..4160).contains(unit))).collect();
                inside.sort_unstable();
                inside
            };
            let area = clean::twice_area;
            assert_eq!((inside(&near), area(&near)), (inside(&far), area(&far)), "{x}/{y}");
            assert!(few * 4 < all, "{x}/{y}: {few} of {all}");
        }
    }
}
