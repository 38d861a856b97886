//! Records: valid, versioned, on two time axes. Made by `validate` only; written as JSON lines.
//!
//! Geometry: WGS 84 degrees, longitude first. Distances in metres.

use crate::time::Instant;
use crate::time::Interval;
use crate::vocab::{
    AreaClass, Attribution, Basis, Certainty, Commodity, Direction, Effect, Kind, Mode, Role, RouteClass, Sensitivity, Subtype,
    Temporality,
};
use geo_types::{Coord, MultiPolygon};
use serde_json::Value;
use std::collections::BTreeMap;

/// Stable name of a record: `^[a-z0-9][a-z0-9-]{1,63}$`, never reused.
pub type RecordId = String;

/// What every record has.
#[derive(Debug, Clone, PartialEq)]
pub struct Common {
    /// Stable name.
    pub id: RecordId,
    /// 1, then one more with each correction.
    pub version: u32,
    /// As in the sources, in neutral words.
    pub name: String,
    /// French name, where it differs.
    pub name_fr: Option<String>,
    /// When it holds in the world, half-open.
    pub valid: Interval,
    /// When it was known so, half-open.
    pub known: Interval,
    /// Taken back from this version on.
    pub withdrawn: bool,
    /// Who may see it.
    pub sensitivity: Sensitivity,
    /// Not before this moment for the public.
    pub public_from: Option<Instant>,
    /// How sure it is.
    pub certainty: Certainty,
    /// When somebody last said that it still holds.
    pub last_confirmed: Option<Instant>,
    /// Radius within which the true position lies, metres.
    pub accuracy_m: Option<f64>,
    /// Country, ISO 3166-1 alpha-3.
    pub adm0: Option<String>,
    /// P-code of the cercle.
    pub adm2_code: Option<String>,
    /// Edition of the p-codes.
    pub cod_version: Option<String>,
    /// Ids in the table of sources.
    pub sources: Vec<String>,
    /// Where the content comes from when no source of the table says so.
    pub basis_note: Option<String>,
    /// For readers.
    pub notes: Option<String>,
}

/// How a blockade point is located.
#[derive(Debug, Clone, PartialEq)]
pub enum Location {
    /// Along a corridor between two of its places; without corridor a straight line that matches no segment.
    Between {
        /// The corridor, if named.
        corridor: Option<RecordId>,
        /// One end.
        from: RecordId,
        /// The other end.
        to: RecordId,
    },
    /// At a position, on a segment where known.
    Point {
        /// The position.
        at: Coord<f64>,
        /// The segment it lies on.
        segment: Option<RecordId>,
        /// A place near it.
        near: Option<RecordId>,
    },
    /// At places.
    Places(Vec<RecordId>),
    /// Somewhere in a cercle (p-code), if even that is known.
    Area(Option<String>),
    /// Along whole corridors.
    Corridors(Vec<RecordId>),
}

/// Something that hinders or proves passage.
#[derive(Debug, Clone, PartialEq)]
pub struct Blockade {
    /// What it is.
    pub subtype: Subtype,
    /// Happens or lasts.
    pub temporality: Temporality,
    /// What it does to a road.
    pub effect: Effect,
    /// ACAPS 0 to 5.
    pub severity: u8,
    /// Code of the actor.
    pub actor: String,
    /// On what the naming rests.
    pub attribution: Attribution,
    /// Days the start may be off: 1 day, 2 week, 3 month.
    pub time_precision: u8,
    /// What it is about.
    pub commodity: Vec<Commodity>,
    /// Which way of the road.
    pub direction: Direction,
    /// A passage under escort.
    pub escorted: bool,
    /// Vehicles, fatalities, and who claims what, as published.
    pub counts: Option<Value>,
    /// Where.
    pub location: Location,
}

/// An area under reported influence.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// How much the actor has to say.
    pub class: AreaClass,
    /// Code of the actor.
    pub actor: String,
    /// On what the naming rests.
    pub attribution: Attribution,
    /// The actor claims it.
    pub claimed: bool,
    /// Where the shape comes from.
    pub basis: Basis,
    /// P-codes of the cercles meant.
    pub adm2_codes: Vec<String>,
    /// The shape: valid, right-hand rule.
    pub shape: MultiPolygon<f64>,
}

/// A chain of segments towards a destination.
#[derive(Debug, Clone, PartialEq)]
pub struct Corridor {
    /// What moves along it.
    pub mode: Mode,
    /// How much it matters.
    pub route_class: RouteClass,
    /// Places in order towards the destination.
    pub nodes: Vec<RecordId>,
    /// Segments between them, in order.
    pub segments: Vec<RecordId>,
    /// Road numbers.
    pub road_refs: Vec<String>,
    /// Length as published, km.
    pub published_length_km: Option<f64>,
}

/// One leg between two places, shared by corridors.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// The end whose id sorts first.
    pub a: RecordId,
    /// The other end.
    pub b: RecordId,
    /// How far the drawn line may lie from the road, metres.
    pub geometry_accuracy_m: f64,
}

/// A town, border post or port.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// What it is.
    pub role: Role,
    /// Where.
    pub at: Coord<f64>,
    /// Supplies come from here.
    pub is_supply_node: bool,
}

/// A published source.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Stable name.
    pub id: String,
    /// Title as published.
    pub title: String,
    /// Who published it.
    pub publisher: String,
    /// Where it can be read; http or https only.
    pub url: Option<String>,
    /// Day of publication.
    pub published_on: Option<Instant>,
    /// Language code.
    pub lang: Option<String>,
    /// local, national, international.
    pub scale: Option<String>,
    /// Admiralty A to F.
    pub reliability: Option<String>,
    /// For readers.
    pub notes: Option<String>,
}

/// What a record is about, beyond what all have.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// See [`Blockade`].
    Blockade(Blockade),
    /// See [`Area`].
    Area(Area),
    /// See [`Corridor`].
    Corridor(Corridor),
    /// See [`Segment`].
    Segment(Segment),
    /// See [`Place`].
    Place(Place),
}

impl Body {
    /// The kind.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Blockade(_) => Kind::Blockade,
            Self::Area(_) => Kind::Area,
            Self::Corridor(_) => Kind::Corridor,
            Self::Segment(_) => Kind::Segment,
            Self::Place(_) => Kind::Place,
        }
    }
}

/// One version of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What every record has.
    pub common: Common,
    /// What this one is about.
    pub body: Body,
}

/// All records of a data set and its sources; everything they refer to is there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    /// By id.
    pub records: BTreeMap<RecordId, Record>,
    /// By id.
    pub sources: BTreeMap<String, Source>,
}

impl Records {
    /// Records of one kind, by id.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Record> {
        self.records.values().filter(move |record| record.body.kind() == kind)
    }

    /// A place.
    pub fn place(&self, id: &str) -> Option<&Place> {
        match &self.records.get(id)?.body {
            Body::Place(place) => Some(place),
            _ => None,
        }
    }

    /// A segment.
    pub fn segment(&self, id: &str) -> Option<&Segment> {
        match &self.records.get(id)?.body {
            Body::Segment(segment) => Some(segment),
            _ => None,
        }
    }

    /// A corridor.
    pub fn corridor(&self, id: &str) -> Option<&Corridor> {
        match &self.records.get(id)?.body {
            Body::Corridor(corridor) => Some(corridor),
            _ => None,
        }
    }
}
