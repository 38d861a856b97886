//! Which features a vector tile shows, and where they lie: looked up once, so that what is known of a tile's cost costs nothing again.

use super::{VECTOR_BUFFER, boxes_around, is_clustered};
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::feature::GeometryKind;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_tiles::grid::TileCoord;
use std::sync::Arc;

/// The layers that have tiles at the zoom, each with what was found of it.
pub struct Found(pub(super) Vec<Arc<FoundLayer>>);

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
    /// Its layer shows it after those of lower places.
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
        let (boxes, mut left) = (boxes_around(coord, VECTOR_BUFFER), most);
        let shown = layers.iter().filter(|published| published.has_tiles_at(coord.z()));
        let found = shown.map(|published| {
            let hits = hits(published, is_clustered(published, clustered), (&boxes, coord.z()), asked, left)?;
            left -= hits.len();
            Some(Arc::new(FoundLayer { published: Arc::clone(published), hits }))
        });
        found.collect::<Option<_>>().map(Self)
    }
}

/// As many as most tiles of high zooms show: room for them is made at once.
const FEW: usize = 64;

/// The features that fit in time and may show in the boxes at a zoom, in the order in which they are read; `None` if they are more than
/// `most`. There are none of a layer whose points are clustered, for these do not show as themselves.
///
/// They are read in the order in which they lie in memory; those of records in that of the layer, which edits leave as it is.
pub(super) fn hits(
    published: &Published,
    clustered: bool,
    (boxes, zoom): (&[Bounds], u8),
    asked: &Asked,
    most: usize,
) -> Option<Vec<Hit>> {
    let (layer, drawn) = (&published.layer, &published.drawn);
    if clustered && layer.geometry_kind() == GeometryKind::Point {
        return Some(Vec::new());
    }
    let mut slots = Vec::with_capacity(FEW);
    if !layer.slots(boxes, zoom, asked, most, &mut slots) {
        return None;
    }
    if layer.meta.kind == LayerKind::Reference {
        // Numbers of such a layer ascend in its order.
        let hit = |slot| layer.number_at(slot).map(|number| Hit { slot, place: number, number });
        let mut hits = Vec::with_capacity(slots.len());
        hits.extend(slots.into_iter().filter_map(hit));
        return Some(hits);
    }
    let mut numbers: Vec<u32> = slots.into_iter().filter_map(|slot| layer.number_at(slot)).collect();
    numbers.sort_unstable();
    layer.put_in_order(&mut numbers);
    let hit = |(place, &number)| Some(Hit { slot: drawn.slot(number)?, place, number });
    Some((0..).zip(&numbers).filter_map(hit).collect())
}
