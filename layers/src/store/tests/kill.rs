//! Processes that are killed while they write: what they told anybody is there.
//!
//! The test starts this same program again as the process to be killed; its writers note each acknowledged write in a file.

use super::sample::*;
use crate::store::{Expected, Store, Version, verify};
use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const WRITERS: usize = 8;
/// Where the process to be killed finds its store, and where it notes what was acknowledged.
const DIRECTORY: &str = "ROADBLOCK_STORE_TO_KILL";
const NOTES: &str = "ROADBLOCK_STORE_NOTES";

/// Kills. A run outside the quick suite sets `ROADBLOCK_KILLS` higher.
fn rounds() -> u32 {
    std::env::var("ROADBLOCK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there() {
    let top = tempfile::tempdir().unwrap();
    let (data, notes) = (top.path().join("data"), top.path().join("notes"));
    drop(create(&data));
    let (mut acknowledged, mut longest) = (0, Duration::ZERO);
    for round in 0..rounds() {
        let mut child = start_to_write(&data, &notes);
        std::thread::sleep(some_time(round));
        child.kill().unwrap();
        child.wait().unwrap();
        let begun = Instant::now();
        acknowledged = acknowledged_and_there(&data, &notes);
        longest = longest.max(begun.elapsed());
    }
    assert!(acknowledged > 100, "the processes wrote before they were killed: {acknowledged}");
    println!("kill: {} rounds, {acknowledged} acknowledged writes, 0 lost, opened and verified within {longest:?}", rounds());
}

/// From the start of a process to well within its writing.
pub(super) fn some_time(round: u32) -> Duration {
    Duration::from_millis(u64::from(30 + round * 7919 % 170))
}

/// Starts a process that writes to a store until it cannot any more.
pub(super) fn start_to_write(data: &Path, notes: &Path) -> Child {
    start_under(&[], data, notes)
}

/// The same, started by another program.
pub(super) fn start_under(program: &[&str], data: &Path, notes: &Path) -> Child {
    let own = std::env::current_exe().unwrap();
    let words: Vec<&OsStr> = program.iter().map(OsStr::new).chain([own.as_os_str()]).collect();
    Command::new(words[0])
        .args(&words[1..])
        .args(["--exact", "store::tests::kill::writes_until_it_is_killed", "--nocapture"])
        .env(DIRECTORY, data)
        .env(NOTES, notes)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// How many writes were acknowledged; fails unless the store opens with all of them and its chain is whole.
pub(super) fn acknowledged_and_there(data: &Path, notes: &Path) -> usize {
    let versions = reopened(data).versions;
    verify(data).unwrap();
    let there: HashMap<i64, &Version> = versions.iter().map(|version| (version.seq, version)).collect();
    let notes = fs::read_to_string(notes).unwrap_or_default();
    // The last line may be cut: it was noted by a thread that was killed.
    let lines = notes.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
    let is_lost = |line: &&str| {
        let (seq, id) = line.split_once(' ').unwrap();
        there.get(&seq.parse().unwrap()).is_none_or(|version| version.id != id)
    };
    let (lost, kept): (Vec<&str>, Vec<&str>) = lines.partition(is_lost);
    assert!(lost.is_empty(), "of {} and of {} versions there: {lost:?}", kept.len(), versions.len());
    kept.len()
}

/// No test by itself: the process that is killed.
#[test]
fn writes_until_it_is_killed() {
    let (Some(data), Some(notes)) = (std::env::var_os(DIRECTORY), std::env::var_os(NOTES)) else { return };
    let notes = OpenOptions::new().append(true).create(true).open(notes).unwrap();
    let (loaded, writer) = Store::open(Path::new(&data)).unwrap().start().unwrap();
    let (run, shared) = (loaded.versions.len(), Arc::new((writer, notes)));
    let threads = (0..WRITERS).map(|thread| {
        let shared = Arc::clone(&shared);
        std::thread::spawn(move || {
            let (writer, notes) = &*shared;
            for number in 0.. {
                let id = format!("w-{run}-{thread}-{number}");
                let committed = writer.commit(batch([put(&id, "x", Expected::New)]), now()).unwrap();
                // One call of the system, so that lines of several threads stay apart.
                let mut notes: &std::fs::File = notes;
                notes.write_all(format!("{} {id}\n", only(&committed).seq).as_bytes()).unwrap();
            }
        })
    });
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
}
