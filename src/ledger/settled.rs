//! Up to when everything that is recorded is shown: whoever asks for what is new, and next for what came after that, misses nothing.
//!
//! ```text
//!   entering begins at t -> recorded at t or later -> on the disk -> shown -> entering ends
//!   whoever asks meanwhile is answered for before t
//! ```

use roadblock_layers::time::Instant;
use std::sync::atomic::{AtomicI64, Ordering};

/// Since when changes are being entered, in microseconds; nobody enters any at the end of time. One group at a time.
pub struct Settled(AtomicI64);

/// A group is being entered as long as this is there.
pub struct Entering<'s>(&'s Settled);

impl Default for Settled {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MAX))
    }
}

impl Settled {
    /// Begins to enter a group. The moment at which it is recorded has to be read after this, and not before.
    pub fn enter(&self, now: Instant) -> Entering<'_> {
        self.0.store(now.micros(), Ordering::SeqCst);
        Entering(self)
    }

    /// The moment up to which nothing is to come that is not shown in a world read after this. `now` has to be read before.
    pub fn until(&self, now: Instant) -> Instant {
        let first = now.micros().min(self.0.load(Ordering::SeqCst));
        Instant::from_micros(first.saturating_sub(1))
    }
}

impl Drop for Entering<'_> {
    fn drop(&mut self) {
        self.0.0.store(i64::MAX, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_on_its_way_is_not_passed_over() {
        let at = Instant::from_micros;
        let settled = Settled::default();
        assert_eq!(settled.until(at(100)), at(99), "another may be recorded in the same microsecond");
        let entering = settled.enter(at(110));
        assert_eq!(settled.until(at(150)), at(109));
        assert_eq!(settled.until(at(105)), at(104), "who looked at the clock before");
        drop(entering);
        assert_eq!(settled.until(at(150)), at(149));
    }
}
