//! Geometries as the format's commands: move to, line to, close; each position as the step from the one before.

use crate::cut::TileGeometry;
use crate::protobuf::{varint, zigzag};

/// A step between two 32-bit numbers has 34 bits at most, of which a byte holds seven; two of them.
const MOST_STEP_BYTES: usize = 10;
/// Both numbers of a step that stays below 2^14.
const SHORT_STEP_BYTES: usize = 4;

const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

/// Appends a geometry's commands; its type is the answer.
pub(super) fn append(geometry: &TileGeometry, out: &mut Vec<u8>) -> u64 {
    let mut pen = Pen { at: [0, 0], out };
    match geometry {
        TileGeometry::Points(points) => {
            pen.command(MOVE_TO, points.len());
            points.iter().for_each(|point| pen.to(*point));
            1
        }
        TileGeometry::Lines(lines) => {
            lines.iter().for_each(|line| pen.path(line));
            2
        }
        TileGeometry::Polygons(polygons) => {
            for ring in polygons.iter().flatten() {
                pen.path(ring);
                pen.command(CLOSE_PATH, 1);
            }
            3
        }
    }
}

/// Two numbers below 2^14 of one byte or two each, the first of both lowest, and how many bytes they take.
fn short_step(x: u32, y: u32) -> (u32, usize) {
    // Both at once, each in its half of 64 bits.
    const EACH: u64 = 1 << 32 | 1;
    let both = u64::from(x) | u64::from(y) << 32;
    let (low, high) = (both & (0x7f * EACH), both >> 7 & (0x7f * EACH));
    let are_long = (high + 0x7f * EACH) >> 7 & EACH;
    let halves = |both: u64| (both as u32, (both >> 32) as u32);
    let ((x, y), (x_is_long, y_is_long)) = (halves(low | are_long << 7 | high << 8), halves(are_long));
    (x | y << (8 + 8 * x_is_long), (2 + x_is_long + y_is_long) as usize)
}

/// Writes a number at `end` of what there is room for; where it ends is the answer.
fn long_step(mut end: usize, mut step: u64, out: &mut [u8]) -> usize {
    loop {
        if let Some(place) = out.get_mut(end) {
            *place = step as u8 & 0x7f | u8::from(step >= 0x80) << 7;
        }
        (end, step) = (end + 1, step >> 7);
        if step == 0 {
            return end;
        }
    }
}

struct Pen<'a> {
    at: [i32; 2],
    out: &'a mut Vec<u8>,
}

impl Pen<'_> {
    fn path(&mut self, points: &[[i32; 2]]) {
        let Some((first, rest)) = points.split_first() else { return };
        self.command(MOVE_TO, 1);
        self.to(*first);
        self.command(LINE_TO, rest.len());
        self.steps(rest);
    }

    /// Steps take one byte or two a number, in no pattern: both of both are written and those that count kept, without a branch.
    fn steps(&mut self, points: &[[i32; 2]]) {
        let mut end = self.out.len();
        self.out.resize(end + points.len() * SHORT_STEP_BYTES, 0);
        for &point in points {
            let from = std::mem::replace(&mut self.at, point);
            let [x, y] = [0, 1].map(|axis| zigzag(i64::from(point[axis]) - i64::from(from[axis])));
            if (x | y) >= 1 << 14 {
                // Only what reaches far beyond a tile takes more.
                self.out.resize(self.out.len() + MOST_STEP_BYTES, 0);
                end = long_step(long_step(end, x, self.out), y, self.out);
                continue;
            }
            let (step, bytes) = short_step(x as u32, y as u32);
            if let Some(place) = self.out.get_mut(end..).and_then(<[u8]>::first_chunk_mut) {
                *place = step.to_le_bytes();
            }
            end += bytes;
        }
        self.out.truncate(end);
    }

    fn command(&mut self, command: u64, count: usize) {
        varint((count as u64) << 3 | command, self.out);
    }

    fn to(&mut self, point: [i32; 2]) {
        let from = std::mem::replace(&mut self.at, point);
        for (to, from) in point.into_iter().zip(from) {
            varint(zigzag(i64::from(to) - i64::from(from)), self.out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn steps_of_any_length_are_varints(points in proptest::collection::vec((any::<i32>(), any::<i32>(), 0u32..32), 2..20)) {
            let line: Vec<[i32; 2]> = points.iter().map(|&(x, y, shift)| [x >> shift, y >> shift]).collect();
            let (mut expected, mut from) = (Vec::new(), [0; 2]);
            for (number, at) in line.iter().enumerate() {
                match number {
                    0 => varint(1 << 3 | MOVE_TO, &mut expected),
                    1 => varint((line.len() as u64 - 1) << 3 | LINE_TO, &mut expected),
                    _ => (),
                }
                for (to, from) in at.iter().zip(std::mem::replace(&mut from, *at)) {
                    varint(zigzag(i64::from(*to) - i64::from(from)), &mut expected);
                }
            }
            let mut out = Vec::new();
            prop_assert_eq!(append(&TileGeometry::Lines(vec![line]), &mut out), 2);
            prop_assert_eq!(out, expected);
        }
    }
}
