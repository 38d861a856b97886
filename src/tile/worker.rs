//! The threads that make tiles, which are those of the async runtime: what each keeps from one tile to the next, and how others help with
//! a tile of many features while cores have nothing else to do.

use roadblock_tiles::cut::Scratch;
use roadblock_tiles::mvt::Tables;
use roadblock_tiles::raster::Canvas;
use std::cell::RefCell;
use std::future::ready;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How long features may be gathered and drawn for a tile; what is left of two seconds is for its pixels.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Threads that help with one tile: more would wait for the one that writes it.
const MOST_HELPERS: usize = 3;

thread_local! {
    /// What this thread keeps.
    static WORKER: RefCell<Worker> = RefCell::new(Worker::for_requests());
}

/// Work for a thread that makes tiles.
pub type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// Buffers, so that a tile allocates little.
#[derive(Default)]
pub struct Worker {
    /// Buffers of the cutter.
    pub scratch: Scratch,
    /// Who may be asked to help with a tile; nobody where all cores are in use anyway.
    pub helpers: Option<Helpers>,
    /// Tables of the vector tile writer.
    pub tables: Tables,
    /// Buffers of the painter.
    pub canvas: Canvas,
    /// Feature numbers of the query under way.
    pub hits: Vec<u32>,
    /// How long a tile may take; as long as it takes, where nobody waits for it.
    pub patience: Option<Duration>,
}

impl Worker {
    /// One that makes tiles for those who wait for them.
    pub fn for_requests() -> Self {
        Self { patience: Some(PATIENCE), ..Self::default() }
    }
}

/// The runtime's threads, as far as there are cores on which no tile is made.
#[derive(Clone)]
pub struct Helpers {
    /// Short tiles take a core, too, but wait for none.
    cores: Arc<Semaphore>,
}

impl Helpers {
    /// On so many cores.
    pub fn on(cores: usize) -> Self {
        Self { cores: Arc::new(Semaphore::new(cores)) }
    }

    /// Has other threads do jobs, one for each core on which no tile is made; nobody waits for them to begin.
    pub fn ask(&self, job: impl Fn() -> Job) {
        let core = || Arc::clone(&self.cores).try_acquire_owned().ok();
        for core in std::iter::from_fn(core).take(MOST_HELPERS) {
            let job = job();
            tokio::spawn(async move {
                // This one minded the sockets, perhaps.
                wake_another();
                run(job, None);
                drop(core);
            });
            // A thread keeps its last task to itself.
            tokio::spawn(ready(()));
        }
    }

    /// Runs a job on this thread now, which may ask for help.
    pub fn run(&self, job: Job) {
        let _core = self.cores.try_acquire();
        run(job, Some(self.clone()));
    }
}

/// A panic costs what the thread kept, which it makes anew.
fn run(job: Job, helpers: Option<Helpers>) {
    WORKER.with_borrow_mut(|worker| {
        worker.helpers = helpers;
        if catch_unwind(AssertUnwindSafe(|| job(worker))).is_err() {
            *worker = Worker::for_requests();
        }
    });
}

/// Wakes another thread of the runtime, which then minds the sockets. It takes two tasks, for the runtime wakes nobody for one that the
/// thread that made it could run next.
pub fn wake_another() {
    tokio::spawn(ready(()));
    tokio::spawn(ready(()));
}
