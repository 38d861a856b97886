//! Positions and boxes on the 2^32 grid, as they are worked with and as they are stored, and how a path of positions ends.

use crate::grid::World;
use bytemuck::{Pod, Zeroable};

/// A position in 32 bits: the grid's last column and row are 2^32 exactly, one more than fits, and that step of 9 mm is given up.
pub(crate) type Position = [u32; 2];

/// A box on the grid, closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GridBox {
    pub(crate) min: World,
    pub(crate) max: World,
}

/// The same as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct StoredBox {
    pub(crate) min: Position,
    pub(crate) max: Position,
}

impl StoredBox {
    pub(crate) fn at(point: Position) -> Self {
        Self { min: point, max: point }
    }

    /// `None` around nothing.
    pub(crate) fn around(points: &[Position]) -> Option<Self> {
        points.iter().copied().map(Self::at).reduce(Self::union)
    }

    /// The box around both.
    pub(crate) fn union(self, other: Self) -> Self {
        Self {
            min: [self.min[0].min(other.min[0]), self.min[1].min(other.min[1])],
            max: [self.max[0].max(other.max[0]), self.max[1].max(other.max[1])],
        }
    }

    pub(crate) fn middle(self) -> Position {
        [0, 1].map(|axis| u32::midpoint(self.min[axis], self.max[axis]))
    }

    /// Width and height in grid steps.
    pub(crate) fn extent(self) -> [u32; 2] {
        [self.max[0] - self.min[0], self.max[1] - self.min[1]]
    }

    pub(crate) fn on_grid(self) -> GridBox {
        GridBox { min: self.min.map(i64::from), max: self.max.map(i64::from) }
    }

    /// Whether no side is beyond the opposite one.
    pub(crate) fn is_ordered(&self) -> bool {
        self.min[0] <= self.max[0] && self.min[1] <= self.max[1]
    }
}

/// Whether a path ends where it begins without saying so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// A line.
    Open,
    /// A ring, its last vertex not repeated.
    Closed,
}
