//! On how many cores tiles are being made, so that a second thread is asked to help with a tile only where that takes nothing from others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The cores for tiles. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cores {
    all: usize,
    busy: Arc<AtomicUsize>,
}

/// A core in use until this is dropped.
#[derive(Debug)]
pub struct Core(Arc<AtomicUsize>);

impl Cores {
    /// So many, all free.
    pub fn new(all: usize) -> Self {
        Self { all, busy: Arc::default() }
    }

    /// How many there are.
    pub fn all(&self) -> usize {
        self.all
    }

    /// One for a tile that is made in any case.
    pub fn take(&self) -> Core {
        self.busy.fetch_add(1, Ordering::Relaxed);
        Core(Arc::clone(&self.busy))
    }

    /// One for whoever may as well do without.
    pub fn take_if_free(&self) -> Option<Core> {
        let one_more = |busy: usize| (busy < self.all).then_some(busy + 1);
        let taken = self.busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more);
        taken.ok().map(|_| Core(Arc::clone(&self.busy)))
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_core_is_free_only_while_fewer_tiles_are_made_than_there_are_cores() {
        let cores = Cores::new(2);
        let (first, second) = (cores.take(), cores.take_if_free());
        assert!(second.is_some() && cores.take_if_free().is_none());
        // A third tile is made all the same, and counts when the others are done.
        let third = cores.take();
        drop(first);
        assert!(cores.take_if_free().is_none());
        drop((second, third));
        assert!(cores.take_if_free().is_some());
    }
}
