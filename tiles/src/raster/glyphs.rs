//! The fonts in the program as glyph files for map clients: ranges of 256 characters, each drawn once, when first asked for.
//!
//! A face keeps what was drawn of it, and a stack of faces is put together of that, so that memory does not grow with what is asked:
//! both faces whole are 6 MB.

use super::canvas::Canvas;
use super::field::{FontError, glyph};
use crate::protobuf::{LENGTH, field, framed, varint};
use skrifa::{FontRef, MetadataProvider};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

/// Characters of a range.
const RANGE: u32 = 256;

/// A range of 256 characters, of those that Unicode numbers below 65536.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GlyphRange(u8);

impl GlyphRange {
    fn characters(self) -> impl Iterator<Item = u32> {
        let first = u32::from(self.0) * RANGE;
        first..first + RANGE
    }
}

impl FromStr for GlyphRange {
    type Err = String;

    /// Reads `0-255`, `256-511` and so on; else says what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        (0..=u8::MAX).map(Self).find(|range| range.to_string() == text).ok_or_else(|| {
            format!("'{text}' is no range of glyphs; there are 0-255, 256-511 and so on, in steps of 256, to 65280-65535")
        })
    }
}

impl fmt::Display for GlyphRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = u32::from(self.0) * RANGE;
        write!(formatter, "{first}-{}", first + RANGE - 1)
    }
}

/// Glyphs by character, each a finished field of a font stack.
type Glyphs = BTreeMap<u32, Vec<u8>>;

/// One font.
pub struct Face {
    name: &'static str,
    font: FontRef<'static>,
    ranges: Box<[OnceLock<Glyphs>]>,
}

impl Face {
    fn new(name: &'static str, file: &'static [u8]) -> Result<Self, FontError> {
        let ranges = (0..=u8::MAX).map(|_| OnceLock::new()).collect();
        Ok(Self { name, font: FontRef::new(file)?, ranges })
    }

    /// What styles call it.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The glyphs of a range, if they are drawn.
    fn glyphs(&self, range: GlyphRange) -> Option<&Glyphs> {
        self.ranges.get(usize::from(range.0))?.get()
    }

    /// Draws a range, unless that is done. Takes a tenth of a second for a full one.
    pub fn draw(&self, range: GlyphRange, canvas: &mut Canvas) -> Result<(), FontError> {
        if let Some(slot) = self.ranges.get(usize::from(range.0)).filter(|slot| slot.get().is_none()) {
            let charmap = self.font.charmap();
            let there = range.characters().filter_map(|character| Some((character, charmap.map(character)?)));
            let glyphs = there.map(|(character, id)| Ok((character, glyph(&self.font, id, character, canvas)?)));
            // Of two who draw at once the first is heard; both have drawn the same.
            let _ = slot.set(glyphs.collect::<Result<_, FontError>>()?);
        }
        Ok(())
    }
}

/// What styles call the fonts in the program, the plain one first and then the heavy one.
pub(super) const NAMES: [&str; 2] = ["DejaVu Sans", "DejaVu Sans Bold"];

/// Whether letters are heavy that a style wants in a font of some name.
pub(super) fn is_heavy(name: &str) -> bool {
    name.ends_with("Bold")
}

/// All fonts that there are.
pub struct Fonts(Vec<Arc<Face>>);

impl Fonts {
    /// Those in the program: the same that raster tiles are written with.
    pub fn builtin() -> Result<Self, FontError> {
        let faces = NAMES.into_iter().zip([dejavu::sans::regular(), dejavu::sans::bold()]);
        Ok(Self(faces.map(|(name, file)| Face::new(name, file).map(Arc::new)).collect::<Result<_, _>>()?))
    }

    /// All of them.
    pub fn faces(&self) -> impl Iterator<Item = &Arc<Face>> {
        self.0.iter()
    }

    /// The one of a name.
    pub fn face(&self, name: &str) -> Option<&Arc<Face>> {
        self.faces().find(|face| face.name == name)
    }

    /// The one that letters are written with instead of a font that is not there.
    pub fn instead_of(&self, name: &str) -> Option<&Arc<Face>> {
        self.face(NAMES[usize::from(is_heavy(name))])
    }
}

/// Numbers of the fields (glyphs.proto).
const STACKS: u8 = 1;
const NAME: u8 = 1;
const GLYPH_RANGE: u8 = 2;

/// The glyph file of a stack of faces: each character from the first face that has it. `None` while a face has not drawn the range.
pub fn glyph_file(stack: &[Arc<Face>], range: GlyphRange) -> Option<Vec<u8>> {
    let mut glyphs: BTreeMap<u32, &[u8]> = BTreeMap::new();
    for face in stack {
        for (character, glyph) in face.glyphs(range)? {
            glyphs.entry(*character).or_insert(glyph);
        }
    }
    let names: Vec<&str> = stack.iter().map(|face| face.name).collect();
    let mut message = Vec::new();
    framed(NAME, names.join(", ").as_bytes(), &mut message);
    framed(GLYPH_RANGE, range.to_string().as_bytes(), &mut message);
    glyphs.values().for_each(|glyph| message.extend_from_slice(glyph));
    let mut file = Vec::with_capacity(message.len() + 8);
    field(STACKS, LENGTH, &mut file);
    varint(message.len() as u64, &mut file);
    file.append(&mut message);
    Some(file)
}

#[cfg(test)]
mod tests;
