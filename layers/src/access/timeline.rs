//! The status of a leg over time, exact: it can only change where something begins or ends.
//!
//! Between two edges nothing changes, so a stretch is known by its number, and only what is asked for is worked out.

use super::leg::Leg;
use super::look::Look;
use super::status::{Rank, Status, rank, status};
use crate::time::{Datetime, Instant, Interval};
use std::ops::Range;

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
    /// A moment within the asked time at which it is so.
    pub at: Instant,
    /// Since when it is as bad as that; nothing if it always was.
    pub since: Option<Instant>,
    /// When it changes without any news; nothing if it does not.
    pub expires_at: Option<Instant>,
}

impl<'r> Look<'r> {
    /// The stretch between two edges, by its number; the first begins before all of time, the last never ends.
    pub(super) fn time(&self, number: usize) -> Interval {
        let edge = |number: Option<usize>| self.leg.edges.get(number?).copied();
        Interval { from: edge(number.checked_sub(1)), to: edge(Some(number)) }
    }

    /// The number of the stretch in which a moment lies.
    pub(super) fn number(&self, at: Instant) -> usize {
        self.leg.edges.partition_point(|edge| *edge <= at)
    }

    pub(super) fn rank(&self, number: usize) -> Rank {
        rank(self, self.start(number))
    }

    pub(super) fn status(&self, number: usize) -> Status<'r> {
        status(self, self.start(number))
    }

    fn start(&self, number: usize) -> Instant {
        self.time(number).from.unwrap_or(Instant::MIN)
    }

    /// The stretches that share a moment with the asked time.
    fn asked(&self, datetime: &Datetime) -> Range<usize> {
        let last = self.leg.edges.len();
        match datetime {
            Datetime::All => 0..last + 1,
            Datetime::At(at) => self.number(*at)..self.number(*at) + 1,
            Datetime::During(asked) => {
                let first = asked.from.map_or(0, |from| self.number(from));
                first..asked.to.map_or(last, |to| self.leg.edges.partition_point(|edge| *edge < to)).max(first) + 1
            }
        }
    }

    /// How bad it is at worst within the asked time.
    pub(super) fn worst(&self, datetime: &Datetime) -> Rank {
        self.asked(datetime).map(|number| self.rank(number)).max().unwrap_or(Rank::Unknown)
    }

    /// All stretches, neighbours of equal status as one.
    pub(super) fn stretches(&self) -> Vec<Stretch<'r>> {
        let mut stretches: Vec<Stretch<'r>> = Vec::new();
        for number in 0..=self.leg.edges.len() {
            let (time, status) = (self.time(number), self.status(number));
            match stretches.last_mut() {
                Some(last) if last.status == status => last.time.to = time.to,
                _ => stretches.push(Stretch { time, status }),
            }
        }
        stretches
    }

    /// The worst status within the asked time, and how long it is as bad as that. `O(evidence at the time)` for each stretch of it.
    pub(super) fn segment(&self, datetime: &Datetime) -> Option<SegmentStatus<'r>> {
        let (rank, number) = self.asked(datetime).map(|number| (self.rank(number), number)).max()?;
        let is_same = |number: &usize| self.rank(*number) == rank;
        let first = (0..number).rev().take_while(is_same).last().unwrap_or(number);
        let last = (number + 1..=self.leg.edges.len()).take_while(is_same).last().unwrap_or(number);
        let asked_from = match datetime {
            Datetime::All => None,
            Datetime::At(at) => Some(*at),
            Datetime::During(asked) => asked.from,
        };
        Some(SegmentStatus {
            leg: self.leg,
            status: self.status(number),
            at: self.start(number).max(asked_from.unwrap_or(Instant::MIN)),
            since: self.time(first).from,
            expires_at: self.time(last).to,
        })
    }
}
