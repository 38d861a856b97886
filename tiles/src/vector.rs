//! A layer of a vector tile in whichever format was asked for: one writer for whoever portrays.

pub use crate::mlt::{ColumnKind, EncodeError};

use crate::cut::TileGeometry;
use crate::mvt::{Tables, Values};
use crate::{mlt, mvt};

/// How a vector tile is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum VectorFormat {
    /// Mapbox Vector Tile 2.1.
    Mvt,
    /// MapLibre Tile, version 1: smaller on the way where tiles are full, slower to make.
    Mlt,
}

/// A layer being written. The first feature that cannot be written fails the whole layer: half a layer would look whole.
#[derive(Debug)]
pub struct LayerWriter<'a, V> {
    values: &'a V,
    format: Format<'a, V>,
}

#[derive(Debug)]
enum Format<'a, V> {
    Mvt(mvt::LayerWriter<'a, V>),
    Mlt(mlt::LayerWriter<'a>),
}

impl<'a, V: Values> LayerWriter<'a, V> {
    /// An empty layer of extent 4096, with the names of its columns and their kinds, of which only MLT takes note. The name must not be
    /// empty.
    pub fn new(
        format: VectorFormat,
        name: &'a str,
        (columns, kinds): (&'a [&'a str], &'a [ColumnKind]),
        values: &'a V,
        tables: &'a mut Tables,
    ) -> Self {
        let format = match format {
            VectorFormat::Mvt => Format::Mvt(mvt::LayerWriter::new(name, columns, values, tables)),
            VectorFormat::Mlt => Format::Mlt(mlt::LayerWriter::new(name, columns, kinds)),
        };
        Self { values, format }
    }

    /// Where the features that come next stand: before those of a higher place, after those that came before them. So whoever portrays
    /// may take them in the order in which they lie in memory.
    pub fn stand_at(&mut self, place: u32) {
        match &mut self.format {
            Format::Mvt(writer) => writer.stand_at(place),
            Format::Mlt(writer) => writer.stand_at(place),
        }
    }

    /// Adds a feature with the code of each of the layer's columns. Ids are at most `MAX_ID`.
    pub fn feature(&mut self, id: u64, geometry: &TileGeometry, codes: impl Iterator<Item = u32>) {
        match &mut self.format {
            Format::Mvt(writer) => writer.feature(id, geometry, codes),
            Format::Mlt(writer) => {
                let values = self.values;
                let said = codes.enumerate().filter_map(|(column, code)| Some((column, values.value(code)?)));
                writer.feature(id, geometry, said);
            }
        }
    }

    /// The writer itself, if geometries may be encoded before it is their turn.
    pub fn of_encoded(&mut self) -> Option<&mut mvt::LayerWriter<'a, V>> {
        match &mut self.format {
            Format::Mvt(writer) => Some(writer),
            Format::Mlt(_) => None,
        }
    }

    /// The layer's bytes, framed; empty if it has no feature.
    pub fn finish(self) -> Result<Vec<u8>, EncodeError> {
        match self.format {
            Format::Mvt(writer) => Ok(writer.finish()),
            Format::Mlt(writer) => writer.finish(),
        }
    }
}
