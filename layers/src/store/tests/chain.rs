//! Whoever changes, removes or swaps rows is found out, even one who can write hashes; only a cut-off end is told by the head alone.

use super::sample::*;
use crate::store::audit::{ENTRIES, Entry};
use crate::store::{Expected, Store, StoreError, folder, verify};
use rusqlite::Connection;
use std::path::Path;

/// Number of the last row: 5 of the data set, 10 places with two versions each.
const LAST: i64 = 25;

fn filled(folder: &Path) {
    let writer = writer(folder);
    for number in 0..10 {
        let id = format!("place-{number}");
        writer.commit(batch([put(&id, "One", Expected::New)]), now()).unwrap();
        writer.commit(batch([put(&id, "Two", Expected::Version(1))]), now()).unwrap();
    }
}

/// Does something to the file that the store's own rules forbid, and puts these rules back.
fn tamper(folder: &Path, change: impl FnOnce(&Connection)) {
    let file = Connection::open(folder::store(folder)).unwrap();
    let list = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
    let triggers: Vec<(String, String)> = {
        let mut query = file.prepare(list).unwrap();
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    triggers.iter().for_each(|(name, _)| file.execute_batch(&format!("DROP TRIGGER {name}")).unwrap());
    change(&file);
    triggers.iter().for_each(|(_, made)| file.execute_batch(made).unwrap());
}

fn with_sql(sql: &str) -> impl FnOnce(&Connection) {
    move |file| file.execute_batch(sql).unwrap()
}

/// The sentence with which a tampered store is refused, by `verify` and by whoever opens it.
fn found(change: impl FnOnce(&Connection)) -> String {
    let top = tempfile::tempdir().unwrap();
    filled(top.path());
    assert_eq!(verify(top.path()).unwrap().entries, LAST);
    tamper(top.path(), change);
    let (told, opened) = (verify(top.path()).unwrap_err(), Store::open(top.path()).unwrap_err());
    assert!(matches!(told, StoreError::Damaged { .. }), "{told}");
    assert_eq!(told.to_string(), opened.to_string());
    told.to_string()
}

#[test]
fn every_changed_field_is_found_and_named() {
    for (table, row, change) in [
        ("versions", 9, "draft = replace(draft, 'Two', 'Three')"),
        ("versions", 9, "who = 'somebody'"),
        ("versions", 9, "withdrawn = 1"),
        ("versions", 9, "known_from = NULL"),
        ("versions", 9, "recorded_at = recorded_at + 1"),
        ("versions", 9, "id = 'other'"),
        ("versions", 9, "hash = zeroblob(32)"),
        ("versions", 9, "hash = zeroblob(31)"),
        ("audit", 9, "who = 'somebody'"),
        ("audit", 9, "at = at - 1"),
        ("audit", 9, "operation = 'create'"),
        ("audit", 9, "object = 'place/other/1'"),
        ("audit", 9, "digest = zeroblob(32)"),
        ("audit", 9, "previous = zeroblob(32)"),
        ("audit", 25, "hash = zeroblob(32)"),
    ] {
        let told = found(with_sql(&format!("UPDATE {table} SET {change} WHERE seq = {row}")));
        assert!(told.contains(&format!("table {table}, row {row}: ")), "{change}: {told}");
    }
}

#[test]
fn rows_that_are_removed_inserted_or_swapped_are_found() {
    for change in [
        "DELETE FROM versions WHERE seq = 9",
        "DELETE FROM audit WHERE seq = 9",
        "DELETE FROM versions WHERE seq = 9; DELETE FROM audit WHERE seq = 9",
        "DELETE FROM versions WHERE seq = 25",
        "DELETE FROM audit WHERE seq = 25",
        "DELETE FROM versions",
        "DELETE FROM audit WHERE seq = 9; UPDATE audit SET seq = seq - 1 WHERE seq > 9;
         DELETE FROM versions WHERE seq = 9; UPDATE versions SET seq = seq - 1 WHERE seq > 9",
        "UPDATE versions SET seq = 99 WHERE seq = 9; UPDATE versions SET seq = 9 WHERE seq = 11; UPDATE versions SET seq = 11 WHERE seq = 99",
        "UPDATE audit SET seq = 99 WHERE seq = 9; UPDATE audit SET seq = 9 WHERE seq = 11; UPDATE audit SET seq = 11 WHERE seq = 99",
        "INSERT INTO versions SELECT 26, kind, id, 9, draft, known_from, recorded_at, withdrawn, who, hash FROM versions WHERE seq = 25",
        "INSERT INTO audit SELECT 26, at, who, operation, object, digest, previous, hash FROM audit WHERE seq = 25",
    ] {
        found(with_sql(change));
    }
}

/// Changes what a version says and makes its hash, and that of its entry, right again.
fn forge(file: &Connection, seq: i64) {
    let (loaded, _) = crate::store::read::everything(file).unwrap();
    let mut version = loaded.versions.into_iter().find(|version| version.seq == seq).unwrap();
    version.who = "forger".to_owned();
    let hash = version.digest();
    file.execute("UPDATE versions SET who = ?2, hash = ?3 WHERE seq = ?1", (seq, &version.who, hash.0)).unwrap();
    let query = ENTRIES.replace("ORDER BY", "WHERE seq = ?1 ORDER BY");
    let entry = file.query_row(&query, [seq], Entry::read).unwrap();
    let forged = Entry::after((seq - 1, entry.previous), &version, "change", hash);
    file.execute("UPDATE audit SET who = ?2, digest = ?3, hash = ?4 WHERE seq = ?1", (seq, &version.who, hash.0, forged.hash.0))
        .unwrap();
}

#[test]
fn one_who_can_make_hashes_right_is_found_by_the_next_entry_and_at_the_end_by_the_head() {
    let told = found(|file| forge(file, 9));
    assert!(told.contains("table audit, row 10: it does not hold the hash of the entry before"), "{told}");

    let top = tempfile::tempdir().unwrap();
    filled(top.path());
    let before = verify(top.path()).unwrap();
    tamper(top.path(), |file| forge(file, LAST));
    let after = verify(top.path()).unwrap();
    assert_eq!(after.entries, before.entries);
    assert_ne!(after.head, before.head);

    tamper(top.path(), with_sql("DELETE FROM versions WHERE seq = 25; DELETE FROM audit WHERE seq = 25"));
    let cut = verify(top.path()).unwrap();
    assert_eq!(cut.entries, before.entries - 1, "only who kept the head knows that there was more");
    assert!(cut.head != before.head && cut.head != after.head);
}

#[test]
fn answers_are_under_hashes_too() {
    let top = tempfile::tempdir().unwrap();
    let writer = writer(top.path());
    for key in ["a", "b", "c"] {
        let key = crate::store::Key { key: key.to_owned(), request: crate::store::Digest::of(b"request"), told: None };
        let changes = vec![put(&format!("place-{}", key.key), "One", Expected::New)];
        writer.commit(crate::store::Batch { key: Some(key), ..batch(changes) }, now()).unwrap();
    }
    drop(writer);
    for (change, back) in [
        ("UPDATE answers SET answer = '[]' WHERE seq = 2", "UPDATE answers SET answer = (SELECT a FROM kept) WHERE seq = 2"),
        ("UPDATE answers SET seq = 9 WHERE seq = 2", "UPDATE answers SET seq = 2 WHERE seq = 9"),
    ] {
        let file = Connection::open(folder::store(top.path())).unwrap();
        file.execute_batch("CREATE TEMP TABLE kept AS SELECT answer AS a FROM answers WHERE seq = 2").unwrap();
        tamper(top.path(), with_sql(change));
        let told = verify(top.path()).unwrap_err().to_string();
        assert!(told.contains("table answers, row"), "{told}");
        file.execute_batch("DROP TRIGGER answers_are_final").unwrap();
        file.execute_batch(back).unwrap();
        assert!(verify(top.path()).unwrap_err().to_string().contains("answers_are_final"));
        let trigger = include_str!("../schema/1.sql").lines().find(|line| line.contains("answers_are_final")).unwrap();
        file.execute_batch(trigger).unwrap();
        verify(top.path()).unwrap();
    }
}
