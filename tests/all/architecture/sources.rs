//! The sources as the tests of the house read them: without comments, without tests.

use crate::outside::top;
use std::path::{Path, PathBuf};

/// One Rust file outside tests.
pub(super) struct Source {
    /// Path from the top of the tree, with forward slashes.
    pub(super) path: String,
    /// The file as it is.
    pub(super) text: String,
    /// Its code: comment lines and the test module at its end taken out.
    pub(super) code: String,
}

/// Folders of program code, one a crate.
pub(super) const CRATES: [&str; 3] = ["layers/src", "tiles/src", "src"];

/// Every Rust file of the program, tests apart.
pub(super) fn program() -> Vec<Source> {
    CRATES.iter().flat_map(|folder| rust_files(&top().join(folder))).map(|path| read(&path)).collect()
}

fn read(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    let code = program.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let path = path.strip_prefix(top()).unwrap_or(path).to_string_lossy().replace('\\', "/");
    Source { path, text, code }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.map(|entry| entry.unwrap().path()) {
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if path.is_dir() && !is_test {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|suffix| suffix == "rs") && !is_test {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn the_sources_are_found() {
    let found = program();
    for folder in CRATES {
        assert!(found.iter().filter(|source| source.path.starts_with(folder)).count() > 5, "{folder}");
    }
    assert!(found.iter().all(|source| !source.code.contains("#[test]")));
}
