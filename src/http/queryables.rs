//! `/collections/{id}/queryables`: the properties a request may filter by, as JSON Schema (OGC API Features Part 3).

use super::call::Call;
use super::criteria;
use super::schema::{self, geometry, property};
use crate::problem::Problem;
use crate::world::Published;
use axum::extract::Path;
use axum::response::Response;
use serde_json::{Map, Value, json};

/// Answers the schema.
pub async fn queryables(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    let members = |published: &Published| json!({"properties": properties(published), "additionalProperties": false});
    schema::answer(&call, &id, "properties to filter by", members)
}

fn properties(published: &Published) -> Map<String, Value> {
    let columns = criteria::filterable(published).map(|(_, column)| (column.name.to_string(), property(column)));
    geometry(published).into_iter().chain(columns).collect()
}
