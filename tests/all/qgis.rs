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
