//! Vector tiles of layers: which features they hold, with which properties.

use super::alike::Alike;
use super::clusters::{self, Shown, Words};
use super::cutting::{Cutting, Geometry};
use super::found::{Found, FoundLayer};
use super::{PortrayError, VECTOR_BUFFER, has_marks, is_clustered};
use crate::tile::Worker;
use crate::world::Published;
use crate::world::clusters::Clustered;
use crate::world::drawn::tile_id;
use roadblock_layers::dictionary::NULL;
use roadblock_layers::layer::{Asked, Layer, LayerKind};
use roadblock_layers::value::{ColumnKind, Value};
use roadblock_tiles::cut::{Purpose, TileGeometry};
use roadblock_tiles::frame::Frame;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::mvt::{Attribute, Values};
use roadblock_tiles::vector::{ColumnKind as AttributeKind, EncodeError, LayerWriter, VectorFormat};
use std::ops::Range;
use std::sync::Arc;

/// Encodes one layer for each published layer that shows anything in the tile.
pub fn vector_tile(
    layers: &[Arc<Published>],
    clustered: &Clustered,
    coord: TileCoord,
    asked: &Asked,
    format: VectorFormat,
    worker: &mut Worker,
) -> Result<Vec<u8>, PortrayError> {
    vector_tile_of(&Found::all(layers, clustered, coord, asked), clustered, coord, asked, format, worker)
}

/// The same of what was found for it.
pub fn vector_tile_of(
    found: &Found,
    clustered: &Clustered,
    coord: TileCoord,
    asked: &Asked,
    format: VectorFormat,
    worker: &mut Worker,
) -> Result<Vec<u8>, PortrayError> {
    let mut tile = Vec::new();
    let stands_out = worker.usual.stands_out(coord.z(), found.0.iter().map(|layer| layer.hits.len()).sum());
    for found in &found.0 {
        let is_clustered = is_clustered(&found.published, clustered);
        let mut layer = vector_layer(found, is_clustered, stands_out, coord, asked, format, worker)?;
        match tile.is_empty() {
            true => tile = layer,
            false => tile.append(&mut layer),
        }
    }
    Ok(tile)
}

fn vector_layer(
    found: &Arc<FoundLayer>,
    clustered: bool,
    stands_out: bool,
    coord: TileCoord,
    asked: &Asked,
    format: VectorFormat,
    worker: &mut Worker,
) -> Result<Vec<u8>, EncodeError> {
    let published = &found.published;
    let (layer, frame) = (&published.layer, Frame::new(coord, VECTOR_BUFFER));
    let columns = layer.meta.tile_columns.iter().filter_map(|&column| Some((column, layer.schema.columns().get(column)?)));
    let (columns, specs): (Vec<usize>, Vec<_>) = columns.unzip();
    let (mut names, mut kinds): (Vec<&str>, Vec<_>) =
        specs.iter().map(|spec| (spec.name.as_ref(), attribute_kind(spec.kind))).unzip();
    let codes = |feature| columns.iter().map(move |&column| layer.code(feature, column, &asked.datetime));
    let mut words = Words::after(layer);
    let mut points: Vec<(u64, TileGeometry, Vec<u32>)> = Vec::new();
    if clustered {
        clusters::visit(published, &frame, Purpose::Vector, asked, |at, shown| {
            let (id, codes) = match shown {
                Shown::Alone(feature) => (tile_id(&layer.meta, feature.id()), codes(feature).collect()),
                Shown::Cluster { id, values } => (id, words.row(values, &mut names, &mut kinds)),
            };
            points.push((id, TileGeometry::Points(at), codes));
        });
    }
    let values = TileValues { layer, words: &words };
    // What only clusters say, others do not.
    let unsaid = || std::iter::repeat_n(NULL, names.len() - columns.len());
    let mut tables = std::mem::take(&mut worker.tables);
    let mut writer = LayerWriter::new(format, layer.meta.name.as_str(), (&names, &kinds), &values, &mut tables);
    let mut alike = Alike::of(layer);
    let (changes, has_marks) = (layer.changes_with_time(), has_marks(layer));
    let purpose = Purpose::of_vector(layer.meta.is_simplified);
    let cutting = Cutting { found: Arc::clone(found), frame, purpose, is_clustered: clustered, has_marks, stands_out };
    cutting.each(writer.of_encoded().is_some(), worker, |hit, row, geometry| {
        writer.stand_at(hit.place);
        let mut like = |(column, code)| alike.code(column, code);
        match Some(hit.number).filter(|_| changes).and_then(|number| layer.feature(number)) {
            None => add(&mut writer, row.id, geometry, row.codes().enumerate().map(&mut like).chain(unsaid())),
            Some(feature) => add(&mut writer, row.id, geometry, codes(feature).enumerate().map(&mut like).chain(unsaid())),
        }
    });
    // Clusters lie over what is not clustered.
    writer.stand_at(u32::MAX);
    for (id, geometry, codes) in points {
        writer.feature(id, &geometry, codes.into_iter().chain(unsaid()).take(names.len()));
    }
    let tile = writer.finish();
    worker.tables = tables;
    tile
}

/// Writes a feature, whoever cut it.
fn add<V: Values>(writer: &mut LayerWriter<'_, V>, id: u64, geometry: Geometry<'_>, codes: impl Iterator<Item = u32>) {
    match geometry {
        Geometry::Cut(geometry) => writer.feature(id, geometry, codes),
        Geometry::Encoded(geometry) => {
            if let Some(writer) = writer.of_encoded() {
                writer.encoded(id, geometry, codes);
            }
        }
    }
}

/// The values of a layer as tiles carry them; what is not said, and what is nested, stays out.
struct TileValues<'a> {
    layer: &'a Layer,
    /// What clusters say, by the codes after those of the dictionary.
    words: &'a Words,
}

impl Values for TileValues<'_> {
    fn codes(&self) -> usize {
        self.layer.codes() + self.words.len()
    }

    fn value(&self, code: u32) -> Option<Attribute<'_>> {
        if let Some(word) = self.words.get(code) {
            return Some(word.attribute());
        }
        match self.layer.value_of(code) {
            Value::Null | Value::Json(_) => None,
            Value::Bool(value) => Some(Attribute::Bool(*value)),
            Value::Int(value) => Some(Attribute::Int(*value)),
            Value::Float(value) => Some(Attribute::Float(*value)),
            Value::Text(value) => Some(Attribute::Text(value)),
        }
    }

    fn singles(&self) -> Range<u32> {
        // Of records a code may stand for equal values of other sheets, too.
        if self.layer.meta.kind == LayerKind::Reference { self.layer.singles() } else { 0..0 }
    }
}

/// What a format that gives each column one kind makes of it.
fn attribute_kind(kind: ColumnKind) -> AttributeKind {
    match kind {
        ColumnKind::Bool => AttributeKind::Bool,
        ColumnKind::Int => AttributeKind::Int,
        ColumnKind::Float => AttributeKind::Float,
        ColumnKind::Text | ColumnKind::Time | ColumnKind::Json | ColumnKind::Mixed => AttributeKind::Text,
    }
}
