//! What a listener answers: tiles by their address alone, everything else by the router.
//!
//! Nearly all that is asked for are tiles, most of them out of the cache, and of such a request the router's part is not small: it keeps
//! each piece of the address by name, copies and boxes what it calls, and does so once more for what every request passes.

use super::gate::{self, Door};
use super::request_log::Route;
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
            return gate::guard(&server, Door::Public, Route::Known(xyz::ROUTE), request, tile).await;
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
