//! What each feature of a file costs in a tile and how much it matters, for the budget that decides from which zoom it shows.

use roadblock_layers::dictionary::NULL;
use roadblock_layers::features::{FeatureRef, Features};
use roadblock_layers::value::Value;
use roadblock_tiles::budget::{Budget, Limits, Shared, Weight};
use roadblock_tiles::scene::Scene;
use siphasher::sip::SipHasher13;
use std::hash::{Hash, Hasher};

/// Bytes a tile may have unless something else is said: what a phone on a thin link still loads.
pub const DEFAULT_TILE_KB: u32 = 500;

/// Numbers of a key and a value, in a tile that holds thousands of both.
const TAG_BYTES: u32 = 4;
/// Bytes around a value's own.
const VALUE_BYTES: u32 = 4;

/// Shares out the budget of a tile among the features. Size comes first, then the number in the column `importance`.
pub fn share((scene, features): (&Scene, &Features), columns: &[usize], importance: Option<usize>, limits: Limits) -> Shared {
    let costs = costs(features, columns);
    let weight = |feature: FeatureRef<'_>| Weight {
        attribute_bytes: columns.iter().map(|&column| costs.get(feature.code(column) as usize).copied().unwrap_or(0)).sum(),
        importance: importance.map_or(0.0, |column| number(feature.value(column))),
        tie: tie(feature),
    };
    Budget::share(scene, &features.iter().map(weight).collect::<Vec<_>>(), limits)
}

/// Bytes of each value by its code. A tile holds a value once, so features that share one share its cost.
fn costs(features: &Features, columns: &[usize]) -> Vec<u32> {
    let dictionary = features.dictionary();
    let mut uses = vec![0u32; dictionary.len()];
    for feature in features.iter() {
        for &column in columns {
            if let Some(count) = uses.get_mut(feature.code(column) as usize) {
                *count += 1;
            }
        }
    }
    let mut costs: Vec<u32> = dictionary
        .values()
        .iter()
        .zip(uses)
        .map(|(value, uses)| TAG_BYTES + (VALUE_BYTES + bytes(value)).div_ceil(uses.max(1)))
        .collect();
    if let Some(null) = costs.get_mut(NULL as usize) {
        *null = 0;
    }
    costs
}

fn bytes(value: &Value) -> u32 {
    match value {
        Value::Null | Value::Json(_) => 0,
        Value::Bool(_) => 1,
        Value::Int(_) => 5,
        Value::Float(_) => 8,
        Value::Text(text) => u32::try_from(text.len()).unwrap_or(u32::MAX / 2),
    }
}

/// What is no number matters least.
fn number(value: &Value) -> f64 {
    match value {
        Value::Int(whole) => *whole as f64,
        Value::Float(number) => *number,
        Value::Null | Value::Bool(_) | Value::Text(_) | Value::Json(_) => f64::NEG_INFINITY,
    }
}

/// Chance, but the same at every start.
fn tie(feature: FeatureRef<'_>) -> u64 {
    let mut hasher = SipHasher13::new();
    feature.id().hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
