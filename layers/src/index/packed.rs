//! Entries that hold always, packed into arrays: by rank, then size, then place, with a box around each sixteen, around each sixteen of
//! these, and so on up to one.
//!
//! ```text
//!   boxes   b0 ... b15 | b16 ... b31 | b32 ...      rank 0, small and large; then rank 1, small and large; ...
//!   nodes       n0           n1          n2         no pointers: node k holds the boxes from 16 k on
//! ```
//! A query down to a rank walks the front of the arrays, and takes what lies wholly inside as one stretch, without a look at its boxes.
//! Equal sizes stand together, so that a few large areas do not widen the boxes of thousands of points. After G. M. Morton (1966) and
//! I. Kamel and C. Faloutsos, "On packing R-trees" (1993).

use super::Bounds;
use std::ops::Range;

/// Boxes in a node.
const NODE: usize = 16;

/// Entries without times.
#[derive(Debug, Default)]
pub(super) struct Packed {
    /// The ranks there are, lowest first, each with where its entries end.
    pub(super) ends: Vec<(u8, usize)>,
    pub(super) boxes: Vec<Bounds>,
    pub(super) features: Vec<u32>,
    /// Around each node of the boxes, of these nodes, and so on; the last has one.
    nodes: Vec<Vec<Bounds>>,
}

impl Packed {
    /// `O(n log n)`.
    pub(super) fn build(entries: impl Iterator<Item = (u8, Bounds, u32)>) -> Self {
        let mut keyed: Vec<(u64, u8, Bounds, u32)> =
            entries.map(|(rank, bounds, feature)| (place(&bounds, rank), rank, bounds, feature)).collect();
        keyed.sort_unstable_by_key(|&(place, .., feature)| (place, feature));
        let stretches = keyed
            .chunk_by(|one, next| one.1 == next.1)
            .map(|stretch| (stretch.first().map_or(0, |entry| entry.1), stretch.len()));
        let ends = stretches.scan(0, |end, (rank, count)| {
            *end += count;
            Some((rank, *end))
        });
        let ends = ends.collect();
        let (boxes, features) = keyed.into_iter().map(|(.., bounds, feature)| (bounds, feature)).unzip();
        Self::of(ends, boxes, features)
    }

    /// Of arrays that are in order. `O(n)`.
    pub(super) fn of(ends: Vec<(u8, usize)>, boxes: Vec<Bounds>, features: Vec<u32>) -> Self {
        let mut nodes: Vec<Vec<Bounds>> = Vec::new();
        let mut below = boxes.as_slice();
        while below.len() > 1 || (nodes.is_empty() && !below.is_empty()) {
            let around = |node: &[Bounds]| node.iter().copied().reduce(|one, other| one.union(&other));
            nodes.push(below.chunks(NODE).filter_map(around).collect());
            below = nodes.last().map_or(&[], Vec::as_slice);
        }
        Self { ends, boxes, features, nodes }
    }

    /// Gives `take` the features of ranks up to one whose box touches `asked`, stretch by stretch, until it says that it has enough, which
    /// is then the answer.
    pub(super) fn all(&self, asked: &Bounds, max_rank: u8, mut take: impl FnMut(&[u32]) -> bool) -> bool {
        let end = self.ends.partition_point(|(rank, _)| *rank <= max_rank).checked_sub(1);
        let end = end.and_then(|last| self.ends.get(last)).map_or(0, |(_, end)| *end);
        match self.nodes.len() {
            0 => true,
            levels => self.walk(levels, 0..1, end, asked, &mut take),
        }
    }

    /// The same among some boxes of a level, the entries themselves being level 0; what stands from `end` on is of higher rank.
    fn walk(&self, level: usize, boxes: Range<usize>, end: usize, asked: &Bounds, take: &mut dyn FnMut(&[u32]) -> bool) -> bool {
        let Some(below) = level.checked_sub(1) else { return self.touched(boxes.start..boxes.end.min(end), asked, take) };
        let Some(nodes) = self.nodes.get(below) else { return true };
        let size = NODE.pow(u32::try_from(level).unwrap_or(u32::MAX));
        boxes.filter(|node| node * size < end).all(|node| match nodes.get(node) {
            Some(around) if !asked.intersects(around) => true,
            Some(around) if asked.holds(around) => {
                let last = ((node + 1) * size).min(end);
                self.features.get(node * size..last.min(self.features.len())).is_none_or(&mut *take)
            }
            Some(_) => self.walk(below, node * NODE..(node + 1) * NODE, end, asked, take),
            None => true,
        })
    }

    /// Of one node's entries those that touch.
    fn touched(&self, entries: Range<usize>, asked: &Bounds, take: &mut dyn FnMut(&[u32]) -> bool) -> bool {
        let end = entries.end.min(self.boxes.len());
        let (mut found, mut count) = ([0; NODE], 0);
        let (boxes, features) = (self.boxes.get(entries.start..end), self.features.get(entries.start..end));
        for (bounds, feature) in boxes.into_iter().flatten().zip(features.into_iter().flatten()) {
            if let Some(place) = found.get_mut(count) {
                *place = *feature;
            }
            count += usize::from(bounds.intersects(asked));
        }
        found.get(..count).is_none_or(take)
    }

    /// Rank of a feature whose box is known. `O(log n)`, and more where many boxes lie over each other.
    pub(super) fn rank_of(&self, feature: u32, bounds: &Bounds) -> Option<u8> {
        let is_in = |rank: u8| !self.all(bounds, rank, |features| !features.contains(&feature));
        self.ends.iter().map(|(rank, _)| *rank).find(|&rank| is_in(rank))
    }

    /// Each feature with its box and rank.
    pub(super) fn located(&self) -> impl Iterator<Item = (u32, Bounds, u8)> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|(_, end)| *end));
        let of_rank = move |(start, &(rank, end)): (usize, &(u8, usize))| {
            let entries = self.features.iter().zip(&self.boxes).take(end).skip(start);
            entries.map(move |(feature, bounds)| (*feature, *bounds, rank))
        };
        starts.zip(&self.ends).flat_map(of_rank)
    }

    /// Box around everything.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        self.nodes.last()?.first().copied()
    }

    pub(super) fn len(&self) -> usize {
        self.features.len()
    }
}

/// Where an entry stands: by rank, by size in steps of four, and along a curve through the middles.
fn place(bounds: &Bounds, rank: u8) -> u64 {
    /// Sizes below this many degrees are one: some ten metres.
    const SMALLEST: f64 = 1e-4;
    let size = (bounds.east - bounds.west).max(bounds.north - bounds.south);
    let class = ((size / SMALLEST).max(1.0).log2() / 2.0) as u64;
    let share = |low: f64, high: f64, whole: f64| (((low + high) / 2.0 / whole + 0.5) * f64::from(1 << CELL_BITS)) as u64;
    let cell = [share(bounds.west, bounds.east, 360.0), share(bounds.south, bounds.north, 180.0)];
    let curve = cell.map(|part| spread(part.min((1 << CELL_BITS) - 1)));
    u64::from(rank) << (2 * CELL_BITS + 5) | class.min(31) << (2 * CELL_BITS) | curve[1] << 1 | curve[0]
}

/// Cells of the curve in a row, as a power of two: of two metres at most.
const CELL_BITS: u32 = 24;

/// Puts a zero before each bit of a number of 32.
fn spread(bits: u64) -> u64 {
    let steps = [(16, 0x0000_FFFF_0000_FFFF), (8, 0x00FF_00FF_00FF_00FF), (4, 0x0F0F_0F0F_0F0F_0F0F)];
    let steps = steps.into_iter().chain([(2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)]);
    steps.fold(bits, |bits, (shift, mask)| (bits | bits << shift) & mask)
}
