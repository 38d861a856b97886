//! How often an address came with a wrong token lately, in memory that does not grow however many addresses come.

use roadblock_layers::time::Instant;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// Wrong tokens that an address may bring within a window.
const MOST: u32 = 5;
const WINDOW_S: i64 = 60;
/// Counts that are kept. Addresses that share one share its fate; both have failed, and whoever succeeds is never asked.
const COUNTS: usize = 4096;

/// Counts of failures, each of a few addresses that nobody can choose.
pub(super) struct Failures {
    counts: Mutex<Vec<Count>>,
    shares: RandomState,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    since_s: i64,
    failures: u32,
}

impl Default for Failures {
    fn default() -> Self {
        let none = Count { since_s: i64::MIN, failures: 0 };
        Self { counts: Mutex::new(vec![none; COUNTS]), shares: RandomState::new() }
    }
}

impl Failures {
    /// Counts a failure. Seconds to wait if there were too many before it.
    pub(super) fn count(&self, from: Option<IpAddr>, now: Instant) -> Option<u32> {
        let now_s = now.seconds();
        let share = self.shares.hash_one(from.map(network)) % COUNTS as u64;
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.get_mut(usize::try_from(share).unwrap_or_default())?;
        // A clock that was set back begins a window too, or nobody would be let in until it caught up.
        if !(0..WINDOW_S).contains(&now_s.saturating_sub(count.since_s)) {
            *count = Count { since_s: now_s, failures: 0 };
        }
        count.failures = count.failures.saturating_add(1);
        let left_s = count.since_s.saturating_add(WINDOW_S).saturating_sub(now_s);
        (count.failures > MOST).then(|| u32::try_from(left_s).unwrap_or(1).max(1))
    }
}

/// What one customer of a network has: an address of IPv4, 64 bits of IPv6.
fn network(ip: IpAddr) -> u64 {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_bits().into(),
        IpAddr::V6(ip) => ip.segments().iter().take(4).fold(0, |bits, segment| bits << 16 | u64::from(*segment)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant::from_micros((1_000_000 + seconds) * 1_000_000)
    }

    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn five_failures_a_minute_are_answered_and_the_next_wait() {
        let failures = Failures::default();
        for second in 0..5 {
            assert_eq!(failures.count(ip("192.0.2.1"), at(second)), None);
        }
        assert_eq!(failures.count(ip("192.0.2.1"), at(5)), Some(55));
        assert_eq!(failures.count(ip("192.0.2.1"), at(59)), Some(1));
        assert_eq!(failures.count(ip("192.0.2.1"), at(60)), None, "the next minute");
        assert_eq!(failures.count(ip("192.0.2.1"), at(-3600)), None, "the clock was set back");
    }

    #[test]
    fn an_address_does_not_pay_for_another_and_a_network_pays_for_itself() {
        let failures = Failures::default();
        assert_eq!((0..9).filter(|_| failures.count(ip("192.0.2.1"), at(0)).is_some()).count(), 4);
        assert!(["192.0.2.2", "192.0.2.3", "192.0.2.4"].iter().any(|other| failures.count(ip(other), at(0)).is_none()));
        let refused = |number: u32| failures.count(ip(&format!("2001:db8::{number:x}")), at(0)).is_some();
        assert_eq!((0..9).filter(|number| refused(*number)).count(), 4, "one network of IPv6");
        assert_eq!(network("::ffff:192.0.2.1".parse().unwrap()), network("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn memory_is_what_it_is_from_the_start() {
        let failures = Failures::default();
        for bits in 0..100_000u32 {
            failures.count(Some(IpAddr::V4(bits.into())), at(0));
        }
        assert_eq!(failures.counts.lock().unwrap().len(), COUNTS);
    }
}
