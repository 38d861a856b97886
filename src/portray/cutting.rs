//! The geometries of a vector tile, cut by two threads if it shows many, or far more than is usual, and a core has nothing else to do.
//!
//! The thread that makes the tile goes through the features from the front; another takes some from the back, until they meet. What that one
//! cuts is encoded, and put in when it is its turn: the bytes are the same, whoever cut what. Nobody is waited for who has not begun.

use super::found::{FoundLayer, Hit};
use super::{is_itself, mark};
use crate::tile::Worker;
use crate::world::drawn::{DrawnFeature, Row, Rows};
use roadblock_tiles::cut::{Purpose, Scratch, TileGeometry, cut};
use roadblock_tiles::frame::Frame;
use roadblock_tiles::mvt::{Encoded, EncodedList};
use std::ops::Range;
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};

/// With fewer features a tile is made before another thread could help much.
const WORTH_WAKING: usize = 192;

/// With as many it is worth it for any tile, with fewer for one that stands out among those of its zoom: whoever looks at a map waits for the
/// slowest of them.
const WORTH_ANYWAY: usize = 1_024;

/// The part of what is left that is taken at a time, and no fewer features than those: whoever is first done waits for no more than these.
const SHARE: usize = 8;
const FEWEST: usize = 8;

/// What is cut for a layer of a tile.
pub(super) struct Cutting {
    pub(super) found: Arc<FoundLayer>,
    pub(super) frame: Frame,
    pub(super) purpose: Purpose,
    /// Whether single points are shown as clusters, not as themselves.
    pub(super) is_clustered: bool,
    /// Whether long features get a mark as well.
    pub(super) has_marks: bool,
    /// Whether the tile shows far more than is usual at its zoom.
    pub(super) stands_out: bool,
}

/// A geometry of a feature.
pub(super) enum Geometry<'a> {
    /// As it was cut just now.
    Cut(&'a TileGeometry),
    /// As another thread left it.
    Encoded(Encoded<'a>),
}

impl Cutting {
    /// Cuts all features and gives `take` the geometries in their order; another thread helps if geometries `may_be_encoded` ahead of their
    /// turn.
    pub(super) fn each(self, may_be_encoded: bool, worker: &mut Worker, mut take: impl FnMut(&Hit, Row<'_>, Geometry<'_>)) {
        let found = Arc::clone(&self.found);
        let count = found.hits.len();
        let is_helped = may_be_encoded && is_worth_help(count, self.stands_out);
        let shared = Arc::new(Shared { cutting: self, left: Mutex::new(0..count) });
        let ask_another = || {
            let ((sender, ahead), shared) = (sync_channel(1), Arc::clone(&shared));
            worker.ask_another(move |other| drop(sender.send(shared.ahead(&mut other.scratch)))).then_some(ahead)
        };
        let ahead = if is_helped { ask_another() } else { None };
        let (alone, scratch) = (ahead.is_none(), &mut worker.scratch);
        let mut cut_these = |numbers: Range<usize>| {
            for number in numbers {
                shared.cutting.cut(number, scratch, |hit, row, geometry| take(hit, row, Geometry::Cut(geometry)));
            }
        };
        let mut next = 0;
        while let Some(numbers) = shared.first(alone) {
            next = numbers.end;
            cut_these(numbers);
        }
        // Of one who panicked nothing comes: what was left to it is cut here, and meets the same.
        let ahead = ahead.filter(|_| next < count).and_then(|ahead| ahead.recv().ok()).unwrap_or_default();
        cut_these(next..ahead.start.unwrap_or(count));
        for number in ahead.batches.iter().rev().cloned().flatten() {
            if let Some((hit, row, geometry)) = ahead.get(number) {
                take(hit, row, Geometry::Encoded(geometry));
            }
        }
    }

    /// Gives the geometries of a feature, counted in the order of what was found, if it shows as itself.
    fn cut(&self, number: usize, scratch: &mut Scratch, mut give: impl FnMut(&Hit, Row<'_>, &TileGeometry)) {
        let Some(hit) = self.found.hits.get(number) else { return };
        let itself = |drawn: &DrawnFeature<'_>| is_itself(drawn, self.is_clustered);
        let Some(DrawnFeature { prepared, row }) = self.found.published.drawn.at(hit.slot).filter(itself) else { return };
        let mut give = |geometry: &TileGeometry| give(hit, row, geometry);
        cut(prepared, &self.frame, self.purpose, scratch, &mut give);
        self.has_marks.then(|| mark(prepared, &self.frame)).flatten().iter().for_each(give);
    }
}

/// What both threads know.
struct Shared {
    cutting: Cutting,
    /// The features that nobody has taken.
    left: Mutex<Range<usize>>,
}

impl Shared {
    /// The next ones from the front, or all that are left.
    fn first(&self, all: bool) -> Option<Range<usize>> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let count = if all { left.len() } else { batch(&left) };
        let taken = left.start..left.start + count;
        left.start = taken.end;
        Some(taken).filter(|taken| !taken.is_empty())
    }

    /// The next ones from the back.
    fn last(&self) -> Option<Range<usize>> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = left.end - batch(&left)..left.end;
        left.end = taken.start;
        Some(taken).filter(|taken| !taken.is_empty())
    }

    /// Cuts what is left, from the back.
    fn ahead(&self, scratch: &mut Scratch) -> Ahead {
        let mut ahead = Ahead::default();
        while let Some(hits) = self.last() {
            let begin = ahead.hits.len();
            ahead.start = Some(hits.start);
            for number in hits {
                self.cutting.cut(number, scratch, |hit, row, geometry| {
                    ahead.geometries.push(geometry);
                    ahead.rows.push(row);
                    ahead.hits.push(*hit);
                });
            }
            ahead.batches.push(begin..ahead.hits.len());
        }
        ahead
    }
}

/// Whether another thread is worth waking for so many features.
fn is_worth_help(features: usize, stands_out: bool) -> bool {
    features >= if stands_out { WORTH_WAKING } else { WORTH_ANYWAY }
}

/// How many of those that are left are taken at a time.
fn batch(left: &Range<usize>) -> usize {
    (left.len() / SHARE).max(FEWEST).min(left.len())
}

/// What the other thread has cut.
#[derive(Default)]
struct Ahead {
    /// The first feature that it took.
    start: Option<usize>,
    geometries: EncodedList,
    /// The feature of each geometry, and what the tile says of it: whoever puts it in need not look for that where the layer has it.
    hits: Vec<Hit>,
    rows: Rows,
    /// The geometries of each batch, the last batch first.
    batches: Vec<Range<usize>>,
}

impl Ahead {
    /// A geometry, counted in the order in which they were cut.
    fn get(&self, number: usize) -> Option<(&Hit, Row<'_>, Encoded<'_>)> {
        Some((self.hits.get(number)?, self.rows.get(number)?, self.geometries.get(number)?))
    }
}

#[cfg(test)]
mod tests;
