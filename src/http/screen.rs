//! What no handler need look at: requests that HTTP itself forbids, and refusals of the layers below as problem documents.

use super::encoding::negotiate;
use crate::problem::Problem;
use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Longest path and query. Every address of ours is far shorter, whatever it filters by.
const MOST_ADDRESS_BYTES: usize = 8 << 10;

/// Lets through what is well formed (RFC 9110 section 7.2), and turns a bare refusal into a problem document.
pub async fn screen(request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|address| address.as_str().len() > MOST_ADDRESS_BYTES) {
        return Problem::uri_too_long(MOST_ADDRESS_BYTES).into_response();
    }
    let hosts: Vec<&HeaderValue> = request.headers().get_all(header::HOST).iter().collect();
    let is_host = |host: &&HeaderValue| Authority::try_from(host.as_bytes()).is_ok() && !host.as_bytes().contains(&b'@');
    if hosts.len() > 1 || !hosts.iter().all(is_host) || (hosts.is_empty() && request.version() == Version::HTTP_11) {
        return Problem::bad_request("InvalidHost", "a request has exactly one Host header, with a name and perhaps a port")
            .into_response();
    }
    let response = next.run(request).await;
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    if refused && response.extensions().get::<Problem>().is_none() {
        return Problem::of_status(status).into_response();
    }
    response
}

/// Refuses a client that accepts no encoding at all, before anything is made for it.
pub async fn acceptable(request: Request, next: Next) -> Response {
    match negotiate(request.headers()) {
        Some(_) => next.run(request).await,
        None => refusing_everything().into_response(),
    }
}

/// 406 for `Accept-Encoding: identity;q=0` and its like.
pub fn refusing_everything() -> Problem {
    Problem::not_acceptable("Accept-Encoding refuses everything; allow gzip, br, zstd or identity")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tower::ServiceExt;

    async fn answer(request: Request) -> Response {
        let teapot = get(|| async { StatusCode::IM_A_TEAPOT });
        let routes = Router::new().route("/", get(|| async { "well" })).route("/teapot", teapot).layer(from_fn(screen));
        routes.oneshot(request).await.unwrap()
    }

    fn to(address: &str) -> axum::http::request::Builder {
        Request::builder().uri(address)
    }

    #[tokio::test]
    async fn one_host_and_an_address_of_some_length_are_asked_for() {
        let well = to("/").header("host", "localhost").body(Body::empty()).unwrap();
        assert_eq!(answer(well).await.status(), 200);
        assert_eq!(answer(to("/").body(Body::empty()).unwrap()).await.status(), 400);
        for odd in ["a b<script>", "user@a", ""] {
            assert_eq!(answer(to("/").header("host", odd).body(Body::empty()).unwrap()).await.status(), 400, "{odd}");
        }
        let two = to("/").header("host", "a").header("host", "b").body(Body::empty()).unwrap();
        assert_eq!(answer(two).await.status(), 400);
        let long = to(&format!("/?f={}", "x".repeat(9000))).header("host", "a").body(Body::empty()).unwrap();
        assert_eq!(answer(long).await.status(), 414);
    }

    #[tokio::test]
    async fn a_bare_refusal_becomes_a_problem() {
        let refused = answer(to("/teapot").header("host", "a").body(Body::empty()).unwrap()).await;
        assert!(refused.extensions().get::<Problem>().is_some_and(|problem| problem.status == 418));
    }
}
