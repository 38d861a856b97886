//! The built-in style and its icons, parsed once: what raster tiles, the viewer and other map clients draw with.

use roadblock_tiles::raster::{Icons, IconsError, Style, StyleIssue};
use serde_json::Value;
use std::sync::Arc;

const STYLE: &str = include_str!("../data/style/default.json");
const ICONS: &str = include_str!("../data/style/icons.json");
/// What stands for this server's address in the document.
const BASE: &str = "{base}";

/// Why the built-in style cannot be used: only a program built from broken files says this.
#[derive(Debug, thiserror::Error)]
pub enum StyleError {
    /// A rule that cannot be drawn.
    #[error("the built-in style: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Style(Vec<StyleIssue>),
    /// An icon that cannot be drawn.
    #[error("the built-in style: {0}")]
    Icons(#[from] IconsError),
    /// A file that is no JSON.
    #[error("the built-in style: {0}")]
    Json(#[from] serde_json::Error),
}

/// The style of the server. Cheap to clone.
#[derive(Clone)]
pub struct Styles {
    /// What raster tiles are drawn by.
    pub style: Arc<Style>,
    /// What its icons and hatches look like.
    pub icons: Arc<Icons>,
}

impl Styles {
    /// Reads the style that ships in the program.
    pub fn builtin() -> Result<Self, StyleError> {
        Ok(Self { style: Arc::new(Style::parse(STYLE).map_err(StyleError::Style)?), icons: Arc::new(Icons::parse(ICONS)?) })
    }

    /// The document for map clients, with absolute addresses: `base` is this server's, `layers` what its source holds.
    pub fn document(base: &str, layers: &str) -> serde_json::Result<Value> {
        let mut document: Value = serde_json::from_str(STYLE)?;
        let url = document["sources"]["roadblock"]["url"].as_str().unwrap_or_default();
        let url = url.replace(BASE, base).replace("{layers}", layers);
        document["sources"]["roadblock"]["url"] = url.into();
        Ok(document)
    }

    /// The drawings, as they are written.
    pub fn icons_text() -> &'static str {
        ICONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_style_is_drawn_whole() {
        let styles = Styles::builtin();
        assert!(styles.is_ok(), "{}", styles.err().map(|error| error.to_string()).unwrap_or_default());
    }

    #[test]
    fn clients_get_absolute_addresses() {
        let document = Styles::document("http://127.0.0.1:8080", "basemap,areas").unwrap();
        assert_eq!(document["sources"]["roadblock"]["url"], "http://127.0.0.1:8080/xyz/basemap,areas.json");
    }
}
