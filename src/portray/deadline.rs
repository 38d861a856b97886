//! Until when a picture may be drawn: whoever asked does not wait for ever, and neither do those in line behind.

use std::time::{Duration, Instant};

/// How much longer a static map may take than a tile: it has up to so many times its pixels.
const MAP_TILES: u32 = 4;

/// The moment after which it is too late; never, where nobody waits.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// For a tile that is begun now.
    pub fn of_tile(patience: Option<Duration>) -> Self {
        Self(patience.and_then(|patience| Instant::now().checked_add(patience)))
    }

    /// For a static map that is begun now.
    pub fn of_map(patience: Option<Duration>) -> Self {
        Self::of_tile(patience.map(|patience| patience * MAP_TILES))
    }

    /// Whether it is past.
    pub fn is_over(self) -> bool {
        self.0.is_some_and(|end| Instant::now() > end)
    }
}
