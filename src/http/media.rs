//! Whether a client gets JSON or HTML: the parameter `f`, else `Accept` with its q-values (RFC 9110 section 12.5.1).

use super::query::Query;
use super::wishes::wishes;
use crate::problem::Problem;
use axum::http::{HeaderMap, header};

/// What an answer is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Media {
    /// For programs: JSON, GeoJSON, JSON Schema or OpenAPI, whatever the address is about.
    Json,
    /// For people.
    Html,
}

impl Media {
    /// What this request wants. `f` beats `Accept`; without either, and when nothing we have fits, it is JSON.
    pub fn wanted(query: &Query, headers: &HeaderMap) -> Result<Self, Problem> {
        match query.value("f")? {
            Some("json") => Ok(Self::Json),
            Some("html") => Ok(Self::Html),
            Some(other) => Err(Problem::bad_request("InvalidFormat", format!("parameter 'f' is '{other}'; write json or html"))),
            None => Ok(Self::accepted(headers)),
        }
    }

    /// By the `Accept` header alone.
    pub fn accepted(headers: &HeaderMap) -> Self {
        prefer(&wishes(headers, header::ACCEPT))
    }

    /// The value of `f` that asks for this.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Html => "html",
        }
    }
}

/// How much a media type is wanted: as the ranges name it (`exact` gets names in lower case), else its family, else anything.
pub fn weight(ranges: &[(&str, f32)], exact: &dyn Fn(&str) -> bool, family: &str) -> f32 {
    let best = |fits: &dyn Fn(&str) -> bool| {
        ranges.iter().filter(|(name, _)| fits(&name.to_ascii_lowercase())).map(|(_, q)| *q).reduce(f32::max)
    };
    best(exact).or_else(|| best(&|name| name == family)).or_else(|| best(&|name| name == "*/*")).unwrap_or(0.0)
}

/// HTML only where it is wanted more than JSON; equal wishes go to programs.
fn prefer(ranges: &[(&str, f32)]) -> Media {
    let json = weight(ranges, &|name| name.ends_with("/json") || name.ends_with("+json"), "application/*");
    let html = weight(ranges, &|name| name == "text/html" || name == "application/xhtml+xml", "text/*");
    if html > json { Media::Html } else { Media::Json }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::wishes::members;

    #[test]
    fn the_table_of_what_clients_send() {
        for (accept, expected) in [
            ("", Media::Json),
            ("*/*", Media::Json),
            ("application/json", Media::Json),
            ("application/geo+json, application/json", Media::Json),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", Media::Html),
            ("text/html, application/json", Media::Json),
            ("application/json;q=0.5, text/html", Media::Html),
            ("TEXT/HTML", Media::Html),
            ("text/*", Media::Html),
            ("text/html;q=0, */*", Media::Json),
            ("image/png", Media::Json),
            (";;;,,q=", Media::Json),
            ("application/vnd.oai.openapi+json;version=3.0", Media::Json),
        ] {
            assert_eq!(prefer(&members(accept).collect::<Vec<_>>()), expected, "{accept:?}");
        }
    }

    #[test]
    fn the_parameter_beats_the_header_and_is_read_strictly() {
        let browser = HeaderMap::from_iter([(header::ACCEPT, header::HeaderValue::from_static("text/html"))]);
        let wanted = |raw: &str| Media::wanted(&Query::parse(Some(raw)).unwrap(), &browser);
        assert_eq!(wanted("f=json").unwrap(), Media::Json);
        assert_eq!(wanted("").unwrap(), Media::Html);
        assert_eq!(wanted("f=nonsense").unwrap_err().status, 400);
    }
}
