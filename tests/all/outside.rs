//! Clients that other people wrote: found on this machine, or the test is skipped out loud.
//!
//! A skipped test prints `SKIPPED name: reason`. With `ROADBLOCK_FORBID_SKIPS=1`, as `.ci/run` sets it, it fails instead.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;

/// Says on standard error, past the test runner's capture, that a test did not run; fails where skips are forbidden.
pub(crate) fn skip(test: &str, reason: &str) {
    let line = format!("SKIPPED {test}: {reason}");
    assert!(std::env::var_os("ROADBLOCK_FORBID_SKIPS").is_none_or(|value| value != "1"), "{line}");
    // Nobody listens when standard error is closed.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// A program on the search path; `None` after saying that `test` is skipped without it.
pub(crate) fn program(test: &str, names: &[&str], install: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&folders).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    let found = found.into_iter().find(|path| path.is_file());
    if found.is_none() {
        skip(test, &format!("{} is not on the search path; {install}", names.join(" or ")));
    }
    found
}

/// Debian's own Python with GDAL or QGIS in it; other Pythons do not have them.
pub(crate) fn python_with(test: &str, module: &str, install: &str) -> Option<PathBuf> {
    let python = PathBuf::from("/usr/bin/python3");
    let imports = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    if imports.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    skip(test, &format!("/usr/bin/python3 cannot import {module}; {install}"));
    None
}

/// Runs a command to its end; fails the test, with everything it printed, unless it succeeds.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = run(command);
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{command:?} ended with {}\n{out}\n{err}", output.status);
    out
}

/// Runs a command to its end, whatever it answers.
pub(crate) fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// Standard output and standard error of a command that ended.
pub(crate) fn texts(output: &Output) -> (String, String) {
    (String::from_utf8_lossy(&output.stdout).into_owned(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// The folder of the tests written for Node, after installing what they need: once, though tests run side by side.
pub(crate) fn node_tests() -> PathBuf {
    static INSTALLED: Once = Once::new();
    let folder = top().join("tests/browser");
    INSTALLED.call_once(|| {
        succeed(Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder));
    });
    folder
}

/// The top of the source tree.
pub(crate) fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
