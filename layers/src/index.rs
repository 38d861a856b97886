//! The R-tree: which features may lie in a box, down to a rank, at a time.
//!
//! The only module that names rstar. Frame: WGS 84 degrees, closed boxes, so that touching is a hit.
//! It only pre-filters; an exact answer tests geometry and phases afterwards. What holds always, as features of files do, is packed into
//! arrays; what has times stands in one R-tree a rank. A query down to
//! rank r visits nothing of a higher rank: what is too small to see costs nothing.
//!
//! Each entry has a place in the order of the arrays. Whoever lays what belongs to the entries into memory in that order reads what a box
//! holds in a few stretches, and from front to back.

mod lists;
mod node;
mod packed;

pub use lists::IndexLists;

use crate::positions;
use crate::time::{Datetime, Instant, Interval};
use geo_types::Geometry;
use packed::{Packed, Stretch};
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

    /// The box around a geometry; `None` if it has none, or a position that is no number.
    pub fn around(geometry: &Geometry<f64>) -> Option<Self> {
        let [mut west, mut south, mut east, mut north] = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        let is_finite = positions::all(geometry, &mut |at| {
            (west, south) = (west.min(at.x), south.min(at.y));
            (east, north) = (east.max(at.x), north.max(at.y));
            at.x.is_finite() && at.y.is_finite()
        });
        if is_finite { Self::new(west, south, east, north) } else { None }
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

/// A leaf: a box, a place, and both stretches of time with open ends written out.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Leaf {
    bounds: Bounds,
    place: u32,
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
    fn of(entry: &Entry, place: u32) -> Self {
        let ends = |interval: Interval| (interval.from.unwrap_or(Instant::MIN), interval.to.unwrap_or(Instant::MAX));
        Self { bounds: entry.bounds, place, valid: ends(entry.valid), known: ends(entry.known) }
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
struct One<'a> {
    feature: u32,
    features: &'a [u32],
    envelope: AABB<[f64; 2]>,
}

impl SelectionFunction<Leaf> for One<'_> {
    fn should_unpack_parent(&self, parent: &AABB<[f64; 2]>) -> bool {
        parent.contains_envelope(&self.envelope)
    }

    fn should_unpack_leaf(&self, leaf: &Leaf) -> bool {
        self.features.get(leaf.place as usize) == Some(&self.feature)
    }
}

/// The index of one layer. Immutable once built.
#[derive(Debug, Default)]
pub struct Index {
    timeless: Packed,
    timed: BTreeMap<u8, RTree<Leaf>>,
    /// The feature of each place: first those of what holds always, then the others as they came.
    features: Vec<u32>,
}

impl Index {
    /// Bulk load, `O(n log n)`.
    pub fn build(entries: &[Entry]) -> Self {
        let (timeless, timed): (Vec<&Entry>, Vec<&Entry>) = entries.iter().partition(|entry| entry.is_timeless());
        let boxes: Vec<(u8, Bounds)> = timeless.iter().map(|entry| (entry.rank, entry.bounds)).collect();
        let (packed, order) = Packed::build(&boxes);
        let mut features = Vec::with_capacity(entries.len());
        features.extend(order.into_iter().map(|entry| timeless[entry as usize].feature));
        features.extend(timed.iter().map(|entry| entry.feature));
        let mut leaves: BTreeMap<u8, Vec<Leaf>> = BTreeMap::new();
        // There are never more than 2^32.
        for (entry, place) in timed.iter().zip(u32::try_from(boxes.len()).unwrap_or(u32::MAX)..) {
            leaves.entry(entry.rank).or_default().push(Leaf::of(entry, place));
        }
        let timed = leaves.into_iter().map(|(rank, leaves)| (rank, RTree::bulk_load(leaves))).collect();
        Self { timeless: packed, timed, features }
    }

    /// The feature of each place.
    pub fn order(&self) -> &[u32] {
        &self.features
    }

    fn feature(&self, place: u32) -> Option<u32> {
        self.features.get(place as usize).copied()
    }

    /// Puts into `places` those of the features of rank 0 to `max_rank` whose box touches one of `boxes` and whose times fit, if there are at
    /// most `most`; else gives up when it has seen more, and says `false`. What holds always comes ascending for each box; one that touches
    /// several comes for each.
    pub fn places(
        &self,
        boxes: &[Bounds],
        max_rank: u8,
        datetime: &Datetime,
        known_at: Instant,
        most: usize,
        places: &mut Vec<u32>,
    ) -> bool {
        places.clear();
        self.stretches(boxes, max_rank, datetime, known_at, |stretch| {
            stretch.append_to(places);
            places.len() <= most
        })
    }

    /// Whether `accept` takes any of the features whose `places` it would find; stops at the first. They come in no order, and one that
    /// touches several boxes may come again.
    pub fn any(
        &self,
        boxes: &[Bounds],
        max_rank: u8,
        datetime: &Datetime,
        known_at: Instant,
        mut accept: impl FnMut(u32) -> bool,
    ) -> bool {
        let mut is_it = |place| self.feature(place).is_some_and(&mut accept);
        !self.stretches(boxes, max_rank, datetime, known_at, |stretch| stretch.none(&mut is_it))
    }

    /// Gives `take` the places of what is asked for, until it says that it has enough; whether it never did.
    fn stretches(
        &self,
        boxes: &[Bounds],
        max_rank: u8,
        datetime: &Datetime,
        known_at: Instant,
        mut take: impl FnMut(Stretch<'_>) -> bool,
    ) -> bool {
        boxes.iter().all(|bounds| {
            self.timeless.all(bounds, max_rank, &mut take)
                && self.timed.range(..=max_rank).all(|(_, tree)| {
                    let mut fits = |leaf: &Leaf| !leaf.holds(datetime, known_at) || take(Stretch::Some(&[leaf.place]));
                    collect(tree.root(), &bounds.envelope(), &mut fits)
                })
        })
    }

    /// Visits the features whose box touches one of `boxes`, whatever their rank and times; one that touches several may come again.
    pub(crate) fn visit(&self, boxes: &[Bounds], mut see: impl FnMut(u32)) {
        let mut see = |place| self.feature(place).into_iter().for_each(&mut see);
        for bounds in boxes {
            self.timeless.all(bounds, u8::MAX, |stretch| {
                stretch.none(|place| {
                    see(place);
                    false
                })
            });
            for tree in self.timed.values() {
                tree.locate_in_envelope_intersecting(bounds.envelope()).for_each(|leaf| see(leaf.place));
            }
        }
    }

    /// Each entry's feature with its box and rank, in no order.
    pub(crate) fn located(&self) -> impl Iterator<Item = (u32, Bounds, u8)> {
        let trees = self.timed.iter().map(|(rank, tree)| (*rank, tree));
        let timed = trees.flat_map(|(rank, tree)| tree.iter().map(move |leaf| (leaf.place, leaf.bounds, rank)));
        let timeless = (0..).zip(self.timeless.located()).map(|(place, (bounds, rank))| (place, bounds, rank));
        timeless.chain(timed).filter_map(|(place, bounds, rank)| Some((self.feature(place)?, bounds, rank)))
    }

    /// Rank of a feature whose box is known. `O(log n)`, and more where nodes overlap.
    pub(crate) fn rank_of(&self, feature: u32, bounds: &Bounds) -> Option<u8> {
        let is_in = |tree: &RTree<Leaf>| {
            let one = One { feature, features: &self.features, envelope: bounds.envelope() };
            tree.locate_with_selection_function(one).next().is_some()
        };
        let timed = || self.timed.iter().find(|(_, tree)| is_in(tree)).map(|(rank, _)| *rank);
        self.timeless.rank_of(|place| self.feature(place) == Some(feature), bounds).or_else(timed)
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
