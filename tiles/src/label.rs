//! Where an area carries its text and a line its mark: one point for the whole geometry, so that all tiles agree on it.

use crate::boxes::Position;
use crate::frame::Frame;
use crate::grid::World;
use crate::scene::{Path, Paths, Prepared, Shape};

/// Heights at which an area is measured across, from its middle outwards, in tenths of its box.
const HEIGHTS: [i64; 9] = [5, 4, 6, 3, 7, 2, 8, 1, 9];
/// A height further out must be so much wider: the middle is the better place.
const WIDER: f64 = 1.1;

/// The label point of a geometry's largest area in tile units, once or more if a frame shows it.
///
/// Nothing for geometry without areas. Costs a walk over the coarsest level of that area the first time, then nothing.
pub fn points(prepared: Prepared<'_>, frame: &Frame) -> Vec<[i32; 2]> {
    let has_areas = prepared.shapes().any(|shape| matches!(shape, Shape::Polygons(_)));
    if has_areas { of_whole(prepared, frame) } else { Vec::new() }
}

/// The one point that stands for a geometry without points: the label point of its largest area, else the point halfway along its longest
/// line, in tile units, once or more if a frame shows it.
///
/// Costs a walk over that area or line the first time, then nothing.
pub fn mark(prepared: Prepared<'_>, frame: &Frame) -> Vec<[i32; 2]> {
    let has_points = prepared.shapes().any(|shape| matches!(shape, Shape::Points(_)));
    if has_points { Vec::new() } else { of_whole(prepared, frame) }
}

fn of_whole(prepared: Prepared<'_>, frame: &Frame) -> Vec<[i32; 2]> {
    let point = prepared.label(|| place(prepared).or_else(|| middle(prepared)));
    point.into_iter().flat_map(|point| frame.units(point)).collect()
}

/// The label point on the grid.
fn place(prepared: Prepared<'_>) -> Option<World> {
    let areas = prepared.shapes().filter_map(|shape| if let Shape::Polygons(areas) = shape { Some(areas.iter()) } else { None });
    areas.flatten().max_by(|a, b| extent(*a).total_cmp(&extent(*b))).and_then(inside)
}

/// Halfway along the longest line, on the grid.
fn middle(prepared: Prepared<'_>) -> Option<World> {
    let lines = prepared.shapes().filter_map(|shape| if let Shape::Lines(lines) = shape { Some(lines.iter()) } else { None });
    let finest = lines.flatten().filter_map(|line| line.levels().next_back());
    let measured = finest.map(|level| (level.points, level.points.windows(2).map(|pair| length(pair[0], pair[1])).sum::<f64>()));
    let (points, long) = measured.max_by(|a, b| a.1.total_cmp(&b.1))?;
    let mut left = long / 2.0;
    for pair in points.windows(2) {
        let step = length(pair[0], pair[1]);
        if left <= step && step > 0.0 {
            let [from, to] = [pair[0], pair[1]].map(|point| point.map(f64::from));
            return Some([0, 1].map(|axis| (from[axis] + (to[axis] - from[axis]) * left / step).round() as i64));
        }
        left -= step;
    }
    points.first().map(|point| point.map(i64::from))
}

fn length(from: Position, to: Position) -> f64 {
    let [across, down] = [0, 1].map(|axis| f64::from(to[axis]) - f64::from(from[axis]));
    across.hypot(down)
}

/// Size of an area's box.
fn extent(rings: Paths<'_>) -> f64 {
    rings.first().map_or(0.0, |path| [0, 1].map(|axis| (path.bounds.max[axis] - path.bounds.min[axis]) as f64).iter().product())
}

/// The middle of the widest way across an area: a text is wide.
fn inside(rings: Paths<'_>) -> Option<World> {
    let bounds = rings.first()?.bounds;
    let mut best: Option<(f64, World)> = None;
    for tenth in HEIGHTS {
        let y = bounds.min[1] + (bounds.max[1] - bounds.min[1]) * tenth / 10;
        let mut crossings: Vec<f64> = rings.iter().flat_map(|ring| crossings(ring, y)).collect();
        crossings.sort_by(f64::total_cmp);
        for across in crossings.chunks_exact(2) {
            let width = across[1] - across[0];
            if best.is_none_or(|(widest, _)| width > widest * WIDER) {
                best = Some((width, [((across[0] + across[1]) / 2.0).round() as i64, y]));
            }
        }
    }
    best.map(|(_, point)| point)
}

/// Where a ring crosses a height.
fn crossings(ring: Path<'_>, y: i64) -> impl Iterator<Item = f64> {
    let points = ring.levels().next().map_or(&[][..], |level| level.points);
    let y = y as f64;
    points.iter().zip(points.iter().cycle().skip(1)).filter_map(move |(a, b)| {
        let [[from_x, from_y], [to_x, to_y]] = [a, b].map(|point| point.map(f64::from));
        ((from_y <= y) != (to_y <= y)).then(|| from_x + (to_x - from_x) * (y - from_y) / (to_y - from_y))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::TileCoord;
    use crate::scene::Scene;
    use geo_types::{Geometry, LineString, MultiLineString, MultiPolygon, Polygon, line_string, polygon};

    fn square(west: f64, south: f64, side: f64) -> Polygon<f64> {
        polygon![(x: west, y: south), (x: west + side, y: south), (x: west + side, y: south + side), (x: west, y: south + side)]
    }

    fn at(geometry: impl Into<Geometry<f64>>, (z, x, y): (u8, u32, u32)) -> Vec<[i32; 2]> {
        let mut scene = Scene::default();
        scene.push(Some(&geometry.into()));
        points(scene.get(0).unwrap(), &Frame::new(TileCoord::new(z, x, y).unwrap(), 4096))
    }

    #[test]
    fn a_line_has_its_mark_halfway_along_the_longest_of_its_lines_whatever_a_tile_sees_of_it() {
        let marks = |geometry: Geometry<f64>, coord: (u8, u32, u32)| {
            let mut scene = Scene::default();
            scene.push(Some(&geometry));
            mark(scene.get(0).unwrap(), &Frame::new(TileCoord::new(coord.0, coord.1, coord.2).unwrap(), 64))
        };
        let long = line_string![(x: -40.0, y: 0.0), (x: -10.0, y: 0.0), (x: 40.0, y: 0.0)];
        let both = MultiLineString::new(vec![line_string![(x: 100.0, y: 0.0), (x: 101.0, y: 0.0)], long.clone()]);
        for geometry in [Geometry::from(long), both.into()] {
            // The middle of the world lies in a corner of four tiles, and each tile says where.
            let seen: Vec<_> = [(3, 3), (4, 3), (3, 4), (4, 4)].map(|(x, y)| marks(geometry.clone(), (3, x, y))).into();
            assert_eq!(seen, [vec![[4096, 4096]], vec![[0, 4096]], vec![[4096, 0]], vec![[0, 0]]]);
            assert_eq!(marks(geometry, (3, 5, 4)), [[0i32; 2]; 0], "the line goes on there, its middle does not lie there");
        }
        assert_eq!(marks(square(-1.0, -1.0, 2.0).into(), (3, 4, 4)), [[0, 0]], "an area has it where it has its text");
        assert!(marks(geo_types::Point::new(0.0, 0.0).into(), (3, 4, 4)).is_empty(), "a point is its own");
    }

    #[test]
    fn tiles_agree_on_the_point_of_an_area_between_them() {
        let area = square(-1.0, 10.0, 2.0);
        let (west, east) = (at(area.clone(), (6, 31, 30)), at(area, (6, 32, 30)));
        assert_eq!(west, [[4096, east[0][1]]]);
        assert_eq!(east[0][0], 0);
    }

    #[test]
    fn the_largest_area_counts_and_holes_are_kept_off() {
        let small_and_large = MultiPolygon(vec![square(3.0, 10.0, 0.5), square(-1.0, 10.0, 2.0)]);
        assert_eq!(at(small_and_large, (6, 32, 30))[0][0], 0);
        let hole: LineString<f64> = square(-0.5, 10.2, 1.6).exterior().clone();
        let holed = Polygon::new(square(-1.0, 10.0, 2.0).exterior().clone(), vec![hole]);
        let [x, y] = at(holed, (6, 32, 30))[0];
        let clear = [x.abs(), (y - at(square(-1.0, 10.0, 2.0), (6, 32, 30))[0][1]).abs()];
        assert!(clear[0] > 364 || clear[1] > 300, "half the hole is 364 units: {clear:?}");
    }

    #[test]
    fn what_is_far_away_or_no_area_has_none() {
        assert!(at(square(-1.0, 10.0, 2.0), (6, 10, 30)).is_empty());
        assert!(at(geo_types::Point::new(0.0, 11.0), (6, 32, 30)).is_empty());
    }
}
