//! The whole address space on one screen.

use super::address::{Address, router};
use super::front::Front;
use super::gate::{self, Door};
use super::{
    access, compress, events, features, fonts, headers, health, session, sprites, styles, tilejson, viewer, viewer_state, xyz,
};
use crate::server::Server;
use axum::http::Method;
use axum::{Router, middleware};
use std::sync::Arc;

/// Tiles and letters, which carry their own encoding and a tag for each.
fn tiles() -> Vec<Address> {
    vec![
        Address::get(xyz::ROUTE, xyz::tile),
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
pub fn public(server: Arc<Server>) -> Front {
    let documents = router(documents()).layer(middleware::from_fn(compress::packed));
    Front::new(finish(router(tiles()).merge(documents), Arc::clone(&server), Door::Public), Some(server))
}

/// What only the operator reads, on the second listener.
pub fn admin(server: Arc<Server>) -> Front {
    Front::new(finish(router(admin_addresses()), server, Door::Admin), None)
}

fn finish(routes: Router<Arc<Server>>, server: Arc<Server>, door: Door) -> Router {
    let gate = middleware::from_fn_with_state((Arc::clone(&server), door), gate::pass);
    routes.fallback(headers::no_such_address).layer(gate).with_state(server)
}
