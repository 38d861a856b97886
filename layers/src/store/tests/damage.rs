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
        let key = Key { key: format!("key-{number}"), request: Digest::of(&[number]) };
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
