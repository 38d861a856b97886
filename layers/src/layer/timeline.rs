//! The moments at which a layer changes, and the epochs between them.

use crate::time::{Instant, Interval};

/// Sorted moments of change.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    boundaries: Vec<Instant>,
}

impl Timeline {
    pub(super) fn of(moments: impl Iterator<Item = Instant>) -> Self {
        let mut boundaries: Vec<Instant> = moments.collect();
        boundaries.sort_unstable();
        boundaries.dedup();
        Self { boundaries }
    }

    /// Number of boundaries at or before a moment, `O(log n)`.
    pub(super) fn epoch(&self, at: Instant) -> u32 {
        // Five boundaries for each of at most 2^32 features would not fit; a layer of that size does not fit into memory either.
        u32::try_from(self.passed(at)).unwrap_or(u32::MAX)
    }

    fn passed(&self, at: Instant) -> usize {
        self.boundaries.partition_point(|boundary| *boundary <= at)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.boundaries.is_empty()
    }

    /// The last boundary at or before a moment.
    pub(super) fn last(&self, at: Instant) -> Option<Instant> {
        self.boundaries.get(self.passed(at).checked_sub(1)?).copied()
    }

    /// The first boundary after a moment.
    pub(super) fn next(&self, after: Instant) -> Option<Instant> {
        self.boundaries.get(self.passed(after)).copied()
    }
}

/// The closed ends of an interval: the moments at which something begins or ceases to hold.
pub(super) fn ends(interval: Interval) -> impl Iterator<Item = Instant> {
    [interval.from, interval.to].into_iter().flatten()
}

/// The stretch from the first start to the last end; open where one of them is.
pub(super) fn hull(intervals: impl Iterator<Item = Interval>) -> Interval {
    let both = |a: Option<Instant>, b: Option<Instant>, pick: fn(Instant, Instant) -> Instant| a.zip(b).map(|(a, b)| pick(a, b));
    intervals
        .reduce(|a, b| Interval { from: both(a.from, b.from, Instant::min), to: both(a.to, b.to, Instant::max) })
        .unwrap_or(Interval::ALWAYS)
}
