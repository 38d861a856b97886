//! What is reported: blockade points and areas of influence, who is named for them and how they are located.

use super::RecordId;
use crate::vocab::{AreaClass, Attribution, Basis, Commodity, Direction, Effect, Subtype, Temporality};
use geo_types::{Coord, MultiPolygon, Rect};
use std::collections::BTreeMap;

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
    /// Vehicles, fatalities, and who claims what.
    pub counts: Option<Counts>,
    /// Where.
    pub location: Location,
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
    /// Somewhere in a cell, for an audience that may not know where. No draft says so.
    Cell(Cell),
}

/// A cell of a fixed grid over the world: the same for all zooms, questions, versions and times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    column: i16,
    row: i16,
}

impl Cell {
    /// Length of a side along a meridian, rounded; along a parallel it is shorter.
    pub const SIDE_M: u32 = 22_000;
    const PER_DEGREE: f64 = 5.0;

    /// The cell around a position in degrees.
    pub fn around(at: Coord<f64>) -> Self {
        let number = |degrees: f64| (degrees * Self::PER_DEGREE).floor() as i16;
        Self { column: number(at.x), row: number(at.y) }
    }

    /// Its box in degrees, corners exactly on the grid.
    pub fn bounds_deg(self) -> Rect<f64> {
        let corner =
            |column: i16, row: i16| Coord { x: f64::from(column) / Self::PER_DEGREE, y: f64::from(row) / Self::PER_DEGREE };
        Rect::new(corner(self.column, self.row), corner(self.column + 1, self.row + 1))
    }
}

/// How many, when sources disagree: the range, and each claim.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By what is counted, such as `vehicles` or `fatalities`.
    pub ranges: BTreeMap<String, Range>,
    /// Who said what.
    pub claims: Vec<Claim>,
}

/// From so many to so many; `low <= high` where both are known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Range {
    /// At least.
    pub low: Option<u32>,
    /// At most.
    pub high: Option<u32>,
}

/// One number as a source gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The number.
    pub value: u32,
    /// Id in the table of sources.
    pub source: String,
    /// How it was meant, such as `at_least`.
    pub kind: Option<String>,
    /// For readers.
    pub note: Option<String>,
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
