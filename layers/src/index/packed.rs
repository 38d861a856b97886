//! Boxes of entries that hold always, packed into arrays: by rank, then size, then place, with a box around each sixteen, around each sixteen of
//! these, and so on up to one.
//!
//! ```text
//!   boxes   b0 ... b15 | b16 ... b31 | b32 ...      rank 0, small and large; then rank 1, small and large; ...
//!   nodes       n0           n1          n2         no pointers: node k holds the boxes from 16 k on
//! ```
//! A query down to a rank walks the front of the arrays, and takes what lies wholly inside as one stretch, without a look at its boxes.
//! Like sizes stand together, so that a few large areas do not widen the boxes of thousands of points. After G. M. Morton (1966) and
//! I. Kamel and C. Faloutsos, "On packing R-trees" (1993). The boxes of a node are looked at side by side, in few steps of the processor: `node`.

use super::Bounds;
use super::node::{Asked, Node, SIZE};
use std::ops::Range;

/// Entries without times, each told by its place in the arrays.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// The ranks there are, lowest first, each with where its entries end.
    pub(super) ends: Vec<(u8, usize)>,
    boxes: Vec<Node<f64>>,
    /// Around each node of the boxes, of these nodes, and so on; the last has one. Of half the precision, and none the smaller for it.
    nodes: Vec<Vec<Node<f32>>>,
}

/// Places that were found together.
pub(super) enum Stretch<'a> {
    /// All of them.
    All(Range<u32>),
    /// These, ascending.
    Some(&'a [u32]),
}

impl Stretch<'_> {
    pub(super) fn append_to(self, places: &mut Vec<u32>) {
        match self {
            Self::All(range) => places.extend(range),
            Self::Some(some) => places.extend_from_slice(some),
        }
    }

    /// Whether nothing is true of any.
    pub(super) fn none(self, mut is_so: impl FnMut(u32) -> bool) -> bool {
        match self {
            Self::All(mut range) => !range.any(is_so),
            Self::Some(some) => !some.iter().any(|&place| is_so(place)),
        }
    }
}

impl Packed {
    /// The ranks and boxes in order, and of which of the given each of them is. `O(n log n)`.
    pub(super) fn build(entries: &[(u8, Bounds)]) -> (Self, Vec<u32>) {
        // There are never more than 2^32.
        let keys = entries.iter().map(|(rank, bounds)| place(bounds, *rank)).zip(0u32..);
        let mut keys: Vec<(u64, u32)> = keys.collect();
        keys.sort_unstable();
        let order: Vec<u32> = keys.into_iter().map(|(_, entry)| entry).collect();
        // Told how many there are, so that no list is longer than it must be.
        let ordered = || order.iter().map(|&entry| entries[entry as usize]);
        let mut ends: Vec<(u8, usize)> = Vec::new();
        for (end, (rank, _)) in (1..).zip(ordered()) {
            match ends.last_mut().filter(|(last, _)| *last == rank) {
                Some(last) => last.1 = end,
                None => ends.push((rank, end)),
            }
        }
        (Self::of(ends, ordered().map(|(_, bounds)| bounds)), order)
    }

    /// Of arrays that are in order. `O(n)`.
    pub(super) fn of(ends: Vec<(u8, usize)>, boxes: impl ExactSizeIterator<Item = Bounds>) -> Self {
        let boxes = Node::pack(boxes);
        let mut nodes = Vec::new();
        let mut above = Node::pack(boxes.iter().map(Node::around));
        while above.len() > 1 {
            let next = Node::pack(above.iter().map(Node::around));
            nodes.push(std::mem::replace(&mut above, next));
        }
        nodes.push(above);
        Self { ends, boxes, nodes }
    }

    /// Gives `take` the entries of ranks up to one whose box touches `asked`, stretch by stretch and ascending, until it says that it has
    /// enough, which is then the answer.
    pub(super) fn all(&self, asked: &Bounds, max_rank: u8, mut take: impl FnMut(Stretch<'_>) -> bool) -> bool {
        let end = self.ends.partition_point(|(rank, _)| *rank <= max_rank).checked_sub(1);
        let end = end.and_then(|last| self.ends.get(last)).map_or(0, |(_, end)| *end);
        self.walk(self.nodes.len(), 0, end, &Asked::of(asked), &mut take)
    }

    /// The same in a node of a level, the entries themselves being in those of level 0; what stands from `end` on is of higher rank.
    fn walk(&self, level: usize, node: usize, end: usize, asked: &Asked, take: &mut dyn FnMut(Stretch<'_>) -> bool) -> bool {
        let Some(below) = level.checked_sub(1) else { return self.touched(node, end, asked, take) };
        let Some(boxes) = self.nodes.get(below).and_then(|nodes| nodes.get(node)) else { return true };
        let size = SIZE.pow(u32::try_from(level).unwrap_or(u32::MAX));
        let mut touching =
            boxes.touching(asked).map(|number| (number, node * SIZE + number)).take_while(|(_, node)| node * size < end);
        touching.all(|(number, node)| match boxes.lies_within(number, asked) {
            true => take(Stretch::All(narrow(node * size)..narrow(((node + 1) * size).min(end)))),
            false => self.walk(below, node, end, asked, take),
        })
    }

    /// Of one node's entries those that touch.
    fn touched(&self, node: usize, end: usize, asked: &Asked, take: &mut dyn FnMut(Stretch<'_>) -> bool) -> bool {
        let (mut found, mut count) = ([0; SIZE], 0);
        let touching = self.boxes.get(node).into_iter().flat_map(|boxes| boxes.touching(asked));
        for entry in touching.map(|number| node * SIZE + number).take_while(|entry| *entry < end) {
            if let Some(place) = found.get_mut(count) {
                *place = narrow(entry);
            }
            count += 1;
        }
        found.get(..count).is_none_or(|found| take(Stretch::Some(found)))
    }

    /// Rank of an entry whose box is known, told by whoever knows it. `O(log n)`, and more where many boxes lie over each other.
    pub(super) fn rank_of(&self, is_it: impl Fn(u32) -> bool, bounds: &Bounds) -> Option<u8> {
        let is_in = |rank: u8| !self.all(bounds, rank, |stretch| stretch.none(&is_it));
        self.ends.iter().map(|(rank, _)| *rank).find(|&rank| is_in(rank))
    }

    /// The box of each entry, ascending.
    pub(super) fn boxes(&self) -> impl Iterator<Item = Bounds> {
        self.boxes.iter().flat_map(Node::boxes)
    }

    /// Each entry with its box and rank, ascending.
    pub(super) fn located(&self) -> impl Iterator<Item = (Bounds, u8)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        let ranks = starts.zip(&self.ends).flat_map(|(start, &(rank, end))| std::iter::repeat_n(rank, end - start));
        self.boxes().zip(ranks)
    }

    /// Box around everything. `O(n)`.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        self.boxes.iter().map(Node::around).reduce(|one, other| one.union(&other))
    }

    pub(super) fn len(&self) -> usize {
        self.ends.last().map_or(0, |(_, end)| *end)
    }
}

/// There are never more than 2^32 entries.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Where an entry stands: by rank, by size, and along a curve through the middles. Of sizes there are three, each walked by itself: of a town, of a
/// country, and larger.
fn place(bounds: &Bounds, rank: u8) -> u64 {
    /// Where sizes part, in degrees: some three kilometres, and some seven hundred.
    const SIZES: [f64; 2] = [0.0256, 6.5536];
    let size = (bounds.east - bounds.west).max(bounds.north - bounds.south);
    let class = SIZES.into_iter().filter(|least| size >= *least).count() as u64;
    let share = |low: f64, high: f64, whole: f64| (((low + high) / 2.0 / whole + 0.5) * f64::from(1 << CELL_BITS)) as u64;
    let cell = [share(bounds.west, bounds.east, 360.0), share(bounds.south, bounds.north, 180.0)];
    let curve = cell.map(|part| spread(part.min((1 << CELL_BITS) - 1)));
    u64::from(rank) << (2 * CELL_BITS + 2) | class << (2 * CELL_BITS) | curve[1] << 1 | curve[0]
}

/// Cells of the curve in a row, as a power of two: of two metres at most.
const CELL_BITS: u32 = 24;

/// Puts a zero before each bit of a number of 32.
fn spread(bits: u64) -> u64 {
    let steps = [(16, 0x0000_FFFF_0000_FFFF), (8, 0x00FF_00FF_00FF_00FF), (4, 0x0F0F_0F0F_0F0F_0F0F)];
    let steps = steps.into_iter().chain([(2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)]);
    steps.fold(bits, |bits, (shift, mask)| (bits | bits << shift) & mask)
}
