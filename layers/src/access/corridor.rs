//! The status of a corridor: that of its worst segment.

use super::Inquiry;
use super::cause::Ground;
use super::leg::Leg;
use super::roads::{Chain, Link};
use super::status::{Rank, Status, status};
use super::timeline::{SegmentStatus, between, edges, segment, worst};
use crate::record::{Body, Location, Record};
use crate::time::{Datetime, Instant, Interval};
use crate::windows;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One segment of a corridor.
#[derive(Debug)]
pub struct Part<'r> {
    /// Which, and between which places.
    pub link: &'r Link,
    /// What is known of it; nothing if it is not seen.
    pub status: Option<SegmentStatus<'r>>,
}

/// What a corridor is like at the asked time.
#[derive(Debug)]
pub struct CorridorStatus<'r> {
    /// The corridor.
    pub chain: &'r Chain,
    /// As bad as its worst segment.
    pub rank: Rank,
    /// Passed under escort, as far as the worst segments go.
    pub is_escorted: bool,
    /// Since when it is as bad as that; nothing if it always was.
    pub since: Option<Instant>,
    /// When it changes without any news; nothing if it does not.
    pub expires_at: Option<Instant>,
    /// Its segments, from the origin on.
    pub parts: Vec<Part<'r>>,
    /// Announcements along the whole of it; they close nothing.
    pub advisories: Vec<&'r str>,
}

/// A stretch of time with one status of a corridor.
#[derive(Debug, Clone, PartialEq)]
pub struct Spell<'r> {
    /// When.
    pub time: Interval,
    /// How bad it is.
    pub rank: Rank,
    /// Passed under escort, as far as the worst segments go.
    pub is_escorted: bool,
    /// The segments that are as bad as that, from the origin on; none if nothing is known.
    pub segments: Vec<&'r str>,
    /// Ids of the records that count for those.
    pub causes: BTreeSet<&'r str>,
}

impl Spell<'_> {
    /// Whether it says the same as another, whenever.
    fn says(&self, other: &Self) -> bool {
        self.rank == other.rank
            && self.is_escorted == other.is_escorted
            && self.segments == other.segments
            && self.causes == other.causes
    }
}

impl Part<'_> {
    /// How bad it is; what is not seen is unknown.
    pub fn rank(&self) -> Rank {
        self.status.as_ref().map_or(Rank::Unknown, |part| part.status.rank)
    }
}

impl<'r> CorridorStatus<'r> {
    /// The segments of a rank, from the origin on.
    pub fn of_rank(&self, rank: Rank) -> impl Iterator<Item = &Part<'r>> {
        self.parts.iter().filter(move |part| part.rank() == rank)
    }

    /// The segments that make the corridor as bad as it is; none if it is open or nobody knows.
    pub fn bottlenecks(&self) -> impl Iterator<Item = &Part<'r>> {
        self.of_rank(self.rank).filter(|part| !matches!(part.rank(), Rank::Open | Rank::Unknown))
    }

    /// Whether nobody knows what some segment is like.
    pub fn is_incomplete(&self) -> bool {
        self.of_rank(Rank::Unknown).next().is_some()
    }

    /// Ids of the records that count for the worst segments.
    pub fn causes(&self) -> BTreeSet<&'r str> {
        let statuses = self.bottlenecks().filter_map(|part| part.status.as_ref());
        statuses.flat_map(|part| counted(&part.status)).collect()
    }

    /// Metres by the word for the status.
    pub fn length_m_by_status(&self) -> BTreeMap<&'static str, f64> {
        let mut lengths = BTreeMap::new();
        for part in self.parts.iter().filter_map(|part| part.status.as_ref()) {
            *lengths.entry(part.status.rank.as_str()).or_insert(0.0) += part.leg.length_m;
        }
        lengths
    }
}

/// Ids of the records that count for a status.
fn counted<'r>(status: &Status<'r>) -> Vec<&'r str> {
    let evidence = status.causes.iter().filter(|cause| cause.counted).filter_map(|cause| match cause.ground {
        Ground::Evidence(evidence) => Some(evidence.record.id()),
        _ => None,
    });
    evidence.collect()
}

impl<'r> Inquiry<'r> {
    /// What a segment is like; nothing if it is not known.
    pub fn segment(&self, id: &str, datetime: &Datetime) -> Option<SegmentStatus<'r>> {
        self.leg_status(self.roads.leg(id)?, true, datetime)
    }

    /// What all segments are like, by id.
    pub fn segments(&self, datetime: &Datetime) -> impl Iterator<Item = SegmentStatus<'r>> {
        (0..self.roads.legs.len()).filter_map(|leg| self.leg_status(leg, true, datetime))
    }

    /// The corridors that are known, by id.
    pub fn chains(&self) -> impl Iterator<Item = &'r Chain> {
        self.roads.chains.iter().filter(|chain| chain.known.contains(self.known_at))
    }

    /// What a corridor is like.
    pub fn corridor(&self, chain: &'r Chain, datetime: &Datetime) -> CorridorStatus<'r> {
        let part = |link: &'r Link| {
            let status = link.leg.and_then(|leg| self.leg_status(leg, link.is_forward, datetime));
            Part { link, status }
        };
        let parts: Vec<Part<'r>> = chain.links.iter().map(part).collect();
        let spells = self.spells(chain);
        let run = worst(&spells, datetime, |spell| (spell.time, spell.rank)).map(|(_, run)| run).unwrap_or_default();
        let rank = parts.iter().map(Part::rank).max().unwrap_or(Rank::Unknown);
        let is_escorted = |part: &Part<'_>| part.status.as_ref().is_some_and(|part| part.status.is_escorted);
        let is_escorted = rank != Rank::Unknown && parts.iter().filter(|part| part.rank() == rank).all(is_escorted);
        let advisories = self.advisories(chain, datetime);
        CorridorStatus { chain, rank, is_escorted, since: run.from, expires_at: run.to, parts, advisories }
    }

    /// What a corridor was and will be like without news: all of time in order, neighbours that differ.
    pub fn spells(&self, chain: &'r Chain) -> Vec<Spell<'r>> {
        let known = chain.links.iter().filter_map(|link| self.seen(link.leg?));
        let edges: BTreeSet<Instant> = known.flat_map(|leg| edges(leg, self.known_at)).collect();
        let mut spells: Vec<Spell<'r>> = Vec::new();
        for time in between(&edges) {
            let at = time.from.unwrap_or(Instant::MIN);
            let status_of = |link: &'r Link| {
                let leg = self.seen(link.leg?)?;
                Some(status(leg, self.terms.along(link.is_forward), at, self.known_at, self.roads.may_open))
            };
            let statuses: Vec<(&str, Option<Status<'r>>)> =
                chain.links.iter().map(|link| (link.segment.as_str(), status_of(link))).collect();
            let rank = |status: &Option<Status<'_>>| status.as_ref().map_or(Rank::Unknown, |status| status.rank);
            let worst = statuses.iter().map(|(_, status)| rank(status)).max().unwrap_or(Rank::Unknown);
            let is_worst = |status: &Option<Status<'_>>| rank(status) == worst && !matches!(worst, Rank::Open | Rank::Unknown);
            let bottlenecks = || statuses.iter().filter(|(_, status)| is_worst(status));
            let escorted = |(_, status): &(&str, Option<Status<'_>>)| status.as_ref().is_some_and(|status| status.is_escorted);
            let is_escorted = bottlenecks().next().is_some() && bottlenecks().all(escorted);
            let segments = bottlenecks().map(|(segment, _)| *segment).collect();
            let causes = bottlenecks().filter_map(|(_, status)| status.as_ref()).flat_map(counted).collect();
            let spell = Spell { time, rank: worst, is_escorted, segments, causes };
            match spells.last_mut() {
                Some(last) if last.says(&spell) => last.time.to = time.to,
                _ => spells.push(spell),
            }
        }
        spells
    }

    /// The legs that were known, with their numbers.
    pub(super) fn legs(&self) -> impl Iterator<Item = (usize, &'r Leg)> {
        self.roads.legs.iter().enumerate().filter(|(_, leg)| leg.known.contains(self.known_at))
    }

    pub(super) fn leg_status(&self, leg: usize, is_forward: bool, datetime: &Datetime) -> Option<SegmentStatus<'r>> {
        segment(self.seen(leg)?, self.terms.along(is_forward), datetime, self.known_at, self.roads.may_open)
    }

    /// A leg, if it was known.
    pub(super) fn seen(&self, leg: usize) -> Option<&'r Leg> {
        self.roads.legs.get(leg).filter(|leg| leg.known.contains(self.known_at))
    }

    /// The reports that are known and still have an effect at some moment of the asked time.
    pub(super) fn reports(&self, datetime: &Datetime) -> impl Iterator<Item = &'r Arc<Record>> {
        let known = self.roads.reports.iter().filter(|(known, _)| known.contains(self.known_at));
        known.map(|(_, record)| record).filter(move |record| datetime.selects(&windows::lasts(record)))
    }

    fn advisories(&self, chain: &Chain, datetime: &Datetime) -> Vec<&'r str> {
        let is_meant = |record: &Record| match record.body() {
            Body::Blockade(report) => matches!(&report.location, Location::Corridors(corridors) if corridors.contains(&chain.id)),
            _ => false,
        };
        self.reports(datetime).filter(|record| is_meant(record)).map(|record| record.id()).collect()
    }
}
