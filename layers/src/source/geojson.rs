//! GeoJSON: one document (RFC 7946), or a sequence of features, one a line or one a record (RFC 8142).
//!
//! Which of them it is follows from the members of the first object. A document is streamed: at most one feature is in memory
//! beside what was accepted. Each feature is parsed by itself, so that what is wrong with one costs only that one.

mod coordinates;
mod document;
mod feature;
mod geometry;
mod properties;
mod quick;
mod sequence;

pub(super) use document::document;
pub(super) use sequence::{RECORD_SEPARATOR, are_lines, sequence};

use crate::finding::Finding;

/// Bytes of one feature's text: 2 million vertices with short decimals. What is longer is left out, however well it compresses.
const LONGEST_FEATURE: usize = 64 << 20;

fn too_long(pointer: String) -> Finding {
    Finding::error("too_long", pointer, format!("its text is longer than {} MiB; split the feature", LONGEST_FEATURE >> 20))
}

#[cfg(test)]
mod tests;
