//! The built-in style document, parsed once: what raster tiles, the viewer and other map clients draw with.

use std::sync::Arc;

/// Style documents of the server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Styles {
    document: Arc<serde_json::Value>,
}

impl Styles {
    /// The document as it is written, without addresses.
    pub fn document(&self) -> &serde_json::Value {
        &self.document
    }
}
