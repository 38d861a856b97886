//! Up to when everything that is recorded is shown: whoever asks for what is new, and next for what came after that, misses nothing.
//!
//! ```text
//!   entering begins at t -> recorded at t or later -> on the disk -> shown -> entering ends
//!   whoever asks meanwhile is answered for before t
//! ```

use roadblock_layers::time::Instant;
use std::sync::atomic::{AtomicI64, Ordering};

/// Since when changes are being entered, and when something is to be told next by itself, in microseconds; at the end of time nobody enters
/// anything, and nothing is told. One group at a time.
pub struct Settled {
    entering: AtomicI64,
    turn: AtomicI64,
}

/// A group is being entered as long as this is there.
pub struct Entering<'s>(&'s Settled);

impl Default for Settled {
    fn default() -> Self {
        Self { entering: AtomicI64::new(i64::MAX), turn: AtomicI64::new(i64::MAX) }
    }
}

impl Settled {
    /// Begins to enter a group. The moment at which it is recorded has to be read after this, and not before.
    pub fn enter(&self, now: Instant) -> Entering<'_> {
        self.entering.store(now.micros(), Ordering::SeqCst);
        Entering(self)
    }

    /// Notes when something is to be told next that is recorded already, after what was to be told before is shown.
    pub fn expect(&self, turn: Option<Instant>) {
        self.turn.store(turn.map_or(i64::MAX, Instant::micros), Ordering::SeqCst);
    }

    /// The moment up to which nothing is to come that is not shown in a world read after this. `now` has to be read before.
    pub fn until(&self, now: Instant) -> Instant {
        let first = now.micros().min(self.entering.load(Ordering::SeqCst)).min(self.turn.load(Ordering::SeqCst));
        Instant::from_micros(first.saturating_sub(1))
    }
}

impl Drop for Entering<'_> {
    fn drop(&mut self) {
        self.0.entering.store(i64::MAX, Ordering::SeqCst);
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
        settled.expect(Some(at(130)));
        assert_eq!(settled.until(at(120)), at(119));
        assert_eq!(settled.until(at(150)), at(129), "what was due then is not shown yet");
        settled.expect(None);
        assert_eq!(settled.until(at(150)), at(149));
    }
}
