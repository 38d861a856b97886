//! The best way from one place to another: the least bad, of those the shortest, of those the first by the ids of its segments.
//!
//! Dijkstra over the ways up to a rank, the lowest rank first; alternatives by Yen (1971), "Finding the k shortest loopless paths in a network".

use super::graph::{Graph, Way};
use super::status::Rank;
use super::tree::Tree;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A way through the network.
#[derive(Debug, Clone)]
pub struct Path<'r> {
    /// Leg after leg.
    pub ways: Vec<Way<'r>>,
    /// As bad as the worst of them.
    pub rank: Rank,
    /// Length, metres.
    pub length_m: f64,
}

/// What may not be used: legs by id, places by number.
#[derive(Debug, Clone, Default)]
struct Barred<'r> {
    ways: BTreeSet<(usize, &'r str)>,
    places: BTreeSet<usize>,
}

impl<'r> Path<'r> {
    fn of(ways: Vec<Way<'r>>) -> Self {
        let rank = ways.iter().map(|way| way.rank).max().unwrap_or(Rank::Open);
        let length_m = ways.iter().fold(0.0, |sum_m, way| sum_m + way.leg.length_m);
        Self { ways, rank, length_m }
    }

    fn order(&self) -> (Rank, u64, Vec<&'r str>) {
        (self.rank, self.ways.iter().map(Way::length_mm).sum(), self.ids())
    }

    fn ids(&self) -> Vec<&'r str> {
        self.ways.iter().map(|way| way.leg.id.as_str()).collect()
    }
}

impl<'r> Graph<'r> {
    /// The best paths from one place to another, the best first, at most so many; none if no leg leads there. `O(count x places x n log n)`.
    pub fn paths(&self, from: usize, to: usize, count: usize) -> Vec<Path<'r>> {
        let Some(best) = self.best(from, to, Rank::Open, &Barred::default()) else { return Vec::new() };
        let mut found = vec![best];
        let mut candidates: Vec<Path<'r>> = Vec::new();
        while found.len() < count {
            let spurs = found.last().map(|last| self.spurs(&found, last, to)).unwrap_or_default();
            for path in spurs {
                if !candidates.iter().chain(&found).any(|known| known.ids() == path.ids()) {
                    candidates.push(path);
                }
            }
            candidates.sort_by_key(|path| Reverse(path.order()));
            let Some(next) = candidates.pop() else { break };
            found.push(next);
        }
        found
    }

    /// Paths that leave the last one found at each of its places.
    fn spurs(&self, found: &[Path<'r>], last: &Path<'r>, to: usize) -> Vec<Path<'r>> {
        let spur = |(number, way): (usize, &Way<'r>)| {
            let root = last.ways.get(..number)?;
            let mut barred = Barred { places: root.iter().map(|way| way.from).collect(), ..Barred::default() };
            let root_ids: Vec<&str> = root.iter().map(|way| way.leg.id.as_str()).collect();
            for path in found.iter().filter(|path| path.ids().starts_with(&root_ids)) {
                barred.ways.extend(path.ways.get(number).map(|way| (way.from, way.leg.id.as_str())));
            }
            // Once something worse has been passed, what comes after may be as bad.
            let passed = root.iter().map(|way| way.rank).max().unwrap_or(Rank::Open);
            let rest = self.best(way.from, to, passed, &barred)?;
            Some(Path::of(root.iter().copied().chain(rest.ways).collect()))
        };
        last.ways.iter().enumerate().filter_map(spur).collect()
    }

    /// The shortest path over ways that are no worse than the best path's worst, but may be as bad as `passed`.
    fn best(&self, from: usize, to: usize, passed: Rank, barred: &Barred<'r>) -> Option<Path<'r>> {
        let mut ranks = Rank::ALL.into_iter().filter(|worst| *worst >= passed);
        ranks.find_map(|worst| self.shortest(from, to, worst, barred))
    }

    /// The shortest path over ways no worse than a rank.
    fn shortest(&self, from: usize, to: usize, worst: Rank, barred: &Barred<'r>) -> Option<Path<'r>> {
        let tree = Tree::grow(self, &BTreeSet::from([from]), Some(to), 0_u64, |length_mm, way| {
            (way.rank <= worst && !barred.bars(way)).then(|| length_mm + way.length_mm())
        });
        tree.path(to).map(Path::of)
    }
}

impl Barred<'_> {
    fn bars(&self, way: &Way<'_>) -> bool {
        self.places.contains(&way.to) || self.ways.contains(&(way.from, way.leg.id.as_str()))
    }
}
