//! Which edges of rings touch: edges in blocks of eight, blocks in a tree of boxes that is joined with itself.
//!
//! ```text
//!   edges   e0 ... e7 | e8 ... e15 | e16 ...       edges that follow each other lie near each other,
//!   blocks     b0          b1          b2          so blocks are small and few of them meet
//!   pairs           p0             p1
//! ```
//! `O(n log n)` for rings that do not run along themselves; the order of the edges is the only sorting.

use super::{follow, touch};
use crate::grid::World;

const LANES: usize = 8;

/// A box in tile units, which fit 32 bits by construction of what is clipped.
#[derive(Debug, Clone, Copy)]
struct Extent {
    min: [i32; 2],
    max: [i32; 2],
}

impl Extent {
    const NOTHING: Self = Self { min: [i32::MAX; 2], max: [i32::MIN; 2] };

    fn of([a, b]: [[i32; 2]; 2]) -> Self {
        Self { min: [a[0].min(b[0]), a[1].min(b[1])], max: [a[0].max(b[0]), a[1].max(b[1])] }
    }

    fn union(self, other: Self) -> Self {
        let [min, max] = [Self::of([self.min, other.min]).min, Self::of([self.max, other.max]).max];
        Self { min, max }
    }

    fn meets(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] <= other.max[axis] && other.min[axis] <= self.max[axis])
    }
}

/// Edges of one ring that follow each other; lanes that are not used lie nowhere.
#[derive(Debug, Clone)]
struct Block {
    around: Extent,
    /// Boxes of the edges, side by side, to be compared in one go.
    west: [i32; LANES],
    east: [i32; LANES],
    low: [i32; LANES],
    high: [i32; LANES],
    ends: [[[i32; 2]; 2]; LANES],
    used: usize,
    ring: usize,
    /// Which edge of its ring the first is, and how many the ring has.
    first: usize,
    count: usize,
}

impl Block {
    fn new(ring: usize, first: usize, count: usize) -> Self {
        Self {
            around: Extent::NOTHING,
            west: [i32::MAX; LANES],
            east: [i32::MIN; LANES],
            low: [i32::MAX; LANES],
            high: [i32::MIN; LANES],
            ends: [[[0; 2]; 2]; LANES],
            used: 0,
            ring,
            first,
            count,
        }
    }

    fn add(&mut self, ends: [[i32; 2]; 2]) {
        let (lane, extent) = (self.used, Extent::of(ends));
        self.around = self.around.union(extent);
        ([self.west[lane], self.low[lane]], [self.east[lane], self.high[lane]]) = (extent.min, extent.max);
        self.ends[lane] = ends;
        self.used += 1;
    }

    fn extent(&self, lane: usize) -> Extent {
        Extent { min: [self.west[lane], self.low[lane]], max: [self.east[lane], self.high[lane]] }
    }

    /// Whether any edge, from lane `from` on, meets a box: all lanes at once, since most meet none.
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

    fn touch_within(&self) -> bool {
        (2..self.used).any(|lane| {
            let extent = self.extent(lane);
            (0..lane - 1).any(|other| extent.meets(&self.extent(other)) && self.touches(lane, self, other))
        })
    }

    fn touch_each_other(&self, other: &Self) -> bool {
        (0..self.used).any(|lane| {
            let extent = self.extent(lane);
            extent.meets(&other.around)
                && other.any_meets(&extent)
                && (0..other.used).any(|beside| extent.meets(&other.extent(beside)) && self.touches(lane, other, beside))
        })
    }

    /// Whether two edges whose boxes meet touch where they should not.
    fn touches(&self, lane: usize, other: &Self, beside: usize) -> bool {
        let follows = || self.ring == other.ring && follow(self.first + lane, other.first + beside, self.count);
        !follows() && touch(self.ends[lane], other.ends[beside])
    }
}

/// Buffers reused from polygon to polygon.
#[derive(Debug, Default)]
pub(crate) struct Edges {
    blocks: Vec<Block>,
    /// Boxes of the blocks, of pairs of blocks, of pairs of pairs, up to the one around all.
    levels: Vec<Vec<Extent>>,
}

impl Edges {
    /// Whether any two edges touch that do not follow each other.
    pub(super) fn any_touch(&mut self, rings: &[Vec<World>]) -> bool {
        self.fill(rings);
        self.stack();
        self.levels.len().checked_sub(1).is_some_and(|top| self.within(top, 0))
    }

    fn fill(&mut self, rings: &[Vec<World>]) {
        self.blocks.clear();
        let narrow = |at: World| at.map(|unit| i32::try_from(unit).unwrap_or_default());
        for (ring, corners) in rings.iter().enumerate() {
            let Some(&last) = corners.last() else { continue };
            let mut from = narrow(last);
            for (number, chunk) in corners.chunks(LANES).enumerate() {
                let mut block = Block::new(ring, number * LANES, corners.len());
                for &corner in chunk {
                    let to = narrow(corner);
                    block.add([from, to]);
                    from = to;
                }
                self.blocks.push(block);
            }
        }
    }

    fn stack(&mut self) {
        self.levels.clear();
        if self.blocks.is_empty() {
            return;
        }
        let mut level: Vec<Extent> = self.blocks.iter().map(|block| block.around).collect();
        while level.len() > 1 {
            let pairs = level.chunks(2).map(|pair| pair.iter().copied().fold(Extent::NOTHING, Extent::union)).collect();
            self.levels.push(std::mem::replace(&mut level, pairs));
        }
        self.levels.push(level);
    }

    fn within(&self, level: usize, at: usize) -> bool {
        match level.checked_sub(1) {
            None => self.blocks.get(at).is_some_and(Block::touch_within),
            Some(below) => {
                let [left, right] = [2 * at, 2 * at + 1];
                self.within(below, left)
                    || self.has(below, right) && (self.within(below, right) || self.between(below, left, right))
            }
        }
    }

    fn between(&self, level: usize, left: usize, right: usize) -> bool {
        let Some(boxes) = self.levels.get(level) else { return false };
        if !boxes.get(left).zip(boxes.get(right)).is_some_and(|(left, right)| left.meets(right)) {
            return false;
        }
        match level.checked_sub(1) {
            None => self.blocks.get(left).zip(self.blocks.get(right)).is_some_and(|(left, right)| left.touch_each_other(right)),
            Some(below) => {
                (2 * left..=2 * left + 1).any(|left| (2 * right..=2 * right + 1).any(|right| self.between(below, left, right)))
            }
        }
    }

    fn has(&self, level: usize, at: usize) -> bool {
        self.levels.get(level).is_some_and(|boxes| at < boxes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_touch_of_all_pairs(rings: &[Vec<World>]) -> bool {
        let edge = |ring: &[World], number: usize| {
            [ring[(number + ring.len() - 1) % ring.len()], ring[number]].map(|at| at.map(|unit| unit as i32))
        };
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
        fn the_tree_finds_what_all_pairs_find(radii in proptest::collection::vec(3f64..90.0, 3..70), smooth in any::<bool>(), hole in 0i64..60) {
            let corner = |(step, radius): (usize, &f64)| {
                let radius = if smooth { 60.0 + radius / 9.0 } else { *radius };
                let angle = step as f64 / radii.len() as f64 * std::f64::consts::TAU;
                [(radius * angle.cos()).round() as i64, (radius * angle.sin()).round() as i64]
            };
            let ring: Vec<World> = radii.iter().enumerate().map(corner).collect();
            let rings = [ring, vec![[hole, 0], [hole + 5, 0], [hole, 5]]];
            prop_assert_eq!(Edges::default().any_touch(&rings), any_touch_of_all_pairs(&rings));
        }
    }

    #[test]
    fn a_comb_is_no_slower_than_its_length() {
        let teeth = 20_000;
        let mut comb: Vec<World> = (0..teeth)
            .flat_map(|tooth| [[4 * tooth, 0], [4 * tooth + 1, 4000], [4 * tooth + 2, 4000], [4 * tooth + 3, 0]])
            .collect();
        comb.extend([[4 * teeth, -10], [0, -10]]);
        assert!(!Edges::default().any_touch(&[comb.clone()]));
        comb[40_001] = [2, 2000];
        assert!(Edges::default().any_touch(&[comb]));
    }
}
