//! Where a record is drawn, worked out from what it refers to. WGS 84 degrees, longitude first.
//!
//! Segments are straight legs between two places; a report "between A and B" follows the legs of its corridor.

use crate::record::{Body, Corridor, Location, Network, Record};
use geo_types::{Coord, Geometry, LineString, MultiPoint, Point};

/// The geometry of a record; `None` when only words say where it is.
pub fn of(record: &Record, all: &dyn Network) -> Option<Geometry<f64>> {
    match record.body() {
        Body::Place(place) => Some(Point(place.at).into()),
        Body::Segment(leg) => line([leg.a.as_str(), leg.b.as_str()].into_iter(), all),
        Body::Corridor(chain) => line(chain.nodes.iter().map(String::as_str), all),
        Body::Area(area) => Some(area.shape.clone().into()),
        Body::Blockade(blockade) => located(&blockade.location, all),
    }
}

fn located(location: &Location, all: &dyn Network) -> Option<Geometry<f64>> {
    match location {
        Location::Point { at, .. } => Some(Point(*at).into()),
        Location::Places(places) => {
            let points: Vec<Point<f64>> = places.iter().filter_map(|place| Some(Point(all.place(place)?.at))).collect();
            match points.as_slice() {
                [] => None,
                [one] => Some((*one).into()),
                _ => Some(MultiPoint(points).into()),
            }
        }
        Location::Between { corridor: None, from, to } => line([from.as_str(), to.as_str()].into_iter(), all),
        Location::Between { corridor: Some(name), from, to } => {
            line(stretch(all.corridor(name)?, from, to)?.iter().map(String::as_str), all)
        }
        Location::Cell(cell) => Some(cell.bounds_deg().to_polygon().into()),
        Location::Area(_) | Location::Corridors(_) => None,
    }
}

/// Places of a corridor from one to another, both included, in the corridor's order.
pub fn stretch<'a>(corridor: &'a Corridor, from: &str, to: &str) -> Option<&'a [String]> {
    let position = |place: &str| corridor.nodes.iter().position(|node| node == place);
    let (from, to) = (position(from)?, position(to)?);
    corridor.nodes.get(from.min(to)..=from.max(to))
}

/// A line through places; one that is not among `all` is passed by.
fn line<'a>(places: impl Iterator<Item = &'a str>, all: &dyn Network) -> Option<Geometry<f64>> {
    let coords: Vec<Coord<f64>> = places.filter_map(|place| Some(all.place(place)?.at)).collect();
    (coords.len() > 1).then(|| LineString(coords).into())
}
