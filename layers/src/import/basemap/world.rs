//! The coarse world outside the detailed frame: land and borders from the polygons of countries.

use super::{Extract, is_detailed};
use geo::BooleanOps;
use geo_types::{Coord, Geometry, LineString, MultiPolygon, Polygon, Rect};
use std::collections::HashMap;

/// West, south, east, north of the detailed data, degrees.
pub(super) const FRAME: [f64; 4] = [-26.0, -6.0, 26.0, 38.0];
/// Coarse land reaches so far into the frame, so that no hairline shows where the two meet.
const OVERLAP_DEG: f64 = 0.02;

fn areas(countries: &[Extract]) -> impl Iterator<Item = MultiPolygon<f64>> + '_ {
    countries.iter().filter_map(|country| match &country.geometry {
        Geometry::Polygon(polygon) => Some(polygon.clone().into()),
        Geometry::MultiPolygon(polygons) => Some(polygons.clone()),
        _ => None,
    })
}

/// Land outside the frame.
pub(super) fn land(countries: &[Extract]) -> Vec<Polygon<f64>> {
    let [west, south, east, north] = FRAME;
    let frame: MultiPolygon<f64> = Rect::new(
        Coord { x: west + OVERLAP_DEG, y: south + OVERLAP_DEG },
        Coord { x: east - OVERLAP_DEG, y: north - OVERLAP_DEG },
    )
    .to_polygon()
    .into();
    let all = areas(countries).fold(MultiPolygon(Vec::new()), |all, country| all.union(&country));
    all.difference(&frame).0
}

/// Borders outside the frame: edges that two countries share, joined as far as they follow each other.
pub(super) fn borders(countries: &[Extract]) -> Vec<LineString<f64>> {
    let rings: Vec<LineString<f64>> =
        areas(countries).flat_map(|area| area.0).map(|polygon| polygon.exterior().clone()).collect();
    let mut uses: HashMap<[u64; 4], u32> = HashMap::new();
    for edge in rings.iter().flat_map(LineString::lines) {
        *uses.entry(key(edge.start, edge.end)).or_default() += 1;
    }
    let mut lines = Vec::new();
    for ring in &rings {
        let mut line: Vec<Coord<f64>> = Vec::new();
        for edge in ring.lines() {
            // Taken once: the second country finds its use gone.
            let shared = uses.get_mut(&key(edge.start, edge.end)).filter(|uses| **uses == 2 && !is_detailed(edge.start));
            match shared {
                Some(uses) => {
                    *uses = 0;
                    if line.is_empty() {
                        line.push(edge.start);
                    }
                    line.push(edge.end);
                }
                None => lines.extend((!line.is_empty()).then(|| LineString(std::mem::take(&mut line)))),
            }
        }
        lines.extend((!line.is_empty()).then_some(LineString(line)));
    }
    lines
}

/// An edge whichever way it runs.
fn key(a: Coord<f64>, b: Coord<f64>) -> [u64; 4] {
    let [a, b] = [a, b].map(|at| [at.x.to_bits(), at.y.to_bits()]);
    let (first, last) = if a < b { (a, b) } else { (b, a) };
    [first[0], first[1], last[0], last[1]]
}
