//! The whole address space on one screen.

use super::{editing, events, features, gate, headers, health, screen, style, tilejson, viewer, viewer_state, xyz};
use crate::problem::Problem;
use crate::server::Server;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use std::any::Any;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};

/// What is longer than any body that is read is cut off here.
const MAX_BODY_BYTES: usize = editing::MOST_BYTES;
/// A body that stalls for this long is given up.
const BODY_STALL: Duration = Duration::from_secs(10);
/// The head of an answer must be ready within this.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// What everybody may read.
pub fn public(server: Arc<Server>) -> Router {
    // Tiles carry their own encoding, chosen before they enter the cache; documents are compressed on the way out.
    let tiles = Router::new().route("/xyz/{layers}/{z}/{x}/{file}", get(xyz::tile));
    let documents = Router::new()
        .route("/", get(viewer::home))
        .route("/xyz/{file}", get(tilejson::document))
        .route("/styles/{file}", get(style::document))
        .route("/changes", get(events::changes))
        .route("/events", get(events::events))
        .route("/viewer.json", get(viewer_state::state))
        .route("/assets/{file}", get(viewer::asset))
        .route("/preview/{client}", get(viewer::preview))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .merge(features::routes())
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(screen::acceptable));
    finish(tiles.merge(documents), server)
}

/// What only the operator reads, on the second listener.
pub fn admin(server: Arc<Server>) -> Router {
    let routes = Router::new()
        .route("/metrics", get(health::metrics))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready));
    finish(routes, server)
}

fn finish(routes: Router<Arc<Server>>, server: Arc<Server>) -> Router {
    routes
        .fallback(headers::no_such_address)
        .method_not_allowed_fallback(headers::method_not_allowed)
        // One layer of many: each layer of a router costs every request an allocation.
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state(Arc::clone(&server), gate::pass))
                .layer(RequestBodyTimeoutLayer::new(BODY_STALL))
                .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
                .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, ANSWER_TIMEOUT))
                .layer(CatchPanicLayer::custom(panicked)),
        )
        .with_state(server)
}

fn panicked(_cause: Box<dyn Any + Send>) -> Response {
    // The panic hook has logged the cause already.
    Problem::internal().into_response()
}
