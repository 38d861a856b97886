//! A sheet of paper: areas, texts and finished pictures, for what stands around a map. Sizes are in style pixels.

use super::canvas::{Canvas, LEVEL, Picture, Stand};
use super::color::{self, Rgba};
use super::image::Image;
use super::section::Section;
use super::shaping::LINE_HEIGHT_EM;
use std::sync::Arc;
use vello_cpu::kurbo::BezPath;

pub use super::shaping::Lettering;

/// A colour, as styles write it.
#[derive(Debug, Clone, Copy)]
pub struct Color(Rgba);

impl Color {
    /// Black.
    pub const BLACK: Self = Self([0.0, 0.0, 0.0, 1.0]);
    /// White.
    pub const WHITE: Self = Self([1.0; 4]);

    /// Reads a colour; `None` if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        color::parse(text).map(Self)
    }
}

/// A sheet being filled.
pub struct Sheet<'a> {
    picture: Picture<'a>,
    ratio: f64,
    pasted: Vec<(Image, [f64; 2])>,
}

impl Canvas {
    /// Starts a sheet of a size, `ratio` picture pixels to a style pixel.
    pub fn sheet(&mut self, size: [u16; 2], ratio: u16, paper: Color) -> Sheet<'_> {
        let mut picture = self.begin(&Section::swatch(0.0, size, ratio));
        picture.cover(paper.0);
        Sheet { picture, ratio: f64::from(ratio), pasted: Vec::new() }
    }

    /// Width and height that a text takes.
    pub fn measure(&mut self, words: &str, lettering: Lettering) -> [f64; 2] {
        let text = self.shaper.text(&Arc::from(words), lettering, f64::INFINITY, 0.0, LINE_HEIGHT_EM);
        [text.width, text.height]
    }
}

impl Sheet<'_> {
    /// Fills the shape between some corners.
    pub fn area(&mut self, corners: &[[f64; 2]], color: Color) {
        let mut path = BezPath::new();
        for (number, [x, y]) in corners.iter().enumerate() {
            match number {
                0 => path.move_to((*x, *y)),
                _ => path.line_to((*x, *y)),
            }
        }
        if corners.len() > 2 {
            path.close_path();
            self.picture.fill(&path, color.0);
        }
    }

    /// Fills an upright box.
    pub fn bar(&mut self, [left, top]: [f64; 2], [width, height]: [f64; 2], color: Color) {
        let (right, bottom) = (left + width, top + height);
        self.area(&[[left, top], [right, top], [right, bottom], [left, bottom]], color);
    }

    /// Writes a text with its top left at a place, and says how high it came out.
    pub fn text(&mut self, words: &str, at: [f64; 2], lettering: Lettering, color: Color) -> f64 {
        let text = self.picture.canvas.shaper.text(&Arc::from(words), lettering, f64::INFINITY, 0.0, LINE_HEIGHT_EM);
        self.picture.write(&text, &Stand::Level { at, corner: [0.0; 2], flush: 0.0, direction: LEVEL }, color.0, None);
        text.height
    }

    /// Puts a finished picture of the same ratio with its top left at a place, over everything else.
    pub fn paste(&mut self, image: Image, at: [f64; 2]) {
        self.pasted.push((image, at));
    }

    /// The upper part of the finished sheet, so high.
    pub fn finish_above(self, height: f64) -> Image {
        let rows = (height * self.ratio).ceil().max(1.0) as u32;
        let mut image = self.finish();
        image.cut_below(rows);
        image
    }

    /// The finished sheet.
    pub fn finish(self) -> Image {
        let mut image = self.picture.finish();
        for (pasted, at) in &self.pasted {
            image.paste(pasted, at.map(|axis| (axis * self.ratio).round().max(0.0) as usize));
        }
        image
    }
}
