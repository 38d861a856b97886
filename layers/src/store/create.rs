//! A new store's first rows: a data set as its files say it.

use super::error::StoreError;
use super::secret;
use super::tip::Tip;
use super::version::{DATASET, Subject, Version};
use crate::dataset::{self, About, Drafts};
use crate::record::Record;
use crate::time::Instant;
use rusqlite::{Connection, TransactionBehavior};
use serde_json::Value;
use std::path::Path;

/// Who said what a new store begins with.
pub const BUILT_IN: &str = "built-in";

/// Writes a data set into empty tables, in one transaction, each draft as it stands.
pub(super) fn fill(
    connection: &mut Connection,
    path: &Path,
    about: &About,
    drafts: &Drafts,
    at: Instant,
) -> Result<(), StoreError> {
    let records = dataset::accept(drafts).map_err(StoreError::Refused)?;
    let latest = records.iter().filter_map(|record| record.common().known.from).max();
    // What was known later than now says that the clock is wrong.
    let mut beginning = Beginning { tip: Tip::START, recorded_at: latest.map_or(at, |latest| latest.max(at)) };
    let about = serde_json::to_value(about).unwrap_or_default();
    let mut write = || {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        secret::make(&transaction)?;
        beginning.add(&transaction, Subject::Dataset, DATASET, &about, None)?;
        for (_, draft) in &drafts.sources {
            beginning.add(&transaction, Subject::Source, id(draft), draft, None)?;
        }
        for (record, draft) in drafts.records.iter().filter_map(|(_, draft)| Some((records.get(id(draft))?, draft))) {
            beginning.add_record(&transaction, record, draft)?;
        }
        transaction.commit()
    };
    write().map_err(StoreError::sql(path))
}

fn id(draft: &Value) -> &str {
    draft.get("id").and_then(Value::as_str).unwrap_or_default()
}

struct Beginning {
    tip: Tip,
    recorded_at: Instant,
}

impl Beginning {
    fn add_record(&mut self, connection: &Connection, record: &Record, draft: &Value) -> rusqlite::Result<()> {
        self.add(connection, Subject::Record(record.body().kind()), record.id(), draft, record.common().known.from)
    }

    fn add(
        &mut self,
        connection: &Connection,
        subject: Subject,
        id: &str,
        draft: &Value,
        known_from: Option<Instant>,
    ) -> rusqlite::Result<()> {
        let version = Version {
            seq: self.tip.seq + 1,
            subject,
            id: id.to_owned(),
            version: 1,
            draft: draft.to_string(),
            known_from,
            recorded_at: self.recorded_at,
            superseded_at: None,
            withdrawn: false,
            who: BUILT_IN.to_owned(),
        };
        self.tip.add(connection, &version, "create")
    }
}
