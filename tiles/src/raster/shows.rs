//! Whether a geometry reaches into the picture of a section, by its own shape and not by the box around it.

use super::pixels::between;
use super::section::Section;
use crate::cut::TileGeometry;

type At = [f64; 2];

impl Section {
    /// Whether a geometry that was cut around the section's tile lies in the picture, if only in part.
    pub fn shows(&self, geometry: &TileGeometry) -> bool {
        let px = |at: &[i32; 2]| self.px(*at);
        let size = self.size_px();
        match geometry {
            TileGeometry::Points(points) => points.iter().map(px).any(|at| is_inside(at, size)),
            TileGeometry::Lines(lines) => lines.iter().any(|line| {
                let mut pairs = line.windows(2).filter_map(|pair| Some((px(pair.first()?), px(pair.last()?))));
                pairs.any(|(a, b)| crosses(a, b, size))
            }),
            TileGeometry::Polygons(polygons) => polygons.iter().any(|rings| {
                let edges = || rings.iter().flat_map(|ring| ring.iter().map(px).zip(ring.iter().cycle().skip(1).map(px)));
                // No edge in the picture: all of it lies inside, or none.
                let above =
                    |(a, b): &(At, At)| (a[1] <= 0.0) != (b[1] <= 0.0) && a[0] - a[1] * (b[0] - a[0]) / (b[1] - a[1]) > 0.0;
                edges().any(|(a, b)| crosses(a, b, size)) || edges().filter(above).count() % 2 == 1
            }),
        }
    }
}

fn is_inside(at: At, size: At) -> bool {
    at.iter().zip(size).all(|(axis, side)| (0.0..=side).contains(axis))
}

/// Whether a straight stretch has a part in the picture.
fn crosses(a: At, b: At, size: At) -> bool {
    between(a, b, size.map(|side| [0.0, side])).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shows(geometry: &TileGeometry) -> bool {
        // 64 by 32 style pixels: 1024 by 512 units.
        Section::swatch(7.0, [64, 32], 1).shows(geometry)
    }

    #[test]
    fn a_line_past_the_corner_does_not_show_and_one_across_does() {
        let line = |from, to| TileGeometry::Lines(vec![vec![from, to]]);
        assert!(shows(&line([-100, 200], [2000, 300])));
        assert!(!shows(&line([-400, 100], [100, -400])), "its box meets the picture, it does not");
        assert!(!shows(&line([0, 600], [1024, 600])));
    }

    #[test]
    fn an_area_around_everything_shows_and_its_hole_does_not() {
        let ring = |from: i32, to: i32| vec![[from, from], [to, from], [to, to], [from, to]];
        assert!(shows(&TileGeometry::Polygons(vec![vec![ring(-5000, 5000)]])));
        assert!(!shows(&TileGeometry::Polygons(vec![vec![ring(-5000, 5000), ring(-4000, 4000)]])));
        assert!(shows(&TileGeometry::Polygons(vec![vec![ring(100, 200)]])));
    }

    #[test]
    fn a_point_beside_the_picture_does_not_show() {
        assert!(shows(&TileGeometry::Points(vec![[512, 256]])));
        assert!(!shows(&TileGeometry::Points(vec![[512, 600]])));
    }
}
