//! The line of those who want something entered. One clerk at a time serves it, group after group, and goes home when nobody waits.
//!
//! Nobody waits for ever: whoever is in the line or in a group when a clerk breaks down is told so at once.

use super::{Done, Order, Refused};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// Requests in the line, at most.
const MOST_WAITING: usize = 1024;
/// Requests that are served together, at most.
const MOST_TOGETHER: usize = 256;

/// A request, and where its answer goes.
pub struct Waiting {
    /// What is asked.
    pub order: Order,
    /// Whether it is only tried.
    pub dry_run: bool,
    answer: oneshot::Sender<Result<Done, Refused>>,
}

impl Waiting {
    /// A request, and where to wait for its answer; an answer that never comes is that of a clerk who broke down.
    pub fn new(order: Order, dry_run: bool) -> (Self, oneshot::Receiver<Result<Done, Refused>>) {
        let (answer, answered) = oneshot::channel();
        (Self { order, dry_run, answer }, answered)
    }

    /// Answers it.
    pub(super) fn answer(self, answer: Result<Done, Refused>) {
        // Who asked may have stopped waiting.
        let _ = self.answer.send(answer);
    }
}

/// Those who wait, and whether somebody serves them.
#[derive(Default)]
pub struct Line(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    waiting: Vec<Waiting>,
    is_served: bool,
}

impl Line {
    /// Takes a place in the line; whoever is given a clerk has to let it work.
    ///
    /// # Errors
    /// When the line is full.
    pub fn join(self: &Arc<Self>, waiting: Waiting) -> Result<Option<Clerk>, Refused> {
        let mut queue = self.queue();
        if queue.waiting.len() >= MOST_WAITING {
            return Err(Refused::Full);
        }
        queue.waiting.push(waiting);
        let is_served = std::mem::replace(&mut queue.is_served, true);
        Ok((!is_served).then(|| Clerk { line: Arc::clone(self), went_home: false }))
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Serves a line until nobody is in it.
pub struct Clerk {
    line: Arc<Line>,
    went_home: bool,
}

impl Clerk {
    /// Lets a group after the other be served.
    pub fn work(mut self, mut serve: impl FnMut(Vec<Waiting>)) {
        loop {
            let mut queue = self.line.queue();
            let count = queue.waiting.len().min(MOST_TOGETHER);
            if count == 0 {
                queue.is_served = false;
                self.went_home = true;
                return;
            }
            let group = queue.waiting.drain(..count).collect();
            drop(queue);
            serve(group);
        }
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        // Another may be at work already if this one went home. If not, nobody would come for those who wait.
        if !self.went_home {
            *self.line.queue() = Queue::default();
        }
    }
}
