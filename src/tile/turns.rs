//! Turns at making tiles that take long: a few are made at a time, each by an async thread, and the others wait in a bounded line.
//!
//! Handing a tile to a thread of its own and its bytes back takes longer than most tiles do. So that the sockets are minded meanwhile, the
//! runtime has a thread more than there are turns, and whoever begins a long tile wakes another. A short tile needs no turn.
//! What does not fit into the line is refused with 503 at once instead of waiting without end.

use super::cores::Cores;
use super::worker::{Job, Worker, run};
use crate::log::{self, Context};
use crate::problem::Problem;
use std::future::ready;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Threads of the runtime beside those that may all be making long tiles. More of them take turns on the same cores, and each turn takes longer.
pub const SPARE_THREADS: usize = 1;

/// Jobs that wait for each turn before new ones are refused: about a second of ordinary tiles.
const LINE_PER_TURN: usize = 256;

/// The turns, and the line before them.
pub struct Turns {
    turns: Arc<Semaphore>,
    line: Arc<Semaphore>,
    cores: Cores,
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
        Self { turns: semaphore(at_a_time), line: semaphore(at_a_time * LINE_PER_TURN), cores: Cores::new(at_a_time) }
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
        run(&self.cores, job);
    }

    /// Runs a job in its turn: before this returns if that is now, else in a task that nobody's departure ends.
    pub fn take(&self, turn: Turn, job: Job) {
        match turn {
            Turn::Now(turn) => {
                wake_another();
                run(&self.cores, job);
                drop(turn);
            }
            Turn::Later(place) => {
                let (turns, cores, context) = (Arc::clone(&self.turns), self.cores.clone(), Context::current());
                tokio::spawn(async move {
                    // The turns are never closed, so that this never fails.
                    let turn = turns.acquire_owned().await;
                    drop(place);
                    wake_another();
                    log::within(context, || run(&cores, job));
                    drop(turn);
                });
            }
        }
    }
}

/// Wakes another thread of the runtime, which then minds the sockets. It takes two tasks, for the runtime wakes nobody for one that the
/// thread that made it could run next.
fn wake_another() {
    tokio::spawn(ready(()));
    tokio::spawn(ready(()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

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

    #[tokio::test(flavor = "multi_thread", worker_threads = 3)]
    async fn sockets_are_minded_while_a_tile_takes_long() {
        // One connection's bytes begin a job that ends only when another connection has been answered.
        let turns = Arc::new(Turns::new(1));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            loop {
                let ((mut socket, _), turns) = (listener.accept().await.unwrap(), Arc::clone(&turns));
                tokio::spawn(async move {
                    let asked = socket.read_u8().await.unwrap();
                    if asked == b'l' {
                        let long: Job = Box::new(move |_| {
                            let mut other = std::net::TcpStream::connect(address).unwrap();
                            std::io::Write::write_all(&mut other, b"s").unwrap();
                            std::io::Read::read_exact(&mut other, &mut [0]).unwrap();
                        });
                        turns.take(turns.ask().unwrap(), long);
                    }
                    socket.write_u8(asked).await.unwrap();
                });
            }
        });
        for _ in 0..100 {
            let mut socket = TcpStream::connect(address).await.unwrap();
            socket.write_u8(b'l').await.unwrap();
            assert_eq!(socket.read_u8().await.unwrap(), b'l');
        }
    }
}
