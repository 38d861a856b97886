//! Headers that every answer carries, and the answer to `OPTIONS`.
//!
//! Reads are public: any origin may make them, without credentials. The origin is never reflected.

use crate::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Methods that read.
pub const READS: &str = "GET, HEAD, OPTIONS";

const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag, Link, Content-Crs, Content-Disposition, X-Features-Left-Out, X-Request-Id"),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

const PREFLIGHT: [(HeaderName, HeaderValue); 4] = [
    (header::ALLOW, HeaderValue::from_static(READS)),
    (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(READS)),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Accept, If-None-Match, Range")),
    (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
];

/// Adds the headers; a handler that set one itself keeps it.
pub fn add(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
}

/// The answer to `OPTIONS`.
pub fn preflight() -> Response {
    let mut preflight = StatusCode::NO_CONTENT.into_response();
    preflight.headers_mut().extend(PREFLIGHT);
    preflight
}

/// What an address that only reads says to other methods.
pub async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed(READS)
}

/// What an address that does not exist says.
pub async fn no_such_address(request: Request) -> Problem {
    Problem::not_found(format!("there is nothing at {}; the landing page lists what there is", request.uri().path()))
}
