//! GDAL opens the server as a GIS desktop would, and its formats as files.

use crate::outside::{program, run, succeed};
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

const INSTALL: &str = "apt-get install gdal-bin";

fn tool(test: &str, name: &str) -> Option<PathBuf> {
    program(test, &[name], INSTALL)
}

#[test]
fn the_plain_address_opens_as_ogc_api_features() {
    let Some(ogrinfo) = tool("the_plain_address_opens_as_ogc_api_features", "ogrinfo") else { return };
    let server = Server::start();
    let address = format!("OAPIF:{}", server.url("/"));
    let listed = succeed(Command::new(&ogrinfo).args(["-ro", &address]));
    for layer in ["areas", "corridors", "places", "blockades"] {
        assert!(listed.contains(layer), "{listed}");
    }
    let summary = succeed(Command::new(&ogrinfo).args(["-ro", "-so", &address, "places"]));
    assert!(summary.contains("Feature Count: 128") && summary.contains("WGS 84"), "{summary}");
    let chosen = succeed(Command::new(&ogrinfo).args(["-ro", "-q", "-where", "subtype = 'ambush'", &address, "blockades"]));
    assert!(chosen.contains("About fifty tankers burned") && !chosen.contains("(String) = air_strike"), "{chosen}");
    server.assert_log_clean();
}

#[test]
fn a_vector_tile_opens() {
    let Some(ogrinfo) = tool("a_vector_tile_opens", "ogrinfo") else { return };
    let server = Server::start();
    let folder = TempDir::new().unwrap();
    let tile = folder.path().join("29.mvt");
    std::fs::write(&tile, server.bytes("/xyz/places,corridors/6/30/29.mvt")).unwrap();
    let said = succeed(Command::new(&ogrinfo).args(["-ro", "-al", "-so", "-oo", "X=30", "-oo", "Y=29", "-oo", "Z=6"]).arg(&tile));
    assert!(said.contains("Layer name: places") && said.contains("Layer name: corridors"), "{said}");
}

#[test]
fn files_that_gdal_writes_are_served() {
    let Some(ogr2ogr) = tool("files_that_gdal_writes_are_served", "ogr2ogr") else { return };
    let server = Server::start();
    let folder = TempDir::new().unwrap();
    let source = folder.path().join("places.geojson");
    std::fs::write(&source, server.bytes("/collections/places/download.geojson")).unwrap();
    let (gpkg, fgb, utm) = (folder.path().join("places.gpkg"), folder.path().join("flat.fgb"), folder.path().join("utm.gpkg"));
    succeed(Command::new(&ogr2ogr).args([&gpkg, &source]));
    succeed(Command::new(&ogr2ogr).args(["-f", "FlatGeobuf"]).args([&fgb, &source]));
    succeed(Command::new(&ogr2ogr).args(["-t_srs", "EPSG:32629", "-nln", "utm"]).args([&utm, &source]));
    let one = folder.path().join("one.fgb");
    succeed(Command::new(&ogr2ogr).args(["-f", "FlatGeobuf", "-where", "id = 'bamako'"]).args([&one, &source]));
    let paths = [&gpkg, &fgb, &utm, &one].map(|path| path.display().to_string());
    let files = Server::with(["serve"].into_iter().chain(paths.iter().map(String::as_str)));
    let collections = files.json("/collections");
    let names: Vec<&str> = collections["collections"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(names.len(), 5, "{names:?}");
    let expected = server.json("/collections/places/items?id=bamako");
    let expected = &expected["features"][0]["geometry"]["coordinates"];
    for layer in &names[1..] {
        let found = files.json(&format!("/collections/{layer}/items?id=bamako"));
        assert_eq!(found["numberMatched"], 1, "{layer}");
        let position = &found["features"][0]["geometry"]["coordinates"];
        for axis in 0..2 {
            let (one, other) = (position[axis].as_f64().unwrap(), expected[axis].as_f64().unwrap());
            assert!((one - other).abs() < 1e-6, "{layer}: {position} is not {expected}");
        }
    }
    files.assert_log_clean();
}

#[test]
fn gdal_sends_a_token_as_the_password() {
    let Some(ogrinfo) = tool("gdal_sends_a_token_as_the_password", "ogrinfo") else { return };
    let folder = TempDir::new().unwrap();
    let server = Server::spawn(keeping_program().args(["serve", "--data"]).arg(folder.path()));
    let token = made(folder.path(), &["--audience", "partner"]);
    let address = format!("OAPIF:{}", server.url("/"));
    let asking = |password: &str| {
        let mut command = Command::new(&ogrinfo);
        command.args(["-ro", &address]).env("GDAL_HTTP_USERPWD", format!("anna:{password}"));
        command
    };
    assert!(succeed(&mut asking(&token)).contains("blockades"));
    assert!(!run(&mut asking("rb_guess")).status.success());
}
