//! Geometries encoded before it is their turn, by whoever helps to make a tile: commands alone, which say nothing of what a layer holds.

use super::commands;
use crate::cut::TileGeometry;

/// Geometries one after the other.
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
        let kind = commands::append(geometry, &mut self.bytes);
        self.ends.push((kind, self.bytes.len()));
    }

    /// One of them, counted from 0.
    pub fn get(&self, number: usize) -> Option<Encoded<'_>> {
        let &(kind, end) = self.ends.get(number)?;
        let start = number.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |(_, end)| *end);
        Some(Encoded { kind, bytes: self.bytes.get(start..end)? })
    }
}

impl Encoded<'_> {
    /// Appends its commands; its type is the answer.
    pub(super) fn append(self, out: &mut Vec<u8>) -> u64 {
        out.extend_from_slice(self.bytes);
        self.kind
    }
}
