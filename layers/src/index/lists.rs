//! An index as lists of plain numbers, and back. The tree itself is not kept: it is loaded again, from leaves that stand as they stood in
//! it, which takes less time than sorting them anew.

use super::{Bounds, Index, Leaf};
use crate::lists::BrokenLists;
use crate::time::Instant;
use rstar::RTree;
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

/// Of a leaf that holds always.
const ALWAYS: (Instant, Instant) = (Instant::MIN, Instant::MAX);

impl Index {
    /// The lists it consists of; times are left out. `O(n)`.
    pub fn lists(&self) -> IndexLists<'_> {
        // The last of a node comes first when it is walked.
        let backwards = |tree| RTree::iter(tree).collect::<Vec<&Leaf>>().into_iter().rev();
        let leaves: Vec<&Leaf> = self.trees.values().flat_map(backwards).collect();
        let corners = |leaf: &Leaf| [leaf.bounds.west, leaf.bounds.south, leaf.bounds.east, leaf.bounds.north];
        IndexLists {
            trees: self.trees.iter().map(|(rank, tree)| [u64::from(*rank), tree.size() as u64]).collect(),
            boxes: leaves.iter().copied().map(corners).collect(),
            features: leaves.iter().map(|leaf| leaf.feature).collect(),
        }
    }

    /// The index of some lists over features numbered below `count`. Bulk load, `O(n log n)`.
    pub fn from_lists(lists: &IndexLists<'_>, count: usize) -> Result<Self, BrokenLists> {
        let leaf = |(&[west, south, east, north], &feature): (&[f64; 4], &u32)| {
            let bounds = Bounds::new(west, south, east, north).filter(|_| (feature as usize) < count)?;
            Some(Leaf { bounds, feature, valid: ALWAYS, known: ALWAYS })
        };
        let mut leaves = lists.boxes.iter().zip(lists.features.iter()).map(leaf);
        let mut index = Self::default();
        let mut left = lists.boxes.len();
        for &[rank, size] in lists.trees.iter() {
            const STRANGE: BrokenLists = BrokenLists("a tree of a rank or size that cannot be");
            let (Ok(rank), Ok(size)) = (u8::try_from(rank), usize::try_from(size)) else { return Err(STRANGE) };
            left = left.checked_sub(size).ok_or(STRANGE)?;
            let tree: Option<Vec<Leaf>> = leaves.by_ref().take(size).collect();
            let tree = tree.filter(|tree| tree.len() == size).ok_or(BrokenLists("a box that is none, or of no feature"))?;
            if index.trees.insert(rank, RTree::bulk_load(tree)).is_some() {
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
        self.trees.values().map(RTree::size).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Entry;
    use crate::time::{Datetime, Interval};

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
