//! The palette of a picture: all of its colours where 256 suffice, else those of them that come near all the others.
//!
//! A map is drawn in few colours; the many others are the shades along the edges of letters and lines. Colours that most pixels have come first
//! and are kept as they are, so that what is flat is exact, and a shade takes the nearest of those that are there if one is near.

use std::cmp::Reverse;
use std::ops::Range;

/// How far a shade may be off in each channel, of 255, as it shows on whatever is behind it: the first of these with which 256 colours
/// suffice. That is less than what is seen side by side, or in what fades; a step in what fades over an opaque ground would be seen, so the
/// others are for pictures that lie over another.
const NEAR: [i16; 3] = [4, 8, 12];
/// A picture of more colours than this is no map.
const MOST: usize = 1 << 15;
const LARGEST: usize = 256;
/// A colour of one pixel in so many, and of so many at least, is flat and stays as it is, as long as there are no more than so many of these.
const FLAT_SHARE: usize = 2_000;
const LEAST_FLAT: u32 = 32;
const MOST_FLAT: usize = 128;
/// Seats in which colours are found again, twice as many as there may be; a power of two.
const SEATS: usize = 2 * MOST;
/// Seats that are looked at for a colour: so many of another are chosen to meet, and no map has them.
const MOST_TRIED: usize = 256;
/// Green, red and blue on black and on white; the shades of a map are furthest apart in green.
const CHANNELS: usize = 6;
/// Further in a channel than any colour.
const FAR: i16 = 1 << 12;
/// Pixels, or colours, that are compared at once.
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
            let place = places.get(usize::from(number)).copied().unwrap_or(0);
            match long {
                1 => indices.push(place),
                long => indices.resize(indices.len() + long as usize, place),
            }
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
        let mut colors: Vec<(Color, u32)> = Vec::new();
        let mut runs = Vec::new();
        let mut seats = Seats::default();
        let (all, _) = rgba.as_chunks::<4>();
        let mut rest = all;
        while let Some(&color) = rest.first() {
            let long = run(rest, color);
            rest = rest.get(long..).unwrap_or_default();
            let number = seats.number(color, &mut colors)?;
            colors.get_mut(usize::from(number))?.1 += long as u32;
            runs.push((number, long as u32));
        }
        Some(Self { colors, runs, pixels: all.len() })
    }
}

/// Where the numbers of colours are found again: each after one, in the first free seat from where its colour belongs.
struct Seats(Vec<u16>);

impl Default for Seats {
    fn default() -> Self {
        Self(vec![0; SEATS])
    }
}

impl Seats {
    /// The number of a colour, the next if it is new; `None` if there are too many.
    fn number(&mut self, color: Color, colors: &mut Vec<(Color, u32)>) -> Option<u16> {
        let first = (u32::from_ne_bytes(color).wrapping_mul(0x9e37_79b9) >> (u32::BITS - SEATS.ilog2())) as usize;
        for place in first..first + MOST_TRIED {
            let seat = self.0.get_mut(place % SEATS)?;
            match seat.checked_sub(1) {
                Some(number) if colors.get(usize::from(number))?.0 == color => return Some(number),
                Some(_) => (),
                None if colors.len() == MOST => return None,
                None => {
                    let number = colors.len() as u16;
                    colors.push((color, 0));
                    *seat = number + 1;
                    return Some(number);
                }
            }
        }
        None
    }
}

/// How many pixels from the first on have its colour. Most of a map is flat: blocks are compared first.
fn run(pixels: &[Color], color: Color) -> usize {
    if pixels.get(1) != Some(&color) {
        return 1;
    }
    let is_flat = |block: &[Color; BLOCK]| block.iter().fold(true, |flat, pixel| flat & (*pixel == color));
    let blocks = pixels.as_chunks().0.iter().take_while(|block| is_flat(block)).count() * BLOCK;
    blocks + pixels.iter().skip(blocks).take_while(|pixel| **pixel == color).count()
}

fn exact(all: &Counted) -> (Vec<Color>, Vec<u8>) {
    (all.colors.iter().map(|(color, _)| *color).collect(), (0..=u8::MAX).take(all.colors.len()).collect())
}

/// Those that most pixels have, each unless one before it is near, and which of them stands for each colour: the nearest.
fn near(all: &Counted) -> Option<(Vec<Color>, Vec<u8>)> {
    let mut order: Vec<(Reverse<u32>, u32, Color)> =
        all.colors.iter().map(|&(color, count)| (Reverse(count), u32::from_be_bytes(color), color)).collect();
    order.sort_unstable();
    let is_flat = |count: u32| count as usize * FLAT_SHARE >= all.pixels && count >= LEAST_FLAT;
    let is_opaque = all.colors.iter().all(|(color, _)| color[3] == u8::MAX);
    let (kept, near) = NEAR.into_iter().take(if is_opaque { 1 } else { NEAR.len() }).find_map(|near| {
        let mut kept = Kept::default();
        for &(Reverse(count), _, color) in &order {
            if (is_flat(count) && kept.colors.len() < MOST_FLAT) || !kept.hold(color, near) {
                kept.keep(color)?;
            }
        }
        Some((kept, near))
    })?;
    let places = all.colors.iter().map(|(color, _)| kept.nearest(*color, near)).collect();
    Some((kept.colors, places))
}

/// The colours of a palette, and how they show, channel by channel, so that many are measured at once; in the order of the first channel,
/// for what is near is near in that, too.
struct Kept {
    colors: Vec<Color>,
    places: Vec<u8>,
    /// After the last a block of what is far from all.
    shown: [Vec<i16>; CHANNELS],
}

impl Default for Kept {
    fn default() -> Self {
        Self { colors: Vec::new(), places: Vec::new(), shown: [(); CHANNELS].map(|()| vec![FAR; BLOCK]) }
    }
}

impl Kept {
    /// Takes one in, if there is room.
    fn keep(&mut self, color: Color) -> Option<()> {
        let place = u8::try_from(self.colors.len()).ok()?;
        let shown = shown(color);
        let at = self.from(shown[0]);
        self.colors.push(color);
        self.places.insert(at, place);
        self.shown.iter_mut().zip(shown).for_each(|(channel, value)| channel.insert(at, value));
        Some(())
    }

    /// Where those begin that have so much in the first channel.
    fn from(&self, first: i16) -> usize {
        self.shown[0].partition_point(|kept| *kept < first)
    }

    /// Those that may be near a colour and a few more, and how far they are from it.
    fn apart(&self, color: [i16; CHANNELS], near: i16, apart: &mut [i16; LARGEST + BLOCK]) -> Range<usize> {
        let [start, end] = [color[0] - near, color[0] + near + 1].map(|first| self.from(first));
        let blocks = (end - start).div_ceil(BLOCK);
        for (channel, value) in self.shown.iter().zip(color) {
            let kept = channel.get(start..).unwrap_or_default().as_chunks::<BLOCK>().0;
            for (apart, kept) in apart.as_chunks_mut::<BLOCK>().0.iter_mut().zip(kept).take(blocks) {
                apart.iter_mut().zip(kept).for_each(|(apart, kept)| *apart = i16::max(*apart, (kept - value).abs()));
            }
        }
        start..start + blocks * BLOCK
    }

    /// Whether one of them is near a colour.
    fn hold(&self, color: Color, near: i16) -> bool {
        let mut apart = [0; LARGEST + BLOCK];
        let range = self.apart(shown(color), near, &mut apart);
        apart.iter().take(range.len()).fold(i16::MAX, |least, apart| least.min(*apart)) <= near
    }

    /// The place of the nearest to a colour that one is near: in the channel in which it is furthest, then in all, then in order.
    fn nearest(&self, color: Color, near: i16) -> u8 {
        let color = shown(color);
        let mut apart = [0; LARGEST + BLOCK];
        let range = self.apart(color, near, &mut apart);
        let least = apart.iter().take(range.len()).fold(i16::MAX, |least, apart| least.min(*apart));
        let nearest = range.zip(&apart).filter(|(_, apart)| **apart == least).filter_map(|(at, _)| {
            let squares = self.shown.iter().zip(color).map(|(channel, value)| i32::from(channel[at] - value).pow(2));
            Some((squares.sum::<i32>(), *self.places.get(at)?))
        });
        nearest.min().map_or(0, |(_, place)| place)
    }
}

/// How a colour shows on black, and on white: on any other ground two are nearer to each other than on one of these.
fn shown([red, green, blue, alpha]: Color) -> [i16; CHANNELS] {
    let [green, red, blue] = [green, red, blue].map(|channel| (u16::from(channel) * u16::from(alpha) + 127) / 255);
    let through = u16::from(u8::MAX - alpha);
    [green, red, blue, green + through, red + through, blue + through].map(|channel| channel as i16)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(colors: impl Iterator<Item = Color>) -> Vec<u8> {
        colors.flatten().collect()
    }

    /// How far two colours are apart in the channel and on the ground in which they are furthest.
    fn apart(one: Color, other: Color) -> i16 {
        shown(one).iter().zip(shown(other)).map(|(one, other)| (one - other).abs()).fold(0, i16::max)
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
        assert!(colors.iter().zip(&drawn).all(|(color, drawn)| apart(*color, *drawn) <= NEAR[0]));
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
            let off = |kept: Color| apart(*color, kept);
            assert_eq!(Some(off(drawn)), palette.colors.iter().copied().map(off).min(), "{color:?} is drawn as {drawn:?}");
        }
    }

    #[test]
    fn what_is_hardly_there_is_told_apart_by_how_it_shows() {
        let faint = (0..=255).map(|shade| [shade, 255 - shade, shade / 2, 3]);
        let strong = (0..=255).map(|shade| [shade, 255 - shade, shade / 2, 255]);
        let colors: Vec<Color> = faint.chain(strong).collect();
        let palette = Palette::of(&pixels(colors.iter().copied())).unwrap();
        assert!(palette.colors.iter().filter(|color| color[3] == 3).count() < 3);
        assert!(colors.iter().zip(drawn(&palette)).all(|(color, drawn)| apart(*color, drawn) <= NEAR[0]));
    }

    #[test]
    fn a_picture_that_lies_over_another_is_off_by_no_more_than_it_must() {
        for (shades, step, most) in [(30u32, 5, 8), (60, 4, 12)] {
            let across = (0..shades * shades).map(|number| [number % shades * step, 128, number / shades * step, 255]);
            let colors: Vec<Color> = across.map(|color| color.map(|channel| channel as u8)).collect();
            assert!(Palette::of(&pixels(colors.iter().copied())).is_none(), "what is opaque is no further off");
            let palette = Palette::of(&pixels(colors.iter().copied().chain([[0; 4]]))).unwrap();
            let furthest = colors.iter().zip(drawn(&palette)).map(|(color, drawn)| apart(*color, drawn)).max();
            assert!(furthest > Some(most - 4) && furthest <= Some(most), "{furthest:?}");
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
