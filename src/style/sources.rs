//! The sources of a style as map clients get them: every source of vector tiles is this server, whatever the file says of it.
//!
//! So a client draws what the pictures show; sources of other kinds, which pictures leave out, stay as they are written.

use serde_json::{Map, Value, json};

/// What rules draw from that name no source.
pub(super) const OURS: &str = "roadblock";

/// The sources of a document, by name; `url` is the TileJSON of this server.
pub(super) fn served(document: &Value, url: &str) -> Value {
    let ours = || json!({"type": "vector", "url": url});
    let written = document["sources"].as_object().into_iter().flatten();
    let mut sources: Map<String, Value> =
        written.map(|(name, source)| (name.clone(), if source["type"] == "vector" { ours() } else { source.clone() })).collect();
    for rule in document["layers"].as_array().into_iter().flatten().filter(|rule| rule["type"] != "background") {
        let name = rule["source"].as_str().unwrap_or(OURS);
        if !sources.contains_key(name) {
            sources.insert(name.to_owned(), ours());
        }
    }
    sources.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vector_tiles_are_this_servers_and_everything_else_stays() {
        let document = json!({
            "sources": {"tiles": {"type": "vector", "url": "https://example.org/tiles.json"}, "relief": {"type": "raster", "tiles": []}},
            "layers": [{"type": "background"}, {"type": "line", "source": "tiles"}, {"type": "line"}],
        });
        let ours = json!({"type": "vector", "url": "http://here/xyz/roads.json"});
        let expected = json!({"tiles": ours, "relief": {"type": "raster", "tiles": []}, "roadblock": ours});
        assert_eq!(served(&document, "http://here/xyz/roads.json"), expected);
    }
}
