//! Circles, painted straight onto the pixels: a map has many of them, they are small, and how far a pixel lies from the middle says all
//! about it. As MapLibre's shader does it, except that a sharp edge lies where the circle ends and not half a pixel within.

use super::color::Rgba;
use std::ops::Range;

/// How a circle looks, style pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Disc {
    /// Without the ring.
    pub(super) radius: f64,
    /// Width of the ring around it.
    pub(super) ring: f64,
    /// How much of it fades, from its edge to its middle, and the ring likewise towards what it surrounds: 0 to 1.
    pub(super) blur: f64,
    pub(super) inner_color: Rgba,
    pub(super) ring_color: Rgba,
}

impl Disc {
    /// From its middle to its edge.
    pub(super) fn reach(&self) -> f64 {
        self.radius + self.ring
    }

    /// Paints it onto premultiplied pixels, in rows of `width`, with its middle `at` pixels from their corner and `ratio` pixels to a style
    /// pixel. `O(pixels it covers)`.
    pub(super) fn paint(&self, pixels: &mut [[u8; 4]], width: usize, at: [f64; 2], ratio: f64) {
        let width = width.max(1);
        let shades = Shades::of(self, ratio);
        let [core, edge] = shades.extents();
        let rows = chord(at[1], edge, pixels.len() / width);
        for (row, line) in pixels.chunks_exact_mut(width).enumerate().take(rows.end).skip(rows.start) {
            let down = row as f64 + 0.5 - at[1];
            let within = |radius: f64| chord(at[0], (radius * radius - down * down).max(0.0).sqrt(), width);
            let all = within(edge);
            let flat = if core > down.abs() { within(core) } else { all.end..all.end };
            let mut shaded = |part: Range<usize>| {
                for (column, pixel) in line.iter_mut().enumerate().take(part.end).skip(part.start) {
                    let away = [column as f64 + 0.5 - at[0], down].map(|axis| axis as f32);
                    over(pixel, shades.at((away[0] * away[0] + away[1] * away[1]).sqrt()));
                }
            };
            shaded(all.start..flat.start);
            shaded(flat.end..all.end);
            let inside = line.iter_mut().take(flat.end).skip(flat.start);
            match shades.opaque_inside() {
                Some(color) => inside.for_each(|pixel| *pixel = color),
                None => inside.for_each(|pixel| over(pixel, shades.inner)),
            }
        }
    }
}

/// The pixels of a row, so many in all, whose middles lie no further than `half` from a place.
fn chord(at: f64, half: f64, side: usize) -> Range<usize> {
    let [start, end] = [(at - half - 0.5).ceil(), (at + half + 0.5).floor()].map(|end| (end.max(0.0) as usize).min(side));
    start.min(end)..end
}

/// A colour, premultiplied, 0 to 255.
type Shade = [f32; 4];

/// The colours of a circle by the distance from its middle.
struct Shades {
    inner: Shade,
    ring: Shade,
    /// Where the inner colour and the ring end, pixels; of sharp ends where they have ended by half.
    ends: [f32; 2],
    /// Over how many pixels they do so softly.
    softness: Option<f32>,
}

impl Shades {
    fn of(disc: &Disc, ratio: f64) -> Self {
        let shade = |color: Rgba| {
            let [red, green, blue, alpha] = color.map(|part| part.clamp(0.0, 1.0));
            [red * alpha, green * alpha, blue * alpha, alpha].map(|part| part * 255.0)
        };
        let softness = (disc.blur * disc.reach() * ratio) as f32;
        Self {
            inner: shade(disc.inner_color),
            ring: shade(disc.ring_color),
            ends: [disc.radius, disc.reach()]
                .map(|end| (end * ratio) as f32)
                .map(|end| if softness > 1.0 { end } else { ramp(end) }),
            softness: (softness > 1.0).then_some(softness),
        }
    }

    /// How far the inner colour is all there is, and how far there is anything.
    fn extents(&self) -> [f64; 2] {
        let [before, beyond] = self.softness.map_or([0.5; 2], |softness| [softness, 0.0]);
        [self.ends[0] - before, self.ends[1] + beyond].map(f64::from)
    }

    /// What stands inside, if it hides what is behind.
    fn opaque_inside(&self) -> Option<[u8; 4]> {
        (self.inner[3] >= 255.0).then_some(self.inner.map(rounded))
    }

    fn at(&self, distance: f32) -> Shade {
        let [inner, all] = self.ends.map(|end| match self.softness {
            None => (end - distance + 0.5).clamp(0.0, 1.0),
            Some(softness) => {
                let share = ((end - distance) / softness).clamp(0.0, 1.0);
                share * share * (3.0 - 2.0 * share)
            }
        });
        std::array::from_fn(|part| all * (inner * self.inner[part] + (1.0 - inner) * self.ring[part]))
    }
}

/// Where an end is half done that takes a pixel, so that in all it covers as much as a circle of a radius: `pi r^2` is the integral of a ramp of a
/// pixel around there, of which below half a pixel only a part is left.
fn ramp(radius: f32) -> f32 {
    let square = radius * radius;
    if square >= 1.0 / 3.0 { (square - 1.0 / 12.0).sqrt() } else { (3.0 * square).cbrt() - 0.5 }
}

/// Lays a colour over a pixel.
fn over(pixel: &mut [u8; 4], shade: Shade) {
    let rest = 1.0 - shade[3] / 255.0;
    *pixel = std::array::from_fn(|part| rounded(shade[part] + rest * f32::from(pixel[part])));
}

/// The nearest whole number of one from 0 to 255, as all are whose shares are from 0 to 1: it stands in the last bits of a number so large that
/// it has no fraction. A conversion would ask of each whether it is too large, or none.
fn rounded(part: f32) -> u8 {
    const WHOLE: f32 = (1u32 << (f32::MANTISSA_DIGITS - 1)) as f32;
    (part + WHOLE).to_bits() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: Rgba = [1.0, 0.0, 0.0, 1.0];
    const BLUE: Rgba = [0.0, 0.0, 1.0, 1.0];
    const CLEAR: Rgba = [0.0; 4];
    const SIDE: usize = 64;

    fn painted(disc: Disc, at: [f64; 2], ratio: f64) -> Vec<[u8; 4]> {
        let mut pixels = vec![[0; 4]; SIDE * SIDE];
        disc.paint(&mut pixels, SIDE, at, ratio);
        pixels
    }

    fn sum(pixels: &[[u8; 4]], part: usize) -> f64 {
        pixels.iter().map(|pixel| f64::from(pixel[part])).sum::<f64>() / 255.0
    }

    #[test]
    fn a_circle_covers_its_area_wherever_it_lies() {
        let area = |radius: f64| std::f64::consts::PI * radius * radius;
        for radius in [0.0, 0.2, 0.4, 0.5, 0.7, 1.0, 2.0, 3.0, 4.5, 11.3, 20.0] {
            // A small one is more in one place than in another, but not on the whole.
            let places = (0..100).map(|number| [number % 10, number / 10].map(|axis| 30.0 + f64::from(axis) / 10.0));
            let disc = Disc { radius, ring: 2.0, blur: 0.0, inner_color: RED, ring_color: BLUE };
            let mut sums = [0.0; 4];
            for pixels in places.map(|at| painted(disc, at, 1.3)) {
                sums.iter_mut().enumerate().for_each(|(part, all)| *all += sum(&pixels, part) / (100.0 * 1.69));
            }
            let expected = [area(radius), 0.0, area(radius + 2.0) - area(radius), area(radius + 2.0)];
            let fits = |(one, other): (&f64, f64)| (one - other).abs() < 0.02 + 0.01 * other;
            assert!(sums.iter().zip(expected).all(fits), "{radius}: {sums:?} {expected:?}");
        }
    }

    #[test]
    fn what_is_flat_inside_has_the_same_shade_as_by_its_distance() {
        for blur in [0.0, 0.4] {
            let disc = Disc { radius: 14.0, ring: 3.0, blur, inner_color: [0.2, 0.4, 0.6, 0.8], ring_color: BLUE };
            let shades = Shades::of(&disc, 1.0);
            let [core, edge] = shades.extents();
            assert_eq!(shades.at(core as f32 - 0.01), shades.inner);
            assert!(shades.at(core as f32 + 0.3) != shades.inner);
            assert_eq!(shades.at(edge as f32 + 0.01), CLEAR);
            let middle = [30.2, 33.7];
            for (number, pixel) in painted(disc, middle, 1.0).into_iter().enumerate() {
                let [x, y] = [number % SIDE, number / SIDE].map(|axis| axis as f64 + 0.5);
                let mut expected = [0; 4];
                over(&mut expected, shades.at((x - middle[0]).hypot(y - middle[1]) as f32));
                // The distance may be off in its last digit.
                assert!(
                    pixel.iter().zip(expected).all(|(part, expected)| part.abs_diff(expected) <= 1),
                    "{x} {y} {pixel:?} {expected:?}"
                );
            }
        }
    }

    #[test]
    fn a_ring_alone_leaves_its_inside_clear() {
        let disc = Disc { radius: 9.0, ring: 4.0, blur: 0.0, inner_color: CLEAR, ring_color: BLUE };
        let hollow = painted(disc, [32.0; 2], 1.0);
        assert_eq!((hollow[32 * SIDE + 32], hollow[32 * SIDE + 43]), ([0; 4], [0, 0, 255, 255]));
    }

    #[test]
    fn what_reaches_beyond_the_pixels_is_left_out_and_what_lies_beside_them_is_nothing() {
        let disc = Disc { radius: 40.0, ring: 0.0, blur: 0.0, inner_color: RED, ring_color: RED };
        let quarter = sum(&painted(disc, [0.0; 2], 1.0), 3);
        assert!((quarter / (400.0 * std::f64::consts::PI) - 1.0).abs() < 0.01);
        for at in [[-41.0, 30.0], [30.0, 105.0], [1e12, 30.0], [30.0, -1e12]] {
            assert_eq!(sum(&painted(disc, at, 1.0), 3), 0.0, "{at:?}");
        }
        assert_eq!(sum(&painted(Disc { radius: 1e9, ..disc }, [-7e8, 6e8], 1.0), 3), (SIDE * SIDE) as f64);
        disc.paint(&mut [], 0, [0.0; 2], 1.0);
    }

    #[test]
    fn a_see_through_circle_lets_what_is_behind_it_through() {
        let mut pixels = vec![[0, 100, 0, 255]; SIDE * SIDE];
        let disc = Disc { radius: 9.0, ring: 0.0, blur: 0.0, inner_color: [1.0, 0.0, 0.0, 0.5], ring_color: CLEAR };
        disc.paint(&mut pixels, SIDE, [32.0; 2], 1.0);
        assert_eq!((pixels[32 * SIDE + 32], pixels[0]), ([128, 50, 0, 255], [0, 100, 0, 255]));
    }
}
