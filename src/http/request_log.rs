//! One log line and one count for each request, under an id that the answer carries too.
//!
//! The line names the route, not the address: who looks at which tile is nobody's business. Problems are written here, because
//! they name the id.

use crate::problem::Problem;
use crate::server::Server;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Tells this process from every other, so that an id is given once.
static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Numbers, times, counts and logs a request.
pub async fn record(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = format!("{:016x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none".to_owned(), |path| path.as_str().to_owned());
    // At the highest level, so that whatever a filter lets through says which request it belongs to.
    let span = tracing::error_span!("request", id, %method, route);
    let mut response = next.run(request).instrument(span.clone()).await;
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        let headers = std::mem::take(response.headers_mut());
        response = problem.write(&id);
        for (name, value) in headers.iter() {
            response.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    let (status, took) = (response.status().as_u16(), started.elapsed());
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    server.metrics.request(&route, status, took);
    span.in_scope(|| match status {
        503 => tracing::warn!(status, duration_us = took.as_micros(), "shed"),
        500.. => tracing::error!(status, duration_us = took.as_micros(), "failed"),
        _ => tracing::debug!(status, duration_us = took.as_micros(), "answered"),
    });
    response
}
