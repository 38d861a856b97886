//! Headers that every answer carries, and the answer to `OPTIONS`.
//!
//! Reads are public: any origin may make them, without credentials. The origin is never reflected.

use crate::problem::Problem;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;

/// Methods that read.
pub const READS: &str = "GET, HEAD, OPTIONS";
/// What decides who asks: a public answer is not the partner's, nor the other way round (RFC 9111 section 4.1).
const WHO_ASKS: &str = "Authorization, Cookie";
/// The same after what the handlers of tiles and of many other answers say, which need not be joined anew.
const AND_WHO_ASKS: [(&str, HeaderValue); 3] = [
    ("", HeaderValue::from_static(WHO_ASKS)),
    ("Accept-Encoding", HeaderValue::from_static("Accept-Encoding, Authorization, Cookie")),
    ("Accept, Accept-Encoding", HeaderValue::from_static("Accept, Accept-Encoding, Authorization, Cookie")),
];
/// Not for any cache, and not for the disk of the device, which may be taken.
const FOR_ONE: HeaderValue = HeaderValue::from_static("private, no-store");

const ALWAYS: [(HeaderName, HeaderValue); 4] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*")),
    (
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("ETag, Link, Content-Crs, Content-Disposition, X-Features-Left-Out, X-Request-Id"),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// Other sites' pages may read, also with a token that they were given; they may not change anything.
const PREFLIGHT: [(HeaderName, HeaderValue); 3] = [
    (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(READS)),
    (header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("Accept, Authorization, If-None-Match, Range")),
    (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400")),
];

/// Adds the headers; a handler that set one itself keeps it.
pub fn add(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(value);
    }
}

/// Keeps answers to known callers and to the public apart in every cache. What a cache may keep for ever is the same for everybody.
pub fn keep_apart(headers: &mut HeaderMap, is_known: bool) {
    let lifetime = headers.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if lifetime.ends_with("immutable") {
        return;
    }
    if is_known {
        headers.insert(header::CACHE_CONTROL, FOR_ONE);
    }
    // In one line: some caches read only the last.
    let mut lines = headers.get_all(header::VARY).iter().filter_map(|value| value.to_str().ok());
    let first = Cow::Borrowed(lines.next().unwrap_or_default());
    let said = lines.fold(first, |said, line| format!("{said}, {line}").into());
    let known = AND_WHO_ASKS.into_iter().find_map(|(known, vary)| (said == known).then_some(vary));
    // Made of headers' values: always one.
    let joined = || HeaderValue::try_from(format!("{said}, {WHO_ASKS}")).unwrap_or(HeaderValue::from_static("*"));
    let vary = known.unwrap_or_else(joined);
    headers.insert(header::VARY, vary);
}

/// The answer to `OPTIONS` of an address with these methods.
pub fn preflight(allow: &str) -> Response {
    let mut preflight = StatusCode::NO_CONTENT.into_response();
    let allow = HeaderValue::from_str(allow).map(|allow| (header::ALLOW, allow));
    preflight.headers_mut().extend(PREFLIGHT.into_iter().chain(allow));
    preflight
}

/// What an address that does not exist says.
pub async fn no_such_address(request: Request) -> Problem {
    Problem::not_found(format!("there is nothing at {}; the landing page lists what there is", request.uri().path()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept_apart(lifetime: &'static str, vary: &[&'static str], is_known: bool) -> (String, Vec<String>) {
        let mut headers = HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static(lifetime))]);
        for name in vary {
            headers.append(header::VARY, HeaderValue::from_static(name));
        }
        keep_apart(&mut headers, is_known);
        let texts = |name| headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect::<Vec<_>>();
        (texts(header::CACHE_CONTROL).concat(), texts(header::VARY))
    }

    #[test]
    fn answers_vary_by_who_asks_in_one_line_and_those_to_one_are_not_kept() {
        let (lifetime, vary) = kept_apart("public, max-age=60", &["Accept, Host", "Accept-Encoding"], false);
        assert_eq!(lifetime, "public, max-age=60");
        assert_eq!(vary, ["Accept, Host, Accept-Encoding, Authorization, Cookie"]);
        for said in ["Accept-Encoding", "Accept, Accept-Encoding", "Accept"] {
            assert_eq!(kept_apart("", &[said], false).1, [format!("{said}, Authorization, Cookie")]);
        }
        let (lifetime, vary) = kept_apart("public, max-age=60", &[], true);
        assert_eq!((lifetime.as_str(), vary), ("private, no-store", vec!["Authorization, Cookie".to_owned()]));
    }

    #[test]
    fn what_never_changes_is_the_same_for_all() {
        let for_ever = "public, max-age=31536000, immutable";
        for is_known in [true, false] {
            assert_eq!(kept_apart(for_ever, &["Accept-Encoding"], is_known), (for_ever.into(), vec!["Accept-Encoding".into()]));
        }
    }
}
