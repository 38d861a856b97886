//! The whole address space on one screen.

use super::address::{Address, router};
use super::gate::{self, Door};
use super::{
    access, editing, events, features, fonts, headers, health, screen, session, sprites, styles, tilejson, viewer, viewer_state,
    xyz,
};
use crate::problem::Problem;
use crate::server::Server;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
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

/// Tiles and letters, which carry their own encoding and a tag for each.
fn tiles() -> Vec<Address> {
    vec![
        Address::get("/xyz/{layers}/{z}/{x}/{file}", xyz::tile),
        Address::get("/styles/{style}/{z}/{x}/{file}", styles::tiles::tile),
        Address::get("/fonts/{stack}/{file}", fonts::range),
    ]
}

/// Everything else, which is compressed on the way out.
fn documents() -> Vec<Address> {
    let mut addresses = vec![
        Address::get("/", viewer::home),
        Address::get("/xyz/{file}", tilejson::document),
        Address::get("/styles", styles::list::list),
        Address::get("/styles/{file}", styles::document),
        Address::get("/styles/{style}/{file}", styles::part),
        Address::get("/fonts.json", fonts::list),
        Address::get("/sprites/{file}", sprites::part),
        Address::get("/changes", events::changes),
        Address::get("/events", events::events),
        Address::get("/viewer.json", viewer_state::state),
        Address::get("/assets/{file}", viewer::asset),
        Address::get("/preview/{client}", viewer::preview),
        Address::get("/healthz", health::alive),
        Address::get("/readyz", health::ready),
        Address::get("/signin", session::page),
        Address::of("/signout", Method::POST, session::end_by_form),
        Address::get("/session", session::show).on(Method::POST, session::begin).on(Method::DELETE, session::end),
    ];
    addresses.extend(features::addresses());
    addresses.extend(access::addresses());
    addresses
}

/// Every address of the public listener. Who may ask what there is written down in `tests/access.txt`.
pub fn public_addresses() -> Vec<Address> {
    tiles().into_iter().chain(documents()).collect()
}

/// Every address of the operator's listener.
pub fn admin_addresses() -> Vec<Address> {
    vec![
        Address::get("/metrics", health::metrics),
        Address::get("/healthz", health::alive),
        Address::get("/readyz", health::ready),
    ]
}

/// What the public listener answers.
pub fn public(server: Arc<Server>) -> Router {
    let documents = router(documents()).layer(CompressionLayer::new()).layer(middleware::from_fn(screen::acceptable));
    finish(router(tiles()).merge(documents), server, Door::Public)
}

/// What only the operator reads, on the second listener.
pub fn admin(server: Arc<Server>) -> Router {
    finish(router(admin_addresses()), server, Door::Admin)
}

fn finish(routes: Router<Arc<Server>>, server: Arc<Server>, door: Door) -> Router {
    routes
        .fallback(headers::no_such_address)
        // One layer of many: each layer of a router costs every request an allocation.
        .layer(
            ServiceBuilder::new()
                .layer(middleware::from_fn_with_state((Arc::clone(&server), door), gate::pass))
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
