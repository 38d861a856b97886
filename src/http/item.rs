//! `/collections/{id}/items/{fid}`: one feature.

use super::call::Call;
use super::links::{GEOJSON, JSON, link};
use super::media::Media;
use super::validators::not_modified;
use super::{document, html};
use crate::geojson::feature::{json, write};
use crate::problem::Problem;
use crate::world::Published;
use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::layer::Asked;
use serde_json::Value;

/// Answers the version of a feature that fits the asked times.
pub async fn item(call: Call, Path((id, feature_id)): Path<(String, String)>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let media = call.media(&["datetime", "known_at"])?;
    let asked = call.asked()?;
    let number = find(published, &feature_id, &asked);
    let feature = number.and_then(|number| published.layer.features.get(number as usize));
    let feature =
        feature.ok_or_else(|| Problem::not_found(format!("there is no feature '{feature_id}' in '{id}' at the asked times")))?;

    let epochs = [published.layer.known_epoch(asked.known_at)];
    let etag = document::weak(document::digest(&call, media, published.revision, &epochs));
    let lifetime = document::lifetime(&call, published.layer.next_boundary(call.now));
    let mut response = match not_modified(&call.headers, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(body(&call, media, published, feature, &asked)).into_response(),
    };
    document::dress(&mut response, if media == Media::Json { GEOJSON } else { html::MEDIA_TYPE }, &etag, &lifetime);
    Ok(response)
}

/// An address of digits may mean a number or a text.
fn find(published: &Published, text: &str, asked: &Asked) -> Option<u32> {
    let layer = &published.layer;
    layer.by_id(&FeatureId::from_address(text), asked).or_else(|| layer.by_id(&FeatureId::Text(text.into()), asked))
}

fn body(call: &Call, media: Media, published: &Published, feature: &Feature, asked: &Asked) -> Vec<u8> {
    let meta = &published.layer.meta;
    let mut links = call.self_links(media, GEOJSON);
    links.push(link(call.href(&format!("/collections/{}", meta.name)), "collection", JSON, &meta.title));
    let mut members = call.about(published, asked);
    members.insert("links".into(), links.into());
    let mut tail = Vec::new();
    for (name, value) in &members {
        tail.push(b',');
        json(name, &mut tail);
        tail.push(b':');
        json(value, &mut tail);
    }
    let mut text = Vec::new();
    write(published, feature, &asked.datetime, &tail, &mut text);
    match media {
        Media::Json => text,
        Media::Html => {
            let document: Value = serde_json::from_slice(&text).unwrap_or_default();
            html::document(&format!("{}: {}", meta.title, feature.id), &call.base, &document).into_bytes()
        }
    }
}
