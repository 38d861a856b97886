//! The road network: places, the segments between them, and the corridors made of segments.

use super::RecordId;
use crate::time::{Instant, Interval};
use crate::vocab::{Certainty, Mode, OpStatus, Role, RouteClass};
use geo_types::Coord;

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
    /// Largest vehicle that gets through: UNSDI-T, 1 non-motorised to 6 truck with trailer over 20 t; `None` if nobody said.
    pub practicability: Option<u8>,
    /// Paved, laterite, as the sources say.
    pub surface: Option<String>,
    /// Not passable in the rains.
    pub seasonal: bool,
    /// What people state about it.
    pub assertions: Vec<Assertion>,
}

/// A person's statement of a segment's status.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// The status stated.
    pub op_status: OpStatus,
    /// When it holds, half-open.
    pub valid: Interval,
    /// How sure it is.
    pub certainty: Certainty,
    /// To be looked at again from this moment on.
    pub review_after: Option<Instant>,
    /// Ids in the table of sources.
    pub sources: Vec<String>,
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
