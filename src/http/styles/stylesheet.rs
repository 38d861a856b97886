//! `/styles/{id}.json` and its drawings, for the viewer and other map clients.

use super::super::call::Call;
use super::super::clustered;
use super::super::document::seal;
use super::super::layer_set::LayerSet;
use super::super::links::JSON;
use crate::problem::Problem;
use crate::style::{Drawn, Named};
use crate::world::builtin;
use axum::response::Response;

/// The style document, with absolute addresses.
pub(super) fn document(call: &Call, named: &Named) -> Result<Response, Problem> {
    call.query.allow(&["cluster"])?;
    let names = layers(call, named);
    let clustered = clustered::read(&call.query, &LayerSet::resolve(&call.world, &names.join(","))?)?;
    let mut document = named.document(&call.base, &names);
    if call.query.value("cluster")?.is_some() {
        let ours = format!("{}/xyz/", call.base);
        for source in document["sources"].as_object_mut().into_iter().flat_map(|sources| sources.values_mut()) {
            if let Some(url) = source["url"].as_str().filter(|url| url.starts_with(&ours)) {
                source["url"] = format!("{url}?cluster={}", clustered.as_str()).into();
            }
        }
    }
    Ok(seal(call, JSON, document.to_string()))
}

/// The document for programs that know few expressions.
pub(super) fn plain(call: &Call, named: &Named) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    Ok(seal(call, JSON, named.plain_document(&call.base, &layers(call, named)).to_string()))
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
