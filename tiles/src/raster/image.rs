//! Finished pictures: PNG with a palette where that comes near, WebP without loss, JPEG.

use super::palette::{Palette, on_white};
use std::io::Cursor;

/// Of 100: letters stay clean.
const JPEG_QUALITY: u8 = 88;
/// Of 9: the fifth takes twice as long for a tenth less.
const PNG_LEVEL: u8 = 2;

/// Pixels, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    size: [u32; 2],
    /// RGBA, premultiplied, as the painter leaves it: of a picture with a palette only the colours of that are divided by their alpha.
    painted: Vec<u8>,
}

/// Why a picture cannot be encoded.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The PNG encoder says no.
    #[error("PNG: {0}")]
    Png(#[from] png::EncodingError),
    /// The WebP or JPEG encoder says no.
    #[error(transparent)]
    Image(#[from] image::ImageError),
}

impl Image {
    /// Of premultiplied RGBA.
    pub(super) fn new(size: [u16; 2], painted: Vec<u8>) -> Self {
        Self { size: size.map(u32::from), painted }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The pixels, four bytes each: red, green, blue and alpha, not premultiplied.
    pub fn rgba(&self) -> Vec<u8> {
        let mut rgba = self.painted.clone();
        let (pixels, _) = rgba.as_chunks_mut();
        // Most pixels look as the one before.
        let mut last = ([0; 4], straight([0; 4]));
        for pixel in pixels {
            if *pixel != last.0 {
                last = (*pixel, straight(*pixel));
            }
            *pixel = last.1;
        }
        rgba
    }

    /// Takes away what is see-through.
    pub(super) fn make_opaque(&mut self) {
        let (pixels, _) = self.painted.as_chunks_mut::<4>();
        for pixel in pixels.iter_mut().filter(|[.., alpha]| *alpha != u8::MAX) {
            let [red, green, blue, _] = straight(*pixel);
            *pixel = [red, green, blue, u8::MAX];
        }
    }

    /// One pixel of them.
    #[cfg(test)]
    pub(super) fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let (pixels, _) = self.painted.as_chunks();
        straight(pixels[(y * self.size[0] + x) as usize])
    }

    /// Cuts off what lies below so many rows.
    pub(super) fn cut_below(&mut self, rows: u32) {
        let [width, height] = self.size;
        self.size = [width, height.min(rows)];
        self.painted.truncate((width * self.size[1] * 4) as usize);
    }

    /// Puts another picture over this one with its corner at a pixel; what would stand beyond the edges is left out.
    pub(super) fn paste(&mut self, other: &Self, [left, top]: [usize; 2]) {
        let [width, other_width] = [self.size[0], other.size[0]].map(|pixels| pixels as usize * 4);
        let bytes = other_width.min(width.saturating_sub(left * 4));
        if bytes == 0 {
            return;
        }
        let below = self.painted.chunks_exact_mut(width).skip(top);
        for (row, pasted) in below.zip(other.painted.chunks_exact(other_width)) {
            let places = row.iter_mut().skip(left * 4).take(bytes);
            places.zip(pasted).for_each(|(place, byte)| *place = *byte);
        }
    }

    /// As PNG: indexed where 256 colours suffice or come near all, which is nearly always, and then with four bits a pixel if 16 do; else in full.
    pub fn to_png(&self) -> Result<Vec<u8>, ImageError> {
        let [width, height] = self.size;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        // Flat colours: filters cost time and make the file larger.
        encoder.set_filter(png::Filter::NoFilter);
        encoder.set_deflate_compression(png::DeflateCompression::Level(PNG_LEVEL));
        let pixels = match Palette::of(&self.painted) {
            None if self.painted.chunks_exact(4).all(|pixel| pixel[3] == u8::MAX) => {
                encoder.set_color(png::ColorType::Rgb);
                self.painted.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
            }
            None => {
                encoder.set_color(png::ColorType::Rgba);
                self.rgba()
            }
            Some(Palette { colors, indices }) => {
                let colors: Vec<[u8; 4]> = colors.into_iter().map(straight).collect();
                encoder.set_color(png::ColorType::Indexed);
                encoder.set_palette(colors.iter().flat_map(|color| [color[0], color[1], color[2]]).collect::<Vec<_>>());
                if colors.iter().any(|color| color[3] < u8::MAX) {
                    encoder.set_trns(colors.iter().map(|color| color[3]).collect::<Vec<_>>());
                }
                match colors.len() <= 16 {
                    true => {
                        encoder.set_depth(png::BitDepth::Four);
                        // Each row begins with a byte of its own.
                        let rows = indices.chunks(width.max(1) as usize);
                        rows.flat_map(|row| row.chunks(2)).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
                    }
                    false => indices,
                }
            }
        };
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&pixels)?;
        writer.finish()?;
        Ok(bytes)
    }

    /// As JPEG, on white where nothing is drawn.
    pub fn to_jpeg(&self) -> Result<Vec<u8>, ImageError> {
        let [width, height] = self.size;
        let (pixels, _) = self.painted.as_chunks();
        let pixels: Vec<u8> = pixels.iter().flat_map(|pixel| on_white(*pixel)).collect();
        let mut bytes = Vec::new();
        let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        encoder.encode(&pixels, width, height, image::ExtendedColorType::Rgb8)?;
        Ok(bytes)
    }

    /// As lossless WebP.
    pub fn to_webp(&self) -> Result<Vec<u8>, ImageError> {
        let [width, height] = self.size;
        let mut bytes = Cursor::new(Vec::new());
        let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
        encoder.encode(&self.rgba(), width, height, image::ExtendedColorType::Rgba8)?;
        Ok(bytes.into_inner())
    }
}

/// A colour that is not premultiplied any more.
fn straight([red, green, blue, alpha]: [u8; 4]) -> [u8; 4] {
    let [whole, half] = [u32::from(alpha.max(1)), u32::from(alpha / 2)];
    let [red, green, blue] = [red, green, blue].map(|part| ((u32::from(part) * 255 + half) / whole).min(255) as u8);
    [red, green, blue, alpha]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(color: impl Fn(u32) -> [u8; 4]) -> Image {
        Image::new([16; 2], (0..256).flat_map(color).collect())
    }

    fn decoded(bytes: &[u8]) -> Vec<u8> {
        image::load_from_memory(bytes).unwrap().to_rgba8().into_raw()
    }

    #[test]
    fn every_depth_gives_the_pixels_back() {
        for colors in [1u32, 2, 16, 17, 256] {
            let image = picture(|number| {
                let shade = u8::try_from(number % colors).unwrap();
                if shade == 0 { [0; 4] } else { [shade, 255 - shade, 7, shade.max(255 - shade)] }
            });
            assert_eq!(decoded(&image.to_png().unwrap()), image.rgba(), "{colors} colours");
            assert_eq!(decoded(&image.to_webp().unwrap()), image.rgba(), "{colors} colours");
        }
    }

    #[test]
    fn what_is_half_there_is_so_in_every_format() {
        let image = picture(|_| [100, 0, 50, 100]);
        assert_eq!(image.rgba()[..4], [255, 0, 128, 100]);
        assert_eq!(decoded(&image.to_png().unwrap()), image.rgba());
        assert_eq!(decoded(&image.to_webp().unwrap()), image.rgba());
        let on_white = decoded(&image.to_jpeg().unwrap());
        assert!(on_white[..3].iter().zip([255, 155, 205]).all(|(one, other)| one.abs_diff(other) <= 3), "{:?}", &on_white[..3]);
    }

    #[test]
    fn colours_far_apart_need_no_palette() {
        let rgba: Vec<u8> = (0..1024u32)
            .flat_map(|number| [number % 16 * 16, number / 16 % 16 * 16, number / 256 * 64, 255].map(|channel| channel as u8))
            .collect();
        let image = Image::new([32; 2], rgba);
        assert_eq!(decoded(&image.to_png().unwrap()), image.rgba());
    }
}
