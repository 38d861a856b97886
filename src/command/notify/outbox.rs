//! What is still to be told, and since when to ask next, in a file that is whole at every moment and has one keeper.

use super::post::Failed;
use crate::command::out::{self, Privacy};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::VecDeque;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// As the file has it.
#[derive(Debug, Serialize, Deserialize)]
struct Content {
    since: String,
    waiting: VecDeque<Value>,
}

/// The file and what is in it.
pub(super) struct Outbox {
    path: PathBuf,
    content: Content,
    /// Held by whoever tells: two would tell everything twice, and forget what the other has still to tell.
    _lock: File,
}

impl Outbox {
    /// Reads the file; without one, nothing waits and it begins at a moment.
    pub(super) fn open(path: &Path, since: String) -> Result<Self, String> {
        let lock = lock(path)?;
        let content = match fs::read(path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| format!("{}: is no file of ours: {error}", path.display()))?
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Content { since, waiting: VecDeque::new() },
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        Ok(Self { path: path.to_owned(), content, _lock: lock })
    }

    /// Begins at a moment, whatever was told.
    pub(super) fn begin_again(&mut self, since: String) -> Result<(), String> {
        self.content = Content { since, waiting: VecDeque::new() };
        self.keep()
    }

    /// Since when to ask.
    pub(super) fn since(&self) -> &str {
        &self.content.since
    }

    /// Adds what came, and notes since when to ask next.
    pub(super) fn put(&mut self, alerts: Vec<Value>, disclaimer: &Value, next: String) -> Result<(), Failed> {
        let told = alerts.into_iter().map(|mut alert| {
            if let Some(members) = alert.as_object_mut() {
                members.insert("disclaimer".to_owned(), disclaimer.clone());
            }
            alert
        });
        self.content.waiting.extend(told);
        self.content.since = next;
        Ok(self.keep()?)
    }

    /// The next that is to be told.
    pub(super) fn first(&self) -> Option<&Value> {
        self.content.waiting.front()
    }

    /// Forgets it: it was told.
    pub(super) fn take_first(&mut self) -> Result<(), Failed> {
        self.content.waiting.pop_front();
        Ok(self.keep()?)
    }

    /// On the disk before anybody goes on; for its owner alone, as what an editor is told may be.
    fn keep(&self) -> Result<(), String> {
        let text = serde_json::to_vec_pretty(&self.content).map_err(|error| error.to_string())?;
        out::written(&self.path, true, Privacy::Owner, |file| file.write_all(&text))
    }
}

/// A file beside another, held until it is dropped: the other one is replaced again and again.
fn lock(path: &Path) -> Result<File, String> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".lock");
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", Path::new(&beside).display());
    let file = File::options().write(true).create(true).truncate(false).open(&beside).map_err(|error| told(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(format!("{} is in use by another 'roadblock notify'; give each its own --state", path.display()))
        }
        Err(TryLockError::Error(error)) => Err(told(&error)),
    }
}
