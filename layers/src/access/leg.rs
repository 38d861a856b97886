//! A leg of the road, and what speaks for or against its being passable.

use super::geodesy::length_m;
use crate::geometry;
use crate::record::{Assertion, Body, Record, Records, Segment};
use crate::time::Interval;
use geo_types::{Geometry, LineString};
use std::sync::Arc;

/// A segment whose two ends are known.
#[derive(Debug)]
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
    /// Geodesic length, metres.
    pub length_m: f64,
    /// How far the line may lie from the road, metres.
    pub accuracy_m: f64,
    pub(super) practicability: Option<u8>,
    pub(super) assertions: Vec<Assertion>,
    pub(super) evidence: Vec<Evidence>,
}

/// A report or an area that says something of a leg.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// The version of the record.
    pub record: Arc<Record>,
    /// When it was known.
    pub known: Interval,
    /// How it is on the leg, or near it.
    pub on: Match,
}

impl PartialEq for Evidence {
    /// The same version of the same record, on the leg in the same way.
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.record, &other.record) && (self.known, self.on) == (other.known, other.on)
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
            line,
            accuracy_m: *geometry_accuracy_m,
            practicability: *practicability,
            assertions: assertions.clone(),
            evidence: Vec::new(),
        })
    }
}
