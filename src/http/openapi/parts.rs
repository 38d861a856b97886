//! Parts that operations of every kind are made of.

use serde_json::{Map, Value, json};

/// A reference to what stands among the components of its kind.
pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}

/// The content of a body: its media types, and the names of their schemas.
pub(super) fn content<'a>(contents: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Value {
    let media = |schema: Option<&str>| schema.map_or(json!({}), |name| json!({"schema": reference("schemas", name)}));
    contents.map(|(media_type, schema)| (media_type.to_owned(), media(schema))).collect::<Map<_, _>>().into()
}
