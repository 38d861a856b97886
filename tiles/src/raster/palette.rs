//! The palette of a picture: all of its colours where 256 suffice, else those of them that come near all the others.
//!
//! A map is drawn in few colours; the many others are the shades along the edges of letters and lines. Colours that most pixels have come first
//! and are kept as they are, so that what is flat is exact, and a shade takes the nearest of those that are there if one is near.

/// How far a shade may be off in each channel, of 255, as it shows on whatever is behind it: the first of these with which 256 colours
/// suffice. That is less than what is seen side by side, or in what fades; a step in what fades over an opaque ground would be seen, so the
/// others are for pictures that lie over another.
const NEAR: [u8; 3] = [4, 8, 12];
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
/// Pixels that are compared at once.
const BLOCK: usize = 16;

/// Premultiplied.
type Color = [u8; 4];

/// Colours, and the number of each pixel's among them.
pub(super) struct Palette {
    pub(super) colors: Vec<Color>,
    pub(super) indices: Vec<u8>,
}

impl Palette {
    /// Of premultiplied RGBA pixels; `None` if 256 of their colours do not come near all. `O(pixels + colours x 256)`.
    pub(super) fn of(pixels: &[u8]) -> Option<Self> {
        let all = Counted::of(pixels)?;
        let (colors, places) = if all.colors.len() <= LARGEST { exact(&all) } else { near(&all)? };
        Some(Self { indices: all.indices(&places), colors })
    }
}

/// The colours of a picture in the order in which they come.
struct Counted {
    colors: Vec<(Color, u32)>,
    /// The number of a colour, and how many pixels have it one after the other.
    runs: Vec<(u16, u16)>,
    pixels: usize,
}

impl Counted {
    fn of(pixels: &[u8]) -> Option<Self> {
        let (pixels, _) = pixels.as_chunks::<4>();
        let mut colors: Vec<(Color, u32)> = Vec::new();
        let mut runs: Vec<(u16, u16)> = Vec::new();
        let mut seats = Seats::default();
        let mut last = None;
        for block in pixels.chunks(BLOCK) {
            // Most of a map is flat; where it is not, each pixel is a run, for which of them are alike follows no pattern.
            if let Some((_, number)) = last.filter(|(color, _)| are_all(block, *color)) {
                match runs.last_mut() {
                    Some((_, long)) if usize::from(*long) + BLOCK <= usize::from(u16::MAX) => *long += block.len() as u16,
                    _ => runs.push((number, block.len() as u16)),
                }
                colors.get_mut(usize::from(number))?.1 += block.len() as u32;
                continue;
            }
            for &color in block {
                let number = seats.number(color, &mut colors)?;
                colors.get_mut(usize::from(number))?.1 += 1;
                runs.push((number, 1));
                last = Some((color, number));
            }
        }
        Some(Self { colors, runs, pixels: pixels.len() })
    }

    /// What stands for each pixel, where `places` has what stands for each colour.
    fn indices(&self, places: &[u8]) -> Vec<u8> {
        let mut indices = Vec::with_capacity(self.pixels);
        for &(number, long) in &self.runs {
            let place = places.get(usize::from(number)).copied().unwrap_or(0);
            match long {
                1 => indices.push(place),
                long => indices.resize(indices.len() + usize::from(long), place),
            }
        }
        indices
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

/// Whether all pixels of a block have a colour; those of a whole block are compared at once.
fn are_all(block: &[Color], color: Color) -> bool {
    match block.first_chunk::<BLOCK>() {
        Some(block) => block.iter().fold(true, |flat, pixel| flat & (*pixel == color)),
        None => block.iter().all(|pixel| *pixel == color),
    }
}

fn exact(all: &Counted) -> (Vec<Color>, Vec<u8>) {
    (all.colors.iter().map(|(color, _)| *color).collect(), (0..=u8::MAX).take(all.colors.len()).collect())
}

/// Those that most pixels have, each unless one before it is near, and which of them stands for each colour: the nearest.
fn near(all: &Counted) -> Option<(Vec<Color>, Vec<u8>)> {
    // One number each, in the order of the numbers: they are many.
    let key = |&(color, count): &(Color, u32)| u64::from(!count) << u32::BITS | u64::from(u32::from_be_bytes(color));
    let mut order: Vec<u64> = all.colors.iter().map(key).collect();
    order.sort_unstable();
    let order = || order.iter().map(|key| ((*key as u32).to_be_bytes(), !((key >> u32::BITS) as u32)));
    let is_flat = |count: u32| count as usize * FLAT_SHARE >= all.pixels && count >= LEAST_FLAT;
    let is_opaque = all.colors.iter().all(|(color, _)| color[3] == u8::MAX);
    let kept = NEAR.into_iter().take(if is_opaque { 1 } else { NEAR.len() }).find_map(|near| {
        let mut kept = Kept::within(near);
        for (color, count) in order() {
            if (is_flat(count) && kept.colors.len() < MOST_FLAT) || !kept.hold(color) {
                kept.keep(color)?;
            }
        }
        Some(kept)
    })?;
    let places = all.colors.iter().map(|(color, _)| kept.nearest(*color)).collect();
    Some((kept.colors, places))
}

/// A bit for each place in a palette.
type Places = [u64; LARGEST / u64::BITS as usize];

/// The colours of a palette, and for each channel which of them are near each value: those that are near in all channels are near.
struct Kept {
    /// How far a colour may be off in a channel.
    near: u8,
    colors: Vec<Color>,
    /// How each of them shows.
    shown: [[u8; CHANNELS]; LARGEST],
    /// Channel by channel, those near each value.
    beside: Vec<[Places; 256]>,
}

impl Kept {
    /// None yet, of which one is near what is no further off than so much in any channel.
    fn within(near: u8) -> Self {
        Self { near, colors: Vec::new(), shown: [[0; CHANNELS]; LARGEST], beside: vec![[Places::default(); 256]; CHANNELS] }
    }

    /// Takes one in, if there is room.
    fn keep(&mut self, color: Color) -> Option<()> {
        let place = u8::try_from(self.colors.len()).ok()?;
        let (word, bit) = (usize::from(place) / 64, 1 << (place % 64));
        let shown = shown(color);
        for (channel, value) in self.beside.iter_mut().zip(shown) {
            let near = value.saturating_sub(self.near)..=value.saturating_add(self.near);
            near.for_each(|value| channel[usize::from(value)][word] |= bit);
        }
        self.colors.push(color);
        self.shown[usize::from(place)] = shown;
        Some(())
    }

    /// The places of those that are near a colour.
    fn near(&self, color: [u8; CHANNELS]) -> Places {
        let channels = self.beside.iter().zip(color).map(|(channel, value)| channel[usize::from(value)]);
        channels.fold([u64::MAX; _], |near, beside| std::array::from_fn(|word| near[word] & beside[word]))
    }

    /// Whether one of them is near a colour.
    fn hold(&self, color: Color) -> bool {
        self.near(shown(color)).iter().any(|places| *places != 0)
    }

    /// The place of the nearest to a colour that one is near: in the channel in which it is furthest, then in all, then in order.
    fn nearest(&self, color: Color) -> u8 {
        let color = shown(color);
        // One number for all three, so that no branch depends on which is less.
        let mut nearest = u64::MAX << 8;
        for (word, mut bits) in self.near(color).into_iter().enumerate() {
            while bits != 0 {
                let place = 64 * word + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let apart = self.shown[place].iter().zip(color).map(|(kept, value)| u32::from(kept.abs_diff(value)));
                let (most, squares) = apart.fold((0, 0), |(most, sum), apart| (apart.max(most), sum + apart * apart));
                nearest = nearest.min(u64::from(most) << 40 | u64::from(squares) << 8 | place as u64);
            }
        }
        nearest as u8
    }
}

/// How a colour shows on black, and on white: on any other ground two are nearer to each other than on one of these.
fn shown(color: Color) -> [u8; CHANNELS] {
    let ([red, green, blue, _], on_white) = (color, on_white(color));
    [green, red, blue, on_white[1], on_white[0], on_white[2]]
}

/// How a premultiplied colour shows on white.
pub(super) fn on_white([red, green, blue, alpha]: Color) -> [u8; 3] {
    [red, green, blue].map(|part| part.saturating_add(u8::MAX - alpha))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(colors: impl Iterator<Item = Color>) -> Vec<u8> {
        colors.flatten().collect()
    }

    /// How far two colours are apart in the channel and on the ground in which they are furthest.
    fn apart(one: Color, other: Color) -> u8 {
        shown(one).iter().zip(shown(other)).map(|(one, other)| one.abs_diff(other)).fold(0, u8::max)
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
