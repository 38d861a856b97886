//! A number for the whole content of a layer: equal content has equal numbers, in every process and on every machine.
//!
//! What clients keep is tagged by it, so a server that was started again, or another one with the same data, agrees with their
//! copies, and one with other data does not. Not secret: it guards against mix-ups, not forgery.

use super::Layer;
use crate::value::Value;
use geo::CoordsIter;
use geo_types::Geometry;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};

impl Layer {
    /// Digest of titles, columns and every feature with its times. One pass over all vertices.
    pub fn digest(&self) -> u64 {
        let mut hasher = SipHasher13::new();
        let meta = &self.meta;
        (meta.name.as_str(), &meta.title, &meta.description, &meta.attribution, &meta.tile_columns).hash(&mut hasher);
        (meta.min_zoom, meta.max_zoom, self.features.len()).hash(&mut hasher);
        for column in self.schema.columns() {
            (&column.name, &column.title, column.kind).hash(&mut hasher);
        }
        for feature in &self.features {
            (&feature.id, feature.valid, feature.known, feature.phases).hash(&mut hasher);
            feature.values.iter().for_each(|value| hash_value(value, &mut hasher));
            feature.geometry.iter().for_each(|geometry| hash_geometry(geometry, &mut hasher));
        }
        hasher.finish()
    }
}

fn hash_value(value: &Value, hasher: &mut impl Hasher) {
    std::mem::discriminant(value).hash(hasher);
    match value {
        Value::Null => (),
        Value::Bool(value) => value.hash(hasher),
        Value::Int(value) => value.hash(hasher),
        Value::Float(value) => value.to_bits().hash(hasher),
        Value::Text(text) => text.hash(hasher),
        Value::Json(nested) => nested.to_string().hash(hasher),
    }
}

/// Kinds and lengths go in beside the coordinates, so that the same vertices in other rings are another geometry.
fn hash_geometry(geometry: &Geometry<f64>, hasher: &mut impl Hasher) {
    std::mem::discriminant(geometry).hash(hasher);
    geometry.coords_count().hash(hasher);
    let rings = |area: &geo_types::Polygon<f64>| area.interiors().iter().map(|ring| ring.0.len()).collect::<Vec<_>>();
    match geometry {
        Geometry::MultiLineString(lines) => lines.iter().for_each(|line| line.0.len().hash(hasher)),
        Geometry::Polygon(area) => rings(area).hash(hasher),
        Geometry::MultiPolygon(areas) => areas.iter().for_each(|area| (area.coords_count(), rings(area)).hash(hasher)),
        Geometry::GeometryCollection(members) => members.iter().for_each(|member| hash_geometry(member, hasher)),
        _ => (),
    }
    for at in geometry.coords_iter() {
        hasher.write_u64(at.x.to_bits());
        hasher.write_u64(at.y.to_bits());
    }
}
