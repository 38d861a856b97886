//! The places that no supplies reach, the segments that keep them away, and what would have to be reopened.

use super::Inquiry;
use super::graph::{Graph, Way};
use super::rules::Threshold;
use super::status::Rank;
use crate::time::Datetime;
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// How many segments were reopened on the way, how long it is in millimetres, which they were, and the place it leads to.
type Reached<'r> = (usize, u64, Vec<&'r str>, usize);

/// A place that is cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff<'r> {
    /// Its id.
    pub place: &'r str,
    /// The segments that cannot be passed on the way to it, where others from which it can be reached end; by id.
    pub by: BTreeSet<&'r str>,
    /// Of those, each that would restore it if it alone were reopened.
    pub restored_by: BTreeSet<&'r str>,
    /// The fewest segments that would have to be reopened together, of those the shortest way; nothing if no road leads there at all.
    pub fewest: Option<Vec<&'r str>>,
}

impl Threshold {
    fn passes(self, rank: Rank) -> bool {
        match self {
            Self::NotClosed => rank < Rank::Closed,
            Self::OpenOnly => rank == Rank::Open,
        }
    }
}

impl<'r> Inquiry<'r> {
    /// The places that are cut off from all supplies, by id. A place that no road leads to is not among them. `O(places x n log n)`.
    pub fn cut_off(&self, datetime: &Datetime, threshold: Threshold) -> Vec<CutOff<'r>> {
        let graph = self.graph(datetime);
        let is_supply = |place: &usize| {
            let place = graph.places().get(*place).and_then(|place| self.roads.network.place(place));
            place.is_some_and(|place| place.is_supply_node)
        };
        let supplies: BTreeSet<usize> = (0..graph.places().len()).filter(is_supply).collect();
        let supplied = graph.reached(&supplies, |way| (threshold.passes(way.rank)).then_some((way.from, way.to)));
        let cut = (0..graph.places().len()).filter(|place| !supplied.contains(place));
        cut.filter_map(|place| graph.cut(place, &supplies, &supplied, threshold)).collect()
    }
}

impl<'r> Graph<'r> {
    fn cut(
        &self,
        place: usize,
        supplies: &BTreeSet<usize>,
        supplied: &BTreeSet<usize>,
        threshold: Threshold,
    ) -> Option<CutOff<'r>> {
        // From these the place can be reached.
        let around = self.reached(&BTreeSet::from([place]), |way| threshold.passes(way.rank).then_some((way.to, way.from)));
        let barring = || self.ways().filter(|way| around.contains(&way.to) && !around.contains(&way.from));
        let id = |way: &Way<'r>| way.leg.id.as_str();
        Some(CutOff {
            place: self.places().get(place)?,
            by: barring().map(id).collect(),
            restored_by: barring().filter(|way| supplied.contains(&way.from)).map(id).collect(),
            fewest: self.fewest(place, supplies, threshold),
        })
    }

    /// The places that can be reached from some, a way being taken from one end to the other as `step` says.
    fn reached(&self, from: &BTreeSet<usize>, step: impl Fn(&Way<'r>) -> Option<(usize, usize)>) -> BTreeSet<usize> {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.places().len()];
        for (from, to) in self.ways().filter_map(step) {
            next.get_mut(from).into_iter().for_each(|next| next.push(to));
        }
        let mut reached = from.clone();
        let mut open: Vec<usize> = from.iter().copied().collect();
        while let Some(place) = open.pop() {
            open.extend(next.get(place).into_iter().flatten().copied().filter(|place| reached.insert(*place)));
        }
        reached
    }

    /// The segments that cannot be passed on the way from supplies that has the fewest of them, and of those is the shortest.
    fn fewest(&self, place: usize, supplies: &BTreeSet<usize>, threshold: Threshold) -> Option<Vec<&'r str>> {
        let mut heap: BinaryHeap<Reverse<Reached<'r>>> =
            supplies.iter().map(|supply| Reverse((0, 0, Vec::new(), *supply))).collect();
        let mut done = BTreeSet::new();
        while let Some(Reverse((_, length_mm, reopened, at))) = heap.pop() {
            if at == place {
                return Some(reopened);
            }
            if done.insert(at) {
                for way in self.ways_from(at) {
                    let barred = (!threshold.passes(way.rank)).then_some(way.leg.id.as_str());
                    let reopened: Vec<&str> = reopened.iter().copied().chain(barred).collect();
                    heap.push(Reverse((reopened.len(), length_mm + way.length_mm(), reopened, way.to)));
                }
            }
        }
        None
    }
}
