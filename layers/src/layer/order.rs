//! The order in which the features of a layer are told and drawn: those of a file as they stand in it or were edited last, records by their ids.

use super::{Laid, Layer, LayerKind};
use std::cmp::Ordering;

impl Layer {
    /// Whether numbers ascend in the layer's order.
    pub fn is_numbered_in_order(&self) -> bool {
        // The lowest sheet of records always is.
        self.meta.kind == LayerKind::Reference || self.pile.len() == 1
    }

    /// Puts numbers, ascending, in the layer's order. `O(n)` for what edits left as it was, `O(n log n)` for the rest.
    pub fn put_in_order(&self, numbers: &mut [u32]) {
        if !self.is_numbered_in_order() {
            numbers.sort_by(|one, other| self.compare(*one, *other));
        }
    }

    /// Which of two features comes first.
    pub fn compare(&self, one: u32, other: u32) -> Ordering {
        let ground = self.pile.first().map_or(0, Laid::end);
        if self.is_numbered_in_order() || one.max(other) < ground {
            return one.cmp(&other);
        }
        // Of one record what was known first, then what held first: as whoever makes the layer anew lays them.
        let order = |number| {
            self.any_feature(number).map(|feature| (feature.id().addressed(), feature.known().from, feature.valid().from))
        };
        order(one).cmp(&order(other)).then(one.cmp(&other))
    }
}
