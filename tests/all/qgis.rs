//! QGIS, without its window, opens the server: features and vector tiles by the plain address.

use crate::outside::{python_with, succeed, top};
use crate::server::Server;
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
