//! Where an area carries its text: one point for the whole geometry, so that all tiles agree on it.

use crate::grid::{TileCoord, World};
use crate::quantise::Window;
use crate::scene::{Path, Paths, Prepared, Shape};

/// Heights at which an area is measured across, from its middle outwards, in tenths of its box.
const HEIGHTS: [i64; 9] = [5, 4, 6, 3, 7, 2, 8, 1, 9];
/// A height further out must be so much wider: the middle is the better place.
const WIDER: f64 = 1.1;

/// The label point of a geometry's largest area in tile units, once or more if a tile and `buffer` units around it see it.
///
/// Nothing for geometry without areas. Costs a walk over the coarsest level of that area the first time, then nothing.
pub fn points(prepared: Prepared<'_>, coord: TileCoord, buffer: u32) -> Vec<[i32; 2]> {
    let Some(point) = prepared.label(|| place(prepared)) else { return Vec::new() };
    let seen = Window::of(coord, buffer).map(|window| (window.units(point), window));
    let seen = seen.filter(|(units, window)| window.holds_point(*units));
    seen.map(|(units, _)| units.map(|unit| i32::try_from(unit).unwrap_or_default())).collect()
}

/// The label point on the grid.
fn place(prepared: Prepared<'_>) -> Option<World> {
    let areas = prepared.shapes().filter_map(|shape| if let Shape::Polygons(areas) = shape { Some(areas.iter()) } else { None });
    areas.flatten().max_by(|a, b| extent(*a).total_cmp(&extent(*b))).and_then(inside)
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
    use crate::scene::Scene;
    use geo_types::{Geometry, LineString, MultiPolygon, Polygon, polygon};

    fn square(west: f64, south: f64, side: f64) -> Polygon<f64> {
        polygon![(x: west, y: south), (x: west + side, y: south), (x: west + side, y: south + side), (x: west, y: south + side)]
    }

    fn at(geometry: impl Into<Geometry<f64>>, (z, x, y): (u8, u32, u32)) -> Vec<[i32; 2]> {
        let mut scene = Scene::default();
        scene.push(Some(&geometry.into()));
        points(scene.get(0).unwrap(), TileCoord::new(z, x, y).unwrap(), 4096)
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
