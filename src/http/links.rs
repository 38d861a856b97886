//! Links in documents: address, relation, media type, title.

use serde_json::{Value, json};

/// Media type of plain JSON documents.
pub const JSON: &str = "application/json";
/// Media type of pages.
pub const HTML: &str = "text/html";
/// Media type of features.
pub const GEOJSON: &str = "application/geo+json";
/// Media type of tables.
pub const CSV: &str = "text/csv; charset=utf-8";
/// Media type of feeds.
pub const ATOM: &str = "application/atom+xml";
/// Media type of the API definition; clients compare it letter by letter.
pub const OPENAPI: &str = "application/vnd.oai.openapi+json;version=3.0";
/// Media type of the list of properties.
pub const SCHEMA: &str = "application/schema+json";
/// Longitude and latitude in degrees on WGS 84.
pub const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
/// Relation to the properties that can be filtered by.
pub const REL_QUERYABLES: &str = "http://www.opengis.net/def/rel/ogc/1.0/queryables";

/// Relation to all properties with their types.
pub const REL_SCHEMA: &str = "http://www.opengis.net/def/rel/ogc/1.0/schema";

/// One link.
pub fn link(href: impl Into<String>, rel: &str, media_type: &str, title: impl Into<String>) -> Value {
    json!({"href": href.into(), "rel": rel, "type": media_type, "title": title.into()})
}

/// A text as one segment of a path: everything but letters, digits and `-._~` percent-encoded.
pub fn segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut out, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte.into()),
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}
