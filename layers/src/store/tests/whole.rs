//! A store that is written as lines and made again of them is the same store; lines that are not what was written are refused.

use super::sample::*;
use crate::finding::Finding;
use crate::store::{Expected, Store, StoreError, Whole, verify};
use crate::time::Instant;
use std::path::Path;

/// A store with corrections, a withdrawal, a restoration and times between seconds.
fn eventful(folder: &Path) {
    let writer = writer(folder);
    let mut micros = at("2025-12-02T09:00:00Z").micros() + 123_456;
    for change in [
        put("kayes", "Kayes", Expected::Version(1)),
        put("segou", "Ségou \u{2028} \"quoted\"", Expected::New),
        withdraw("kayes", Expected::Version(2)),
        put("kayes", "Kayes again", Expected::Version(3)),
        withdraw("sikasso", Expected::Version(1)),
    ] {
        writer.commit(batch([change]), Instant::from_micros(micros)).unwrap();
        micros += 1_000_001;
    }
}

fn lines(folder: &Path, date: &str) -> String {
    let (mut text, mut told) = (Vec::new(), 0);
    let whole = Store::open(folder).unwrap().whole().unwrap();
    whole.write(&mut text, "None of it is true", at(date), || told += 1).unwrap();
    assert_eq!(told, whole.len());
    String::from_utf8(text).unwrap()
}

#[test]
fn a_store_made_of_its_lines_is_the_same_to_the_last_hash() {
    let top = tempfile::tempdir().unwrap();
    let (first, second) = (top.path().join("first"), top.path().join("second"));
    eventful(&first);
    let text = lines(&first, "2025-12-24");
    let made = Store::carried(&second, &Whole::read(text.as_bytes()).unwrap()).unwrap();
    assert_eq!(made.loaded(), Store::open(&first).unwrap().loaded());
    assert_eq!(made.loaded().history().unwrap().record("kayes").len(), 4);
    drop(made);
    assert_eq!(verify(&first).unwrap(), verify(&second).unwrap(), "the log, operations among it");
    let again = lines(&second, "2026-01-01");
    let after_first = |text: &str| text.split_once('\n').unwrap().1.to_owned();
    assert_eq!(after_first(&again), after_first(&text));
    assert_eq!(again.replace("2026-01-01T", "2025-12-24T"), text);
    let refused = Store::carried(&second, &Whole::read(text.as_bytes()).unwrap()).unwrap_err();
    assert!(matches!(refused, StoreError::Exists(_)), "{refused}");
}

fn refused(text: &str) -> Vec<String> {
    Whole::read(text.as_bytes()).unwrap_err().iter().map(|Finding { code, pointer, .. }| format!("{code} {pointer}")).collect()
}

#[test]
fn lines_that_are_not_what_was_written_are_refused_with_their_numbers() {
    let top = tempfile::tempdir().unwrap();
    eventful(top.path());
    let text = lines(top.path(), "2025-12-24");
    let without = |number: usize| {
        let kept = text.lines().enumerate().filter(|(place, _)| place + 1 != number);
        kept.map(|(_, line)| format!("{line}\n")).collect::<String>()
    };
    let count = text.lines().count();
    assert_eq!(refused(""), ["not_a_world /1"]);
    assert_eq!(refused(&without(1)), ["not_a_world /1"]);
    assert_eq!(refused(&text.replace("\"format_version\":1", "\"format_version\":2")), ["other_format /1/format_version"]);
    assert_eq!(refused(&text.replacen("\"rekey\":\"", "\"rekey\":\"0", 1)), ["bad_heading /1/rekey"]);
    assert_eq!(refused(&without(2)), ["cut /1/versions", "bad_dataset /1"]);
    assert_eq!(refused(&without(count)), ["cut /1/versions"]);
    assert!(refused(&without(6))[0].starts_with("out_of_order /"), "versions that follow what is gone");
    let (lon, recorded) = ("\"lon\":-8.0", "\"recorded_at\":\"2025-12-01");
    assert!(refused(&text.replacen(lon, "\"lon\":-800.0", 1)).contains(&"bad_number /4/draft/lon".to_owned()));
    assert_eq!(refused(&text.replacen(recorded, "\"recorded_at\":\"2027-12-01", 1)), ["out_of_order /3/recorded_at"]);
    assert_eq!(refused(&text.replacen("\"kind\":\"place\"", "\"kind\":\"planet\"", 1))[0], "unknown_word /4/kind");
    assert_eq!(refused(&text.replacen("\"withdrawn\":false", "\"withdrawn\":0", 1))[0], "bad_line /2");
}
