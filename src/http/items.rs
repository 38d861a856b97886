//! `/collections/{id}/items`: features page by page, as GeoJSON or as a table.

mod page;
mod table;

pub use page::{DEFAULT_LIMIT, MAX_LIMIT};

use super::call::Call;
use super::criteria::{self, PAGING};
use super::links::{GEOJSON, JSON, link};
use super::media::Media;
use super::validators::{cache_control, not_modified};
use super::{document, html, stream};
use crate::geojson::collection::CollectionWriter;
use crate::geojson::select::{Count, Criteria, Selection};
use crate::problem::Problem;
use axum::body::Body;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use page::Page;
use roadblock_layers::time::{Datetime, Instant};
use serde_json::{Map, Value, json};

/// Answers one page.
pub async fn items(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let (media, criteria) = criteria::read(&call, published, &PAGING)?;
    let page = Page::read(&call.query, media)?;
    let etag = etag(&call, media, &criteria);
    let lifetime = cache_control(call.now, published.layer.next_change(&criteria.asked, call.now));
    let media_type = if media == Media::Json { GEOJSON } else { html::MEDIA_TYPE };
    let mut response = match not_modified(&call.headers, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => body(&call, media, criteria, page).await?,
    };
    document::dress(&mut response, media_type, &etag, lifetime);
    Ok(response)
}

/// From what decides the content, never from the bytes: they name the moment they were made.
pub fn etag(call: &Call, media: Media, criteria: &Criteria) -> String {
    let layer = &criteria.published.layer;
    let at = if let Datetime::At(at) = criteria.asked.datetime { layer.epoch(at, None) } else { Instant::MIN };
    let epochs = [layer.known_epoch(criteria.asked.known_at, None), at];
    document::weak(document::digest(call, media, criteria.published.revision, &epochs))
}

async fn body(call: &Call, media: Media, criteria: Criteria, page: Page) -> Result<Response, Problem> {
    let (selection, after, count) = stream::blocking(move || {
        let after = page.after(&criteria.published)?;
        let selection = Selection::new(criteria);
        let count = selection.count(after, page.limit);
        Ok::<_, Problem>((selection, after, count))
    })
    .await??;
    let head = head(call, media, &selection, &count);
    match media {
        Media::Json => stream::answer(CollectionWriter::new(selection, head, after, &count), &call.headers).await,
        Media::Html => {
            let base = call.base.clone();
            let table = move || table::page(&base, &selection, &head, after, &count);
            Ok(Body::from(stream::blocking(table).await?).into_response())
        }
    }
}

/// Everything a page says before its features.
fn head(call: &Call, media: Media, selection: &Selection, count: &Count) -> Map<String, Value> {
    let criteria = selection.criteria();
    let published = &criteria.published;
    let mut links = call.self_links(media, GEOJSON);
    if let Some(cursor) = count.more_after.and_then(|last| page::cursor(published, last)) {
        let media_type = if media == Media::Json { GEOJSON } else { html::MEDIA_TYPE };
        links.push(link(call.href_with(&[("cursor", Some(&cursor))]), "next", media_type, "Next page"));
    }
    links.push(link(
        call.href(&format!("/collections/{}", published.layer.meta.name)),
        "collection",
        JSON,
        &published.layer.meta.title,
    ));
    let mut head = Map::new();
    head.insert("numberMatched".into(), json!(count.matched));
    head.insert("numberReturned".into(), json!(count.returned));
    head.insert("timeStamp".into(), json!(call.now));
    head.extend(call.about(published, &criteria.asked));
    head.insert("links".into(), links.into());
    head
}
