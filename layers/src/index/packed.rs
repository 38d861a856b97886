//! A packed R-tree: leaves along a curve, so that neighbours stand together, and above them boxes around every sixteen.
//!
//! ```text
//!   level 2  [                 around all                 ]
//!   level 1  [   0..16    ][   16..32   ][   32..48   ] ...
//!   leaves   0 1 2 ...  15  16 ...                            node n of a level is around 16n..16n+16 of the one below
//! ```
//! No node says where its children are, and all leaves below one are a stretch: what lies wholly in an asked box is read without looking at
//! a box again.

use super::Bounds;
use std::ops::Range;

/// Children of a node, as a power of two.
const WIDTH_BITS: usize = 4;
const WIDTH: usize = 1 << WIDTH_BITS;

/// How a box lies to what is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lies {
    /// Nothing in it is meant.
    Beside,
    /// Some of it may be.
    Across,
    /// All of it is.
    Within,
}

/// Boxes, numbered as they stand. Immutable once built.
#[derive(Debug, Default)]
pub(super) struct Tree {
    /// Those of the leaves first, then each level's, up to the one around all.
    boxes: Vec<Bounds>,
    /// Where each level ends among the boxes.
    ends: Vec<usize>,
}

impl Tree {
    /// Over leaves in their order. `O(n)`.
    pub(super) fn over(leaves: Vec<Bounds>) -> Self {
        let mut tree = Self { ends: vec![leaves.len()], boxes: leaves };
        tree.boxes.reserve_exact(tree.boxes.len() / (WIDTH - 1) + usize::BITS as usize / WIDTH_BITS);
        let mut level = 0..tree.boxes.len();
        while level.len() > 1 {
            for start in level.clone().step_by(WIDTH) {
                let children = tree.boxes.get(start..level.end.min(start + WIDTH)).unwrap_or_default();
                let around = children.iter().copied().reduce(|one, other| one.union(&other));
                tree.boxes.extend(around);
            }
            level = level.end..tree.boxes.len();
            tree.ends.push(level.end);
        }
        tree
    }

    /// The boxes of the leaves.
    pub(super) fn leaves(&self) -> &[Bounds] {
        self.boxes.get(self.level(0)).unwrap_or_default()
    }

    /// The box around everything.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        self.boxes.last().copied()
    }

    /// Hands the numbers of the leaves that are meant to `take` until that has enough (`false`); says whether it never had. `look` tells of the
    /// box of a node or a leaf how it lies.
    pub(super) fn all(&self, look: &impl Fn(&Bounds) -> Lies, take: &mut impl FnMut(usize) -> bool) -> bool {
        let top = self.ends.len().saturating_sub(1);
        self.all_of(top, 0..self.level(top).len(), look, take)
    }

    fn all_of(
        &self,
        level: usize,
        nodes: Range<usize>,
        look: &impl Fn(&Bounds) -> Lies,
        take: &mut impl FnMut(usize) -> bool,
    ) -> bool {
        let boxes = self.boxes.get(self.level(level)).and_then(|boxes| boxes.get(nodes.clone())).unwrap_or_default();
        nodes.zip(boxes).all(|(node, around)| match (look(around), level.checked_sub(1)) {
            (Lies::Beside, _) => true,
            (Lies::Across, Some(below)) => {
                let children = self.level(below).len().min((node + 1) * WIDTH);
                self.all_of(below, node * WIDTH..children, look, take)
            }
            (Lies::Within, Some(_)) => {
                let leaves = |node: usize| self.level(0).len().min(node << (WIDTH_BITS * level));
                (leaves(node)..leaves(node + 1)).all(&mut *take)
            }
            (_, None) => take(node),
        })
    }

    /// Where a level stands among the boxes.
    fn level(&self, level: usize) -> Range<usize> {
        let end = |level: usize| self.ends.get(level).copied().unwrap_or_default();
        level.checked_sub(1).map_or(0, end)..end(level)
    }
}

/// Numbers of some boxes along a Hilbert curve through their middles. `O(n log n)`.
pub(super) fn order(boxes: &[Bounds]) -> Vec<u32> {
    let Some(around) = boxes.iter().copied().reduce(|one, other| one.union(&other)) else { return Vec::new() };
    let cell = |low: f64, high: f64, middle: f64| {
        let share = if high > low { (middle - low) / (high - low) } else { 0.0 };
        (share * f64::from(u16::MAX)) as u32
    };
    let key = |bounds: &Bounds| {
        let column = cell(around.west, around.east, f64::midpoint(bounds.west, bounds.east));
        hilbert(column, cell(around.south, around.north, f64::midpoint(bounds.south, bounds.north)))
    };
    let mut keyed: Vec<(u32, u32)> = boxes.iter().map(key).zip(0..).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, number)| number).collect()
}

/// How far along the curve a cell of 2^16 by 2^16 lies: quarter by quarter, each turned so that the curve goes on where it came from.
fn hilbert(mut x: u32, mut y: u32) -> u32 {
    let mut along = 0;
    for bit in (0..u16::BITS).rev() {
        let [right, upper] = [x, y].map(|at| at >> bit & 1);
        along = along << 2 | (3 * right) ^ upper;
        if upper == 0 {
            if right == 1 {
                (x, y) = (!x, !y);
            }
            (x, y) = (y, x);
        }
    }
    along
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(x: f64, y: f64) -> Bounds {
        Bounds { west: x, south: y, east: x + 0.5, north: y + 0.5 }
    }

    #[test]
    fn the_curve_goes_from_neighbour_to_neighbour() {
        let mut cells: Vec<(u32, u32, u32)> = (0..64).flat_map(|x| (0..64).map(move |y| (hilbert(x, y), x, y))).collect();
        cells.sort_unstable();
        for pair in cells.windows(2) {
            let [(at, x, y), (next, east, north)] = [pair[0], pair[1]];
            assert_eq!((next - at, x.abs_diff(east) + y.abs_diff(north)), (1, 1), "{pair:?}");
        }
    }

    #[test]
    fn every_leaf_has_its_place_however_many_there_are() {
        for count in [0, 1, 2, 15, 16, 17, 255, 256, 257, 5000] {
            let boxes: Vec<Bounds> = (0..count).map(|number| cell(f64::from(number % 71), f64::from(number / 71))).collect();
            let mut order = order(&boxes);
            let tree = Tree::over(order.iter().map(|&number| boxes[number as usize]).collect());
            let found = |asked: Bounds| {
                let look = |around: &Bounds| match () {
                    () if asked.contains(around) => Lies::Within,
                    () if asked.intersects(around) => Lies::Across,
                    () => Lies::Beside,
                };
                let mut found = Vec::new();
                assert!(tree.all(&look, &mut |leaf| {
                    found.push(tree.leaves()[leaf]);
                    true
                }));
                found.len()
            };
            let asked = Bounds { west: 3.2, south: 7.6, east: 40.0, north: 31.0 };
            assert_eq!(found(asked), boxes.iter().filter(|bounds| bounds.intersects(&asked)).count(), "{count}");
            assert_eq!(found(Bounds::WORLD), boxes.len());
            order.sort_unstable();
            assert!(order.into_iter().eq(0..boxes.len() as u32));
        }
    }
}
