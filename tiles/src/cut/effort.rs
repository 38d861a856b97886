//! What a tile's part of a geometry costs, before it is cut.

use crate::grid::TileCoord;
use crate::quantise::Window;
use crate::scene::{GridBox, Path, Paths, Prepared, Shape};

/// How many vertices, chunks and paths `cut` goes through for a vector tile. Counts little further than `most`.
pub fn effort(prepared: Prepared<'_>, coord: TileCoord, buffer: u32, most: usize) -> usize {
    let windows: Vec<Window> = Window::of(coord, buffer).collect();
    let add = |sum: usize, more: usize| if sum > most { Err(sum) } else { Ok(sum + more) };
    let of_path = |path: Path<'_>| {
        let Some(level) = path.level(coord.z()).filter(|_| is_seen(&windows, &path.bounds)) else { return 1 };
        if level.chunk_count() > most {
            return level.chunk_count();
        }
        let seen = |number: usize| level.chunk_bounds(number).is_none_or(|around| is_seen(&windows, &around));
        (0..level.chunk_count()).map(|number| if seen(number) { level.chunk(number).0.len() } else { 1 }).sum::<usize>() + 1
    };
    let sum = prepared.shapes().try_fold(0, |sum, shape| match shape {
        Shape::Points(points) => add(sum, points.len()),
        Shape::Lines(paths) => paths.iter().map(of_path).try_fold(sum, add),
        Shape::Polygons(polygons) => polygons.iter().flat_map(Paths::iter).map(of_path).try_fold(sum, add),
    });
    sum.unwrap_or_else(|sum| sum)
}

fn is_seen(windows: &[Window], bounds: &GridBox) -> bool {
    windows.iter().any(|window| window.sees(bounds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::Scene;
    use geo_types::{LineString, Point, Polygon};

    #[test]
    fn a_ring_of_many_vertices_costs_what_the_tile_sees_of_it() {
        let mut scene = Scene::default();
        let corner = |step: u32| {
            let angle = f64::from(step) / 20_000.0 * std::f64::consts::TAU;
            let radius = 3.0 + 0.002 * f64::from(step % 7);
            (radius * angle.cos(), radius * angle.sin())
        };
        scene.push(Some(&Polygon::new((0..20_000).map(corner).collect(), vec![]).into()));
        scene.push(Some(&Point::new(0.1, 0.1).into()));
        scene.push(Some(&LineString::from(vec![(0.0, 0.0), (0.1, 0.1), (0.2, 0.0)]).into()));
        let of =
            |number: u32, (z, x, y), most: usize| effort(scene.get(number).unwrap(), TileCoord::new(z, x, y).unwrap(), 64, most);
        assert_eq!(of(0, (14, 0, 0), usize::MAX), 1, "far away");
        let (middle, rim) = (of(0, (14, 8192, 8191), usize::MAX), of(0, (10, 520, 511), usize::MAX));
        assert!((400..1_600).contains(&middle), "{middle}: its chunks");
        assert!((middle..3_000).contains(&rim), "{rim}: the chunks it sees");
        assert!((400..1_600).contains(&of(0, (10, 520, 511), 50)), "its chunks are too many to be looked at");
        assert_eq!((of(1, (0, 0, 0), 9), of(2, (14, 8192, 8191), 9)), (1, 4));
    }
}
