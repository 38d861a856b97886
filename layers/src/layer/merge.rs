//! Sheets of a pile made into one, off the path of whoever reads or edits: numbers become dense again, and what is hidden goes.

use super::Layer;
use super::laid::{FEW, Laid};
use crate::features::Features;
use crate::sheet::{Located, Sheet};
use std::ops::Range;
use std::sync::Arc;

/// So many sheets above the lowest are made into one.
const MOST_SHEETS: usize = 8;
/// The lowest is made anew when those above hold, or hide, more than one in so many of its features.
const WORTH_A_NEW_GROUND: usize = 4;

/// Several sheets made into one.
#[derive(Debug)]
pub struct Merged {
    sheets: Vec<Arc<Sheet>>,
    which: Range<usize>,
    /// Numbers, in the layer as it was, of the features of the new sheet in their order.
    numbers: Vec<u32>,
    sheet: Arc<Sheet>,
}

impl Layer {
    /// Which sheets should be made into one now, if any: those that lie on top of each other and grow no more, so that each feature is moved
    /// as often as the logarithm of their number says.
    pub fn worth_merging(&self) -> Option<Range<usize>> {
        let end = self.pile.len() - usize::from(self.pile.last().is_some_and(Laid::grows));
        let sizes: Vec<usize> = self.pile.iter().take(end).map(|laid| laid.sheet.features.len()).collect();
        let above: usize = sizes.iter().skip(1).sum::<usize>() + self.pile.first()?.hidden.count();
        if above > FEW * MOST_SHEETS && above > sizes.first()? / WORTH_A_NEW_GROUND {
            return Some(0..end);
        }
        let larger_than_all_above = |which: usize| sizes.get(which + 1..).is_some_and(|above| sizes[which] > above.iter().sum());
        let first = (1..end).find(|&which| !larger_than_all_above(which))?;
        (end - first >= MOST_SHEETS).then_some(first..end)
    }

    /// The numbers of what some sheets show, in the layer's order.
    pub fn numbers_of(&self, which: Range<usize>) -> Vec<u32> {
        let laid = self.pile.get(which).unwrap_or_default();
        let mut numbers: Vec<u32> = laid.iter().flat_map(Laid::features).map(|(number, _)| number).collect();
        self.put_in_order(&mut numbers);
        numbers
    }

    /// Makes sheets into one, with the features of `numbers_of(which)` in that order. `O(n log n)`.
    pub fn merged(&self, which: Range<usize>) -> Merged {
        let laid = self.pile.get(which.clone()).unwrap_or_default();
        let numbers = self.numbers_of(which.clone());
        let place = |number: u32| {
            let part = laid.partition_point(|laid| laid.first <= number).saturating_sub(1);
            (part, number - laid.get(part).map_or(0, |laid| laid.first))
        };
        let places: Vec<(usize, u32)> = numbers.iter().map(|&number| place(number)).collect();
        let located_in: Vec<Vec<Located>> = laid.iter().map(|laid| laid.sheet.located()).collect();
        let located = places.iter().map(|&(part, local)| *located_in.get(part)?.get(local as usize)?);
        let located: Vec<Located> = located.collect();
        let parts: Vec<&Features> = laid.iter().map(|laid| &laid.sheet.features).collect();
        let features = Features::joined(&parts, &places);
        Merged {
            sheets: laid.iter().map(|laid| Arc::clone(&laid.sheet)).collect(),
            numbers,
            which,
            sheet: Arc::new(Sheet::build(features, located)),
        }
    }

    /// The layer with merged sheets in place of those they were made of; what was hidden of these meanwhile stays hidden. `None` if they
    /// are not there any more.
    pub fn with_merged(&self, merged: &Merged) -> Option<Self> {
        let Merged { sheets, which, numbers, sheet } = merged;
        let old = self.pile.get(which.clone())?;
        if !old.iter().map(|laid| Arc::as_ptr(&laid.sheet)).eq(sheets.iter().map(Arc::as_ptr)) {
            return None;
        }
        let below = which.start.checked_sub(1).and_then(|below| self.pile.get(below));
        let mut new = Laid::after(below, Arc::clone(sheet));
        let gone = (0u32..).zip(numbers).filter(|(_, number)| self.feature(**number).is_none());
        new.hide(&gone.map(|(local, _)| local).collect::<Vec<u32>>());
        let mut pile: Vec<Laid> = self.pile.get(..which.start)?.to_vec();
        pile.push(new);
        for laid in self.pile.get(which.end..)? {
            let moved = laid.clone().moved_after(pile.last()?);
            pile.push(moved);
        }
        Some(Self { pile, ..self.clone() })
    }
}
