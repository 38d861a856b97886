//! What makes two tile requests the same request.
//!
//! Times appear as epochs, each named by the moment at which it begins, so any two instants with the same answer share one key, and keep
//! it when something changes elsewhere.

use super::body::{Encoding, Format};
use crate::world::clusters::Clustered;
use roadblock_layers::layer::PhaseSet;
use roadblock_layers::time::Instant;
use roadblock_layers::vocab::Audience;
use roadblock_tiles::grid::TileCoord;
use std::sync::Arc;

/// Names the content of one tile body completely.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// Whom it is for: what one may see never comes to another by way of the cache.
    pub audience: Audience,
    /// Layer names in the order asked for, comma-separated.
    pub layers: Arc<str>,
    /// Those of them whose points are shown as clusters.
    pub clustered: Clustered,
    /// Revisions of what those layers show in the tile, folded into one number.
    pub revision: u64,
    /// Epochs of the two ends of the asked valid time; equal for an instant.
    pub valid_epochs: (Instant, Instant),
    /// Epoch of `known_at`.
    pub known_epoch: Instant,
    /// Asked phases.
    pub phases: Option<PhaseSet>,
    /// Which tile.
    pub coord: TileCoord,
    /// By which style it is drawn, in which revision, and whether on its background; nothing of vector tiles.
    pub look: Option<(Arc<str>, u64, bool)>,
    /// Vector or raster, and its pixel size.
    pub format: Format,
    /// How the body is compressed.
    pub encoding: Encoding,
}

impl TileKey {
    /// Bytes held outside the struct.
    pub fn heap_bytes(&self) -> usize {
        self.layers.len() + self.clustered.as_str().len()
    }
}
