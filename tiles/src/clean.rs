//! Valid polygons after rounding: no crossing edges, no spikes, holes inside, exterior first.
//!
//! Rounding and clipping can make a ring touch or cross itself. The integer overlay of `i_overlay` rebuilds such rings by the
//! even-odd rule; a polygon that is valid already, as most are, is taken as it is.

use crate::simple::{Edges, Sight, View, are_surely_valid};
use crate::spare::Spares;
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay::IntOverlayOptions;
use i_overlay::core::simplify::Simplify;
use i_overlay::i_float::int::point::IntPoint;
use std::mem;

/// Tile coordinates of a ring, closed implicitly.
pub type Ring = Vec<[i32; 2]>;

/// Appends valid polygons made of the clipped rings of one polygon: each is an exterior followed by its holes. Rings that are valid are
/// taken as they are, and others left in their places. The view is from the middle of the exterior before it was clipped.
///
/// Exteriors have positive area by the surveyor's formula in tile coordinates (y down), holes negative.
pub(crate) fn polygons(rings: &mut [Ring], view: &View, edges: &mut Edges, spares: &mut Spares, out: &mut Vec<Vec<Ring>>) {
    if let [ring] = rings {
        match view.of(ring) {
            Sight::Whole { is_clockwise } => {
                let (mut polygon, mut ring) = (spares.group(), mem::replace(ring, spares.path()));
                if !is_clockwise {
                    ring.reverse();
                }
                polygon.push(ring);
                return out.push(polygon);
            }
            Sight::Pieces => {
                return view.pieces(ring, |piece| {
                    let (mut polygon, mut ring) = (spares.group(), spares.path());
                    ring.extend_from_slice(piece);
                    polygon.push(wound(ring, true));
                    out.push(polygon);
                });
            }
            Sight::Unsure => (),
        }
    }
    if rings.iter().all(|ring| ring.len() > 2) && are_surely_valid(rings, edges) {
        let mut polygon = spares.group();
        let taken = rings.iter_mut().map(|ring| mem::replace(ring, spares.path()));
        polygon.extend(taken.enumerate().map(|(role, ring)| wound(ring, role == 0)));
        out.push(polygon);
        return;
    }
    let contours: Vec<Vec<IntPoint>> =
        rings.iter().filter(|ring| ring.len() > 2).map(|ring| ring.iter().map(|&[x, y]| IntPoint::new(x, y)).collect()).collect();
    if contours.is_empty() {
        return;
    }
    let shapes = contours.as_slice().simplify(FillRule::EvenOdd, IntOverlayOptions::ogc());
    out.extend(shapes.into_iter().map(|shape| {
        let rings = shape.into_iter().enumerate().map(|(role, contour)| {
            let ring: Ring = contour.into_iter().map(|point| [point.x, point.y]).collect();
            wound(ring, role == 0)
        });
        rings.collect()
    }));
}

fn wound(mut ring: Ring, exterior: bool) -> Ring {
    if (twice_area(&ring) > 0) != exterior {
        ring.reverse();
    }
    ring
}

/// Twice the signed area by the surveyor's formula; positive is clockwise on screen.
pub(crate) fn twice_area(ring: &[[i32; 2]]) -> i64 {
    let Some(&last) = ring.last() else { return 0 };
    let mut from = last;
    let cross = |&to: &[i32; 2]| {
        let [a, b] = [std::mem::replace(&mut from, to), to].map(|at| at.map(i64::from));
        a[0] * b[1] - b[0] * a[1]
    };
    ring.iter().map(cross).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(rings: &[Ring]) -> Vec<Vec<Ring>> {
        let mut cleaned = Vec::new();
        let view = View::within([1, 1]);
        polygons(&mut rings.to_vec(), &view, &mut Edges::default(), &mut Spares::default(), &mut cleaned);
        cleaned
    }

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let polygons = cleaned(&[vec![[0, 0], [10, 10], [10, 0], [0, 10]]]);
        assert_eq!(polygons.len(), 2);
        assert!(polygons.iter().all(|polygon| polygon.len() == 1 && twice_area(&polygon[0]) > 0));
    }

    #[test]
    fn a_hole_follows_its_exterior_and_runs_the_other_way() {
        let square = |from: i32, to: i32| vec![[from, from], [to, from], [to, to], [from, to]];
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
