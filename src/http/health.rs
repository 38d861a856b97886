//! Whether this process lives and can answer; no counts, nothing about the data.

use crate::problem::Problem;
use crate::server::Server;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// `/healthz`: the process answers.
pub async fn alive() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n").into_response()
}

/// `/readyz`: the world is loaded and the server is not stopping. Where changes could not be written it is degraded, and still ready: who
/// only reads is served as before.
pub async fn ready(State(server): State<Arc<Server>>) -> Result<Response, Problem> {
    if server.is_stopping() {
        return Err(Problem::unavailable("the server is stopping", 5));
    }
    if server.metrics.writes_refused.get() == 0 {
        return Ok(alive().await);
    }
    let degraded = "degraded: the last change could not be written; reading goes on\n";
    Ok(([(header::CACHE_CONTROL, "no-store")], degraded).into_response())
}

/// `/metrics`, on the administrative listener only.
pub async fn metrics(State(server): State<Arc<Server>>) -> Result<Response, Problem> {
    let text = server.metrics.render().map_err(|error| {
        tracing::error!(%error, "metrics cannot be written");
        Problem::internal()
    })?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response())
}
