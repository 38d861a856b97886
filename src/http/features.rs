//! Routes of OGC API Features.

use super::{collections, conformance, download, item, items, openapi, queryables, schema};
use crate::server::Server;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// The routes.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
        .route("/conformance", get(conformance::conformance))
        .route("/api", get(openapi::api))
        .route("/api.html", get(openapi::api_page))
        .route("/collections", get(collections::list))
        .route("/collections/{id}", get(collections::one))
        .route("/collections/{id}/schema", get(schema::schema))
        .route("/collections/{id}/queryables", get(queryables::queryables))
        .route("/collections/{id}/items", get(items::items))
        .route("/collections/{id}/items/{feature}", get(item::item))
        .route("/collections/{id}/download.geojson", get(download::download))
}

#[cfg(test)]
mod tests;
