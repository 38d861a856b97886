//! Where lines carry their symbols: decided by a line's part in each tile, the same for all tiles that look.
//!
//! ```text
//!   |     tile      |     tile      |
//!  -+-------x-------+-----x-----    |     one at the middle of the longest part
//!  -+---x-------x---+-----x-----    |     or one every so often along all parts
//! ```
//! A line that is short, or that only cuts corners, carries one symbol at its own middle.

use super::UNITS_PER_PX;
use crate::clip;
use crate::grid::{EXTENT, World};
use std::ops::RangeInclusive;

/// Shortest part that carries a symbol, tile units.
const SHORTEST: f64 = 30.0 * UNITS_PER_PX as f64;
/// Shares of a stretch before the places where its symbol may stand: a text takes the first where the line is straight enough.
const PLACES: [f64; 7] = [0.5, 0.375, 0.625, 0.25, 0.75, 0.125, 0.875];

/// The symbols of a feature's lines in a tile and those around it, tile units. `reach` is how far around the tile lines have been
/// looked for, tile units: the tiles around and at least the shortest part. Without `spacing` there is one in each tile. Each has some
/// places, the best first.
pub(super) fn of(lines: &[Vec<[i32; 2]>], reach: u32, spacing: Option<f64>) -> Vec<Vec<[i32; 2]>> {
    let lines: Vec<Vec<World>> = lines.iter().map(|line| line.iter().map(|at| at.map(i64::from)).collect()).collect();
    let total: f64 = lines.iter().map(|line| length(line)).sum();
    let mut anchors = Vec::new();
    if total >= SHORTEST {
        // Only tiles that the lines may touch, of those in which lines have been looked for.
        let (around, side) = (i64::from(reach / EXTENT), i64::from(EXTENT));
        let [columns, rows] = [0, 1].map(|axis| {
            let along = || lines.iter().flatten().map(move |at| at[axis]);
            // What runs along an edge is seen from both its sides.
            let first = along().min().map_or(0, |units| (units - 1).div_euclid(side));
            first.max(-around)..=along().max().map_or(0, |units| units.div_euclid(side)).min(around)
        });
        for row in rows {
            let in_row = touching(&lines, 1, row * side..=(row + 1) * side);
            for column in columns.clone() {
                let near = touching(&in_row, 0, column * side..=(column + 1) * side);
                let parts = parts_in(&near, [column, row]).filter(|part| length(part) >= SHORTEST);
                match spacing {
                    Some(spacing) => parts.for_each(|part| anchors.extend(spaced(&part, spacing))),
                    None => anchors.extend(longest(parts).map(|part| places(&part, 0.0, length(&part)))),
                }
            }
        }
    }
    if anchors.is_empty() && is_whole(&lines, reach) {
        anchors.extend(longest(lines.into_iter()).map(|line| places(&line, 0.0, length(&line))));
    }
    let narrow = |at: World| at.map(|units| i32::try_from(units).unwrap_or_default());
    anchors.into_iter().map(|places| places.into_iter().map(narrow).collect()).collect()
}

/// The pieces of lines whose segments may lie in a stretch of an axis, whole segments all of them, so that they are cut as the lines would be.
fn touching(lines: &[Vec<World>], axis: usize, stretch: RangeInclusive<i64>) -> Vec<Vec<World>> {
    let mut pieces: Vec<Vec<World>> = Vec::new();
    for line in lines {
        let mut goes_on = false;
        for pair in line.windows(2) {
            let ends = [pair[0][axis], pair[1][axis]];
            let touches = ends[0].min(ends[1]) <= *stretch.end() && ends[0].max(ends[1]) >= *stretch.start();
            match pieces.last_mut().filter(|_| touches && goes_on) {
                Some(piece) => piece.push(pair[1]),
                None if touches => pieces.push(pair.to_vec()),
                None => (),
            }
            goes_on = touches;
        }
    }
    pieces
}

/// The parts of lines inside a tile (columns and rows from the middle one).
fn parts_in(lines: &[Vec<World>], tile: World) -> impl Iterator<Item = Vec<World>> {
    let side = i64::from(EXTENT);
    let mut parts = Vec::new();
    for line in lines {
        let moved: Vec<World> = line.iter().map(|at| [0, 1].map(|axis| at[axis] - tile[axis] * side)).collect();
        clip::line(&moved, &mut Vec::new(), 0, side, |part| {
            parts.push(part.iter().map(|at| [0, 1].map(|axis| i64::from(at[axis]) + tile[axis] * side)).collect())
        });
    }
    parts.into_iter()
}

/// Whether all of it lies where lines have been looked for.
fn is_whole(lines: &[Vec<World>], reach: u32) -> bool {
    let (low, high) = (-i64::from(reach), i64::from(EXTENT + reach));
    lines.iter().flatten().flatten().all(|units| low < *units && *units < high)
}

fn longest(lines: impl Iterator<Item = Vec<World>>) -> Option<Vec<World>> {
    lines.max_by(|a, b| length(a).total_cmp(&length(b)))
}

fn length(line: &[World]) -> f64 {
    line.windows(2).map(|pair| step(pair[0], pair[1])).sum()
}

fn step(a: World, b: World) -> f64 {
    // Not `hypot`, which guards against numbers that no map has and takes four times as long.
    let [across, up] = [0, 1].map(|axis| (b[axis] - a[axis]) as f64);
    (across * across + up * up).sqrt()
}

/// The places of symbols along a line as far from each other as is asked, or a little more so that the stretches are equal.
fn spaced(line: &[World], spacing: f64) -> Vec<Vec<World>> {
    let long = length(line);
    let count = (long / spacing.max(SHORTEST)).floor().max(1.0);
    (0..count as u32).map(|number| places(line, f64::from(number) * long / count, long / count)).collect()
}

/// Places on a stretch of a line: its middle, then further out.
fn places(line: &[World], start: f64, long: f64) -> Vec<World> {
    PLACES.iter().map(|share| at_distance(line, start + share * long)).collect()
}

/// The point so far along a line.
fn at_distance(line: &[World], mut left: f64) -> World {
    for pair in line.windows(2) {
        let long = step(pair[0], pair[1]);
        if left <= long && long > 0.0 {
            return [0, 1].map(|axis| pair[0][axis] + ((pair[1][axis] - pair[0][axis]) as f64 * left / long).round() as i64);
        }
        left -= long;
    }
    line.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACH: u32 = crate::raster::FAR_LINES;

    /// The best place of each symbol.
    fn best(lines: &[Vec<[i32; 2]>], reach: u32, spacing: Option<f64>) -> Vec<[i32; 2]> {
        of(lines, reach, spacing).iter().map(|places| places[0]).collect()
    }

    fn moved(lines: &[Vec<[i32; 2]>], by: i32) -> Vec<Vec<[i32; 2]>> {
        lines.iter().map(|line| line.iter().map(|[x, y]| [x - by, *y]).collect()).collect()
    }

    #[test]
    fn each_tile_that_a_line_crosses_has_one_in_the_middle_of_its_part() {
        assert_eq!(
            best(&[vec![[-2048, 2048], [4096, 2048], [4096 + 1000, 2048]]], REACH, None),
            [[-1024, 2048], [2048, 2048], [4596, 2048]]
        );
        // 100 units of the line reach into the next tile: too short for a mark.
        assert_eq!(best(&[vec![[0, 2048], [4196, 2048]]], REACH, None), [[2048, 2048]]);
    }

    #[test]
    fn a_short_line_across_an_edge_has_one_and_both_tiles_agree() {
        let line = [vec![[3900, 100], [4300, 100]]];
        assert_eq!(best(&line, REACH, None), [[4100, 100]]);
        assert_eq!(best(&moved(&line, 4096), REACH, None), [[4, 100]]);
        // Long enough in sum, but short in each of the tiles.
        assert_eq!(best(&[vec![[3800, 3900], [4096, 3900], [4400, 3900]]], REACH, None), [[4100, 3900]]);
    }

    #[test]
    fn what_is_cut_away_is_not_taken_for_a_short_line() {
        assert_eq!(best(&[vec![[4 * 4096 - 100, 100], [4096 + REACH as i32, 100]]], REACH, None), [[0; 2]; 0]);
    }

    #[test]
    fn symbols_stand_every_so_often_in_each_tile() {
        let spacing = Some(1000.0);
        assert_eq!(
            best(&[vec![[0, 2048], [5096, 2048]]], REACH, spacing),
            [[512, 2048], [1536, 2048], [2560, 2048], [3584, 2048], [4596, 2048]]
        );
        let line = vec![vec![[-900, 17], [1200, 3000], [5000, 2048]]];
        let back = |at: [i32; 2]| [at[0] + 4096, at[1]];
        let seen_from_the_east: Vec<[i32; 2]> = best(&moved(&line, 4096), REACH, spacing).into_iter().map(back).collect();
        assert_eq!(best(&line, REACH, spacing), seen_from_the_east);
    }
}
