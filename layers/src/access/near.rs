//! The reports near a corridor: how far, where along it, on which side; certainly, or only possibly.

use super::Inquiry;
use super::geodesy::{Nearest, Ruler, distance_m, pieces, widened};
use super::overlap::{meets, within_m};
use super::roads::Chain;
use crate::geometry;
use crate::index::Bounds;
use crate::record::{Body, Cell, Location, Record};
use crate::time::Datetime;
use geo_types::{Coord, Geometry, Line, LineString};

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
    pub record: Record,
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
        let road = Road::of(places.map(|place| place.at).collect());
        let mut found: Vec<Near> = self.reports(datetime).filter_map(|record| self.how_near(record, &road, within_m)).collect();
        let order = |near: &Near| (near.at.is_none(), near.at.map_or(0.0, |at| at.distance_m));
        found.sort_by(|one, other| {
            let ((one_hides, one_m), (other_hides, other_m)) = (order(one), order(other));
            one_hides.cmp(&other_hides).then(one_m.total_cmp(&other_m)).then_with(|| one.record.id().cmp(other.record.id()))
        });
        found
    }

    fn how_near(&self, record: &Record, road: &Road, within_m: f64) -> Option<Near> {
        let Body::Blockade(report) = record.body() else { return None };
        let accuracy_m = record.common().accuracy_m.unwrap_or(0.0);
        let geometry = geometry::of(record, &self.roads.network)?;
        if !Bounds::around(&geometry)?.intersects(&road.around(within_m + accuracy_m)?) {
            return None;
        }
        let near = |nearness, at| Some(Near { record: record.clone(), nearness, at });
        if let Location::Cell(cell) = report.location {
            let (least_m, most_m) = road.to_cell(cell)?;
            return match (most_m <= within_m, least_m <= within_m) {
                (true, _) => near(Nearness::Certain, None),
                (false, true) => near(Nearness::Possible, None),
                (false, false) => None,
            };
        }
        let at = road.to_geometry(&geometry)?;
        if at.distance_m + accuracy_m <= within_m {
            near(Nearness::Certain, Some(at))
        } else if at.distance_m - accuracy_m <= within_m {
            near(Nearness::Possible, Some(at))
        } else {
            None
        }
    }
}

/// The line of a corridor, measured.
struct Road {
    line: LineString<f64>,
    ruler: Ruler,
}

impl Road {
    fn of(line: LineString<f64>) -> Self {
        Self { ruler: Ruler::of(&line), line }
    }

    /// A box that holds everything within a distance.
    fn around(&self, by_m: f64) -> Option<Bounds> {
        let Bounds { west, south, east, north } = Bounds::around(&self.line.clone().into())?;
        let (west, south, east, north) = widened((west, south, east, north), by_m);
        Bounds::new(west, south, east, north)
    }

    /// Where what is reported comes nearest.
    fn to_geometry(&self, geometry: &Geometry<f64>) -> Option<Nearest> {
        match geometry {
            Geometry::Point(point) => self.ruler.nearest(point.0),
            Geometry::MultiPoint(points) => self.to_any(points.iter().map(|point| point.0)),
            Geometry::LineString(stretch) => self.to_any(self.closest(stretch)),
            _ => None,
        }
    }

    fn to_any(&self, positions: impl Iterator<Item = Coord<f64>>) -> Option<Nearest> {
        let found = positions.filter_map(|at| self.ruler.nearest(at));
        found.min_by(|one, other| one.distance_m.total_cmp(&other.distance_m))
    }

    /// The positions on a stretch of another road where it may be nearest: where they cross, at its own corners, or across from one of this one's.
    fn closest<'s>(&'s self, stretch: &'s LineString<f64>) -> impl Iterator<Item = Coord<f64>> {
        let crossing = |edge: Line<f64>| {
            let shares = self.line.lines().flat_map(move |other| meets(edge, other)).flatten();
            shares.map(move |share| edge.start + edge.delta() * share)
        };
        let ruler = Ruler::of(stretch);
        let across = corners(&self.line).filter_map(move |at| Some(ruler.nearest(at)?.at));
        corners(stretch).chain(stretch.lines().flat_map(crossing)).chain(across)
    }

    /// The least and the most that something in a cell may be away, metres. A road through the cell is no way off, and nothing in the cell is
    /// farther off than its middle by more than a corner is from there.
    fn to_cell(&self, cell: Cell) -> Option<(f64, f64)> {
        let bounds = cell.bounds_deg();
        let cell = bounds.to_polygon();
        let middle = bounds.center();
        let half_m = cell.exterior().coords().map(|corner| distance_m(middle, *corner)).fold(0.0, f64::max);
        let most_m = self.ruler.nearest(middle)?.distance_m + half_m;
        let is_inside = within_m(&self.line, std::iter::once(&cell.clone().into())) > 0.0;
        let least_m = if is_inside { 0.0 } else { self.to_any(self.closest(cell.exterior()))?.distance_m };
        Some((least_m, most_m))
    }
}

/// Where a line is split to be measured, its ends among them.
fn corners(line: &LineString<f64>) -> impl Iterator<Item = Coord<f64>> {
    line.coords().copied().take(1).chain(line.lines().flat_map(pieces).map(|piece| piece.end))
}
