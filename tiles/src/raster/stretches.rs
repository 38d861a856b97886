//! The stretches of lines that are near enough to a picture to show in it.
//!
//! ```text
//!        +----------+
//!   a----+-b        |      two stretches of one line, and how much of it lies before each
//!        |  \   d---+---e
//!        |   c-/    |
//!        +----------+
//! ```
//! They are cut without rounding: a wide stroke shows where its line turns by half a unit.

use super::pixels::between;
use super::section::Section;

/// Cut edges must not show, nor how they are smoothed, style pixels.
const MARGIN_PX: f64 = 2.0;

/// A part of a line, style pixels.
#[derive(Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) path: Vec<[f64; 2]>,
    /// The length of the line before it.
    pub(super) before: f64,
}

/// What strokes show of lines (tile units) that reach so many style pixels from them.
pub(super) fn of(lines: &[Vec<[i32; 2]>], reach_px: f64, section: &Section) -> Vec<Stretch> {
    let margin = reach_px + MARGIN_PX;
    let sides = section.size_px().map(|side| [-margin, side + margin]);
    let mut stretches = Vec::new();
    for line in lines {
        let points = line.iter().map(|at| section.px(*at));
        cut(points, sides, &mut stretches);
    }
    stretches
}

/// Adds the stretches of a line between two sides on each axis.
fn cut(mut points: impl Iterator<Item = [f64; 2]>, sides: [[f64; 2]; 2], stretches: &mut Vec<Stretch>) {
    let Some(mut from) = points.next() else { return };
    let mut before = 0.0;
    let mut goes_on = false;
    for to in points {
        let run = [to[0] - from[0], to[1] - from[1]];
        let long = (run[0] * run[0] + run[1] * run[1]).sqrt();
        let shown = between(from, to, sides).filter(|[start, end]| start < end);
        if let Some([start, end]) = shown {
            let at = |share: f64| if share == 1.0 { to } else { [from[0] + run[0] * share, from[1] + run[1] * share] };
            match stretches.last_mut().filter(|_| goes_on) {
                Some(stretch) => stretch.path.push(at(end)),
                None => stretches.push(Stretch { path: vec![at(start), at(end)], before: before + long * start }),
            }
        }
        goes_on = shown.is_some_and(|[_, end]| end == 1.0);
        before += long;
        from = to;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIDES: [[f64; 2]; 2] = [[0.0, 100.0], [0.0, 50.0]];

    fn stretches(line: &[[f64; 2]]) -> Vec<Stretch> {
        let mut stretches = Vec::new();
        cut(line.iter().copied(), SIDES, &mut stretches);
        stretches
    }

    #[test]
    fn a_line_that_leaves_and_comes_back_is_two_stretches_that_know_where_they_begin() {
        let line = [[-10.0, 10.0], [20.0, 10.0], [20.0, 70.0], [60.0, 70.0], [60.0, 20.0]];
        assert_eq!(
            stretches(&line),
            [
                Stretch { path: vec![[0.0, 10.0], [20.0, 10.0], [20.0, 50.0]], before: 10.0 },
                Stretch { path: vec![[60.0, 50.0], [60.0, 20.0]], before: 150.0 },
            ]
        );
    }

    #[test]
    fn what_lies_inside_is_whole_and_what_lies_beside_is_nothing() {
        let inside = [[0.0, 0.0], [3.0, 4.0], [3.0, 4.0], [100.0, 50.0]];
        assert_eq!(stretches(&inside), [Stretch { path: inside.to_vec(), before: 0.0 }]);
        assert_eq!(stretches(&[[-5.0, 45.0], [20.0, 90.0], [101.0, 60.0], [101.0, -9.0]]), []);
        assert_eq!(stretches(&[[-1.0, 51.0], [-1.0, 51.0]]), []);
        assert_eq!(stretches(&[[1.0, 1.0]]), []);
    }

    #[test]
    fn a_cut_moves_nothing() {
        let found = stretches(&[[-1000.0, -333.0], [1000.0, 389.0]]);
        let [[x0, y0], [x1, y1]] = found[0].path[..] else { panic!("{found:?}") };
        let on_line = |x: f64| -333.0 + (x + 1000.0) * 722.0 / 2000.0;
        assert!((y0 - on_line(x0)).abs() < 1e-9 && (y1 - on_line(x1)).abs() < 1e-9);
        assert!((found[0].before - (x0 + 1000.0).hypot(y0 + 333.0)).abs() < 1e-9);
    }
}
