//! `/collections/{id}/schema`: every property of a layer with its type (OGC API Features Part 5), so that clients need not guess
//! from the first page, where an end that is still open is null.

use super::call::Call;
use super::document;
use super::links::SCHEMA;
use crate::problem::Problem;
use crate::world::Published;
use axum::extract::Path;
use axum::response::Response;
use roadblock_layers::layer::GeometryKind;
use roadblock_layers::value::{Column, ColumnKind};
use serde_json::{Map, Value, json};

/// Answers the schema.
pub async fn schema(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    answer(&call, &id, "properties and their types", |published| json!({"properties": properties(published)}))
}

/// Answers a JSON Schema about a layer; `members` says what is particular to it, `about` completes its title for people.
pub fn answer(call: &Call, id: &str, about: &str, members: impl Fn(&Published) -> Value) -> Result<Response, Problem> {
    let published = call.layer(id)?;
    let media = call.media(&[])?;
    let meta = &published.layer.meta;
    let mut document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": call.href(call.uri.path()),
        "type": "object",
        "title": meta.title,
        "description": meta.description,
    });
    for (name, member) in members(published).as_object().into_iter().flatten() {
        document[name] = member.clone();
    }
    Ok(document::answer(call, media, SCHEMA, &format!("{}: {about}", meta.title), &document))
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

/// The member that says what the geometries are, unless there are none.
pub fn geometry(published: &Published) -> Option<(String, Value)> {
    let format = geometry_format(published.layer.geometry_kind())?;
    Some(("geometry".into(), json!({"title": "Where it is", "format": format, "x-ogc-role": "primary-geometry"})))
}

/// A column as JSON Schema.
pub fn property(column: &Column) -> Value {
    let mut schema = match column.kind {
        ColumnKind::Bool => json!({"type": "boolean"}),
        ColumnKind::Int => json!({"type": "integer"}),
        ColumnKind::Float => json!({"type": "number"}),
        ColumnKind::Text => json!({"type": "string"}),
        ColumnKind::Time => json!({"type": "string", "format": "date-time"}),
        ColumnKind::Mixed => json!({"type": ["string", "number", "boolean"]}),
        ColumnKind::Json => json!({"type": ["array", "object"]}),
    };
    if !column.title.is_empty() {
        schema["title"] = json!(column.title);
    }
    schema
}

/// The formats of OGC API Features Part 3 for geometry.
const fn geometry_format(kind: GeometryKind) -> Option<&'static str> {
    match kind {
        GeometryKind::Point => Some("geometry-point-or-multipoint"),
        GeometryKind::Line => Some("geometry-linestring-or-multilinestring"),
        GeometryKind::Polygon => Some("geometry-polygon-or-multipolygon"),
        GeometryKind::Mixed => Some("geometry-any"),
        GeometryKind::None => None,
    }
}
