//! Texts laid out: letters joined, put in order and broken into lines as their script wants, from the fonts in the program and no others.

use parley::fontique::{Blob, Collection, CollectionOptions, SourceCache};
use parley::{
    FontContext, FontData, FontFamily, FontWeight, GlyphRun, Layout, LayoutContext, LineHeight, OverflowWrap,
    PositionedLayoutItem, StyleProperty,
};
use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;
use vello_cpu::Glyph;

/// Texts whose shapes are kept; beyond it all are forgotten at once.
const MOST_TEXTS: usize = 4_096;
/// From line to line in ems, unless a style says otherwise.
pub(super) const LINE_HEIGHT_EM: f64 = 1.2;
/// Blocks of letters that join their neighbours (Arabic, N'Ko and their forms): with space between them they would fall apart.
const JOINED: [RangeInclusive<char>; 5] =
    ['\u{600}'..='\u{77f}', '\u{7c0}'..='\u{7ff}', '\u{8a0}'..='\u{8ff}', '\u{fb50}'..='\u{fdff}', '\u{fe70}'..='\u{fefc}'];

/// How near the narrowest lines are come, style pixels.
const CLOSE_PX: f32 = 0.5;

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

/// A text laid out, origin at its top left, style pixels.
#[derive(Debug, Clone)]
pub(super) struct Text {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) runs: Arc<[Run]>,
    /// Whether the fonts have every letter.
    pub(super) is_whole: bool,
}

impl Text {
    /// Bytes that its shape takes, roughly.
    pub(super) fn bytes(&self) -> usize {
        let run =
            |run: &Run| size_of::<Run>() + run.glyphs.len() * size_of::<Glyph>() + run.clusters.len() * size_of::<Cluster>();
        self.runs.iter().map(run).sum()
    }
}

/// Glyphs of one font on one line.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) font: FontData,
    pub(super) size: f32,
    /// Width of the line it stands on.
    pub(super) line_width: f64,
    /// From the top of the text to the line that letters stand on.
    pub(super) baseline: f64,
    pub(super) glyphs: Vec<Glyph>,
    pub(super) clusters: Vec<Cluster>,
}

/// Glyphs that move and turn together: a letter with its marks, or letters that have become one.
#[derive(Debug)]
pub(super) struct Cluster {
    pub(super) start: f64,
    pub(super) advance: f64,
    /// Which of the run's glyphs.
    pub(super) glyphs: Range<usize>,
}

/// What a text is shaped by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct TextKey {
    text: Arc<str>,
    bold: bool,
    /// Tenths of a style pixel.
    size: u32,
    widest: u32,
    longest: u32,
    /// Hundredths of an em.
    spacing: i32,
    line_height: u32,
}

/// Fonts and shaped texts of one render thread.
pub(super) struct Shaper {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    texts: HashMap<TextKey, Text>,
}

impl Default for Shaper {
    fn default() -> Self {
        // The fonts in the program and no others: a picture must not depend on the machine.
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts: false });
        for face in [dejavu::sans::regular(), dejavu::sans::bold()] {
            collection.register_fonts(Blob::new(Arc::new(face)), None);
        }
        Self {
            fonts: FontContext { collection, source_cache: SourceCache::default() },
            layouts: LayoutContext::new(),
            texts: HashMap::new(),
        }
    }
}

impl Shaper {
    /// Lays a text out; letters stand so many ems further apart than they would, and lines so many ems below each other. Where a word
    /// is longer than `longest` style pixels, lines are broken there and within words.
    pub(super) fn text(
        &mut self,
        text: &Arc<str>,
        lettering: Lettering,
        longest: f64,
        spacing_em: f64,
        line_height_em: f64,
    ) -> Text {
        let key = TextKey {
            text: Arc::clone(text),
            bold: lettering.bold,
            size: (lettering.size * 10.0).round() as u32,
            widest: (lettering.widest * 10.0).round() as u32,
            longest: (longest * 10.0).round() as u32,
            spacing: (spacing_em * 100.0).round() as i32,
            line_height: (line_height_em * 100.0).round() as u32,
        };
        if let Some(known) = self.texts.get(&key) {
            return known.clone();
        }
        if self.texts.len() >= MOST_TEXTS {
            self.texts.clear();
        }
        let mut shaped = self.shape(&key);
        if !shaped.is_whole && key.bold {
            // The heavy face has fewer letters than the plain one; a name in plain letters is better than none.
            let plain = self.shape(&TextKey { bold: false, ..key.clone() });
            shaped = if plain.is_whole { plain } else { shaped };
        }
        self.texts.insert(key, shaped.clone());
        shaped
    }

    /// Only by what the key says, so that a text comes out the same whatever was shaped before it.
    fn shape(&mut self, key: &TextKey) -> Text {
        let size = key.size as f32 / 10.0;
        let is_joined = key.text.chars().any(|letter| JOINED.iter().any(|block| block.contains(&letter)));
        let spacing = if is_joined { 0.0 } else { key.spacing as f32 / 100.0 * size };
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &key.text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FontFamily::Source("DejaVu Sans".into())));
        builder.push_default(StyleProperty::FontSize(size));
        builder.push_default(StyleProperty::FontWeight(if key.bold { FontWeight::BOLD } else { FontWeight::NORMAL }));
        builder.push_default(StyleProperty::LetterSpacing(spacing));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(key.line_height as f32 / 100.0)));
        let is_broken_anywhere = key.widest >= key.longest;
        if is_broken_anywhere {
            builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        }
        let mut layout: Layout<()> = builder.build(&key.text);
        layout.break_all_lines(Some(key.widest.min(key.longest) as f32 / 10.0));
        if layout.len() > 1 && !is_broken_anywhere && key.longest < u32::MAX && !key.text.contains('\n') {
            balance(&mut layout, [key.widest, key.longest].map(|tenths| tenths as f32 / 10.0));
        }
        if layout.width() > key.longest as f32 / 10.0 && !is_broken_anywhere {
            return self.shape(&TextKey { widest: key.longest, ..key.clone() });
        }
        let mut runs = Vec::new();
        for line in layout.lines() {
            let line_width = f64::from(line.metrics().advance - line.metrics().hanging_advance);
            runs.extend(line.items().filter_map(|item| match item {
                PositionedLayoutItem::GlyphRun(glyphs) => Some(run(&glyphs, line_width)),
                PositionedLayoutItem::InlineBox(_) => None,
            }));
        }
        let is_whole = runs.iter().flat_map(|run: &Run| &run.glyphs).all(|glyph| glyph.id != 0);
        Text { width: f64::from(layout.width()), height: f64::from(layout.height()), runs: runs.into(), is_whole }
    }
}

/// Breaks a text as map clients do: into no more lines than it would fill, all of like length, even if one is longer than asked for; unless
/// that is more than `longest`.
fn balance(layout: &mut Layout<()>, [widest, longest]: [f32; 2]) {
    layout.break_all_lines(None);
    let whole = layout.width();
    let lines = (whole / widest).ceil();
    // The narrowest lines of which there are no more.
    let (mut low, mut high) = (whole / lines, longest);
    while high - low > CLOSE_PX {
        let middle = f32::midpoint(low, high);
        layout.break_all_lines(Some(middle));
        if layout.len() as f32 <= lines { high = middle } else { low = middle }
    }
    layout.break_all_lines(Some(high));
    if layout.len() as f32 > lines {
        layout.break_all_lines(Some(widest.min(longest)));
    }
}

fn run(shaped: &GlyphRun<'_, ()>, line_width: f64) -> Run {
    let (mut glyphs, mut clusters, mut x) = (Vec::new(), Vec::new(), shaped.offset());
    for cluster in shaped.run().visual_clusters() {
        let (first, start) = (glyphs.len(), x);
        for glyph in cluster.glyphs() {
            glyphs.push(Glyph { id: glyph.id, x: x + glyph.x, y: shaped.baseline() + glyph.y });
            x += glyph.advance;
        }
        if first < glyphs.len() {
            clusters.push(Cluster { start: start.into(), advance: (x - start).into(), glyphs: first..glyphs.len() });
        }
    }
    Run {
        font: shaped.run().font().clone(),
        size: shaped.run().font_size(),
        line_width,
        baseline: shaped.baseline().into(),
        glyphs,
        clusters,
    }
}

#[cfg(test)]
mod tests;
