//! MapLibre Tile, version 1: one layer at a time, collected and then encoded column by column. Layers' bytes, one after the other, are a tile.
//!
//! In: tile units and attributes. A column holds values of one kind, settled before the first feature; how wide its numbers are is the
//! tile's affair. Source: the MapLibre Tile specification; checked against the decoders of its project.

mod column;
mod geometry;
mod stream;

use self::column::Column;
use self::geometry::{Shape, Shapes};
use self::stream::Width;
use crate::cut::TileGeometry;
use crate::grid::EXTENT;
use crate::mvt::Attribute;
use crate::protobuf::varint;
use std::collections::HashSet;
use std::ops::Range;

/// A layer whose features have a geometry each and columns of attributes.
const FEATURE_TABLE: u8 = 1;

// Types of the columns that have no name.
const ID: u8 = 0;
const LONG_ID: u8 = 2;
const GEOMETRY: u8 = 4;

/// What the values of a column are. Columns that mix kinds are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Yes or no.
    Bool,
    /// Whole numbers.
    Int,
    /// Numbers; whole ones become floating point.
    Float,
    /// Text; values of other kinds are written out.
    Text,
}

/// Why a layer cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// A name of a layer that is empty, or of a column that is there twice.
    #[error("MLT: a layer needs a name, and a column one of its own; this is neither: {0:?}")]
    Name(String),
    /// A value that its column has no room for, that has no column, or that is a feature's second one there.
    #[error("MLT: column {column} is {kind:?} and cannot hold {value}")]
    Value {
        /// Where the column stands.
        column: usize,
        /// What it holds; `None` if there is no such column.
        kind: Option<ColumnKind>,
        /// The value, as it was given.
        value: String,
    },
    /// A feature without positions.
    #[error("MLT: feature {0} has no geometry")]
    Empty(u64),
}

/// A layer being written. The first feature that cannot be written fails the whole layer: half a layer would look whole.
#[derive(Debug)]
pub struct LayerWriter<'a> {
    name: &'a str,
    columns: &'a [&'a str],
    kinds: &'a [ColumnKind],
    rows: Vec<Row>,
    shapes: Shapes,
    /// What the features say, one after the other: the places of columns, and values.
    said: Vec<(usize, Attribute<'a>)>,
    place: u32,
    /// The first feature without positions.
    empty: Option<u64>,
}

/// A feature until all are known.
#[derive(Debug)]
struct Row {
    place: u32,
    id: u64,
    shape: Shape,
    said: Range<usize>,
}

impl<'a> LayerWriter<'a> {
    /// An empty layer of extent 4096, whose columns have these names and kinds. The name must not be empty.
    pub fn new(name: &'a str, columns: &'a [&'a str], kinds: &'a [ColumnKind]) -> Self {
        let (rows, shapes, said) = (Vec::new(), Shapes::default(), Vec::new());
        Self { name, columns, kinds, rows, shapes, said, place: 0, empty: None }
    }

    /// Where the features that come next stand: before those of a higher place, after those that came before them.
    pub fn stand_at(&mut self, place: u32) {
        self.place = place;
    }

    /// Adds a feature with values for some of the columns, named by where they stand: at most one for each.
    pub fn feature(&mut self, id: u64, geometry: &TileGeometry, attributes: impl Iterator<Item = (usize, Attribute<'a>)>) {
        let start = self.said.len();
        match self.shapes.take(geometry) {
            Some(shape) => {
                self.said.extend(attributes);
                self.rows.push(Row { place: self.place, id, shape, said: start..self.said.len() });
            }
            None => self.empty = self.empty.or(Some(id)),
        }
    }

    /// The layer's bytes, framed; empty if it has no feature. Features keep their order, which is the order they are drawn in.
    pub fn finish(mut self) -> Result<Vec<u8>, EncodeError> {
        if let Some(id) = self.empty {
            return Err(EncodeError::Empty(id));
        }
        if self.rows.is_empty() {
            return Ok(Vec::new());
        }
        self.rows.sort_by_key(|row| row.place);
        let columns = self.filled()?;
        let (ids, width) = self.ids();
        let mut body = vec![FEATURE_TABLE];
        text(self.name, &mut body);
        varint(u64::from(EXTENT), &mut body);
        varint(2 + columns.len() as u64, &mut body);
        body.extend([if width == Width::U32 { ID } else { LONG_ID }, GEOMETRY]);
        for column in &columns {
            body.push(column.kind(self.rows.len()));
            text(column.name, &mut body);
        }
        stream::numbers(stream::DATA, width, &ids, &mut body);
        self.shapes.write(self.rows.iter().map(|row| &row.shape), &mut body);
        columns.iter().for_each(|column| column.write(self.rows.len(), &mut body));
        let mut framed = Vec::with_capacity(body.len() + 5);
        varint(body.len() as u64, &mut framed);
        framed.append(&mut body);
        Ok(framed)
    }

    /// The columns that features say something in. The others would cost their heads in the tile.
    fn filled(&self) -> Result<Vec<Column<'a>>, EncodeError> {
        let named = self.columns.iter().zip(self.kinds);
        let mut columns: Vec<Column<'a>> = named.map(|(name, kind)| Column::new(name, *kind)).collect();
        for (row, at) in self.rows.iter().enumerate() {
            for &(column, value) in self.said.get(at.said.clone()).unwrap_or_default() {
                let held = columns.get_mut(column).map_or(Err(value), |column| column.push(row, value));
                held.map_err(|value| {
                    let kind = self.kinds.get(column).copied();
                    EncodeError::Value { column, kind, value: column::written(value) }
                })?;
            }
        }
        columns.retain(|column| !column.is_empty());
        let mut names = HashSet::new();
        let twice = columns.iter().map(|column| column.name).find(|name| !names.insert(*name));
        match twice.or(Some(self.name).filter(|name| name.is_empty())) {
            Some(name) => Err(EncodeError::Name(name.to_owned())),
            None => Ok(columns),
        }
    }

    fn ids(&self) -> (Vec<i64>, Width) {
        let ids: Vec<i64> = self.rows.iter().map(|row| row.id.cast_signed()).collect();
        let is_short = self.rows.iter().all(|row| row.id <= u64::from(u32::MAX));
        (ids, if is_short { Width::U32 } else { Width::U64 })
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    varint(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

#[cfg(test)]
mod tests;
