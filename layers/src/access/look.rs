//! How a leg is looked at: by what terms, and by what was known at a moment.

use super::leg::{Evidence, Leg};
use super::rules::Terms;
use crate::time::Instant;
use crate::vocab::Audience;

/// What counts of what was known at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// All of it that the audience may know by now.
    Known,
    /// What the audience may have been told by then: what is told late counts from when it is.
    Told,
}

/// A leg, looked at by some terms and by what was known at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'r> {
    pub(super) leg: &'r Leg,
    pub(super) terms: Terms,
    pub(super) known_at: Instant,
    pub(super) by: By,
    pub(super) audience: Audience,
}

impl Look<'_> {
    /// Whether a piece of evidence was there.
    pub(super) fn knows(&self, evidence: &Evidence) -> bool {
        let known = match self.by {
            By::Known => evidence.known(),
            By::Told => evidence.told(),
        };
        known.contains(self.known_at)
    }
}
