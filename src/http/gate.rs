//! What every request passes on its way in and every answer on its way out; one middleware, since each boxes a future and a copy of
//! what comes after it for every request.

use super::request_log::Entry;
use super::{headers, screen};
use crate::server::Server;
use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tracing::Instrument;

/// Numbers a request, looks it over, has it answered, adds the headers of all answers, and logs it.
pub async fn pass(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let entry = Entry::begin(&request);
    let mut response = if request.method() == Method::OPTIONS {
        headers::preflight()
    } else if let Err(problem) = screen::check(&request) {
        problem.into_response()
    } else {
        screen::explained(next.run(request).instrument(entry.span().clone()).await)
    };
    headers::add(response.headers_mut());
    entry.end(&server, response)
}
