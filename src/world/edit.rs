//! A published layer after edits: all it does not touch is shared with the one before, and only tiles that show the edit are made again.

mod reload;

use super::Published;
use super::drawn::{Drawn, DrawnSheet};
use super::stamps::Stamps;
use roadblock_layers::feature::FeatureId;
use roadblock_layers::layer::{Edit, EditError, Edited, Merged};
use roadblock_tiles::scene::Scene;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What makes two publications of a layer each other's editions.
#[derive(Debug, Clone, Default)]
pub struct Lineage {
    /// Digest of the content that the first of them had.
    pub origin: u64,
    /// Which of them this is: 0, or a number that no other edition of any layer has in this process, higher than those before.
    pub edition: u64,
    /// Which of them touched each tile last.
    pub stamps: Arc<Stamps>,
    /// What this one says otherwise than the one before it, if it came of an edit.
    said: Option<Said>,
}

/// The features that an edit said anew, and of which edition.
#[derive(Debug, Clone)]
struct Said {
    of: u64,
    ids: Arc<[FeatureId]>,
}

impl Lineage {
    /// Of a layer that was not edited.
    pub(super) fn new(origin: u64) -> Self {
        Self { origin, ..Self::default() }
    }

    /// Counted for all layers together, since a layer may come back to an origin that it had: numbers must not mean two things to the cache.
    fn next(&self) -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self { edition: 1 + LAST.fetch_add(1, Ordering::Relaxed), said: None, ..self.clone() }
    }

    /// The features that were said anew since another edition, if that was the one before and an edit came between.
    pub fn said_since(&self, former: &Self) -> Option<&[FeatureId]> {
        let said = self.said.as_ref().filter(|said| self.origin == former.origin && said.of == former.edition);
        said.map(|said| &*said.ids)
    }
}

/// Sheets of a published layer made into one.
pub struct MergedSheets {
    merged: Merged,
    which: Range<usize>,
    drawn: Arc<DrawnSheet>,
    /// Where features of edits are: tiles hold their values in another order from now on.
    touched: Vec<[[u32; 2]; 2]>,
}

impl Published {
    /// The layer after some edits, all or none. Leaves its edition at the tiles that show any of them, before or after.
    pub fn edited(&self, edits: Vec<Edit>) -> Result<Self, EditError> {
        let said = Said { of: self.lineage.edition, ids: edits.iter().map(|edit| edit.id.clone()).collect() };
        let Edited { layer, gone, come, digest } = self.layer.edited(edits)?;
        let lineage = Lineage { said: Some(said), ..self.lineage.next() };
        let mut sheets: Vec<Arc<DrawnSheet>> = self.drawn.sheets().cloned().collect();
        if let Some((first, _)) = layer.beginnings().last().filter(|_| !come.is_empty()) {
            let mut new = Scene::default();
            come.clone().for_each(|number| new.push(layer.feature(number).and_then(|feature| feature.geometry()).as_ref()));
            let stored = |local: &u32| match (first + local).checked_sub(come.start) {
                Some(number) => Some((&new, number)),
                None => self.drawn.stored(first + local),
            };
            let top = layer.beginnings().len() - 1;
            let order: Vec<u32> = layer.order_of(top).collect();
            let scene = Scene::copied(order.iter().filter_map(stored));
            sheets.truncate(top);
            sheets.push(Arc::new(DrawnSheet::new(scene, &order, first, &layer)));
        }
        let drawn = Drawn::of(sheets, &layer);
        let before = gone.iter().filter_map(|&number| Some((self.drawn.get(number)?.prepared, self.layer.rank(number)?)));
        let after = come.filter_map(|number| Some((drawn.get(number)?.prepared, layer.rank(number)?)));
        let (before, after): (Vec<_>, Vec<_>) = (before.collect(), after.collect());
        for (prepared, _) in before.iter().chain(&after) {
            if let Some(corners) = prepared.corners() {
                lineage.stamps.leave(corners, lineage.edition);
            }
        }
        let budget = self.budget.edited(&before, &after, (layer.meta.min_zoom, layer.meta.is_simplified));
        let mut revision = SipHasher13::new();
        revision.write_u64(self.revision);
        revision.write_u64(digest);
        Ok(Self { budget, clusters: self.clusters.again(), revision: revision.finish(), lineage, drawn, layer })
    }

    /// Which sheets should be made into one now.
    pub fn worth_merging(&self) -> Option<Range<usize>> {
        self.layer.worth_merging()
    }

    /// Makes sheets into one, `O(n log n)` in their features, while others go on reading and editing.
    pub fn merged(&self, which: Range<usize>) -> Option<MergedSheets> {
        let numbers = self.layer.numbers_of(which.clone());
        let merged = self.layer.merged(which.clone());
        let layer = self.layer.with_merged(&merged)?;
        let (first, _) = layer.beginnings().nth(which.start)?;
        let order: Vec<u32> = layer.order_of(which.start).collect();
        let scene = Scene::copied(order.iter().filter_map(|&place| self.drawn.stored(*numbers.get(place as usize)?)));
        let drawn = Arc::new(DrawnSheet::new(scene, &order, first, &layer));
        let (lowest, _) = self.layer.beginnings().nth(which.start.max(1)).unwrap_or((self.layer.end(), 0));
        let edited = numbers.iter().filter(|number| **number >= lowest);
        let touched = edited.filter_map(|&number| self.drawn.get(number)?.prepared.corners()).collect();
        Some(MergedSheets { merged, which, drawn, touched })
    }

    /// The same content with merged sheets in place of those they were made of; `None` if these are not there any more.
    pub fn with_merged(&self, sheets: &MergedSheets) -> Option<Self> {
        let MergedSheets { merged, which, drawn, touched } = sheets;
        let layer = self.layer.with_merged(merged)?;
        let old: Vec<&Arc<DrawnSheet>> = self.drawn.sheets().collect();
        let below = old.get(..which.start)?.iter().copied();
        let sheets = below.chain([drawn]).chain(old.get(which.end..)?.iter().copied()).cloned().collect();
        let lineage = self.lineage.next();
        touched.iter().for_each(|corners| lineage.stamps.leave(*corners, lineage.edition));
        let (budget, clusters) = (self.budget.clone(), self.clusters.again());
        Some(Self { drawn: Drawn::of(sheets, &layer), layer, budget, clusters, revision: self.revision, lineage })
    }
}

#[cfg(test)]
mod tests;
