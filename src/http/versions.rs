//! `/collections/{id}/items/{fid}/versions`: every version of a feature that the caller may see, oldest first.

use super::call::Call;
use super::document;
use super::links::GEOJSON;
use super::stream;
use crate::geojson::feature::write;
use crate::problem::Problem;
use crate::world::Published;
use axum::extract::Path;
use axum::response::Response;
use roadblock_layers::feature::FeatureId;
use roadblock_layers::time::{Datetime, Instant};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Answers the versions; a part of one, if something that it refers to was known otherwise for a while.
pub async fn versions(call: Call, Path((layer, id)): Path<(String, String)>) -> Result<Response, Problem> {
    let published = Arc::clone(call.layer(&layer)?);
    call.query.allow(&["f"])?;
    let asked = id.clone();
    let text = stream::blocking(move || text(&published, &asked)).await?;
    let text = text.ok_or_else(|| Problem::not_found(format!("there is no feature '{id}' in '{layer}'")))?;
    Ok(document::seal(&call, GEOJSON, text))
}

fn text(published: &Published, id: &str) -> Option<String> {
    let layer = &published.layer;
    let ids = BTreeSet::from([FeatureId::from_address(id), FeatureId::Text(id.into())]);
    let numbers = ids.iter().flat_map(|id| layer.versions(id));
    let mut found: Vec<(Option<Instant>, u32)> =
        numbers.filter_map(|number| Some((layer.feature(number)?.known().from, number))).collect();
    found.sort_unstable();
    let mut text = br#"{"type":"FeatureCollection","features":["#.to_vec();
    for (place, (_, number)) in found.iter().enumerate() {
        if place > 0 {
            text.push(b',');
        }
        write(published, layer.feature(*number)?, &Datetime::All, &[], &mut text);
    }
    text.extend_from_slice(b"]}");
    (!found.is_empty()).then(|| String::from_utf8(text).ok()).flatten()
}
