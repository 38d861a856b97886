//! What no handler need look at: requests that HTTP itself forbids, and refusals of the layers below as problem documents.

use crate::problem::Problem;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Version, header};
use axum::response::{IntoResponse, Response};

/// Longest path and query. Every address of ours is far shorter, whatever it filters by.
const MOST_ADDRESS_BYTES: usize = 8 << 10;

/// Refuses what is not well formed (RFC 9110 section 7.2).
pub fn check(request: &Request) -> Result<(), Problem> {
    if request.uri().path_and_query().is_some_and(|address| address.as_str().len() > MOST_ADDRESS_BYTES) {
        return Err(Problem::uri_too_long(MOST_ADDRESS_BYTES));
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_host = |host: &HeaderValue| Authority::try_from(host.as_bytes()).is_ok() && !host.as_bytes().contains(&b'@');
    let is_named = match (hosts.next(), hosts.next()) {
        (None, _) => request.version() != Version::HTTP_11,
        (Some(host), None) => is_host(host),
        (Some(_), Some(_)) => false,
    };
    if is_named {
        return Ok(());
    }
    Err(Problem::bad_request("InvalidHost", "a request has exactly one Host header, with a name and perhaps a port"))
}

/// A bare refusal of the layers below as a problem document. A page that says what is wrong stays one.
pub fn explained(response: Response) -> Response {
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|media| media.as_bytes().starts_with(b"text/html"));
    if refused && !is_page && response.extensions().get::<Problem>().is_none() {
        return Problem::of_status(status).into_response();
    }
    response
}

/// 406 for `Accept-Encoding: identity;q=0` and its like.
pub fn refusing_everything() -> Problem {
    Problem::not_acceptable("Accept-Encoding refuses everything; allow gzip, br, zstd or identity")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::http::request::Builder;

    fn to(address: &str) -> Builder {
        Request::builder().uri(address)
    }

    #[test]
    fn one_host_and_an_address_of_some_length_are_asked_for() {
        let status = |request: Builder| check(&request.body(Body::empty()).unwrap()).err().map(|problem| problem.status.as_u16());
        assert_eq!(status(to("/").header("host", "localhost")), None);
        assert_eq!(status(to("/").version(Version::HTTP_10)), None);
        assert_eq!(status(to("/")), Some(400));
        for odd in ["a b<script>", "user@a", ""] {
            assert_eq!(status(to("/").header("host", odd)), Some(400), "{odd}");
        }
        assert_eq!(status(to("/").header("host", "a").header("host", "b")), Some(400));
        assert_eq!(status(to(&format!("/?f={}", "x".repeat(9000))).header("host", "a")), Some(414));
    }

    #[test]
    fn a_bare_refusal_becomes_a_problem() {
        let refused = explained(StatusCode::IM_A_TEAPOT.into_response());
        assert!(refused.extensions().get::<Problem>().is_some_and(|problem| problem.status == 418));
        assert_eq!(explained("well".into_response()).status(), 200);
    }
}
