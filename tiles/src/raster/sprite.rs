//! All icons and hatches of a style in one picture, and where each of them is: what MapLibre calls a sprite.
//!
//! Drawn by the code that draws them on tiles. Icons are centred on their squares; a hatch is the square that repeats.

use super::canvas::{Canvas, LEVEL};
use super::icons::{Hatch, Icon, Icons};
use super::image::Image;
use super::paint::hatched;
use super::section::Section;
use std::collections::BTreeMap;

/// Width of the picture, style pixels.
const WIDTH_PX: u16 = 256;

/// Where an image stands in the picture, in its pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// From the left.
    pub x: u32,
    /// From the top.
    pub y: u32,
    /// Pixels to a style pixel.
    pub pixel_ratio: u16,
}

/// The picture, and the places by name.
#[derive(Debug)]
pub struct Sprite {
    /// All images beside and below each other.
    pub image: Image,
    /// Where each is.
    pub places: BTreeMap<String, Place>,
}

/// What is put into the picture.
enum Drawing<'a> {
    Icon(&'a Icon),
    Hatch(&'a [Hatch]),
}

impl Drawing<'_> {
    /// Side of its square, style pixels.
    fn side(&self) -> u16 {
        match self {
            // Even, so that its middle lies between pixels.
            Self::Icon(icon) => 2 * (icon.size / 2.0).ceil().max(1.0) as u16,
            Self::Hatch(lines) => period(lines),
        }
    }
}

/// A drawing with its name and the corner of its square, style pixels.
struct Stand<'a> {
    name: &'a str,
    drawing: Drawing<'a>,
    corner: [u16; 2],
}

impl Icons {
    /// The sprite at so many pixels to a style pixel. The same table gives the same bytes.
    pub fn sprite(&self, ratio: u16, canvas: &mut Canvas) -> Sprite {
        let (stands, height) = self.arranged();
        let mut picture = canvas.begin(&Section::swatch(0.0, [WIDTH_PX, height], ratio));
        for stand in &stands {
            if let Drawing::Icon(icon) = stand.drawing {
                let middle = stand.corner.map(|axis| f64::from(axis + stand.drawing.side() / 2));
                picture.placed(middle, 1.0, LEVEL, |picture| icon.draw(1.0, picture));
            }
        }
        let mut image = picture.finish();
        for stand in &stands {
            if let Drawing::Hatch(lines) = stand.drawing {
                image.paste(&square(lines, ratio, canvas), stand.corner.map(|axis| usize::from(axis * ratio)));
            }
        }
        let place = |stand: &Stand<'_>| {
            let [side, x, y] =
                [stand.drawing.side(), stand.corner[0], stand.corner[1]].map(|px| u32::from(px) * u32::from(ratio));
            (stand.name.to_owned(), Place { width: side, height: side, x, y, pixel_ratio: ratio })
        };
        Sprite { image, places: stands.iter().map(place).collect() }
    }

    /// Everything in rows, the largest first, and how high that is.
    fn arranged(&self) -> (Vec<Stand<'_>>, u16) {
        let icons = self.icons().map(|(name, icon)| (name, Drawing::Icon(icon)));
        let hatches = self.hatches().map(|(name, lines)| (name, Drawing::Hatch(lines)));
        let mut drawings: Vec<(&str, Drawing<'_>)> = icons.chain(hatches).collect();
        drawings.sort_by_key(|(name, drawing)| (std::cmp::Reverse(drawing.side()), *name));
        let (mut corner, mut row_height) = ([0, 0], 0);
        let stands = drawings.into_iter().map(|(name, drawing)| {
            let side = drawing.side();
            if corner[0] + side > WIDTH_PX {
                corner = [0, corner[1] + row_height];
                row_height = 0;
            }
            let stand = Stand { name, drawing, corner };
            corner[0] += side;
            row_height = row_height.max(side);
            stand
        });
        let stands: Vec<Stand<'_>> = stands.collect();
        (stands, (corner[1] + row_height).max(1))
    }
}

/// A hatch from line to line and so over and over, style pixels: level lines repeat at their spacing, slanted ones at its diagonal.
fn period(lines: &[Hatch]) -> u16 {
    let steps =
        lines.iter().map(|line| if line.angle == 0.0 { line.spacing_px } else { line.spacing_px * std::f64::consts::SQRT_2 });
    steps.fold(1.0, f64::max).round() as u16
}

/// One period of a hatch.
fn square(lines: &[Hatch], ratio: u16, canvas: &mut Canvas) -> Image {
    let mut picture = canvas.begin(&Section::swatch(0.0, [period(lines); 2], ratio));
    lines.iter().for_each(|line| hatched(line, 1.0, picture.bounds(), &mut picture));
    picture.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r##"{
        "icons": {
            "dot": {"size": 6, "paths": [{"d": "M-3 -3H3V3H-3Z", "fill": "#ff0000"}]},
            "ring": {"size": 10, "paths": [{"d": "M-4 -4H4V4H-4Z", "stroke": "#00ff00", "width": 1.4}]}
        },
        "patterns": {
            "cross": [
                {"angle": 45, "spacing": 5.656854, "width": 2, "color": "#000"},
                {"angle": -45, "spacing": 5.656854, "width": 1, "color": "#000"}
            ],
            "level": [{"angle": 0, "spacing": 8, "width": 1, "color": "#000"}]
        }
    }"##;

    fn pixel(image: &Image, [x, y]: [u32; 2]) -> [u8; 4] {
        image.pixel(x, y)
    }

    #[test]
    fn each_image_stands_where_the_index_says() {
        let (icons, mut canvas) = (Icons::parse(TABLE).unwrap(), Canvas::default());
        for ratio in [1, 2] {
            let Sprite { image, places } = icons.sprite(ratio, &mut canvas);
            assert_eq!(places.keys().collect::<Vec<_>>(), ["cross", "dot", "level", "ring"]);
            let dot = places["dot"];
            assert_eq!((dot.width, dot.height, dot.pixel_ratio), (6 * u32::from(ratio), 6 * u32::from(ratio), ratio));
            for at in [[0, 0], [dot.width - 1, 0], [dot.width / 2, dot.height - 1]] {
                assert_eq!(pixel(&image, [dot.x + at[0], dot.y + at[1]]), [255, 0, 0, 255], "{at:?}");
            }
            let ring = places["ring"];
            assert_eq!(ring.width, 10 * u32::from(ratio), "the stroke reaches beyond its path");
            assert_eq!(pixel(&image, [ring.x + ring.width / 2, ring.y + ring.height / 2])[3], 0);
        }
    }

    #[test]
    fn no_image_stands_on_another() {
        let places = Icons::parse(TABLE).unwrap().sprite(2, &mut Canvas::default()).places;
        let apart =
            |a: &Place, b: &Place| a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        for (name, place) in &places {
            assert!(places.iter().all(|(other, beside)| other == name || apart(place, beside)), "{name}");
        }
    }

    #[test]
    fn hatches_continue_in_themselves() {
        let (icons, mut canvas) = (Icons::parse(TABLE).unwrap(), Canvas::default());
        for (name, lines) in icons.hatches() {
            let one = square(lines, 2, &mut canvas);
            let mut many = canvas.begin(&Section::swatch(0.0, [3 * period(lines); 2], 2));
            lines.iter().for_each(|line| hatched(line, 1.0, many.bounds(), &mut many));
            let many = many.finish();
            let side = one.size()[0];
            let differs = |x: u32, y: u32| {
                let (a, b) = (pixel(&many, [x, y])[3], pixel(&one, [x % side, y % side])[3]);
                a.abs_diff(b) > 2
            };
            let seams: Vec<(u32, u32)> =
                (0..3 * side).flat_map(|y| (0..3 * side).map(move |x| (x, y))).filter(|(x, y)| differs(*x, *y)).collect();
            assert!(seams.is_empty(), "{name}: {seams:?}");
        }
    }

    #[test]
    fn hatches_that_cannot_repeat_are_refused() {
        let slanted = TABLE.replace("\"angle\": -45", "\"angle\": 30");
        let said = Icons::parse(&slanted).unwrap_err().to_string();
        assert!(said.contains("'cross'") && said.contains("0, 45 or -45"), "{said}");
    }
}
