//! One log line and one count for each request, under an id that the answer carries too.
//!
//! The line names the route, not the address: who looks at which tile is nobody's business. Problems are written here, because
//! they name the id.

use crate::problem::Problem;
use crate::server::Server;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method};
use axum::response::Response;
use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::{Level, Span, field};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of no route of ours.
pub const NO_ROUTE: &str = "none";

/// Tells this process from every other, so that an id is given once.
static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A request under way.
pub struct Entry {
    started: Instant,
    id: String,
    method: Method,
    route: Cow<'static, str>,
    span: Span,
}

impl Entry {
    /// Numbers a request, by the name of its route.
    pub fn begin(request: &Request, route: Cow<'static, str>) -> Self {
        let id = format!("{:016x}-{:x}", *PROCESS, NEXT.fetch_add(1, Ordering::Relaxed));
        // At the highest level, so that whatever a filter lets through says which request it belongs to, and what that asked for. The method
        // comes with the answer, if that is logged: each word of a span is written down for every request.
        let span = tracing::error_span!("request", id, route = &*route, method = field::Empty);
        Self { started: Instant::now(), id, method: request.method().clone(), route, span }
    }

    /// What is logged on the way belongs in here.
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Times, counts and logs the answer, and writes its problem if it has one.
    pub fn end(self, server: &Server, mut response: Response) -> Response {
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            let headers = std::mem::take(response.headers_mut());
            response = problem.write(&self.id);
            for (name, value) in headers.iter() {
                response.headers_mut().entry(name).or_insert_with(|| value.clone());
            }
        }
        let (status, took) = (response.status().as_u16(), self.started.elapsed());
        if status >= 500 || tracing::enabled!(Level::DEBUG) {
            self.span.record("method", field::display(&self.method));
        }
        self.span.in_scope(|| match status {
            503 => tracing::warn!(status, duration_us = took.as_micros(), "shed"),
            500.. => tracing::error!(status, duration_us = took.as_micros(), "failed"),
            _ => tracing::debug!(status, duration_us = took.as_micros(), "answered"),
        });
        server.metrics.request(self.route, status, took);
        if let Ok(value) = HeaderValue::try_from(self.id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
}
