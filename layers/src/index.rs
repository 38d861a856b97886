//! The R-tree: which features may lie in a box, down to a rank, at a time.
//!
//! The only module that names rstar. Frame: WGS 84 degrees, closed boxes, so that touching is a hit.
//! It only pre-filters; an exact answer tests geometry and phases afterwards. What holds always, as features of files do, is packed into
//! arrays; what has times stands in one R-tree a rank. A query down to
//! rank r visits nothing of a higher rank: what is too small to see costs nothing.

mod lists;
mod packed;

pub use lists::IndexLists;

use crate::time::{Datetime, Instant, Interval};
use geo::BoundingRect;
use geo_types::Geometry;
use packed::Packed;
use rstar::{AABB, Envelope, ParentNode, RTree, RTreeNode, RTreeObject, SelectionFunction};
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

    /// Refuses what is not finite, not ordered, or absurdly large (rstar cannot hold it).
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
        // All four at once: which of them fails follows no pattern.
        (self.west <= other.east) & (other.west <= self.east) & (self.south <= other.north) & (other.south <= self.north)
    }

    /// Whether the other lies wholly inside.
    fn holds(&self, other: &Self) -> bool {
        (self.west <= other.west) & (other.east <= self.east) & (self.south <= other.south) & (other.north <= self.north)
    }

    fn envelope(&self) -> AABB<[f64; 2]> {
        AABB::from_corners([self.west, self.south], [self.east, self.north])
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

impl Entry {
    fn is_timeless(&self) -> bool {
        self.valid == Interval::ALWAYS && self.known == Interval::ALWAYS
    }
}

/// A leaf: a box, a feature number, and both stretches of time with open ends written out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Leaf {
    bounds: Bounds,
    feature: u32,
    valid: (Instant, Instant),
    known: (Instant, Instant),
}

impl RTreeObject for Leaf {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.bounds.envelope()
    }
}

impl Leaf {
    fn of(entry: &Entry) -> Self {
        let ends = |interval: Interval| (interval.from.unwrap_or(Instant::MIN), interval.to.unwrap_or(Instant::MAX));
        Self { bounds: entry.bounds, feature: entry.feature, valid: ends(entry.valid), known: ends(entry.known) }
    }

    fn holds(&self, datetime: &Datetime, known_at: Instant) -> bool {
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

/// The leaf of one feature: only nodes around all of its box can hold it.
struct One {
    feature: u32,
    envelope: AABB<[f64; 2]>,
}

impl SelectionFunction<Leaf> for One {
    fn should_unpack_parent(&self, parent: &AABB<[f64; 2]>) -> bool {
        parent.contains_envelope(&self.envelope)
    }

    fn should_unpack_leaf(&self, leaf: &Leaf) -> bool {
        leaf.feature == self.feature
    }
}

/// The index of one layer. Immutable once built.
#[derive(Debug, Default)]
pub struct Index {
    timeless: Packed,
    timed: BTreeMap<u8, RTree<Leaf>>,
}

impl Index {
    /// Bulk load, `O(n log n)`.
    pub fn build(entries: &[Entry]) -> Self {
        let timeless = entries.iter().filter(|entry| entry.is_timeless());
        let timeless = Packed::build(timeless.map(|entry| (entry.rank, entry.bounds, entry.feature)));
        let mut leaves: BTreeMap<u8, Vec<Leaf>> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| !entry.is_timeless()) {
            leaves.entry(entry.rank).or_default().push(Leaf::of(entry));
        }
        let timed = leaves.into_iter().map(|(rank, leaves)| (rank, RTree::bulk_load(leaves))).collect();
        Self { timeless, timed }
    }

    /// Puts into `hits` the features of rank 0 to `max_rank` whose box touches one of `boxes` and whose times fit: ascending, each once.
    pub fn query(&self, boxes: &[Bounds], max_rank: u8, datetime: &Datetime, known_at: Instant, hits: &mut Vec<u32>) {
        self.gather(boxes, max_rank, datetime, known_at, usize::MAX, hits);
        hits.sort_unstable();
        hits.dedup();
    }

    /// The same in no order, for whoever puts them in one of their own, if there are at most `most`; else gives up when it has seen more,
    /// and says `false`. One that touches several boxes comes for each.
    pub fn gather(
        &self,
        boxes: &[Bounds],
        max_rank: u8,
        datetime: &Datetime,
        known_at: Instant,
        most: usize,
        hits: &mut Vec<u32>,
    ) -> bool {
        hits.clear();
        self.stretches(boxes, max_rank, datetime, known_at, |features| {
            hits.extend_from_slice(features);
            hits.len() <= most
        })
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
        !self.stretches(boxes, max_rank, datetime, known_at, |features| !features.iter().any(|&feature| accept(feature)))
    }

    /// Gives `take` the features that `query` would find, in no order, until it says that it has enough; whether it never did.
    fn stretches(
        &self,
        boxes: &[Bounds],
        max_rank: u8,
        datetime: &Datetime,
        known_at: Instant,
        mut take: impl FnMut(&[u32]) -> bool,
    ) -> bool {
        boxes.iter().all(|bounds| {
            self.timeless.all(bounds, max_rank, &mut take)
                && self.timed.range(..=max_rank).all(|(_, tree)| {
                    let mut fits = |leaf: &Leaf| !leaf.holds(datetime, known_at) || take(&[leaf.feature]);
                    collect(tree.root(), &bounds.envelope(), &mut fits)
                })
        })
    }

    /// Visits the features whose box touches one of `boxes`, whatever their rank and times; one that touches several may come again.
    pub(crate) fn visit(&self, boxes: &[Bounds], mut see: impl FnMut(u32)) {
        for bounds in boxes {
            self.timeless.all(bounds, u8::MAX, |features| {
                features.iter().for_each(|&feature| see(feature));
                true
            });
            for tree in self.timed.values() {
                tree.locate_in_envelope_intersecting(bounds.envelope()).for_each(|leaf| see(leaf.feature));
            }
        }
    }

    /// Each entry's feature with its box and rank, in no order.
    pub(crate) fn located(&self) -> impl Iterator<Item = (u32, Bounds, u8)> {
        let trees = self.timed.iter().map(|(rank, tree)| (*rank, tree));
        let timed = trees.flat_map(|(rank, tree)| tree.iter().map(move |leaf| (leaf.feature, leaf.bounds, rank)));
        self.timeless.located().chain(timed)
    }

    /// Rank of a feature whose box is known. `O(log n)`, and more where nodes overlap.
    pub(crate) fn rank_of(&self, feature: u32, bounds: &Bounds) -> Option<u8> {
        let is_in = |tree: &RTree<Leaf>| {
            let one = One { feature, envelope: bounds.envelope() };
            tree.locate_with_selection_function(one).next().is_some()
        };
        let timed = || self.timed.iter().find(|(_, tree)| is_in(tree)).map(|(rank, _)| *rank);
        self.timeless.rank_of(feature, bounds).or_else(timed)
    }

    /// Box around everything.
    pub fn bounds(&self) -> Option<Bounds> {
        let timed = self.timed.values().filter(|tree| tree.size() > 0).map(|tree| {
            let envelope = tree.root().envelope();
            let ([west, south], [east, north]) = (envelope.lower(), envelope.upper());
            Bounds { west, south, east, north }
        });
        timed.chain(self.timeless.bounds()).reduce(|a, b| a.union(&b))
    }
}

/// Walks the tree until `take` has enough; says whether it never had. A node wholly inside the box is taken without looking at the boxes
/// below it.
fn collect(node: &ParentNode<Leaf>, asked: &AABB<[f64; 2]>, take: &mut dyn FnMut(&Leaf) -> bool) -> bool {
    let all = asked.contains_envelope(&node.envelope());
    node.children().iter().all(|child| match child {
        RTreeNode::Leaf(leaf) => !all && !asked.intersects(&leaf.envelope()) || take(leaf),
        RTreeNode::Parent(parent) => !all && !asked.intersects(&parent.envelope()) || collect(parent, asked, take),
    })
}

#[cfg(test)]
mod tests;
