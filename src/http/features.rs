//! Routes of OGC API Features.

use super::{collections, conformance, download, editing, item, items, openapi, queryables, schema, versions};
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
        .route("/collections/{id}/items", get(items::items).post(editing::create))
        .route(
            "/collections/{id}/items/{feature}",
            get(item::item).put(editing::replace).patch(editing::update).delete(editing::withdraw),
        )
        .route("/collections/{id}/items/{feature}/versions", get(versions::versions).post(editing::restore))
        .route("/collections/{id}/download.geojson", get(download::download))
}

#[cfg(test)]
mod tests;
