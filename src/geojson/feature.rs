//! One feature as GeoJSON text.

use super::geometry;
use crate::world::Published;
use roadblock_layers::feature::FeatureId;
use roadblock_layers::features::FeatureRef;
use roadblock_layers::time::Datetime;
use roadblock_layers::value::Value;
use serde::Serialize;

/// Appends a feature. What depends on time is resolved for `datetime`; `tail` is put before the closing brace
/// (further members, each with a comma before it).
pub fn write(published: &Published, feature: FeatureRef<'_>, datetime: &Datetime, tail: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(br#"{"type":"Feature","id":"#);
    match feature.id() {
        FeatureId::Int(number) => json(number, out),
        FeatureId::Text(text) => json(text.as_ref(), out),
    }
    out.extend_from_slice(br#","geometry":"#);
    match feature.geometry() {
        Some(shape) => geometry::write(&shape, out),
        None => out.extend_from_slice(b"null"),
    }
    out.extend_from_slice(br#","properties":{"#);
    for (position, column) in published.layer.schema.columns().iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        json(column.name.as_ref(), out);
        out.push(b':');
        value(published.layer.value(feature, position, datetime), out);
    }
    out.push(b'}');
    out.extend_from_slice(tail);
    out.push(b'}');
}

/// Appends any JSON. Writing to memory cannot fail, and keys are texts.
pub fn json<T: Serialize + ?Sized>(value: &T, out: &mut Vec<u8>) {
    let _ = serde_json::to_writer(out, value);
}

fn value(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(value) => json(value, out),
        Value::Int(value) => json(value, out),
        Value::Float(value) => json(value, out),
        Value::Text(text) => json(text.as_ref(), out),
        Value::Json(nested) => out.extend_from_slice(nested.as_bytes()),
    }
}
