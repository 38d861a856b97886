//! The reports near a corridor: how far, where along it, on which side; certainly, or only possibly.

use super::Inquiry;
use super::geodesy::{Nearest, nearest, pieces};
use super::overlap::within_m;
use super::roads::Chain;
use crate::geometry;
use crate::record::{Body, Cell, Location, Record};
use crate::time::Datetime;
use geo_types::{Coord, Geometry, LineString};
use std::sync::Arc;

/// Whether it is as near as that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nearness {
    /// Wherever within its accuracy it was.
    Certain,
    /// Somewhere within its accuracy.
    Possible,
}

impl Nearness {
    /// The word in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Possible => "possible",
        }
    }
}

/// A report near a corridor.
#[derive(Debug, Clone)]
pub struct Near {
    /// The report.
    pub record: Arc<Record>,
    /// Whether it is as near as asked.
    pub nearness: Nearness,
    /// Where it is; nothing of one that is somewhere in a cell, because distances would tell where.
    pub at: Option<Nearest>,
}

impl Inquiry<'_> {
    /// The reports that hold at the asked time within a distance of a corridor, bounds included: the nearest first, then by id, those in cells last.
    /// What only words say where it was is near nothing. `O(reports x pieces)`.
    pub fn near(&self, chain: &Chain, datetime: &Datetime, within_m: f64) -> Vec<Near> {
        let places = chain.corridor.nodes.iter().filter_map(|node| self.roads.network.place(node));
        let line: LineString<f64> = places.map(|place| place.at).collect();
        let mut found: Vec<Near> = self.reports(datetime).filter_map(|record| self.how_near(record, &line, within_m)).collect();
        let order = |near: &Near| (near.at.is_none(), near.at.map_or(0.0, |at| at.distance_m));
        found.sort_by(|one, other| {
            let ((one_hides, one_m), (other_hides, other_m)) = (order(one), order(other));
            one_hides.cmp(&other_hides).then(one_m.total_cmp(&other_m)).then_with(|| one.record.id().cmp(other.record.id()))
        });
        found
    }

    fn how_near(&self, record: &Arc<Record>, line: &LineString<f64>, within_m: f64) -> Option<Near> {
        let Body::Blockade(report) = record.body() else { return None };
        let near = |nearness, at| Some(Near { record: Arc::clone(record), nearness, at });
        if let Location::Cell(cell) = report.location {
            let (least_m, most_m) = of_cell(cell, line)?;
            return match (most_m <= within_m, least_m <= within_m) {
                (true, _) => near(Nearness::Certain, None),
                (false, true) => near(Nearness::Possible, None),
                (false, false) => None,
            };
        }
        let at = of_geometry(&geometry::of(record, &self.roads.network)?, line)?;
        let accuracy_m = record.common().accuracy_m.unwrap_or(0.0);
        if at.distance_m + accuracy_m <= within_m {
            near(Nearness::Certain, Some(at))
        } else if at.distance_m - accuracy_m <= within_m {
            near(Nearness::Possible, Some(at))
        } else {
            None
        }
    }
}

/// Where what is reported comes nearest to a line.
fn of_geometry(geometry: &Geometry<f64>, line: &LineString<f64>) -> Option<Nearest> {
    let of = |positions: &mut dyn Iterator<Item = Coord<f64>>| {
        let found = positions.filter_map(|at| nearest(line, at));
        found.min_by(|one, other| one.distance_m.total_cmp(&other.distance_m))
    };
    match geometry {
        Geometry::Point(point) => nearest(line, point.0),
        Geometry::MultiPoint(points) => of(&mut points.iter().map(|point| point.0)),
        // A stretch of road comes nearest somewhere between its ends.
        Geometry::LineString(stretch) => of(&mut stretch.lines().flat_map(pieces).flat_map(|piece| [piece.start, piece.end])),
        _ => None,
    }
}

/// The least and the most that something in a cell may be away from a line, metres. A line through the cell is no way off.
fn of_cell(cell: Cell, line: &LineString<f64>) -> Option<(f64, f64)> {
    let bounds = cell.bounds_deg();
    let inside = within_m(line, std::iter::once(&bounds.to_polygon().into())) > 0.0;
    let rim = bounds.to_polygon().exterior().lines().flat_map(pieces).map(|piece| piece.start).collect::<Vec<_>>();
    let distances = || rim.iter().filter_map(|at| nearest(line, *at)).map(|nearest| nearest.distance_m);
    let most_m = distances().max_by(f64::total_cmp)?;
    let least_m = if inside { 0.0 } else { distances().min_by(f64::total_cmp)? };
    Some((least_m, most_m))
}
