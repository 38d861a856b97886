//! Keeps prepared files: written one after the other on a thread in the background, once the server answers.

use super::Job;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{Builder, JoinHandle};

/// Writes prepared files until dropped; what is not whole by then is cleared away.
pub struct Keeper {
    jobs: Sender<Option<Job>>,
    waiting: Option<Receiver<Option<Job>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Default for Keeper {
    /// One that collects what is to be written, and does not write yet.
    fn default() -> Self {
        let (jobs, waiting) = channel();
        Self { jobs, waiting: Some(waiting), stopped: Arc::default(), thread: None }
    }
}

impl Keeper {
    /// Where to send what is to be written; `None` ends the writing.
    pub(super) fn jobs(&self) -> Sender<Option<Job>> {
        self.jobs.clone()
    }

    /// Starts to write.
    pub fn start(&mut self) -> std::io::Result<()> {
        let Some(waiting) = self.waiting.take() else { return Ok(()) };
        let stopped = Arc::clone(&self.stopped);
        let write = move || waiting.into_iter().map_while(|job| job).for_each(|job| job.run(&stopped));
        self.thread = Some(Builder::new().name("prepared".into()).spawn(write)?);
        Ok(())
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // A thread that is gone needs no word to end.
        let _ = self.jobs.send(None);
        if let Some(thread) = self.thread.take() {
            // It panicked, and said so; nothing more is to be done for it.
            let _ = thread.join();
        }
    }
}
