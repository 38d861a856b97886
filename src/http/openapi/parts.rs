//! Parts that operations of every kind are made of.
//!
//! Parts are moved into each other: `json!` copies whatever value is named in it, with all that hangs below.

use serde_json::{Map, Value};

/// A reference to what stands among the components of its kind.
pub(super) fn reference(kind: &str, name: &str) -> Value {
    Value::from_iter([("$ref", format!("#/components/{kind}/{name}"))])
}

/// The content of a body: its media types, and the names of their schemas.
pub(super) fn content<'a>(contents: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Value {
    let media = |schema: Option<&str>| {
        Value::Object(schema.map(|name| ("schema".into(), reference("schemas", name))).into_iter().collect())
    };
    contents.map(|(media_type, schema)| (media_type.to_owned(), media(schema))).collect::<Map<_, _>>().into()
}

/// An answer: what it is, and its content.
pub(super) fn answer<'a>(description: &str, contents: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Value {
    Value::from_iter([("description", description.into()), ("content", content(contents))])
}
