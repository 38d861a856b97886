//! `roadblock backup`, `restore` and `audit verify`: what can be done with a store that no server need serve.

use super::{DATA_SAY_NO, STORE_DAMAGED, WRONG_USAGE, complain, folder_of, say};
use crate::cli::{AuditCommand, BackupArgs, DataArgs, RestoreArgs};
use roadblock_layers::store::{self, StoreError, Verified};
use std::path::Path;
use std::process::ExitCode;

/// Copies a store, whoever holds it.
pub fn backup(BackupArgs { data, out }: BackupArgs) -> ExitCode {
    let copy = |folder: &Path| store::backup(folder, &out).map(|verified| format!("{}: {}", out.display(), sum(&verified)));
    with_store(data, copy, |error| match error {
        StoreError::Exists(_) => "; name another file",
        _ => "",
    })
}

/// Puts a backup in its place.
pub fn restore(RestoreArgs { data, file, replace }: RestoreArgs) -> ExitCode {
    let restored = |folder: &Path| {
        store::restore(folder, &file, replace).map(|verified| format!("{}: {}", folder.display(), sum(&verified)))
    };
    with_store(data, restored, |error| match error {
        StoreError::Exists(_) => " without --replace",
        _ => "",
    })
}

/// Looks after the audit log.
pub fn audit(AuditCommand::Verify(data): AuditCommand) -> ExitCode {
    with_store(data, |folder| store::verify(folder).map(|verified| sum(&verified)), |_| "")
}

fn sum(Verified { entries, head }: &Verified) -> String {
    format!("{entries} entries, head {head}")
}

/// Does something with the store of a directory and says what came of it, or what was wrong and what helps.
fn with_store(
    data: DataArgs,
    act: impl FnOnce(&Path) -> Result<String, StoreError>,
    help: impl FnOnce(&StoreError) -> &'static str,
) -> ExitCode {
    let folder = match folder_of(data.data) {
        Ok(folder) => folder,
        Err(refused) => return refused,
    };
    match act(&folder) {
        Ok(line) => {
            say(line);
            ExitCode::SUCCESS
        }
        Err(error) => failed(&error, help(&error)),
    }
}

/// Tells why a store cannot be used, and what helps: 3 if what is there is not what was stored, 1 if its records are refused.
pub(super) fn failed(error: &StoreError, help: &str) -> ExitCode {
    complain(format_args!("{error}{help}"));
    ExitCode::from(match error {
        error if error.is_damage() => STORE_DAMAGED,
        StoreError::Refused(_) => DATA_SAY_NO,
        _ => WRONG_USAGE,
    })
}
