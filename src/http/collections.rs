//! `/collections` and `/collections/{id}`: the layers, as OGC API Features describes them.

use super::call::Call;
use super::document;
use super::links::{CRS84, GEOJSON, HTML, JSON, REL_QUERYABLES, REL_SCHEMA, SCHEMA, link};
use super::media::Media;
use crate::problem::Problem;
use crate::world::Published;
use axum::extract::Path;
use axum::response::Response;
use roadblock_layers::time::Interval;
use serde_json::{Value, json};

const GREGORIAN: &str = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian";

/// Answers the list of layers.
pub async fn list(call: Call) -> Result<Response, Problem> {
    let media = call.media(&[])?;
    let collections: Vec<Value> =
        call.world.layers.iter().map(|published| describe(&call, published, collection_links(&call, published))).collect();
    let document = json!({"links": call.self_links(media, JSON), "collections": collections});
    Ok(document::answer(&call, media, JSON, "Collections", &document))
}

/// Answers one layer.
pub async fn one(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    let published = call.layer(&id)?;
    let media = call.media(&[])?;
    let mut links = call.self_links(media, JSON);
    links.extend(content_links(&call, published));
    let document = describe(&call, published, links);
    Ok(document::answer(&call, media, JSON, &published.layer.meta.title, &document))
}

fn describe(call: &Call, published: &Published, links: Vec<Value>) -> Value {
    let layer = &published.layer;
    let mut document = json!({
        "id": layer.meta.name.as_str(),
        "title": layer.meta.title,
        "description": layer.meta.description,
        "itemType": "feature",
        "extent": extent(published),
        "crs": [CRS84],
        "storageCrs": CRS84,
        "links": links,
    });
    if !layer.meta.attribution.is_empty() {
        document["attribution"] = json!(layer.meta.attribution);
    }
    if let Some(moment) = call.world.dataset.default_datetime {
        document["default_datetime"] = json!(moment);
    }
    document
}

fn extent(published: &Published) -> Value {
    let layer = &published.layer;
    let mut extent = json!({});
    if let Some(bounds) = layer.bounds() {
        extent["spatial"] = json!({"bbox": [[bounds.west, bounds.south, bounds.east, bounds.north]], "crs": CRS84});
    }
    let times = layer.temporal_extent();
    if times != Interval::ALWAYS {
        extent["temporal"] = json!({"interval": [[times.from, times.to]], "trs": GREGORIAN});
    }
    extent
}

/// Links of a layer within the list: to itself, then to its content.
fn collection_links(call: &Call, published: &Published) -> Vec<Value> {
    let here = call.href(&format!("/collections/{}", published.layer.meta.name));
    let title = &published.layer.meta.title;
    let mut links = vec![
        link(here.as_str(), "self", JSON, title),
        link(format!("{here}?f={}", Media::Html.as_str()), "alternate", HTML, format!("{title} as HTML")),
    ];
    links.extend(content_links(call, published));
    links
}

fn content_links(call: &Call, published: &Published) -> Vec<Value> {
    let (name, title) = (&published.layer.meta.name, &published.layer.meta.title);
    let here = call.href(&format!("/collections/{name}"));
    vec![
        link(format!("{here}/items"), "items", GEOJSON, format!("{title}: features")),
        link(format!("{here}/items?f=html"), "items", HTML, format!("{title}: features as a table")),
        link(format!("{here}/schema"), REL_SCHEMA, SCHEMA, format!("{title}: properties and their types")),
        link(format!("{here}/queryables"), REL_QUERYABLES, SCHEMA, format!("{title}: properties to filter by")),
        link(format!("{here}/download.geojson"), "enclosure", GEOJSON, format!("{title}: download of the whole layer")),
        link(call.href(&format!("/xyz/{name}.json")), "related", JSON, format!("{title}: vector tiles (TileJSON 3.0)")),
        link(call.href(&format!("/xyz/{name}.png.json")), "related", JSON, format!("{title}: raster tiles (TileJSON 3.0)")),
    ]
}
