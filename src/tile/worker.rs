//! What a thread that makes tiles keeps from one to the next. The threads are those of the async runtime.

use super::helpers::Helpers;
use roadblock_tiles::cut::Scratch;
use roadblock_tiles::mvt::Tables;
use roadblock_tiles::raster::Canvas;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How long features may be gathered and drawn for a tile; what is left of two seconds is for its pixels.
const PATIENCE: Duration = Duration::from_millis(1_500);

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
    /// How long a tile may take; as long as it takes, where nobody waits for it.
    pub patience: Option<Duration>,
}

impl Worker {
    /// One that makes tiles for those who wait for them.
    pub fn for_requests() -> Self {
        Self { patience: Some(PATIENCE), ..Self::default() }
    }
}

/// Runs a job on this thread now, which may ask `helpers`; a panic costs what the thread kept, which it makes anew.
pub fn run(helpers: Option<&Helpers>, job: impl FnOnce(&mut Worker)) {
    WORKER.with_borrow_mut(|worker| {
        worker.helpers = helpers.cloned();
        if catch_unwind(AssertUnwindSafe(|| job(worker))).is_err() {
            *worker = Worker::for_requests();
        }
    });
}
