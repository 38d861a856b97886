//! One geometry as GeoJSON text: right-hand rule, shortest decimals that read back as the same number, no `crs`.

use geo_types::{Coord, Geometry, LineString, Polygon};
use std::io::Write;

/// Appends a geometry.
pub fn write(geometry: &Geometry<f64>, out: &mut Vec<u8>) {
    match geometry {
        Geometry::Point(point) => wrap("Point", out, |out| position(&point.0, out)),
        Geometry::MultiPoint(points) => {
            wrap("MultiPoint", out, |out| list(points.iter(), out, |point, out| position(&point.0, out)));
        }
        Geometry::Line(line) => wrap("LineString", out, |out| positions([&line.start, &line.end].into_iter(), out)),
        Geometry::LineString(line) => wrap("LineString", out, |out| positions(line.0.iter(), out)),
        Geometry::MultiLineString(lines) => {
            wrap("MultiLineString", out, |out| list(lines.iter(), out, |line, out| positions(line.0.iter(), out)));
        }
        Geometry::Polygon(area) => wrap("Polygon", out, |out| polygon(area, out)),
        Geometry::MultiPolygon(areas) => wrap("MultiPolygon", out, |out| list(areas.iter(), out, polygon)),
        Geometry::Rect(rect) => wrap("Polygon", out, |out| polygon(&rect.to_polygon(), out)),
        Geometry::Triangle(triangle) => wrap("Polygon", out, |out| polygon(&triangle.to_polygon(), out)),
        Geometry::GeometryCollection(members) => {
            out.extend_from_slice(br#"{"type":"GeometryCollection","geometries":"#);
            list(members.iter(), out, write);
            out.push(b'}');
        }
    }
}

fn wrap(kind: &str, out: &mut Vec<u8>, coordinates: impl FnOnce(&mut Vec<u8>)) {
    out.extend_from_slice(br#"{"type":""#);
    out.extend_from_slice(kind.as_bytes());
    out.extend_from_slice(br#"","coordinates":"#);
    coordinates(out);
    out.push(b'}');
}

fn list<T>(items: impl Iterator<Item = T>, out: &mut Vec<u8>, write: impl Fn(T, &mut Vec<u8>)) {
    out.push(b'[');
    for (number, item) in items.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

fn polygon(area: &Polygon<f64>, out: &mut Vec<u8>) {
    let rings = std::iter::once((area.exterior(), true)).chain(area.interiors().iter().map(|ring| (ring, false)));
    let rings = rings.filter(|(ring, _)| !ring.0.is_empty());
    list(rings, out, |(ring, counterclockwise), out| match is_counterclockwise(ring) == counterclockwise {
        true => positions(ring.0.iter(), out),
        false => positions(ring.0.iter().rev(), out),
    });
}

/// By the surveyor's formula, measured from the first vertex so that small rings far from the origin keep their sign.
fn is_counterclockwise(ring: &LineString<f64>) -> bool {
    let Some(&origin) = ring.0.first() else { return true };
    let twice_area: f64 = ring.lines().map(|line| cross(line.start - origin, line.end - origin)).sum();
    twice_area > 0.0
}

fn cross(a: Coord<f64>, b: Coord<f64>) -> f64 {
    a.x * b.y - b.x * a.y
}

fn positions<'a>(coords: impl Iterator<Item = &'a Coord<f64>>, out: &mut Vec<u8>) {
    list(coords, out, position);
}

fn position(coord: &Coord<f64>, out: &mut Vec<u8>) {
    // Rust prints the shortest decimals that read back as the same number. Writing to memory cannot fail.
    let _ = write!(out, "[{},{}]", coord.x, coord.y);
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::{Point, polygon};

    fn text(geometry: impl Into<Geometry<f64>>) -> String {
        let mut out = Vec::new();
        write(&geometry.into(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_are_short_and_read_back_as_they_were() {
        assert_eq!(text(Point::new(-8.0, 12.65)), r#"{"type":"Point","coordinates":[-8,12.65]}"#);
        let (lon, lat) = (0.1 + 0.2, 1.0 / 3.0);
        let json: serde_json::Value = serde_json::from_str(&text(Point::new(lon, lat))).unwrap();
        assert_eq!(json["coordinates"][0].as_f64(), Some(lon));
        assert_eq!(json["coordinates"][1].as_f64(), Some(lat));
    }

    #[test]
    fn rings_follow_the_right_hand_rule_however_they_came() {
        let clockwise = polygon!(
            exterior: [(x: 0., y: 0.), (x: 0., y: 4.), (x: 4., y: 4.), (x: 4., y: 0.)],
            interiors: [[(x: 1., y: 1.), (x: 2., y: 1.), (x: 2., y: 2.), (x: 1., y: 2.)]],
        );
        let expected = r#"{"type":"Polygon","coordinates":[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[1,2],[2,2],[2,1],[1,1]]]}"#;
        assert_eq!(text(clockwise), expected);
        let already: geojson::Geometry = expected.parse().unwrap();
        let already: Geometry<f64> = already.try_into().unwrap();
        assert_eq!(text(already), expected);
    }

    #[test]
    fn every_kind_is_read_back_by_another_library() {
        let square = polygon![(x: 0., y: 0.), (x: 1., y: 0.), (x: 1., y: 1.)];
        let line = LineString::from(vec![(0.0, 0.0), (1.0, 2.5)]);
        let geometries: Vec<Geometry<f64>> = vec![
            Point::new(1.5, 2.0).into(),
            geo_types::MultiPoint::from(vec![(1.0, 2.0), (3.0, 4.0)]).into(),
            line.clone().into(),
            geo_types::MultiLineString(vec![line.clone(), line]).into(),
            square.clone().into(),
            geo_types::MultiPolygon(vec![square.clone(), square]).into(),
        ];
        let all = Geometry::GeometryCollection(geo_types::GeometryCollection(geometries.clone()));
        for geometry in geometries.into_iter().chain([all]) {
            let read: geojson::Geometry = text(geometry.clone()).parse().unwrap();
            assert_eq!(Geometry::<f64>::try_from(read).unwrap(), geometry);
        }
    }
}
