//! The outline of a stroke with flat ends and straight corners, of as few vertices as will do: the painter's cost goes by them.
//!
//! ```text
//!   --------------+      one vertex to each side of a corner, where the edges of both stretches meet
//!   - - - - - -   |
//!   ---------+  ' |
//!            |  ' |
//! ```

use super::pen::Pen;
use vello_cpu::kurbo::{BezPath, Cap, Join, PathEl, Point, Vec2};

/// A straight stretch of a path: half the pen's width to the right of the way, and how long it is.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    side: Vec2,
    long: f64,
}

/// Makes outlines; keeps its buffers.
#[derive(Debug, Default)]
pub(super) struct Ribbon {
    outline: BezPath,
    points: Vec<Point>,
    stretches: Vec<Stretch>,
    left: Vec<Point>,
    right: Vec<Point>,
}

impl Ribbon {
    /// The outline of a path, to be filled wherever it winds around; `None` of curves, and for pens that are round or stand out at ends.
    pub(super) fn of(&mut self, path: &BezPath, pen: &Pen) -> Option<&BezPath> {
        let half = pen.width / 2.0;
        let sharpest = match (pen.cap, pen.join) {
            (Cap::Butt, Join::Miter) => pen.miter_limit,
            (Cap::Butt, Join::Bevel) => 0.0,
            _ => return None,
        };
        self.outline.truncate(0);
        self.points.clear();
        for element in path.elements() {
            match *element {
                PathEl::MoveTo(at) => {
                    self.end(half, sharpest, false);
                    self.points.push(at);
                }
                PathEl::LineTo(at) if self.points.last() == Some(&at) => (),
                PathEl::LineTo(at) => self.points.push(at),
                PathEl::ClosePath => self.end(half, sharpest, true),
                PathEl::QuadTo(..) | PathEl::CurveTo(..) => return None,
            }
        }
        self.end(half, sharpest, false);
        Some(&self.outline)
    }

    /// Adds the outline of the points since the last call; `closed` paths end where they begin.
    fn end(&mut self, half: f64, sharpest: f64, closed: bool) {
        let Self { outline, points, stretches, left, right } = self;
        if closed && points.first() != points.last() {
            points.extend(points.first().copied());
        }
        let pairs = points.iter().zip(points.iter().skip(1));
        stretches.clear();
        stretches.extend(pairs.map(|(from, to)| {
            let way = *to - *from;
            let long = way.hypot();
            Stretch { side: Vec2::new(-way.y, way.x) * (half / long), long }
        }));
        left.clear();
        right.clear();
        if let (Some(&start), Some(&end), Some(first), Some(last)) =
            (points.first(), points.last(), stretches.first(), stretches.last())
        {
            let corners = points.iter().skip(1).zip(stretches.iter().zip(stretches.iter().skip(1)));
            if !closed {
                left.push(start - first.side);
                right.push(start + first.side);
            }
            corners.for_each(|(at, (before, after))| corner(*at, [*before, *after], sharpest, left, right));
            if closed {
                corner(start, [*last, *first], sharpest, left, right);
                ring(outline, left.iter().copied());
                ring(outline, right.iter().rev().copied());
            } else {
                left.push(end - last.side);
                right.push(end + last.side);
                ring(outline, left.iter().chain(right.iter().rev()).copied());
            }
        }
        points.clear();
    }
}

/// Adds the vertices of a corner to both sides. One whose point would stand out further than `sharpest` halves of the width is cut off.
fn corner(at: Point, [before, after]: [Stretch; 2], sharpest: f64, left: &mut Vec<Point>, right: &mut Vec<Point>) {
    let square = before.side.hypot2();
    let (turn, along) = (before.side.cross(after.side), before.side.dot(after.side));
    // Where the edges on the right meet, as seen from the corner; on the left they meet opposite.
    let meet = (before.side + after.side) * (square / (square + along));
    let (inner, outer, inward) = if turn > 0.0 { (right, left, 1.0) } else { (left, right, -1.0) };
    if 2.0 * square < (square + along) * sharpest * sharpest {
        outer.push(at - meet * inward);
    } else {
        outer.extend([at - before.side * inward, at - after.side * inward]);
    }
    // Where a stretch is too short for that, it must not turn back: both edges end at the corner.
    let back = meet.hypot2() - square;
    let shortest = before.long.min(after.long) / 2.0;
    if back <= shortest * shortest {
        inner.push(at + meet * inward);
    } else {
        inner.extend([at + before.side * inward, at, at + after.side * inward]);
    }
}

/// Adds a closed line.
fn ring(outline: &mut BezPath, points: impl Iterator<Item = Point>) {
    for (number, at) in points.enumerate() {
        match number {
            0 => outline.move_to(at),
            _ => outline.line_to(at),
        }
    }
    outline.close_path();
}

#[cfg(test)]
mod tests {
    use super::*;
    use vello_cpu::kurbo::Shape;

    const PEN: Pen = Pen { color: [0.0, 0.0, 0.0, 1.0], width: 2.0, cap: Cap::Butt, join: Join::Miter, miter_limit: 2.0 };

    fn path(points: &[(f64, f64)], closed: bool) -> BezPath {
        let mut path = BezPath::new();
        path.move_to(points[0]);
        points[1..].iter().for_each(|at| path.line_to(*at));
        if closed {
            path.close_path();
        }
        path
    }

    fn vertices(outline: &BezPath) -> Vec<(f64, f64)> {
        let points = outline.elements().iter().filter_map(PathEl::end_point);
        points.map(|at| ((at.x * 1e6).round() / 1e6, (at.y * 1e6).round() / 1e6)).collect()
    }

    #[test]
    fn a_corner_has_a_vertex_to_each_side() {
        let mut ribbon = Ribbon::default();
        let outline = ribbon.of(&path(&[(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)], false), &PEN).unwrap();
        assert_eq!(vertices(outline), [(0.0, -1.0), (11.0, -1.0), (11.0, 10.0), (9.0, 10.0), (9.0, 1.0), (0.0, 1.0)]);
    }

    #[test]
    fn a_sharp_corner_is_cut_off_and_a_way_that_turns_back_is_covered() {
        let mut ribbon = Ribbon::default();
        for points in
            [[(0.0, 0.0), (10.0, 0.0), (0.0, 1.0)], [(0.0, 0.0), (10.0, 0.0), (0.0, 0.0)], [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)]]
        {
            let outline = ribbon.of(&path(&points, false), &PEN).unwrap();
            assert!(vertices(outline).iter().all(|(x, y)| (-1.1..11.1).contains(x) && (-1.1..3.1).contains(y)), "{outline:?}");
            let middles = points.windows(2).map(|pair| Point::new((pair[0].0 + pair[1].0) / 2.0, (pair[0].1 + pair[1].1) / 2.0));
            assert!(middles.into_iter().all(|at| outline.winding(at) != 0), "{outline:?}");
        }
    }

    #[test]
    fn a_ring_is_covered_along_its_edge_and_not_within() {
        let mut ribbon = Ribbon::default();
        let square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)];
        let outline = ribbon.of(&path(&square, true), &PEN).unwrap();
        assert!((outline.area().abs() - 80.0).abs() < 1e-9);
        let winding = |x: f64, y: f64| outline.winding(Point::new(x, y));
        assert_eq!([winding(5.0, 5.0), winding(-2.0, 5.0)], [0, 0]);
        assert!([winding(0.5, 5.0), winding(-0.5, -0.5), winding(5.0, 10.5)].iter().all(|turns| *turns != 0));
    }

    #[test]
    fn all_wind_the_same_way_so_that_none_takes_another_away() {
        let mut both = path(&[(0.0, 5.0), (10.0, 5.0)], false);
        both.extend(path(&[(6.0, 10.0), (5.0, 5.0), (5.0, 0.0)], false));
        both.extend(path(&[(10.0, 5.0), (0.0, 5.0)], false));
        let mut ribbon = Ribbon::default();
        let outline = ribbon.of(&both, &PEN).unwrap();
        assert_eq!(outline.winding(Point::new(5.0, 5.0)).abs(), 3);
        assert_eq!(outline.winding(Point::new(5.0, 2.0)).abs(), 1);
    }

    #[test]
    fn what_is_round_or_no_line_is_left_to_the_painter() {
        let mut ribbon = Ribbon::default();
        let line = path(&[(0.0, 0.0), (1.0, 0.0)], false);
        assert!(ribbon.of(&line, &Pen { cap: Cap::Round, ..PEN }).is_none());
        assert!(ribbon.of(&line, &Pen { join: Join::Round, ..PEN }).is_none());
        let mut curve = BezPath::new();
        curve.move_to((0.0, 0.0));
        curve.quad_to((1.0, 1.0), (2.0, 0.0));
        assert!(ribbon.of(&curve, &PEN).is_none());
        assert_eq!(ribbon.of(&path(&[(3.0, 3.0), (3.0, 3.0)], true), &PEN).map(|outline| outline.elements().len()), Some(0));
    }
}
