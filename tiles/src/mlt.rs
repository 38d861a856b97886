//! MapLibre Tile, version 1: one layer at a time, collected and then encoded column by column. Layers' bytes, one after the other, are a tile.
//!
//! In: tile units and attributes. A column holds values of one kind, settled before the first feature; how wide its numbers are is the
//! tile's affair.
//! The grammar (streams and their encodings) is mlt-core's.

use crate::cut::TileGeometry;
use crate::grid::EXTENT;
use crate::mvt::Attribute;
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use mlt_core::encoder::EncoderConfig;
use mlt_core::{MltError, PropKind, PropValue, PropertyKey, TileLayer};

/// Up to here, either side of zero, floating point holds every whole number.
const EXACT: u64 = 1 << 53;

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
    /// A name that is empty or there twice, or more than the format can count.
    #[error("MLT: {0}")]
    Format(#[from] MltError),
    /// A value that its column has no room for, or that has no column.
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
    /// Lowest and highest whole number of each column, with zero between them.
    spans: Vec<[i64; 2]>,
    rows: Vec<Row>,
    place: u32,
    failed: Option<EncodeError>,
}

/// A feature until all are known: values with the places of their columns.
#[derive(Debug)]
struct Row {
    place: u32,
    id: u64,
    geometry: Geometry<i32>,
    values: Vec<(usize, PropValue)>,
}

impl<'a> LayerWriter<'a> {
    /// An empty layer of extent 4096, whose columns have these names and kinds. The name must not be empty.
    pub fn new(name: &'a str, columns: &'a [&'a str], kinds: &'a [ColumnKind]) -> Self {
        Self { name, columns, kinds, spans: vec![[0, 0]; kinds.len()], rows: Vec::new(), place: 0, failed: None }
    }

    /// Where the features that come next stand: before those of a higher place, after those that came before them.
    pub fn stand_at(&mut self, place: u32) {
        self.place = place;
    }

    /// Adds a feature with values for some of the columns, named by where they stand.
    pub fn feature<'v>(&mut self, id: u64, geometry: &TileGeometry, attributes: impl Iterator<Item = (usize, Attribute<'v>)>) {
        if self.failed.is_some() {
            return;
        }
        let place = self.place;
        let row = geo(geometry).ok_or(EncodeError::Empty(id)).and_then(|geometry| {
            let values = attributes.map(|(column, value)| Ok((column, self.value(column, value)?)));
            Ok(Row { place, id, geometry, values: values.collect::<Result<_, EncodeError>>()? })
        });
        match row {
            Ok(row) => self.rows.push(row),
            Err(error) => self.failed = Some(error),
        }
    }

    /// The value as its column holds it.
    fn value(&mut self, column: usize, value: Attribute<'_>) -> Result<PropValue, EncodeError> {
        let kind = self.kinds.get(column).copied();
        Ok(match (kind, value) {
            (Some(ColumnKind::Bool), Attribute::Bool(value)) => PropValue::Bool(Some(value)),
            (Some(ColumnKind::Int), Attribute::Int(value)) => {
                if let Some([low, high]) = self.spans.get_mut(column) {
                    (*low, *high) = (value.min(*low), value.max(*high));
                }
                PropValue::I64(Some(value))
            }
            (Some(ColumnKind::Float), Attribute::Float(value)) => PropValue::F64(Some(value)),
            (Some(ColumnKind::Float), Attribute::Int(value)) => PropValue::F64(Some(value as f64)),
            (Some(ColumnKind::Text), value) => PropValue::Str(Some(written(value))),
            (kind, value) => return Err(EncodeError::Value { column, kind, value: written(value) }),
        })
    }

    /// The layer's bytes, framed; empty if it has no feature.
    pub fn finish(mut self) -> Result<Vec<u8>, EncodeError> {
        self.rows.sort_by_key(|row| row.place);
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut layer = TileLayer::builder(self.name, EXTENT)?;
        let kinds: Vec<PropKind> = self.kinds.iter().zip(&self.spans).map(|(kind, span)| stored(*kind, *span)).collect();
        // A column that no feature of the tile uses would cost its head in the tile, and its room in every row while it is made.
        let mut used = vec![false; self.columns.len()];
        for (column, _) in self.rows.iter().flat_map(|row| &row.values) {
            if let Some(used) = used.get_mut(*column) {
                *used = true;
            }
        }
        let named = self.columns.iter().zip(&kinds).zip(used);
        let named = named.map(|((name, kind), used)| used.then(|| layer.add_property(*name, *kind)).transpose());
        let keys: Vec<Option<PropertyKey>> = named.collect::<Result<_, _>>()?;
        for row in self.rows {
            let mut feature = layer.feature(row.geometry);
            feature.id(Some(row.id));
            for (column, value) in row.values {
                if let (Some(Some(key)), Some(kind)) = (keys.get(column), kinds.get(column)) {
                    feature.property(*key, fitted(value, *kind))?;
                }
            }
            feature.finish()?;
        }
        Ok(layer.finish().encode(profile())?)
    }
}

/// Features keep their order, which is the order they are drawn in. FSST, FastPFOR and shared dictionaries take up to several times as long
/// and leave less for the compression on the way: with all three, most tiles were smaller before it and larger after it.
fn profile() -> EncoderConfig {
    EncoderConfig::default()
        .with_spatial_morton_sort(false)
        .with_spatial_hilbert_sort(false)
        .with_id_sort(false)
        .with_fsst(false)
        .with_fastpfor(false)
        .with_shared_dict(false)
}

/// Whole numbers beyond 32 bits go as floating point while that is exact: JavaScript decoders make 64-bit numbers into BigInt, which
/// style expressions do not take for a number. (mlt-core narrows those within 32 bits by itself.)
fn stored(kind: ColumnKind, [low, high]: [i64; 2]) -> PropKind {
    let narrow = low >= i64::from(i32::MIN) && high <= i64::from(i32::MAX) || low >= 0 && high <= i64::from(u32::MAX);
    match kind {
        ColumnKind::Bool => PropKind::Bool,
        ColumnKind::Int if narrow || low.unsigned_abs().max(high.unsigned_abs()) > EXACT => PropKind::I64,
        ColumnKind::Int | ColumnKind::Float => PropKind::F64,
        ColumnKind::Text => PropKind::Str,
    }
}

fn fitted(value: PropValue, kind: PropKind) -> PropValue {
    match (value, kind) {
        (PropValue::I64(value), PropKind::F64) => PropValue::F64(value.map(|value| value as f64)),
        (value, _) => value,
    }
}

fn written(value: Attribute<'_>) -> String {
    match value {
        Attribute::Bool(value) => value.to_string(),
        Attribute::Int(value) => value.to_string(),
        Attribute::Float(value) => value.to_string(),
        Attribute::Text(value) => value.to_owned(),
    }
}

/// The geometry in the vocabulary of mlt-core; `None` if it has no part. One part is no collection of parts.
fn geo(geometry: &TileGeometry) -> Option<Geometry<i32>> {
    Some(match geometry {
        TileGeometry::Points(points) => match points[..] {
            [] => return None,
            [point] => Point(coord(point)).into(),
            _ => MultiPoint(points.iter().map(|&point| Point(coord(point))).collect()).into(),
        },
        TileGeometry::Lines(lines) => match &lines[..] {
            [] => return None,
            [line] => path(line).into(),
            _ => MultiLineString(lines.iter().map(|line| path(line)).collect()).into(),
        },
        TileGeometry::Polygons(polygons) => match &polygons[..] {
            [] => return None,
            [rings] => polygon(rings)?.into(),
            _ => MultiPolygon(polygons.iter().map(|rings| polygon(rings)).collect::<Option<_>>()?).into(),
        },
    })
}

fn polygon(rings: &[Vec<[i32; 2]>]) -> Option<Polygon<i32>> {
    let (exterior, holes) = rings.split_first()?;
    Some(Polygon::new(path(exterior), holes.iter().map(|hole| path(hole)).collect()))
}

fn path(positions: &[[i32; 2]]) -> LineString<i32> {
    LineString(positions.iter().map(|&position| coord(position)).collect())
}

fn coord([x, y]: [i32; 2]) -> Coord<i32> {
    Coord { x, y }
}

#[cfg(test)]
mod tests;
