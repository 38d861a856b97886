//! The one thread that writes: whatever asks come while it waits for the disk share the next transaction, and each is answered when that is
//! on the disk.

use super::batch::{Batch, CommitError, Committed};
use super::commit::{self, Failure};
use super::folder::Held;
use super::tip::Tip;
use crate::time::Instant;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
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

/// What became of a batch.
pub type Outcome = Result<Committed, CommitError>;

/// Batches that came together, when, and where their answers go.
struct Order {
    batches: Vec<Batch>,
    at: Instant,
    answer: SyncSender<Vec<Outcome>>,
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
    pub fn commit(&self, batch: Batch, at: Instant) -> Outcome {
        self.commit_in_turn(vec![batch], at).pop().unwrap_or(Err(CommitError::Closed))
    }

    /// Commits batches one after the other in one transaction, each all or nothing, as whoever asks looked each over in the belief that those
    /// before it would be there. Stops after the first that is not: one that is refused, or was committed before under its key. Those after it
    /// are not tried, and have no outcome; trials hinder nobody. Returns when all that was committed is on the disk.
    pub fn commit_in_turn(&self, batches: Vec<Batch>, at: Instant) -> Vec<Outcome> {
        let count = batches.len();
        let (answer, answered) = sync_channel(1);
        let sent = self.orders.as_ref().is_some_and(|orders| orders.send(Order { batches, at, answer }).is_ok());
        let outcomes = if sent { answered.recv().ok() } else { None };
        outcomes.unwrap_or_else(|| vec![Err(CommitError::Closed); count])
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
                Ok(results) => group.iter().zip(results).for_each(|(order, outcomes)| order.tell(outcomes)),
                Err(error) => group.iter().for_each(|order| order.tell(vec![Err(error.clone()); order.batches.len()])),
            }
        }
    }

    /// One transaction for a group, a savepoint for each batch.
    fn write(&mut self, group: &[Order]) -> rusqlite::Result<Vec<Vec<Outcome>>> {
        let mut transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let (mut tip, mut outcomes) = (self.tip, Vec::with_capacity(group.len()));
        for Order { batches, at, .. } in group {
            let mut of_order = Vec::with_capacity(batches.len());
            for batch in batches {
                let outcome = write_batch(&mut transaction, &mut tip, batch, *at)?;
                let goes_on = batch.is_trial || outcome.as_ref().is_ok_and(|committed| !committed.replayed);
                of_order.push(outcome);
                if !goes_on {
                    break;
                }
            }
            outcomes.push(of_order);
        }
        transaction.commit()?;
        self.tip = tip;
        Ok(outcomes)
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

/// Writes a batch under a savepoint, and takes back what does not stay.
fn write_batch(transaction: &mut Transaction<'_>, tip: &mut Tip, batch: &Batch, at: Instant) -> rusqlite::Result<Outcome> {
    let savepoint = transaction.savepoint()?;
    let mut next = *tip;
    match commit::write(&savepoint, &mut next, batch, at) {
        Ok(committed) if batch.is_trial => {
            savepoint.finish()?;
            Ok(Ok(committed))
        }
        Ok(committed) => {
            savepoint.commit()?;
            *tip = next;
            Ok(Ok(committed))
        }
        Err(Failure::Batch(error)) => {
            savepoint.finish()?;
            Ok(Err(error))
        }
        Err(Failure::Sql(error)) if is_of_the_batch(&error) => {
            savepoint.finish()?;
            Ok(Err(CommitError::Refused(error.to_string())))
        }
        Err(Failure::Sql(error)) => Err(error),
    }
}

/// Whether SQLite refuses what a batch says, and would take others.
fn is_of_the_batch(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::TooBig)
}

impl Order {
    fn tell(&self, outcomes: Vec<Outcome>) {
        // Who asked may have stopped waiting.
        let _ = self.answer.send(outcomes);
    }
}
