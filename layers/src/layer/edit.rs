//! Edits: what is said of some features from now on. A new layer comes of it that shares everything else with the old one.
//!
//! New versions go into the topmost sheet while that is small, else into one of their own, and hide those they replace. An edit costs
//! what it touches, a sheet of a few hundred features that is made anew, a bit for each feature of a sheet in which it hides any, and, where it hides one that
//! stands at the edge of all the sheet holds, in place or in time, a look at each of the others.

use super::laid::Laid;
use super::{Layer, LayerName, digest};
use crate::feature::{Feature, FeatureId};
use crate::features::{FeatureRef, Features};
use crate::index::Bounds;
use crate::sheet::{Located, Sheet};
use crate::time::{Instant, Interval};
use crate::value::ColumnKind;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// What is said of one feature from now on, in place of what was said of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// The feature.
    pub id: FeatureId,
    /// Versions that were known only before this moment stay; without it none does.
    pub since: Option<Instant>,
    /// All its other versions, valid as a reader or a view makes them (`source`, `view`); none withdraws it.
    pub versions: Vec<Feature>,
}

impl Edit {
    /// One version in place of all there were.
    pub fn put(feature: Feature) -> Self {
        Self { id: feature.id.clone(), since: None, versions: vec![feature] }
    }

    /// The feature goes.
    pub fn withdraw(id: FeatureId) -> Self {
        Self { id, since: None, versions: Vec::new() }
    }
}

/// Why an edit is refused; the layer stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// An id twice in one edit: nobody could tell which of the two is meant to stand.
    #[error("feature '{0}' is edited twice at once; say once what it is from now on")]
    Twice(FeatureId),
    /// A version under another id than the edit.
    #[error("feature '{edited}' is given a version with the id '{given}'; both must be the same")]
    Id {
        /// The feature edited.
        edited: FeatureId,
        /// The id of the version.
        given: FeatureId,
    },
    /// A version whose values do not fit the layer's columns.
    #[error("feature '{id}' does not fit the columns of layer '{layer}': {reason}")]
    Values {
        /// The feature.
        id: FeatureId,
        /// The layer.
        layer: LayerName,
        /// What does not fit, and what would.
        reason: String,
    },
    /// A version that is nowhere in the world.
    #[error("the geometry of feature '{0}' has no finite box; give it coordinates in degrees, or no geometry")]
    Place(FeatureId),
}

/// What comes of some edits.
#[derive(Debug)]
pub struct Edited {
    /// The layer from now on. Features that were not edited keep their numbers.
    pub layer: Layer,
    /// Numbers, in the layer as it was, of the versions that are replaced.
    pub gone: Vec<u32>,
    /// Numbers, in the new layer, of those that replace them.
    pub come: Range<u32>,
    /// Digest of what was said.
    pub digest: u64,
}

impl Layer {
    /// The layer after some edits, all or none. Versions that are shown already stay as they are. A version shows from the rank of those it replaces, a new feature from the first.
    pub fn edited(&self, mut edits: Vec<Edit>) -> Result<Edited, EditError> {
        let mut gone = Vec::new();
        let mut ranks: HashMap<FeatureId, u8> = HashMap::new();
        for edit in &mut edits {
            let mut replaced = self.versions_since(&edit.id, edit.since);
            let rank = replaced.iter().filter_map(|&number| self.rank(number)).min();
            if ranks.insert(edit.id.addressed(), rank.unwrap_or(0)).is_some() {
                return Err(EditError::Twice(edit.id.clone()));
            }
            edit.versions.retain(|version| self.take_same(&mut replaced, version).is_none());
            gone.extend(replaced);
        }
        let mut versions = Vec::new();
        let mut located: Vec<Located> = Vec::new();
        for edit in edits {
            let rank = ranks.get(&edit.id.addressed()).copied().unwrap_or(0);
            for version in edit.versions {
                self.check(&edit.id, &version)?;
                let bounds = bounds(&version)?;
                located.push(bounds.map(|bounds| (bounds, rank)));
                versions.push(version);
            }
        }
        let ids = gone.iter().filter_map(|&number| self.feature(number)).map(FeatureRef::id);
        let digest = digest::of_edit(ids, &versions);
        let mut layer = self.clone();
        layer.hide(&gone);
        let come = layer.lay(versions, located);
        Ok(Edited { layer, gone, come, digest })
    }

    /// Takes out of some numbers that of a feature which says what a version does, and stays.
    fn take_same(&self, numbers: &mut Vec<u32>, version: &Feature) -> Option<u32> {
        let is_same = |number: &u32| {
            let shown = self.feature(*number);
            let may_be = shown.is_some_and(|shown| shown.valid() == version.valid && shown.known() == version.known);
            may_be && shown.map(FeatureRef::to_feature).as_ref() == Some(version)
        };
        let place = numbers.iter().position(is_same)?;
        // Both stand in the layer's order, so that the next is mostly the first that is left.
        Some(numbers.remove(place))
    }

    /// Whether all that an edit says is what the layer shows already.
    pub fn says(&self, edit: &Edit) -> bool {
        let mut shown = self.versions_since(&edit.id, edit.since);
        edit.versions.iter().all(|version| self.take_same(&mut shown, version).is_some()) && shown.is_empty()
    }

    /// Numbers of the versions of a feature that were known at a moment or later, ascending; of all without one. What ended at the moment is
    /// among them: it may go on.
    pub fn versions_since(&self, id: &FeatureId, since: Option<Instant>) -> Vec<u32> {
        let is_later = |known: Interval| known.to.is_none_or(|to| Some(to) >= since);
        self.versions(id).filter(|&number| self.feature(number).is_some_and(|feature| is_later(feature.known()))).collect()
    }

    fn check(&self, id: &FeatureId, version: &Feature) -> Result<(), EditError> {
        if version.id != *id {
            return Err(EditError::Id { edited: id.clone(), given: version.id.clone() });
        }
        let refused = |reason| EditError::Values { id: id.clone(), layer: self.meta.name.clone(), reason };
        let columns = self.schema.columns();
        if version.values.len() != columns.len() {
            return Err(refused(format!(
                "it has {} values; give one for each of {} columns",
                version.values.len(),
                columns.len()
            )));
        }
        for (column, value) in columns.iter().zip(&version.values) {
            let fits =
                |kind| column.kind == ColumnKind::Time && kind == ColumnKind::Text || column.kind.join(kind) == column.kind;
            if let Some(kind) = value.kind().filter(|kind| !fits(*kind)) {
                return Err(refused(format!("'{}' is {}, and this value {kind}", column.name, column.kind)));
            }
        }
        Ok(())
    }

    /// The rank of a feature, if it has a place. `O(log n)`.
    pub fn rank(&self, number: u32) -> Option<u8> {
        let laid = self.laid(number)?;
        let bounds = laid.feature(number)?.bounds()?;
        laid.index().rank_of(number - laid.first, &bounds)
    }

    fn hide(&mut self, numbers: &[u32]) {
        let mut by_sheet: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for &number in numbers {
            if let Some(laid) = self.laid(number) {
                by_sheet.entry(laid.first).or_default().push(number - laid.first);
            }
        }
        for laid in &mut self.pile {
            let Some(local) = by_sheet.get(&laid.first) else { continue };
            laid.hide(local);
        }
    }

    /// Lays features on the pile; says their numbers.
    fn lay(&mut self, versions: Vec<Feature>, more: Vec<Located>) -> Range<u32> {
        let start = self.end();
        if versions.is_empty() {
            return start..start;
        }
        let width = self.schema.columns().len();
        match self.pile.pop_if(|top| top.grows()) {
            Some(top) => {
                let mut features = top.sheet.features.extended(versions);
                features.take_bounds();
                let located: Vec<Located> = top.sheet.located().into_iter().chain(more).collect();
                self.pile.push(top.grown(Sheet::build(features, located)));
            }
            None => {
                let mut features = Features::of(versions, width);
                features.take_bounds();
                let sheet = Arc::new(Sheet::build(features, more));
                self.pile.push(Laid::after(self.pile.last(), sheet));
            }
        }
        start..self.end()
    }
}

impl Laid {
    /// Hides more features.
    pub(super) fn hide(&mut self, local: &[u32]) {
        for feature in
            local.iter().filter(|local| !self.hidden.holds(**local)).filter_map(|local| self.sheet.features.get(*local))
        {
            self.measure.kinds.take(feature.geometry_kind());
        }
        self.hidden = self.hidden.with(local, self.sheet.features.len());
        // What is hidden may have been the northernmost, or the first: then all others are measured again.
        let features = &self.sheet.features;
        let is_within = |local: &u32| {
            let Some(feature) = features.get(*local) else { return true };
            let within = |(one, whole): (Bounds, Bounds)| {
                one.west > whole.west && one.south > whole.south && one.east < whole.east && one.north < whole.north
            };
            let during = |whole| features.are_timeless() || lies_within(feature.valid(), whole);
            feature.bounds().zip(self.measure.bounds).is_none_or(within) && self.measure.extent.is_none_or(during)
        };
        let is_empty = self.hidden.count() == features.len();
        if is_empty || !local.iter().all(is_within) {
            self.measure = self.sheet.measure_without(|local| self.hidden.holds(local));
        }
    }

    /// The same place in the pile with a sheet that holds more.
    fn grown(self, sheet: Sheet) -> Self {
        let hidden = self.hidden.with(&[], sheet.features.len());
        let measure = match hidden.is_empty() {
            true => sheet.measure,
            false => sheet.measure_without(|local| hidden.holds(local)),
        };
        Self { sheet: Arc::new(sheet), hidden, measure, ..self }
    }
}

/// Whether neither end of an interval is that of the whole.
fn lies_within(one: Interval, whole: Interval) -> bool {
    one.from > whole.from && one.to.is_some_and(|to| whole.to.is_none_or(|end| to < end))
}

/// The box of a version's geometry, if it has one.
fn bounds(version: &Feature) -> Result<Option<Bounds>, EditError> {
    let Some(geometry) = &version.geometry else { return Ok(None) };
    Bounds::around(geometry).map(Some).ok_or_else(|| EditError::Place(version.id.clone()))
}

#[cfg(test)]
mod tests;
