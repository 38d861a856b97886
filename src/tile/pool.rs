//! A bounded pool of threads for CPU work, so that async threads never wait for a render.
//!
//! The queue is bounded: what does not fit is refused with 503 at once instead of queueing without end.
//! A panic costs one job: its thread goes on with fresh state.

use crate::problem::Problem;
use roadblock_tiles::cut::Scratch;
use roadblock_tiles::raster::Canvas;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

/// What a render thread keeps from job to job, so that a job allocates little.
#[derive(Default)]
pub struct Worker {
    /// Buffers of the cutter.
    pub scratch: Scratch,
    /// Buffers of the painter.
    pub canvas: Canvas,
    /// Feature numbers of the query under way.
    pub hits: Vec<u32>,
}

/// Work for the pool.
pub type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// Jobs waiting for each thread before new ones are refused: about a second of ordinary tiles.
const QUEUE_PER_THREAD: usize = 256;

/// The threads and their queue.
pub struct Pool {
    queue: SyncSender<Job>,
}

impl Pool {
    /// Starts `threads` threads; they end when the pool is dropped.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let (queue, jobs) = sync_channel(threads * QUEUE_PER_THREAD);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..threads {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new().name(format!("render-{number}")).spawn(move || serve(&jobs))?;
        }
        Ok(Self { queue })
    }

    /// Puts a job into the queue, or refuses it when the queue is full.
    pub fn submit(&self, job: Job) -> Result<(), Problem> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Problem::unavailable("too many requests are waiting to be rendered; try again shortly", 1),
            TrySendError::Disconnected(_) => Problem::unavailable("the server is stopping", 5),
        })
    }

    /// Runs `work` on the pool and waits for its answer: 503 when the queue is full, 500 when it panics.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce(&mut Worker) -> T + Send + 'static,
    {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.submit(Box::new(move |worker| {
            // A client that left is no error: nobody reads the answer then.
            let _ = sender.send(work(worker));
        }))?;
        receiver.await.map_err(|_closed| Problem::internal())
    }
}

fn serve(jobs: &Mutex<Receiver<Job>>) {
    let mut worker = Worker::default();
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if catch_unwind(AssertUnwindSafe(|| job(&mut worker))).is_err() {
            tracing::error!("a render panicked; its request gets a 500");
            worker = Worker::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_costs_one_answer_and_the_thread_goes_on() {
        let pool = Pool::start(1).unwrap();
        let failed = pool.run(|_| -> u32 { std::panic::resume_unwind(Box::new("boom")) }).await;
        assert_eq!(failed.unwrap_err().status, 500);
        assert_eq!(pool.run(|_| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_with_retry_after() {
        let pool = Pool::start(1).unwrap();
        let (release, gate) = std::sync::mpsc::channel::<()>();
        pool.submit(Box::new(move |_| {
            let _ = gate.recv();
        }))
        .unwrap();
        let refused = (0..=QUEUE_PER_THREAD + 1).find_map(|_| pool.submit(Box::new(|_| ())).err());
        let problem = refused.expect("the queue is bounded");
        assert_eq!(problem.status, 503);
        assert!(problem.retry_after_s.is_some());
        drop(release);
    }
}
