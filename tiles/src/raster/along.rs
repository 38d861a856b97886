//! Texts along lines: letter by letter and upright, or not at all where the line is too short or too bent.
//!
//! Everything is measured from the anchor outwards, in differences of positions, so that each tile that sees the line comes to the same.

use super::canvas::Turn;
use super::section::Section;
use super::shaping::{Cluster, Text};

/// Letters this close to each other, in ems, may differ by no more than the greatest angle.
const BEND_EM: f64 = 1.5;

/// An anchor was rounded, and the end of the part that it was measured on: so many tile units it may lie beside its line.
const ROUNDING: i32 = 2;

/// A line on both sides of an anchor, as far as a text may reach; style pixels from the anchor.
#[derive(Debug)]
pub(super) struct Way {
    /// Points with their distance along the line, negative before the anchor.
    stops: Vec<(f64, [f64; 2])>,
}

/// How a text follows a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Following {
    /// Share of its width before the anchor, and offset along the line, style pixels.
    pub(super) share: f64,
    pub(super) forward: f64,
    /// How far below the line letters stand, style pixels.
    pub(super) down: f64,
    /// Greatest angle between letters close to each other, radians.
    pub(super) max_angle: f64,
    /// Turned round rather than written upside down.
    pub(super) keep_upright: bool,
}

impl Way {
    /// The line of a feature that passes an anchor, so far to both sides; `None` without lines.
    pub(super) fn around(lines: &[Vec<[i32; 2]>], anchor: [i32; 2], reach: f64, section: &Section) -> Option<Self> {
        let (line, segment) = passing(lines, anchor)?;
        let unit_px = section.unit_px();
        let seen = |at: &[i32; 2]| [0, 1].map(|axis| (i64::from(at[axis]) - i64::from(anchor[axis])) as f64 * unit_px);
        let (before, after) = line.split_at(segment + 1);
        let mut stops = walked(before.iter().rev().map(seen), reach);
        stops.iter_mut().for_each(|(distance, _)| *distance = -*distance);
        stops.reverse();
        stops.push((0.0, [0.0; 2]));
        stops.extend(walked(after.iter().map(seen), reach));
        Some(Self { stops })
    }

    /// Cosine and sine of its direction at the anchor.
    pub(super) fn direction(&self) -> Option<[f64; 2]> {
        direction(self.at(-0.5)?, self.at(0.5)?)
    }

    /// The point so far along.
    fn at(&self, distance: f64) -> Option<[f64; 2]> {
        let next = self.stops.iter().position(|(stop, _)| *stop >= distance)?;
        let (end, to) = self.stops.get(next)?;
        if *end == distance {
            return Some(*to);
        }
        let (start, from) = self.stops.get(next.checked_sub(1)?)?;
        let share = (distance - start) / (end - start);
        Some([0, 1].map(|axis| from[axis] + (to[axis] - from[axis]) * share))
    }

    /// Where each letter of a text of one line stands, from the anchor; `None` where it does not fit.
    pub(super) fn follow(&self, text: &Text, size: f64, how: Following) -> Option<Vec<Turn>> {
        let start = how.forward - text.width * how.share;
        let (first, last) = (self.at(start)?, self.at(start + text.width)?);
        let is_reversed = how.keep_upright && first[0] > last[0];
        let at = |distance: f64| self.at(if is_reversed { -distance } else { distance });
        if is_reversed {
            // The other side of the anchor must be long enough as well where the text does not stand in its middle.
            at(start)?;
            at(start + text.width)?;
        }
        let mut turns = Vec::new();
        let mut before: Vec<(f64, [f64; 2])> = Vec::new();
        for cluster in text.runs.iter().flat_map(|run| &run.clusters) {
            let from = start + cluster.start;
            let turn =
                turn(cluster, at(from)?, at(from + cluster.advance)?, before.last().map(|(_, direction)| *direction), how.down)?;
            let middle = from + cluster.advance / 2.0;
            let is_bent = |(other, direction): &(f64, [f64; 2])| {
                let cosine = direction[0] * turn.direction[0] + direction[1] * turn.direction[1];
                middle - other <= BEND_EM * size && cosine < how.max_angle.cos() - 1e-9
            };
            if before.iter().rev().take(8).any(is_bent) {
                return None;
            }
            before.push((middle, turn.direction));
            turns.push(turn);
        }
        Some(turns)
    }
}

/// A letter between two points of a line; one without width goes on as the one before.
fn turn(cluster: &Cluster, from: [f64; 2], to: [f64; 2], before: Option<[f64; 2]>, down: f64) -> Option<Turn> {
    let direction = direction(from, to).or(before)?;
    let [cos, sin] = direction;
    let back = cluster.advance / 2.0;
    let middle = [0, 1].map(|axis| (from[axis] + to[axis]) / 2.0);
    Some(Turn { at: [middle[0] - cos * back - sin * down, middle[1] - sin * back + cos * down], direction })
}

fn direction(from: [f64; 2], to: [f64; 2]) -> Option<[f64; 2]> {
    let run = [to[0] - from[0], to[1] - from[1]];
    let long = (run[0] * run[0] + run[1] * run[1]).sqrt();
    (long > 1e-6).then(|| run.map(|axis| axis / long))
}

/// Points after the anchor with their distance from it along the way, up to the first one further than the reach.
fn walked(points: impl Iterator<Item = [f64; 2]>, reach: f64) -> Vec<(f64, [f64; 2])> {
    let (mut stops, mut last, mut distance) = (Vec::new(), [0.0; 2], 0.0);
    for point in points {
        let [across, down] = [point[0] - last[0], point[1] - last[1]];
        let long = (across * across + down * down).sqrt();
        if long > 0.0 {
            distance += long;
            stops.push((distance, point));
            last = point;
        }
        if distance > reach {
            break;
        }
    }
    stops
}

/// The line that an anchor lies on, to the unit, and after which of its vertices.
fn passing(lines: &[Vec<[i32; 2]>], anchor: [i32; 2]) -> Option<(&[[i32; 2]], usize)> {
    let mut best: Option<(f64, &[[i32; 2]], usize)> = None;
    let is_near = |pair: &[[i32; 2]], axis: usize| {
        let (one, other) = (pair[0][axis], pair[1][axis]);
        one.min(other).saturating_sub(ROUNDING) <= anchor[axis] && anchor[axis] <= one.max(other).saturating_add(ROUNDING)
    };
    for line in lines {
        for (number, pair) in line.windows(2).enumerate().filter(|(_, pair)| is_near(pair, 0) && is_near(pair, 1)) {
            let away = away(pair[0], pair[1], anchor);
            if best.is_none_or(|(least, ..)| away < least) {
                best = Some((away, line, number));
            }
        }
    }
    best.map(|(_, line, number)| (line, number))
}

/// Square of the distance of a point from a segment.
fn away(from: [i32; 2], to: [i32; 2], at: [i32; 2]) -> f64 {
    let seen = |point: [i32; 2]| [0, 1].map(|axis| (i64::from(point[axis]) - i64::from(at[axis])) as f64);
    let (from, to) = (seen(from), seen(to));
    let run = [to[0] - from[0], to[1] - from[1]];
    let square = run[0] * run[0] + run[1] * run[1];
    let share = if square > 0.0 { (-(from[0] * run[0] + from[1] * run[1]) / square).clamp(0.0, 1.0) } else { 0.0 };
    (from[0] + run[0] * share).powi(2) + (from[1] + run[1] * share).powi(2)
}

#[cfg(test)]
mod tests;
