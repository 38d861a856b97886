//! Which edges of rings touch: edges in blocks of eight, blocks in a tree of boxes that is joined with itself.
//!
//! ```text
//!   edges   e0 ... e7 | e8 ... e15 | e16 ...       edges that follow each other lie near each other,
//!   blocks     b0          b1          b2          so blocks are small and few of them meet
//!   pairs           p0             p1
//! ```
//! Edges that follow each other and all run east, say, do not touch: most blocks and pairs are seen to be fine by that alone.
//! `O(n log n)` for rings that do not run along themselves; the order of the edges is the only sorting.

use super::{Corner, follow, touch};

const LANES: usize = 8;

/// A box in tile units.
#[derive(Debug, Clone, Copy)]
struct Extent {
    min: [i32; 2],
    max: [i32; 2],
}

impl Extent {
    const NOTHING: Self = Self { min: [i32::MAX; 2], max: [i32::MIN; 2] };

    fn of([a, b]: [Corner; 2]) -> Self {
        Self { min: [a[0].min(b[0]), a[1].min(b[1])], max: [a[0].max(b[0]), a[1].max(b[1])] }
    }

    fn union(self, other: Self) -> Self {
        let [min, max] = [Self::of([self.min, other.min]).min, Self::of([self.max, other.max]).max];
        Self { min, max }
    }

    fn meets(&self, other: &Self) -> bool {
        (self.min[0] <= other.max[0])
            & (other.min[0] <= self.max[0])
            & (self.min[1] <= other.max[1])
            & (other.min[1] <= self.max[1])
    }
}

/// Edges of one ring that follow each other.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// Where the first of their corners stands; there is one more than edges.
    start: usize,
    edges: usize,
    /// Which edge of its ring the first is, and how many the ring has.
    first: usize,
    count: usize,
}

/// A block, or several that follow each other.
#[derive(Debug, Clone, Copy)]
struct Node {
    around: Extent,
    /// The ring, if the ways are not none.
    ring: usize,
    ways: u8,
}

impl Node {
    fn pair(pair: &[Self]) -> Self {
        let join = |one: Self, next: Self| {
            let ways = if one.ring == next.ring { one.ways & next.ways } else { 0 };
            Self { around: one.around.union(next.around), ways, ..one }
        };
        pair.iter().copied().reduce(join).unwrap_or(Self { around: Extent::NOTHING, ring: 0, ways: 0 })
    }

    /// Whether all edges of both run one way, if one follows the other.
    fn runs_on(&self, next: &Self) -> bool {
        self.ring == next.ring && self.ways & next.ways != 0
    }
}

/// A bit for each of east, west, south and north, if an edge gains ground that way.
fn ways([a, b]: [Corner; 2]) -> u8 {
    u8::from(b[0] > a[0]) | u8::from(b[0] < a[0]) << 1 | u8::from(b[1] > a[1]) << 2 | u8::from(b[1] < a[1]) << 3
}

/// Buffers reused from polygon to polygon.
#[derive(Debug, Default)]
pub(crate) struct Edges {
    /// Ring after ring; the last corner of each stands before its first, too.
    corners: Vec<Corner>,
    blocks: Vec<Block>,
    /// The blocks' nodes, those of pairs of blocks, of pairs of pairs, up to the one around all.
    nodes: Vec<Node>,
    /// Where the nodes of each level begin.
    levels: Vec<usize>,
}

impl Edges {
    /// Whether any two edges touch that do not follow each other.
    pub(super) fn any_touch(&mut self, rings: &[Vec<Corner>]) -> bool {
        self.fill(rings);
        self.stack();
        self.levels.len().checked_sub(1).is_some_and(|top| self.within(top, 0))
    }

    fn fill(&mut self, rings: &[Vec<Corner>]) {
        self.corners.clear();
        self.blocks.clear();
        self.nodes.clear();
        for (number, ring) in rings.iter().enumerate() {
            let start = self.corners.len();
            self.corners.extend(ring.last());
            self.corners.extend_from_slice(ring);
            for first in (0..ring.len()).step_by(LANES) {
                let block = Block { start: start + first, edges: LANES.min(ring.len() - first), first, count: ring.len() };
                let (mut around, mut all) = (Extent::NOTHING, u8::MAX);
                for edge in self.edges(&block) {
                    (around, all) = (around.union(Extent::of(edge)), all & ways(edge));
                }
                self.blocks.push(block);
                self.nodes.push(Node { around, ring: number, ways: all });
            }
        }
    }

    fn stack(&mut self) {
        self.levels.clear();
        let (mut start, mut end) = (0, self.nodes.len());
        while start < end {
            self.levels.push(start);
            if end - start > 1 {
                for first in (start..end).step_by(2) {
                    let pair = Node::pair(self.nodes.get(first..end.min(first + 2)).unwrap_or_default());
                    self.nodes.push(pair);
                }
            }
            (start, end) = (end, self.nodes.len());
        }
    }

    fn edges(&self, block: &Block) -> impl Iterator<Item = [Corner; 2]> {
        let corners = self.corners.get(block.start..=block.start + block.edges).unwrap_or_default();
        corners.windows(2).map(|pair| [pair[0], pair[1]])
    }

    fn node(&self, level: usize, at: usize) -> Option<&Node> {
        let end = self.levels.get(level + 1).copied().unwrap_or(self.nodes.len());
        self.nodes.get(..end)?.get(self.levels.get(level)? + at)
    }

    fn within(&self, level: usize, at: usize) -> bool {
        if self.node(level, at).is_none_or(|node| node.ways != 0) {
            return false;
        }
        match level.checked_sub(1) {
            None => self.blocks.get(at).is_some_and(|block| self.touch_within(block)),
            Some(below) => {
                let [left, right] = [2 * at, 2 * at + 1];
                self.within(below, left) || self.within(below, right) || self.between(below, left, right)
            }
        }
    }

    fn between(&self, level: usize, left: usize, right: usize) -> bool {
        let Some((one, other)) = self.node(level, left).zip(self.node(level, right)) else { return false };
        if !one.around.meets(&other.around) || (left + 1 == right && one.runs_on(other)) {
            return false;
        }
        match level.checked_sub(1) {
            None => {
                let (one, other) = ((one.ring, self.blocks.get(left)), (other.ring, self.blocks.get(right)));
                matches!((one, other), ((ring, Some(one)), (beside, Some(other))) if self.touch_each_other(one, other, ring == beside))
            }
            Some(below) => {
                (2 * left..=2 * left + 1).any(|left| (2 * right..=2 * right + 1).any(|right| self.between(below, left, right)))
            }
        }
    }

    fn touch_within(&self, block: &Block) -> bool {
        let lanes = Lanes::of(self.edges(block));
        (2..block.edges).any(|lane| {
            let extent = lanes.extent(lane);
            (0..lane - 1).any(|other| extent.meets(&lanes.extent(other)) && self.touches((block, lane), (block, other), true))
        })
    }

    fn touch_each_other(&self, one: &Block, other: &Block, is_same_ring: bool) -> bool {
        let beside = Lanes::of(self.edges(other));
        self.edges(one).map(Extent::of).enumerate().any(|(lane, extent)| {
            beside.any_meets(&extent)
                && (0..other.edges).any(|number| {
                    extent.meets(&beside.extent(number)) && self.touches((one, lane), (other, number), is_same_ring)
                })
        })
    }

    /// Whether two edges whose boxes meet touch where they should not.
    fn touches(&self, (one, lane): (&Block, usize), (other, beside): (&Block, usize), is_same_ring: bool) -> bool {
        let follows = is_same_ring && follow(one.first + lane, other.first + beside, one.count);
        let ends = |block: &Block, lane: usize| [block.start + lane, block.start + lane + 1].map(|corner| self.corners[corner]);
        !follows && touch(ends(one, lane), ends(other, beside))
    }
}

/// Boxes of a block's edges, side by side, to be compared in one go; lanes that are not used lie nowhere.
struct Lanes {
    west: [i32; LANES],
    east: [i32; LANES],
    low: [i32; LANES],
    high: [i32; LANES],
}

impl Lanes {
    fn of(edges: impl Iterator<Item = [Corner; 2]>) -> Self {
        let mut lanes =
            Self { west: [i32::MAX; LANES], east: [i32::MIN; LANES], low: [i32::MAX; LANES], high: [i32::MIN; LANES] };
        for (lane, edge) in edges.enumerate().take(LANES) {
            let Extent { min, max } = Extent::of(edge);
            ([lanes.west[lane], lanes.low[lane]], [lanes.east[lane], lanes.high[lane]]) = (min, max);
        }
        lanes
    }

    fn extent(&self, lane: usize) -> Extent {
        Extent { min: [self.west[lane], self.low[lane]], max: [self.east[lane], self.high[lane]] }
    }

    /// Whether any edge meets a box: all lanes at once, since most meet none.
    fn any_meets(&self, extent: &Extent) -> bool {
        let mut any = false;
        for lane in 0..LANES {
            any |= (self.west[lane] <= extent.max[0])
                & (self.east[lane] >= extent.min[0])
                & (self.low[lane] <= extent.max[1])
                & (self.high[lane] >= extent.min[1]);
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_touch_of_all_pairs(rings: &[Vec<Corner>]) -> bool {
        let edge = |ring: &[Corner], number: usize| [ring[(number + ring.len() - 1) % ring.len()], ring[number]];
        let edges: Vec<_> =
            rings.iter().enumerate().flat_map(|(of, ring)| (0..ring.len()).map(move |number| (of, number))).collect();
        edges.iter().enumerate().any(|(at, &(of, number))| {
            edges[..at].iter().any(|&(of_other, other)| {
                let (ring, beside) = (&rings[of], &rings[of_other]);
                let (one, other_edge) = (edge(ring, number), edge(beside, other));
                !(of == of_other && follow(number, other, ring.len()))
                    && Extent::of(one).meets(&Extent::of(other_edge))
                    && touch(one, other_edge)
            })
        })
    }

    proptest! {
        #[test]
        fn the_tree_finds_what_all_pairs_find(radii in proptest::collection::vec(3f64..90.0, 3..70), smooth in any::<bool>(), hole in 0i32..60) {
            let corner = |(step, radius): (usize, &f64)| {
                let radius = if smooth { 60.0 + radius / 9.0 } else { *radius };
                let angle = step as f64 / radii.len() as f64 * std::f64::consts::TAU;
                [(radius * angle.cos()).round() as i32, (radius * angle.sin()).round() as i32]
            };
            let ring: Vec<Corner> = radii.iter().enumerate().map(corner).collect();
            let rings = [ring, vec![[hole, 0], [hole + 5, 0], [hole, 5]]];
            prop_assert_eq!(Edges::default().any_touch(&rings), any_touch_of_all_pairs(&rings));
        }
    }

    #[test]
    fn a_comb_is_no_slower_than_its_length() {
        let teeth = 20_000;
        let mut comb: Vec<Corner> = (0..teeth)
            .flat_map(|tooth| [[4 * tooth, 0], [4 * tooth + 1, 4000], [4 * tooth + 2, 4000], [4 * tooth + 3, 0]])
            .collect();
        comb.extend([[4 * teeth, -10], [0, -10]]);
        assert!(!Edges::default().any_touch(&[comb.clone()]));
        comb[40_001] = [2, 2000];
        assert!(Edges::default().any_touch(&[comb]));
    }
}
