//! Threads that help others with large tiles while cores have nothing else to do.

use super::worker::{Worker, run};
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// As many as there are cores on which no tile is made.
#[derive(Clone)]
pub struct Helpers {
    /// Each is taken while a thread makes a tile, or helps; tiles wait for none.
    cores: Arc<Semaphore>,
}

impl Helpers {
    /// On so many cores.
    pub fn on(cores: usize) -> Self {
        Self { cores: Arc::new(Semaphore::new(cores)) }
    }

    /// Has another thread do a job, if there is a core for it; nobody waits for it to begin.
    pub fn ask(&self, job: impl FnOnce(&mut Worker) + Send + 'static) -> bool {
        let core = || Arc::clone(&self.cores).try_acquire_owned().ok();
        let Some((core, runtime)) = core().zip(Handle::try_current().ok()) else { return false };
        runtime.spawn_blocking(move || {
            run(None, job);
            drop(core);
        });
        true
    }

    /// Runs a job on this thread now, which may ask for help.
    pub fn run(&self, job: impl FnOnce(&mut Worker)) {
        let _core = self.cores.try_acquire();
        run(Some(self), job);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[tokio::test]
    async fn a_thread_helps_only_where_a_core_is_free() {
        let (helpers, (sender, answers)) = (Helpers::on(2), channel());
        let ask = || {
            let sender = sender.clone();
            helpers.ask(move |worker| sender.send(worker.helpers.is_some()).unwrap())
        };
        helpers.run(|worker| assert!(worker.helpers.is_some() && ask()));
        assert!(!answers.recv().unwrap(), "who helps asks for no help");
        let _busy = helpers.cores.acquire_many(2).await.unwrap();
        assert!(!ask(), "all cores are in use");
    }

    #[test]
    fn nobody_helps_outside_of_the_runtime() {
        assert!(!Helpers::on(2).ask(|_| ()));
    }
}
