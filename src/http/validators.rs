//! Conditional requests and cache lifetimes: `ETag`, `If-None-Match`, `Cache-Control`.

use axum::http::{HeaderMap, HeaderValue, header};
use roadblock_layers::time::Instant;
use std::sync::LazyLock;

/// Longest time an answer may be reused without asking again. For live restrictions a stale tile is a wrong answer.
const MAX_AGE_S: i64 = 60;
/// That of most answers, which share it.
static LONGEST: LazyLock<HeaderValue> = LazyLock::new(|| lifetime(MAX_AGE_S));

/// Whether `If-None-Match` names this entity tag (weak comparison, RFC 9110 section 13.1.2). Garbage matches nothing.
pub fn not_modified(headers: &HeaderMap, etag: &str) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|tag| tag.trim() == "*" || opaque(tag) == opaque(etag))
}

/// `Cache-Control` of a public answer, which must not be reused beyond the moment at which it changes by itself.
pub fn cache_control(now: Instant, next_change: Option<Instant>) -> HeaderValue {
    let left_s = next_change.map_or(MAX_AGE_S, |at| (at.micros() - now.micros()).div_euclid(1_000_000));
    if left_s >= MAX_AGE_S { LONGEST.clone() } else { lifetime(left_s.max(0)) }
}

fn lifetime(seconds: i64) -> HeaderValue {
    // Letters and a number: always a header's value.
    HeaderValue::try_from(format!("public, max-age={seconds}")).unwrap_or(HeaderValue::from_static("no-store"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_list_a_star_and_a_weak_tag_match() {
        for value in ["\"a\", \"b\"", "*", "W/\"b\"", "\"x\",W/\"b\""] {
            assert!(not_modified(&asking(value), "\"b\""), "{value}");
        }
    }

    #[test]
    fn garbage_and_other_tags_do_not_match() {
        for value in ["", "b", "\"c\"", ",,,", "\"b"] {
            assert!(!not_modified(&asking(value), "\"b\""), "{value}");
        }
    }

    #[test]
    fn max_age_ends_at_the_next_boundary() {
        let now = Instant::parse("2025-10-22T12:00:00Z").unwrap();
        let at = |text: &str| Some(Instant::parse(text).unwrap());
        assert_eq!(cache_control(now, at("2025-10-22T12:00:20Z")), "public, max-age=20");
        assert_eq!(cache_control(now, at("2025-10-22T12:00:20.999Z")), "public, max-age=20", "never rounded up");
        assert_eq!(cache_control(now, at("2025-10-22T13:00:00Z")), "public, max-age=60");
        assert_eq!(cache_control(now, None), "public, max-age=60");
        assert_eq!(cache_control(now, at("2025-10-22T11:00:00Z")), "public, max-age=0");
    }
}
