//! `/collections/{id}/download.geojson`: a whole layer, or what a filter leaves of it, as one file.

use super::call::Call;
use super::items::etag;
use super::links::GEOJSON;
use super::validators::{cache_control, not_modified};
use super::{criteria, document, stream};
use crate::geojson::collection::CollectionWriter;
use crate::geojson::head;
use crate::geojson::select::{Criteria, Selection};
use crate::problem::Problem;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roadblock_layers::time::Datetime;

/// Answers the file.
pub async fn download(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let (media, criteria) = criteria::read(&call, published, &[])?;
    let etag = etag(&call, media, &criteria);
    let lifetime = cache_control(call.now, published.layer.next_change(&criteria.asked, call.now));
    let name = file_name(&criteria);
    let mut response = match not_modified(&call.headers, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => body(&call, criteria).await?,
    };
    document::dress(&mut response, GEOJSON, &etag, &lifetime);
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Layer and asked time, so that two downloads can be told apart: `blockades_2025-10-22T120000Z.geojson`.
fn file_name(criteria: &Criteria) -> String {
    let name = criteria.published.layer.meta.name.as_str();
    match criteria.asked.datetime {
        Datetime::All => format!("{name}.geojson"),
        asked => format!("{name}_{}.geojson", asked.to_string().replace(':', "").replace("..", "open").replace('/', "_")),
    }
}

async fn body(call: &Call, criteria: Criteria) -> Result<Response, Problem> {
    let (selection, count) = stream::blocking(move || {
        let selection = Selection::new(criteria);
        let count = selection.count(None, u64::MAX);
        (selection, count)
    })
    .await?;
    let head = head::of_file(&call.world, &selection, &count, call.now);
    stream::answer(CollectionWriter::new(selection, head, None, &count), &call.headers).await
}
