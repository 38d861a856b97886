//! The one thread that writes: whatever asks come while it waits for the disk share the next transaction, and each is answered when that is
//! on the disk.

use super::batch::{Batch, CommitError, Committed};
use super::commit::{self, Failure};
use super::folder::Held;
use super::tip::Tip;
use crate::time::Instant;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// Batches that share a transaction, at most.
const MOST_TOGETHER: usize = 256;

/// Takes changes from any thread. Closed when dropped, after what was asked before is done.
#[derive(Debug)]
pub struct Writer {
    orders: Option<SyncSender<Order>>,
    thread: Option<JoinHandle<()>>,
}

/// A batch, when it came, and where its answer goes.
struct Order {
    batch: Batch,
    at: Instant,
    answer: SyncSender<Result<Committed, CommitError>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, tip: Tip, held: Option<Held>) -> std::io::Result<Self> {
        let (sender, orders) = sync_channel(MOST_TOGETHER);
        let mut desk = Desk { connection, tip, failed: None, _held: held };
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || desk.work(&orders))?;
        Ok(Self { orders: Some(sender), thread: Some(thread) })
    }

    /// Commits all of a batch or nothing of it; returns when it is on the disk. `at` is the time of day.
    ///
    /// # Errors
    /// When it does not follow what is there, or cannot be written; then nothing of it is there, unless the error is
    /// [`CommitError::Failed`], after which only opening the store again tells.
    pub fn commit(&self, batch: Batch, at: Instant) -> Result<Committed, CommitError> {
        let (answer, answered) = sync_channel(1);
        let order = Order { batch, at, answer };
        self.orders.as_ref().ok_or(CommitError::Closed)?.send(order).map_err(|_gone| CommitError::Closed)?;
        answered.recv().map_err(|_gone| CommitError::Closed)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // The thread ends when nobody can ask any more.
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // If it panicked, those who waited were told.
            let _ = thread.join();
        }
    }
}

/// What the thread has.
struct Desk {
    connection: Connection,
    tip: Tip,
    /// Why nothing is written any more.
    failed: Option<String>,
    _held: Option<Held>,
}

impl Desk {
    fn work(&mut self, orders: &Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let mut group = vec![first];
            group.extend(orders.try_iter().take(MOST_TOGETHER - 1));
            let results = match &self.failed {
                Some(reason) => Err(CommitError::Failed(reason.clone())),
                None => self.write(&group).map_err(|error| self.blame(&error)),
            };
            match results {
                Ok(results) => group.iter().zip(results).for_each(|(order, result)| order.tell(result)),
                Err(error) => group.iter().for_each(|order| order.tell(Err(error.clone()))),
            }
        }
    }

    /// One transaction for a group, a savepoint for each batch.
    fn write(&mut self, group: &[Order]) -> rusqlite::Result<Vec<Result<Committed, CommitError>>> {
        let mut transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (mut tip, mut results) = (self.tip, Vec::with_capacity(group.len()));
        for Order { batch, at, .. } in group {
            let savepoint = transaction.savepoint()?;
            let mut next = tip;
            let result = match commit::write(&savepoint, &mut next, batch, *at) {
                Ok(committed) if batch.is_trial => {
                    savepoint.finish()?;
                    Ok(committed)
                }
                Ok(committed) => {
                    savepoint.commit()?;
                    tip = next;
                    Ok(committed)
                }
                Err(Failure::Batch(error)) => {
                    savepoint.finish()?;
                    Err(error)
                }
                Err(Failure::Sql(error)) if is_of_the_batch(&error) => {
                    savepoint.finish()?;
                    Err(CommitError::Refused(error.to_string()))
                }
                Err(Failure::Sql(error)) => return Err(error),
            };
            results.push(result);
        }
        transaction.commit()?;
        self.tip = tip;
        Ok(results)
    }

    /// What those are told whose transaction failed. After anything but a full disk or a lock nobody knows what the disk holds: to try
    /// again could tell them that something is there which is not.
    fn blame(&mut self, error: &rusqlite::Error) -> CommitError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => CommitError::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => CommitError::Busy,
            _ => {
                // The log stays as it is for whoever opens the store next. If that is refused, closing it tries what failed just now.
                let _ = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
                self.failed = Some(error.to_string());
                CommitError::Failed(error.to_string())
            }
        }
    }
}

/// Whether SQLite refuses what a batch says, and would take others.
fn is_of_the_batch(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::TooBig)
}

impl Order {
    fn tell(&self, result: Result<Committed, CommitError>) {
        // Who asked may have stopped waiting.
        let _ = self.answer.send(result);
    }
}
