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
use roadblock_layers::layer::LayerKind;
use roadblock_layers::time::Datetime;
use roadblock_layers::vocab::Audience;

/// Answers the file.
pub async fn download(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let (media, criteria) = criteria::read(&call, published, &[])?;
    let etag = etag(&call, media, &criteria);
    let lifetime = cache_control(call.now, published.layer.next_change(&criteria.asked, call.now));
    let name = file_name(&criteria, call.caller.audience);
    let mut response = match not_modified(&call.headers, &etag) {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => body(&call, criteria).await?,
    };
    document::dress(&mut response, GEOJSON, &etag, lifetime);
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Layer, for whom it is if not for everybody, and asked time, so that two downloads can be told apart:
/// `blockades_partner_2025-10-22T120000Z.geojson`.
fn file_name(criteria: &Criteria, audience: Audience) -> String {
    let meta = &criteria.published.layer.meta;
    let name = match audience {
        Audience::Partner | Audience::Editor if meta.kind == LayerKind::Domain => format!("{}_{}", meta.name, audience.as_str()),
        _ => meta.name.to_string(),
    };
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
    let head = head::of_file((&call.world, call.caller.audience), &selection, &count, call.now);
    stream::answer(CollectionWriter::new(selection, head, None, &count), &call.headers).await
}
