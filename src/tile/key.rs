//! What makes two tile requests the same request.
//!
//! Times appear as epochs (which stretch between validity boundaries), so any two instants with the same answer share one key.

use super::body::{Encoding, Format};
use crate::world::clusters::Clustered;
use roadblock_layers::layer::PhaseSet;
use roadblock_tiles::grid::TileCoord;
use std::sync::Arc;

/// Names the content of one tile body completely.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// Layer names in the order asked for, comma-separated.
    pub layers: Arc<str>,
    /// Those of them whose points are shown as clusters.
    pub clustered: Clustered,
    /// Revisions of those layers, folded into one number.
    pub revision: u64,
    /// Epochs of the two ends of the asked valid time; equal for an instant.
    pub valid_epochs: (u32, u32),
    /// Epoch of `known_at`.
    pub known_epoch: u32,
    /// Asked phases.
    pub phases: Option<PhaseSet>,
    /// Which tile.
    pub coord: TileCoord,
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
