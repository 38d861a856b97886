//! The one place where layers meet tiles: which features of a layer a tile shows, and with which properties.
//!
//! In: published layers and an asked time. Out: encoded MVT or an image. All geometry work happens in `roadblock_tiles`.

use crate::style::Styles;
use crate::tile::{Format, Worker};
use crate::world::Published;
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Asked, PhaseSet};
use roadblock_layers::value::Value;
use roadblock_tiles::cut::{CutOptions, TileGeometry, cut};
use roadblock_tiles::grid::{EXTENT, TileCoord};
use roadblock_tiles::mvt::{Attribute, LayerWriter};
use roadblock_tiles::raster::{self, Properties, RasterFeature, RasterTile, SourceLayer};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::sync::Arc;

/// Phases a map draws unless asked otherwise: reports whose effect is over stay out.
pub const MAP_PHASES: PhaseSet = PhaseSet::ACTIVE_AND_RECENT;

/// What a vector tile shows beyond its edge, in tile units: strokes and symbols must not break at seams.
const VECTOR_BUFFER: u32 = 64;

/// Encodes one MVT layer for each published layer that shows anything in the tile.
pub fn vector_tile(layers: &[Arc<Published>], coord: TileCoord, asked: &Asked, worker: &mut Worker) -> Vec<u8> {
    let options = CutOptions { extent: EXTENT, buffer: VECTOR_BUFFER };
    layers.iter().filter(|published| published.has_tiles_at(coord.z())).fold(Vec::new(), |mut bytes, published| {
        bytes.extend(vector_layer(published, coord, asked, &options, worker));
        bytes
    })
}

fn vector_layer(published: &Published, coord: TileCoord, asked: &Asked, options: &CutOptions, worker: &mut Worker) -> Vec<u8> {
    let layer = &published.layer;
    let mut writer = LayerWriter::new(layer.meta.name.as_str(), options.extent);
    let columns = &layer.meta.tile_columns;
    let keys: Vec<_> = columns.iter().map(|&column| writer.key(&layer.schema.columns()[column].name)).collect();
    visit(published, coord, asked, options, worker, |feature, geometry| {
        let values: Vec<Value> = columns.iter().map(|&column| layer.value(feature, column, &asked.datetime)).collect();
        let attributes = keys.iter().zip(&values).filter_map(|(&key, value)| Some((key, attribute(value)?)));
        writer.feature(mvt_id(layer.meta.name.as_str(), &feature.id), &geometry, attributes);
    });
    writer.finish()
}
