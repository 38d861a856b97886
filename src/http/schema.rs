//! `/collections/{id}/schema`: every property of a layer with its type (OGC API Features Part 5), so that clients need not guess
//! from the first page, where an end that is still open is null.

use super::call::Call;
use super::document;
use super::links::SCHEMA;
use super::queryables::{geometry, property};
use crate::problem::Problem;
use crate::world::Published;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value, json};

/// Answers the schema.
pub async fn schema(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let media = call.media(&[])?;
    let title = format!("{}: properties and their types", published.layer.meta.title);
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": call.href(call.uri.path()),
        "type": "object",
        "title": published.layer.meta.title,
        "description": published.layer.meta.description,
        "properties": properties(published),
    });
    Ok(document::answer(&call, media, SCHEMA, &title, &document))
}

fn properties(published: &Published) -> Map<String, Value> {
    let columns = published.layer.schema.columns().iter().enumerate().map(|(position, column)| {
        let mut schema = property(column);
        schema["x-ogc-propertySeq"] = json!(position + 1);
        if &*column.name == "id" {
            schema["x-ogc-role"] = json!("id");
        }
        (column.name.to_string(), schema)
    });
    columns.chain(geometry(published)).collect()
}
