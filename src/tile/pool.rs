//! A bounded pool of threads for CPU work, so that async threads never wait for a render.
//!
//! The queue is bounded: what does not fit is refused with 503 at once instead of queueing without end.
//! A panic costs one job: its thread goes on with fresh state.

use crate::problem::Problem;
use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use roadblock_tiles::cut::Scratch;
use roadblock_tiles::mvt::Tables;
use roadblock_tiles::raster::Canvas;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a render thread keeps from job to job, so that a job allocates little.
#[derive(Default)]
pub struct Worker {
    /// Buffers of the cutter.
    pub scratch: Scratch,
    /// Tables of the vector tile writer.
    pub tables: Tables,
    /// Buffers of the painter.
    pub canvas: Canvas,
    /// Feature numbers of the query under way.
    pub hits: Vec<u32>,
    /// Where these features lie, and which of them is there.
    pub slots: Vec<(u32, u32)>,
}

/// Work for the pool.
pub type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// A job that found no place in the queue. It is given back because dropping it may take a lock that the caller holds.
pub struct Refused {
    /// What to tell whoever asked.
    pub problem: Problem,
    /// The job, never run.
    pub job: Job,
}

/// Jobs waiting for each thread before new ones are refused: about a second of ordinary tiles.
const QUEUE_PER_THREAD: usize = 256;

/// The threads and their queue.
pub struct Pool {
    queue: Sender<Job>,
}

impl Pool {
    /// Starts `threads` threads; they end when the pool is dropped.
    pub fn start(threads: usize) -> std::io::Result<Self> {
        let (queue, jobs) = bounded(threads * QUEUE_PER_THREAD);
        for number in 0..threads {
            let jobs = jobs.clone();
            std::thread::Builder::new().name(format!("render-{number}")).spawn(move || serve(&jobs))?;
        }
        Ok(Self { queue })
    }

    /// Puts a job into the queue, or gives it back when the queue is full.
    pub fn submit(&self, job: Job) -> Result<(), Refused> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(job) => {
                Refused { problem: Problem::unavailable("too many tiles are waiting to be rendered; try again shortly", 1), job }
            }
            TrySendError::Disconnected(job) => Refused { problem: Problem::unavailable("the server is stopping", 5), job },
        })
    }
}

fn serve(jobs: &Receiver<Job>) {
    let mut worker = Worker::default();
    for job in jobs {
        run(job, &mut worker);
    }
}

/// Runs a job on this thread; a panic costs the worker, which starts anew.
pub fn run(job: Job, worker: &mut Worker) {
    if catch_unwind(AssertUnwindSafe(|| job(worker))).is_err() {
        // The panic hook has logged the cause already.
        *worker = Worker::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn a_panic_costs_one_job_and_the_thread_goes_on() {
        let pool = Pool::start(1).unwrap();
        let (sender, answers) = channel();
        let other = sender.clone();
        let boom: Job = Box::new(move |_| {
            let _lost = sender;
            std::panic::resume_unwind(Box::new("boom"))
        });
        assert!(pool.submit(boom).is_ok() && pool.submit(Box::new(move |_| other.send(7).unwrap())).is_ok());
        assert_eq!(answers.iter().collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn a_full_queue_gives_the_job_back_with_retry_after() {
        let pool = Pool::start(1).unwrap();
        let (release, gate) = channel::<()>();
        let wait: Job = Box::new(move |_| {
            let _ = gate.recv();
        });
        assert!(pool.submit(wait).is_ok());
        let refused = (0..=QUEUE_PER_THREAD + 1).find_map(|_| pool.submit(Box::new(|_| ())).err()).expect("the queue is bounded");
        assert_eq!(refused.problem.status, 503);
        assert!(refused.problem.retry_after_s.is_some());
        drop(release);
    }
}
