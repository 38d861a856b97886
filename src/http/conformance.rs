//! `/conformance`: which parts of which standards this server keeps. Only what is really there.

use super::call::Call;
use super::document;
use super::links::JSON;
use crate::problem::Problem;
use axum::response::Response;
use serde_json::json;

/// Conformance classes, as their standards write them.
pub const CLASSES: [&str; 13] = [
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/landing-page",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-5/1.0/conf/schemas",
];

/// Those of records, which editors change.
pub const EDITING: [&str; 3] = [
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
];

/// Answers the list.
pub async fn conformance(call: Call) -> Result<Response, Problem> {
    let media = call.media(&[])?;
    let editing = call.server.ledger.iter().flat_map(|_| EDITING);
    let classes: Vec<&str> = CLASSES.into_iter().chain(editing).collect();
    let document = json!({"conformsTo": classes, "links": call.self_links(media, JSON)});
    Ok(document::answer(&call, media, JSON, "Conformance", &document))
}
