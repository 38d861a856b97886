//! What a thread that makes tiles keeps from one to the next. The threads are those of the async runtime; its threads for blocking work help with
//! large ones.

use super::cores::Cores;
use super::usual::Usual;
use crate::log::{self, Context};
use roadblock_tiles::cut::Scratch;
use roadblock_tiles::mvt::Tables;
use roadblock_tiles::raster::Canvas;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::runtime::Handle;

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
    /// Where others may be asked to help; nowhere if all cores are in use anyway.
    pub cores: Option<Cores>,
    /// How many features a layer of a tile has.
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

    /// Has another thread do a job for the same request, if there is a core for it; nobody waits for it to begin.
    pub fn ask_another(&self, job: impl FnOnce(&mut Self) + Send + 'static) -> bool {
        let core = self.cores.as_ref().and_then(Cores::take_if_free);
        let Some((core, runtime)) = core.zip(Handle::try_current().ok()) else { return false };
        let context = Context::current();
        runtime.spawn_blocking(move || {
            log::within(context, || with_what_is_kept(None, job));
            drop(core);
        });
        true
    }
}

/// Runs a job on this thread now, which may ask others on `cores`; a panic costs what the thread kept, which it makes anew.
pub fn run(cores: &Cores, job: impl FnOnce(&mut Worker)) {
    let _core = cores.take();
    with_what_is_kept(Some(cores.clone()), job);
}

fn with_what_is_kept(cores: Option<Cores>, job: impl FnOnce(&mut Worker)) {
    WORKER.with_borrow_mut(|worker| {
        worker.cores = cores;
        if catch_unwind(AssertUnwindSafe(|| job(worker))).is_err() {
            *worker = Worker::for_requests();
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Method;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn another_helps_the_same_request_where_a_core_is_free_and_asks_for_no_help_itself() {
        let (cores, (sender, told)) = (Cores::new(2), channel());
        let ask = |worker: &Worker| {
            let sender = sender.clone();
            worker.ask_another(move |other| sender.send((other.cores.is_some(), Context::current().map(|it| it.id()))).unwrap())
        };
        let context = Context::new("/xyz".into(), Method::GET);
        let id = context.id();
        context.in_scope(|| run(&cores, |worker| assert!(ask(worker))));
        assert_eq!(told.recv().unwrap(), (false, Some(id)));
        let _busy = [cores.take(), cores.take()];
        run(&cores, |worker| assert!(!ask(worker), "all cores are in use"));
    }

    #[test]
    fn nobody_helps_outside_of_the_runtime() {
        run(&Cores::new(2), |worker| assert!(!worker.ask_another(|_| ())));
    }
}
