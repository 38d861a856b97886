//! The R-tree: which features may lie in a box, down to a rank, at a time.
//!
//! Frame: WGS 84 degrees, closed boxes, so that touching is a hit.
//! The tree only pre-filters; an exact answer tests geometry and phases afterwards. One tree a rank, so that a query down to
//! rank r never visits a node of a higher rank: what is too small to see costs nothing.

mod lists;
mod packed;

pub use lists::IndexLists;

use crate::time::{Datetime, Instant, Interval};
use geo::BoundingRect;
use geo_types::Geometry;
use packed::{Lies, Tree};
use std::collections::BTreeMap;

/// A box in degrees, closed on all sides. `west <= east`: a box over the antimeridian is asked as two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lowest longitude.
    pub west: f64,
    /// Lowest latitude.
    pub south: f64,
    /// Highest longitude.
    pub east: f64,
    /// Highest latitude.
    pub north: f64,
}

impl Bounds {
    /// The whole world.
    pub const WORLD: Self = Self { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

    /// Refuses what is not finite, not ordered, or absurdly large.
    pub fn new(west: f64, south: f64, east: f64, north: f64) -> Option<Self> {
        let sane = [west, south, east, north].into_iter().all(|value| value.abs() <= 1e9);
        (sane && west <= east && south <= north).then_some(Self { west, south, east, north })
    }

    /// The box around a geometry; `None` if it has none.
    pub fn around(geometry: &Geometry<f64>) -> Option<Self> {
        let rect = geometry.bounding_rect()?;
        Self::new(rect.min().x, rect.min().y, rect.max().x, rect.max().y)
    }

    /// The box around both.
    pub fn union(&self, other: &Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }

    /// Whether the two share a point; an edge is enough.
    pub fn intersects(&self, other: &Self) -> bool {
        self.west <= other.east && other.west <= self.east && self.south <= other.north && other.south <= self.north
    }

    /// Whether all of another lies in it.
    fn contains(&self, other: &Self) -> bool {
        self.west <= other.west && other.east <= self.east && self.south <= other.south && other.north <= self.north
    }
}

/// One feature in the index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Box around the geometry.
    pub bounds: Bounds,
    /// Opaque importance given by whoever draws: a query down to rank r sees entries of rank 0 to r.
    pub rank: u8,
    /// Number of the feature in its layer.
    pub feature: u32,
    /// When it holds.
    pub valid: Interval,
    /// When we knew it so.
    pub known: Interval,
}

/// Both stretches of time of a feature, with open ends written out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Times {
    valid: (Instant, Instant),
    known: (Instant, Instant),
}

impl Times {
    fn of(entry: &Entry) -> Self {
        let ends = |interval: Interval| (interval.from.unwrap_or(Instant::MIN), interval.to.unwrap_or(Instant::MAX));
        Self { valid: ends(entry.valid), known: ends(entry.known) }
    }

    fn hold(&self, datetime: &Datetime, known_at: Instant) -> bool {
        let inside = |(from, to): (Instant, Instant), at: Instant| from <= at && (at < to || to == Instant::MAX);
        inside(self.known, known_at)
            && match datetime {
                Datetime::All => true,
                Datetime::At(at) => inside(self.valid, *at),
                Datetime::During(asked) => {
                    asked.to.is_none_or(|to| self.valid.0 < to) && asked.from.is_none_or(|from| from < self.valid.1)
                }
            }
    }
}

/// The features of one rank.
#[derive(Debug, Default)]
struct Ranked {
    tree: Tree,
    /// Of each leaf.
    features: Vec<u32>,
    /// The same; none if all hold always.
    times: Vec<Times>,
}

impl Ranked {
    fn of(entries: &[&Entry]) -> Self {
        let boxes: Vec<Bounds> = entries.iter().map(|entry| entry.bounds).collect();
        let order = packed::order(&boxes);
        let sorted = || order.iter().filter_map(|&number| entries.get(number as usize));
        let is_timeless = |entry: &&Entry| entry.valid == Interval::ALWAYS && entry.known == Interval::ALWAYS;
        let times = if entries.iter().all(is_timeless) { Vec::new() } else { sorted().map(|entry| Times::of(entry)).collect() };
        Self {
            tree: Tree::over(sorted().map(|entry| entry.bounds).collect()),
            features: sorted().map(|entry| entry.feature).collect(),
            times,
        }
    }

    /// Hands the features that may touch a box and whose times fit to `take` until that has enough; says whether it never had.
    fn all(&self, asked: &Bounds, (datetime, known_at): (&Datetime, Instant), take: &mut impl FnMut(u32) -> bool) -> bool {
        self.touching(asked, &mut |leaf, feature| {
            let fits = self.times.get(leaf).is_none_or(|times| times.hold(datetime, known_at));
            !fits || take(feature)
        })
    }

    /// The same whatever their times, with the leaf of each.
    fn touching(&self, asked: &Bounds, take: &mut impl FnMut(usize, u32) -> bool) -> bool {
        let look = |around: &Bounds| match () {
            () if asked.contains(around) => Lies::Within,
            () if asked.intersects(around) => Lies::Across,
            () => Lies::Beside,
        };
        self.tree.all(&look, &mut |leaf| self.features.get(leaf).is_none_or(|&feature| take(leaf, feature)))
    }

    /// Whether it holds a feature whose box is known: only nodes around all of that can.
    fn holds(&self, feature: u32, bounds: &Bounds) -> bool {
        let look = |around: &Bounds| if around.contains(bounds) { Lies::Across } else { Lies::Beside };
        !self.tree.all(&look, &mut |leaf| self.features.get(leaf) != Some(&feature))
    }
}

/// The index of one layer. Immutable once built.
#[derive(Debug, Default)]
pub struct Index {
    ranks: BTreeMap<u8, Ranked>,
}

impl Index {
    /// `O(n log n)`.
    pub fn build(entries: &[Entry]) -> Self {
        let mut ranks: BTreeMap<u8, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            ranks.entry(entry.rank).or_default().push(entry);
        }
        Self { ranks: ranks.into_iter().map(|(rank, entries)| (rank, Ranked::of(&entries))).collect() }
    }

    /// Puts into `hits` the features of rank 0 to `max_rank` whose box touches one of `boxes` and whose times fit: ascending, each once.
    pub fn query(&self, boxes: &[Bounds], max_rank: u8, datetime: &Datetime, known_at: Instant, hits: &mut Vec<u32>) {
        self.query_few(boxes, max_rank, datetime, known_at, usize::MAX, hits);
    }

    /// The same if there are at most `most`; else gives up when it has seen as many, and says `false`. One that touches several boxes
    /// counts for each.
    pub fn query_few(
        &self,
        boxes: &[Bounds],
        max_rank: u8,
        datetime: &Datetime,
        known_at: Instant,
        most: usize,
        hits: &mut Vec<u32>,
    ) -> bool {
        hits.clear();
        let are_few = self.all(boxes, max_rank, (datetime, known_at), |feature| {
            hits.push(feature);
            hits.len() <= most
        });
        hits.sort_unstable();
        hits.dedup();
        are_few
    }

    /// Whether `accept` takes any of the features that `query` would find; stops at the first. They come in no order, and one that
    /// touches several boxes may come again.
    pub fn any(
        &self,
        boxes: &[Bounds],
        max_rank: u8,
        datetime: &Datetime,
        known_at: Instant,
        mut accept: impl FnMut(u32) -> bool,
    ) -> bool {
        !self.all(boxes, max_rank, (datetime, known_at), |feature| !accept(feature))
    }

    /// Hands what is asked for to `take` until that has enough; says whether it never had.
    fn all(&self, boxes: &[Bounds], max_rank: u8, times: (&Datetime, Instant), mut take: impl FnMut(u32) -> bool) -> bool {
        let ranks = self.ranks.range(..=max_rank).map(|(_, ranked)| ranked);
        ranks.into_iter().all(|ranked| boxes.iter().all(|bounds| ranked.all(bounds, times, &mut take)))
    }

    /// Visits the features whose box touches one of `boxes`, whatever their rank and times; one that touches several may come again.
    pub(crate) fn visit(&self, boxes: &[Bounds], mut see: impl FnMut(u32)) {
        for (ranked, bounds) in self.ranks.values().flat_map(|ranked| boxes.iter().map(move |bounds| (ranked, bounds))) {
            ranked.touching(bounds, &mut |_, feature| {
                see(feature);
                true
            });
        }
    }

    /// Each entry's feature with its box and rank, in no order.
    pub(crate) fn located(&self) -> impl Iterator<Item = (u32, Bounds, u8)> {
        let ranks = self.ranks.iter().map(|(rank, ranked)| (*rank, ranked));
        ranks.flat_map(|(rank, ranked)| {
            ranked.features.iter().zip(ranked.tree.leaves()).map(move |(feature, bounds)| (*feature, *bounds, rank))
        })
    }

    /// Rank of a feature whose box is known. `O(log n)`, and more where nodes overlap.
    pub(crate) fn rank_of(&self, feature: u32, bounds: &Bounds) -> Option<u8> {
        self.ranks.iter().find(|(_, ranked)| ranked.holds(feature, bounds)).map(|(rank, _)| *rank)
    }

    /// Box around everything.
    pub fn bounds(&self) -> Option<Bounds> {
        self.ranks.values().filter_map(|ranked| ranked.tree.bounds()).reduce(|a, b| a.union(&b))
    }
}

#[cfg(test)]
mod tests;
