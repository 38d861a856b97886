//! The embedded web map.
