//! What changed in the world of each audience, in order, for whoever follows it.
//!
//! Each audience has a log of its own, made of nothing but what it sees: that somebody changed what it may not see shows in no number. A log
//! is bounded; whoever fell behind further than that is told to read everything anew.

mod difference;

use crate::world::Worlds;
use difference::differences;
use roadblock_layers::time::Instant;
use roadblock_layers::vocab::Audience;
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// Changes kept for those who fell behind.
const KEPT: usize = 10_000;

/// What became of a feature, or of a layer as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// It is there from now on.
    Created,
    /// It is told otherwise from now on.
    Updated,
    /// It is not there any more.
    Removed,
    /// The layer was read anew.
    Reloaded,
    /// Nobody edited the layer, but a moment passed at which what it shows changes by itself.
    Passed,
}

/// Tiles of a zoom, from and to, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TileRange {
    /// Zoom.
    pub z: u8,
    /// Columns.
    pub x: [u32; 2],
    /// Rows.
    pub y: [u32; 2],
}

/// Something that changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// Its number; the next has a higher one.
    pub revision: u64,
    /// When it was shown.
    pub at: Instant,
    /// The layer.
    pub layer: Arc<str>,
    /// The feature, unless it is the layer as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What became of it.
    pub operation: Operation,
    /// West, south, east, north of where it was and is, degrees; not of what is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bbox: Option<[f64; 4]>,
    /// The tiles that show another picture from now on, of zooms 0 to 14; none for a layer as a whole, which means all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tiles: Vec<TileRange>,
}

/// The logs.
pub struct Changes([Log; 3]);

struct Log {
    kept: Mutex<VecDeque<Arc<Change>>>,
    newest: watch::Sender<u64>,
}

/// Whoever asks for changes that are not kept any more, or never were.
#[derive(Debug, PartialEq, Eq)]
pub struct FellBehind;

impl Changes {
    /// Empty logs, which begin with a number that no earlier run of the program has reached.
    pub fn beginning(now: Instant) -> Self {
        let first = u64::try_from(now.micros()).unwrap_or_default();
        Self(Audience::ALL.map(|_| Log { kept: Mutex::default(), newest: watch::Sender::new(first) }))
    }

    /// What becomes of each audience's world, to be noted once it is shown.
    pub fn between(former: &Worlds, next: &Worlds, at: Instant) -> [Vec<Change>; 3] {
        Audience::ALL.map(|audience| differences(former.seen_by(audience), next.seen_by(audience), at))
    }

    /// That moments passed between two looks at which layers change by themselves.
    pub fn passing(worlds: &Worlds, last: Instant, now: Instant) -> [Vec<Change>; 3] {
        Audience::ALL.map(|audience| difference::passed(worlds.seen_by(audience), last, now))
    }

    /// Notes what is shown now, and wakes who follows.
    pub fn note(&self, changes: [Vec<Change>; 3]) {
        for (log, changes) in self.0.iter().zip(changes) {
            log.note(changes);
        }
    }

    /// Wakes who follows although nothing changed: the server stops.
    pub fn wake(&self) {
        self.0.iter().for_each(|log| log.newest.send_modify(|_newest| ()));
    }

    /// The changes after a revision, at most so many, oldest first.
    pub fn since(&self, audience: Audience, revision: u64, most: usize) -> Result<Vec<Arc<Change>>, FellBehind> {
        self.of(audience).since(revision, most)
    }

    /// The number of the last change, to be waited on.
    pub fn follow(&self, audience: Audience) -> watch::Receiver<u64> {
        self.of(audience).newest.subscribe()
    }

    fn of(&self, audience: Audience) -> &Log {
        let [public, partner, editor] = &self.0;
        match audience {
            Audience::Public => public,
            Audience::Partner => partner,
            Audience::Editor => editor,
        }
    }
}

impl Log {
    fn note(&self, changes: Vec<Change>) {
        if changes.is_empty() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut newest = *self.newest.borrow();
        for change in changes {
            newest += 1;
            if change.operation == Operation::Removed {
                forget_places(&mut kept, &change);
            }
            kept.push_back(Arc::new(Change { revision: newest, ..change }));
        }
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
        self.newest.send_replace(newest);
    }

    fn since(&self, revision: u64, most: usize) -> Result<Vec<Arc<Change>>, FellBehind> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let newest = *self.newest.borrow();
        let first = kept.front().map_or(newest + 1, |change| change.revision);
        if revision > newest || revision + 1 < first {
            return Err(FellBehind);
        }
        let passed = kept.partition_point(|change| change.revision <= revision);
        Ok(kept.iter().skip(passed).take(most).cloned().collect())
    }
}

/// Takes out of what was told before where something was that is gone now.
fn forget_places(kept: &mut VecDeque<Arc<Change>>, gone: &Change) {
    for change in kept.iter_mut().filter(|change| change.layer == gone.layer && change.id == gone.id) {
        *change = Arc::new(Change { bbox: None, tiles: Vec::new(), ..Change::clone(change) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change() -> Change {
        let at = Instant::from_micros(0);
        Change { revision: 0, at, layer: "a".into(), id: None, operation: Operation::Reloaded, bbox: None, tiles: Vec::new() }
    }

    #[test]
    fn a_log_tells_what_came_after_and_who_fell_behind() {
        let changes = Changes::beginning(Instant::from_micros(100));
        let since = |revision| {
            let told = changes.since(Audience::Public, revision, 3);
            told.map(|told| told.iter().map(|change| change.revision).collect::<Vec<_>>())
        };
        assert_eq!(since(100), Ok(vec![]));
        assert_eq!((since(99), since(101)), (Err(FellBehind), Err(FellBehind)));
        changes.note([vec![change(); 5], vec![], vec![]]);
        assert_eq!((since(100), since(103)), (Ok(vec![101, 102, 103]), Ok(vec![104, 105])));
        assert_eq!(*changes.follow(Audience::Partner).borrow(), 100, "others hear nothing");
        changes.note([vec![change(); KEPT], vec![], vec![]]);
        assert_eq!((since(104), since(105).map(|told| told.len())), (Err(FellBehind), Ok(3)));
    }
}
