//! Which features a vector tile shows, and where they lie: looked up once, so that what is known of a tile's cost costs nothing again.

use super::{VECTOR_BUFFER, boxes_around, is_clustered};
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::feature::GeometryKind;
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_tiles::grid::TileCoord;
use std::sync::Arc;

/// The layers that have tiles at the zoom, each with what was found of it.
pub struct Found(pub(super) Vec<FoundLayer>);

/// One layer.
pub(super) struct FoundLayer {
    pub(super) published: Arc<Published>,
    /// In the order in which they are read.
    pub(super) hits: Vec<Hit>,
}

/// One feature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    /// Where it lies in memory.
    pub(super) slot: u32,
    /// Where it stands among those of the layer that were found.
    pub(super) place: u32,
    pub(super) number: u32,
}

impl Found {
    /// All features that fit in time and may show in the tile or its buffer.
    pub fn all(layers: &[Arc<Published>], clustered: &Clustered, coord: TileCoord, asked: &Asked) -> Self {
        // Nothing is more than that.
        Self::of_few(layers, clustered, coord, asked, usize::MAX).unwrap_or(Self(Vec::new()))
    }

    /// The same if there are surely no more than `most` of them; costs little where there are many.
    pub(super) fn of_few(
        layers: &[Arc<Published>],
        clustered: &Clustered,
        coord: TileCoord,
        asked: &Asked,
        most: usize,
    ) -> Option<Self> {
        let boxes = boxes_around(coord, VECTOR_BUFFER);
        let (mut left, mut numbers) = (most, Vec::new());
        let shown = layers.iter().filter(|published| published.has_tiles_at(coord.z()));
        let found = shown.map(|published| {
            numbers.clear();
            // Points that are clustered do not show as themselves.
            let is_looked_at = !is_clustered(published, clustered) || published.layer.geometry_kind() != GeometryKind::Point;
            if is_looked_at && !published.layer.query_few(&boxes, coord.z(), asked, left, &mut numbers) {
                return None;
            }
            left -= numbers.len();
            Some(FoundLayer { published: Arc::clone(published), hits: hits(published, &numbers) })
        });
        found.collect::<Option<_>>().map(Self)
    }
}

/// Numbers of the features that fit in time and may show in the tile or its buffer, in order; none of a layer whose points are
/// clustered.
pub(super) fn find(published: &Published, clustered: bool, coord: TileCoord, buffer: u32, asked: &Asked, hits: &mut Vec<u32>) {
    hits.clear();
    if clustered && published.layer.geometry_kind() == GeometryKind::Point {
        return;
    }
    published.layer.query(&boxes_around(coord, buffer), coord.z(), asked, hits);
}

/// Where numbers lie. They are read in the order in which they lie in memory; of records in that of the layer, which edits leave as it is.
pub(super) fn hits(published: &Published, numbers: &[u32]) -> Vec<Hit> {
    let hit = |(place, &number)| Some(Hit { slot: published.drawn.slot(number)?, place, number });
    let mut hits: Vec<Hit> = (0..).zip(numbers).filter_map(hit).collect();
    if published.layer.meta.kind == LayerKind::Reference {
        hits.sort_unstable_by_key(|hit| hit.slot);
    }
    hits
}
