//! A file with bits that flipped, pages that are zero or an end that is missing: refused, or as it was; never a panic, never other data.

use super::sample::*;
use crate::store::{Batch, Digest, Expected, Key, Loaded, Store, folder, verify};
use std::fs;
use std::path::Path;

/// Damages of each sort. A run outside the quick suite sets `ROADBLOCK_DAMAGES` higher.
fn rounds() -> u64 {
    std::env::var("ROADBLOCK_DAMAGES").ok().and_then(|text| text.parse().ok()).unwrap_or(150)
}

fn filled(folder: &Path) -> Loaded {
    let writer = writer(folder);
    for number in 0..60 {
        let key = Key { key: format!("key-{number}"), request: Digest::of(&[number]), told: None };
        let change = put(&format!("place-{}", number / 2), &"x".repeat(usize::from(number) * 9), Expected::Any);
        writer.commit(Batch { key: Some(key), ..batch([change]) }, now()).unwrap();
    }
    drop(writer);
    reopened(folder)
}

/// The same numbers each time (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// Damages the file again and again; how often that was harmless.
fn damaged(name: &str, damage: impl Fn(&mut Vec<u8>, &mut Numbers)) -> u64 {
    let top = tempfile::tempdir().unwrap();
    let whole = filled(top.path());
    let path = folder::store(top.path());
    let bytes = fs::read(&path).unwrap();
    let mut harmless = 0;
    for round in 0..rounds() {
        let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15 ^ (round + 1));
        let mut broken = bytes.clone();
        damage(&mut broken, &mut numbers);
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(format!("{}{ending}", path.display()));
        }
        fs::write(&path, broken).unwrap();
        let read_only = verify(top.path());
        match Store::open(top.path()) {
            Ok(store) => {
                assert_eq!(*store.loaded(), whole, "{name}, round {round}");
                harmless += 1;
                // What opens takes changes, and keeps what there was.
                let (_, writer) = store.start().unwrap();
                if writer.commit(batch([put("bamako", "After", Expected::Version(1))]), now()).is_ok() {
                    drop(writer);
                    let mut after = reopened(top.path());
                    assert_eq!(after.versions.pop().unwrap().version, 2, "{name}, round {round}");
                    after.versions[0].superseded_at = None;
                    assert_eq!(after, whole, "{name}, round {round}");
                }
            }
            Err(error) => {
                let told = error.to_string();
                assert!(!told.contains('\n') && !told.is_empty(), "{told}");
                assert!(read_only.is_err(), "{name}, round {round}: {told}");
            }
        }
    }
    println!("damage: {name}: {} rounds, {harmless} harmless, 0 other data", rounds());
    harmless
}

#[test]
fn a_bit_that_flips() {
    damaged("one bit", |bytes, numbers| {
        let place = numbers.below(bytes.len());
        bytes[place] ^= 1 << numbers.below(8);
    });
}

#[test]
fn a_bit_of_the_head_or_of_the_first_pages() {
    damaged("one bit of the first page", |bytes, numbers| {
        let place = numbers.below(4096);
        bytes[place] ^= 1 << numbers.below(8);
    });
}

#[test]
fn an_end_that_is_missing() {
    let harmless = damaged("cut", |bytes, numbers| bytes.truncate(numbers.below(bytes.len())));
    assert_eq!(harmless, 0);
}

#[test]
fn a_page_of_zeros_or_of_another() {
    damaged("a page", |bytes, numbers| {
        let (page, other) = (numbers.below(bytes.len() / 4096) * 4096, numbers.below(bytes.len() / 4096) * 4096);
        match numbers.below(2) {
            0 => bytes[page..page + 4096].fill(0),
            _ => bytes.copy_within(other..other + 4096, page),
        }
    });
}

/// A store as a killed server leaves it: the file, and a log with a transaction for each of twenty versions.
fn with_log(folder: &Path) -> (Vec<u8>, Vec<u8>, Loaded) {
    let running = folder.join("running");
    let writer = writer(&running);
    for number in 0..20 {
        writer.commit(batch([put(&format!("place-{number}"), &"x".repeat(number * 300), Expected::New)]), now()).unwrap();
    }
    let path = folder::store(&running);
    let (file, log) = (fs::read(&path).unwrap(), fs::read(folder::log(&path)).unwrap());
    drop(writer);
    (file, log, reopened(&running))
}

/// Puts file and log where a server would find them, and opens them: how many versions are there, or the sentence.
fn found(folder: &Path, (file, log): (&[u8], &[u8]), whole: &Loaded) -> Result<usize, String> {
    let path = folder::store(folder);
    let _ = fs::remove_file(format!("{}-shm", path.display()));
    fs::write(&path, file).unwrap();
    fs::write(folder::log(&path), log).unwrap();
    let store = Store::open(folder).map_err(|error| error.to_string())?;
    let versions = store.loaded().versions.len();
    assert_eq!(store.loaded().versions, whole.versions[..versions]);
    Ok(versions)
}

#[test]
fn a_log_that_was_cut_short_by_a_power_cut_is_read_as_far_as_it_goes() {
    let top = tempfile::tempdir().unwrap();
    let (file, log, whole) = with_log(top.path());
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..rounds() {
        let mut numbers = Numbers(77 + round);
        let mut cut = log.clone();
        match numbers.below(3) {
            0 => cut.truncate(numbers.below(log.len())),
            // Room that was taken and never filled.
            1 => cut.resize(log.len() + numbers.below(20_000), 0),
            _ => {
                let from = log.len() - numbers.below(4096);
                cut[from..].fill(0);
            }
        }
        seen.insert(found(top.path(), (&file, &cut), &whole).unwrap_or_else(|told| panic!("round {round}: {told}")));
    }
    assert!(seen.len() > 10 && seen.last() == Some(&whole.versions.len()), "{seen:?}");
}

#[test]
fn a_bit_of_the_log_that_flips_takes_no_more_than_the_last_transactions_with_it() {
    let top = tempfile::tempdir().unwrap();
    let (file, log, whole) = with_log(top.path());
    let mut refused = 0;
    for round in 0..rounds() {
        let mut numbers = Numbers(7 + round);
        let mut broken = log.clone();
        let place = numbers.below(if round % 4 == 0 { 32 } else { log.len() });
        broken[place] ^= 1 << numbers.below(8);
        match found(top.path(), (&file, &broken), &whole) {
            // The last transaction may have been half written, and so may one whose last checksum is in doubt.
            Ok(versions) => assert!(versions + 2 >= whole.versions.len(), "round {round}: {versions} at byte {place}"),
            Err(told) => {
                assert!(told.contains("of its log"), "{told}");
                refused += 1;
            }
        }
    }
    println!("damage: one bit of the log: {} rounds, {refused} refused, 0 silently short of more than the end", rounds());
}
