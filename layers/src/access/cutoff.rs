//! The places that no supplies reach, the segments that keep them away, and what would have to be reopened.

use super::Inquiry;
use super::graph::{Graph, Way};
use super::rules::Threshold;
use super::status::Rank;
use super::tree::Tree;
use crate::time::Datetime;
use std::collections::{BTreeMap, BTreeSet};

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

/// What keeps some places away from supplies: the segments around them, and which of these lead from where supplies are.
type Barring<'r> = (BTreeSet<&'r str>, BTreeSet<&'r str>);

impl Threshold {
    fn passes(self, rank: Rank) -> bool {
        match self {
            Self::NotClosed => rank < Rank::Closed,
            Self::OpenOnly => rank == Rank::Open,
        }
    }
}

impl<'r> Inquiry<'r> {
    /// The places that are cut off from all supplies, by id. A place that no road leads to is not among them. `O(n log n)` where all roads go
    /// both ways.
    pub fn cut_off(&self, datetime: &Datetime, threshold: Threshold) -> Vec<CutOff<'r>> {
        let graph = self.graph(datetime);
        let is_supply = |place: &usize| {
            let place = graph.places().get(*place).and_then(|place| self.roads.network.place(place));
            place.is_some_and(|place| place.is_supply_node)
        };
        let supplies: BTreeSet<usize> = (0..graph.places().len()).filter(is_supply).collect();
        let passes = |way: &Way<'_>| threshold.passes(way.rank);
        let supplied = graph.reached(&supplies, passes);
        let barring = graph.barring(&supplied, passes);
        let onward = |(reopened, length_mm): (usize, u64), way: &Way<'r>| {
            Some((reopened + usize::from(!passes(way)), length_mm + way.length_mm()))
        };
        let best = Tree::grow(&graph, &supplies, None, (0, 0), onward);
        let cut = |(place, (by, restored_by)): (usize, Barring<'r>)| {
            let path = best.path(place);
            let reopened = |path: Vec<Way<'r>>| path.iter().filter(|way| !passes(way)).map(|way| way.leg.id.as_str()).collect();
            Some(CutOff { place: graph.places().get(place)?, by, restored_by, fewest: path.map(reopened) })
        };
        barring.into_iter().filter_map(cut).collect()
    }
}

impl<'r> Graph<'r> {
    /// The places that are reached from some.
    fn reached(&self, from: &BTreeSet<usize>, passes: impl Fn(&Way<'r>) -> bool) -> BTreeSet<usize> {
        flood(from, |place| self.ways_from(place).iter().filter(|way| passes(way)).map(|way| way.to).collect())
    }

    /// What keeps each place that has no supplies away from them. Places that reach each other are kept away by the same.
    fn barring(&self, supplied: &BTreeSet<usize>, passes: impl Fn(&Way<'r>) -> bool + Copy) -> BTreeMap<usize, Barring<'r>> {
        let mut barring: BTreeMap<usize, Barring<'r>> = BTreeMap::new();
        for place in (0..self.places().len()).filter(|place| !supplied.contains(place)) {
            if barring.contains_key(&place) {
                continue;
            }
            let here = BTreeSet::from([place]);
            let before = |place: usize| self.ways_into(place).iter().filter(|way| passes(way)).map(|way| way.from).collect();
            let around = flood(&here, before);
            let barred = || around.iter().flat_map(|place| self.ways_into(*place)).filter(|way| !around.contains(&way.from));
            let by: BTreeSet<&str> = barred().map(|way| way.leg.id.as_str()).collect();
            let restored_by: BTreeSet<&str> =
                barred().filter(|way| supplied.contains(&way.from)).map(|way| way.leg.id.as_str()).collect();
            for same in self.reached(&here, passes).intersection(&around) {
                barring.insert(*same, (by.clone(), restored_by.clone()));
            }
        }
        barring
    }
}

/// All that is reached from some places by going on and on.
fn flood(from: &BTreeSet<usize>, next: impl Fn(usize) -> Vec<usize>) -> BTreeSet<usize> {
    let mut reached = from.clone();
    let mut open: Vec<usize> = from.iter().copied().collect();
    while let Some(place) = open.pop() {
        open.extend(next(place).into_iter().filter(|place| reached.insert(*place)));
    }
    reached
}
