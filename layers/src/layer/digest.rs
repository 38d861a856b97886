//! A number for the whole content of a layer: equal content has equal numbers, in every process and on every machine.
//!
//! What clients keep is tagged by it, so a server that was started again, or another one with the same data, agrees with their
//! copies, and one with other data does not. Not secret: it guards against mix-ups, not forgery.

use super::{Laid, Layer};
use crate::feature::{Feature, FeatureId};
use crate::features::FeatureRef;
use crate::packed;
use crate::value::Value;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};

impl Layer {
    /// Digest of titles, columns and every feature with its times. One pass over all geometries, packed as they are.
    pub fn digest(&self) -> u64 {
        let mut hasher = SipHasher13::new();
        let meta = &self.meta;
        (meta.name.as_str(), &meta.title, &meta.description, &meta.attribution, &meta.tile_columns).hash(&mut hasher);
        (meta.min_zoom, meta.max_zoom, meta.is_simplified, self.len()).hash(&mut hasher);
        for column in self.schema.columns() {
            (&column.name, &column.title, column.kind).hash(&mut hasher);
        }
        for laid in &self.pile {
            let values = ValueDigests::of(laid);
            laid.features().for_each(|(_, feature)| values.hash_with(feature, &mut hasher));
        }
        hasher.finish()
    }

    /// A digest of each feature, its rank included, with its number, ascending: what has the same digest looks the same. `O(n)`.
    pub fn digests(&self) -> Vec<(u32, u64)> {
        let of = |laid: &Laid| {
            let (values, located) = (ValueDigests::of(laid), laid.sheet.located());
            let digest = |(number, feature): (u32, FeatureRef<'_>)| {
                let mut hasher = SipHasher13::new();
                let located = located.get((number - laid.first) as usize).copied().flatten();
                located.map(|(_, rank)| rank).hash(&mut hasher);
                values.hash_with(feature, &mut hasher);
                (number, hasher.finish())
            };
            laid.features().map(digest).collect::<Vec<_>>()
        };
        self.pile.iter().flat_map(of).collect()
    }
}

/// Digest of an edit: the ids of what it replaces, and all it says.
pub(super) fn of_edit<'a>(gone: impl Iterator<Item = &'a FeatureId>, come: &[Feature]) -> u64 {
    let mut hasher = SipHasher13::new();
    gone.for_each(|id| id.hash(&mut hasher));
    for version in come {
        (&version.id, version.valid, version.known, version.phases).hash(&mut hasher);
        version.values.iter().for_each(|value| hash_value(value, &mut hasher));
        let mut packed = Vec::new();
        version.geometry.iter().for_each(|geometry| packed::pack(geometry, &mut packed));
        packed.hash(&mut hasher);
    }
    hasher.finish()
}

/// The digest of each value of a sheet, by its code in the layer: many features share a value.
struct ValueDigests {
    digests: Vec<u64>,
    first_code: u32,
    columns: usize,
}

impl ValueDigests {
    fn of(laid: &Laid) -> Self {
        let features = &laid.sheet.features;
        let digests = features.dictionary().values().iter().map(digest_of).collect();
        Self { digests, first_code: laid.first_code, columns: features.width() }
    }

    fn hash_with(&self, feature: FeatureRef<'_>, hasher: &mut SipHasher13) {
        (feature.id(), feature.valid(), feature.known(), feature.phases()).hash(hasher);
        for column in 0..self.columns {
            // Null, whose code is the same in every sheet, is the first.
            let code = feature.code(column).saturating_sub(self.first_code);
            hasher.write_u64(self.digests.get(code as usize).copied().unwrap_or_default());
        }
        feature.packed_geometry().hash(hasher);
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
        Value::Json(nested) => nested.hash(hasher),
    }
}
