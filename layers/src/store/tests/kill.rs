//! Processes that are killed while they write: what they told anybody is there.
//!
//! The test starts this same program again as the process to be killed; its writers note each acknowledged write in a file.

use super::sample::*;
use crate::store::{Expected, Store, Version, verify};
use std::collections::HashMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const WRITERS: usize = 8;
/// Where the process to be killed finds its directory.
const DIRECTORY: &str = "ROADBLOCK_STORE_TO_KILL";
const NOTES: &str = "acknowledged";

/// Kills. A run outside the quick suite sets `ROADBLOCK_KILLS` higher.
fn rounds() -> u32 {
    std::env::var("ROADBLOCK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(50)
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there() {
    let top = tempfile::tempdir().unwrap();
    drop(create(top.path()));
    let (mut acknowledged, mut longest) = (0, Duration::ZERO);
    for round in 0..rounds() {
        run_and_kill(top.path(), Duration::from_millis(u64::from(30 + round * 7919 % 170)));
        let begun = Instant::now();
        let versions = reopened(top.path()).versions;
        longest = longest.max(begun.elapsed());
        let there: HashMap<i64, &Version> = versions.iter().map(|version| (version.seq, version)).collect();
        let notes = fs::read_to_string(top.path().join(NOTES)).unwrap_or_default();
        // The last line may be cut: it was noted by a thread that was killed.
        let lines: Vec<&str> = notes.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')).collect();
        for line in &lines {
            let (seq, id) = line.split_once(' ').unwrap();
            assert_eq!(there.get(&seq.parse().unwrap()).map(|version| version.id.as_str()), Some(id), "round {round}");
        }
        acknowledged = lines.len();
        verify(top.path()).unwrap();
    }
    assert!(acknowledged > 100, "the processes wrote before they were killed: {acknowledged}");
    println!("kill: {} rounds, {acknowledged} acknowledged writes, 0 lost, opened within {longest:?}", rounds());
}

fn run_and_kill(folder: &Path, after: Duration) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "store::tests::kill::writes_until_it_is_killed", "--nocapture"])
        .env(DIRECTORY, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// No test by itself: the process that is killed.
#[test]
fn writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(DIRECTORY) else { return };
    let folder = Path::new(&folder);
    let notes = OpenOptions::new().append(true).create(true).open(folder.join(NOTES)).unwrap();
    let (loaded, writer) = Store::open(folder).unwrap().start().unwrap();
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
