//! What is opened and what is refused, each with one sentence.

use super::sample::*;
use crate::database::DatabaseError;
use crate::store::schema::APPLICATION_ID;
use crate::store::{Store, StoreError, folder};
use rusqlite::Connection;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn refused(folder: &Path) -> StoreError {
    Store::open(folder).expect_err("it is no store")
}

#[test]
fn a_directory_without_a_store_and_one_with_two() {
    let top = tempfile::tempdir().unwrap();
    let inner = top.path().join("a/b");
    assert!(matches!(refused(&inner), StoreError::Missing(_)));
    drop(create(&inner));
    assert_eq!(fs::metadata(&inner).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(folder::store(&inner)).unwrap().permissions().mode() & 0o777, 0o600);
    let names: Vec<_> = fs::read_dir(&inner).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "the store and its lock: {names:?}");
    assert!(matches!(Store::create(&inner, &about(), &drafts(), now()), Err(StoreError::Exists(_))));
}

#[test]
fn a_store_has_one_holder() {
    let folder = tempfile::tempdir().unwrap();
    let first = create(folder.path());
    let error = refused(folder.path());
    assert!(matches!(error, StoreError::InUse(_)) && error.to_string().contains("another roadblock"), "{error}");
    assert_eq!(crate::store::verify(folder.path()).unwrap().entries, 5, "who only reads is let in");
    let (_, writer) = first.start().unwrap();
    assert!(matches!(refused(folder.path()), StoreError::InUse(_)));
    drop(writer);
    reopened(folder.path());
}

#[test]
fn drafts_that_are_refused_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = drafts();
    wrong.records[0].1["lat"] = 91.into();
    let error = Store::create(folder.path(), &about(), &wrong, now()).unwrap_err();
    assert!(matches!(&error, StoreError::Refused(found) if found.len() == 1), "{error}");
    assert!(!folder::store(folder.path()).exists());
    assert!(Store::in_memory(&about(), &wrong, now()).is_err());
    // A run that died while it made a store is no obstacle.
    fs::write(folder.path().join("roadblock.db.new"), "half").unwrap();
    drop(create(folder.path()));
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder::store(folder.path());
    for content in
        ["", "some notes that are no database, long enough to be read as the head of one, so that SQLite looks at it all"]
    {
        fs::write(&path, content).unwrap();
        let error = refused(folder.path());
        assert!(error.is_damage() && error.to_string().contains("no roadblock store"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
    fs::remove_file(&path).unwrap();
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE roads (a)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(refused(folder.path()), StoreError::Database(DatabaseError::Foreign { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_later_schema_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let file = Connection::open(folder::store(folder.path())).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    let error = refused(folder.path());
    assert!(
        matches!(error, StoreError::Database(DatabaseError::Newer { found: 99, .. }))
            && error.to_string().contains("newer roadblock"),
        "{error}"
    );
    assert!(!error.is_damage());
}

#[test]
fn a_store_without_its_rows_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder::store(folder.path());
    let mut empty = Connection::open(&path).unwrap();
    empty.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    assert!(refused(folder.path()).is_damage(), "not a table in it");
    crate::store::schema::migrate(&mut empty, &["CREATE TABLE versions (seq INTEGER) STRICT"]).unwrap();
    drop(empty);
    assert!(refused(folder.path()).is_damage());
}

#[test]
fn a_log_without_its_store_is_no_empty_directory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder::store(folder.path());
    fs::write(folder::log(&path), "frames").unwrap();
    assert!(matches!(refused(folder.path()), StoreError::Bereft(_)));
    let made = Store::create(folder.path(), &about(), &drafts(), now());
    assert!(matches!(made, Err(StoreError::Bereft(_))), "it would take the log for its own");
}

#[test]
fn a_journal_that_another_program_switched_is_switched_back() {
    let folder = tempfile::tempdir().unwrap();
    drop(create(folder.path()));
    let path = folder::store(folder.path());
    let mode = |set: Option<&str>| {
        let file = Connection::open(&path).unwrap();
        if let Some(set) = set {
            file.pragma_update_and_check(None, "journal_mode", set, |_| Ok(())).unwrap();
        }
        file.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap()
    };
    assert_eq!(mode(None), "wal");
    assert_eq!(mode(Some("DELETE")), "delete");
    reopened(folder.path());
    assert_eq!(mode(None), "wal");
}

#[test]
fn in_memory_nothing_is_on_the_disk_and_everything_else_alike() {
    let store = Store::in_memory(&about(), &drafts(), now()).unwrap();
    assert_eq!(store.loaded().versions.len(), 3);
    let (_, writer) = store.start().unwrap();
    writer.commit(batch([put("bamako", "B", crate::store::Expected::Version(1))]), now()).unwrap();
}
