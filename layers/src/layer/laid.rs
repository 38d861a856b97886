//! A sheet as it lies in the pile of a layer: where its numbers begin, and what later sheets hide of it.

use super::Asked;
use crate::feature::FeatureId;
use crate::features::FeatureRef;
use crate::index::{Bounds, Index};
use crate::sheet::{Measure, Sheet, beginnings_and_ends};
use crate::time::Instant;
use crate::timeline;
use std::ops::Range;
use std::sync::Arc;

/// A sheet is small up to so many features: edits add to it, and it is asked feature by feature when the moments are wanted at which a
/// place changes; a larger one answers for all places alike.
pub(super) const FEW: usize = 512;

/// One sheet of a layer. Numbers are those of the layer unless they are called local.
#[derive(Debug, Clone)]
pub(super) struct Laid {
    pub(super) sheet: Arc<Sheet>,
    /// Number of its first feature.
    pub(super) first: u32,
    /// What is added to codes of its dictionary.
    pub(super) first_code: u32,
    pub(super) hidden: Hidden,
    /// What it shows, taken together.
    pub(super) measure: Measure,
}

impl Laid {
    /// A sheet of which nothing is hidden, after another, or at the bottom.
    pub(super) fn after(below: Option<&Self>, sheet: Arc<Sheet>) -> Self {
        let (first, first_code) = below.map_or((0, 0), |below| (below.end(), below.end_code()));
        Self { measure: sheet.measure, sheet, first, first_code, hidden: Hidden::default() }
    }

    /// The same sheet after another one.
    pub(super) fn moved_after(self, below: &Self) -> Self {
        Self { first: below.end(), first_code: below.end_code(), ..self }
    }

    /// One past its last number.
    pub(super) fn end(&self) -> u32 {
        self.first + narrow(self.sheet.features.len())
    }

    /// One past its last code.
    pub(super) fn end_code(&self) -> u32 {
        self.first_code + narrow(self.sheet.features.dictionary().len())
    }

    pub(super) fn numbers(&self) -> Range<u32> {
        self.first..self.end()
    }

    /// Whether edits still add to it, if it lies on top.
    pub(super) fn grows(&self) -> bool {
        self.is_above_others() && self.sheet.features.len() < FEW
    }

    /// How many features it shows.
    pub(super) fn shown(&self) -> usize {
        self.sheet.features.len() - self.hidden.count
    }

    pub(super) fn shows(&self, number: u32) -> bool {
        self.numbers().contains(&number) && !self.hidden.holds(number - self.first)
    }

    pub(super) fn feature(&self, number: u32) -> Option<FeatureRef<'_>> {
        let local = number.checked_sub(self.first).filter(|&local| !self.hidden.holds(local))?;
        Some(self.sheet.features.get(local)?.with_codes_after(self.first_code))
    }

    pub(super) fn features(&self) -> impl DoubleEndedIterator<Item = (u32, FeatureRef<'_>)> {
        self.numbers().filter_map(|number| Some((number, self.feature(number)?)))
    }

    /// Numbers of those without a place.
    pub(super) fn without_geometry(&self) -> impl Iterator<Item = u32> {
        self.sheet.without_geometry.iter().map(|local| local + self.first).filter(|&number| self.shows(number))
    }

    /// Whether others lie below it.
    pub(super) fn is_above_others(&self) -> bool {
        // Every sheet has the code of null.
        self.first_code > 0
    }

    pub(super) fn index(&self) -> &Index {
        &self.sheet.index
    }

    /// Numbers of all shown versions of a feature.
    pub(super) fn versions(&self, id: &FeatureId) -> impl Iterator<Item = u32> + use<'_> {
        self.sheet.versions(id).map(|local| local + self.first).filter(|&number| self.shows(number))
    }

    /// The last moment at or before another at which anything near a place begins, ends or ages; anything at all if no boxes are given or
    /// the sheet is large.
    pub(super) fn last_change(&self, at: Instant, near: Option<&[Bounds]>) -> Option<Instant> {
        self.last(at, near, |sheet| sheet.validity.last(at), beginnings_and_ends)
    }

    /// The same of what is known.
    pub(super) fn last_learnt(&self, at: Instant, near: Option<&[Bounds]>) -> Option<Instant> {
        self.last(at, near, |sheet| sheet.knowledge.last(at), |feature| timeline::ends(feature.known()))
    }

    fn last<I: Iterator<Item = Instant>>(
        &self,
        at: Instant,
        near: Option<&[Bounds]>,
        anywhere: impl Fn(&Sheet) -> Option<Instant>,
        moments: impl Fn(FeatureRef<'_>) -> I,
    ) -> Option<Instant> {
        let last = anywhere(&self.sheet)?;
        let Some(near) = near.filter(|_| self.is_above_others() && self.sheet.features.len() <= FEW) else { return Some(last) };
        let mut found = None;
        self.sheet.index.visit(near, |local| {
            let moments = self.sheet.features.get(local).into_iter().flat_map(&moments);
            found = moments.filter(|moment| *moment <= at).max().max(found);
        });
        found
    }

    /// Whether a feature is shown and fits the asked times.
    pub(super) fn selects(&self, number: u32, asked: &Asked) -> bool {
        self.feature(number).is_some_and(|feature| super::selects(feature, asked))
    }
}

/// Local numbers, one bit each, in pages, so that an edit copies only those that it touches. Most sheets hide nothing and have none.
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    /// Each with the numbers that follow those of the one before; `None` where nothing is hidden.
    pages: Arc<[Option<Arc<Page>>]>,
    count: usize,
}

/// A page is a KiB, and so are the addresses of all pages of a million features.
type Page = [u64; PAGE_WORDS];
const PAGE_WORDS: usize = 128;
const PAGE_BITS: usize = 64 * PAGE_WORDS;

impl Hidden {
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    pub(super) fn holds(&self, local: u32) -> bool {
        let local = local as usize;
        let page = self.pages.get(local / PAGE_BITS).and_then(Option::as_ref);
        page.and_then(|page| page.get(local % PAGE_BITS / 64)).is_some_and(|word| word >> (local % 64) & 1 == 1)
    }

    /// The same with more of `among` numbers. Costs a page for each that more are on, and an address for each that there is.
    #[must_use]
    pub(super) fn with(&self, more: &[u32], among: usize) -> Self {
        if more.is_empty() {
            return self.clone();
        }
        let (mut pages, mut count) = (self.pages.to_vec(), self.count);
        // Sheets that grow keep what they hid.
        pages.resize(among.div_ceil(PAGE_BITS), None);
        for local in more.iter().map(|&local| local as usize) {
            let Some(page) = pages.get_mut(local / PAGE_BITS) else { continue };
            let page = Arc::make_mut(page.get_or_insert_with(|| Arc::new([0; PAGE_WORDS])));
            let Some(word) = page.get_mut(local % PAGE_BITS / 64) else { continue };
            let hidden = *word | 1 << (local % 64);
            count += usize::from(hidden != *word);
            *word = hidden;
        }
        Self { pages: pages.into(), count }
    }
}

/// A layer of 2^32 features does not fit into memory.
fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_hidden_stays_hidden_and_pages_that_nothing_touches_are_shared() {
        let among = 3 * PAGE_BITS + 7;
        let last = narrow(among - 1);
        let first = Hidden::default().with(&[0, 63, 64, last, 0], among);
        assert_eq!(first.count(), 4);
        let page = narrow(PAGE_BITS);
        let second = first.with(&[page, page - 1, 64], among);
        assert_eq!(second.count(), 6);
        let hidden: Vec<u32> = (0..narrow(among)).filter(|&local| second.holds(local)).collect();
        assert_eq!(hidden, [0, 63, 64, page - 1, page, last]);
        assert!(!first.holds(page) && !second.holds(last + 1));

        let is_shared = |which: usize| Arc::ptr_eq(first.pages[which].as_ref().unwrap(), second.pages[which].as_ref().unwrap());
        assert!(is_shared(3) && !is_shared(0));
        assert!(second.pages[2].is_none());
        let grown = second.with(&[last + 1], among + 1);
        assert!(grown.holds(last) && grown.holds(last + 1) && grown.count() == 7);
    }
}
