//! Geometries as the format's commands: move to, line to, close; each position as the step from the one before.

use crate::cut::TileGeometry;
use crate::protobuf::{varint, zigzag};

/// Geometries encoded before it is their turn, one after the other in one list.
#[derive(Debug, Default)]
pub struct EncodedList {
    bytes: Vec<u8>,
    /// Their types, and where the bytes of each end.
    ends: Vec<(u64, usize)>,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
pub struct Encoded<'a> {
    kind: u64,
    bytes: &'a [u8],
}

impl EncodedList {
    /// Appends one.
    pub fn push(&mut self, geometry: &TileGeometry) {
        let kind = append(geometry, &mut self.bytes);
        self.ends.push((kind, self.bytes.len()));
    }

    /// All of them, in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = Encoded<'_>> {
        let mut start = 0;
        self.ends.iter().filter_map(move |&(kind, end)| {
            let bytes = self.bytes.get(std::mem::replace(&mut start, end)..end)?;
            Some(Encoded { kind, bytes })
        })
    }
}

impl Encoded<'_> {
    pub(super) fn append(self, out: &mut Vec<u8>) -> u64 {
        out.extend_from_slice(self.bytes);
        self.kind
    }
}

/// A step between two 32-bit numbers has 34 bits at most, of which a byte holds seven.
const MOST_STEP_BYTES: usize = 5;

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

    /// Steps take one byte or two a number, in no pattern: both are written and one or both kept, without a branch.
    fn steps(&mut self, points: &[[i32; 2]]) {
        let mut end = self.out.len();
        self.out.resize(end + points.len() * 2 * MOST_STEP_BYTES, 0);
        for &point in points {
            let from = std::mem::replace(&mut self.at, point);
            for (to, from) in point.into_iter().zip(from) {
                let mut step = zigzag(i64::from(to) - i64::from(from));
                // Only what reaches far beyond a tile takes more.
                while step >= 1 << 14 {
                    self.out[end] = step as u8 | 0x80;
                    step >>= 7;
                    end += 1;
                }
                let is_long = step >= 0x80;
                self.out[end] = step as u8 & 0x7f | u8::from(is_long) << 7;
                self.out[end + 1] = (step >> 7) as u8;
                end += 1 + usize::from(is_long);
            }
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
