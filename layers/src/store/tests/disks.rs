//! Disks that fail: the power is cut while they are written to, they are full, or they say that they could not write.
//!
//! The first two need root: the test starts this same program again in a mount namespace of its own and gives it small disks. The power is cut by ext4's own
//! means (FS_IOC_SHUTDOWN without a flush of its log): what was not synced is gone.

use super::kill::{acknowledged_and_there, some_time, start_to_write, start_under};
use super::sample::*;
use crate::store::{CommitError, Expected, Store};
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Says to the program started again where it may mount.
const PLACE: &str = "ROADBLOCK_STORE_MOUNTS";
/// Cuts the power of the file system that a path is on. Python, so that this crate needs no unsafe code.
const CUT: &str = "import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587d, struct.pack('I', 2))";

/// Exit code of a test program that failed.
const PANICKED: i32 = 101;

/// How often something fails; a run outside the quick suite says more.
fn rounds(name: &str, usual: u32) -> u32 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn runs(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

fn must(program: &str, arguments: &[&str]) {
    assert!(runs(program, arguments), "{program} {arguments:?}");
}

/// Says past the test runner's capture that a test did not run; nobody listens when standard error is closed.
fn skip(test: &str, reason: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED {test}: {reason}");
}

/// Runs a test of this module again where it may mount; says why not where that cannot be.
fn in_a_namespace(test: &str) {
    let top = tempfile::tempdir().unwrap();
    let (place, image) = (top.path().display().to_string(), top.path().join("probe"));
    File::create(&image).unwrap().set_len(8 << 20).unwrap();
    let probe =
        "mkfs.ext4 -q -F $0/probe && mkdir $0/mount && mount -o loop $0/probe $0/mount && python3 -c '' && umount $0/mount";
    if !runs("unshare", &["-m", "sh", "-c", probe, &place]) {
        return skip(test, "needs root that may mount, unshare, mkfs.ext4 and python3");
    }
    let output = Command::new("unshare")
        .arg("-m")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("store::tests::disks::{test}"), "--nocapture"])
        .env(PLACE, top.path())
        .output()
        .unwrap();
    let (told, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{told}\n{error}");
    told.lines().filter(|line| line.contains(" rounds, ")).for_each(|line| println!("{line}"));
}

#[test]
fn what_was_acknowledged_before_a_power_cut_is_there() {
    match std::env::var_os(PLACE) {
        None => in_a_namespace("what_was_acknowledged_before_a_power_cut_is_there"),
        Some(place) => cuts(Path::new(&place)),
    }
}

fn cuts(place: &Path) {
    let (image, mount, notes) = (place.join("image"), place.join("disk"), place.join("notes"));
    let data = mount.join("data");
    File::create(&image).unwrap().set_len(64 << 20).unwrap();
    fs::create_dir(&mount).unwrap();
    let (image, mount) = (image.to_str().unwrap(), mount.to_str().unwrap());
    must("mkfs.ext4", &["-q", "-F", image]);
    must("mount", &["-o", "loop", image, mount]);
    drop(create(&data));
    let (mut acknowledged, rounds) = (0, rounds("ROADBLOCK_POWER_CUTS", 25));
    for round in 0..rounds {
        let mut child = start_to_write(&data, &notes);
        std::thread::sleep(some_time(round));
        // First the process stops, then the disk: an fsync that ext4 has under way while it is shut down can say that all is well when it is not.
        child.kill().unwrap();
        child.wait().unwrap();
        must("python3", &["-c", CUT, mount]);
        must("umount", &[mount]);
        must("mount", &["-o", "loop", image, mount]);
        acknowledged = acknowledged_and_there(&data, &notes);
    }
    must("umount", &[mount]);
    assert!(acknowledged > 100, "the processes wrote before the cuts: {acknowledged}");
    println!("power cut: {rounds} rounds, {acknowledged} acknowledged writes, 0 lost");
}

#[test]
fn a_disk_that_is_full_takes_changes_again_when_there_is_room() {
    match std::env::var_os(PLACE) {
        None => in_a_namespace("a_disk_that_is_full_takes_changes_again_when_there_is_room"),
        Some(place) => fills(Path::new(&place)),
    }
}

fn fills(place: &Path) {
    let mount = place.join("disk");
    let (data, ballast) = (mount.join("data"), mount.join("ballast"));
    fs::create_dir(&mount).unwrap();
    must("mount", &["-t", "tmpfs", "-o", "size=4m", "tmpfs", mount.to_str().unwrap()]);
    let writer = writer(&data);
    fs::write(&ballast, vec![1; 1 << 20]).unwrap();
    let long = "x".repeat(4000);
    let commit = |number: usize| writer.commit(batch([put(&format!("n-{number}"), &long, Expected::New)]), now());
    let mut kept = 0;
    let refused = (0..2000).find_map(|number| commit(number).map(|_| kept += 1).err());
    assert_eq!(refused, Some(CommitError::DiskFull));
    assert_eq!(commit(3000), Err(CommitError::DiskFull));
    fs::remove_file(&ballast).unwrap();
    commit(4000).expect("there is room again");
    drop(writer);
    assert_eq!(Store::open(&data).unwrap().loaded().versions.len(), 3 + kept + 1);
    must("umount", &[mount.to_str().unwrap()]);
    println!("full disk: 1 rounds, {kept} writes before, 2 refused, 1 after");
}

#[test]
fn what_was_acknowledged_before_a_write_failed_is_there() {
    if !runs("strace", &["-f", "true"]) {
        return skip("what_was_acknowledged_before_a_write_failed_is_there", "needs strace, and leave to use it");
    }
    let top = tempfile::tempdir().unwrap();
    let (data, notes) = (top.path().join("data"), top.path().join("notes"));
    drop(create(&data));
    let (calls, mut acknowledged, rounds) = (["fsync", "pwrite64"], 0, rounds("ROADBLOCK_FAILED_WRITES", 12));
    for round in 0..rounds {
        // The first calls of a process are its opening; farther on than this it would write for long.
        let (call, number) = (calls[round as usize % 2], 3 + round % 12 * 4);
        let (traced, inject) = (format!("trace={}", calls.join(",")), format!("inject={call}:error=EIO:when={number}"));
        // The process ends by itself when it is told that a commit failed; if it never were, it would be ended.
        let strace = ["strace", "-f", "-o", "/dev/null", "-e", &traced, "-e", &inject, "timeout", "-s", "KILL", "60"];
        let ended = start_under(&strace, &data, &notes).wait().unwrap();
        assert_eq!(ended.code(), Some(PANICKED), "{call} {number}");
        acknowledged = acknowledged_and_there(&data, &notes);
    }
    assert!(acknowledged > 0);
    println!("failed writes: {rounds} rounds, {acknowledged} acknowledged writes, 0 lost");
}
