//! The best paths from some places to all others (Dijkstra 1959), by whatever a path is to cost; of equally good ones the first by the ids of
//! its legs, so that the same roads always give the same path.

use super::graph::{Graph, Way};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// What the best path found so far to each place costs, and its last leg; a root has none.
#[derive(Debug)]
pub(super) struct Tree<'r, C> {
    reached: Vec<Option<(C, Option<Way<'r>>)>>,
}

impl<'r, C: Ord + Copy> Tree<'r, C> {
    /// Grows from roots that cost `nothing`, as far as `until` if given. `onward` says what a path costs with one more way, never less than without;
    /// nothing if that way cannot be used. `O(n log n)`.
    pub(super) fn grow(
        graph: &Graph<'r>,
        roots: &BTreeSet<usize>,
        until: Option<usize>,
        nothing: C,
        onward: impl Fn(C, &Way<'r>) -> Option<C>,
    ) -> Self {
        let mut tree = Self { reached: vec![None; graph.places().len()] };
        for root in roots {
            tree.reached.get_mut(*root).into_iter().for_each(|reached| *reached = Some((nothing, None)));
        }
        let mut heap: BinaryHeap<Reverse<(C, usize)>> = roots.iter().map(|root| Reverse((nothing, *root))).collect();
        let mut done = BTreeSet::new();
        while let Some(Reverse((cost, place))) = heap.pop() {
            if until == Some(place) {
                break;
            }
            if done.insert(place) {
                for way in graph.ways_from(place) {
                    let cost = onward(cost, way).filter(|cost| tree.takes(*cost, way));
                    heap.extend(cost.map(|cost| Reverse((cost, way.to))));
                }
            }
        }
        tree
    }

    /// The legs from a root to a place; nothing if it was not reached.
    pub(super) fn path(&self, to: usize) -> Option<Vec<Way<'r>>> {
        self.at(to)?;
        Some(self.ways(to))
    }

    fn at(&self, place: usize) -> Option<(C, Option<Way<'r>>)> {
        self.reached.get(place).copied().flatten()
    }

    fn ways(&self, to: usize) -> Vec<Way<'r>> {
        let last = |place: usize| self.at(place).and_then(|(_, way)| way);
        let mut ways: Vec<Way<'r>> = std::iter::successors(last(to), |way| last(way.from)).collect();
        ways.reverse();
        ways
    }

    /// Whether a way makes the path to where it leads better.
    fn takes(&mut self, cost: C, way: &Way<'r>) -> bool {
        let is_better = match self.at(way.to) {
            None => true,
            Some((_, None)) => false,
            Some((known, _)) if known != cost => cost < known,
            Some(_) => {
                let ids = |ways: Vec<Way<'r>>| ways.into_iter().map(|way| way.leg.id.as_str()).collect::<Vec<_>>();
                let mut ways = self.ways(way.from);
                ways.push(*way);
                ids(ways) < ids(self.ways(way.to))
            }
        };
        if is_better && let Some(reached) = self.reached.get_mut(way.to) {
            *reached = Some((cost, Some(*way)));
        }
        is_better
    }
}
