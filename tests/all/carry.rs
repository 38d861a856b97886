//! Records carried out of a store and into one: a whole world, layers as GeoJSON, tables of others.

use crate::outside::{run, succeed, texts, top};
use crate::server::{Server, keeping_program};
use crate::tokens::made;
use reqwest::Method;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory whose store holds the built-in data, and one beside it for files.
struct Place {
    top: tempfile::TempDir,
    data: PathBuf,
}

impl Place {
    fn new() -> Self {
        let top = tempfile::tempdir().unwrap();
        let data = top.path().join("data");
        let server = served(&data);
        // Once it answers, it hears the signal that stops it.
        server.bytes("/healthz");
        assert!(server.stop());
        Self { top, data }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.top.path().join(name)
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    fn collection(&self, name: &str, features: &[Value]) -> PathBuf {
        self.file(name, &json!({"type": "FeatureCollection", "features": features}).to_string())
    }
}

fn served(data: &Path) -> Server {
    Server::spawn(keeping_program().args(["serve", "--public-url", "http://127.0.0.1:1", "--data"]).arg(data))
}

fn export(data: &Path, words: &[&str], out: &Path) -> Command {
    let mut command = keeping_program();
    command.arg("export").arg("--data").arg(data).args(words).arg(out);
    command
}

fn import(data: &Path, words: &[&str], file: &Path) -> Command {
    let mut command = keeping_program();
    command.arg("import").arg("--data").arg(data).args(words).arg(file);
    command
}

fn verified(data: &Path) -> String {
    succeed(keeping_program().args(["audit", "verify", "--data"]).arg(data))
}

/// Exit code and everything printed.
fn refused(command: &mut Command) -> (i32, String) {
    let output = run(command);
    let (out, err) = texts(&output);
    (output.status.code().unwrap(), out + &err)
}

fn ambush(id: &str) -> Value {
    json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [-8.5, 12.25]}, "properties": {
        "name": "Convoy stopped", "subtype": "ambush", "temporality": "event", "effect": "advisory", "severity": 3, "actor": "UNKNOWN",
        "attribution": "reported", "certainty": "likely", "valid_from": "2025-10-10", "sensitivity": "public",
        "sources": [{"id": "paper-1", "title": "A convoy was stopped", "publisher": "A paper"}]}})
}

#[test]
fn a_world_goes_through_a_file_and_answers_as_before() {
    let place = Place::new();
    let (file, again, second) = (place.path("world.jsonl"), place.path("again.jsonl"), place.path("second"));
    let reports = place.collection("reports.geojson", &[ambush("ev-new")]);
    succeed(&mut import(&place.data, &["--layer", "blockades", "--who", "an editor"], &reports));
    let told = succeed(&mut export(&place.data, &[], &file));
    assert!(told.contains("world.jsonl: ") && told.contains(" versions"), "{told}");
    let (code, told) = refused(&mut export(&place.data, &[], &file));
    assert!(code == 2 && told.contains("--replace"), "{told}");
    succeed(&mut export(&place.data, &["--replace"], &file));

    let text = fs::read_to_string(&file).unwrap();
    let (first, rest) = text.split_once('\n').unwrap();
    let heading: Value = serde_json::from_str(first).unwrap();
    assert_eq!((heading["format"].as_str(), heading["audience"].as_str()), (Some("roadblock-world"), Some("editor")));
    assert!(heading["disclaimer"].as_str().unwrap().contains("20") && heading["date"].is_string(), "{first}");
    assert_eq!(heading["versions"].as_u64().unwrap(), rest.lines().count() as u64);
    assert!(rest.contains("\"who\":\"an editor\""));

    succeed(&mut import(&second, &["--dry-run"], &file));
    assert!(!second.exists());
    succeed(&mut import(&second, &[], &file));
    assert_eq!(verified(&place.data), verified(&second), "every hash of the log");
    succeed(&mut export(&second, &[], &again));
    assert_eq!(fs::read_to_string(&again).unwrap().split_once('\n').unwrap().1, rest);
    let (code, told) = refused(&mut import(&second, &[], &file));
    assert!(code == 2 && told.contains("without a store"), "{told}");

    let (one, other) = (served(&place.data), served(&second));
    for path in [
        "/collections/blockades/items?f=json&limit=500",
        "/xyz/all/6/30/29.mvt",
        "/collections/areas/items?f=json&known_at=2025-09-20",
    ] {
        assert_eq!(one.bytes(path), other.bytes(path), "{path}");
    }
    let (code, told) = refused(&mut import(&place.data, &["--layer", "blockades"], &reports));
    assert!(code == 2 && told.contains("POST /collections/{layer}/items"), "{told}");
    let (code, told) = refused(&mut export(&place.data, &[], &place.path("third.jsonl")));
    assert!(code == 2 && told.contains("held by another roadblock"), "{told}");

    let (code, told) = refused(&mut import(&place.path("third"), &["--layer", "blockades"], &file));
    assert!(code == 2 && told.contains("leave out --layer"), "{told}");
    let cut = place.file("cut.jsonl", &text[..text.len() / 2]);
    let (code, told) = refused(&mut import(&place.path("third"), &[], &cut));
    assert!(code == 1 && told.contains("the file was cut") && !place.path("third").exists(), "{told}");
}

#[test]
fn reports_come_in_once_and_a_dry_run_tells_what_would_change() {
    let place = Place::new();
    let layer = ["--layer", "blockades"];
    let dry = ["--layer", "blockades", "--dry-run"];
    let file = place.collection("reports.geojson", &[ambush("ev-one"), ambush("ev-two")]);
    let before = verified(&place.data);
    let told = succeed(&mut import(&place.data, &dry, &file));
    assert!(told.contains("new      ev-one\nnew      ev-two\n2 new, 0 changed, 0 unchanged; nothing was changed"), "{told}");
    assert_eq!(verified(&place.data), before);
    assert_eq!(succeed(&mut import(&place.data, &layer, &file)), "2 new, 0 changed, 0 unchanged\n");
    let after = verified(&place.data);
    assert_eq!(succeed(&mut import(&place.data, &layer, &file)), "0 new, 0 changed, 2 unchanged; nothing was changed\n");
    assert_eq!(verified(&place.data), after);

    let mut worse = ambush("ev-two");
    worse["properties"]["severity"] = 4.into();
    worse["properties"]["notes"] = "Three lorries".into();
    let file = place.collection("reports.geojson", &[ambush("ev-one"), worse]);
    let told = succeed(&mut import(&place.data, &dry, &file));
    assert!(
        told.starts_with("changed  ev-two: notes nothing -> \"Three lorries\"; severity 3 -> 4\n0 new, 1 changed, 1 unchanged"),
        "{told}"
    );
    succeed(&mut import(&place.data, &layer, &file));
    let server = served(&place.data);
    let read = server.json("/collections/blockades/items/ev-two?f=json");
    assert_eq!((&read["properties"]["severity"], &read["properties"]["notes"]), (&json!(4), &json!("Three lorries")));

    let editor = made(&place.data, &["--audience", "editor", "--allow-blind-edits"]);
    let gone = server.method(Method::DELETE, "/collections/blockades/items/ev-two").bearer_auth(editor).header("if-match", "*");
    assert!(gone.send().unwrap().status().is_success());
    assert!(server.stop());
    let told = succeed(&mut import(&place.data, &layer, &file));
    assert_eq!(told, "0 new, 0 changed, 1 unchanged, 1 withdrawn here and left so; nothing was changed\n");
}

#[test]
fn all_that_is_wrong_is_told_and_nothing_is_imported() {
    let place = Place::new();
    let mut bad = ambush("ev-bad");
    bad["properties"]["severity"] = 9.into();
    bad["properties"]["sources"] = json!(["nobody-knows"]);
    let mut nameless = ambush("ev-nameless");
    nameless.as_object_mut().unwrap().remove("id");
    let mut vague = ambush("ev-vague");
    vague["properties"]["generalised"] = true.into();
    let features = [ambush("ev-good"), bad, nameless, ambush("ev-good"), ambush("bamako"), json!({"type": "Point"}), vague];
    let file = place.collection("reports.geojson", &features);
    let before = verified(&place.data);
    let (code, told) = refused(&mut import(&place.data, &["--layer", "blockades"], &file));
    assert_eq!(code, 1, "{told}");
    for expected in [
        "reports.geojson: feature 2: error bad_number at /severity: write a whole number from 0 to 5",
        "reports.geojson: feature 3: error missing at /id: ",
        "reports.geojson: feature 4: error repeated_id at /id: ",
        "reports.geojson: feature 5: error id_taken at /id: 'bamako' is the id of a record of kind 'place'",
        "reports.geojson: feature 6: error not_a_feature at /type: ",
        "reports.geojson: feature 7: error generalised at /generalised: ",
        "nothing was imported",
    ] {
        assert!(told.contains(expected), "{expected}\nis not in\n{told}");
    }
    assert_eq!(verified(&place.data), before);
    let (code, told) = refused(&mut import(&place.data, &[], &file));
    assert!(code == 2 && told.contains("--layer"), "{told}");
    let (code, told) = refused(&mut import(&place.path("nothing"), &["--layer", "blockades"], &file));
    assert!(code == 2 && told.contains("no store"), "{told}");
}

#[test]
fn a_layer_is_written_for_an_audience_and_comes_back_unchanged() {
    let place = Place::new();
    let mut quiet = ambush("ev-quiet");
    quiet["properties"]["sensitivity"] = "strict".into();
    quiet["properties"]["notes_internal"] = "By telephone".into();
    succeed(&mut import(&place.data, &["--layer", "blockades"], &place.collection("quiet.geojson", &[quiet])));
    for layer in ["blockades", "areas", "places", "segments", "corridors"] {
        let out = place.path(&format!("{layer}.geojson"));
        succeed(&mut export(&place.data, &["--layer", layer, "--audience", "editor"], &out));
        let told = succeed(&mut import(&place.data, &["--layer", layer, "--dry-run"], &out));
        assert!(told.contains("0 new, 0 changed, ") && !told.contains(" 0 unchanged"), "{layer}: {told}");
    }
    let public = succeed(&mut export(&place.data, &["--layer", "blockades"], Path::new("-")));
    let mine = fs::read_to_string(place.path("blockades.geojson")).unwrap();
    assert!(mine.contains("By telephone") && !public.contains("By telephone") && !public.contains("ev-quiet"));
    let read: Value = serde_json::from_str(&public).unwrap();
    assert_eq!(read["audience"], "public");
    assert!(read["disclaimer"].is_string() && read["timeStamp"].is_string() && read["known_at"].is_string());
    let server = served(&place.data);
    let download = server.json("/collections/blockades/download.geojson");
    assert_eq!(read["features"], download["features"]);
    drop(server);
    let (code, told) = refused(&mut import(&place.data, &["--layer", "blockades"], &place.file("public.geojson", &public)));
    assert!(code == 1 && told.contains("--audience editor"), "{told}");
    let (code, told) = refused(&mut export(&place.data, &["--layer", "lakes"], Path::new("-")));
    assert!(code == 2 && told.contains("there are: "), "{told}");
}

/// The first block of a language in the page about all this.
fn of_the_page(language: &str) -> String {
    let page = fs::read_to_string(top().join("docs/import-export.md")).unwrap();
    let start = page.split_once(&format!("```{language}\n")).unwrap().1;
    start.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_table_of_the_page_comes_in_by_the_mapping_of_the_page() {
    let place = Place::new();
    let mapping = place.file("field.toml", &of_the_page("toml"));
    let table = of_the_page("csv");
    let words = ["--mapping", mapping.to_str().unwrap()];
    let (code, told) = refused(&mut import(&place.data, &words, &place.file("field.csv", &table)));
    assert!(code == 1 && told.contains("field.csv: row 3: error bad_row at /: 10 cells in a table of 9 columns"), "{told}");
    let right = place.file("field.csv", &table.replace("fuel; food", "\"fuel; food\""));
    let told = succeed(&mut import(&place.data, &[words[0], words[1], "--dry-run"], &right));
    assert!(told.starts_with("new      field-k-7\nnew      field-k-8\n2 new, 0 changed, 0 unchanged"), "{told}");
    assert_eq!(succeed(&mut import(&place.data, &words, &right)), "2 new, 0 changed, 0 unchanged\n");
    assert_eq!(succeed(&mut import(&place.data, &words, &right)), "0 new, 0 changed, 2 unchanged; nothing was changed\n");

    let text = succeed(&mut export(&place.data, &["--layer", "blockades", "--audience", "editor"], Path::new("-")));
    let read: Value = serde_json::from_str(&text).unwrap();
    let feature = read["features"].as_array().unwrap().iter().find(|feature| feature["id"] == "field-k-8").unwrap();
    let said = &feature["properties"];
    assert_eq!(
        (&said["subtype"], &said["commodity"], &said["certainty"]),
        (&json!("checkpoint"), &json!(["fuel", "food"]), &json!("likely"))
    );
    assert_eq!((&said["valid_to"], &feature["geometry"]["coordinates"]), (&json!("2025-10-09T00:00:00Z"), &json!([-8.5, 12.75])));

    let (code, told) = refused(&mut import(&place.data, &[], &right));
    assert!(code == 2 && told.contains("--layer"), "{told}");
    let (code, told) = refused(&mut import(&place.data, &["--layer", "blockades"], &right));
    assert!(code == 2 && told.contains("--mapping FILE"), "{told}");
    let (code, told) = refused(&mut import(&place.data, &["--layer", "areas", "--mapping", "acled"], &right));
    assert!(code == 2 && told.contains("'blockades', not of 'areas'"), "{told}");
}
