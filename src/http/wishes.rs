//! What a client wishes for: the lists of `Accept` and its kin, with q-values (RFC 9110 section 12.4.2).

use axum::http::{HeaderMap, HeaderName};

/// All that a header lists, each with its weight, however many lines it takes. A line that is no text says nothing.
pub(super) fn wishes(headers: &HeaderMap, name: HeaderName) -> Vec<(&str, f32)> {
    headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).flat_map(members).collect()
}

/// The members of one line.
pub(super) fn members(line: &str) -> impl Iterator<Item = (&str, f32)> {
    line.split(',').filter_map(weighted)
}

/// One member: `gzip;q=0.5`, `text/html;q=0.8`. A malformed weight counts as 1, as if it were not there.
fn weighted(member: &str) -> Option<(&str, f32)> {
    let mut parts = member.split(';').map(str::trim);
    let name = parts.next().filter(|name| !name.is_empty())?;
    let q = parts
        .find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")))
        .and_then(|text| text.parse::<f32>().ok())
        .filter(|q| (0.0..=1.0).contains(q));
    Some((name, q.unwrap_or(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderValue, header};

    #[test]
    fn lines_are_one_list_and_what_is_no_text_says_nothing() {
        let mut headers = HeaderMap::new();
        let lines = [&b"a;q=0.5, b"[..], b"\xff", b"", b" ,c;q=2;x, d;Q=0 , e;q=oops"];
        for line in lines {
            headers.append(header::ACCEPT, HeaderValue::from_bytes(line).unwrap());
        }
        assert_eq!(wishes(&headers, header::ACCEPT), [("a", 0.5), ("b", 1.0), ("c", 1.0), ("d", 0.0), ("e", 1.0)]);
        assert!(wishes(&headers, header::ACCEPT_ENCODING).is_empty());
    }
}
