//! The edge: what a geometry must be before anything downstream sees it.
//!
//! In: any coordinates. Out: finite WGS 84 degrees within range, lines of two or more vertices, valid polygons wound by the
//! right-hand rule; or a refusal. Every repair and every refusal is a finding that names the place.

use super::crs::Transform;
use crate::antimeridian::{self, AroundPole};
use crate::finding::Finding;
use crate::positions;
use crate::validity;
use geo::orient::{Direction, Orient};
use geo::{Area, BooleanOps, BoundingRect, CoordsIter, MapCoords, MapCoordsInPlace, Winding};
use geo_types::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPolygon, Polygon};

/// Vertices a feature may have.
const MOST_VERTICES: usize = 2_000_000;
/// Collections within collections.
const DEEPEST: usize = 4;
/// Longitudes up to a whole turn are understood: 0 to 360, or on past 180.
const FARTHEST_DEG: f64 = 360.0;
/// Longitudes this far beyond 180 are rounding, not another turn around the world.
const SLACK_DEG: f64 = 1e-6;

/// What becomes of a feature.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// Taken, with or without a place.
    Accepted(Option<Geometry<f64>>),
    /// Left out; a finding says why.
    Refused,
}

/// What a format says of its features.
#[derive(Default)]
pub(super) struct Rules {
    /// The property that holds their ids.
    pub(super) id_property: Option<String>,
    /// Into WGS 84 degrees.
    pub(super) transform: Option<Transform>,
    /// Rings are wound by the right-hand rule (RFC 7946 section 3.1.6); other formats leave it open.
    pub(super) right_hand: bool,
}

/// Judges a geometry; `pointer` is the feature's.
pub(super) fn geometry(geometry: Option<Geometry<f64>>, rules: &Rules, pointer: &str, findings: &mut Vec<Finding>) -> Verdict {
    let Some(mut geometry) = geometry else { return Verdict::Accepted(None) };
    let mut edge = Edge { pointer, right_hand: rules.right_hand, findings };
    if edge.counted(&geometry).is_none() {
        return Verdict::Refused;
    }
    let sound = if rules.transform.is_none() && is_plain(&geometry) {
        edge.sound(geometry, 0)
    } else {
        let whole = edge.placed(&mut geometry, rules.transform.as_ref()).and_then(|()| edge.unrolled(geometry));
        whole.and_then(|whole| edge.sound(whole, 0)).map(|sound| edge.on_one_side(sound))
    };
    match sound {
        Some(geometry) => Verdict::Accepted(Some(geometry)),
        None => Verdict::Refused,
    }
}

/// Whether a geometry lies in WGS 84 as it stands, and surely not across 180 degrees, as nearly all do: there is nothing to place, to round
/// or to cut, and no longitude is a negative zero, which no decimal is packed as.
fn is_plain(geometry: &Geometry<f64>) -> bool {
    let (mut west, mut east) = (f64::INFINITY, f64::NEG_INFINITY);
    let lies_within = positions::all(geometry, &mut |at| {
        (west, east) = (west.min(at.x), east.max(at.x));
        at.x.abs() <= 180.0 && at.y.abs() <= 90.0 && at.x.to_bits() != (-0.0f64).to_bits()
    });
    lies_within && east - west <= antimeridian::LONGEST_EDGE_DEG
}

struct Edge<'a> {
    /// Of the feature.
    pointer: &'a str,
    right_hand: bool,
    findings: &'a mut Vec<Finding>,
}

impl Edge<'_> {
    /// Where what is found stands.
    fn place(&self) -> String {
        format!("{}/geometry", self.pointer)
    }

    fn refuse<T>(&mut self, code: &'static str, message: impl Into<String>) -> Option<T> {
        self.findings.push(Finding::error(code, self.place(), message));
        None
    }

    fn repaired(&mut self, code: &'static str, message: impl Into<String>) {
        self.findings.push(Finding::warning(code, self.place(), message));
    }

    /// Refuses what has too many vertices.
    fn counted(&mut self, geometry: &Geometry<f64>) -> Option<()> {
        let count = geometry.coords_count();
        if count > MOST_VERTICES {
            return self.refuse("too_many_vertices", format!("{count} vertices; at most {MOST_VERTICES}"));
        }
        Some(())
    }

    /// Brings every position into WGS 84 and checks that it is one.
    fn placed(&mut self, geometry: &mut Geometry<f64>, transform: Option<&Transform>) -> Option<()> {
        if let Some(unplaced) = geometry.coords_iter().position(|at| !at.x.is_finite() || !at.y.is_finite()) {
            return self.refuse("not_finite", format!("position {unplaced} has a coordinate that is no number"));
        }
        if let Some(transform) = transform {
            match geometry.try_map_coords(|at| transform.apply(at).ok_or(())) {
                Ok(placed) => *geometry = placed,
                Err(()) => {
                    return self
                        .refuse("not_reprojectable", "a position lies where its coordinate reference system has no inverse");
                }
            }
        }
        let wrong = geometry.coords_iter().enumerate().find(|(_, at)| at.x.abs() > FARTHEST_DEG || at.y.abs() > 90.0 + SLACK_DEG);
        if let Some((number, at)) = wrong {
            return self.out_of_range(number, at);
        }
        let rounded = |lon: f64| if lon.abs() <= 180.0 + SLACK_DEG { lon.clamp(-180.0, 180.0) } else { lon };
        geometry.map_coords_in_place(|at| Coord { x: rounded(at.x), y: at.y.clamp(-90.0, 90.0) });
        Some(())
    }

    fn unrolled(&mut self, geometry: Geometry<f64>) -> Option<Geometry<f64>> {
        let advice = "a ring goes around a pole; close it along the rim of the map, by way of [180, 90] and [-180, 90] (or -90)";
        antimeridian::unrolled(geometry).or_else(|AroundPole| self.refuse("encloses_pole", advice).ok_or(())).ok()
    }

    fn on_one_side(&mut self, geometry: Geometry<f64>) -> Geometry<f64> {
        if !antimeridian::is_crossed(&geometry) {
            return geometry;
        }
        self.repaired("cut_at_antimeridian", "it crosses 180 degrees and is cut there (RFC 7946 section 3.1.9)");
        antimeridian::cut(&geometry)
    }

    fn out_of_range(&mut self, number: usize, at: Coord<f64>) -> Option<()> {
        let beyond = if at.y.abs() > 90.0 {
            format!("latitude {} is beyond 90", at.y)
        } else {
            format!("longitude {} is beyond 180", at.x)
        };
        let advice = match () {
            () if at.x.abs() > 1000.0 || at.y.abs() > 1000.0 => {
                "; these look like metres: say which coordinate reference system it is with crs"
            }
            () if at.y.abs() > 90.0 && at.y.abs() <= 180.0 && at.x.abs() <= 90.0 => {
                "; a position is longitude, latitude: these may be swapped"
            }
            () => "",
        };
        self.refuse("out_of_range", format!("position {number} is [{}, {}]: {beyond}{advice}", at.x, at.y))
    }

    /// Makes it a valid geometry, or refuses it.
    fn sound(&mut self, geometry: Geometry<f64>, depth: usize) -> Option<Geometry<f64>> {
        match geometry {
            Geometry::Point(_) | Geometry::Rect(_) | Geometry::Triangle(_) => Some(geometry),
            Geometry::MultiPoint(points) if points.0.is_empty() => self.refuse("empty", "it has no position"),
            Geometry::MultiPoint(_) => Some(geometry),
            Geometry::Line(line) => self.sound(LineString::from(line).into(), depth),
            Geometry::LineString(line) => match is_line(&line) {
                true => Some(line.into()),
                false => self.refuse("too_short", "a line needs two different positions"),
            },
            Geometry::MultiLineString(lines) => self.lines(lines),
            Geometry::Polygon(polygon) => self.area(MultiPolygon(vec![polygon])),
            Geometry::MultiPolygon(polygons) => self.area(polygons),
            Geometry::GeometryCollection(_) if depth >= DEEPEST => {
                self.refuse("too_deep", format!("collections within collections, more than {DEEPEST} deep"))
            }
            Geometry::GeometryCollection(parts) => {
                let sound: Option<Vec<_>> = parts.0.into_iter().map(|part| self.sound(part, depth + 1)).collect();
                let sound = sound?;
                if sound.is_empty() {
                    return self.refuse("empty", "the collection is empty");
                }
                Some(Geometry::GeometryCollection(GeometryCollection(sound)))
            }
        }
    }

    fn lines(&mut self, lines: MultiLineString<f64>) -> Option<Geometry<f64>> {
        let all = lines.0.len();
        let mut kept: Vec<LineString<f64>> = lines.0.into_iter().filter(is_line).collect();
        if kept.is_empty() {
            return self.refuse("too_short", "a line needs two different positions");
        }
        if kept.len() < all {
            self.repaired("part_left_out", format!("{} of {all} parts have no length and are left out", all - kept.len()));
        }
        Some(if all == 1 { kept.swap_remove(0).into() } else { MultiLineString(kept).into() })
    }

    fn area(&mut self, polygons: MultiPolygon<f64>) -> Option<Geometry<f64>> {
        let (all, mut flat) = (polygons.0.len(), 0);
        let mut polygons = polygons;
        polygons.0.retain(|part| {
            let empty = part.exterior().0.is_empty();
            flat += usize::from(empty);
            !empty
        });
        if polygons.0.is_empty() {
            return self.refuse("empty", "it has no ring");
        }
        if flat > 0 {
            self.repaired("part_left_out", format!("{flat} of {all} parts have no ring and are left out"));
        }
        let mut wound = match unsound(&polygons) {
            None => self.wound(polygons),
            Some(reason) => self.repair(polygons, reason)?.orient(Direction::Default),
        };
        Some(if wound.0.len() == 1 { wound.0.swap_remove(0).into() } else { wound.into() })
    }

    /// Turns rings that run the wrong way round; notes them where the format has a right one.
    fn wound(&mut self, polygons: MultiPolygon<f64>) -> MultiPolygon<f64> {
        let wrong = |part: &Polygon<f64>| !part.exterior().is_ccw() || !part.interiors().iter().all(Winding::is_cw);
        if !polygons.iter().any(wrong) {
            return polygons;
        }
        if self.right_hand {
            let message = "rings run the wrong way round and were turned; exteriors are counterclockwise, holes clockwise";
            self.repaired("wrong_winding", format!("{message} (RFC 7946 section 3.1.6)"));
        }
        polygons.orient(Direction::Default)
    }

    /// Rebuilds an area by the even-odd rule, as `MVT` cleaning does: crossings become corners.
    fn repair(&mut self, polygons: MultiPolygon<f64>, reason: String) -> Option<MultiPolygon<f64>> {
        let within = polygons.bounding_rect();
        let drawable = polygons.0.into_iter().filter(|part| part.exterior().0.len() > 3).map(|part| {
            let (exterior, holes) = part.into_inner();
            Polygon::new(exterior, holes.into_iter().filter(|hole| hole.0.len() > 3).collect())
        });
        let mut rebuilt = MultiPolygon(drawable.collect()).union(&MultiPolygon(Vec::new()));
        if let Some(within) = within {
            // Rebuilding goes by way of a grid, which may lie a hair farther out, even beyond the rim of the map.
            rebuilt.map_coords_in_place(|at| Coord {
                x: at.x.clamp(within.min().x, within.max().x),
                y: at.y.clamp(within.min().y, within.max().y),
            });
        }
        if rebuilt.unsigned_area() > 0.0 && validity::fault(&rebuilt).is_none() {
            self.repaired("repaired_polygon", format!("{reason}; rebuilt by the even-odd rule"));
            return Some(rebuilt);
        }
        self.refuse("invalid_polygon", reason)
    }
}

/// What keeps it from being valid, with an area in every part: a needle's may round to nothing.
fn unsound(polygons: &MultiPolygon<f64>) -> Option<String> {
    let is_flat = || !polygons.iter().all(|part| part.unsigned_area() > 0.0);
    validity::fault(polygons).or_else(|| is_flat().then(|| "a part has no area".to_owned()))
}

fn is_line(line: &LineString<f64>) -> bool {
    line.0.first().is_some_and(|first| line.0.iter().any(|at| at != first))
}
