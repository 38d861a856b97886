//! A number for the whole content of a layer: equal content has equal numbers, in every process and on every machine.
//!
//! What clients keep is tagged by it, so a server that was started again, or another one with the same data, agrees with their
//! copies, and one with other data does not. Not secret: it guards against mix-ups, not forgery.

use super::Layer;
use crate::value::Value;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};

impl Layer {
    /// Digest of titles, columns and every feature with its times. One pass over all geometries, packed as they are.
    pub fn digest(&self) -> u64 {
        let mut hasher = SipHasher13::new();
        let meta = &self.meta;
        (meta.name.as_str(), &meta.title, &meta.description, &meta.attribution, &meta.tile_columns).hash(&mut hasher);
        (meta.min_zoom, meta.max_zoom, self.features.len()).hash(&mut hasher);
        for column in self.schema.columns() {
            (&column.name, &column.title, column.kind).hash(&mut hasher);
        }
        let digests: Vec<u64> = self.features.dictionary().values().iter().map(digest_of).collect();
        for feature in self.features.iter() {
            (feature.id(), feature.valid(), feature.known(), feature.phases()).hash(&mut hasher);
            for column in 0..self.schema.columns().len() {
                hasher.write_u64(digests.get(feature.code(column) as usize).copied().unwrap_or_default());
            }
            feature.packed_geometry().hash(&mut hasher);
        }
        hasher.finish()
    }
}

/// Codes depend on the order in which values came; what is hashed in their place does not.
fn digest_of(value: &Value) -> u64 {
    let mut hasher = SipHasher13::new();
    hash_value(value, &mut hasher);
    hasher.finish()
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
