//! Copies are one moment of the store, whole, and never stand in the way of what is there.

use super::sample::*;
use crate::database::DatabaseError;
use crate::store::{Expected, Store, StoreError, backup, folder, restore, verify};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};

#[test]
fn a_backup_under_writes_is_one_moment_of_them_and_can_be_restored() {
    let top = tempfile::tempdir().unwrap();
    let (data, other) = (top.path().join("data"), top.path().join("other"));
    let writer = writer(&data);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (writer, stop) = (&writer, &stop);
            scope.spawn(move || {
                for number in (0..).take_while(|_| !stop.load(Ordering::Relaxed)) {
                    let pair = ["a", "b"].map(|half| put(&format!("{half}-{thread}-{number}"), "x", Expected::New));
                    writer.commit(batch(pair), now()).unwrap();
                }
            });
        }
        for round in 0..5 {
            let out = top.path().join(format!("{round}.db"));
            let copied = backup(&data, &out).unwrap();
            let target = other.join(round.to_string());
            assert_eq!(restore(&target, &out, false).unwrap(), copied);
            let loaded = reopened(&target);
            assert_eq!((loaded.versions.len() - 3) % 2, 0, "no batch is cut in two");
        }
        stop.store(true, Ordering::Relaxed);
    });
    drop(writer);
    let out = top.path().join("last.db");
    assert_eq!(backup(&data, &out).unwrap(), verify(&data).unwrap());
    restore(&other, &out, false).unwrap();
    assert_eq!(reopened(&other), reopened(&data));
    let left: Vec<_> = fs::read_dir(top.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 8, "nothing but the copies and the two directories: {left:?}");
}

#[test]
fn a_backup_is_one_file_for_its_owner_and_overwrites_nothing() {
    let top = tempfile::tempdir().unwrap();
    let (data, out) = (top.path().join("data"), top.path().join("copy.db"));
    assert!(matches!(backup(&data, &out), Err(StoreError::Missing(_))));
    drop(create(&data));
    backup(&data, &out).unwrap();
    assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&out).unwrap();
    assert!(matches!(backup(&data, &out), Err(StoreError::Exists(_))));
    assert_eq!(fs::read(&out).unwrap(), before);
    let nowhere = top.path().join("no/such/copy.db");
    assert!(matches!(backup(&data, &nowhere), Err(StoreError::Database(DatabaseError::Io { .. }))));
}

#[test]
fn a_restore_replaces_only_when_told_and_never_under_a_holder() {
    let top = tempfile::tempdir().unwrap();
    let (data, out) = (top.path().join("data"), top.path().join("copy.db"));
    let store = create(&data);
    let copied = backup(&data, &out).unwrap();
    let (_, writer) = store.start().unwrap();
    writer.commit(batch([put("fresh", "Fresh", Expected::New)]), now()).unwrap();
    for replace in [false, true] {
        assert!(matches!(restore(&data, &out, replace), Err(StoreError::InUse(_))));
    }
    drop(writer);
    assert!(matches!(restore(&data, &out, false), Err(StoreError::Exists(_))));
    assert_eq!(verify(&data).unwrap().entries, copied.entries + 1);

    // A log that a killed server left belongs to the store that goes.
    fs::write(folder::log(&folder::store(&data)), "frames").unwrap();
    assert_eq!(restore(&data, &out, true).unwrap(), copied);
    assert_eq!(verify(&data).unwrap(), copied);
    assert!(reopened(&data).records().unwrap().get("fresh").is_none());

    // One that is gone but for its log is replaced only when told, too.
    let path = folder::store(&data);
    fs::remove_file(&path).unwrap();
    fs::write(folder::log(&path), "frames").unwrap();
    assert!(matches!(restore(&data, &out, false), Err(StoreError::Exists(_))));
    restore(&data, &out, true).unwrap();
    Store::open(&data).unwrap();
}

#[test]
fn a_damaged_backup_is_refused_and_the_store_stays() {
    let top = tempfile::tempdir().unwrap();
    let (data, out) = (top.path().join("data"), top.path().join("copy.db"));
    drop(create(&data));
    let whole = backup(&data, &out).unwrap();
    let mut bytes = fs::read(&out).unwrap();
    let place = bytes.windows(6).rposition(|window| window == b"BAMAKO").unwrap();
    bytes[place] ^= 1;
    fs::write(&out, bytes).unwrap();
    let error = restore(&data, &out, true).unwrap_err();
    assert!(error.is_damage(), "{error}");
    fs::write(&out, "no store").unwrap();
    assert!(restore(&data, &out, true).unwrap_err().is_damage());
    assert!(matches!(restore(&data, &top.path().join("none.db"), true), Err(StoreError::Missing(_))));
    assert_eq!(verify(&data).unwrap(), whole);
}
