//! `/api` and `/api.html`: what this server answers, as an OpenAPI 3.0.3 document and as a plain page.

mod client;
mod definition;
mod edits;
mod page;
mod parts;
mod routes;

use super::call::Call;
use super::links::OPENAPI;
use super::media::Media;
use super::{document, html};
use crate::problem::Problem;
use axum::response::Response;
use serde_json::Value;

/// Answers the definition.
pub async fn api(call: Call) -> Result<Response, Problem> {
    let media = call.media(&[])?;
    let api = define(&call)?;
    match media {
        Media::Json => Ok(document::seal(&call, OPENAPI, api.to_string())),
        Media::Html => Ok(document::seal(&call, html::MEDIA_TYPE, page::page(&api, &call.base))),
    }
}

/// Answers the page.
pub async fn api_page(call: Call) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    Ok(document::seal(&call, html::MEDIA_TYPE, page::page(&define(&call)?, &call.base)))
}

fn define(call: &Call) -> Result<Value, Problem> {
    definition::definition(&call.world, &call.base).map_err(|error| {
        tracing::error!(%error, "the API definition cannot be made");
        Problem::internal()
    })
}

#[cfg(test)]
mod tests;
