//! A layer on its way: indexed, so that whoever draws it can begin to put geometries in the order in which tiles read them, while its
//! values are numbered in that order too.

use super::{Layer, LayerMeta, Loss};
use crate::features::{FeatureRef, Features};
use crate::sheet::{Indexed, Located};
use crate::value::Schema;

/// A layer whose order is known.
#[derive(Debug)]
pub struct IndexedLayer {
    meta: LayerMeta,
    schema: Schema,
    losses: Vec<Loss>,
    indexed: Indexed,
}

impl IndexedLayer {
    /// Builds the index, `O(n log n)`. `rank` gives the importance of feature number i (0 = always visible).
    pub fn new(
        meta: LayerMeta,
        schema: Schema,
        mut features: Features,
        losses: Vec<Loss>,
        rank: impl Fn(usize, FeatureRef<'_>) -> u8,
    ) -> Self {
        let bounds = features.take_bounds();
        let places = features.iter().zip(bounds).enumerate();
        let located: Vec<Located> =
            places.map(|(number, (feature, bounds))| bounds.map(|bounds| (bounds, rank(number, feature)))).collect();
        Self { meta, schema, losses, indexed: Indexed::new(features, located) }
    }

    /// The order in which tiles will read features, as `Layer::order_of` tells it of the layer.
    pub fn order(&self) -> impl Iterator<Item = u32> {
        self.indexed.order()
    }

    /// The layer, with timelines and numbered values. `O(n log n)`.
    pub fn finished(self) -> Layer {
        Layer::of(self.meta, self.schema, self.losses, self.indexed.numbered())
    }
}

#[cfg(test)]
impl Layer {
    /// A layer that nobody draws.
    pub(crate) fn build(
        meta: LayerMeta,
        schema: Schema,
        features: Features,
        losses: Vec<Loss>,
        rank: impl Fn(usize, FeatureRef<'_>) -> u8,
    ) -> Self {
        IndexedLayer::new(meta, schema, features, losses, rank).finished()
    }
}
