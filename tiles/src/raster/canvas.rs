//! The painter: the only part that drives vello_cpu. In: shapes and texts in style pixels. Out: pixels.
//!
//! Reused from picture to picture, so that a picture allocates little. Shapes may reach beyond the picture.

use super::color::Rgba;
use super::disc::Disc;
use super::image::Image;
use super::pen::Pen;
use super::ribbon::Ribbon;
use super::section::Section;
use super::shaping::{Run, Shaper, Text};
use super::work::Work;
use std::ops::Range;
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::{Affine, BezPath, Join, Rect, Stroke};
use vello_cpu::peniko::{Color, ImageAlphaType};
use vello_cpu::{Glyph, Pixmap, RasterizerSettings, RenderContext, Resources, TargetInit};

/// Cosine and sine of no turn.
pub(super) const LEVEL: [f64; 2] = [1.0, 0.0];

/// Where one letter of a text stands, and the cosine and sine of its direction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Turn {
    pub(super) at: [f64; 2],
    pub(super) direction: [f64; 2],
}

/// How a text stands in the picture.
#[derive(Debug)]
pub(super) enum Stand {
    /// In lines, turned around a point; its top left is counted from there. Shorter lines stand left (0) to right (1).
    Level { at: [f64; 2], corner: [f64; 2], flush: f64, direction: [f64; 2] },
    /// Letter by letter.
    Along(Vec<Turn>),
}

/// Buffers, fonts and shaped texts of one render thread.
pub struct Canvas {
    context: RenderContext,
    resources: Resources,
    ribbon: Ribbon,
    pub(super) shaper: Shaper,
}

impl Default for Canvas {
    fn default() -> Self {
        Self {
            context: RenderContext::new(256, 256),
            resources: Resources::new(),
            ribbon: Ribbon::default(),
            shaper: Shaper::default(),
        }
    }
}

impl Canvas {
    /// Starts a picture of a section of the map, however long it takes.
    pub(super) fn begin(&mut self, section: &Section) -> Picture<'_> {
        self.begin_within(section, &|| false)
    }

    /// Starts a picture of a section of the map, on which nothing more is drawn once `is_late` says so.
    pub(super) fn begin_within<'a>(&'a mut self, section: &Section, is_late: &'a dyn Fn() -> bool) -> Picture<'a> {
        let [width, height] = section.pixels();
        self.context.reset_and_resize(width, height);
        self.context.set_transform(Affine::scale(section.ratio()));
        Picture {
            canvas: self,
            section: *section,
            origin: section.origin(),
            work: Work::until(is_late),
            pixels: None,
            clips: 0,
            is_opaque: false,
        }
    }
}

/// A picture being drawn.
pub(super) struct Picture<'a> {
    pub(super) canvas: &'a mut Canvas,
    pub(super) section: Section,
    /// Its corner on the whole map, style pixels.
    pub(super) origin: [f64; 2],
    pub(super) work: Work<'a>,
    /// What was drawn before it was too much to be kept as records.
    pixels: Option<Pixmap>,
    /// How many shapes bound what is drawn.
    clips: usize,
    /// Something that hides whatever is behind lies below all.
    is_opaque: bool,
}

fn paint([red, green, blue, alpha]: Rgba) -> AlphaColor<Srgb> {
    AlphaColor::new([red, green, blue, alpha])
}

impl Picture<'_> {
    /// Width and height in style pixels.
    pub(super) fn size_px(&self) -> [f64; 2] {
        self.section.size_px()
    }

    /// All of it, style pixels.
    pub(super) fn bounds(&self) -> Rect {
        let [width, height] = self.size_px();
        Rect::new(0.0, 0.0, width, height)
    }

    /// Makes room for a shape; whether it may be drawn.
    fn take(&mut self, path: &BezPath, is_stroke: bool) -> bool {
        self.make_room();
        self.work.take(path, is_stroke, self.canvas.context.transform())
    }

    /// Makes pixels of what is recorded, if that is much.
    fn make_room(&mut self) {
        if self.work.is_full() && self.clips == 0 {
            self.settle();
        }
    }

    /// Makes pixels of what is recorded, and goes on from there.
    fn settle(&mut self) {
        let state = self.canvas.context.take_current_state();
        self.make_pixels();
        self.canvas.context.reset();
        self.canvas.context.restore_state(state);
        let [width, height] = self.section.pixels().map(f64::from);
        self.work.settle(width * height);
    }

    /// Draws what is recorded over what was drawn before.
    fn make_pixels(&mut self) {
        let Canvas { context, resources, .. } = &mut *self.canvas;
        context.flush();
        let [width, height] = self.section.pixels();
        // Pixels that are there are drawn over, others need not be looked at.
        let target_init = if self.pixels.is_some() { TargetInit::SrcOver } else { TargetInit::Clear(Color::TRANSPARENT) };
        let pixels = self.pixels.get_or_insert_with(|| Pixmap::new(width, height));
        context.render_with(&mut *pixels, resources, RasterizerSettings { target_init, ..RasterizerSettings::default() });
    }

    /// Covers everything.
    pub(super) fn cover(&mut self, color: Rgba) {
        self.is_opaque |= color[3] >= 1.0;
        self.canvas.context.set_paint(paint(color));
        let all = self.bounds();
        self.work.cover();
        self.canvas.context.fill_rect(&all);
    }

    /// Fills a shape.
    pub(super) fn fill(&mut self, path: &BezPath, color: Rgba) {
        if !self.take(path, false) {
            return;
        }
        self.canvas.context.set_paint(paint(color));
        self.canvas.context.fill_path(path);
    }

    /// Strokes a path.
    pub(super) fn stroke(&mut self, path: &BezPath, pen: Pen) {
        if !self.take(path, true) {
            return;
        }
        let Canvas { context, ribbon, .. } = &mut *self.canvas;
        context.set_paint(paint(pen.color));
        if let Some(outline) = ribbon.of(path, &pen) {
            return context.fill_path(outline);
        }
        context.set_stroke(Stroke::new(pen.width).with_caps(pen.cap).with_join(pen.join).with_miter_limit(pen.miter_limit));
        context.stroke_path(path);
    }

    /// Draws within a shape only.
    pub(super) fn clipped(&mut self, path: &BezPath, draw: impl FnOnce(&mut Self)) {
        if !self.take(path, false) {
            return;
        }
        self.canvas.context.push_clip_path(path);
        self.clips += 1;
        draw(self);
        self.clips -= 1;
        self.canvas.context.pop_clip();
    }

    /// Paints a circle over everything so far. It heeds neither a place nor a shape that others are drawn at and in.
    pub(super) fn circle(&mut self, at: [f64; 2], disc: &Disc) {
        debug_assert!(self.clips == 0, "what is drawn within a shape cannot become pixels before the shape ends");
        let ([width, height], ratio) = (self.section.pixels(), self.section.ratio());
        if !self.work.paint(disc.reach() * ratio) {
            return;
        }
        if self.work.has_records() {
            self.settle();
        }
        let pixels = self.pixels.get_or_insert_with(|| Pixmap::new(width, height));
        let (pixels, _) = pixels.data_as_u8_slice_mut().as_chunks_mut();
        disc.paint(pixels, usize::from(width), at.map(|axis| axis * ratio), ratio);
    }

    /// Draws at another place, size and direction.
    pub(super) fn placed(&mut self, at: [f64; 2], scale: f64, [cos, sin]: [f64; 2], draw: impl FnOnce(&mut Self)) {
        let before = *self.canvas.context.transform();
        let turned = Affine::new([cos * scale, sin * scale, -sin * scale, cos * scale, at[0], at[1]]);
        self.canvas.context.set_transform(before * turned);
        draw(self);
        self.canvas.context.set_transform(before);
    }

    /// Writes a text over a halo of so many pixels.
    pub(super) fn write(&mut self, text: &Text, stand: &Stand, color: Rgba, halo: Option<(Rgba, f64)>) {
        self.make_room();
        if let Some((color, width)) = halo {
            self.canvas.context.set_stroke(Stroke::new(2.0 * width).with_join(Join::Round));
            self.letters(text, stand, color, true);
        }
        self.letters(text, stand, color, false);
    }

    fn letters(&mut self, text: &Text, stand: &Stand, color: Rgba, stroked: bool) {
        self.canvas.context.set_paint(paint(color));
        if !self.work.write(text.runs.iter().map(|run| run.glyphs.len()).sum()) {
            return;
        }
        match stand {
            Stand::Level { at, corner, flush, direction } => self.placed(*at, 1.0, *direction, |picture| {
                for run in text.runs.iter() {
                    let start = [corner[0] + (text.width - run.line_width) * flush, corner[1]];
                    picture.placed(start, 1.0, LEVEL, |picture| picture.glyphs(run, 0..run.glyphs.len(), [0.0; 2], stroked));
                }
            }),
            Stand::Along(turns) => {
                let clusters = text.runs.iter().flat_map(|run| run.clusters.iter().map(move |cluster| (run, cluster)));
                for ((run, cluster), turn) in clusters.zip(turns) {
                    self.placed(turn.at, 1.0, turn.direction, |picture| {
                        picture.glyphs(run, cluster.glyphs.clone(), [cluster.start, run.baseline], stroked);
                    });
                }
            }
        }
    }

    /// Draws some glyphs of a run so that a point of its text comes to stand at the origin.
    fn glyphs(&mut self, run: &Run, which: Range<usize>, origin: [f64; 2], stroked: bool) {
        let Canvas { context, resources, .. } = &mut *self.canvas;
        let letters = context.glyph_run(resources, &run.font).font_size(run.size).hint(false);
        let moved = |glyph: &Glyph| Glyph { x: glyph.x - origin[0] as f32, y: glyph.y - origin[1] as f32, ..*glyph };
        let glyphs = run.glyphs.get(which).unwrap_or_default().iter().map(moved);
        // A glyph that cannot be drawn is left out; the rest of the text still helps.
        let _ = if stroked { letters.stroke_glyphs(glyphs) } else { letters.fill_glyphs(glyphs) };
    }

    /// The finished picture.
    pub(super) fn finish(mut self) -> Image {
        if self.work.has_records() {
            self.make_pixels();
        }
        let [width, height] = self.section.pixels();
        let pixels = self.pixels.take().unwrap_or_else(|| Pixmap::new(width, height));
        let mut image = Image::new([width, height], pixels.take_rgba8(ImageAlphaType::AlphaPremultiplied));
        if self.is_opaque {
            // The painter rounds: what lies on an opaque ground would be see-through by a hundredth.
            image.make_opaque();
        }
        image
    }
}

impl Drop for Picture<'_> {
    fn drop(&mut self) {
        if self.work.is_large() {
            self.canvas.context = RenderContext::new(256, 256);
            self.canvas.ribbon = Ribbon::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::TileCoord;
    use vello_cpu::kurbo::{Cap, Circle, Shape};

    #[test]
    fn what_lies_on_an_opaque_ground_keeps_its_colour() {
        let mut canvas = Canvas::default();
        let mut picture = canvas.begin(&Section::tile(TileCoord::WORLD, 1));
        picture.cover([1.0; 4]);
        for number in 0..12 {
            let shape = Circle::new((100.3, 90.7), 80.0 - f64::from(number)).to_path(0.1);
            picture.fill(&shape, [1.0, 1.0, 1.0, 0.3]);
        }
        assert!(picture.finish().rgba().iter().all(|part| *part == 255));
    }

    #[test]
    fn what_becomes_pixels_in_parts_looks_as_if_drawn_at_once() {
        let section = Section::tile(TileCoord::WORLD, 2);
        let drawn = |in_parts: bool| {
            let mut canvas = Canvas::default();
            let mut picture = canvas.begin(&section);
            let square = Rect::new(-30.0, -30.0, 30.0, 30.0).to_path(0.1);
            for number in 0..40u8 {
                let shade = f32::from(number) / 40.0;
                let at = [f64::from(number) * 5.0, 60.0 + f64::from(number % 7) * 20.0];
                picture.placed(at, 1.5, [0.8, 0.6], |picture| picture.fill(&square, [shade, 0.4, 1.0 - shade, 0.6]));
                let pen = Pen { color: [0.0, shade, 0.0, 0.5], width: 3.0, cap: Cap::Round, join: Join::Round, miter_limit: 2.0 };
                picture.stroke(&Rect::new(at[0], 10.0, at[0] + 60.0, at[1]).to_path(0.1), pen);
                picture.clipped(&Circle::new((at[0], at[1]), 20.0).to_path(0.1), |picture| picture.cover([0.9, shade, 0.1, 0.3]));
                if in_parts {
                    picture.work.write(10_000);
                }
            }
            (picture.pixels.is_some(), picture.finish())
        };
        let ((in_parts, one), (at_once, other)) = (drawn(true), drawn(false));
        assert!(in_parts && !at_once);
        let most = one.rgba().iter().zip(other.rgba()).map(|(a, b)| a.abs_diff(b)).max();
        assert!(most <= Some(1), "{most:?}");
    }
}
