//! Valid polygons after rounding: no crossing edges, no spikes, holes inside, exterior first.
//!
//! Rounding and clipping can make a ring touch or cross itself. The integer overlay of `i_overlay` rebuilds such rings by the
//! even-odd rule; a polygon that is valid already, as most are, is taken as it is.

use crate::grid::World;
use crate::simple::{Edges, are_surely_valid};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::IntOverlayOptions;
use i_overlay::core::simplify::Simplify;
use i_overlay::i_float::int::point::IntPoint;

/// Tile coordinates of a ring, closed implicitly.
pub type Ring = Vec<[i32; 2]>;

/// Valid polygons from the clipped rings of one polygon: each is an exterior followed by its holes.
///
/// Exteriors have positive area by the surveyor's formula in tile coordinates (y down), holes negative.
pub(crate) fn polygons(rings: &[Vec<World>], edges: &mut Edges) -> Vec<Vec<Ring>> {
    if rings.iter().all(|ring| ring.len() > 2) && are_surely_valid(rings, edges) {
        let narrow = |[x, y]: &World| [i32::try_from(*x).unwrap_or_default(), i32::try_from(*y).unwrap_or_default()];
        let rings = rings.iter().enumerate().map(|(role, ring)| wound(ring.iter().map(narrow).collect(), role == 0));
        return vec![rings.collect()];
    }
    let contours: Vec<Vec<IntPoint>> = rings
        .iter()
        .filter(|ring| ring.len() > 2)
        .map(|ring| {
            ring.iter().filter_map(|[x, y]| Some(IntPoint::new(i32::try_from(*x).ok()?, i32::try_from(*y).ok()?))).collect()
        })
        .collect();
    if contours.is_empty() {
        return Vec::new();
    }
    let shapes = contours.as_slice().simplify(FillRule::EvenOdd, IntOverlayOptions::ogc());
    shapes
        .into_iter()
        .map(|shape| {
            let rings = shape.into_iter().enumerate().map(|(role, contour)| {
                let ring: Ring = contour.into_iter().map(|point| [point.x, point.y]).collect();
                wound(ring, role == 0)
            });
            rings.collect()
        })
        .collect()
}

fn wound(mut ring: Ring, exterior: bool) -> Ring {
    if (twice_area(&ring) > 0) != exterior {
        ring.reverse();
    }
    ring
}

/// Twice the signed area by the surveyor's formula; positive is clockwise on screen.
pub(crate) fn twice_area(ring: &[[i32; 2]]) -> i64 {
    let cross = |a: [i32; 2], b: [i32; 2]| i64::from(a[0]) * i64::from(b[1]) - i64::from(b[0]) * i64::from(a[1]);
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| cross(*a, *b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(rings: &[Vec<World>]) -> Vec<Vec<Ring>> {
        polygons(rings, &mut Edges::default())
    }

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let polygons = cleaned(&[vec![[0, 0], [10, 10], [10, 0], [0, 10]]]);
        assert_eq!(polygons.len(), 2);
        assert!(polygons.iter().all(|polygon| polygon.len() == 1 && twice_area(&polygon[0]) > 0));
    }

    #[test]
    fn a_hole_follows_its_exterior_and_runs_the_other_way() {
        let square = |from: i64, to: i64| vec![[from, from], [to, from], [to, to], [from, to]];
        let polygons = cleaned(&[square(0, 100), square(20, 40)]);
        assert_eq!(polygons.len(), 1);
        assert_eq!(polygons[0].len(), 2);
        assert!(twice_area(&polygons[0][0]) > 0 && twice_area(&polygons[0][1]) < 0);
    }

    #[test]
    fn a_collapsed_ring_vanishes() {
        assert!(cleaned(&[vec![[0, 0], [10, 10], [5, 5]]]).is_empty());
        assert!(cleaned(&[vec![[0, 0], [10, 10]]]).is_empty());
    }
}
