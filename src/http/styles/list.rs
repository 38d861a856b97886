//! `/styles`: the styles there are.

use super::super::call::Call;
use super::super::document::seal;
use super::super::links::{JSON, link};
use crate::problem::Problem;
use crate::style::Named;
use crate::tile::PictureFormat;
use axum::response::Response;
use serde_json::{Value, json};

/// Lists the styles by id, title and links.
pub async fn list(call: Call) -> Result<Response, Problem> {
    call.query.allow(&["f"])?;
    let all = call.server.styles();
    let styles: Vec<Value> = all.all().map(|named| entry(&call, named)).collect();
    let usual = &all.usual().id;
    let document =
        json!({"styles": styles, "default": &**usual, "links": [link(call.href("/styles"), "self", JSON, "This document")]});
    Ok(seal(&call, JSON, document.to_string()))
}

fn entry(call: &Call, named: &Named) -> Value {
    let to = |path: &str, rel: &str, media_type: &str, title: &str| {
        link(call.href(&format!("/styles/{}{path}", named.id)), rel, media_type, title)
    };
    let png = PictureFormat::Png.media_type();
    let links = [
        to(".json", "stylesheet", JSON, "MapLibre style 8"),
        link(call.href(&format!("/sprites/{}.json", named.id)), "related", JSON, "Its icons and hatches in one picture"),
        to("/icons.json", "related", JSON, "Drawings of its icons and hatches"),
        to("/qgis.json", "stylesheet", JSON, "The same for QGIS, in the few expressions it knows"),
        to("/tiles.json", "related", JSON, "Raster tiles drawn by it (TileJSON 3.0)"),
        to("/map.png", "related", png, "Static map"),
        to("/legend.json", "related", JSON, "What the map shows, named and counted"),
        to("/legend.png", "related", png, "The same, drawn"),
    ];
    json!({"id": &*named.id, "title": named.title.en, "title_fr": named.title.fr, "links": links})
}
