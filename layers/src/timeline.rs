//! The moments at which features change, and the epochs between them.

use crate::time::{Instant, Interval};

/// Sorted moments of change.
#[derive(Debug, Default)]
pub(crate) struct Timeline {
    boundaries: Vec<Instant>,
}

impl Timeline {
    pub(crate) fn of(moments: impl Iterator<Item = Instant>) -> Self {
        let mut boundaries: Vec<Instant> = moments.collect();
        boundaries.sort_unstable();
        boundaries.dedup();
        // A thousand reports share a few days.
        boundaries.shrink_to_fit();
        Self { boundaries }
    }

    fn passed(&self, at: Instant) -> usize {
        self.boundaries.partition_point(|boundary| *boundary <= at)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.boundaries.is_empty()
    }

    /// The last boundary at or before a moment.
    pub(crate) fn last(&self, at: Instant) -> Option<Instant> {
        self.boundaries.get(self.passed(at).checked_sub(1)?).copied()
    }

    /// The first boundary after a moment.
    pub(crate) fn next(&self, after: Instant) -> Option<Instant> {
        self.boundaries.get(self.passed(after)).copied()
    }
}

/// The closed ends of an interval: the moments at which something begins or ceases to hold.
pub(crate) fn ends(interval: Interval) -> impl Iterator<Item = Instant> + use<> {
    [interval.from, interval.to].into_iter().flatten()
}

/// The stretch from the first start to the last end; open where one of them is; `None` of nothing.
pub(crate) fn hull(intervals: impl Iterator<Item = Interval>) -> Option<Interval> {
    let both = |a: Option<Instant>, b: Option<Instant>, pick: fn(Instant, Instant) -> Instant| a.zip(b).map(|(a, b)| pick(a, b));
    intervals.reduce(|a, b| Interval { from: both(a.from, b.from, Instant::min), to: both(a.to, b.to, Instant::max) })
}
