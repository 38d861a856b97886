//! A layer that was loaded again as the next edition of the one before it: only tiles that show a difference are made again.

use crate::world::Published;
use std::collections::HashMap;

impl Published {
    /// This layer as the next edition of one that was published under its name: tiles that show the same in both stay what they are. Itself
    /// if the two are not alike enough. `O(n log n)`.
    #[must_use]
    pub fn succeeding(self, former: &Self) -> Self {
        if self.revision == former.revision {
            return Self { lineage: former.lineage.clone(), ..self };
        }
        let alike = self.layer.meta == former.layer.meta
            && self.layer.schema == former.layer.schema
            && self.clusters.settings() == former.clusters.settings();
        if !alike {
            return self;
        }
        let (old, new) = (former.layer.digests(), self.layer.digests());
        let (gone, come) = differences(&old, &new);
        if gone.len() + come.len() > old.len() / WORTH_COMPARING + FEW {
            return self;
        }
        let lineage = former.lineage.next();
        // What was edited is read after all else, and from now on in its place: tiles hold its values in another order.
        let (lowest, _) = former.layer.beginnings().nth(1).unwrap_or((former.layer.end(), 0));
        let edited = old.iter().map(|(number, _)| number).filter(|number| **number >= lowest);
        let before = gone.iter().chain(edited).filter_map(|&number| former.drawn.get(number));
        let after = come.iter().filter_map(|&number| self.drawn.get(number));
        for corners in before.chain(after).filter_map(|drawn| drawn.prepared.corners()) {
            lineage.stamps.leave(corners, lineage.edition);
        }
        Self { lineage, ..self }
    }
}

/// If more than one in so many features differs, nearly every tile does.
const WORTH_COMPARING: usize = 8;
/// Unless the layer is small.
const FEW: usize = 1000;

/// Numbers of the features that stand in one list only, or in another order among those that stand in both. `O(n log n)`.
fn differences(old: &[(u32, u64)], new: &[(u32, u64)]) -> (Vec<u32>, Vec<u32>) {
    let mut places: HashMap<u64, Vec<usize>> = HashMap::with_capacity(old.len());
    // The first of equal ones is taken first.
    for (place, (_, digest)) in old.iter().enumerate().rev() {
        places.entry(*digest).or_default().push(place);
    }
    let found: Vec<Option<usize>> = new.iter().map(|(_, digest)| places.get_mut(digest)?.pop()).collect();
    let matched: Vec<usize> = found.iter().flatten().copied().collect();
    let mut stays = vec![false; old.len()];
    for which in longest_rising(&matched) {
        stays[matched[which]] = true;
    }
    let gone = old.iter().zip(&stays).filter(|(_, stays)| !**stays).map(|((number, _), _)| *number);
    let come = new.iter().zip(&found).filter(|(_, place)| !place.is_some_and(|place| stays[place]));
    (gone.collect(), come.map(|((number, _), _)| *number).collect())
}

/// Places of a longest rising run of different numbers, not all next to each other (patience sorting, Fredman 1975).
fn longest_rising(numbers: &[usize]) -> Vec<usize> {
    // For each length the place of the lowest end of a run of that length, and for each place the one before it in its run.
    let (mut ends, mut before): (Vec<usize>, Vec<Option<usize>>) = (Vec::new(), Vec::with_capacity(numbers.len()));
    for (place, number) in numbers.iter().enumerate() {
        let length = ends.partition_point(|&end| numbers[end] < *number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter]));
        match ends.get_mut(length) {
            Some(end) => *end = place,
            None => ends.push(place),
        }
    }
    let mut run: Vec<usize> = std::iter::successors(ends.last().copied(), |place| before[*place]).collect();
    run.reverse();
    run
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_does_not_differ_stands_in_both_lists_in_one_order(
            old in proptest::collection::vec(0u64..12, 0..16), new in proptest::collection::vec(0u64..12, 0..16)
        ) {
            let numbered = |list: &[u64]| (0u32..).zip(list.iter().copied()).collect::<Vec<_>>();
            let (old, new) = (numbered(&old), numbered(&new));
            let (gone, come) = differences(&old, &new);
            let left = |list: &[(u32, u64)], taken: &[u32]| {
                list.iter().filter(|(number, _)| !taken.contains(number)).map(|(_, digest)| *digest).collect::<Vec<_>>()
            };
            prop_assert_eq!(left(&old, &gone), left(&new, &come));
            if old == new {
                prop_assert!(gone.is_empty() && come.is_empty());
            }
        }
    }
}
