//! Documents on their way out: JSON or a plain page of the same content, with validators and cache lifetimes.

use super::call::Call;
use super::html;
use super::links::GEOJSON;
use super::media::Media;
use super::validators::{cache_control, not_modified};
use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use roadblock_layers::time::Instant;
use serde_json::Value;
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// Answers a document that changes only when the world does.
pub fn answer(call: &Call, media: Media, media_type: &'static str, title: &str, document: &Value) -> Response {
    match media {
        Media::Json => seal(call, media_type, document.to_string()),
        Media::Html => seal(call, html::MEDIA_TYPE, html::document(title, &call.base, document)),
    }
}

/// Answers finished text or bytes, tagged by their digest.
pub fn seal<B: AsRef<[u8]> + Into<Body>>(call: &Call, media_type: &'static str, body: B) -> Response {
    let mut digest = SipHasher13::new();
    digest.write(body.as_ref());
    tagged(call, media_type, digest.finish(), cache_control(call.now, None), || body)
}

/// Answers text or bytes tagged by what decides it, because it also names the moment it was made; made only when it is sent.
pub fn tagged<B: Into<Body>>(
    call: &Call,
    media_type: &'static str,
    digest: u64,
    lifetime: HeaderValue,
    text: impl FnOnce() -> B,
) -> Response {
    let etag = weak(digest);
    let unchanged = is_had(call, digest);
    let body = if unchanged { Body::empty() } else { text().into() };
    let mut response = Response::new(body);
    *response.status_mut() = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    dress(&mut response, media_type, &etag, lifetime);
    response
}

/// Whether the client has what a digest decides, so that nothing need be made.
pub fn is_had(call: &Call, digest: u64) -> bool {
    not_modified(&call.headers, &weak(digest))
}

const CONTENT_CRS: HeaderName = HeaderName::from_static("content-crs");
/// Longitude and latitude in degrees on WGS 84, as the header of OGC API Features Part 2 writes it.
const LON_LAT: &str = "<http://www.opengis.net/def/crs/OGC/1.3/CRS84>";

/// Headers that every document, page and collection carries.
pub fn dress(response: &mut Response, media_type: &'static str, etag: &str, lifetime: HeaderValue) {
    let text = |value: &str| HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""));
    let head = response.headers_mut();
    head.insert(header::ETAG, text(etag));
    head.insert(header::CACHE_CONTROL, lifetime);
    head.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Host"));
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    if media_type == GEOJSON {
        head.insert(CONTENT_CRS, HeaderValue::from_static(LON_LAT));
    }
    if media_type == html::MEDIA_TYPE {
        head.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(html::SECURITY_POLICY));
    }
}

/// A weak tag: the same content may be compressed on the way out, and carries the time it was made.
pub fn weak(digest: u64) -> String {
    format!("W/\"{digest:016x}\"")
}

/// The same for a version of a record, with its number before the rest.
pub fn of_version(version: i64, digest: u64) -> String {
    format!("W/\"v{version}-{digest:016x}\"")
}

/// Folds what decides the content of an answer to this request into one number; the program's version decides how it is written.
pub fn digest(call: &Call, media: Media, revision: u64, epochs: &[Instant]) -> u64 {
    let mut digest = SipHasher13::new();
    digest.write(env!("CARGO_PKG_VERSION").as_bytes());
    digest.write(call.base.as_bytes());
    digest.write(call.uri.to_string().as_bytes());
    digest.write(media.as_str().as_bytes());
    digest.write(call.caller.audience.as_str().as_bytes());
    digest.write_u64(revision);
    epochs.iter().for_each(|epoch| digest.write_i64(epoch.micros()));
    digest.finish()
}
