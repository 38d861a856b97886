//! Finished pictures: PNG with a palette where that is exact, and WebP without loss.

use std::collections::HashMap;
use std::io::Cursor;

/// RGBA pixels, not premultiplied, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    side: u32,
    rgba: Vec<u8>,
}

/// Why a picture cannot be encoded.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The PNG encoder says no.
    #[error("PNG: {0}")]
    Png(#[from] png::EncodingError),
    /// The WebP encoder says no.
    #[error("WebP: {0}")]
    Webp(#[from] image::ImageError),
}

impl Image {
    pub(super) fn new(side: u16, rgba: Vec<u8>) -> Self {
        Self { side: u32::from(side), rgba }
    }

    /// Pixels on a side.
    pub fn side(&self) -> u32 {
        self.side
    }

    /// The pixels, four bytes each.
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// As PNG: indexed when 256 colours suffice, four bits a pixel when 16 do.
    pub fn to_png(&self) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.side, self.side);
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
                        indices.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect()
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

    /// As lossless WebP.
    pub fn to_webp(&self) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Cursor::new(Vec::new());
        let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut bytes);
        encoder.encode(&self.rgba, self.side, self.side, image::ExtendedColorType::Rgba8)?;
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
        Image::new(16, (0..256).flat_map(color).collect())
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
        let image = Image::new(32, rgba);
        assert_eq!(decoded(&image.to_png().unwrap()), image.rgba());
    }
}
