//! A leg of the road, and what speaks for or against its being passable.

use super::geodesy::{Ruler, length_m};
use super::statement;
use crate::geometry;
use crate::record::{Assertion, Body, Record, Records, Segment};
use crate::time::{Instant, Interval};
use crate::vocab::Temporality;
use crate::windows;
use geo_types::{Geometry, LineString};

/// Days after which a state that nobody confirmed is stale.
pub(super) const STALE_DAYS: i64 = 30;

/// A segment whose two ends are known.
#[derive(Debug, Clone)]
pub struct Leg {
    /// Id of the segment.
    pub id: String,
    /// Its version.
    pub version: u32,
    /// The end whose id sorts first.
    pub a: String,
    /// The other end.
    pub b: String,
    /// When it was known so.
    pub known: Interval,
    /// From `a` to `b`, degrees.
    pub line: LineString<f64>,
    /// The same, measured.
    pub(super) ruler: Ruler,
    /// Geodesic length, metres.
    pub length_m: f64,
    /// How far the line may lie from the road, metres.
    pub accuracy_m: f64,
    pub(super) practicability: Option<u8>,
    pub(super) assertions: Vec<Assertion>,
    /// What lasts, then events in the order in which they happened.
    pub(super) evidence: Vec<Evidence>,
    /// How much of it lasts.
    lasting: usize,
    /// The moments at which the status may change, whatever is known when; in order, each once.
    pub(super) edges: Vec<Instant>,
}

/// A report or an area that says something of a leg.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The version of the record.
    pub record: Record,
    /// The audience is not told before this moment.
    pub(super) due: Option<Instant>,
    /// How it is on the leg, or near it.
    pub on: Match,
}

impl PartialEq for Evidence {
    /// The same version of the same record, on the leg in the same way.
    fn eq(&self, other: &Self) -> bool {
        self.record.is(&other.record) && self.on == other.on
    }
}

/// How something is on a leg, or near it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// From its position to the leg, metres; nothing if it is said to be along the leg, or is an area.
    pub distance_m: Option<f64>,
    /// From the leg's `a` to where it is nearest, metres.
    pub along_m: Option<f64>,
    /// How much of the leg an area covers, metres.
    pub overlap_m: Option<f64>,
    /// It speaks of the whole leg by name, and not of a place that is near it.
    pub is_of_leg: bool,
    /// What it calls forward is from `a` to `b`.
    pub is_forward: bool,
}

impl Leg {
    /// Of a segment and its places; nothing if they are not all there.
    pub(super) fn of(record: &Record, network: &Records) -> Option<Self> {
        let Body::Segment(Segment { a, b, geometry_accuracy_m, practicability, assertions, .. }) = record.body() else {
            return None;
        };
        let (_, _) = (network.place(a)?, network.place(b)?);
        let Some(Geometry::LineString(line)) = geometry::of(record, network) else { return None };
        Some(Self {
            id: record.id().to_owned(),
            version: record.common().version,
            a: a.clone(),
            b: b.clone(),
            known: record.common().known,
            length_m: length_m(&line),
            ruler: Ruler::of(&line),
            line,
            accuracy_m: *geometry_accuracy_m,
            practicability: *practicability,
            assertions: assertions.clone(),
            evidence: Vec::new(),
            lasting: 0,
            edges: Vec::new(),
        })
    }

    /// Whether whatever is on another leg is on this one in the same way.
    pub(super) fn lies_as(&self, other: &Self) -> bool {
        self.line == other.line
            && self.accuracy_m.to_bits() == other.accuracy_m.to_bits()
            && (&self.a, &self.b) == (&other.a, &other.b)
    }

    /// Once all evidence is there: puts it in order, and finds the moments at which it matters.
    pub(super) fn settle(&mut self) {
        self.evidence.sort_by(|one, other| one.order().cmp(&other.order()));
        self.lasting = self.evidence.partition_point(|evidence| evidence.happened().is_none());
        self.edges =
            self.evidence.iter().flat_map(Evidence::edges).chain(self.assertions.iter().flat_map(statement::edges)).collect();
        self.edges.sort_unstable();
        self.edges.dedup();
        self.evidence.shrink_to_fit();
        self.edges.shrink_to_fit();
    }

    /// The evidence that may have an effect at a moment: what lasts, and events not longer ago than the longest window.
    pub(super) fn evidence_at(&self, at: Instant) -> impl Iterator<Item = &Evidence> {
        let (lasting, events) = self.evidence.split_at_checked(self.lasting).unwrap_or_default();
        let oldest = at.plus_days(-windows::LONGEST_DAYS);
        let first = events.partition_point(|event| event.happened() < Some(oldest));
        let recent = events.iter().skip(first).take_while(move |event| event.happened() <= Some(at));
        lasting.iter().chain(recent)
    }
}

impl Evidence {
    /// When it was known.
    pub fn known(&self) -> Interval {
        self.record.common().known
    }

    /// When it was known and might be told; nothing if that was over before it was due.
    pub(super) fn told(&self) -> Interval {
        let known = self.known();
        Interval { from: known.from.max(self.due), ..known }
    }

    /// Whether another is the same version of the same record on the leg in the same way, whenever that is known.
    pub(super) fn says_as(&self, other: &Self) -> bool {
        let (one, another) = (self.record.common(), other.record.common());
        (&one.id, one.version, self.on, self.due) == (&another.id, another.version, other.on, other.due)
            && self.record.says_as(&other.record)
    }

    /// When it happened, when it began, and what it is.
    fn order(&self) -> (Option<Instant>, Option<Instant>, &str, u32) {
        let common = self.record.common();
        (self.happened(), common.valid.from, &common.id, common.version)
    }

    /// When it happened, if it is an event.
    fn happened(&self) -> Option<Instant> {
        match self.record.body() {
            Body::Blockade(report) if report.temporality == Temporality::Event => self.record.common().valid.from,
            _ => None,
        }
    }

    /// When a state is stale unless somebody confirms it; an event is not.
    pub(super) fn goes_stale(&self) -> Option<Instant> {
        let lasts = self.happened().is_none();
        self.confirmed().filter(|_| lasts).map(|confirmed| confirmed.plus_days(STALE_DAYS))
    }

    /// When a state was last said to hold, or an event happened.
    pub(super) fn confirmed(&self) -> Option<Instant> {
        let common = self.record.common();
        let last_confirmed = common.last_confirmed.filter(|_| self.happened().is_none());
        Some(common.valid.from?).max(last_confirmed)
    }

    fn edges(&self) -> impl Iterator<Item = Instant> {
        let valid = self.record.common().valid;
        let edges = match self.record.body() {
            Body::Area(_) => [valid.from, valid.to].into_iter().flatten().collect(),
            _ => windows::edges(&self.record),
        };
        edges.into_iter().chain(self.goes_stale())
    }
}
