//! Pictures from cut geometry, drawn by a style document. In: tile units, properties, a style. Out: RGBA pixels, PNG, WebP.
//!
//! A 256 px tile at zoom z is drawn at style zoom z - 1, as styles count 512 px tiles; `@2x` is the same map at twice the pixels.
//! Everything that repeats (dashes, hatches) and everything that collides (labels) is decided from positions on the whole map,
//! so that neighbouring tiles continue each other.

mod along;
mod anchors;
mod canvas;
mod color;
mod dash;
mod disc;
mod expression;
mod field;
mod glyphs;
mod icons;
mod image;
mod issues;
mod labels;
mod paint;
mod palette;
mod parallel;
mod pen;
mod pixels;
mod ribbon;
mod room;
mod section;
mod shaping;
mod sheet;
mod shows;
mod spots;
mod sprite;
mod stretches;
mod strokes;
mod style;
mod symbol;
mod taken;
mod turns;
mod work;

pub use canvas::Canvas;
pub use expression::Val;
pub use field::FontError;
pub use glyphs::{Face, Fonts, GlyphRange, glyph_file};
pub use icons::{Icons, IconsError};
pub use image::{Image, ImageError};
pub use section::{Buffers, Section};
pub use sheet::{Color, Lettering, Sheet};
pub use sprite::{Place, Sprite};
pub use style::{Gravity, MOST_BYTES, Reading, Style, StyleIssue};
pub use work::TooMuch;

use crate::cut::TileGeometry;
use crate::grid::EXTENT;
use std::sync::Arc;

/// Side of a tile in style pixels.
const TILE_PX: f64 = 256.0;
/// Tile units of one style pixel.
const UNITS_PER_PX: u32 = EXTENT / 256;

/// A feature to draw.
#[derive(Debug)]
pub struct RasterFeature {
    /// Its part of the tile and its surroundings.
    pub geometry: TileGeometry,
    /// Where its area carries a text: the same points of the map for all tiles.
    pub label_at: Vec<[i32; 2]>,
    /// Its properties by name.
    pub properties: Vec<(Arc<str>, Val)>,
}

/// The features of one layer, in drawing order.
#[derive(Debug)]
pub struct SourceLayer<'a> {
    /// Name that the style calls `source-layer`.
    pub name: &'a str,
    /// The features.
    pub features: Vec<RasterFeature>,
}

/// How far around a tile symbols decide what is written in it, tile units: the cells in which a text may come into the way of one that
/// shows, and a cell around them.
const FAR: u32 = 768 * UNITS_PER_PX;
/// Whole tiles to each side of a tile that hold all of that.
const TILES_AROUND: u32 = FAR.div_ceil(EXTENT);
/// Longer than the shortest line that carries a mark, tile units.
const MARKED: u32 = 32 * UNITS_PER_PX;
/// How far around a tile lines with marks are cut: those tiles, and such a line.
const FAR_LINES: u32 = TILES_AROUND * EXTENT + MARKED;
/// Whole tiles to each side of a tile that hold everything its picture may depend on.
pub const TILES_SEEN_AROUND: u32 = FAR_LINES.div_ceil(EXTENT);

/// To look whether a rule draws a feature takes as long as so many vertices.
const FEATURE_STEPS: usize = 10;

/// Draws the layers of a section of the map; what is too much for a picture is left out.
///
/// The background is drawn when `with_background`; without it what is not covered stays transparent.
pub fn render(
    style: &Style,
    icons: &Icons,
    section: &Section,
    layers: &[SourceLayer<'_>],
    with_background: bool,
    canvas: &mut Canvas,
) -> Image {
    let mut picture = canvas.begin(section);
    // What was drawn until it was too much is better than nothing where nobody can be told.
    let _ = draw(style, icons, layers, with_background, &mut picture);
    picture.finish()
}

/// The same, unless it takes more memory than a picture may, or `is_late` says so.
pub fn render_within(
    style: &Style,
    icons: &Icons,
    section: &Section,
    layers: &[SourceLayer<'_>],
    with_background: bool,
    canvas: &mut Canvas,
    is_late: &dyn Fn() -> bool,
) -> Result<Image, TooMuch> {
    let mut picture = canvas.begin_within(section, is_late);
    draw(style, icons, layers, with_background, &mut picture)?;
    Ok(picture.finish())
}

fn draw(
    style: &Style,
    icons: &Icons,
    layers: &[SourceLayer<'_>],
    with_background: bool,
    picture: &mut canvas::Picture<'_>,
) -> Result<(), TooMuch> {
    let zoom = picture.section.zoom();
    // Which symbols find room is decided before anything is drawn, so that they lie where their rules stand, below later lines.
    let mut placing = labels::Placing::default();
    for rule in style.rules_at(zoom).filter(|rule| rule.is_symbol()) {
        each_feature(style, rule, layers, picture, |scope, feature, picture| {
            paint::symbols(rule, scope, feature, icons, picture, &mut placing);
        })?;
    }
    let mut placed = placing.decide(picture);
    let mut strokes = strokes::Strokes::default();
    for rule in style.rules_at(zoom) {
        if rule.is_symbol() {
            placed.draw(rule, icons, picture);
        } else if rule.is_background() {
            if with_background {
                paint::background(rule, zoom, icons, picture);
            }
        } else {
            each_feature(style, rule, layers, picture, |scope, feature, picture| {
                paint::feature(rule, scope, feature, icons, picture, &mut strokes);
            })?;
            strokes.draw(picture);
        }
    }
    if picture.work.is_spent() { Err(TooMuch) } else { Ok(()) }
}

/// Hands over the features that a rule draws, until it is too much.
fn each_feature(
    style: &Style,
    rule: &style::Rule,
    layers: &[SourceLayer<'_>],
    picture: &mut canvas::Picture<'_>,
    mut draw: impl FnMut(&expression::Scope<'_>, &RasterFeature, &mut canvas::Picture<'_>),
) -> Result<(), TooMuch> {
    let features = layers.iter().filter(|layer| style.applies(rule, layer.name)).flat_map(|layer| &layer.features);
    for feature in features {
        if !picture.work.step(FEATURE_STEPS) {
            return Err(TooMuch);
        }
        let scope = expression::Scope {
            zoom: picture.section.zoom(),
            geometry: paint::geometry_type(&feature.geometry),
            properties: &feature.properties,
        };
        if rule.selects(&scope) {
            draw(&scope, feature, picture);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
