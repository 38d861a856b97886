//! Records that went through a GeoPackage, as GIS desktops write it.

use crate::outside::{program, run, succeed, texts};
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes a GeoPackage of a collection of points and of what has another place in a property, in the way of ogr2ogr: lists and objects as JSON in
/// texts, yes and no as BOOLEAN, ids in a column.
const PACK: &str = r#"
import json, sqlite3, struct, sys
features = json.load(open(sys.argv[1]))["features"]
db = sqlite3.connect(sys.argv[2])
db.executescript("""
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT, organization_coordsys_id INTEGER, definition TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES ('WGS 84', 4326, 'EPSG', 4326, 'undefined');
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, description TEXT, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT PRIMARY KEY, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z INTEGER, m INTEGER);
INSERT INTO gpkg_contents VALUES ('blockades', 'features', 'blockades', '', 4326);
INSERT INTO gpkg_geometry_columns VALUES ('blockades', 'geom', 'GEOMETRY', 4326, 0, 0);
""")
names = ["id"] + sorted({name for feature in features for name in feature["properties"]} - {"id"})
flags = {name for feature in features for name, value in feature["properties"].items() if isinstance(value, bool)}
columns = ", ".join('"%s" %s' % (name, "BOOLEAN" if name in flags else "") for name in names)
db.execute("CREATE TABLE blockades (fid INTEGER PRIMARY KEY, geom BLOB, %s)" % columns)
def cell(value):
    return json.dumps(value) if isinstance(value, (list, dict)) else value
for feature in features:
    place, blob = feature["geometry"], None
    if place and place["type"] == "Point":
        blob = b"GP\0\1" + struct.pack("<i", 4326) + struct.pack("<bIdd", 1, 1, *place["coordinates"])
    said = dict(feature["properties"], id=feature["id"])
    db.execute("INSERT INTO blockades VALUES (NULL, ?%s)" % (", ?" * len(names)), [blob] + [cell(said.get(name)) for name in names])
db.commit()
"#;

/// Of the fields of a survey, made in QGIS.
const MAPPING: &str = r#"
layer = "blockades"
[record.id]
prefix = "field-"
columns = ["id"]
[record.members]
name = { template = "Seen by {name}" }
subtype = "checkpoint"
temporality = "state"
effect = "restricts"
severity = { column = "severity", as = "whole" }
actor = "UNKNOWN"
attribution = "reported"
sensitivity = "restricted"
valid_from = "2025-10-03"
sources = ["press-9"]
"#;

struct Place {
    top: tempfile::TempDir,
    data: PathBuf,
}

impl Place {
    /// A store with the built-in data, and its blockades as editors see them.
    fn with_export() -> (Self, PathBuf) {
        let top = tempfile::tempdir().unwrap();
        let place = Self { data: top.path().join("data"), top };
        let server = Server::spawn(keeping_program().args(["serve", "--data"]).arg(&place.data));
        server.bytes("/healthz");
        assert!(server.stop());
        let out = place.path("blockades.geojson");
        let mut export = keeping_program();
        succeed(export.args(["export", "--layer", "blockades", "--audience", "editor", "--data"]).arg(&place.data).arg(&out));
        (place, out)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    /// The collection as a GeoPackage.
    fn packed(&self, python: &Path, document: &Value, name: &str) -> PathBuf {
        let (file, package) = (self.path("changed.geojson"), self.path(name));
        fs::write(&file, document.to_string()).unwrap();
        succeed(Command::new(python).args(["-c", PACK]).arg(&file).arg(&package));
        package
    }

    fn import(&self, words: &[&str], file: &Path) -> Command {
        let mut command = keeping_program();
        command.arg("import").arg("--data").arg(&self.data).args(words).arg(file);
        command
    }
}

#[test]
fn a_layer_that_ogr2ogr_made_a_geopackage_of_comes_back_as_it_was() {
    let test = "a_layer_that_ogr2ogr_made_a_geopackage_of_comes_back_as_it_was";
    let Some(ogr2ogr) = program(test, &["ogr2ogr"], "apt-get install gdal-bin") else { return };
    let (place, exported) = Place::with_export();
    let package = place.path("blockades.gpkg");
    succeed(Command::new(ogr2ogr).args(["-f", "GPKG"]).arg(&package).arg(&exported));
    let told = succeed(&mut place.import(&["--layer", "blockades"], &package));
    assert!(told.contains("0 new, 0 changed, 45 unchanged"), "{told}");
}

#[test]
fn records_come_from_a_geopackage_and_only_once() {
    let Some(python) = program("records_come_from_a_geopackage_and_only_once", &["python3"], "apt-get install python3") else {
        return;
    };
    let (place, exported) = Place::with_export();
    let packed = |document: &Value, name: &str| place.packed(&python, document, name);
    let mut document: Value = serde_json::from_slice(&fs::read(&exported).unwrap()).unwrap();
    let layer = ["--layer", "blockades"];
    let told = succeed(&mut place.import(&layer, &packed(&document, "same.gpkg")));
    assert!(told.contains("0 new, 0 changed, 45 unchanged"), "{told}");

    let features = document["features"].as_array_mut().unwrap();
    features.truncate(2);
    let changed = features[0]["id"].as_str().unwrap().to_owned();
    let before = features[0]["properties"]["severity"].as_u64().unwrap();
    features[0]["properties"]["severity"] = (5 - before).into();
    features[1]["id"] = "ev-from-qgis".into();
    let package = packed(&document, "changed.gpkg");
    let told = succeed(place.import(&layer, &package).arg("--dry-run"));
    let severity = format!("severity {before} -> {}", 5 - before);
    for said in [&format!("changed  {changed}: "), severity.as_str(), "new      ev-from-qgis", "nothing was changed"] {
        assert!(told.contains(said), "no {said} in {told}");
    }
    let told = succeed(&mut place.import(&layer, &package));
    assert!(told.contains("1 new, 1 changed, 0 unchanged"), "{told}");
    let told = succeed(&mut place.import(&layer, &package));
    assert!(told.contains("0 new, 0 changed, 2 unchanged"), "{told}");

    // By a mapping, and where the geometry says.
    let feature = json!({"type": "Feature", "id": "K-7", "geometry": {"type": "Point", "coordinates": [-8.25, 12.5]},
        "properties": {"name": "Amina", "severity": 2, "sources": null}});
    let mut survey = json!({"features": [feature]});
    let mapping = place.path("survey.toml");
    fs::write(&mapping, MAPPING.replace("press-9", "bbc-0917")).unwrap();
    let words = ["--mapping", mapping.to_str().unwrap()];
    let told = succeed(&mut place.import(&words, &packed(&survey, "survey.gpkg")));
    assert!(told.contains("1 new"), "{told}");
    survey["features"][0]["properties"]["severity"] = 9.into();
    let output = run(&mut place.import(&words, &packed(&survey, "wrong.gpkg")));
    let told = texts(&output).0;
    assert!(output.status.code() == Some(1) && told.contains("wrong.gpkg: row 1: error bad_number at /severity"), "{told}");

    let mut export = keeping_program();
    let out = place.path("after.geojson");
    succeed(export.args(["export", "--layer", "blockades", "--audience", "editor", "--data"]).arg(&place.data).arg(&out));
    let after: Value = serde_json::from_slice(&fs::read(&out).unwrap()).unwrap();
    let found = after["features"].as_array().unwrap().iter().find(|feature| feature["id"] == "field-k-7").unwrap();
    assert_eq!(found["geometry"]["coordinates"], json!([-8.25, 12.5]));
    assert_eq!(found["properties"]["name"], "Seen by Amina");
}

/// Makes of a package one whose table is a program: a view that never ends.
const ENDLESS: &str = r#"
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executescript("""
DROP TABLE blockades;
CREATE VIEW blockades AS WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n) SELECT n AS fid, NULL AS geom, 'ev-' || n AS id FROM n;
""")
"#;

#[test]
fn a_geopackage_is_sent_to_a_server_and_nothing_of_it_is_left() {
    let test = "a_geopackage_is_sent_to_a_server_and_nothing_of_it_is_left";
    let Some(python) = program(test, &["python3"], "apt-get install python3") else { return };
    let (place, exported) = Place::with_export();
    let editor = made(&place.data, &["--audience", "editor"]);
    let temporary = place.path("temporary");
    fs::create_dir(&temporary).unwrap();
    let server = Server::spawn(keeping_program().env("TMPDIR", &temporary).args(["serve", "--data"]).arg(&place.data));
    let send = |package: &Path, parameters: &str| {
        let request = server.method(Method::POST, &format!("/collections/blockades/items?{parameters}")).bearer_auth(&editor);
        let request = request.header("content-type", "application/geopackage+sqlite3").body(fs::read(package).unwrap());
        let answer = request.send().unwrap();
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
        (answer.status().as_u16(), serde_json::from_str::<Value>(&answer.text().unwrap()).unwrap())
    };
    let mut document: Value = serde_json::from_slice(&fs::read(&exported).unwrap()).unwrap();
    let (status, told) = send(&place.packed(&python, &document, "same.gpkg"), "");
    assert_eq!((status, &told["new"], &told["changed"], &told["unchanged"]), (200, &json!(0), &json!(0), &json!(45)), "{told}");

    let features = document["features"].as_array_mut().unwrap();
    features.truncate(2);
    let changed = features[0]["id"].clone();
    let before = features[0]["properties"]["severity"].as_u64().unwrap();
    features[0]["properties"]["severity"] = (5 - before).into();
    features[1]["id"] = "ev-from-qgis".into();
    let package = place.packed(&python, &document, "changed.gpkg");
    let (status, told) = send(&package, "table=roads");
    assert!(status == 422 && told["detail"].as_str().unwrap().contains("it has: blockades"), "{told}");
    let (_, tried) = send(&package, "table=blockades&dry_run=true");
    let (status, told) = send(&package, "table=blockades");
    assert_eq!(
        (status, &told["new"], &told["changed"], &told["changes"]),
        (200, &json!(1), &json!(1), &tried["changes"]),
        "{told}"
    );
    let severity = format!("severity {before} -> {}", 5 - before);
    // The package also says what the record takes for granted.
    assert_eq!((&told["changes"][0]["id"], &told["changes"][0]["what"]), (&changed, &json!("changed")));
    assert!(told["changes"][0]["members"].as_array().unwrap().contains(&severity.into()), "{told}");
    assert_eq!(told["changes"][1], json!({"id": "ev-from-qgis", "what": "new", "members": []}));
    let (_, again) = send(&package, "");
    assert_eq!((&again["new"], &again["changed"], &again["unchanged"]), (&json!(0), &json!(0), &json!(2)), "{again}");

    document["features"][0]["properties"]["severity"] = 9.into();
    let (status, told) = send(&place.packed(&python, &document, "wrong.gpkg"), "");
    assert_eq!(
        (status, &told["findings"][0]["row"], &told["findings"][0]["pointer"]),
        (422, &json!(1), &json!("/severity")),
        "{told}"
    );
    succeed(Command::new(&python).args(["-c", ENDLESS]).arg(&package));
    let (status, told) = send(&package, "");
    assert!(status == 422 && told["detail"].as_str().unwrap().contains("is a view"), "{told}");
    server.assert_log_clean();
}
