//! The geometry column: what each feature is, how many parts, rings and vertices it has, and all vertices one after the other.

use super::stream::{self, LENGTHS, LENGTHS_OF_GEOMETRIES, LENGTHS_OF_PARTS, LENGTHS_OF_RINGS, Width};
use crate::cut::TileGeometry;
use crate::protobuf::varint;
use std::ops::Range;

/// From a geometry of one part to its collection.
const COLLECTION: i64 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Points,
    Lines,
    Polygons,
}

/// One geometry among those that were collected.
#[derive(Debug)]
pub(super) struct Shape {
    kind: Kind,
    parts: usize,
    lengths: Range<usize>,
    positions: Range<usize>,
}

/// The geometries of a layer, in the order they came in.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    /// Of a line: how many vertices. Of a polygon: how many rings, then how many vertices each has.
    lengths: Vec<i64>,
    positions: Vec<[i32; 2]>,
}

impl Shapes {
    /// Takes a geometry in; `None` if it has no part, or a part has no positions.
    pub(super) fn take(&mut self, geometry: &TileGeometry) -> Option<Shape> {
        let start = (self.lengths.len(), self.positions.len());
        let (kind, parts) = match geometry {
            TileGeometry::Points(points) => {
                self.positions.extend_from_slice(points);
                (Kind::Points, points.len())
            }
            TileGeometry::Lines(lines) => {
                lines.iter().for_each(|line| self.path(line));
                (Kind::Lines, lines.len())
            }
            TileGeometry::Polygons(polygons) => {
                for rings in polygons {
                    self.lengths.push(rings.len() as i64);
                    rings.iter().for_each(|ring| self.path(ring));
                }
                (Kind::Polygons, polygons.len())
            }
        };
        let (lengths, positions) = (start.0..self.lengths.len(), start.1..self.positions.len());
        let is_whole = self.lengths.get(lengths.clone()).is_some_and(|lengths| !lengths.contains(&0));
        (is_whole && !positions.is_empty()).then_some(Shape { kind, parts, lengths, positions })
    }

    fn path(&mut self, positions: &[[i32; 2]]) {
        self.lengths.push(positions.len() as i64);
        self.positions.extend_from_slice(positions);
    }

    /// Writes the column for these of the geometries, in this order. Where there are polygons, vertices of lines are counted among those of
    /// rings; parts are then rings.
    pub(super) fn write<'s>(&self, shapes: impl Iterator<Item = &'s Shape> + Clone, out: &mut Vec<u8>) {
        let has_polygons = shapes.clone().any(|shape| shape.kind == Kind::Polygons);
        let (mut kinds, mut geometries, mut parts, mut rings, mut positions) = (vec![], vec![], vec![], vec![], vec![]);
        for shape in shapes {
            let is_collection = shape.parts > 1;
            kinds.push(shape.kind as i64 + if is_collection { COLLECTION } else { 0 });
            if is_collection {
                geometries.push(shape.parts as i64);
            }
            let mut lengths = self.lengths.get(shape.lengths.clone()).unwrap_or_default();
            match shape.kind {
                Kind::Points => (),
                Kind::Lines if has_polygons => rings.extend_from_slice(lengths),
                Kind::Lines => parts.extend_from_slice(lengths),
                Kind::Polygons => {
                    while let Some((&count, rest)) = lengths.split_first() {
                        let (vertices, next) = rest.split_at_checked(count as usize).unwrap_or((rest, &[]));
                        parts.push(count);
                        rings.extend_from_slice(vertices);
                        lengths = next;
                    }
                }
            }
            positions.extend_from_slice(self.positions.get(shape.positions.clone()).unwrap_or_default());
        }
        let lengths = [(LENGTHS_OF_GEOMETRIES, geometries), (LENGTHS_OF_PARTS, parts), (LENGTHS_OF_RINGS, rings)];
        let counted = lengths.iter().filter(|(_, lengths)| !lengths.is_empty());
        // Beside them, kinds and vertices.
        varint(2 + counted.clone().count() as u64, out);
        stream::numbers(LENGTHS, Width::U32, &kinds, out);
        counted.for_each(|(meaning, lengths)| stream::numbers(*meaning, Width::U32, lengths, out));
        stream::positions(&positions, out);
    }
}
