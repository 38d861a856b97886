//! An index of features without times as lists of plain numbers, and back. Boxes around nodes are not kept: one pass over the
//! entries makes them anew.

use super::packed::Packed;
use super::{Bounds, Index};
use crate::lists::BrokenLists;
use std::borrow::Cow;

/// The lists of an index without times.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexLists<'a> {
    /// The ranks there are, ascending, each with where its entries end.
    pub ranks: Cow<'a, [[u64; 2]]>,
    /// The boxes of the places: west, south, east, north.
    pub boxes: Cow<'a, [[f64; 4]]>,
    /// The features of the places.
    pub features: Cow<'a, [u32]>,
}

impl Index {
    /// The lists it consists of; entries with times are left out. `O(n)`.
    pub fn lists(&self) -> IndexLists<'_> {
        let timeless = &self.timeless;
        let corners = |bounds: Bounds| [bounds.west, bounds.south, bounds.east, bounds.north];
        let mut boxes = Vec::with_capacity(timeless.len());
        boxes.extend(timeless.boxes().map(corners));
        IndexLists {
            ranks: timeless.ends.iter().map(|(rank, end)| [u64::from(*rank), *end as u64]).collect(),
            boxes: Cow::Owned(boxes),
            features: Cow::Borrowed(self.features.get(..timeless.len()).unwrap_or_default()),
        }
    }

    /// The index of some lists over features numbered below `count`. `O(n)`.
    pub fn from_lists(lists: IndexLists<'_>, count: usize) -> Result<Self, BrokenLists> {
        let rank = |&[rank, end]: &[u64; 2]| Some((u8::try_from(rank).ok()?, usize::try_from(end).ok()?));
        let ends: Option<Vec<(u8, usize)>> = lists.ranks.iter().map(rank).collect();
        let ends = ends.ok_or(BrokenLists("a rank or an end that cannot be"))?;
        let ascend = ends.is_sorted_by(|one, next| one.0 < next.0 && one.1 < next.1);
        if !ascend || ends.last().map_or(0, |(_, end)| *end) != lists.boxes.len() || lists.boxes.len() != lists.features.len() {
            return Err(BrokenLists("boxes that belong to no rank, or to no feature"));
        }
        if lists.boxes.iter().any(|&[west, south, east, north]| Bounds::new(west, south, east, north).is_none()) {
            return Err(BrokenLists("a box that is none"));
        }
        if lists.features.iter().any(|&feature| feature as usize >= count) {
            return Err(BrokenLists("a box of no feature"));
        }
        let boxes = lists.boxes.iter().map(|&[west, south, east, north]| Bounds { west, south, east, north });
        Ok(Self { timeless: Packed::of(ends, boxes), timed: Default::default(), features: lists.features.into_owned() })
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.features.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Entry;
    use crate::time::{Datetime, Instant, Interval};

    fn index() -> Index {
        let entry = |feature: u32| {
            let (west, south) = (f64::from(feature % 37), f64::from(feature % 23));
            let bounds = Bounds::new(west, south, west + 1.5, south).unwrap();
            Entry {
                bounds,
                rank: u8::from(feature.is_multiple_of(3)) * 9,
                feature,
                valid: Interval::ALWAYS,
                known: Interval::ALWAYS,
            }
        };
        Index::build(&(0..500).map(entry).collect::<Vec<_>>())
    }

    #[test]
    fn the_index_answers_as_before() {
        let (index, mut expected, mut found) = (index(), Vec::new(), Vec::new());
        let back = Index::from_lists(index.lists(), 500).unwrap();
        assert_eq!((back.bounds(), back.len()), (index.bounds(), 500));
        for (rank, west) in (0..12).flat_map(|rank| (0..40).map(move |west| (rank, f64::from(west)))) {
            let asked = [Bounds::new(west, 3.0, west + 2.0, 4.0).unwrap()];
            for (index, places) in [(&index, &mut expected), (&back, &mut found)] {
                index.places(&asked, rank, &Datetime::All, Instant::from_micros(0), usize::MAX, places);
            }
            assert_eq!(found, expected);
        }
        assert_eq!(back.order(), index.order());
        assert_eq!(Index::from_lists(Index::default().lists(), 0).unwrap().len(), 0);
    }

    #[test]
    fn what_no_index_says_is_refused() {
        let index = index();
        let refuse = |change: &dyn Fn(&mut IndexLists<'_>)| {
            let mut lists = index.lists();
            change(&mut lists);
            assert!(Index::from_lists(lists, 500).is_err());
        };
        let changes: [&dyn Fn(&mut IndexLists<'_>); 9] = [
            &|lists| lists.features.to_mut()[17] = 500,
            &|lists| lists.boxes.to_mut()[17][2] = f64::NAN,
            &|lists| lists.boxes.to_mut()[17][1] = 91.0,
            &|lists| lists.features.to_mut().truncate(1),
            &|lists| lists.boxes.to_mut().truncate(1),
            &|lists| lists.ranks.to_mut()[0][1] = 500,
            &|lists| lists.ranks.to_mut()[1][1] -= 1,
            &|lists| lists.ranks.to_mut()[1][0] = 0,
            &|lists| lists.ranks.to_mut()[1][0] = 256,
        ];
        changes.into_iter().for_each(refuse);
    }
}
