//! A feature collection, written chunk by chunk so that memory stays constant however many features there are.
//!
//! Between two chunks the writer holds a number and a pinned layer, and no thread.

use super::feature;
use super::select::{Count, Selection};
use serde_json::{Map, Value};

/// A chunk is handed over once it is at least this long; one feature more may be in it.
const CHUNK_BYTES: usize = 64 << 10;

/// Writes one collection. Ask for chunks until there are none.
pub struct CollectionWriter {
    selection: Selection,
    /// Members that stand before the features; taken by the first chunk.
    head: Option<Map<String, Value>>,
    /// The last feature that was written, or after which it begins.
    last: Option<u32>,
    left: u64,
    finished: bool,
}

impl CollectionWriter {
    /// The page that `count` describes, which begins after a feature. `head` holds all members but `type` and `features`.
    pub fn new(selection: Selection, head: Map<String, Value>, after: Option<u32>, count: &Count) -> Self {
        Self { selection, head: Some(head), last: after, left: count.returned, finished: false }
    }

    /// Whether the last chunk has been handed over.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// The next stretch of text; `None` after the last.
    pub fn next_chunk(&mut self) -> Option<Vec<u8>> {
        if self.finished {
            return None;
        }
        let mut out = Vec::with_capacity(CHUNK_BYTES + CHUNK_BYTES / 4);
        let mut first = self.write_head(&mut out);
        let criteria = self.selection.criteria();
        let mut numbers = self.selection.numbers(self.last);
        while self.left > 0 && out.len() < CHUNK_BYTES {
            let Some(number) = numbers.next() else {
                self.left = 0;
                break;
            };
            if let Some(feature) = criteria.published.layer.feature(number) {
                out.extend_from_slice(if first { b"\n" } else { b",\n" });
                feature::write(&criteria.published, feature, &criteria.asked.datetime, b"", &mut out);
                first = false;
            }
            self.last = Some(number);
            self.left -= 1;
        }
        drop(numbers);
        if self.left == 0 {
            out.extend_from_slice(b"\n]}\n");
            self.finished = true;
        }
        Some(out)
    }

    /// Whether the head was still to be written.
    fn write_head(&mut self, out: &mut Vec<u8>) -> bool {
        let Some(head) = self.head.take() else { return false };
        out.extend_from_slice(br#"{"type":"FeatureCollection""#);
        for (name, value) in &head {
            out.push(b',');
            feature::json(name, out);
            out.push(b':');
            feature::json(value, out);
        }
        out.extend_from_slice(br#","features":["#);
        true
    }
}
