//! `/styles/{file}`: the style document for other map clients.

use crate::problem::Problem;
use crate::server::Server;
use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use std::sync::Arc;

/// Answers `default.json`.
pub async fn document(State(server): State<Arc<Server>>, Path(file): Path<String>) -> Result<Json<Value>, Problem> {
    match file.as_str() {
        "default.json" => Ok(Json(server.styles.document().clone())),
        _ => Err(Problem::not_found(format!("there is no style '{file}'; there is: default.json"))),
    }
}
