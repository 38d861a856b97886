//! Threads that make stretches of tiles, and one place where they arrive in order.
//!
//! No thread runs further ahead of the slowest than a window of stretches, so what waits to be handed over is bounded.

use super::{Job, Stretch, TileError};
use crate::tile::Worker;
use roadblock_tiles::archive::Parcel;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Condvar, Mutex, PoisonError};

/// Stretches under way for each thread: the first zooms have few and slow ones, and others must not wait for them.
const AHEAD: u64 = 8;

/// Why the work ended early.
#[derive(Debug, thiserror::Error)]
pub enum CrewError<E> {
    /// A tile could not be made.
    #[error("the tiles of zoom {} cannot be made: {}", .0.zoom, .1)]
    Tile(Stretch, TileError),
    /// A thread could not be started.
    #[error("{0}")]
    Thread(std::io::Error),
    /// Whoever takes the tiles cannot.
    #[error("{0}")]
    Deliver(E),
}

/// What the threads share.
struct Shared<I> {
    line: Mutex<Line<I>>,
    moved: Condvar,
    window: u64,
}

/// Who is next.
struct Line<I> {
    stretches: I,
    taken: u64,
    delivered: u64,
    stopped: bool,
}

type Made = (u64, Stretch, Result<Vec<Parcel>, TileError>);

/// Makes all stretches of a job; hands the tiles of each over, in order.
pub(super) fn run<E>(
    job: &Job,
    threads: usize,
    mut deliver: impl FnMut(Vec<Parcel>) -> Result<(), E>,
) -> Result<(), CrewError<E>> {
    let line = Line { stretches: job.stretches(), taken: 0, delivered: 0, stopped: false };
    let shared = Shared { line: Mutex::new(line), moved: Condvar::new(), window: AHEAD * threads as u64 };
    std::thread::scope(|scope| {
        // However this ends, nobody waits for the window any more.
        let _stop = Stop(&shared);
        let (sender, arrivals) = channel();
        for _ in 0..threads {
            let (sender, shared) = (sender.clone(), &shared);
            let worker = std::thread::Builder::new().name("archive".into());
            worker.spawn_scoped(scope, move || work(job, shared, &sender)).map_err(CrewError::Thread)?;
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        for (number, stretch, made) in arrivals {
            waiting.insert(number, (stretch, made));
            while let Some((stretch, made)) = waiting.remove(&due) {
                let outcome = made
                    .map_err(|error| CrewError::Tile(stretch, error))
                    .and_then(|tiles| deliver(tiles).map_err(CrewError::Deliver));
                due += 1;
                shared.delivered(due);
                outcome?;
            }
        }
        Ok(())
    })
}

/// Stops the threads when dropped.
struct Stop<'a, I>(&'a Shared<I>);

impl<I> Drop for Stop<'_, I> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Takes stretch after stretch until there is none.
fn work<I: Iterator<Item = Stretch>>(job: &Job, shared: &Shared<I>, made: &Sender<Made>) {
    let mut worker = Worker::default();
    while let Some((number, stretch)) = shared.take() {
        let tiles = catch_unwind(AssertUnwindSafe(|| job.make(stretch, &mut worker))).unwrap_or_else(|_panic| {
            // The panic hook has told the cause already.
            worker = Worker::default();
            Err(TileError::Panic)
        });
        if made.send((number, stretch, tiles)).is_err() {
            return;
        }
    }
}

impl<I: Iterator<Item = Stretch>> Shared<I> {
    /// The next stretch, as soon as it is within the window; `None` when there is none or all is stopped.
    fn take(&self) -> Option<(u64, Stretch)> {
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |line: &mut Line<I>| !line.stopped && line.taken >= line.delivered + self.window;
        let mut line = self.moved.wait_while(line, full).unwrap_or_else(PoisonError::into_inner);
        if line.stopped {
            return None;
        }
        let stretch = line.stretches.next()?;
        line.taken += 1;
        Some((line.taken - 1, stretch))
    }
}

impl<I> Shared<I> {
    fn delivered(&self, count: u64) {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).delivered = count;
        self.moved.notify_all();
    }

    fn stop(&self) {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
        self.moved.notify_all();
    }
}
