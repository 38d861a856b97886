//! A path in a raster over its box: which cells it passes through and, for a ring, which of the others it goes round. Sixteen bytes beside the
//! box can tell a tile that a path keeps clear of it, with no vertex read.
//!
//! ```text
//!     . # # .      #  the ring passes through, or may
//!     # # o #      o  it goes round the cell
//!     # o o #      .  neither
//!     . # # #
//! ```
//! Passed cells are never too few; so whatever touches none of them the path does not touch.

use crate::boxes::{Ends, GridBox, Position, StoredBox};
use crate::grid::World;
use bytemuck::{Pod, Zeroable};
use std::ops::RangeInclusive;

/// Cells in a row and in a column: of a line, which needs one bit for each, and of a ring, which needs two.
const OF_LINE: u32 = 11;
const OF_RING: u32 = 8;

/// How far, in cells, arithmetic may have moved a place on a step between two vertices: far more than it does.
const NEAR: f64 = 1e-6;

/// Bits of the cells, row after row: those passed through, and for a ring from bit 64 on those that it goes round. As numbers of 32 bits,
/// as all that is stored of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Cells([u32; 4]);

/// How a path lies to a box that it does not come near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clear {
    /// A ring around the box.
    Around,
    /// Anything else.
    Beside,
}

impl Cells {
    /// Those of a path in its box. `O(n)`, and at most as many cells for each vertex as there are in a row and a column.
    pub(crate) fn of(points: &[Position], bounds: &StoredBox, ends: Ends) -> Self {
        let raster = Raster::over(&bounds.on_grid(), ends);
        let (mut passed, mut inside) = (0, 0);
        let from = if ends == Ends::Closed { points.last() } else { points.first() };
        let mut from = raster.spot(from.copied().unwrap_or_default());
        for &point in points {
            let to = raster.spot(point);
            passed |= raster.passed(&from, &to);
            if ends == Ends::Closed && from.middles != to.middles {
                inside ^= raster.west_of(&from, &to);
            }
            from = to;
        }
        let bits = if ends == Ends::Closed { passed | (inside & !passed) << (OF_RING * OF_RING) } else { passed };
        Self([0, 32, 64, 96].map(|first| (bits >> first) as u32))
    }

    /// How the path lies to a box, if these tell that it does not come near.
    pub(crate) fn clear(self, bounds: &GridBox, ends: Ends, near: &GridBox) -> Option<Clear> {
        let raster = Raster::over(bounds, ends);
        let bits = self.0.iter().rev().fold(0, |bits: u128, word| bits << 32 | u128::from(*word));
        let [columns, rows] = [0, 1].map(|axis| {
            let cell = |at: i64| cell(raster.at(axis, at.clamp(bounds.min[axis], bounds.max[axis])));
            cell(near.min[axis])..=cell(near.max[axis])
        });
        let first = raster.stretch(*rows.start(), *columns.start()..=*columns.start());
        let asked = rows.map(|row| raster.stretch(row, columns.clone())).fold(0, |bits, row| bits | row);
        match ends {
            _ if bits & asked != 0 => None,
            Ends::Closed if (bits >> (OF_RING * OF_RING)) & first != 0 => Some(Clear::Around),
            Ends::Closed | Ends::Open => Some(Clear::Beside),
        }
    }
}

/// Where cells are.
struct Raster {
    min: World,
    /// Cells a grid step, on each axis, in parts of `WHOLE`: rounded down, so that the last row and column may hold little, or nothing.
    scale: [u64; 2],
    side: u32,
}

/// What a cell is cut into, so that places need no fractions. A place is below as many cells as there are in a row, so it fits.
const WHOLE: u64 = 1 << 32;

impl Raster {
    fn over(bounds: &GridBox, ends: Ends) -> Self {
        let side = if ends == Ends::Closed { OF_RING } else { OF_LINE };
        let scale = [0, 1].map(|axis| u64::from(side) * WHOLE / ((bounds.max[axis] - bounds.min[axis]) as u64 + 1));
        Self { min: bounds.min, scale, side }
    }

    /// A place on an axis.
    fn at(&self, axis: usize, steps: i64) -> u64 {
        (steps - self.min[axis]) as u64 * self.scale[axis]
    }

    /// Cells of a row.
    fn stretch(&self, row: u32, columns: RangeInclusive<u32>) -> u128 {
        let count = columns.end() - columns.start() + 1;
        ((1u128 << count) - 1) << (row * self.side + columns.start())
    }

    fn spot(&self, point: Position) -> Spot {
        let at = [0, 1].map(|axis| self.at(axis, i64::from(point[axis])));
        Spot { at, cell: at.map(cell), middles: cell(at[1] + WHOLE / 2 - 1) }
    }

    /// The cells that a step passes through; where it keeps to two columns, both of them from one end of it to the other.
    fn passed(&self, from: &Spot, to: &Spot) -> u128 {
        if from.cell == to.cell {
            return 1 << (from.cell[1] * self.side + from.cell[0]);
        }
        let [columns, rows] = [0, 1].map(|axis| from.cell[axis].min(to.cell[axis])..=from.cell[axis].max(to.cell[axis]));
        if columns.end() - columns.start() <= 1 || rows.start() == rows.end() {
            return rows.map(|row| self.stretch(row, columns.clone())).fold(0, |bits, row| bits | row);
        }
        let step = Step::of(from, to);
        let (low, high) = (step.from[1].min(step.to[1]), step.from[1].max(step.to[1]));
        let of_row = |row: u32| {
            // Between these heights it is in the row.
            let heights = [f64::from(row).max(low), f64::from(row + 1).min(high)];
            let [one, other] = heights.map(|height| step.at_height(height));
            let cell = |at: f64| (at as u32).clamp(*columns.start(), *columns.end());
            self.stretch(row, cell(one.min(other) - NEAR)..=cell(one.max(other) + NEAR))
        };
        rows.map(of_row).fold(0, |bits, row| bits | row)
    }

    /// The cells whose middles have a step to their west, at their height.
    fn west_of(&self, from: &Spot, to: &Spot) -> u128 {
        let step = Step::of(from, to);
        let of_row = |row: u32| {
            let first = (step.at_height(f64::from(row) + 0.5) + 0.5) as u32;
            if first < self.side { self.stretch(row, first..=self.side - 1) } else { 0 }
        };
        (from.middles.min(to.middles)..from.middles.max(to.middles)).map(of_row).fold(0, |bits, row| bits | row)
    }
}

fn cell(at: u64) -> u32 {
    (at / WHOLE) as u32
}

/// Where a vertex is.
struct Spot {
    at: [u64; 2],
    cell: [u32; 2],
    /// Rows whose middle lies below it.
    middles: u32,
}

/// From one vertex to another of another height, in cells.
struct Step {
    from: [f64; 2],
    to: [f64; 2],
    slope: f64,
}

impl Step {
    fn of(from: &Spot, to: &Spot) -> Self {
        let [from, to] = [from, to].map(|spot| spot.at.map(|at| at as f64 / WHOLE as f64));
        Self { from, to, slope: (to[0] - from[0]) / (to[1] - from[1]) }
    }

    /// Where it passes a height.
    fn at_height(&self, height: f64) -> f64 {
        self.from[0] + (height - self.from[1]) * self.slope
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::Intersects;
    use geo_types::{Coord, LineString, Rect};
    use proptest::prelude::*;

    fn coord(at: [i64; 2]) -> Coord<f64> {
        Coord { x: at[0] as f64, y: at[1] as f64 }
    }

    fn clear(points: &[Position], ends: Ends, near: &GridBox) -> Option<Clear> {
        let bounds = StoredBox::around(points).unwrap();
        Cells::of(points, &bounds, ends).clear(&bounds.on_grid(), ends, near)
    }

    /// Whether a closed path passes a place that it does not touch an odd number of times to the west.
    fn goes_round(path: &LineString, place: Coord<f64>) -> bool {
        let passes = path.lines().filter(|step| {
            let west = step.start.x + (place.y - step.start.y) * step.dx() / step.dy() < place.x;
            (step.start.y <= place.y) != (step.end.y <= place.y) && west
        });
        passes.count() % 2 == 1
    }

    /// The same of the path itself.
    fn truly_clear(points: &[Position], ends: Ends, near: &GridBox) -> Option<Clear> {
        let near = Rect::new(coord(near.min), coord(near.max));
        let mut path: LineString = points.iter().map(|point| coord(point.map(i64::from))).collect();
        if ends == Ends::Closed {
            path.close();
        }
        let is_near = if path.0.len() > 1 { path.intersects(&near) } else { near.intersects(&path[0]) };
        match ends {
            _ if is_near => None,
            Ends::Closed if goes_round(&path, near.center()) => Some(Clear::Around),
            Ends::Closed | Ends::Open => Some(Clear::Beside),
        }
    }

    /// A ring with a rim like a star's.
    fn star(corners: u32) -> Vec<Position> {
        let corner = |step: u32| {
            let angle = f64::from(step) / f64::from(corners) * std::f64::consts::TAU;
            let reach = 1e6 * (3.0 + 0.5 * (5.0 * angle).sin());
            [angle.cos(), angle.sin()].map(|way| (1e8 + way * reach) as u32)
        };
        (0..corners).map(corner).collect()
    }

    #[test]
    fn most_of_what_a_ring_goes_round_or_leaves_out_is_told() {
        let ring = star(200);
        let bounds = StoredBox::around(&ring).unwrap().on_grid();
        let (mut told, mut true_ones) = ([0; 2], [0; 2]);
        for step in 0..900 {
            let place = [step % 30, step / 30].map(|nth: i64| nth * 2 + 1);
            let min = [0, 1].map(|axis| bounds.min[axis] + (bounds.max[axis] - bounds.min[axis]) * place[axis] / 60);
            let near = GridBox { min, max: min.map(|at| at + 10_000) };
            let (clear, truly) = (clear(&ring, Ends::Closed, &near), truly_clear(&ring, Ends::Closed, &near));
            assert!(clear.is_none() || clear == truly, "{near:?}: {clear:?}, {truly:?}");
            for (count, clear) in [(&mut told, clear), (&mut true_ones, truly)] {
                count[0] += usize::from(clear == Some(Clear::Around));
                count[1] += usize::from(clear == Some(Clear::Beside));
            }
        }
        assert!(told[0] * 2 > true_ones[0] && told[1] * 3 > true_ones[1] && true_ones[1] > 100, "{told:?} of {true_ones:?}");
    }

    #[test]
    fn a_line_passes_few_cells_and_goes_round_none() {
        let line = [[0, 0], [1_100, 0], [1_100, 1_100], [0, 1_100]];
        let at = |x: i64, y: i64| clear(&line, Ends::Open, &GridBox { min: [x, y], max: [x + 40, y + 40] });
        assert_eq!([at(500, 500), at(20, 500), at(500, 150)], [Some(Clear::Beside); 3]);
        assert_eq!([at(500, 40), at(1_020, 500), at(500, 1_050)], [None; 3]);
        // Only a ring comes back to where it began.
        let ring = |x: i64, y: i64| clear(&line, Ends::Closed, &GridBox { min: [x, y], max: [x + 40, y + 40] });
        assert_eq!([ring(500, 500), ring(20, 500)], [Some(Clear::Around), None]);
    }

    #[test]
    fn paths_without_width_or_in_the_last_corner_of_the_grid_have_cells_too() {
        let corner = u32::MAX;
        for path in [&[[7, 7]][..], &[[7, 7], [7, 90]], &[[corner, corner], [corner - 3, corner], [corner, corner - 2]]] {
            for ends in [Ends::Open, Ends::Closed] {
                let at = path[0].map(i64::from);
                assert_eq!(clear(path, ends, &GridBox { min: at, max: at }), None, "{path:?}");
            }
        }
        let world = [[0, 0], [corner, 0], [corner, corner], [0, corner]];
        assert_eq!(clear(&world, Ends::Closed, &GridBox { min: [1 << 31; 2], max: [(1 << 31) + 9; 2] }), Some(Clear::Around));
    }

    /// Few places, so that steps run along cells' edges and through their corners, or any.
    fn position() -> impl Strategy<Value = Position> {
        prop_oneof![[0..9u32, 0..9u32].prop_map(|at| at.map(|nth| nth * 1_000)), [0..9_000u32, 0..9_000u32]]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn whatever_is_told_is_true(
            points in prop::collection::vec(position(), 1..12),
            nears in prop::collection::vec((position(), 0..2_500u32, 0..2_500u32), 16),
            is_closed in any::<bool>(),
            // From a few metres to nearly all of the grid, which ends there.
            (times, at_the_end) in (prop_oneof![Just(1u32), 1..477_000u32], any::<bool>()),
        ) {
            let ends = if is_closed { Ends::Closed } else { Ends::Open };
            let moved = |at: Position| at.map(|at| if at_the_end { u32::MAX - at * times } else { at * times });
            let points: Vec<Position> = points.into_iter().map(moved).collect();
            for (min, width, height) in nears {
                let (corner, sides) = (moved(min).map(i64::from), [width, height].map(|steps| i64::from(steps) * i64::from(times)));
                let other = [0, 1].map(|axis| if at_the_end { corner[axis] - sides[axis] } else { corner[axis] + sides[axis] });
                let near = if at_the_end { GridBox { min: other, max: corner } } else { GridBox { min: corner, max: other } };
                let (told, truly) = (clear(&points, ends, &near), truly_clear(&points, ends, &near));
                prop_assert!(told.is_none() || told == truly, "{:?} {:?}: {:?}, {:?}", ends, near, told, truly);
            }
        }
    }
}
