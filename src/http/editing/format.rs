//! What is sent to be added to a layer: features as GeoJSON, or a file as others write it.

use crate::problem::Problem;
use axum::http::{HeaderMap, header};

/// Media type of features.
pub const GEOJSON: &str = "application/geo+json";
/// Media type of a CSV table.
pub const TABLE: &str = "text/csv";
/// Media type of a GeoPackage.
pub const PACKAGE: &str = "application/geopackage+sqlite3";

/// What is understood.
const TAKEN: [(&str, Format); 4] = [
    (GEOJSON, Format::Json),
    ("application/json", Format::Json),
    (TABLE, Format::Upload(Upload::Table)),
    (PACKAGE, Format::Upload(Upload::Package)),
];

/// A body that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Features.
    Json,
    /// A file.
    Upload(Upload),
}

/// A file that is understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Upload {
    /// A CSV table.
    Table,
    /// A GeoPackage.
    Package,
}

impl Format {
    /// By the header; a body of which nothing is said is taken for GeoJSON.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(said) = headers.get(header::CONTENT_TYPE) else { return Ok(Self::Json) };
        let said = said.to_str().unwrap_or_default();
        let media_type = said.split(';').next().unwrap_or_default().trim();
        let found = TAKEN.iter().find(|(known, _)| known.eq_ignore_ascii_case(media_type)).map(|(_, format)| *format);
        found.ok_or_else(|| {
            let taken = TAKEN.map(|(known, _)| known).join(", ");
            Problem::unsupported_media(format!("a body of type '{said}' is not read here; send one of: {taken}"))
        })
    }

    /// The parameters that it has beside those of all changes.
    pub(super) const fn parameters(&self) -> &'static [&'static str] {
        match self {
            Self::Json => &[],
            Self::Upload(Upload::Table) => &["mapping"],
            Self::Upload(Upload::Package) => &["mapping", "table"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_body_is_follows_from_its_media_type_alone() {
        let of = |said: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, said.parse().unwrap());
            Format::of(&headers)
        };
        assert_eq!(Format::of(&HeaderMap::new()).unwrap(), Format::Json);
        assert_eq!(of("Application/Geo+JSON; charset=utf-8").unwrap(), Format::Json);
        assert_eq!(of("text/csv; header=present").unwrap(), Format::Upload(Upload::Table));
        assert_eq!(of("application/geopackage+sqlite3").unwrap(), Format::Upload(Upload::Package));
        for other in ["text/xml", "application/x-www-form-urlencoded", "", "text/csvx"] {
            let problem = of(other).unwrap_err();
            assert_eq!(problem.status, 415, "{other}");
            assert!(problem.detail.contains("text/csv") && problem.detail.contains("geopackage"), "{}", problem.detail);
        }
    }
}
