//! What speaks for or against a leg's being passable at a moment, and whether it counts.

use super::leg::Evidence;
use super::look::Look;
use super::rules::Terms;
use super::statement::Statement;
use crate::record::{Area, Assertion, Blockade, Body};
use crate::time::Instant;
use crate::vocab::{AreaClass, Certainty, Commodity, Direction, Effect, OpStatus, Subtype, Temporality};
use crate::windows::{days_unsure, effect_at};

/// What an area must cover of a leg to restrict it, metres, and as a share of the leg.
pub(super) const COVERED_M: f64 = 1_000.0;
/// The share.
pub(super) const COVERED_SHARE: f64 = 0.01;

/// What a cause rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ground<'r> {
    /// A report or an area.
    Evidence(&'r Evidence),
    /// What somebody states of the segment.
    Statement(&'r Assertion),
    /// The largest vehicle that gets through, UNSDI-T.
    Vehicle(u8),
    /// Somebody states that the road is given up.
    Abandoned(&'r Assertion),
}

/// One reason for a status.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cause<'r> {
    /// On what it rests.
    pub ground: Ground<'r>,
    /// What it does at the moment, for what is asked.
    pub effect: Effect,
    /// It is sure enough to decide anything, and speaks of the leg.
    pub counted: bool,
    /// A state that nobody confirmed for long.
    pub is_stale: bool,
    /// A closing state; but somebody got through since it began.
    pub is_contradicted: bool,
}

/// All causes at a moment, in no order.
pub(super) fn causes<'r>(look: &Look<'r>, said: Option<Statement<'r>>, at: Instant) -> Vec<Cause<'r>> {
    let (leg, terms) = (look.leg, look.terms);
    let known = leg.evidence_at(at).filter(|evidence| look.knows(evidence));
    let mut causes: Vec<Cause<'r>> = known.filter_map(|evidence| weigh(evidence, leg.length_m, terms, at)).collect();
    let last_passage = causes.iter().filter(|cause| cause.is_passage()).filter_map(Cause::day).max();
    for cause in &mut causes {
        let began = cause.began().map(Instant::day);
        cause.is_contradicted = cause.counted && cause.effect == Effect::Closes && cause.is_state() && began < last_passage;
    }
    causes.extend(said.map(|said| of_statement(said.assertion)));
    let class = terms.vehicle_class.zip(leg.practicability).filter(|(asked, largest)| largest < asked);
    causes.extend(class.map(|(_, largest)| Cause::sure(Ground::Vehicle(largest), Effect::Closes)));
    causes
}

/// The worst effect first, then the nearest, then by id.
pub(super) fn sort(causes: &mut [Cause<'_>]) {
    causes.sort_by(|one, other| one.order().partial_cmp(&other.order()).unwrap_or(std::cmp::Ordering::Equal));
}

fn of_statement(assertion: &Assertion) -> Cause<'_> {
    match assertion.op_status {
        OpStatus::Abandoned => Cause::sure(Ground::Abandoned(assertion), Effect::Closes),
        OpStatus::Closed => Cause::sure(Ground::Statement(assertion), Effect::Closes),
        OpStatus::Restricted => Cause::sure(Ground::Statement(assertion), Effect::Restricts),
        OpStatus::Open | OpStatus::Unknown => Cause::sure(Ground::Statement(assertion), Effect::Passage),
    }
}

/// What a piece of evidence does; nothing if it is not asked for, not about what is moved or the way it goes, or over.
fn weigh<'r>(evidence: &'r Evidence, length_m: f64, terms: Terms, at: Instant) -> Option<Cause<'r>> {
    let effect = match evidence.record.body() {
        Body::Blockade(report) if terms.evidence.reports => {
            effect_for(effect_at(&evidence.record, at)?, report, terms.along(evidence.on.is_forward))?
        }
        Body::Area(area) if terms.evidence.areas => effect_of_area(area, evidence, length_m, at)?,
        _ => return None,
    };
    let (effect, is_sure) = match (evidence.record.common().certainty, effect) {
        (Certainty::Observed | Certainty::Likely, effect) => (effect, true),
        (Certainty::Possible, Effect::Closes | Effect::Restricts) => (Effect::Restricts, true),
        (_, effect) => (effect, false),
    };
    let says_something = match effect {
        Effect::Closes | Effect::Restricts => true,
        Effect::Passage => shows_passage(evidence, terms),
        Effect::Advisory => false,
    };
    let mut cause = Cause::sure(Ground::Evidence(evidence), effect);
    cause.counted = is_sure && says_something;
    cause.is_stale = evidence.goes_stale().is_some_and(|stale| stale <= at);
    Some(cause)
}

/// Whether a passage shows all that is asked for: every goods and way of it, from end to end. A convoy that was seen near a road did not, and one
/// of which the way is withheld may have gone the other.
fn shows_passage(evidence: &Evidence, terms: Terms) -> bool {
    let Body::Blockade(report) = evidence.record.body() else { return false };
    let way = terms.along(evidence.on.is_forward).direction;
    let shows_way = report.direction == Direction::Both || report.direction == way;
    let shows_goods = is_for_all(report) || report.commodity.contains(&terms.commodity);
    shows_way && shows_goods && evidence.on.is_of_leg && !evidence.record.common().generalised
}

fn is_for_all(report: &Blockade) -> bool {
    report.commodity.is_empty() || report.commodity.contains(&Commodity::All)
}

/// What a report's effect is on any of the goods and ways asked for; nothing if it concerns none of them.
fn effect_for(effect: Effect, report: &Blockade, terms: Terms) -> Option<Effect> {
    let ways = [report.direction, terms.direction];
    let hits_way = ways.contains(&Direction::Both) || report.direction == terms.direction;
    let hits_goods = is_for_all(report) || report.commodity.contains(&terms.commodity) || terms.commodity == Commodity::All;
    match report.subtype {
        _ if !hits_way => None,
        Subtype::DeclaredBlockade | Subtype::Checkpoint | Subtype::ClosureOfficial | Subtype::Passage => {
            hits_goods.then_some(effect)
        }
        // What lies on the road is in everybody's way.
        Subtype::ObstaclePhysical => Some(effect),
        // Whoever attacks one endangers all.
        _ if effect == Effect::Closes && !hits_goods => Some(Effect::Restricts),
        _ => Some(effect),
    }
}

fn effect_of_area(area: &Area, evidence: &Evidence, length_m: f64, at: Instant) -> Option<Effect> {
    let covers = evidence.on.overlap_m? >= COVERED_M.max(COVERED_SHARE * length_m);
    let restricts = covers && area.class != AreaClass::Attack;
    let is_valid = evidence.record.common().valid.contains(at);
    is_valid.then_some(if restricts { Effect::Restricts } else { Effect::Advisory })
}

impl Cause<'_> {
    const fn sure(ground: Ground<'_>, effect: Effect) -> Cause<'_> {
        Cause { ground, effect, counted: true, is_stale: false, is_contradicted: false }
    }

    /// Id of the record, if it rests on one.
    pub fn id(&self) -> Option<&str> {
        self.evidence().map(|evidence| evidence.record.id())
    }

    /// How sure it is.
    pub fn certainty(&self) -> Certainty {
        match self.ground {
            Ground::Evidence(evidence) => evidence.record.common().certainty,
            Ground::Statement(assertion) | Ground::Abandoned(assertion) => assertion.certainty,
            Ground::Vehicle(_) => Certainty::Observed,
        }
    }

    /// Whether it is a counted report of somebody who got through.
    pub fn is_passage(&self) -> bool {
        self.counted && self.effect == Effect::Passage && self.evidence().is_some()
    }

    /// Whether whoever got through was escorted.
    pub fn is_escorted(&self) -> bool {
        self.report().is_some_and(|report| report.escorted)
    }

    /// Whether it is a report or an area that lasts.
    pub(super) fn is_state(&self) -> bool {
        self.evidence().is_some() && self.report().is_none_or(|report| report.temporality == Temporality::State)
    }

    /// The day on which it began.
    pub(super) fn day(&self) -> Option<i64> {
        self.began().map(Instant::day)
    }

    /// The last day of which it may speak: an event is told to the week or the month, a state may have been confirmed. Nothing of what has no
    /// start, or of a state of which it is withheld when it was last confirmed: it may speak of any.
    pub(super) fn last_day(&self) -> Option<i64> {
        if self.is_state() && self.evidence()?.record.common().generalised {
            return None;
        }
        let unsure = self.report().filter(|_| !self.is_state()).map_or(0, days_unsure);
        Some(self.evidence()?.confirmed()?.plus_days(unsure.into()).day())
    }

    /// Whether it is a passage of which somebody is sure, whatever it shows.
    pub(super) fn is_sure_passage(&self) -> bool {
        self.effect == Effect::Passage && self.evidence().is_some() && self.certainty() <= Certainty::Likely
    }

    /// The report or the area.
    pub fn evidence(&self) -> Option<&Evidence> {
        match self.ground {
            Ground::Evidence(evidence) => Some(evidence),
            Ground::Statement(_) | Ground::Vehicle(_) | Ground::Abandoned(_) => None,
        }
    }

    fn report(&self) -> Option<&Blockade> {
        match self.evidence()?.record.body() {
            Body::Blockade(report) => Some(report),
            _ => None,
        }
    }

    fn began(&self) -> Option<Instant> {
        self.evidence()?.record.common().valid.from
    }

    fn order(&self) -> (Effect, f64, &str) {
        let distance_m = self.evidence().and_then(|evidence| evidence.on.distance_m);
        (self.effect, distance_m.unwrap_or(0.0), self.id().unwrap_or_default())
    }
}
