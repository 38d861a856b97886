//! Approximate shapes for administrative areas whose true outlines cannot be shipped: the Voronoi cell of each capital among
//! the capitals, at most so far from it, cut to the country.
//!
//! Approximate by construction and labelled so. Worked out in a plane where both axes are kilometres at one middle latitude;
//! there a cell is a convex polygon: a circle cut by the perpendicular bisectors to all other capitals.

use geo::{Area, BooleanOps, MapCoords, Simplify};
use geo_types::{Coord, LineString, MultiPolygon, Polygon};
use std::f64::consts::TAU;

/// Kilometres of one degree, rounded up: of longitude at the equator, and, at most 0.8 % too many, of latitude.
const KM_PER_DEGREE: f64 = 111.4;
/// Corners of the circle.
const CORNERS: u32 = 72;
/// Decimals of a degree that are written: about a metre, far finer than the shapes are true.
const DECIMALS: f64 = 1e5;
/// Bends smaller than this are left out: about 100 m.
const TOLERANCE_DEG: f64 = 1e-3;
/// Parts and holes smaller than this are leftovers: about 1 square kilometre.
const SLIVER_DEG2: f64 = 1e-4;

/// The shape of some of the capitals' cells together. `sites` are all capitals, `chosen` numbers among them.
pub(super) fn union(sites: &[Coord<f64>], chosen: &[usize], radius_km: f64, country: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let middle = sites.iter().map(|site| site.y).sum::<f64>() / sites.len().max(1) as f64;
    let plane = Plane { km_per_lon: KM_PER_DEGREE * middle.to_radians().cos() };
    let sites: Vec<Coord<f64>> = sites.iter().map(|site| plane.to_km(*site)).collect();
    // What is nearest to a site and near enough to it is near enough to one of them: circles can be cut off at the end, and
    // cells then share whole edges instead of edges that end at two slightly different circles.
    let near = joined(chosen.iter().filter_map(|&number| Some(plane.circle(*sites.get(number)?, radius_km))));
    let whole = joined(chosen.iter().filter_map(|&number| cell(&sites, number, 4.0 * radius_km))).intersection(&near);
    let degrees = MultiPolygon(whole.0.iter().map(|polygon| plane.to_degrees(polygon)).collect());
    tidied(&degrees.intersection(country))
}

struct Plane {
    km_per_lon: f64,
}

impl Plane {
    fn to_km(&self, at: Coord<f64>) -> Coord<f64> {
        Coord { x: at.x * self.km_per_lon, y: at.y * KM_PER_DEGREE }
    }

    /// What lies within a radius of a place, by the length that a degree of longitude has there and not in the plane.
    fn circle(&self, middle: Coord<f64>, radius_km: f64) -> Polygon<f64> {
        let stretch = self.km_per_lon / (KM_PER_DEGREE * (middle.y / KM_PER_DEGREE).to_radians().cos());
        let corner = |step: u32| {
            let angle = f64::from(step) / f64::from(CORNERS) * TAU;
            middle + Coord { x: stretch * radius_km * angle.cos(), y: radius_km * angle.sin() }
        };
        Polygon::new((0..CORNERS).map(corner).collect(), Vec::new())
    }

    fn to_degrees(&self, polygon: &Polygon<f64>) -> Polygon<f64> {
        let ring = |ring: &LineString<f64>| {
            ring.0.iter().map(|at| Coord { x: at.x / self.km_per_lon, y: at.y / KM_PER_DEGREE }).collect()
        };
        Polygon::new(ring(polygon.exterior()), polygon.interiors().iter().map(ring).collect())
    }
}

fn joined(polygons: impl Iterator<Item = Polygon<f64>>) -> MultiPolygon<f64> {
    polygons.fold(MultiPolygon(Vec::new()), |whole, polygon| whole.union(&MultiPolygon(vec![polygon])))
}

/// What is nearest to a site, within a square of so many kilometres to each side.
fn cell(sites: &[Coord<f64>], number: usize, reach_km: f64) -> Option<Polygon<f64>> {
    let site = *sites.get(number)?;
    let corner = |x: f64, y: f64| site + Coord { x: x * reach_km, y: y * reach_km };
    let mut corners = vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)];
    for other in sites.iter().filter(|other| **other != site) {
        corners = nearer(&corners, site, *other);
    }
    // Neighbours work out the corners they share in different order; on a grid of a metre they agree.
    let snapped = |km: f64| (km * 1e3).round() / 1e3;
    corners.iter_mut().for_each(|at| *at = Coord { x: snapped(at.x), y: snapped(at.y) });
    (corners.len() > 2).then(|| Polygon::new(LineString(corners), Vec::new()))
}

/// The part of a convex polygon that lies nearer to `site` than to `other`.
fn nearer(corners: &[Coord<f64>], site: Coord<f64>, other: Coord<f64>) -> Vec<Coord<f64>> {
    let (middle, away) = ((site + other) / 2.0, other - site);
    let beyond = |at: Coord<f64>| (at - middle).x * away.x + (at - middle).y * away.y;
    let next = corners.iter().cycle().skip(1);
    let mut kept = Vec::with_capacity(corners.len() + 1);
    for (&from, &to) in corners.iter().zip(next) {
        let (start, end) = (beyond(from), beyond(to));
        if start <= 0.0 {
            kept.push(from);
        }
        if (start < 0.0 && end > 0.0) || (start > 0.0 && end < 0.0) {
            kept.push(from + (to - from) * (start / (start - end)));
        }
    }
    kept
}

/// Without the slivers that shared edges leave where they differ in their last digits, and rounded.
fn tidied(shape: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let parts = shape.iter().filter(|part| part.unsigned_area() > SLIVER_DEG2);
    let whole = parts.map(|part| {
        let holes =
            part.interiors().iter().filter(|hole| Polygon::new((*hole).clone(), Vec::new()).unsigned_area() > SLIVER_DEG2);
        let part = Polygon::new(part.exterior().clone(), holes.cloned().collect());
        part.simplify(TOLERANCE_DEG).map_coords(|at| Coord { x: rounded(at.x), y: rounded(at.y) })
    });
    MultiPolygon(whole.collect())
}

fn rounded(degrees: f64) -> f64 {
    (degrees * DECIMALS).round() / DECIMALS
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo::{Contains, CoordsIter, Distance, Geodesic};
    use geo_types::{Point, polygon};

    fn country() -> MultiPolygon<f64> {
        polygon![(x: -12.0, y: 10.0), (x: 4.0, y: 10.0), (x: 4.0, y: 25.0), (x: -12.0, y: 25.0)].into()
    }

    const SITES: [Coord<f64>; 3] = [Coord { x: -8.0, y: 13.0 }, Coord { x: -7.6, y: 13.0 }, Coord { x: -5.0, y: 15.0 }];

    #[test]
    fn a_cell_holds_what_is_nearest_to_its_capital() {
        let cell = union(&SITES, &[0], 60.0, &country());
        assert!(cell.contains(&Point::new(-7.81, 13.0)));
        assert!(!cell.contains(&Point::new(-7.79, 13.0)));
    }

    #[test]
    fn a_lonely_cell_is_a_circle_of_the_radius() {
        let cell = union(&SITES, &[2], 60.0, &country());
        let area_km2 = cell.unsigned_area() * KM_PER_DEGREE * KM_PER_DEGREE * SITES[2].y.to_radians().cos();
        assert!((area_km2 / (60.0 * 60.0 * std::f64::consts::PI) - 1.0).abs() < 0.01, "{area_km2}");
    }

    #[test]
    fn no_corner_is_farther_from_its_capital_than_the_radius() {
        for (number, site) in SITES.iter().enumerate() {
            let cell = union(&SITES, &[number], 60.0, &country());
            let far = cell.coords_iter().map(|at| Geodesic.distance(Point(*site), Point(at))).fold(0.0, f64::max);
            assert!(far <= 60_000.0, "{far} m");
        }
    }

    #[test]
    fn neighbours_join_without_a_gap_or_an_overlap() {
        let (one, two) = (union(&SITES, &[0], 60.0, &country()), union(&SITES, &[1], 60.0, &country()));
        let both = union(&SITES, &[0, 1], 60.0, &country());
        assert_eq!(both.0.len(), 1);
        assert!((one.unsigned_area() + two.unsigned_area() - both.unsigned_area()).abs() < 1e-3);
    }

    #[test]
    fn a_cell_ends_at_the_border() {
        let narrow: MultiPolygon<f64> =
            polygon![(x: -8.1, y: 10.0), (x: -7.0, y: 10.0), (x: -7.0, y: 25.0), (x: -8.1, y: 25.0)].into();
        assert!(!union(&SITES, &[0], 60.0, &narrow).contains(&Point::new(-8.2, 13.0)));
    }
}
