//! `/styles/{id}.json` and its drawings, for the viewer and other map clients.

use super::super::call::Call;
use super::super::clustered;
use super::super::document::seal;
use super::super::layer_set::LayerSet;
use super::super::links::JSON;
use super::super::query::TILE_PARAMETERS;
use super::super::tilejson;
use crate::portray;
use crate::problem::Problem;
use crate::style::{Drawn, Named};
use crate::world::builtin;
use axum::response::Response;
use serde_json::json;

/// The style document, with absolute addresses, for the times and clusters that the query asks for; it opens where the data are, unless
/// it says itself where.
pub(super) fn document(call: &Call, named: &Named) -> Result<Response, Problem> {
    let (layers, query) = source(call, named)?;
    let mut document = named.document(&call.base, &layers, &query);
    if let Some((middle, zoom)) = call.world.bounds().map(tilejson::opening).filter(|_| document["center"].is_null()) {
        document["center"] = json!(middle);
        // Styles count tiles of 512 pixels.
        document["zoom"] = json!(zoom.saturating_sub(1));
    }
    Ok(seal(call, JSON, document.to_string()))
}

/// The document for programs that know few expressions.
pub(super) fn plain(call: &Call, named: &Named) -> Result<Response, Problem> {
    let (layers, query) = source(call, named)?;
    Ok(seal(call, JSON, named.plain_document(&call.base, &layers, &query).to_string()))
}

/// What its source holds, and what is asked of it, which its tiles will be asked in turn.
fn source<'a>(call: &'a Call, named: &Named) -> Result<(Vec<&'a str>, String), Problem> {
    call.query.allow(&TILE_PARAMETERS)?;
    let layers = layers(call, named);
    clustered::read(&call.query, &LayerSet::resolve(&call.world, &layers.join(","))?)?;
    call.query.asked(call.world.default_datetime(call.now), call.now, Some(portray::MAP_PHASES))?;
    Ok((layers, tilejson::repeated(&call.query)))
}

/// What its source holds.
fn layers<'a>(call: &'a Call, named: &Named) -> Vec<&'a str> {
    match named.drawn {
        Drawn::All => call.world.names(),
        Drawn::Basemap => vec![builtin::BASEMAP],
        Drawn::Named => super::drawn(named, &call.world),
    }
}

/// The drawings of its icons and hatches.
pub(super) fn drawings(call: &Call, named: &Named) -> Result<Response, Problem> {
    call.query.allow(&["cluster"])?;
    Ok(seal(call, JSON, named.drawings().to_string()))
}
