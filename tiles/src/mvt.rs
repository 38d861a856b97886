//! Mapbox Vector Tile 2.1: one layer at a time, streamed into bytes. Layers' bytes, one after the other, are a tile.
//!
//! In: tile units and attributes. The grammar (deltas, winding, key and value tables) is fast-mvt's.

use crate::cut::TileGeometry;
use fast_mvt::{MvtCoord, MvtError, MvtFeatureBuilder, MvtGeomType, MvtLayerBuilder, MvtResult, MvtValueRef};

/// Largest feature id that every client keeps exact: 2^53 - 1.
pub const MAX_ID: u64 = (1 << 53) - 1;

/// One attribute value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Attribute<'a> {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any finite number.
    Float(f64),
    /// Text.
    Text(&'a str),
}

/// Why a layer cannot be written: geometry that MVT has no commands for, or a name that is empty.
#[derive(Debug, thiserror::Error)]
#[error("MVT: {0}")]
pub struct EncodeError(#[from] MvtError);

/// A layer being written. The first feature that cannot be written fails the whole layer: half a layer would look whole.
#[derive(Debug)]
pub struct LayerWriter {
    /// Taken out while a feature is built.
    layer: Option<MvtLayerBuilder>,
    failed: Option<EncodeError>,
}

impl LayerWriter {
    /// An empty layer of extent 4096. The name must not be empty.
    pub fn new(name: &str) -> Self {
        match MvtLayerBuilder::new(name) {
            Ok(layer) => Self { layer: Some(layer), failed: None },
            Err(error) => Self { layer: None, failed: Some(error.into()) },
        }
    }

    /// Adds a feature. Ids above `MAX_ID` are cut to it by the caller.
    pub fn feature<'a>(&mut self, id: u64, geometry: &TileGeometry, attributes: impl Iterator<Item = (&'a str, Attribute<'a>)>) {
        let Some(layer) = self.layer.take() else { return };
        let mut feature = layer.feature_of(kind(geometry));
        feature.id(Some(id));
        match write(&mut feature, geometry, attributes) {
            Ok(()) => self.layer = Some(feature.end()),
            Err(error) => self.failed = Some(error.into()),
        }
    }

    /// The layer's bytes, framed; empty if it has no feature.
    pub fn finish(self) -> Result<Vec<u8>, EncodeError> {
        match self.failed {
            Some(error) => Err(error),
            None => Ok(self.layer.filter(|layer| layer.num_features() > 0).map(MvtLayerBuilder::encode).unwrap_or_default()),
        }
    }
}

fn kind(geometry: &TileGeometry) -> MvtGeomType {
    match geometry {
        TileGeometry::Points(_) => MvtGeomType::Point,
        TileGeometry::Lines(_) => MvtGeomType::LineString,
        TileGeometry::Polygons(_) => MvtGeomType::Polygon,
    }
}

fn write<'a>(
    feature: &mut MvtFeatureBuilder,
    geometry: &TileGeometry,
    attributes: impl Iterator<Item = (&'a str, Attribute<'a>)>,
) -> MvtResult<()> {
    match geometry {
        TileGeometry::Points(points) => {
            feature.points(coords(points))?;
        }
        TileGeometry::Lines(lines) => {
            for line in lines {
                feature.line(coords(line))?;
            }
        }
        TileGeometry::Polygons(polygons) => {
            for (role, ring) in polygons.iter().flat_map(|rings| rings.iter().enumerate()) {
                feature.ring(coords(ring), role == 0)?;
            }
        }
    }
    for (key, value) in attributes {
        feature.tag_ref(key, value_ref(value))?;
    }
    Ok(())
}

fn coords(points: &[[i32; 2]]) -> impl Iterator<Item = MvtCoord> {
    points.iter().map(|&[x, y]| MvtCoord { x, y })
}

fn value_ref(value: Attribute<'_>) -> MvtValueRef<'_> {
    match value {
        Attribute::Bool(value) => MvtValueRef::Bool(value),
        Attribute::Int(value) => u64::try_from(value).map_or(MvtValueRef::SInt(value), MvtValueRef::UInt),
        Attribute::Float(value) => MvtValueRef::Double(value),
        Attribute::Text(value) => MvtValueRef::String(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geo_types::Geometry;
    use mvt_reader::Reader;
    use mvt_reader::feature::Value;

    fn layer(features: &[(u64, TileGeometry)]) -> Vec<u8> {
        let mut writer = LayerWriter::new("areas");
        for (id, geometry) in features {
            let attributes =
                [("name", Attribute::Text("Kayes")), ("severity", Attribute::Int(-4)), ("share", Attribute::Float(0.5))];
            writer.feature(*id, geometry, attributes.into_iter());
        }
        writer.finish().unwrap()
    }

    #[test]
    fn a_foreign_decoder_reads_what_was_written() {
        let square = vec![[0, 0], [100, 0], [100, 100], [0, 100]];
        let hole = vec![[20, 20], [20, 40], [40, 40], [40, 20]];
        let bytes = layer(&[
            (7, TileGeometry::Points(vec![[1, 2], [3, 4]])),
            (8, TileGeometry::Lines(vec![vec![[-64, 0], [4160, 9]]])),
            (MAX_ID, TileGeometry::Polygons(vec![vec![square, hole]])),
        ]);
        let reader = Reader::new(bytes).unwrap();
        let features = reader.get_features(0).unwrap();
        assert_eq!(reader.get_layer_names().unwrap(), ["areas"]);
        assert_eq!(features.iter().map(|feature| feature.id).collect::<Vec<_>>(), [Some(7), Some(8), Some(MAX_ID)]);
        assert!(matches!(&features[0].geometry, Geometry::MultiPoint(points) if points.0.len() == 2));
        let Geometry::MultiPolygon(areas) = &features[2].geometry else { panic!("{:?}", features[2].geometry) };
        assert_eq!(areas.0[0].interiors().len(), 1);
        let properties = features[0].properties.as_ref().unwrap();
        assert_eq!(properties.get("name"), Some(&Value::String("Kayes".into())));
        assert_eq!(properties.get("severity"), Some(&Value::SInt(-4)));
    }

    #[test]
    fn layers_one_after_the_other_are_a_tile() {
        let both = [layer(&[(1, TileGeometry::Points(vec![[1, 1]]))]), {
            let line = TileGeometry::Lines(vec![vec![[0, 0], [5, 5]]]);
            let mut writer = LayerWriter::new("corridors");
            writer.feature(2, &line, std::iter::empty());
            writer.finish().unwrap()
        }];
        let reader = Reader::new(both.concat()).unwrap();
        assert_eq!(reader.get_layer_names().unwrap(), ["areas", "corridors"]);
    }

    #[test]
    fn a_layer_without_features_is_no_bytes() {
        assert!(LayerWriter::new("areas").finish().unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_written_fails_the_layer_instead_of_vanishing() {
        assert!(LayerWriter::new("").finish().is_err());
    }
}
