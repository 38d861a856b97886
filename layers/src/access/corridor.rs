//! The status of a corridor: that of its worst segment.

use super::Inquiry;
use super::cause::Ground;
use super::graph::Way;
use super::leg::Leg;
use super::look::Look;
use super::roads::{Chain, Link, Reported};
use super::status::{Rank, Rule, Status};
use super::sweep::Sweep;
use super::timeline::{SegmentStatus, Stretch};
use crate::record::Record;
use crate::time::{Datetime, Instant, Interval};
use std::collections::{BTreeMap, BTreeSet};

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
    /// The rules that decided.
    pub rules: BTreeSet<Rule>,
    /// The reports and areas by which they did.
    pub deciding: Vec<&'r Record>,
}

impl Spell<'_> {
    /// Whether it says the same as another, whenever.
    fn says(&self, other: &Self) -> bool {
        self.rank == other.rank
            && self.is_escorted == other.is_escorted
            && self.segments == other.segments
            && self.causes == other.causes
            && self.rules == other.rules
            && self.deciding.iter().map(|record| record.id()).eq(other.deciding.iter().map(|record| record.id()))
    }
}

impl Part<'_> {
    /// How bad it is; what is not seen is unknown.
    pub fn rank(&self) -> Rank {
        self.status.as_ref().map_or(Rank::Unknown, |part| part.status.rank)
    }
}

/// Puts the worst first, and those that are equally bad by id.
pub fn put_worst_first(corridors: &mut [CorridorStatus<'_>]) {
    corridors.sort_by(|one, other| other.rank.cmp(&one.rank).then_with(|| one.chain.id.cmp(&other.chain.id)));
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

    /// What is known of the segments that are as bad as the corridor.
    fn worst(&self) -> impl Iterator<Item = &Status<'r>> {
        self.of_rank(self.rank).filter_map(|part| part.status.as_ref()).map(|part| &part.status)
    }

    /// The rules that decided.
    pub fn rules(&self) -> BTreeSet<Rule> {
        self.worst().map(|status| status.rule).collect()
    }

    /// The reports and areas by which they did.
    pub fn deciding(&self) -> Vec<&'r Record> {
        deciding(self.worst())
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

/// The records by which some statuses were decided, each once.
fn deciding<'s, 'r: 's>(statuses: impl Iterator<Item = &'s Status<'r>>) -> Vec<&'r Record> {
    let mut seen = BTreeSet::new();
    statuses.flat_map(Status::deciding).filter(|record| seen.insert(record.id())).collect()
}

/// What a corridor is like from a moment on.
fn spell<'r>(chain: &'r Chain, sweep: &Sweep<'r>, from: Option<Instant>) -> Spell<'r> {
    let unknown = Spell {
        time: Interval { from, to: None },
        rank: sweep.rank(),
        is_escorted: false,
        segments: Vec::new(),
        causes: BTreeSet::new(),
        rules: BTreeSet::from([Rule::P5]),
        deciding: Vec::new(),
    };
    if unknown.rank == Rank::Unknown {
        return unknown;
    }
    let statuses = sweep.worst().filter_map(|(_, stretch)| stretch).map(|(look, number)| look.status(number));
    let statuses: Vec<Status<'r>> = statuses.collect();
    let rules = statuses.iter().map(|status| status.rule).collect();
    let known = Spell { rules, deciding: deciding(statuses.iter()), ..unknown };
    if known.rank == Rank::Open {
        return known;
    }
    let segments = sweep.worst().filter_map(|(leg, _)| Some(chain.links.get(leg)?.segment.as_str())).collect();
    let is_escorted = statuses.iter().all(|status| status.is_escorted);
    Spell { is_escorted, segments, causes: statuses.iter().flat_map(counted).collect(), ..known }
}

impl<'r> Inquiry<'r> {
    /// What a segment is like; nothing if it is not known.
    pub fn segment(&self, id: &str, datetime: &Datetime) -> Option<SegmentStatus<'r>> {
        self.leg_status(self.roads.leg(id)?, true, datetime)
    }

    /// What a leg is like in the direction in which it is gone; nothing if it is not known.
    pub fn way(&self, way: &Way<'_>, datetime: &Datetime) -> Option<SegmentStatus<'r>> {
        self.leg_status(self.roads.leg(&way.leg.id)?, way.is_forward, datetime)
    }

    /// What all segments are like, by id.
    pub fn segments(&self, datetime: &Datetime) -> impl Iterator<Item = SegmentStatus<'r>> {
        (0..self.roads.legs.len()).filter_map(|leg| self.leg_status(leg, true, datetime))
    }

    /// The corridors that are known, by id.
    pub fn chains(&self) -> impl Iterator<Item = &'r Chain> {
        self.roads.chains.iter().filter(|chain| chain.known.contains(self.known_at))
    }

    /// A corridor by its id, if it is known.
    pub fn chain(&self, id: &str) -> Option<&'r Chain> {
        self.roads.chain(id).filter(|chain| chain.known.contains(self.known_at))
    }

    /// What the corridors that lead to a place are like, or all of them; by id.
    pub fn corridors(&self, to: Option<&str>, datetime: &Datetime) -> impl Iterator<Item = CorridorStatus<'r>> {
        let leads_there = move |chain: &&Chain| to.is_none_or(|to| chain.corridor.nodes.last().is_some_and(|last| last == to));
        self.chains().filter(leads_there).map(move |chain| self.corridor(chain, datetime))
    }

    /// How bad a corridor is at a moment, and nothing else.
    pub fn corridor_rank(&self, chain: &'r Chain, at: Instant) -> Rank {
        Sweep::at(at, self.looks(chain)).rank()
    }

    /// How bad a segment is at a moment, and nothing else; nothing if it is not known.
    pub fn segment_rank(&self, id: &str, at: Instant) -> Option<Rank> {
        let look = self.look(self.roads.leg(id)?, true)?;
        Some(look.rank(look.number(at)))
    }

    /// What a corridor is like.
    pub fn corridor(&self, chain: &'r Chain, datetime: &Datetime) -> CorridorStatus<'r> {
        let part = |link: &'r Link| {
            let status = link.leg.and_then(|leg| self.leg_status(leg, link.is_forward, datetime));
            Part { link, status }
        };
        let parts: Vec<Part<'r>> = chain.links.iter().map(part).collect();
        let rank = parts.iter().map(Part::rank).max().unwrap_or(Rank::Unknown);
        let is_escorted = |part: &Part<'_>| part.status.as_ref().is_some_and(|part| part.status.is_escorted);
        let is_escorted = rank != Rank::Unknown && parts.iter().filter(|part| part.rank() == rank).all(is_escorted);
        // The last moment at which it is as bad as that: of the segments that are, the last.
        let worst = parts.iter().filter(|part| part.rank() == rank).filter_map(|part| part.status.as_ref());
        let at = worst.map(|part| part.at).max().unwrap_or(Instant::MIN);
        let run = Sweep::at(at, self.looks(chain)).run();
        let advisories = self.advisories(chain, datetime);
        CorridorStatus { chain, rank, is_escorted, since: run.from, expires_at: run.to, parts, advisories }
    }

    /// What a corridor was and will be like without news: all of time in order, neighbours that differ.
    pub fn spells(&self, chain: &'r Chain) -> Vec<Spell<'r>> {
        let mut spells = Vec::new();
        let sweep = Sweep::at(Instant::MIN, self.looks(chain));
        spells.push(spell(chain, &sweep, None));
        sweep.onward(|sweep, at, is_other| {
            let next = is_other.then(|| spell(chain, sweep, Some(at)));
            let differs = |next: &Spell<'r>| spells.last().is_none_or(|last: &Spell<'r>| !last.says(next));
            if let Some(next) = next.filter(differs) {
                spells.last_mut().into_iter().for_each(|last| last.time.to = Some(at));
                spells.push(next);
            }
            true
        });
        spells
    }

    /// The legs of a corridor as they are asked for, where they are seen.
    fn looks(&self, chain: &'r Chain) -> Vec<Option<Look<'r>>> {
        chain.links.iter().map(|link| self.look(link.leg?, link.is_forward)).collect()
    }

    pub(super) fn look(&self, leg: usize, is_forward: bool) -> Option<Look<'r>> {
        let Self { roads, known_at, terms, by } = *self;
        Some(Look { leg: self.seen(leg)?, terms: terms.along(is_forward), known_at, by, audience: roads.audience })
    }

    /// What a segment was and will be like without news: all of time in order, neighbours that differ; nothing if it is not known.
    pub fn stretches(&self, id: &str) -> Option<Vec<Stretch<'r>>> {
        Some(self.look(self.roads.leg(id)?, true)?.stretches())
    }

    /// The legs that were known, with their numbers.
    pub(super) fn legs(&self) -> impl Iterator<Item = (usize, &'r Leg)> {
        let legs = self.roads.legs.iter().map(|leg| &**leg).enumerate();
        legs.filter(|(_, leg)| leg.known.contains(self.known_at))
    }

    pub(super) fn leg_status(&self, leg: usize, is_forward: bool, datetime: &Datetime) -> Option<SegmentStatus<'r>> {
        self.look(leg, is_forward)?.segment(datetime)
    }

    /// A leg, if it was known.
    pub(super) fn seen(&self, leg: usize) -> Option<&'r Leg> {
        self.roads.legs.get(leg).map(|leg| &**leg).filter(|leg| leg.known.contains(self.known_at))
    }

    /// The reports that are known and still have an effect at some moment of the asked time.
    pub(super) fn reports(&self, datetime: &Datetime) -> impl Iterator<Item = &'r Record> {
        self.holding(&*self.roads.reports, datetime)
    }

    /// What of some reports is known and has an effect at some moment of the asked time.
    pub(super) fn holding(
        &self,
        reported: impl IntoIterator<Item = &'r Reported>,
        datetime: &Datetime,
    ) -> impl Iterator<Item = &'r Record> {
        let (known_at, datetime) = (self.known_at, *datetime);
        let holds = move |one: &&Reported| one.record.common().known.contains(known_at) && datetime.selects(&one.lasts);
        reported.into_iter().filter(holds).map(|one| &one.record)
    }

    fn advisories(&self, chain: &Chain, datetime: &Datetime) -> Vec<&'r str> {
        let announced = self.roads.announced.get(&chain.id).into_iter().flatten();
        self.holding(announced, datetime).map(|record| record.id()).collect()
    }
}
