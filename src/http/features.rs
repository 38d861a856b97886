//! Addresses of OGC API Features.

use super::address::Address;
use super::{collections, conformance, download, editing, item, items, openapi, queryables, schema, versions};
use axum::http::Method;

/// The addresses.
pub fn addresses() -> Vec<Address> {
    vec![
        Address::get("/conformance", conformance::conformance),
        Address::get("/api", openapi::api),
        Address::get("/api.html", openapi::api_page),
        Address::get("/collections", collections::list),
        Address::get("/collections/{id}", collections::one),
        Address::get("/collections/{id}/schema", schema::schema),
        Address::get("/collections/{id}/queryables", queryables::queryables),
        Address::get("/collections/{id}/items", items::items).on(Method::POST, editing::add),
        Address::get("/collections/{id}/items/{feature}", item::item)
            .on(Method::PUT, editing::replace)
            .on(Method::PATCH, editing::update)
            .on(Method::DELETE, editing::withdraw),
        Address::get("/collections/{id}/items/{feature}/versions", versions::versions).on(Method::POST, editing::restore),
        Address::get("/collections/{id}/download.geojson", download::download),
    ]
}

#[cfg(test)]
mod tests;
