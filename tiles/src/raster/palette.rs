//! The palette of a picture: all of its colours where 256 suffice, else those of them that come near all the others.
//!
//! A map is drawn in few colours; the many others are the shades along the edges of letters and lines. Colours that most pixels have come first
//! and are kept as they are, so that what is flat is exact, and a shade takes the nearest of those that are there if one is near.

use std::collections::HashMap;

/// A shade may be off by so much in each channel, of 255: less than what is seen side by side, or in what fades.
const NEAR: u8 = 4;
/// A picture of more colours than this is no map.
const MOST: usize = 1 << 15;
const LARGEST: usize = 256;
/// A colour of one pixel in so many, and of so many at least, is flat and stays as it is, as long as there are no more than so many of these.
const FLAT_SHARE: usize = 2_000;
const LEAST_FLAT: u32 = 32;
const MOST_FLAT: usize = 128;
/// Colours that are found again without a look into the table of all; a power of two.
const LATELY: usize = 1 << 11;

/// Pixels that are compared at once.
const BLOCK: usize = 16;

type Color = [u8; 4];

/// Colours, and the number of each pixel's among them.
pub(super) struct Palette {
    pub(super) colors: Vec<Color>,
    pub(super) indices: Vec<u8>,
}

impl Palette {
    /// Of RGBA pixels; `None` if 256 of their colours do not come near all. `O(pixels + colours x 256)`.
    pub(super) fn of(rgba: &[u8]) -> Option<Self> {
        let all = Counted::of(rgba)?;
        let (colors, places) = if all.colors.len() <= LARGEST { exact(&all) } else { near(&all)? };
        let mut indices = Vec::with_capacity(all.pixels);
        for (number, long) in all.runs {
            indices.resize(indices.len() + long as usize, places.get(usize::from(number)).copied().unwrap_or(0));
        }
        Some(Self { colors, indices })
    }
}

/// The colours of a picture in the order in which they come.
struct Counted {
    colors: Vec<(Color, u32)>,
    /// The number of a colour, and how many pixels have it one after the other.
    runs: Vec<(u16, u32)>,
    pixels: usize,
}

impl Counted {
    fn of(rgba: &[u8]) -> Option<Self> {
        let mut numbers: HashMap<Color, u16> = HashMap::new();
        let mut colors: Vec<(Color, u32)> = Vec::new();
        let mut runs = Vec::new();
        // Most pixels are as the one before; most others are of a colour that was there lately.
        let mut lately: Vec<Option<(Color, u16)>> = vec![None; LATELY];
        let (all, _) = rgba.as_chunks::<4>();
        let mut rest = all;
        while let Some(&color) = rest.first() {
            let long = run(rest, color);
            rest = rest.get(long..).unwrap_or_default();
            let place = u32::from_ne_bytes(color).wrapping_mul(0x9e37_79b9) >> (u32::BITS - LATELY.ilog2());
            let seat = lately.get_mut(place as usize)?;
            let number = match *seat {
                Some((same, number)) if same == color => number,
                _ => *numbers.entry(color).or_insert_with(|| {
                    colors.push((color, 0));
                    (colors.len() - 1) as u16
                }),
            };
            if colors.len() > MOST {
                return None;
            }
            *seat = Some((color, number));
            colors.get_mut(usize::from(number))?.1 += long as u32;
            runs.push((number, long as u32));
        }
        Some(Self { colors, runs, pixels: all.len() })
    }
}

/// How many pixels from the first on have its colour. Most of a map is flat: blocks are compared first.
fn run(pixels: &[Color], color: Color) -> usize {
    if pixels.get(1) != Some(&color) {
        return 1;
    }
    let flat = [color; BLOCK];
    let blocks = pixels.chunks_exact(BLOCK).take_while(|block| **block == flat).count() * BLOCK;
    blocks + pixels.iter().skip(blocks).take_while(|pixel| **pixel == color).count()
}

fn exact(all: &Counted) -> (Vec<Color>, Vec<u8>) {
    (all.colors.iter().map(|(color, _)| *color).collect(), (0..=u8::MAX).take(all.colors.len()).collect())
}

/// Those that most pixels have, each unless one before it is near, and which of them stands for each colour: the nearest.
fn near(all: &Counted) -> Option<(Vec<Color>, Vec<u8>)> {
    let mut order: Vec<usize> = (0..all.colors.len()).collect();
    order.sort_by_key(|&number| all.colors.get(number).map(|(color, count)| (std::cmp::Reverse(*count), *color)));
    let mut kept: Vec<Color> = Vec::new();
    for number in order {
        let (color, count) = all.colors.get(number)?;
        let is_flat = *count as usize * FLAT_SHARE >= all.pixels && *count >= LEAST_FLAT && kept.len() < MOST_FLAT;
        if is_flat || kept.iter().all(|other| apart(*color, *other) > NEAR) {
            if kept.len() == LARGEST {
                return None;
            }
            kept.push(*color);
        }
    }
    // Channel by channel, so that many are measured at once; the lowest place of the nearest, in the last eight bits.
    let channels = [0, 1, 2, 3].map(|channel| kept.iter().map(|color| i32::from(color[channel])).collect::<Vec<_>>());
    let nearest = |color: Color| {
        let [red, green, blue, alpha] = color.map(i32::from);
        let all = channels[0].iter().zip(&channels[1]).zip(&channels[2]).zip(&channels[3]);
        let distances =
            all.map(|(((r, g), b), a)| (r - red).pow(2) + (g - green).pow(2) + (b - blue).pow(2) + (a - alpha).pow(2));
        let keys = distances.zip(0..).map(|(distance, place): (i32, i32)| distance << 8 | place);
        keys.min().map(|key| (key & 0xff) as u8)
    };
    let places = all.colors.iter().map(|(color, _)| nearest(*color)).collect::<Option<_>>()?;
    Some((kept, places))
}

/// How far two colours are apart in the channel in which they are furthest.
fn apart(one: Color, other: Color) -> u8 {
    [0, 1, 2, 3].map(|channel| one[channel].abs_diff(other[channel])).into_iter().fold(0, u8::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(colors: impl Iterator<Item = Color>) -> Vec<u8> {
        colors.flatten().collect()
    }

    /// How far two colours are apart in all channels, squared.
    fn distance(one: Color, other: Color) -> u32 {
        [0, 1, 2, 3].map(|channel| u32::from(one[channel].abs_diff(other[channel])).pow(2)).into_iter().sum()
    }

    fn drawn(palette: &Palette) -> Vec<Color> {
        palette.indices.iter().map(|&index| palette.colors[usize::from(index)]).collect()
    }

    #[test]
    fn few_colours_come_back_as_they_are() {
        let colors: Vec<Color> = (0..=255).map(|shade| [shade, 255 - shade, shade / 2, 255]).collect();
        let palette = Palette::of(&pixels(colors.iter().copied())).unwrap();
        assert_eq!(drawn(&palette), colors);
    }

    #[test]
    fn shades_of_edges_are_near_and_flat_colours_exact() {
        // Ink on paper, on water and on paper with a faint tint: the shades between, and much of each.
        let (ink, grounds) = ([20, 20, 20, 255], [[240, 238, 230, 255], [180, 205, 220, 255], [238, 236, 227, 255]]);
        let between = |ground: Color, share: u32| {
            [0, 1, 2, 3]
                .map(|channel| ((u32::from(ground[channel]) * share + u32::from(ink[channel]) * (255 - share)) / 255) as u8)
        };
        let shades = grounds.into_iter().flat_map(|ground| (0..=255).map(move |share| between(ground, share)));
        let flat = grounds.into_iter().chain([ink]).flat_map(|color| std::iter::repeat_n(color, 100));
        let colors: Vec<Color> = shades.chain(flat).collect();
        let palette = Palette::of(&pixels(colors.iter().copied())).unwrap();
        assert!(palette.colors.len() <= 256);
        let drawn = drawn(&palette);
        assert!(colors.iter().zip(&drawn).all(|(color, drawn)| apart(*color, *drawn) <= NEAR));
        assert_eq!(&drawn[768..], &colors[768..], "what is flat is exact");
    }

    #[test]
    fn what_fades_takes_the_nearest_shade_and_not_the_first_within_reach() {
        // Much of two greys that lie within reach of a fading orange, beside which they look wrong.
        let greys = [[224, 214, 205, 255], [221, 217, 209, 255]];
        let fading = (0..=600u32).map(|step| {
            let share = f64::from(step) / 600.0;
            [230.0 - 4.0 * share, 130.0 + 90.0 * share, 60.0 + 140.0 * share].map(|channel| channel as u8)
        });
        let many =
            (0..40u32).flat_map(|number| (0..4).map(move |step| [number * 6, 255 - number * 6, step * 9].map(|part| part as u8)));
        let rare = fading.chain(many).map(|[red, green, blue]| [red, green, blue, 255]);
        let colors: Vec<Color> = greys.into_iter().flat_map(|grey| std::iter::repeat_n(grey, 2_000)).chain(rare).collect();
        let palette = Palette::of(&pixels(colors.iter().copied())).unwrap();
        for (color, drawn) in colors.iter().zip(drawn(&palette)) {
            let nearest = palette.colors.iter().map(|kept| distance(*color, *kept)).min();
            assert_eq!(Some(distance(*color, drawn)), nearest, "{color:?} is drawn as {drawn:?}");
        }
    }

    #[test]
    fn what_256_colours_do_not_come_near_has_no_palette() {
        let far = (0..4_096u32)
            .map(|number| [number % 16 * 16, number / 16 % 16 * 16, number / 256 * 16, 255].map(|channel| channel as u8));
        assert!(Palette::of(&pixels(far)).is_none());
        let many = (0..200_000u32).map(|number| [number as u8, (number >> 8) as u8, (number >> 16) as u8, 255]);
        assert!(Palette::of(&pixels(many)).is_none());
    }
}
