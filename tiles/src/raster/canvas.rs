//! The painter: the only part that knows vello_cpu and parley. In: shapes in style pixels. Out: straight RGBA.
//!
//! Reused from picture to picture, so that a picture allocates little. Shapes may reach beyond the picture.

use super::color::Rgba;
use super::image::Image;
use super::section::Section;
use super::work::Work;
use parley::fontique::{Blob, Collection, CollectionOptions};
use parley::{FontContext, FontData, FontFamily, FontWeight, Layout, LayoutContext, PositionedLayoutItem, StyleProperty};
use std::collections::HashMap;
use std::sync::Arc;
use vello_cpu::color::{AlphaColor, Srgb};
use vello_cpu::kurbo::{Affine, BezPath, Cap, Join, Rect, Stroke};
use vello_cpu::{Glyph, Pixmap, RenderContext, Resources};

/// Length of the handles of the cubic that comes nearest to a quarter of a unit circle (0.03 % off).
const QUARTER_HANDLE: f64 = 0.552_284_75;
/// Texts whose shapes are kept; beyond it all are forgotten at once.
const MOST_TEXTS: usize = 4_096;

/// A text laid out, origin at its top left, style pixels.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) width: f64,
    pub(super) height: f64,
    runs: Arc<[Run]>,
}

#[derive(Debug)]
struct Run {
    font: FontData,
    size: f32,
    /// Width of the line it stands on.
    line_width: f64,
    glyphs: Vec<Glyph>,
}

/// How a text is written.
#[derive(Debug, Clone, Copy)]
pub struct Lettering {
    /// Height of the letters, style pixels.
    pub size: f64,
    /// In heavy letters.
    pub bold: bool,
    /// Lines longer than this are broken between words, style pixels.
    pub widest: f64,
}

/// What a text is shaped by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct TextKey {
    text: Arc<str>,
    /// Tenths of a style pixel.
    size: u32,
    widest: u32,
    bold: bool,
}

/// Buffers, fonts and shaped texts of one render thread.
pub struct Canvas {
    context: RenderContext,
    resources: Resources,
    fonts: FontContext,
    layouts: LayoutContext<()>,
    texts: HashMap<TextKey, Text>,
}

impl Default for Canvas {
    fn default() -> Self {
        // The fonts in the program and no others: a picture must not depend on the machine.
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        for face in [dejavu::sans::regular(), dejavu::sans::bold()] {
            collection.register_fonts(Blob::new(Arc::new(face)), None);
        }
        Self {
            context: RenderContext::new(256, 256),
            resources: Resources::new(),
            fonts: FontContext { collection, source_cache: parley::fontique::SourceCache::default() },
            layouts: LayoutContext::new(),
            texts: HashMap::new(),
        }
    }
}

impl Canvas {
    /// Starts a picture of a section of the map.
    pub(super) fn begin(&mut self, section: &Section) -> Picture<'_> {
        let [width, height] = section.pixels();
        self.context.reset_and_resize(width, height);
        self.context.set_transform(Affine::scale(section.ratio()));
        Picture { canvas: self, section: *section, origin: section.origin(), work: Work::of(section) }
    }

    pub(super) fn text(&mut self, text: &Arc<str>, lettering: Lettering) -> Text {
        let [size, widest] = [lettering.size, lettering.widest].map(|px| (px * 10.0) as u32);
        let key = TextKey { text: Arc::clone(text), size, widest, bold: lettering.bold };
        if let Some(known) = self.texts.get(&key) {
            return known.clone();
        }
        if self.texts.len() >= MOST_TEXTS {
            self.texts.clear();
        }
        let shaped = self.shape(text, lettering);
        self.texts.insert(key, shaped.clone());
        shaped
    }

    fn shape(&mut self, text: &str, lettering: Lettering) -> Text {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::Source("DejaVu Sans".into())));
        builder.push_default(StyleProperty::FontSize(lettering.size as f32));
        builder.push_default(StyleProperty::FontWeight(if lettering.bold { FontWeight::BOLD } else { FontWeight::NORMAL }));
        let mut layout: Layout<()> = builder.build(text);
        layout.break_all_lines(Some(lettering.widest as f32));
        let mut runs = Vec::new();
        for line in layout.lines() {
            let line_width = f64::from(line.metrics().advance - line.metrics().hanging_advance);
            runs.extend(line.items().filter_map(|item| match item {
                PositionedLayoutItem::GlyphRun(run) => Some(Run {
                    font: run.run().font().clone(),
                    size: run.run().font_size(),
                    line_width,
                    glyphs: run.positioned_glyphs().map(|glyph| Glyph { id: glyph.id, x: glyph.x, y: glyph.y }).collect(),
                }),
                PositionedLayoutItem::InlineBox(_) => None,
            }));
        }
        Text { width: f64::from(layout.width()), height: f64::from(layout.height()), runs: runs.into() }
    }
}

/// A picture being drawn.
pub(super) struct Picture<'a> {
    canvas: &'a mut Canvas,
    pub(super) section: Section,
    /// Its corner on the whole map, style pixels.
    pub(super) origin: [f64; 2],
    pub(super) work: Work,
}

fn paint([red, green, blue, alpha]: Rgba) -> AlphaColor<Srgb> {
    AlphaColor::new([red, green, blue, alpha])
}

impl Picture<'_> {
    /// Width and height in style pixels.
    pub(super) fn size_px(&self) -> [f64; 2] {
        self.section.size_px()
    }

    /// Covers everything.
    pub(super) fn cover(&mut self, color: Rgba) {
        self.canvas.context.set_paint(paint(color));
        let [width, height] = self.size_px();
        self.canvas.context.fill_rect(&Rect::new(0.0, 0.0, width, height));
    }

    /// Fills a shape.
    pub(super) fn fill(&mut self, path: &BezPath, color: Rgba) {
        if !self.work.take(path, None, self.canvas.context.transform()) {
            return;
        }
        self.canvas.context.set_paint(paint(color));
        self.canvas.context.fill_path(path);
    }

    /// Strokes a path.
    pub(super) fn stroke(&mut self, path: &BezPath, color: Rgba, width: f64, cap: Cap, join: Join) {
        if !self.work.take(path, Some(width), self.canvas.context.transform()) {
            return;
        }
        self.canvas.context.set_paint(paint(color));
        self.canvas.context.set_stroke(Stroke::new(width).with_caps(cap).with_join(join));
        self.canvas.context.stroke_path(path);
    }

    /// Draws within a shape only.
    pub(super) fn clipped(&mut self, path: &BezPath, draw: impl FnOnce(&mut Self)) {
        if !self.work.take(path, None, self.canvas.context.transform()) {
            return;
        }
        self.canvas.context.push_clip_path(path);
        draw(self);
        self.canvas.context.pop_clip();
    }

    /// Fills a circle.
    pub(super) fn circle(&mut self, at: [f64; 2], radius: f64, color: Rgba) {
        let [x, y] = at;
        let handle = radius * QUARTER_HANDLE;
        let mut path = BezPath::with_capacity(6);
        path.move_to((x + radius, y));
        path.curve_to((x + radius, y + handle), (x + handle, y + radius), (x, y + radius));
        path.curve_to((x - handle, y + radius), (x - radius, y + handle), (x - radius, y));
        path.curve_to((x - radius, y - handle), (x - handle, y - radius), (x, y - radius));
        path.curve_to((x + handle, y - radius), (x + radius, y - handle), (x + radius, y));
        path.close_path();
        self.fill(&path, color);
    }

    /// Draws at another place and size.
    pub(super) fn placed(&mut self, at: [f64; 2], scale: f64, draw: impl FnOnce(&mut Self)) {
        let before = *self.canvas.context.transform();
        self.canvas.context.set_transform(before * Affine::translate((at[0], at[1])) * Affine::scale(scale));
        draw(self);
        self.canvas.context.set_transform(before);
    }

    /// Lays a text out.
    pub(super) fn text(&mut self, text: &Arc<str>, lettering: Lettering) -> Text {
        self.canvas.text(text, lettering)
    }

    /// Writes a text with its top left at a place, over a halo of so many pixels; `flush` is where shorter lines stand:
    /// 0 left, 1 right.
    pub(super) fn write(&mut self, text: &Text, at: [f64; 2], flush: f64, color: Rgba, halo: Option<(Rgba, f64)>) {
        if let Some((color, width)) = halo {
            self.canvas.context.set_stroke(Stroke::new(2.0 * width).with_join(Join::Round));
            self.glyphs(text, at, flush, color, true);
        }
        self.glyphs(text, at, flush, color, false);
    }

    fn glyphs(&mut self, text: &Text, [x, y]: [f64; 2], flush: f64, color: Rgba, stroked: bool) {
        self.canvas.context.set_paint(paint(color));
        for run in text.runs.iter() {
            if !self.work.write(run.glyphs.len()) {
                return;
            }
            self.placed([x + (text.width - run.line_width) * flush, y], 1.0, |picture| {
                let Canvas { context, resources, .. } = &mut *picture.canvas;
                let letters = context.glyph_run(resources, &run.font).font_size(run.size).hint(false);
                let glyphs = run.glyphs.iter().copied();
                // A glyph that cannot be drawn is left out; the rest of the text still helps.
                let _ = if stroked { letters.stroke_glyphs(glyphs) } else { letters.fill_glyphs(glyphs) };
            });
        }
    }

    /// The finished picture.
    pub(super) fn finish(self) -> Image {
        let Canvas { context, resources, .. } = self.canvas;
        let [width, height] = self.section.pixels();
        let mut pixels = Pixmap::new(width, height);
        context.flush();
        context.render(&mut pixels, resources);
        Image::new([width, height], pixels.take_rgba8(vello_cpu::peniko::ImageAlphaType::Alpha))
    }
}
