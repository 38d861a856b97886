//! One log line and one count for each request, under an id that the answer carries too.
//!
//! The line names the route, not the address: who looks at which tile is nobody's business. Problems are written here, because
//! they name the id.

use crate::log::Context;
use crate::problem::Problem;
use crate::server::Server;
use axum::http::{HeaderName, HeaderValue};
use axum::response::Response;
use std::time::Instant;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of no route of ours.
pub const NO_ROUTE: &str = "none";

/// A request under way.
pub struct Entry {
    started: Instant,
    context: Context,
}

impl Entry {
    /// Begins now.
    pub fn begin(context: Context) -> Self {
        Self { started: Instant::now(), context }
    }

    /// What is done on the way belongs in here.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Times, counts and logs the answer, and writes its problem if it has one.
    pub fn end(self, server: &Server, mut response: Response) -> Response {
        let id = self.context.id();
        if let Some(problem) = response.extensions_mut().remove::<Problem>() {
            let headers = std::mem::take(response.headers_mut());
            response = problem.write(&id);
            for (name, value) in headers.iter() {
                response.headers_mut().entry(name).or_insert_with(|| value.clone());
            }
        }
        let (status, took) = (response.status().as_u16(), self.started.elapsed());
        server.metrics.request(self.context.route().clone(), status, took);
        self.context.in_scope(|| match status {
            503 => tracing::warn!(status, duration_us = took.as_micros(), "shed"),
            500.. => tracing::error!(status, duration_us = took.as_micros(), "failed"),
            _ => tracing::debug!(status, duration_us = took.as_micros(), "answered"),
        });
        if let Ok(value) = HeaderValue::try_from(id) {
            response.headers_mut().insert(REQUEST_ID, value);
        }
        response
    }
}
