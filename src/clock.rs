//! The only module that reads the time of day.

use roadblock_layers::time::Instant;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where "now" comes from: the machine, or a fixed moment for tests and archives.
#[derive(Debug, Clone, Copy)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Always this moment.
    Fixed(Instant),
    /// A millisecond later each time it is asked.
    #[cfg(test)]
    Ticking(&'static std::sync::atomic::AtomicI64),
}

impl Clock {
    /// The time of day in UTC; a clock before 1970 counts as 1970.
    pub fn now(self) -> Instant {
        match self {
            Self::Fixed(instant) => instant,
            #[cfg(test)]
            Self::Ticking(micros) => Instant::from_micros(micros.fetch_add(1_000, std::sync::atomic::Ordering::Relaxed)),
            Self::System => {
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Instant::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
            }
        }
    }
}
