//! `/styles/{file}`: the style document and its drawings, for the viewer and other map clients.

use crate::problem::Problem;
use crate::server::Server;
use crate::style::Styles;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Answers `default.json` and `icons.json`.
pub async fn document(
    State(server): State<Arc<Server>>,
    Path(file): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match file.as_str() {
        "default.json" => {
            let world = server.world();
            let names: Vec<&str> = world.layers.iter().map(|published| published.layer.meta.name.as_str()).collect();
            let document = Styles::document(&server.base_url(&headers), &names).map_err(|error| {
                tracing::error!(%error, "the style cannot be written");
                Problem::internal()
            })?;
            Ok(Json(document).into_response())
        }
        "icons.json" => Ok(([(header::CONTENT_TYPE, "application/json")], Styles::icons_text()).into_response()),
        _ => Err(Problem::not_found(format!("there is no style '{file}'; there are: default.json, icons.json"))),
    }
}
