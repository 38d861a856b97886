//! The positions of a geometry, list by list: a loop over a slice for each, where one iterator for all kinds asks at every position which it is.

use geo::CoordsIter;
use geo_types::{Coord, Geometry, Polygon};

/// Whether all positions pass; the first that does not is the last that is looked at. In their order.
pub(crate) fn all(geometry: &Geometry<f64>, passes: &mut impl FnMut(Coord<f64>) -> bool) -> bool {
    match geometry {
        Geometry::Point(point) => passes(point.0),
        Geometry::MultiPoint(points) => points.iter().all(|point| passes(point.0)),
        Geometry::LineString(line) => line.0.iter().copied().all(passes),
        Geometry::MultiLineString(lines) => lines.iter().all(|line| line.0.iter().copied().all(&mut *passes)),
        Geometry::Polygon(area) => of_area(area, passes),
        Geometry::MultiPolygon(areas) => areas.iter().all(|area| of_area(area, passes)),
        Geometry::GeometryCollection(members) => members.iter().all(|member| all(member, passes)),
        Geometry::Line(_) | Geometry::Rect(_) | Geometry::Triangle(_) => geometry.coords_iter().all(passes),
    }
}

fn of_area(area: &Polygon<f64>, passes: &mut impl FnMut(Coord<f64>) -> bool) -> bool {
    let mut rings = std::iter::once(area.exterior()).chain(area.interiors());
    rings.all(|ring| ring.0.iter().copied().all(&mut *passes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Rect, polygon};

    #[test]
    fn the_positions_of_every_kind_come_in_their_order() {
        let line = LineString::from(vec![(0.0, 1.0), (2.0, 3.0)]);
        let area = polygon!(
            exterior: [(x: 0., y: 0.), (x: 4., y: 0.), (x: 4., y: 4.)],
            interiors: [[(x: 3., y: 1.), (x: 3., y: 2.), (x: 2.5, y: 1.)]],
        );
        let kinds: Vec<Geometry<f64>> = vec![
            Point::new(7.0, 8.0).into(),
            MultiPoint::from(vec![(1.0, 2.0), (3.0, 4.0)]).into(),
            line.clone().into(),
            MultiLineString(vec![line.clone(), line]).into(),
            area.clone().into(),
            MultiPolygon(vec![area.clone(), area]).into(),
            Rect::new((0.0, 0.0), (1.0, 2.0)).into(),
        ];
        for kind in kinds.iter().cloned().chain([Geometry::GeometryCollection(GeometryCollection(kinds.clone()))]) {
            let mut met = Vec::new();
            assert!(all(&kind, &mut |at| {
                met.push(at);
                true
            }));
            assert_eq!(met, kind.coords_iter().collect::<Vec<_>>());
            let mut left = met.len();
            assert!(!all(&kind, &mut |_| {
                left -= 1;
                left > 0
            }));
            assert_eq!(left, 0, "{kind:?}");
        }
    }
}
