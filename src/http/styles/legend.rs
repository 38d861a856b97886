//! `/styles/{id}/legend.json` and `legend.png`: what the map shows there and then, named, counted and drawn by the rules of the map.

use super::super::call::Call;
use super::super::document::seal;
use super::super::links::JSON;
use super::map::drawn;
use super::wanted::{self, Request};
use crate::portray::legend::{Entry, legend};
use crate::portray::{Deadline, sheet};
use crate::problem::Problem;
use crate::style::Named;
use axum::response::Response;
use roadblock_tiles::raster::TooMuch;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers the entries as JSON.
pub(super) async fn document(call: &Call, named: &Arc<Named>) -> Result<Response, Problem> {
    let request = wanted::read(call, named)?;
    let document = call.server.tiles.in_turn(move |worker| {
        let Request { set, asked, look, plan, .. } = &request;
        let (section, zoom) = sheet::section(plan).ok_or_else(Problem::internal)?;
        let deadline = Deadline::of_map(worker.patience);
        let found = legend(&set.layers, look, &section, asked, (worker, deadline));
        let entries: Vec<Value> = found.map_err(|TooMuch| Problem::too_much_to_draw())?.iter().map(entry).collect();
        let times = json!({"datetime": asked.datetime.to_string(), "known_at": asked.known_at.to_string()});
        Ok(json!({"style": &*look.named.id, "zoom": zoom, "times": times, "entries": entries}))
    });
    Ok(seal(call, JSON, document.await?.to_string()))
}

/// Answers the entries as a picture.
pub(super) async fn picture(call: &Call, named: &Arc<Named>) -> Result<Response, Problem> {
    let request = wanted::read(call, named)?;
    drawn(call, request, |request, worker| {
        let Request { set, asked, look, plan, .. } = request;
        let key = sheet::key(&set.layers, look, plan, asked, worker);
        key.map_err(|TooMuch| Problem::too_much_to_draw())?.ok_or_else(Problem::internal)
    })
    .await
}

fn entry(entry: &Entry) -> Value {
    let [en, fr] = entry.words();
    let meta = &entry.layer.layer.meta;
    let class = entry.class.as_ref().map(|(by, item)| json!({"property": by, "value": item.value}));
    json!({"layer": meta.name.as_str(), "title": meta.title, "class": class, "en": en, "fr": fr, "count": entry.count})
}
