//! A number for the whole content of a layer: equal content has equal numbers, in every process and on every machine.
//!
//! What clients keep is tagged by it, so a server that was started again, or another one with the same data, agrees with their
//! copies, and one with other data does not. Not secret: it guards against mix-ups, not forgery.

use super::{Laid, Layer};
use crate::features::FeatureRef;
use crate::value::Value;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};
use std::ops::Range;

impl Layer {
    /// Digest of titles, columns and every feature with its times. One pass over all geometries, packed as they are.
    pub fn digest(&self) -> u64 {
        let mut hasher = SipHasher13::new();
        let meta = &self.meta;
        (meta.name.as_str(), &meta.title, &meta.description, &meta.attribution, &meta.tile_columns).hash(&mut hasher);
        (meta.min_zoom, meta.max_zoom, self.len()).hash(&mut hasher);
        for column in self.schema.columns() {
            (&column.name, &column.title, column.kind).hash(&mut hasher);
        }
        for laid in &self.pile {
            let features = &laid.sheet.features;
            let values: Vec<u64> = features.dictionary().values().iter().map(digest_of).collect();
            for (number, _) in laid.features() {
                if let Some(feature) = features.get(number - laid.first) {
                    hash_feature(feature, self.schema.columns().len(), &values, &mut hasher);
                }
            }
        }
        hasher.finish()
    }
}

/// Digest of an edit: the ids of what it replaces, and all it says.
pub(super) fn of_edit<'a>(gone: impl Iterator<Item = FeatureRef<'a>>, come: Range<u32>, layer: &Layer) -> u64 {
    let mut hasher = SipHasher13::new();
    gone.for_each(|feature| feature.id().hash(&mut hasher));
    for feature in come.filter_map(|number| layer.feature(number)) {
        layer.hash_alone(feature, &mut hasher);
    }
    hasher.finish()
}

impl Layer {
    /// A digest of each feature, its rank included, with its number, ascending: what has the same digest looks the same. `O(n)`.
    pub fn digests(&self) -> Vec<(u32, u64)> {
        let of = |laid: &Laid| {
            let located = laid.sheet.located();
            let rank = |number: u32| located.get((number - laid.first) as usize).copied().flatten().map(|(_, rank)| rank);
            let digest = |(number, feature): (u32, FeatureRef<'_>)| {
                let mut hasher = SipHasher13::new();
                rank(number).hash(&mut hasher);
                self.hash_alone(feature, &mut hasher);
                (number, hasher.finish())
            };
            laid.features().map(digest).collect::<Vec<_>>()
        };
        self.pile.iter().flat_map(of).collect()
    }

    fn hash_alone(&self, feature: FeatureRef<'_>, hasher: &mut SipHasher13) {
        (feature.id(), feature.valid(), feature.known(), feature.phases()).hash(hasher);
        (0..self.schema.columns().len()).for_each(|column| hash_value(feature.value(column), hasher));
        feature.packed_geometry().hash(hasher);
    }
}

/// With the digest of each value by its code.
fn hash_feature(feature: FeatureRef<'_>, width: usize, values: &[u64], hasher: &mut SipHasher13) {
    (feature.id(), feature.valid(), feature.known(), feature.phases()).hash(hasher);
    for column in 0..width {
        hasher.write_u64(values.get(feature.code(column) as usize).copied().unwrap_or_default());
    }
    feature.packed_geometry().hash(hasher);
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
