//! What tiles read of a layer's features, arranged so that neighbours on the map are neighbours in memory.
//!
//! Features keep their numbers, which are their order in the file; a tile goes from a number to a slot, and everything it needs stands there.

use roadblock_layers::feature::FeatureId;
use roadblock_layers::layer::{Layer, LayerKind, LayerMeta};
use roadblock_tiles::mvt::MAX_ID;
use roadblock_tiles::scene::{Prepared, Scene};
use siphasher::sip::SipHasher13;
use std::borrow::Cow;
use std::hash::Hasher;

/// The features of one layer as tiles see them.
#[derive(Debug)]
pub struct Drawn {
    /// Geometries in the order of slots.
    scene: Scene,
    /// The slot of each feature.
    slots: Vec<u32>,
    ids: Vec<u64>,
    /// Codes of the columns that travel in tiles, slot after slot.
    codes: Vec<u32>,
    width: usize,
}

/// One feature as tiles see it.
#[derive(Debug, Clone, Copy)]
pub struct DrawnFeature<'a> {
    /// Its geometry.
    pub prepared: Prepared<'a>,
    /// Its number for map clients.
    pub id: u64,
    /// Codes of its values in the columns that travel in tiles, but for what depends on the asked time.
    pub codes: &'a [u32],
}

/// What stands beside the geometries, as lists of plain numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DrawnLists<'a> {
    /// The slot of each feature.
    pub(super) slots: Cow<'a, [u32]>,
    /// Numbers for map clients, slot after slot.
    pub(super) ids: Cow<'a, [u64]>,
    /// Codes of the columns that travel in tiles, slot after slot.
    pub(super) codes: Cow<'a, [u32]>,
}

impl Drawn {
    /// Arranges a layer whose geometries stand in `scene` in the order of its features, slot after slot as `order` says. `O(n)`.
    pub fn new(scene: Scene, order: &[u32], layer: &Layer) -> Self {
        let columns = &layer.meta.tile_columns;
        let mut slots = vec![0; order.len()];
        let (mut ids, mut codes) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len() * columns.len()));
        for (slot, &number) in (0u32..).zip(order) {
            let Some(feature) = layer.features.get(number) else { continue };
            if let Some(place) = slots.get_mut(number as usize) {
                *place = slot;
            }
            ids.push(tile_id(&layer.meta, feature.id()));
            codes.extend(columns.iter().map(|&column| feature.code(column)));
        }
        Self { scene: scene.arranged(order), slots, ids, codes, width: columns.len() }
    }

    /// The slot of feature number `number`.
    pub fn slot(&self, number: u32) -> Option<u32> {
        self.slots.get(number as usize).copied()
    }

    /// Its geometries, and the lists beside them.
    pub(super) fn lists(&self) -> (&Scene, DrawnLists<'_>) {
        let (slots, ids, codes) = (Cow::Borrowed(&*self.slots), Cow::Borrowed(&*self.ids), Cow::Borrowed(&*self.codes));
        (&self.scene, DrawnLists { slots, ids, codes })
    }

    /// From lists, for a layer of which the number of features and the columns in tiles are said; `None` if they do not fit. `O(n)`.
    pub(super) fn from_lists(scene: Scene, lists: DrawnLists<'_>, features: usize, width: usize) -> Option<Self> {
        let (slots, ids, codes) = (lists.slots.into_owned(), lists.ids.into_owned(), lists.codes.into_owned());
        if [scene.len(), slots.len(), ids.len()] != [features; 3] || Some(codes.len()) != features.checked_mul(width) {
            return None;
        }
        // Each slot is that of one feature.
        let mut taken = vec![false; features];
        let mut take = |slot: u32| taken.get_mut(slot as usize).is_some_and(|taken| !std::mem::replace(taken, true));
        let fits = slots.iter().all(|&slot| take(slot)) && ids.iter().all(|&id| id <= MAX_ID);
        fits.then_some(Self { scene, slots, ids, codes, width })
    }

    /// Feature number `number`.
    pub fn get(&self, number: u32) -> Option<DrawnFeature<'_>> {
        self.at(self.slot(number)?)
    }

    /// The feature in a slot.
    pub fn at(&self, slot: u32) -> Option<DrawnFeature<'_>> {
        let start = slot as usize * self.width;
        Some(DrawnFeature {
            prepared: self.scene.get(slot)?,
            id: *self.ids.get(slot as usize)?,
            codes: self.codes.get(start..start + self.width)?,
        })
    }
}

/// A number for a feature, stable and below 2^52: a file's own number, else a digest that tells nothing of the id.
pub fn tile_id(meta: &LayerMeta, id: &FeatureId) -> u64 {
    match id {
        FeatureId::Int(number) if meta.kind == LayerKind::Reference && *number <= MAX_ID => *number,
        _ => {
            let mut hasher = SipHasher13::new();
            hasher.write(meta.name.as_str().as_bytes());
            hasher.write_u8(0);
            hasher.write(id.to_string().as_bytes());
            hasher.finish() & MAX_ID
        }
    }
}
