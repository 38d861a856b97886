//! Whoever waits at a terminal sees how far long work is; whatever reads a pipe sees none of it.

use crate::outside::{program as outside, succeed};
use crate::server::program;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Longer than any file that is read before anybody looks up.
const LONG: usize = 17 << 20;

/// Some towns, with long lists that no tile carries.
fn towns(folder: &Path) {
    let note = "x".repeat(1 << 20);
    let town = |number: usize| {
        json!({"type": "Feature", "id": number, "geometry": {"type": "Point", "coordinates": [-8.0 + number as f64, 12.6]},
               "properties": {"notes": [note]}})
        .to_string()
    };
    let text = (0..17).map(town).collect::<Vec<_>>().join("\n");
    assert!(text.len() > LONG);
    fs::write(folder.join("towns.geojsonl"), text).unwrap();
}

#[test]
fn a_long_file_and_an_archive_show_how_far_they_are_to_a_terminal_alone() {
    let test = "a_long_file_and_an_archive_show_how_far_they_are_to_a_terminal_alone";
    let Some(script) = outside(test, &["script"], "apt-get install bsdutils") else { return };
    let folder = TempDir::new().unwrap();
    towns(folder.path());
    let archive = program();
    let words = "archive all towns.pmtiles --zooms 0-3 --file towns.geojsonl";
    let line = format!("'{}' {words}", archive.get_program().display());
    let mut at_a_terminal = Command::new(script);
    // A terminal as most are, whatever this test itself is started from.
    at_a_terminal.args(["-q", "-e", "-c", &line, "/dev/null"]).env("TERM", "xterm").stdin(Stdio::null());
    for (name, value) in archive.get_envs() {
        match value {
            Some(value) => at_a_terminal.env(name, value),
            None => at_a_terminal.env_remove(name),
        };
    }
    let seen = succeed(at_a_terminal.current_dir(folder.path()));
    assert!(seen.contains("%  reading towns.geojsonl, "), "{seen:?}");
    assert!(seen.contains(" tiles, ") && seen.contains("100 %"), "{seen:?}");
    let (before, _) = seen.split_once("towns.pmtiles: ").expect("it says at last what was written");
    assert!(before.ends_with('\r') || before.ends_with("\x1b[2K"), "the bar is gone by then: {seen:?}");

    let mut piped = program();
    let output = crate::outside::run(piped.args(words.split(' ')).current_dir(folder.path()));
    let (out, err) = crate::outside::texts(&output);
    assert!(output.status.success() && out.contains("towns.pmtiles: "), "{out}{err}");
    assert!(!err.contains("reading") && !err.contains(" tiles, ") && !err.contains('\r'), "{err:?}");
}
