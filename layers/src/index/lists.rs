//! An index as lists of plain numbers, and back: the leaves as they stand in it, above which the tree is made again without sorting.

use super::packed::Tree;
use super::{Bounds, Index, Ranked};
use crate::lists::BrokenLists;
use std::borrow::Cow;

/// The lists of an index without times.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexLists<'a> {
    /// Rank of each tree and how many leaves it has.
    pub trees: Cow<'a, [[u64; 2]]>,
    /// The leaves, tree by tree: west, south, east, north.
    pub boxes: Cow<'a, [[f64; 4]]>,
    /// Their features.
    pub features: Cow<'a, [u32]>,
}

impl Index {
    /// The lists it consists of; times are left out. `O(n)`.
    pub fn lists(&self) -> IndexLists<'_> {
        let corners = |bounds: &Bounds| [bounds.west, bounds.south, bounds.east, bounds.north];
        IndexLists {
            trees: self.ranks.iter().map(|(rank, ranked)| [u64::from(*rank), ranked.features.len() as u64]).collect(),
            boxes: self.ranks.values().flat_map(|ranked| ranked.tree.leaves()).map(corners).collect(),
            features: self.ranks.values().flat_map(|ranked| &ranked.features).copied().collect(),
        }
    }

    /// The index of some lists over features numbered below `count`. `O(n)`.
    pub fn from_lists(lists: &IndexLists<'_>, count: usize) -> Result<Self, BrokenLists> {
        let leaf = |(&[west, south, east, north], &feature): (&[f64; 4], &u32)| {
            let bounds = Bounds::new(west, south, east, north).filter(|_| (feature as usize) < count)?;
            Some((bounds, feature))
        };
        let mut leaves = lists.boxes.iter().zip(lists.features.iter()).map(leaf);
        let mut index = Self::default();
        let mut left = lists.boxes.len();
        for &[rank, size] in lists.trees.iter() {
            const STRANGE: BrokenLists = BrokenLists("a tree of a rank or size that cannot be");
            let (Ok(rank), Ok(size)) = (u8::try_from(rank), usize::try_from(size)) else { return Err(STRANGE) };
            left = left.checked_sub(size).ok_or(STRANGE)?;
            let read: Option<(Vec<Bounds>, Vec<u32>)> = leaves.by_ref().take(size).collect();
            let read = read.filter(|(_, features)| features.len() == size);
            let (boxes, features) = read.ok_or(BrokenLists("a box that is none, or of no feature"))?;
            let ranked = Ranked { tree: Tree::over(boxes), features, times: Vec::new() };
            if index.ranks.insert(rank, ranked).is_some() {
                return Err(STRANGE);
            }
        }
        if left > 0 || lists.boxes.len() != lists.features.len() {
            return Err(BrokenLists("boxes that belong to no tree"));
        }
        Ok(index)
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.ranks.values().map(|ranked| ranked.features.len()).sum()
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
        let back = Index::from_lists(&index.lists(), 500).unwrap();
        assert_eq!((back.bounds(), back.len()), (index.bounds(), 500));
        for (rank, west) in (0..12).flat_map(|rank| (0..40).map(move |west| (rank, f64::from(west)))) {
            let asked = [Bounds::new(west, 3.0, west + 2.0, 4.0).unwrap()];
            index.query(&asked, rank, &Datetime::All, Instant::from_micros(0), &mut expected);
            back.query(&asked, rank, &Datetime::All, Instant::from_micros(0), &mut found);
            assert_eq!(found, expected);
        }
        assert_eq!(Index::from_lists(&Index::default().lists(), 0).unwrap().len(), 0);
    }

    #[test]
    fn what_no_index_says_is_refused() {
        let index = index();
        let refuse = |change: &dyn Fn(&mut IndexLists<'_>)| {
            let mut lists = index.lists();
            change(&mut lists);
            assert!(Index::from_lists(&lists, 500).is_err());
        };
        let changes: [&dyn Fn(&mut IndexLists<'_>); 9] = [
            &|lists| lists.features.to_mut()[17] = 500,
            &|lists| lists.boxes.to_mut()[17][2] = f64::NAN,
            &|lists| lists.boxes.to_mut()[17][1] = 91.0,
            &|lists| lists.features.to_mut().truncate(1),
            &|lists| lists.boxes.to_mut().truncate(1),
            &|lists| lists.trees.to_mut()[0][1] += 1,
            &|lists| lists.trees.to_mut()[1][1] -= 1,
            &|lists| lists.trees.to_mut()[1][0] = 0,
            &|lists| lists.trees.to_mut()[1][0] = 256,
        ];
        changes.into_iter().for_each(refuse);
    }
}
