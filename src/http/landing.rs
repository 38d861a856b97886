//! `/` for programs: what this service is, and where everything is.

use super::call::Call;
use super::document;
use super::links::{HTML, JSON, OPENAPI, link};
use crate::problem::Problem;
use crate::world::{World, credits};
use axum::response::Response;
use roadblock_layers::time::Interval;
use serde_json::{Value, json};

/// Answers the landing page: JSON, or a plain page of the same content. The map at the same address calls this for programs.
pub async fn landing(call: Call) -> Result<Response, Problem> {
    let media = call.media(&[])?;
    let title = call.world.dataset.title.clone();
    Ok(document::answer(&call, media, JSON, &title, &landing_document(&call.world, &call.base)))
}

/// The landing page of a world, for the server at `base`.
pub fn landing_document(world: &World, base: &str) -> Value {
    let dataset = &world.dataset;
    let mut document = json!({
        "title": dataset.title,
        "description": dataset.description,
        "links": links(world, base),
    });
    if let Some(moment) = dataset.default_datetime {
        document["default_datetime"] = json!(moment);
    }
    let mut credits = credits(&world.layers);
    credits.extend(world.archives.iter().map(|archived| archived.attribution.as_str()).filter(|credit| !credit.is_empty()));
    if !credits.is_empty() {
        document["attribution"] = json!(credits.join(" | "));
    }
    let extent = extent(world);
    if extent != json!({}) {
        document["extent"] = extent;
    }
    document
}

fn links(world: &World, base: &str) -> Vec<Value> {
    let to = |path: &str, rel: &str, media_type: &str, title: &str| link(format!("{base}{path}"), rel, media_type, title);
    let mut links = vec![
        to("/?f=json", "self", JSON, "This document"),
        to("/?f=html", "alternate", HTML, "Map for people"),
        to("/api", "service-desc", OPENAPI, "API definition"),
        to("/api.html", "service-doc", HTML, "API documentation"),
        to("/conformance", "conformance", JSON, "Conformance classes"),
        to("/collections", "data", JSON, "Collections of features"),
        to("/collections?f=html", "data", HTML, "Collections of features"),
    ];
    if world.data_layers().next().is_some() {
        links.push(to("/xyz/all.json", "related", JSON, "Vector tiles of all layers (TileJSON 3.0)"));
        links.push(to("/xyz/all.mlt.json", "related", JSON, "Vector tiles of all layers as MapLibre Tiles (TileJSON 3.0)"));
        links.push(to("/xyz/all.png.json", "related", JSON, "Raster tiles of all layers (TileJSON 3.0)"));
        links.push(to("/styles", "related", JSON, "Styles, with their tiles, static maps and legends"));
        links.push(to("/styles/default.json", "related", JSON, "Style of the vector tiles (MapLibre style 8)"));
    }
    for archived in &world.archives {
        let title = format!("{}: archived tiles (TileJSON 3.0)", archived.title);
        links.push(to(&format!("/xyz/{}.json", archived.name), "related", JSON, &title));
    }
    links
}

fn extent(world: &World) -> Value {
    let mut extent = json!({});
    if let Some(bounds) = world.bounds() {
        extent["spatial"] = json!({"bbox": [[bounds.west, bounds.south, bounds.east, bounds.north]]});
    }
    if world.dataset.time_range != Interval::ALWAYS {
        extent["temporal"] = json!({"interval": [[world.dataset.time_range.from, world.dataset.time_range.to]]});
    }
    extent
}
