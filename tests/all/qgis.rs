//! QGIS, without its window, opens the server: features and vector tiles by the plain address.

use crate::outside::{python_with, succeed, top};
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use std::process::Command;

#[test]
fn qgis_reads_features_and_tiles() {
    let install = "apt-get install python3-qgis";
    let Some(python) = python_with("qgis_reads_features_and_tiles", "qgis.core", install) else { return };
    let server = Server::start();
    let said = succeed(
        Command::new(python).arg(top().join("tests/qgis/read.py")).arg(server.url("/")).env("QT_QPA_PLATFORM", "offscreen"),
    );
    assert!(said.contains("places: 128 features") && said.contains("tiles: valid"), "{said}");
    server.assert_log_clean();
}

#[test]
fn qgis_sends_a_token_as_the_password() {
    let install = "apt-get install python3-qgis";
    let Some(python) = python_with("qgis_sends_a_token_as_the_password", "qgis.core", install) else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::spawn(keeping_program().args(["serve", "--data"]).arg(folder.path()));
    let token = made(folder.path(), &["--audience", "partner"]);
    let mut command = Command::new(python);
    command.arg(top().join("tests/qgis/known.py")).args([&server.url("/"), &token, "rb_guess"]);
    let said = succeed(command.env("QT_QPA_PLATFORM", "offscreen"));
    assert!(said.contains("right: 128, wrong: False"), "{said}");
}

/// The number that a line of what was said ends with.
fn count(said: &str, what: &str) -> u64 {
    let line = said.lines().find_map(|line| line.strip_prefix(what));
    line.and_then(|count| count.trim_start_matches(": ").parse().ok()).unwrap_or_else(|| panic!("no {what}: {said}"))
}

#[test]
fn qgis_draws_the_styles_with_letters_icons_and_hatches() {
    let install = "apt-get install python3-qgis";
    let Some(python) = python_with("qgis_draws_the_styles_with_letters_icons_and_hatches", "qgis.core", install) else { return };
    let server = Server::start();
    for style in ["access", "access-dark", "print"] {
        let mut command = Command::new(&python);
        command.arg(top().join("tests/qgis/style.py")).args([&server.url("/"), style]);
        let said = succeed(command.env("QT_QPA_PLATFORM", "offscreen"));
        // Without the font on the machine QGIS writes in another one, and says so.
        let mut warnings = said.lines().filter(|line| line.starts_with("warning: "));
        assert!(warnings.all(|line| line.contains("Referenced font")), "{said}");
        for (what, least) in [("letters", 500), ("icons", 100), ("hatches", 2_000)] {
            assert!(count(&said, what) > least, "{style}, {what}: {said}");
        }
    }
    server.assert_log_clean();
}
