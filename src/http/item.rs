//! `/collections/{id}/items/{fid}`: one feature.

use super::call::Call;
use super::links::{GEOJSON, JSON, link};
use super::media::Media;
use super::validators::{cache_control, not_modified};
use super::{document, html, stream};
use crate::geojson::feature::{json, write};
use crate::problem::Problem;
use crate::world::Published;
use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use roadblock_layers::feature::FeatureId;
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_layers::time::Datetime;
use roadblock_layers::value::Value as Datum;
use serde_json::Value;
use std::sync::Arc;

/// Answers the version of a feature that fits the asked times.
pub async fn item(call: Call, Path((id, feature_id)): Path<(String, String)>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let media = call.media(&["datetime", "known_at"])?;
    let asked = call.asked()?;
    let number = find(published, &feature_id, &asked)
        .ok_or_else(|| Problem::not_found(format!("there is no feature '{feature_id}' in '{id}' at the asked times")))?;

    let epochs = [published.layer.known_epoch(asked.known_at, None)];
    let digest = document::digest(&call, media, published.revision, &epochs);
    let etag = version(published, number).map_or_else(|| document::weak(digest), |version| document::of_version(version, digest));
    let lifetime = cache_control(call.now, published.layer.next_change(&asked, call.now));
    let mut response = match not_modified(&call.headers, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => {
            let (tail, base, published) = (tail(&call, media, published, &asked), call.base.clone(), Arc::clone(published));
            let body = move || body(&published, number, &asked.datetime, &tail, media, &base);
            Body::from(stream::blocking(body).await?).into_response()
        }
    };
    document::dress(&mut response, if media == Media::Json { GEOJSON } else { html::MEDIA_TYPE }, &etag, lifetime);
    Ok(response)
}

/// Number of the version of a record, which a change of it names in `If-Match`.
fn version(published: &Published, number: u32) -> Option<i64> {
    let column = published.layer.schema.position("version").filter(|_| published.layer.meta.kind == LayerKind::Domain)?;
    match published.layer.feature(number)?.value(column) {
        Datum::Int(version) => Some(*version),
        _ => None,
    }
}

/// An address of digits may mean a number or a text.
pub(super) fn find(published: &Published, text: &str, asked: &Asked) -> Option<u32> {
    let layer = &published.layer;
    layer.by_id(&FeatureId::from_address(text), asked).or_else(|| layer.by_id(&FeatureId::Text(text.into()), asked))
}

/// What stands after the feature's own members: credits, disclaimer, links.
fn tail(call: &Call, media: Media, published: &Published, asked: &Asked) -> Vec<u8> {
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
    tail
}

fn body(published: &Published, number: u32, datetime: &Datetime, tail: &[u8], media: Media, base: &str) -> Vec<u8> {
    let mut text = Vec::new();
    let Some(feature) = published.layer.feature(number) else { return text };
    write(published, feature, datetime, tail, &mut text);
    match media {
        Media::Json => text,
        Media::Html => {
            let document: Value = serde_json::from_slice(&text).unwrap_or_default();
            html::document(&format!("{}: {}", published.layer.meta.title, feature.id()), base, &document).into_bytes()
        }
    }
}
