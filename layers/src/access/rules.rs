//! What a status is asked for: by which goods, which way, for which vehicle, on what evidence.

use crate::vocab::{Commodity, Direction};
use std::fmt;

/// Name of the rules, with the edition of their numbers.
pub const RULES: &str = "corridor-status/1";

/// By what terms a status is asked for.
///
/// All goods, and both ways, mean the worst of each: what hinders any of them counts, and what got through counts only if it
/// shows that all of them do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Terms {
    /// What is to be moved.
    pub commodity: Commodity,
    /// Which way: forward is from the first place towards the last, of a segment from `a` to `b`.
    pub direction: Direction,
    /// The largest vehicle that has to get through, UNSDI-T 1 to 6.
    pub vehicle_class: Option<u8>,
    /// What counts.
    pub evidence: Evidences,
}

impl Default for Terms {
    fn default() -> Self {
        Self { commodity: Commodity::All, direction: Direction::Both, vehicle_class: None, evidence: Evidences::default() }
    }
}

impl Terms {
    /// The same for a leg that is passed from `a` to `b`, or the other way.
    #[must_use]
    pub(super) fn along(self, is_forward: bool) -> Self {
        let direction = match (self.direction, is_forward) {
            (Direction::Forward, false) => Direction::Backward,
            (Direction::Backward, false) => Direction::Forward,
            (direction, _) => direction,
        };
        Self { direction, ..self }
    }
}

/// What counts as evidence. Areas are approximate, so they count only when asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Evidences {
    /// Blockade points.
    pub reports: bool,
    /// What people state of a segment.
    pub assertions: bool,
    /// Areas of reported influence.
    pub areas: bool,
}

impl Default for Evidences {
    fn default() -> Self {
        Self { reports: true, assertions: true, areas: false }
    }
}

/// Why a choice of evidence cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no evidence; give one or more of reports, assertions, areas, separated by commas")]
pub struct UnknownEvidence(String);

impl Evidences {
    /// Reads `reports,areas`.
    ///
    /// # Errors
    /// When a word is none of them.
    pub fn parse(text: &str) -> Result<Self, UnknownEvidence> {
        let mut chosen = Self { reports: false, assertions: false, areas: false };
        for word in text.split(',') {
            match word {
                "reports" => chosen.reports = true,
                "assertions" => chosen.assertions = true,
                "areas" => chosen.areas = true,
                _ => return Err(UnknownEvidence(word.to_owned())),
            }
        }
        Ok(chosen)
    }
}

impl fmt::Display for Evidences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [(self.reports, "reports"), (self.assertions, "assertions"), (self.areas, "areas")];
        let chosen: Vec<&str> = words.into_iter().filter(|(is_chosen, _)| *is_chosen).map(|(_, word)| word).collect();
        f.write_str(&chosen.join(","))
    }
}

/// What can be passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Threshold {
    /// All that is not known to be closed.
    #[default]
    NotClosed,
    /// Only what is known to be open.
    OpenOnly,
}

impl Threshold {
    /// Both.
    pub const ALL: [Self; 2] = [Self::NotClosed, Self::OpenOnly];

    /// The word in parameters and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotClosed => "not_closed",
            Self::OpenOnly => "open_only",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|threshold| threshold.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_read_strictly_and_written_back() {
        let chosen = Evidences::parse("areas,reports").unwrap();
        assert_eq!(chosen, Evidences { reports: true, assertions: false, areas: true });
        assert_eq!(chosen.to_string(), "reports,areas");
        assert_eq!(Evidences::default().to_string(), "reports,assertions");
        for text in ["", "Reports", "reports,", "all"] {
            assert!(Evidences::parse(text).is_err(), "{text}");
        }
    }
}
