//! `/collections/{id}/queryables`: the properties a request may filter by, as JSON Schema.

use super::call::Call;
use super::links::SCHEMA;
use super::{criteria, document};
use crate::problem::Problem;
use crate::world::Published;
use axum::extract::Path;
use axum::response::Response;
use roadblock_layers::layer::GeometryKind;
use roadblock_layers::value::{Column, ColumnKind};
use serde_json::{Map, Value, json};

/// Answers the schema.
pub async fn queryables(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let media = call.media(&[])?;
    let title = format!("{}: properties to filter by", published.layer.meta.title);
    let document = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": call.href(call.uri.path()),
        "type": "object",
        "title": published.layer.meta.title,
        "description": published.layer.meta.description,
        "properties": properties(published),
        "additionalProperties": false,
    });
    Ok(document::answer(&call, media, SCHEMA, &title, &document))
}

fn properties(published: &Published) -> Map<String, Value> {
    let columns = criteria::filterable(published).map(|(_, column)| (column.name.to_string(), property(column)));
    geometry(published).into_iter().chain(columns).collect()
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
