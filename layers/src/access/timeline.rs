//! The status of a leg over time, exact: it can only change where something begins or ends.

use super::cause::goes_stale;
use super::leg::Leg;
use super::rules::Terms;
use super::statement;
use super::status::{Rank, Status, status};
use crate::record::Body;
use crate::time::{Datetime, Instant, Interval};
use crate::windows;
use std::collections::BTreeSet;

/// A stretch of time with one status.
#[derive(Debug, Clone, PartialEq)]
pub struct Stretch<'r> {
    /// When.
    pub time: Interval,
    /// What the leg is like.
    pub status: Status<'r>,
}

/// What a leg is like at the asked time, since when, and until when if nothing new is heard.
#[derive(Debug, Clone)]
pub struct SegmentStatus<'r> {
    /// The leg.
    pub leg: &'r Leg,
    /// Its worst status within the asked time, and of equally bad ones the last.
    pub status: Status<'r>,
    /// Since when it is as bad as that; nothing if it always was.
    pub since: Option<Instant>,
    /// When it changes without any news; nothing if it does not.
    pub expires_at: Option<Instant>,
}

/// The moments at which the status of a leg may change, by what was known at a moment.
pub(super) fn edges(leg: &Leg, known_at: Instant) -> BTreeSet<Instant> {
    let known = leg.evidence.iter().filter(|evidence| evidence.known.contains(known_at));
    let of_evidence = known.flat_map(|evidence| {
        let valid = evidence.record.common().valid;
        let of_area = [valid.from, valid.to].into_iter().flatten();
        let edges = match evidence.record.body() {
            Body::Area(_) => of_area.collect(),
            _ => windows::edges(&evidence.record),
        };
        edges.into_iter().chain(goes_stale(evidence))
    });
    of_evidence.chain(leg.assertions.iter().flat_map(statement::edges)).collect()
}

/// Stretches between edges, in order, from before the first to after the last.
pub(super) fn between(edges: &BTreeSet<Instant>) -> impl DoubleEndedIterator<Item = Interval> + Clone {
    let begins = std::iter::once(None).chain(edges.iter().copied().map(Some));
    let ends: Vec<Option<Instant>> = edges.iter().copied().map(Some).chain([None]).collect();
    begins.zip(ends).map(|(from, to)| Interval { from, to }).collect::<Vec<_>>().into_iter()
}

/// All stretches of a leg, neighbours of equal status as one.
pub(super) fn stretches<'r>(leg: &'r Leg, terms: Terms, known_at: Instant, may_open: bool) -> Vec<Stretch<'r>> {
    let mut stretches: Vec<Stretch<'r>> = Vec::new();
    for time in between(&edges(leg, known_at)) {
        let status = status(leg, terms, time.from.unwrap_or(Instant::MIN), known_at, may_open);
        match stretches.last_mut() {
            Some(last) if last.status == status => last.time.to = time.to,
            _ => stretches.push(Stretch { time, status }),
        }
    }
    stretches
}

/// The worst stretch within the asked time, the last of equally bad ones, and the run of stretches as bad as it around it.
pub(super) fn worst<T>(stretches: &[T], datetime: &Datetime, look: impl Fn(&T) -> (Interval, Rank)) -> Option<(usize, Interval)> {
    let asked = stretches.iter().enumerate().filter(|(_, stretch)| datetime.selects(&look(stretch).0));
    let (number, _) = asked.max_by_key(|(number, stretch)| (look(stretch).1, *number))?;
    let (before, after) = stretches.split_at(number);
    let rank = look(after.first()?).1;
    let is_same = |stretch: &&T| look(stretch).1 == rank;
    let (before, after) = (before.iter().rev().take_while(is_same).last(), after.iter().take_while(is_same).last());
    let (first, last) = (before.or_else(|| stretches.get(number))?, after?);
    Some((number, Interval { from: look(first).0.from, to: look(last).0.to }))
}

/// What a leg is like at the asked time.
pub(super) fn segment<'r>(
    leg: &'r Leg,
    terms: Terms,
    datetime: &Datetime,
    known_at: Instant,
    may_open: bool,
) -> Option<SegmentStatus<'r>> {
    let mut stretches = stretches(leg, terms, known_at, may_open);
    let (number, run) = worst(&stretches, datetime, |stretch| (stretch.time, stretch.status.rank))?;
    let status = stretches.swap_remove(number).status;
    Some(SegmentStatus { leg, status, since: run.from, expires_at: run.to })
}
