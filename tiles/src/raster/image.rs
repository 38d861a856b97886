//! Finished pictures: PNG with a palette where that is exact, WebP without loss, JPEG.

use std::collections::HashMap;
use std::io::Cursor;

/// Of 100: letters stay clean.
const JPEG_QUALITY: u8 = 88;

/// RGBA pixels, not premultiplied, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    size: [u32; 2],
    rgba: Vec<u8>,
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
    pub(super) fn new(size: [u16; 2], rgba: Vec<u8>) -> Self {
        Self { size: size.map(u32::from), rgba }
    }

    /// Width and height in pixels.
    pub fn size(&self) -> [u32; 2] {
        self.size
    }

    /// The pixels, four bytes each.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// Cuts off what lies below so many rows.
    pub(super) fn cut_below(&mut self, rows: u32) {
        let [width, height] = self.size;
        self.size = [width, height.min(rows)];
        self.rgba.truncate((width * self.size[1] * 4) as usize);
    }

    /// Puts another picture over this one with its corner at a pixel; what would stand beyond the edges is left out.
    pub(super) fn paste(&mut self, other: &Self, [left, top]: [usize; 2]) {
        let [width, other_width] = [self.size[0], other.size[0]].map(|pixels| pixels as usize * 4);
        let bytes = other_width.min(width.saturating_sub(left * 4));
        if bytes == 0 {
            return;
        }
        let below = self.rgba.chunks_exact_mut(width).skip(top);
        for (row, pasted) in below.zip(other.rgba.chunks_exact(other_width)) {
            let places = row.iter_mut().skip(left * 4).take(bytes);
            places.zip(pasted).for_each(|(place, byte)| *place = *byte);
        }
    }

    /// As PNG: indexed when 256 colours suffice, four bits a pixel when 16 do.
    pub fn to_png(&self) -> Result<Vec<u8>, ImageError> {
        let [width, height] = self.size;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        // Flat colours: filters cost time and make the file larger.
        encoder.set_filter(png::Filter::NoFilter);
        encoder.set_compression(png::Compression::Fast);
        let pixels = match palette(&self.rgba) {
            None => {
                encoder.set_color(png::ColorType::Rgba);
                self.rgba.clone()
            }
            Some((colors, indices)) => {
                encoder.set_color(png::ColorType::Indexed);
                encoder.set_palette(colors.iter().flat_map(|color| [color[0], color[1], color[2]]).collect::<Vec<_>>());
                encoder.set_trns(colors.iter().map(|color| color[3]).collect::<Vec<_>>());
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
        let opaque = |pixel: &[u8]| {
            let (alpha, channels) = (pixel.get(3).copied().unwrap_or(0), pixel.iter().take(3));
            let over_white = |channel: &u8| 255 - (u16::from(255 - channel) * u16::from(alpha) / 255) as u8;
            channels.map(over_white).collect::<Vec<_>>()
        };
        let pixels: Vec<u8> = self.rgba.chunks_exact(4).flat_map(opaque).collect();
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
        encoder.encode(&self.rgba, width, height, image::ExtendedColorType::Rgba8)?;
        Ok(bytes.into_inner())
    }
}

/// The colours of a picture and each pixel's number among them; `None` if there are more than 256.
fn palette(rgba: &[u8]) -> Option<(Vec<[u8; 4]>, Vec<u8>)> {
    let mut numbers: HashMap<[u8; 4], u8> = HashMap::new();
    let mut colors: Vec<[u8; 4]> = Vec::new();
    let mut indices = Vec::with_capacity(rgba.len() / 4);
    let mut last: Option<([u8; 4], u8)> = None;
    for pixel in rgba.chunks_exact(4) {
        let color = [pixel[0], pixel[1], pixel[2], pixel[3]];
        let number = match (last, numbers.get(&color)) {
            (Some((same, number)), _) if same == color => number,
            (_, Some(number)) => *number,
            (_, None) => {
                let number = u8::try_from(colors.len()).ok()?;
                colors.push(color);
                numbers.insert(color, number);
                number
            }
        };
        last = Some((color, number));
        indices.push(number);
    }
    Some((colors, indices))
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
                [shade, 255 - shade, 7, if shade == 0 { 0 } else { 200 }]
            });
            assert_eq!(decoded(&image.to_png().unwrap()), image.rgba(), "{colors} colours");
            assert_eq!(decoded(&image.to_webp().unwrap()), image.rgba(), "{colors} colours");
        }
    }

    #[test]
    fn more_than_256_colours_need_no_palette() {
        let rgba: Vec<u8> = (0..1024u32).flat_map(|number| [(number % 256) as u8, (number / 256) as u8, 0, 255]).collect();
        let image = Image::new([32; 2], rgba);
        assert_eq!(decoded(&image.to_png().unwrap()), image.rgba());
    }
}
