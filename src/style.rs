//! The built-in style and its icons, parsed once: what raster tiles, the viewer and other map clients draw with.

use roadblock_tiles::raster::{Icons, IconsError, Style, StyleIssue};
use serde_json::{Value, json};
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
    ///
    /// Rules of layers that are not there are left out; rules for any layer are written out for each that no other rule names.
    pub fn document(base: &str, layers: &[&str]) -> serde_json::Result<Value> {
        let mut document: Value = serde_json::from_str(STYLE)?;
        let url = document["sources"]["roadblock"]["url"].as_str().unwrap_or_default();
        let url = url.replace(BASE, base).replace("{layers}", &layers.join(","));
        document["sources"]["roadblock"]["url"] = url.into();
        let rules = document["layers"].take();
        let rules = rules.as_array().map(Vec::as_slice).unwrap_or_default();
        let unnamed: Vec<&str> = layers.iter().copied().filter(|layer| !rules.iter().any(|rule| names(rule, layer))).collect();
        document["layers"] = rules.iter().flat_map(|rule| written_out(rule, layers, &unnamed)).collect();
        Ok(document)
    }

    /// The drawings, as they are written.
    pub fn icons_text() -> &'static str {
        ICONS
    }
}

fn names(rule: &Value, layer: &str) -> bool {
    rule["source-layer"] == layer
}

/// A rule as map clients get it: none, itself, or one for each layer that no other rule names.
fn written_out(rule: &Value, layers: &[&str], unnamed: &[&str]) -> Vec<Value> {
    if rule["metadata"]["roadblock:any"] != true {
        let kept = rule.get("source-layer").is_none() || layers.iter().any(|layer| names(rule, layer));
        return if kept { vec![rule.clone()] } else { Vec::new() };
    }
    let kind = rule["type"].as_str().unwrap_or_default();
    let for_layer = |layer: &&str| {
        let mut rule = rule.clone();
        rule["id"] = format!("{layer}-{kind}").into();
        rule["source"] = "roadblock".into();
        rule["source-layer"] = (*layer).into();
        if kind == "circle" {
            // Map clients would draw one at each vertex of a line.
            let on_points = json!(["==", ["geometry-type"], "Point"]);
            rule["filter"] = rule.get("filter").map_or(on_points.clone(), |filter| json!(["all", on_points, filter]));
        }
        rule
    };
    unnamed.iter().map(for_layer).collect()
}

#[cfg(test)]
mod tests;
