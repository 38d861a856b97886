//! Layers that compare two moments: made when they are asked for, and kept as long as others are not asked for more.

use crate::world::{Published, Ready, World};
use quick_cache::sync::Cache;
use roadblock_layers::access::{Access, Moment, Terms, changes_layer};
use roadblock_layers::layer::IndexedLayer;
use roadblock_layers::vocab::Audience;
use std::sync::Arc;

/// Comparisons that are kept: a map of one asks for its tiles within seconds.
const MOST_KEPT: usize = 64;

/// What is compared, of which view of which world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// Whose view.
    pub audience: Audience,
    /// How it was.
    pub from: Moment,
    /// How it is.
    pub to: Moment,
    /// By what terms.
    pub terms: Terms,
}

/// A layer, and of what it was made: as long as it is kept, no other has the address of that.
#[derive(Clone)]
struct Kept {
    access: Arc<Access>,
    layer: Arc<Published>,
}

/// The comparisons that are kept.
pub struct Compared(Cache<Comparison, Kept>);

impl Default for Compared {
    fn default() -> Self {
        Self(Cache::new(MOST_KEPT))
    }
}

impl Compared {
    /// The layer of a comparison in a world, if it is kept.
    pub fn kept(&self, comparison: &Comparison, access: &Arc<Access>) -> Option<Arc<Published>> {
        let kept = self.0.get(comparison).filter(|kept| Arc::ptr_eq(&kept.access, access))?;
        Some(kept.layer)
    }

    /// Makes the layer, in proportion to what is known of the roads; nothing if nothing was.
    pub fn made(&self, comparison: Comparison, access: &Arc<Access>, world: &World) -> Option<Arc<Published>> {
        let Comparison { from, to, terms, .. } = comparison;
        let roads = access.known(to.known_at, terms)?.roads;
        let credit = world.layer(roadblock_layers::access::LAYER).map_or("", |layer| layer.layer.meta.attribution.as_str());
        let view = changes_layer(&access.changes(from, to, terms), roads, credit);
        let ready = Ready::of(&view.features);
        let layer =
            Arc::new(Published::new(IndexedLayer::new(view.meta, view.schema, view.features, Vec::new(), |_, _| 0), ready));
        self.0.insert(comparison, Kept { access: Arc::clone(access), layer: Arc::clone(&layer) });
        Some(layer)
    }
}
