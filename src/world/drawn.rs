//! What tiles read of a layer's features, arranged in the order of the layer's index: what shows from the same zoom on, is of one size and
//! lies near on the map lies near in memory.
//!
//! Features keep their numbers, which are their order in the layer; the index finds slots, from front to back, and everything that a tile
//! needs stands there. As a layer is a pile of sheets, so is this: what edits do not touch is shared.

mod row;

pub use row::{Row, Rows};

use roadblock_layers::feature::FeatureId;
use roadblock_layers::layer::{Layer, LayerKind, LayerMeta};
use roadblock_tiles::mvt::MAX_ID;
use roadblock_tiles::scene::{Prepared, Scene};
use siphasher::sip::SipHasher13;
use std::borrow::Cow;
use std::hash::Hasher;
use std::sync::Arc;

/// The features of one layer as tiles see them.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// From the ground up, each where its numbers and codes begin.
    pile: Vec<(u32, u32, Arc<DrawnSheet>)>,
}

/// The features of one sheet as tiles see them.
#[derive(Debug)]
pub(super) struct DrawnSheet {
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
    /// What tiles say of it.
    pub row: Row<'a>,
}

/// What stands beside the geometries, as lists of plain numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DrawnLists<'a> {
    /// Numbers for map clients, slot after slot.
    pub(super) ids: Cow<'a, [u64]>,
    /// Codes of the columns that travel in tiles, slot after slot.
    pub(super) codes: Cow<'a, [u32]>,
}

impl Drawn {
    /// A layer of one sheet whose geometries stand in `scene` in its order. `O(n)`.
    pub fn new(scene: Scene, order: &[u32], layer: &Layer) -> Self {
        Self { pile: vec![(0, 0, Arc::new(DrawnSheet::new(scene, order, 0, layer)))] }
    }

    /// The drawings of a layer whose sheets are these.
    pub(super) fn of(sheets: Vec<Arc<DrawnSheet>>, layer: &Layer) -> Self {
        Self { pile: layer.beginnings().zip(sheets).map(|((first, first_code), sheet)| (first, first_code, sheet)).collect() }
    }

    /// The sheets, from the ground up.
    pub(super) fn sheets(&self) -> impl ExactSizeIterator<Item = &Arc<DrawnSheet>> {
        self.pile.iter().map(|(.., sheet)| sheet)
    }

    /// The scene that has the geometry of feature number `number`, and its number there.
    pub(super) fn stored(&self, number: u32) -> Option<(&Scene, u32)> {
        let (first, _, sheet) = self.sheet(number)?;
        Some((&sheet.scene, *sheet.slots.get((number - first) as usize)?))
    }

    fn sheet(&self, number: u32) -> Option<(u32, u32, &DrawnSheet)> {
        let which = match self.pile.len() {
            1 => 0,
            _ => self.pile.partition_point(|(first, ..)| *first <= number).checked_sub(1)?,
        };
        self.pile.get(which).map(|(first, first_code, sheet)| (*first, *first_code, &**sheet))
    }

    /// The slot of feature number `number`.
    pub fn slot(&self, number: u32) -> Option<u32> {
        let (first, _, sheet) = self.sheet(number)?;
        sheet.slots.get((number - first) as usize).map(|slot| first + slot)
    }

    /// Feature number `number`.
    pub fn get(&self, number: u32) -> Option<DrawnFeature<'_>> {
        self.at(self.slot(number)?)
    }

    /// The feature in a slot. Sheets have as many slots as numbers.
    pub fn at(&self, slot: u32) -> Option<DrawnFeature<'_>> {
        let (first, first_code, sheet) = self.sheet(slot)?;
        let slot = slot - first;
        let start = slot as usize * sheet.width;
        Some(DrawnFeature {
            prepared: sheet.scene.get(slot)?,
            row: Row::new(*sheet.ids.get(slot as usize)?, sheet.codes.get(start..start + sheet.width)?, first_code),
        })
    }

    /// Geometries of a layer of one sheet, and the lists beside them.
    pub(super) fn lists(&self) -> Option<(&Scene, DrawnLists<'_>)> {
        let [(.., sheet)] = &*self.pile else { return None };
        Some((&sheet.scene, DrawnLists { ids: Cow::Borrowed(&*sheet.ids), codes: Cow::Borrowed(&*sheet.codes) }))
    }

    /// From lists, for a layer of one sheet; `None` if they do not fit. `O(n)`.
    pub(super) fn from_lists(scene: Scene, lists: DrawnLists<'_>, layer: &Layer) -> Option<Self> {
        let (ids, codes) = (lists.ids.into_owned(), lists.codes.into_owned());
        let (features, width) = (layer.len(), layer.meta.tile_columns.len());
        if [scene.len(), ids.len()] != [features; 2] || Some(codes.len()) != features.checked_mul(width) {
            return None;
        }
        if ids.iter().any(|&id| id > MAX_ID) {
            return None;
        }
        let slots = slots(layer.order_of(0), features);
        Some(Self { pile: vec![(0, 0, Arc::new(DrawnSheet { scene, slots, ids, codes, width }))] })
    }
}

/// Where each of so many features lies, of which the order is told.
fn slots(order: impl Iterator<Item = u32>, features: usize) -> Vec<u32> {
    let mut slots = vec![0; features];
    for (slot, number) in (0..).zip(order) {
        if let Some(place) = slots.get_mut(number as usize) {
            *place = slot;
        }
    }
    slots
}

impl DrawnSheet {
    /// Of the features that a layer numbers from `first` on; feature `first + order[n]` stands in slot `n`, and its geometry is number
    /// `n` of the scene.
    pub(super) fn new(scene: Scene, order: &[u32], first: u32, layer: &Layer) -> Self {
        let columns = &layer.meta.tile_columns;
        let (mut ids, mut codes) = (Vec::with_capacity(order.len()), Vec::with_capacity(order.len() * columns.len()));
        for feature in order.iter().filter_map(|number| layer.any_feature(first + number)) {
            ids.push(tile_id(&layer.meta, feature.id()));
            codes.extend(columns.iter().map(|&column| feature.code(column)));
        }
        let slots = slots(order.iter().copied(), order.len());
        Self { scene, slots, ids, codes, width: columns.len() }
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
