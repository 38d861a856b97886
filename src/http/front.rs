//! What a listener answers: tiles by their address alone, everything else by the router.
//!
//! Nearly all that is asked for are tiles, most of them out of the cache, and of such a request the router's part is not small: it keeps
//! each piece of the address by name, copies and boxes what it calls, and does so once more for what every request passes.

use super::gate::{self, Door};
use super::xyz;
use crate::server::Server;
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower::{Service, ServiceExt};

/// The answers of a listener. Cheap to clone.
#[derive(Clone)]
pub struct Front {
    /// Has the tiles, if there are any.
    tiles: Option<Arc<Server>>,
    routes: Router,
}

impl Front {
    /// Of routes that a gate stands before; with `tiles`, theirs are found without the router.
    pub(super) fn new(routes: Router, tiles: Option<Arc<Server>>) -> Self {
        Self { tiles, routes }
    }

    /// Answers a request.
    pub async fn answer(self, request: Request) -> Response {
        if let Some(server) = self.tiles.filter(|_| xyz::is_tile(&request)) {
            let tile = async |request| xyz::tile_of(&server, request).await.into_response();
            return gate::guard(&server, Door::Public, xyz::ROUTE.into(), request, tile).await;
        }
        let Ok(response) = self.routes.oneshot(request).await;
        response
    }
}

/// For whoever calls services; the accept loop does without the box.
impl Service<Request> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let front = self.clone();
        Box::pin(async move { Ok(front.answer(request).await) })
    }
}

#[cfg(test)]
mod tests {
    use crate::http::sample::{Answer, ask, caching, send, server};
    use crate::http::{router, xyz};
    use axum::body::Body;
    use axum::http::{HeaderMap, Request};

    /// All but what tells requests apart, and the length, which is written when an answer is sent.
    fn told(mut headers: HeaderMap) -> Vec<(String, String)> {
        headers.remove("x-request-id");
        headers.remove("content-length");
        let mut told: Vec<_> =
            headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        told.sort_unstable();
        told
    }

    #[tokio::test]
    async fn answers_of_a_tile_that_is_kept_share_its_bytes() {
        let server = caching();
        let front = router::public(server.clone());
        for (address, encoding) in [
            ("/xyz/roads,blockades/0/0/0.mvt", "identity"),
            ("/xyz/roads,blockades/0/0/0.mvt", "gzip"),
            ("/xyz/roads/0/0/0.png", "identity"),
        ] {
            let (headers, hits) = ([("accept-encoding", encoding)], || server.metrics.tile_cache_hits.get());
            let (one, before, other) = (ask(&front, address, &headers).await, hits(), ask(&front, address, &headers).await);
            assert_eq!((one.status.as_u16(), hits()), (200, before + 1), "{address} {encoding}");
            assert!(one.body.len() > 50 && one.body.as_ptr() == other.body.as_ptr(), "{address} {encoding}: a copy was made");
        }
    }

    #[tokio::test]
    async fn tiles_are_answered_as_by_the_router() {
        let server = server(Vec::new());
        let front = router::public(server.clone());
        for (address, decoded_first) in [
            ("/xyz/roads,blockades/0/0/0.mvt", "/xyz/roads%2Cblockades/0/0/0.mvt"),
            ("/xyz/roads/0/0/0.png?datetime=2025-10-22", "/xyz/r%6Fads/0/0/0.png?datetime=2025-10-22"),
            ("/xyz/roads/0/0/0.mvt?nonsense=1", "/xyz/r%6Fads/0/0/0.mvt?nonsense=1"),
            ("/xyz/roads/0/1/0.mvt", "/xyz/r%6Fads/0/1/0.mvt"),
        ] {
            let headers = [("accept-encoding", "gzip")];
            let (one, other) = (ask(&front, address, &headers).await, ask(&front, decoded_first, &headers).await);
            let whole = |answer: &Answer| (answer.status, told(answer.headers.clone()));
            assert_eq!(whole(&one), whole(&other), "{address}");
            if one.status.is_success() {
                assert!(one.body == other.body && !one.body.is_empty(), "{address}");
            }
            let head = Request::head(address).header("host", "127.0.0.1:8080").header("accept-encoding", "gzip");
            let head = send(&front, head.body(Body::empty()).unwrap()).await;
            assert_eq!(whole(&one), whole(&head), "{address}");
            assert!(head.body.is_empty());
        }
        let metrics = server.metrics.render().unwrap();
        let routes: Vec<_> = metrics.lines().filter(|line| line.starts_with("roadblock_http_requests_total{")).collect();
        assert!(!routes.is_empty() && routes.iter().all(|line| line.contains(xyz::ROUTE)), "{routes:?}");
    }
}
