//! Turns at making tiles that take long: a few are made at a time, each by an async thread, and the others wait in a bounded line.
//!
//! Handing a tile to a thread of its own and its bytes back takes longer than most tiles do. The runtime has as many threads as there are turns, and
//! so that the sockets are minded meanwhile, the place of whoever takes the last turn is taken by another thread. A short tile needs no turn.
//! What does not fit into the line is refused with 503 at once instead of waiting without end.

use super::worker::{Job, Worker, Workers};
use crate::log::{self, Context};
use crate::problem::Problem;
use std::future::ready;
use std::sync::Arc;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::block_in_place;

/// Jobs that wait for each turn before new ones are refused: about a second of ordinary tiles.
const LINE_PER_TURN: usize = 256;

/// The turns, and the line before them. Cheap to clone.
#[derive(Clone)]
pub struct Turns {
    turns: Arc<Semaphore>,
    line: Arc<Semaphore>,
    /// Held while a thread from outside the runtime stands in for one of its own.
    substitute: Arc<Semaphore>,
    workers: Workers,
}

/// A turn, or a place in the line for one.
pub enum Turn {
    /// It is now.
    Now(OwnedSemaphorePermit),
    /// It comes.
    Later(OwnedSemaphorePermit),
}

impl Turns {
    /// So many turns at a time.
    pub fn new(at_a_time: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self {
            turns: semaphore(at_a_time),
            line: semaphore(at_a_time * LINE_PER_TURN),
            substitute: semaphore(1),
            workers: Workers::new(at_a_time),
        }
    }

    /// A turn for whoever asks, or why there is none.
    pub fn ask(&self) -> Result<Turn, Problem> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(Turn::Now(turn));
        }
        let full = || Problem::unavailable("too many tiles are waiting to be rendered; try again shortly", 1);
        Arc::clone(&self.line).try_acquire_owned().ok().map(Turn::Later).ok_or_else(full)
    }

    /// Runs a job that needs no turn.
    pub fn at_once(&self, job: impl FnOnce(&mut Worker)) {
        self.workers.run(job);
    }

    /// Runs a job in its turn: before this returns if that is now, else in a task that nobody's departure ends.
    pub fn take(&self, turn: Turn, job: Job) {
        match turn {
            Turn::Now(turn) => self.run_long(turn, job),
            Turn::Later(place) => {
                let (this, context) = (self.clone(), Context::current());
                tokio::spawn(async move {
                    // The turns are never closed, so that this never fails.
                    let Ok(turn) = Arc::clone(&this.turns).acquire_owned().await else { return };
                    drop(place);
                    log::within(context, || this.run_long(turn, job));
                });
            }
        }
    }

    /// Runs a job whose turn it is, and has another thread mind the sockets meanwhile.
    fn run_long(&self, turn: OwnedSemaphorePermit, job: Job) {
        let is_last = self.turns.available_permits() == 0;
        let substitute = is_last.then(|| self.substitute.try_acquire().ok()).flatten();
        match Handle::current().runtime_flavor() {
            // All threads of the runtime might be making long tiles now, were it not for one that takes the place of this.
            RuntimeFlavor::MultiThread if substitute.is_some() => block_in_place(|| self.workers.run(job)),
            // Another may sleep. It takes two tasks to wake it, for the runtime wakes nobody for one that the thread that made it could run next;
            // and what this thread would have run next comes to where others find it.
            _ => {
                tokio::spawn(ready(()));
                tokio::spawn(ready(()));
                self.workers.run(job);
            }
        }
        // Before the turn: whoever has it next may need one.
        drop(substitute);
        drop(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;
    use std::time::{Duration, Instant};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::runtime::Builder;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn a_panic_costs_one_job_and_the_thread_goes_on() {
        let (turns, (sender, answers)) = (Turns::new(1), channel());
        let other = sender.clone();
        let boom: Job = Box::new(move |_| {
            let _lost = sender;
            std::panic::resume_unwind(Box::new("boom"))
        });
        turns.take(turns.ask().unwrap(), boom);
        turns.take(turns.ask().unwrap(), Box::new(move |_| other.send(7).unwrap()));
        assert_eq!(answers.iter().collect::<Vec<_>>(), [7]);
    }

    #[tokio::test]
    async fn the_line_is_bounded_and_served_in_order() {
        let (turns, (sender, answers)) = (Turns::new(1), channel());
        let Turn::Now(first) = turns.ask().unwrap() else { panic!("nobody else is there") };
        for number in 0..LINE_PER_TURN {
            let sender = sender.clone();
            turns.take(turns.ask().unwrap(), Box::new(move |_| sender.send(number).unwrap()));
        }
        let refused = turns.ask().err().expect("the line is full");
        assert_eq!((refused.status.as_u16(), refused.retry_after_s.is_some()), (503, true));
        drop((first, sender));
        while turns.line.available_permits() < LINE_PER_TURN {
            tokio::task::yield_now().await;
        }
        assert!(answers.iter().eq(0..LINE_PER_TURN));
        assert!(matches!(turns.ask(), Ok(Turn::Now(_))));
    }

    /// Longer than anything here takes.
    const PATIENCE: Duration = Duration::from_secs(20);

    /// Answers each byte; one that is `l` only when a long job has ended, which ends when as many as there are turns have begun and another
    /// connection has been answered.
    async fn answer(listener: TcpListener, turns: Turns, at_a_time: usize) {
        let (address, begun) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        loop {
            let ((mut socket, _), turns, begun) = (listener.accept().await.unwrap(), turns.clone(), Arc::clone(&begun));
            tokio::spawn(async move {
                let asked = socket.read_u8().await.unwrap();
                if asked == b'l' {
                    let (sender, ended) = oneshot::channel();
                    let long: Job = Box::new(move |_| {
                        let number = begun.fetch_add(1, Ordering::SeqCst);
                        let all = (number / at_a_time + 1) * at_a_time;
                        let started = Instant::now();
                        while begun.load(Ordering::SeqCst) < all {
                            assert!(started.elapsed() < PATIENCE, "others do not begin");
                            std::thread::yield_now();
                        }
                        let mut other = std::net::TcpStream::connect(address).unwrap();
                        other.set_read_timeout(Some(PATIENCE)).unwrap();
                        std::io::Write::write_all(&mut other, b"s").unwrap();
                        std::io::Read::read_exact(&mut other, &mut [0]).expect("the sockets are minded");
                        sender.send(()).unwrap();
                    });
                    turns.take(turns.ask().unwrap(), long);
                    ended.await.unwrap();
                }
                socket.write_u8(asked).await.unwrap();
            });
        }
    }

    #[test]
    fn sockets_are_minded_while_as_many_tiles_as_may_take_long() {
        for threads in 1..=3 {
            let runtime = Builder::new_multi_thread().worker_threads(threads).enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let address = listener.local_addr().unwrap();
                tokio::spawn(answer(listener, Turns::new(threads), threads));
                for _ in 0..100 {
                    // Half of them wait for a turn.
                    let asked = (0..2 * threads).map(async |_| {
                        let mut socket = TcpStream::connect(address).await.unwrap();
                        socket.write_u8(b'l').await.unwrap();
                        socket.read_u8().await
                    });
                    let answers = join_all(asked).await;
                    assert!(answers.iter().all(|answer| matches!(answer, Ok(b'l'))), "{threads}: {answers:?}");
                }
            });
        }
    }
}
