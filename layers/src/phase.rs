//! How fresh a report is on the asked day: effect windows of events (corridor rules, effect windows).
//!
//! An event has no end: it stays selected from its first day on, but what it does to a corridor wears off.
//! Window edges are validity boundaries like any other.

use crate::time::{Datetime, Instant};
use std::fmt;

/// Freshness of an event record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Phase {
    /// In its first effect window.
    Active,
    /// In a later effect window.
    Recent,
    /// After all its windows.
    Past,
}

impl Phase {
    /// All of them, freshest first.
    pub const ALL: [Self; 3] = [Self::Active, Self::Recent, Self::Past];

    /// The word in data and parameters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Recent => "recent",
            Self::Past => "past",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A choice of phases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhaseSet(u8);

/// Why a choice of phases cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no phase; give one or more of active, recent, past, separated by commas")]
pub struct UnknownPhase(String);

impl PhaseSet {
    /// What maps draw unless asked otherwise.
    pub const ACTIVE_AND_RECENT: Self = Self(Phase::Active.bit() | Phase::Recent.bit());

    /// Reads `active,recent`.
    pub fn parse(text: &str) -> Result<Self, UnknownPhase> {
        text.split(',').try_fold(Self(0), |set, word| {
            let phase = Phase::ALL.into_iter().find(|phase| phase.as_str() == word);
            phase.map(|phase| Self(set.0 | phase.bit())).ok_or_else(|| UnknownPhase(word.to_owned()))
        })
    }

    /// Whether the phase is chosen.
    pub const fn contains(self, phase: Phase) -> bool {
        self.0 & phase.bit() != 0
    }
}

impl fmt::Display for PhaseSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = Phase::ALL.into_iter().filter(|phase| self.contains(*phase)).map(Phase::as_str).collect();
        f.write_str(&words.join(","))
    }
}

/// When an event is active, recent and past; all half-open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhaseWindows {
    start: Instant,
    active_days: u16,
    /// Not fewer.
    recent_days: u16,
}

impl PhaseWindows {
    /// Windows in days after the start: active for `active_days`, then recent until `recent_days`.
    pub fn from_days(start: Instant, active_days: u16, recent_days: u16) -> Self {
        Self { start, active_days, recent_days: recent_days.max(active_days) }
    }

    /// The phase at a moment; `None` before the event.
    pub fn phase_at(&self, at: Instant) -> Option<Phase> {
        let [start, active_until, recent_until] = self.boundaries();
        match at {
            _ if at < start => None,
            _ if at < active_until => Some(Phase::Active),
            _ if at < recent_until => Some(Phase::Recent),
            _ => Some(Phase::Past),
        }
    }

    /// The freshest phase within the asked time; `None` before the event, and when all times are asked.
    pub fn phase_in(&self, datetime: &Datetime) -> Option<Phase> {
        match datetime {
            Datetime::All => None,
            Datetime::At(at) => self.phase_at(*at),
            // Phases only grow older, so the earliest moment after the start is the freshest.
            Datetime::During(asked) if asked.to.is_some_and(|to| to <= self.start) => None,
            Datetime::During(asked) => self.phase_at(asked.from.unwrap_or(self.start).max(self.start)),
        }
    }

    /// The moments at which the phase changes.
    pub fn boundaries(&self) -> [Instant; 3] {
        [0, self.active_days, self.recent_days].map(|days| self.start.plus_days(days.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn windows() -> PhaseWindows {
        PhaseWindows::from_days(Instant::parse("2025-10-17").unwrap(), 7, 21)
    }

    #[test]
    fn phases_change_at_the_window_edges() {
        for (at, expected) in [
            ("2025-10-16T23:59:59Z", None),
            ("2025-10-17T00:00:00Z", Some(Phase::Active)),
            ("2025-10-23T23:59:59Z", Some(Phase::Active)),
            ("2025-10-24T00:00:00Z", Some(Phase::Recent)),
            ("2025-11-06T23:59:59Z", Some(Phase::Recent)),
            ("2025-11-07T00:00:00Z", Some(Phase::Past)),
        ] {
            assert_eq!(windows().phase_at(Instant::parse(at).unwrap()), expected, "{at}");
        }
    }

    #[test]
    fn over_a_stretch_the_freshest_phase_counts() {
        for (asked, expected) in [
            ("2025-10-01/2025-10-16", None),
            ("2025-10-01/2025-10-17", Some(Phase::Active)),
            ("2025-10-24/2025-12-01", Some(Phase::Recent)),
            ("../2025-12-01", Some(Phase::Active)),
            ("2026-01-01/..", Some(Phase::Past)),
        ] {
            assert_eq!(windows().phase_in(&Datetime::parse(asked).unwrap()), expected, "{asked}");
        }
    }

    #[test]
    fn a_choice_of_phases_is_read_strictly() {
        let set = PhaseSet::parse("active,past").unwrap();
        assert!(set.contains(Phase::Active) && set.contains(Phase::Past) && !set.contains(Phase::Recent));
        assert_eq!(set.to_string(), "active,past");
        for text in ["", "Active", "active,", "fresh"] {
            assert!(PhaseSet::parse(text).is_err(), "{text}");
        }
    }
}
