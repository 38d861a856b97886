//! One letter as map clients draw it: a signed distance field, which stays sharp at any size and carries its own halo.
//!
//! The numbers are those that MapLibre's shaders and glyph files assume: 24 pixels to the em, distances of up to 8 pixels, of which
//! three quarters are outside, and 3 pixels around the letter.

use super::canvas::Canvas;
use super::section::Section;
use crate::protobuf::{LENGTH, VARINT, field, framed, varint, zigzag};
use sdf_glyph_renderer::{BitmapGlyph, SdfGlyphError, clamp_to_u8};
use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawError, DrawSettings, OutlinePen};
use skrifa::raw::ReadError;
use skrifa::{FontRef, GlyphId, MetadataProvider};
use vello_cpu::kurbo::{Affine, BezPath, Shape};

/// Pixels of an em.
const EM_PX: f32 = 24.0;
/// Pixels around a letter.
const AROUND_PX: u16 = 3;
/// Distance at which a field ends, pixels.
const RADIUS_PX: usize = 8;
/// Distances are taken on a finer grid and read in the middle of each pixel: on the grid itself those beside half covered pixels would
/// be half a pixel off.
const FINER: u16 = 3;
/// Share of the field's values that stand for the inside.
const INSIDE: f64 = 0.25;
/// From where clients measure down to the top of a letter, pixels above its baseline. Clients put the middle of a line 17 pixels below
/// this and do not ask the font, so it says how high texts stand beside their marks: with 25 as in our own raster tiles.
const LINE_TOP_PX: i32 = 25;
/// Largest bitmap, pixels; an outline beyond it, which no letter of ours has, gets none.
const LARGEST_PX: f64 = 512.0;

/// Numbers of the fields (glyphs.proto).
const GLYPHS: u8 = 3;
const ID: u8 = 1;
const BITMAP: u8 = 2;
const WIDTH: u8 = 3;
const HEIGHT: u8 = 4;
const LEFT: u8 = 5;
const TOP: u8 = 6;
const ADVANCE: u8 = 7;

/// Why a font cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// The file is no font.
    #[error("no font: {0}")]
    File(#[from] ReadError),
    /// An outline that cannot be read.
    #[error("an outline cannot be drawn: {0}")]
    Outline(#[from] DrawError),
    /// An outline that gives no distances.
    #[error("an outline has no distances: {0}")]
    Distances(#[from] SdfGlyphError),
}

/// The glyph of a character as a field of a font stack; what the font gives no outline, such as a space, has no bitmap.
pub(super) fn glyph(font: &FontRef<'_>, glyph: GlyphId, character: u32, canvas: &mut Canvas) -> Result<Vec<u8>, FontError> {
    let size = Size::new(EM_PX);
    let advance = font.glyph_metrics(size, LocationRef::default()).advance_width(glyph).unwrap_or(0.0);
    let mut pen = Pen(BezPath::new());
    if let Some(outline) = font.outline_glyphs().get(glyph) {
        outline.draw(DrawSettings::unhinted(size, LocationRef::default()), &mut pen)?;
    }
    let mut message = Vec::new();
    let number = |number: u8, value: u64, out: &mut Vec<u8>| {
        field(number, VARINT, out);
        varint(value, out);
    };
    number(ID, character.into(), &mut message);
    let bitmap = bitmap(&pen.0, canvas)?;
    let Bitmap { left, top, width, height, .. } = bitmap;
    if !bitmap.distances.is_empty() {
        framed(BITMAP, &bitmap.distances, &mut message);
    }
    number(WIDTH, width.into(), &mut message);
    number(HEIGHT, height.into(), &mut message);
    number(LEFT, zigzag(left.into()), &mut message);
    number(TOP, zigzag(top.into()), &mut message);
    number(ADVANCE, advance.round().max(0.0) as u64, &mut message);
    let mut framed = Vec::with_capacity(message.len() + 4);
    field(GLYPHS, LENGTH, &mut framed);
    varint(message.len() as u64, &mut framed);
    framed.append(&mut message);
    Ok(framed)
}

/// A letter's distances and where it stands, without what is around it.
#[derive(Default)]
struct Bitmap {
    distances: Vec<u8>,
    width: u16,
    height: u16,
    /// Right of the origin.
    left: i32,
    /// Above the line's top: mostly negative.
    top: i32,
}

fn bitmap(outline: &BezPath, canvas: &mut Canvas) -> Result<Bitmap, FontError> {
    let bounds = outline.bounding_box().expand();
    if outline.elements().is_empty() || bounds.width() > LARGEST_PX || bounds.height() > LARGEST_PX {
        return Ok(Bitmap::default());
    }
    let [width, height] = [bounds.width(), bounds.height()].map(|side| side as u16);
    let around = f64::from(AROUND_PX);
    let sides = [width, height].map(|side| side + 2 * AROUND_PX);
    let mut picture = canvas.begin(&Section::swatch(0.0, sides, FINER));
    let moved = Affine::translate((around - bounds.x0, around - bounds.y0)) * outline.clone();
    picture.fill(&moved, [0.0, 0.0, 0.0, 1.0]);
    let covered: Vec<u8> = picture.finish().rgba().iter().skip(3).step_by(4).copied().collect();
    let finer = usize::from(FINER);
    let letter =
        BitmapGlyph::new(covered, finer * usize::from(width), finer * usize::from(height), finer * usize::from(AROUND_PX))?;
    let fine = clamp_to_u8(&letter.render_sdf(finer * RADIUS_PX), INSIDE)?;
    let middles = |list: &[u8]| list.iter().skip(finer / 2).step_by(finer).copied().collect::<Vec<u8>>();
    let rows = fine.chunks_exact(finer * usize::from(sides[0])).skip(finer / 2).step_by(finer);
    let distances = rows.flat_map(middles).collect();
    Ok(Bitmap { distances, width, height, left: bounds.x0 as i32, top: -(bounds.y0 as i32) - LINE_TOP_PX })
}

/// Takes an outline down; fonts count upwards, pictures downwards.
struct Pen(BezPath);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to((x, -y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to((x, -y));
    }

    fn quad_to(&mut self, cx0: f32, cy0: f32, x: f32, y: f32) {
        self.0.quad_to((cx0, -cy0), (x, -y));
    }

    fn curve_to(&mut self, cx0: f32, cy0: f32, cx1: f32, cy1: f32, x: f32, y: f32) {
        self.0.curve_to((cx0, -cy0), (cx1, -cy1), (x, -y));
    }

    fn close(&mut self) {
        self.0.close_path();
    }
}
