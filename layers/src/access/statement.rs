//! What people state of a leg, and how long they stand by it.

use crate::record::Assertion;
use crate::time::Instant;
use crate::vocab::{Certainty, OpStatus};

/// Days for which "open" is believed without a date at which it is to be looked at again, and after that date if nothing else is known.
pub(super) const OPEN_DAYS: i64 = 30;

/// The statement that counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement<'r> {
    pub(super) assertion: &'r Assertion,
    /// It is not yet time to look at it again.
    pub(super) is_stood_by: bool,
}

/// The newest statement that somebody stands by at a moment, else one of "open" that is lately enough; of equally new ones the worst. What
/// somebody said worse since is not to be looked over, although it is time to look at it again.
pub(super) fn statement(assertions: &[Assertion], at: Instant) -> Option<Statement<'_>> {
    let is_valid = |assertion: &&Assertion| {
        let is_sure = matches!(assertion.certainty, Certainty::Observed | Certainty::Likely);
        is_sure && assertion.op_status != OpStatus::Unknown && assertion.valid.contains(at)
    };
    let is_overtaken = |assertion: &Assertion| {
        let mut others = assertions.iter().filter(is_valid);
        others.any(|other| other.valid.from > assertion.valid.from && other.op_status.code() > assertion.op_status.code())
    };
    let is_one = |assertion: &&Assertion| is_valid(assertion) && !is_overtaken(assertion);
    let newest = |is_stood_by: bool| {
        let fits = |assertion: &&Assertion| match is_stood_by {
            true => review(assertion).is_none_or(|review| at < review),
            false => assertion.op_status == OpStatus::Open && lately_until(assertion).is_some_and(|until| at < until),
        };
        let fitting = assertions.iter().filter(is_one).filter(fits);
        fitting
            .max_by_key(|assertion| (assertion.valid.from, assertion.op_status.code()))
            .map(|assertion| Statement { assertion, is_stood_by })
    };
    newest(true).or_else(|| newest(false))
}

/// The moments at which what is stated of a leg may change.
pub(super) fn edges(assertion: &Assertion) -> impl Iterator<Item = Instant> {
    [assertion.valid.from, assertion.valid.to, assertion.review_after, lately_until(assertion)].into_iter().flatten()
}

/// When it is to be looked at again; who says "open" and names no date is not believed for ever.
fn review(assertion: &Assertion) -> Option<Instant> {
    let is_open = assertion.op_status == OpStatus::Open;
    assertion.review_after.or_else(|| is_open.then(|| lately_until(assertion).unwrap_or(Instant::MIN)))
}

fn lately_until(assertion: &Assertion) -> Option<Instant> {
    assertion.valid.from.map(|from| from.plus_days(OPEN_DAYS))
}
