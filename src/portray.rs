//! The one place where layers meet tiles: which features of a layer a tile shows, and with which properties.
//!
//! In: published layers and an asked time. Out: an encoded vector tile or a picture. All geometry work happens in `roadblock_tiles`.

mod alike;
mod clusters;
mod cutting;
mod deadline;
mod found;
pub mod legend;
mod near;
mod raster;
pub mod sheet;
mod short;
mod vector;

pub use clusters::fields as cluster_fields;
pub use deadline::Deadline;
pub use found::Found;
pub use near::near;
pub use raster::{picture, raster_tile};
pub use short::found_if_short;
pub use vector::{vector_tile, vector_tile_of};

use crate::world::Published;
use crate::world::clusters::Clustered;
use crate::world::drawn::DrawnFeature;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Layer, LayerKind, PhaseSet};
use roadblock_layers::view::kind_of;
use roadblock_layers::vocab::Kind;
use roadblock_tiles::cluster;
use roadblock_tiles::cut::TileGeometry;
use roadblock_tiles::frame::Frame;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::label;
use roadblock_tiles::raster::{ImageError, TooMuch};
use roadblock_tiles::scene::Prepared;
use roadblock_tiles::vector::EncodeError;

/// Phases a map draws unless asked otherwise: reports whose effect is over stay out.
pub const MAP_PHASES: PhaseSet = PhaseSet::ACTIVE_AND_RECENT;

/// What a vector tile shows beyond its edge, in tile units: strokes and symbols must not break at seams.
const VECTOR_BUFFER: u32 = 64;

/// Why a tile cannot be made of what it shows.
#[derive(Debug, thiserror::Error)]
pub enum PortrayError {
    /// As a vector tile.
    #[error(transparent)]
    Vector(#[from] EncodeError),
    /// As a picture.
    #[error(transparent)]
    Picture(#[from] ImageError),
    /// It would take more time or memory than a picture may.
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
}

/// Whether the points of a layer are shown as clusters.
fn is_clustered(published: &Published, clustered: &Clustered) -> bool {
    clustered.contains(published.layer.meta.name.as_str())
}

/// Whether lines and areas of a layer have a mark, as reports on a stretch of road do.
fn has_marks(layer: &Layer) -> bool {
    let kind = kind_of(layer.meta.name.as_str());
    layer.meta.kind == LayerKind::Domain && matches!(kind, Some(Kind::Blockade | Kind::Area))
}

/// The mark of a line or an area: one point for all of it beside the geometry, for each tile would else put a mark or a text on its own part.
fn mark(prepared: Prepared<'_>, frame: &Frame) -> Option<TileGeometry> {
    let points = label::mark(prepared, frame);
    (!points.is_empty()).then_some(TileGeometry::Points(points))
}

/// The box around a tile and a buffer in tile units, or the boxes where it crosses 180°.
pub fn boxes_around(coord: TileCoord, buffer: u32) -> Vec<Bounds> {
    coord.bounds_deg(buffer).iter().filter_map(|b| Bounds::new(b.west, b.south, b.east, b.north)).collect()
}

/// Whether a feature shows as itself: points of a clustered layer do not.
fn is_itself(drawn: &DrawnFeature<'_>, clustered: bool) -> bool {
    !(clustered && cluster::position(drawn.prepared).is_some())
}
