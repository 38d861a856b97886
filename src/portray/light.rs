//! Which vector tiles are so quickly made that handing them to another thread would take longer.

use super::{VECTOR_BUFFER, boxes_around};
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::layer::Asked;
use roadblock_tiles::cut::effort;
use roadblock_tiles::grid::TileCoord;
use std::sync::Arc;

/// Vertices a light tile may go through: less than a tenth of a millisecond's work.
const MOST_VERTICES: usize = 4096;
/// What a feature costs beside its vertices, in vertices.
const FEATURE_COST: usize = 16;

/// Whether a vector tile takes little work, whatever the layers hold. Looks at no more of them than that.
///
/// Layers that change with time are passed over: how many features the index visits in vain for a moment is not bounded.
pub fn is_light(layers: &[Arc<Published>], clustered: &Clustered, coord: TileCoord, asked: &Asked) -> bool {
    let boxes = boxes_around(coord, VECTOR_BUFFER);
    let mut vertices = 0;
    let is_heavy = |published: &Arc<Published>| {
        let too_many = |number: u32| {
            let left = MOST_VERTICES.saturating_sub(vertices);
            vertices +=
                FEATURE_COST + published.drawn.get(number).map_or(0, |drawn| effort(drawn.prepared, coord, VECTOR_BUFFER, left));
            vertices > MOST_VERTICES
        };
        super::is_clustered(published, clustered)
            || !published.layer.features.are_timeless()
            || published.layer.any(&boxes, coord.z(), asked, too_many)
    };
    !layers.iter().filter(|published| published.has_tiles_at(coord.z())).any(is_heavy)
}
