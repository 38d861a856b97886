//! The points of one layer in Morton order: a quadtree without nodes. A cell is a stretch of it, found by halving.
//!
//! Sums are kept for every block of points, so that what a whole cell adds up to costs the same for ten points and for ten million.

use super::id::ClusterId;
use crate::boxes::GridBox;
use crate::frame::Frame;
use crate::morton;
use std::ops::Range;

/// Points in a block. Adding up a stretch walks two blocks at most; a block costs 16 bytes and 4 for each class.
const BLOCK: usize = 64;

/// Points of a layer, sorted once. `13 n` bytes and a little.
#[derive(Debug)]
pub struct Points {
    keys: Box<[u64]>,
    numbers: Box<[u32]>,
    /// One for each point; empty if there is one class only.
    classes: Box<[u8]>,
    class_count: usize,
    /// Sums of x and y of all points before each block.
    positions: Box<[[u64; 2]]>,
    /// For each block one count for each class, of all points before it.
    counts: Box<[u32]>,
}

/// What some points of a cell add up to; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// How many.
    pub count: u32,
    /// How many of each class.
    pub classes: Vec<u32>,
    /// Their mean grid position, rounded down; it lies in the cell.
    pub mean: [u32; 2],
    /// Number of the first of them: the only one if there is one.
    pub first: u32,
    /// Lowest and highest Morton key.
    keys: [u64; 2],
}

impl Sum {
    /// The coarsest level that has them in more than one cell; `None` if they all stand on the same step of the grid.
    pub(super) fn parted_from(&self) -> Option<u8> {
        let differing = self.keys[0] ^ self.keys[1];
        (differing != 0).then(|| u8::try_from(differing.leading_zeros() / 2 + 1).unwrap_or(u8::MAX))
    }
}

impl Points {
    /// Sorts points: number, grid position and class, which is below `class_count`. `O(n log n)`.
    pub fn new(points: impl Iterator<Item = (u32, [u32; 2], u8)>, class_count: u8) -> Self {
        let class_count = usize::from(class_count);
        let mut sorted: Vec<(u64, u32, u8)> =
            points.map(|(number, position, class)| (morton::key(position), number, class)).collect();
        sorted.sort_unstable();
        let (mut positions, mut counts) = (Vec::new(), Vec::new());
        let (mut sum, mut count) = ([0u64; 2], vec![0u32; class_count]);
        for block in sorted.chunks(BLOCK) {
            positions.push(sum);
            counts.extend_from_slice(&count);
            for &(key, _, class) in block {
                add(&mut sum, key);
                count.iter_mut().skip(class.into()).take(1).for_each(|count| *count += 1);
            }
        }
        Self {
            keys: sorted.iter().map(|(key, ..)| *key).collect(),
            numbers: sorted.iter().map(|(_, number, _)| *number).collect(),
            classes: if class_count > 1 { sorted.iter().map(|(.., class)| *class).collect() } else { Box::default() },
            class_count,
            positions: positions.into(),
            counts: counts.into(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Hands over every cell of a level that may show in a frame and has points, with the places of its points. Costs `O(cells log n)`.
    pub fn cells(&self, frame: &Frame, level: u8, mut see: impl FnMut(ClusterId, Range<usize>)) {
        self.descend(frame, level, (0, 0), 0..self.keys.len(), &mut see);
    }

    fn descend(
        &self,
        frame: &Frame,
        target: u8,
        (level, prefix): (u8, u64),
        places: Range<usize>,
        see: &mut impl FnMut(ClusterId, Range<usize>),
    ) {
        let Some(&key) = self.keys.get(places.start).filter(|_| !places.is_empty() && may_see(frame, level, prefix)) else {
            return;
        };
        if level == target || places.len() == 1 {
            return see(ClusterId::of(target, key), places);
        }
        let mut start = places.start;
        for child in prefix << 2..=(prefix << 2 | 3) {
            let shift = 62 - 2 * level;
            let end = start + self.keys[start..places.end].partition_point(|key| key >> shift <= child);
            self.descend(frame, target, (level + 1, child), start..end, see);
            start = end;
        }
    }

    /// Places of the points in a cell.
    pub fn places(&self, id: ClusterId) -> Range<usize> {
        let [first, last] = id.keys();
        self.keys.partition_point(|key| *key < first)..self.keys.partition_point(|key| *key <= last)
    }

    /// Numbers and classes of the points at some places.
    pub fn at(&self, places: Range<usize>) -> impl Iterator<Item = (u32, u8)> + '_ {
        places.filter_map(|place| Some((*self.numbers.get(place)?, self.class(place))))
    }

    /// What all points at some places add up to; `None` without points. Costs the same for few and for many.
    pub fn all(&self, places: Range<usize>) -> Option<Sum> {
        let (first, last) = (places.start, places.end.checked_sub(1).filter(|last| *last >= places.start)?);
        let ((from, before), (to, after)) = (self.before(places.start), self.before(places.end));
        let count = u32::try_from(places.len()).unwrap_or(u32::MAX);
        Some(Sum {
            count,
            classes: before.iter().zip(&after).map(|(before, after)| after - before).collect(),
            mean: mean([to[0] - from[0], to[1] - from[1]], count),
            first: *self.numbers.get(first)?,
            keys: [*self.keys.get(first)?, *self.keys.get(last)?],
        })
    }

    /// What those points at some places add up to that hold; `None` if none does. Asks each.
    pub fn those(&self, places: Range<usize>, mut holds: impl FnMut(u32) -> bool) -> Option<Sum> {
        let mut holding = places.filter(|&place| self.numbers.get(place).is_some_and(|&number| holds(number))).peekable();
        let first = *holding.peek()?;
        let (mut sum, mut count, mut classes, mut last) = ([0; 2], 0, vec![0; self.class_count], first);
        for place in holding {
            last = place;
            add(&mut sum, self.keys[place]);
            count += 1;
            classes.iter_mut().skip(self.class(place).into()).take(1).for_each(|count| *count += 1);
        }
        let (first, keys) = (self.numbers[first], [self.keys[first], self.keys[last]]);
        Some(Sum { count, classes, mean: mean(sum, count), first, keys })
    }

    fn class(&self, place: usize) -> u8 {
        self.classes.get(place).copied().unwrap_or(0)
    }

    /// Sums of x and y and counts of all points before a place.
    fn before(&self, place: usize) -> ([u64; 2], Vec<u32>) {
        let block = (place / BLOCK).min(self.positions.len().saturating_sub(1));
        let mut sum = self.positions.get(block).copied().unwrap_or_default();
        let counts = self.counts.get(block * self.class_count..(block + 1) * self.class_count);
        let mut counts = counts.unwrap_or_default().to_vec();
        for place in block * BLOCK..place {
            add(&mut sum, self.keys[place]);
            counts.iter_mut().skip(self.class(place).into()).take(1).for_each(|count| *count += 1);
        }
        (sum, counts)
    }
}

/// Whether anything in the cell of a level at a Morton prefix may show.
fn may_see(frame: &Frame, level: u8, prefix: u64) -> bool {
    let corner = morton::position(prefix.checked_shl(64 - 2 * u32::from(level)).unwrap_or(0)).map(i64::from);
    let side = 1i64 << (32 - level);
    let cell = GridBox { min: corner, max: corner.map(|axis| axis + side - 1) };
    frame.windows.iter().any(|window| window.sees(&cell))
}

fn add(sum: &mut [u64; 2], key: u64) {
    let [x, y] = morton::position(key).map(u64::from);
    *sum = [sum[0] + x, sum[1] + y];
}

fn mean(sum: [u64; 2], count: u32) -> [u32; 2] {
    sum.map(|sum| u32::try_from(sum / u64::from(count.max(1))).unwrap_or(u32::MAX))
}
