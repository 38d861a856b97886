//! What whoever makes tiles keeps from one to the next, and who may be asked to help. Any thread may be that: those of the async runtime, those that
//! take their place, and those for blocking work, which help with large tiles. What is kept goes from one to the other.

use super::cores::Cores;
use super::usual::Usual;
use crate::log::{self, Context};
use roadblock_tiles::cut::Scratch;
use roadblock_tiles::mvt::Tables;
use roadblock_tiles::raster::Canvas;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;

/// How long features may be gathered and drawn for a tile; what is left of two seconds is for its pixels.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Workers that rest beside one for each core.
const SPARE: usize = 1;

/// Work for whoever makes tiles.
pub type Job = Box<dyn FnOnce(&mut Worker) + Send>;

/// Buffers, so that a tile allocates little.
#[derive(Default)]
pub struct Worker {
    /// Buffers of the cutter.
    pub scratch: Scratch,
    /// Who may be asked to help; nobody if all cores are in use anyway.
    pub others: Option<Workers>,
    /// How many features tiles show.
    pub usual: Usual,
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

    /// Has another do a job for the same request, if there is a core for it; nobody waits for it to begin.
    pub fn ask_another(&self, job: impl FnOnce(&mut Self) + Send + 'static) -> bool {
        let core = self.others.as_ref().and_then(|others| Some((others.cores.take_if_free()?, others.clone())));
        let Some(((core, others), runtime)) = core.zip(Handle::try_current().ok()) else { return false };
        let context = Context::current();
        runtime.spawn_blocking(move || {
            log::within(context, || others.lend(None, job));
            drop(core);
        });
        true
    }
}

/// The workers of a server. Cheap to clone.
#[derive(Clone)]
pub struct Workers {
    cores: Cores,
    /// Those that make nothing just now. Whoever rested last is asked first: what it keeps is in some cache still.
    resting: Arc<Mutex<Vec<Box<Worker>>>>,
}

impl Workers {
    /// Workers for so many cores.
    pub fn new(cores: usize) -> Self {
        Self { cores: Cores::new(cores), resting: Arc::default() }
    }

    /// Runs a job on this thread now, which may ask others to help; a panic costs what the worker kept.
    pub fn run(&self, job: impl FnOnce(&mut Worker)) {
        let _core = self.cores.take();
        self.lend(Some(self.clone()), job);
    }

    fn lend(&self, others: Option<Self>, job: impl FnOnce(&mut Worker)) {
        let rested = self.resting().pop();
        let mut worker = rested.unwrap_or_else(|| Box::new(Worker::for_requests()));
        worker.others = others;
        let done = catch_unwind(AssertUnwindSafe(|| job(&mut worker)));
        // Who rests knows nobody, so that no circle keeps them all.
        worker.others = None;
        let mut resting = self.resting();
        if done.is_ok() && resting.len() < self.cores.all() + SPARE {
            resting.push(worker);
        }
    }

    fn resting(&self) -> MutexGuard<'_, Vec<Box<Worker>>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Method;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn another_helps_the_same_request_where_a_core_is_free_and_asks_for_no_help_itself() {
        let (workers, (sender, told)) = (Workers::new(2), channel());
        let ask = |worker: &Worker| {
            let sender = sender.clone();
            worker.ask_another(move |other| sender.send((other.others.is_some(), Context::current().map(|it| it.id()))).unwrap())
        };
        let context = Context::new("/xyz".into(), Method::GET);
        let id = context.id();
        context.in_scope(|| workers.run(|worker| assert!(ask(worker))));
        assert_eq!(told.recv().unwrap(), (false, Some(id)));
        let _busy = [workers.cores.take(), workers.cores.take()];
        workers.run(|worker| assert!(!ask(worker), "all cores are in use"));
    }

    #[test]
    fn nobody_helps_outside_of_the_runtime() {
        Workers::new(2).run(|worker| assert!(!worker.ask_another(|_| ())));
    }

    #[test]
    fn what_is_kept_goes_from_thread_to_thread_and_is_bounded() {
        let workers = Workers::new(2);
        workers.run(|worker| worker.patience = None);
        std::thread::scope(|scope| {
            scope.spawn(|| workers.run(|worker| assert_eq!(worker.patience, None, "the same worker")));
        });
        fn nested(workers: &Workers, depth: usize) {
            workers.run(|_| (0..depth).take(1).for_each(|_| nested(workers, depth - 1)));
        }
        nested(&workers, 10);
        assert_eq!(workers.resting().len(), 3);
        workers.run(|_| std::panic::resume_unwind(Box::new("boom")));
        assert_eq!(workers.resting().len(), 2, "a panic costs what the worker kept");
        assert!(workers.resting().iter().all(|worker| worker.others.is_none()));
    }
}
