//! The status of a leg at one moment: the first rule that applies.
//!
//! - P0: too large a vehicle for the road, or the road is given up: closed.
//! - P1: the newest statement that somebody stands by, unless evidence that is as new or newer says worse.
//! - P2: the worst of what is observed or likely; what is only possible restricts at most.
//! - P3: who got through on a later day than every closing event shows that it is restricted only; alone, and without escort, that it is open.
//! - P3e: an escorted convoy alone shows that it can be passed under escort.
//! - P4: a statement that it is open, not older than 30 days, and nothing else.
//! - P5: else nobody knows. No news is never "open".
//!
//! Where the rules leave a choice it is the safe one; `DESIGN.md` has the list.

use super::cause::{Cause, Ground, causes, sort};
use super::look::Look;
use super::statement::{Statement, statement};
use crate::record::Record;
use crate::time::Instant;
use crate::vocab::{Audience, Certainty, Effect, OpStatus};

/// How bad it is, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// Known to be open.
    Open,
    /// Passed, but under escort, or as far as the public is told; and nothing is known against it.
    Escort,
    /// Nobody knows.
    Unknown,
    /// Something hinders.
    Restricted,
    /// Closed.
    Closed,
}

impl Rank {
    /// All of them, the best first.
    pub const ALL: [Self; 5] = [Self::Open, Self::Escort, Self::Unknown, Self::Restricted, Self::Closed];

    /// The code for traffic on the road.
    pub const fn op_status(self) -> OpStatus {
        match self {
            Self::Open => OpStatus::Open,
            Self::Escort | Self::Restricted => OpStatus::Restricted,
            Self::Unknown => OpStatus::Unknown,
            Self::Closed => OpStatus::Closed,
        }
    }

    /// What evidence must do for it.
    const fn effect(self) -> Option<Effect> {
        match self {
            Self::Closed => Some(Effect::Closes),
            Self::Restricted => Some(Effect::Restricts),
            Self::Open | Self::Escort | Self::Unknown => None,
        }
    }

    /// The word for it in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Escort | Self::Restricted => "restricted",
            Self::Unknown => "unknown",
            Self::Closed => "closed",
        }
    }
}

/// By which rule a status came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The road itself.
    P0,
    /// A statement.
    P1,
    /// The worst evidence.
    P2,
    /// Somebody got through since.
    P3,
    /// Only under escort.
    P3e,
    /// Said to be open, lately.
    P4,
    /// Nobody knows.
    P5,
}

impl Rule {
    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
            Self::P3e => "P3e",
            Self::P4 => "P4",
            Self::P5 => "P5",
        }
    }
}

/// What a leg is like, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Status<'r> {
    /// How bad it is.
    pub rank: Rank,
    /// It can be passed under escort.
    pub is_escorted: bool,
    /// How sure whoever decided it is.
    pub certainty: Certainty,
    /// What decided has not been confirmed for long.
    pub is_stale: bool,
    /// The rule that applied.
    pub rule: Rule,
    /// What speaks for or against it: the worst effect first, then the nearest, then by id.
    pub causes: Vec<Cause<'r>>,
}

impl<'r> Status<'r> {
    /// The reports and areas by which the rule decided.
    pub fn deciding(&self) -> impl Iterator<Item = &'r Record> {
        let decides = |cause: &&Cause<'r>| cause.counted && cause.makes(self.rule, self.rank);
        self.causes.iter().filter(decides).filter_map(|cause| match cause.ground {
            Ground::Evidence(evidence) => Some(&evidence.record),
            Ground::Statement(_) | Ground::Vehicle(_) | Ground::Abandoned(_) => None,
        })
    }
}

/// The status of a leg at a moment. `O(evidence of the leg)`.
pub(super) fn status<'r>(look: &Look<'r>, at: Instant) -> Status<'r> {
    let said = said(look, at);
    let mut causes = causes(look, said, at);
    sort(&mut causes);
    let (rule, rank) = decide(&causes, said, look.audience);
    let decides = |cause: &&Cause<'_>| cause.counted && cause.makes(rule, rank);
    let certainty = causes.iter().filter(decides).map(|cause| cause.certainty()).min().unwrap_or(Certainty::Unknown);
    let is_stale = causes.iter().filter(decides).any(|cause| cause.is_stale);
    let is_escorted = match rule {
        Rule::P3 => rank == Rank::Restricted && passed(&causes).is_some_and(|(_, is_escorted)| is_escorted),
        rule => rule == Rule::P3e,
    };
    Status { rank, is_escorted, certainty, is_stale, rule, causes }
}

/// How bad a leg is, without the reasons.
pub(super) fn rank(look: &Look<'_>, at: Instant) -> Rank {
    let said = said(look, at);
    decide(&causes(look, said, at), said, look.audience).1
}

/// What somebody states of the leg, if that is asked for.
fn said<'r>(look: &Look<'r>, at: Instant) -> Option<Statement<'r>> {
    look.terms.evidence.assertions.then(|| statement(&look.leg.assertions, at)).flatten()
}

fn decide(causes: &[Cause<'_>], said: Option<Statement<'_>>, audience: Audience) -> (Rule, Rank) {
    // Who hears little must not be told that nothing is wrong.
    let may_open = audience != Audience::Public;
    let counted = || causes.iter().filter(|cause| cause.counted);
    if counted().any(|cause| matches!(cause.ground, Ground::Vehicle(_) | Ground::Abandoned(_))) {
        return (Rule::P0, Rank::Closed);
    }
    let hinders = |effect: Effect| counted().filter(move |cause| cause.effect == effect && cause.evidence().is_some());
    if let Some(said) = said.filter(|said| said.is_stood_by) {
        let since = said.assertion.valid.from.map(Instant::day);
        let is_newer = |cause: &Cause<'_>| cause.last_day().is_none_or(|last| Some(last) >= since);
        let worse = Rank::ALL.into_iter().filter(|rank| *rank > said.rank()).filter_map(Rank::effect);
        if !worse.flat_map(hinders).any(is_newer) {
            return match said.rank() {
                Rank::Open if !may_open => (Rule::P5, Rank::Unknown),
                // What is hidden from partners may be the newer evidence with which the older one closes the road again.
                Rank::Open if audience == Audience::Partner && hinders(Effect::Closes).next().is_some() => {
                    (Rule::P2, Rank::Restricted)
                }
                rank => (Rule::P1, rank),
            };
        }
    }
    let passed = passed(causes);
    if hinders(Effect::Closes).next().is_some() {
        let is_before = |cause: &Cause<'_>| cause.last_day() < passed.map(|(day, _)| day);
        let is_lifted = hinders(Effect::Closes).all(|cause| !cause.is_state() && is_before(cause));
        return if is_lifted { (Rule::P3, Rank::Restricted) } else { (Rule::P2, Rank::Closed) };
    }
    match passed {
        _ if hinders(Effect::Restricts).next().is_some() => (Rule::P2, Rank::Restricted),
        Some((_, true)) => (Rule::P3e, Rank::Escort),
        // The public is told that it is restricted, but not by anything that is known.
        Some((_, false)) => (Rule::P3, if may_open { Rank::Open } else { Rank::Escort }),
        None if may_open && is_open(causes, said) => (Rule::P4, Rank::Open),
        None => (Rule::P5, Rank::Unknown),
    }
}

/// The last day on which somebody got through, and whether anybody was escorted then or later, though it were with some of the goods only or one way.
fn passed(causes: &[Cause<'_>]) -> Option<(i64, bool)> {
    let last = causes.iter().filter(|cause| cause.is_passage()).filter_map(Cause::day).max()?;
    let mut since = causes.iter().filter(|cause| cause.is_sure_passage() && cause.day() >= Some(last));
    Some((last, since.any(Cause::is_escorted)))
}

/// Said to be open lately, and nothing else is known.
fn is_open(causes: &[Cause<'_>], said: Option<Statement<'_>>) -> bool {
    let says_nothing = |cause: &Cause<'_>| cause.evidence().is_none() || cause.effect == Effect::Advisory;
    said.is_some_and(|said| said.rank() == Rank::Open) && causes.iter().all(says_nothing)
}

impl Statement<'_> {
    const fn rank(&self) -> Rank {
        match self.assertion.op_status {
            OpStatus::Open => Rank::Open,
            OpStatus::Restricted => Rank::Restricted,
            OpStatus::Closed | OpStatus::Abandoned => Rank::Closed,
            OpStatus::Unknown => Rank::Unknown,
        }
    }
}

impl Cause<'_> {
    /// Whether it is of the kind that a rule decided by.
    fn makes(&self, rule: Rule, rank: Rank) -> bool {
        let is_evidence = self.evidence().is_some();
        match rule {
            Rule::P0 => matches!(self.ground, Ground::Vehicle(_) | Ground::Abandoned(_)),
            Rule::P1 | Rule::P4 => matches!(self.ground, Ground::Statement(_)),
            Rule::P2 => is_evidence && rank.effect().is_some_and(|least| self.effect <= least),
            Rule::P3 | Rule::P3e => is_evidence && matches!(self.effect, Effect::Closes | Effect::Passage),
            Rule::P5 => false,
        }
    }
}
