//! Geometries as the format's commands: move to, line to, close; each position as the step from the one before.

use crate::cut::TileGeometry;
use crate::protobuf::{varint, zigzag};

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
    // Both at once, each in its half of 64 bits. What lies above seven bits moves up by one and leaves room for the bit that tells of it.
    const EACH: u64 = 1 << 32 | 1;
    let both = u64::from(x) | u64::from(y) << 32;
    let tells = ((both >> 7) + 0x7f * EACH) & (0x80 * EACH);
    let spread = (both + (both & (0x3f80 * EACH))) | tells;
    let halves = |both: u64| (both as u32, (both >> 32) as u32);
    let ((x, y), (x_is_long, y_is_long)) = (halves(spread), halves(tells >> 7));
    (x | y << (8 + 8 * x_is_long), (2 + x_is_long + y_is_long) as usize)
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

    fn steps(&mut self, points: &[[i32; 2]]) {
        let short = self.short_steps(points);
        // Only what reaches far beyond a tile takes more, and is rare enough to be written, with what follows it, number by number.
        points.get(short..).unwrap_or_default().iter().for_each(|point| self.to(*point));
    }

    /// Writes steps as long as they are short; how many is the answer. They take one byte or two a number, in no pattern: both of both are
    /// written and those that count kept, without a branch.
    fn short_steps(&mut self, points: &[[i32; 2]]) -> usize {
        let (start, mut end, mut at, mut count) = (self.out.len(), 0, self.at, 0);
        self.out.resize(start + points.len() * SHORT_STEP_BYTES, 0);
        // A slice, not the list, which each step written might have moved.
        let room = self.out.get_mut(start..).unwrap_or_default();
        for &point in points {
            let (Some(x), Some(y)) = (point[0].checked_sub(at[0]), point[1].checked_sub(at[1])) else { break };
            // That of 32 bits has 32.
            let [x, y] = [x, y].map(|step| zigzag(step.into()) as u32);
            if (x | y) >= 1 << 14 {
                break;
            }
            let (step, bytes) = short_step(x, y);
            if let Some(place) = room.get_mut(end..).and_then(<[u8]>::first_chunk_mut) {
                *place = step.to_le_bytes();
            }
            (end, at, count) = (end + bytes, point, count + 1);
        }
        self.out.truncate(start + end);
        self.at = at;
        count
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
