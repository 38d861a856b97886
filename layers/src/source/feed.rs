//! The way from a format to those who judge: features in batches, in the order of the file.
//!
//! A format only cuts the file into pieces; what a piece means is worked out by the judges, several at a time. How much is on its way
//! is bounded: each batch takes a place on the way, which is free again when it was gathered in its turn, and a format that is faster waits.

use super::admit::Rules;
use super::crs::Transform;
use super::raw::Raw;
use crate::finding::Finding;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Features and notes of a batch.
pub(super) const MOST_ITEMS: usize = 256;
/// Bytes of a batch in the file.
pub(super) const MOST_BYTES: usize = 256 << 10;

/// Makes a feature of its piece of the file.
pub(super) type Reading = Box<dyn FnOnce(&[u8]) -> Result<Raw, Finding> + Send>;

/// What stands in a file, one after the other.
pub(super) enum Item {
    /// A table begins.
    Table(Heading),
    /// A feature, to be read from its part of the batch's pieces, and judged.
    Feature(Range<usize>, Reading),
    /// A finding about the file.
    Note(Finding),
    /// Columns of the table that hold more than one kind hold text: every value was a text that it can be written as.
    Unmix,
}

/// What is known of a table before its features.
#[derive(Debug, Clone, Default)]
pub(super) struct Heading {
    /// Its name.
    pub(super) name: String,
    /// What the file says about it.
    pub(super) description: String,
    /// The property that holds the ids.
    pub(super) id_property: Option<String>,
}

/// Items that follow each other, with the rules they are judged by.
pub(super) struct Batch {
    /// Its place in the order of the file.
    pub(super) number: u64,
    pub(super) rules: Arc<Rules>,
    /// What the file holds of its features, one after the other.
    pub(super) pieces: Vec<u8>,
    pub(super) items: Vec<Item>,
}

/// Takes what a format finds.
pub(super) struct Feed {
    batches: SyncSender<Batch>,
    /// Takes a place on the way; nobody gives any out after a fault.
    places: SyncSender<()>,
    number: u64,
    rules: Arc<Rules>,
    pieces: Vec<u8>,
    items: Vec<Item>,
    /// Bytes that features hold for themselves.
    bytes: usize,
    seen: u64,
}

impl Feed {
    pub(super) fn new(batches: SyncSender<Batch>, places: SyncSender<()>) -> Self {
        Self { batches, places, number: 0, rules: Arc::default(), pieces: Vec::new(), items: Vec::new(), bytes: 0, seen: 0 }
    }

    /// Begins a table; `right_hand`: its format asks for rings wound by the right-hand rule.
    pub(super) fn begin(&mut self, heading: Heading, transform: Option<Transform>, right_hand: bool) {
        self.pass_on();
        self.seen = 0;
        self.rules = Arc::new(Rules { id_property: heading.id_property.clone(), transform, right_hand });
        self.items.push(Item::Table(heading));
    }

    /// The coordinate system of what follows, once it is known.
    pub(super) fn set_transform(&mut self, transform: Option<Transform>) {
        self.pass_on();
        let Rules { id_property, right_hand, .. } = &*self.rules;
        self.rules = Arc::new(Rules { id_property: id_property.clone(), transform, right_hand: *right_hand });
    }

    /// A feature that holds so many bytes of the file.
    pub(super) fn feature(&mut self, bytes: usize, read: impl FnOnce() -> Result<Raw, Finding> + Send + 'static) {
        self.bytes += bytes;
        self.piece_feature(&[], move |_| read());
    }

    /// A feature that is read from its piece of the file. The pieces of a batch lie together, so that none has to be set aside and let go by itself.
    pub(super) fn piece_feature(&mut self, piece: &[u8], read: impl FnOnce(&[u8]) -> Result<Raw, Finding> + Send + 'static) {
        self.seen += 1;
        if self.pieces.is_empty() && !piece.is_empty() {
            self.pieces.reserve(MOST_BYTES);
        }
        let start = self.pieces.len();
        self.pieces.extend_from_slice(piece);
        self.item(Item::Feature(start..self.pieces.len(), Box::new(read)));
    }

    /// A feature that could not even be read.
    pub(super) fn lost(&mut self, finding: Finding) {
        self.feature(0, || Err(finding));
    }

    /// A finding about the file.
    pub(super) fn note(&mut self, finding: Finding) {
        self.item(Item::Note(finding));
    }

    /// Lets columns that hold more than one kind hold text.
    pub(super) fn unmix(&mut self) {
        // Rows of a batch are gathered after all else in it.
        self.pass_on();
        self.item(Item::Unmix);
    }

    /// Features of the table so far, accepted or not.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    fn item(&mut self, item: Item) {
        self.items.push(item);
        if self.items.len() >= MOST_ITEMS || self.bytes + self.pieces.len() >= MOST_BYTES {
            self.pass_on();
        }
    }

    fn pass_on(&mut self) {
        if self.items.is_empty() {
            return;
        }
        let (pieces, items) = (std::mem::take(&mut self.pieces), std::mem::take(&mut self.items));
        let batch = Batch { number: self.number, rules: Arc::clone(&self.rules), pieces, items };
        (self.number, self.bytes) = (self.number + 1, 0);
        // Nobody gathers any more only if a judge panicked, which is told by who gathers.
        if self.places.send(()).is_ok() {
            let _ = self.batches.send(batch);
        }
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.pass_on();
    }
}
