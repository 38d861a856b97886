//! Anybody's files: served, repaired, refused, reloaded, checked.

use crate::outside::{run, texts};
use crate::server::{Server, program};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tempfile::TempDir;

fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    path
}

fn point(id: u32, longitude: f64, latitude: f64) -> Value {
    json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [longitude, latitude]}, "properties": {"name": format!("n{id}")}})
}

fn collection(features: &[Value]) -> String {
    json!({"type": "FeatureCollection", "features": features}).to_string()
}

fn serve(paths: &[&Path]) -> Server {
    let arguments: Vec<String> =
        ["serve".to_owned()].into_iter().chain(paths.iter().map(|path| path.display().to_string())).collect();
    Server::with(arguments)
}

#[test]
fn geojson_sequence_and_csv_serve_side_by_side() {
    let folder = TempDir::new().unwrap();
    let towns = file(&folder, "Towns 2025.geojson", &collection(&[point(1, -8.0, 12.6), point(2, -4.0, 14.5)]));
    let lines: Vec<String> = (1..=3).map(|id| point(id, f64::from(id), 1.0).to_string()).collect();
    let sequence = file(&folder, "wells.geojsonl", &lines.join("\n"));
    let table = file(&folder, "markets.csv", "name,lon,lat,stalls\nBamako,-8.0,12.65,40\nMopti,-4.18,14.49,12\n");
    let server = serve(&[&towns, &sequence, &table]);
    let collections = server.json("/collections");
    let names: Vec<&str> = collections["collections"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["basemap", "towns_2025", "wells", "markets"]);
    assert_eq!(server.json("/collections/towns_2025/items/2")["properties"]["name"], "n2");
    assert_eq!(server.json("/collections/wells/items")["numberMatched"], 3);
    assert_eq!(server.json("/collections/markets/items?stalls=12")["features"][0]["properties"]["name"], "Mopti");
    let tile = mvt_reader::Reader::new(server.bytes("/xyz/all/0/0/0.mvt")).unwrap();
    assert_eq!(tile.get_layer_names().unwrap(), ["towns_2025", "wells", "markets"]);
    let picture = image::load_from_memory(&server.bytes("/xyz/markets/4/7/7.png")).unwrap().into_rgba8();
    assert!(picture.pixels().any(|pixel| pixel.0[3] > 0), "a layer no rule names is drawn all the same");
    server.assert_log_clean();
}

#[test]
fn a_bad_feature_is_repaired_or_skipped_and_counted() {
    let folder = TempDir::new().unwrap();
    let bow_tie = json!({"type": "Feature", "id": 9, "properties": {}, "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}});
    let path = file(&folder, "mixed.geojson", &collection(&[point(1, 10.0, 10.0), point(2, 10.0, 91.0), bow_tie]));
    let server = serve(&[&path]);
    let losses = server.json("/xyz/mixed.json")["losses"].clone();
    let codes: Vec<&str> = losses.as_array().unwrap().iter().map(|loss| loss["code"].as_str().unwrap()).collect();
    assert_eq!(codes.len(), 2, "{losses}");
    assert!(losses.to_string().contains("91"), "{losses}");
    server.wait_for_log("mixed");
    assert_eq!(server.json("/collections/mixed/items")["numberMatched"], 2);
}

#[test]
fn check_says_which_feature_and_where_and_exits_1() {
    let folder = TempDir::new().unwrap();
    let good = file(&folder, "good.geojson", &collection(&[point(1, -8.0, 12.6)]));
    let output = run(program().arg("check").arg(&good));
    assert!(output.status.success(), "{:?}", texts(&output));

    let path = file(&folder, "bad.geojson", &collection(&[point(1, 10.0, 10.0), point(2, 10.0, 91.0)]));
    let output = run(program().arg("check").arg(&path));
    let (said, _) = texts(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("91") && said.contains("/features/1"), "{said}");

    let broken = file(&folder, "broken.geojson", "{\"type\": \"FeatureCollection\", \"features\": [");
    let output = run(program().arg("check").arg(&broken));
    let (said, complained) = texts(&output);
    assert_eq!(output.status.code(), Some(1), "{said}{complained}");
    assert!(format!("{said}{complained}").contains("broken.geojson"), "{said}{complained}");
}

#[test]
fn a_file_that_cannot_be_served_is_refused_with_the_reason() {
    let folder = TempDir::new().unwrap();
    for (name, text, says) in [
        ("broken.geojson", "{\"type\": \"FeatureCollection\", \"features\": [", "broken.geojson"),
        ("noise.gpkg", "this is no database", "noise.gpkg"),
        ("table.csv", "a,b\n1,2\n", "lon"),
        ("picture.jpg", "x", "picture.jpg"),
    ] {
        let path = file(&folder, name, text);
        let output = run(program().arg("serve").arg(&path).args(["--listen", "127.0.0.1:0"]));
        let (_, said) = texts(&output);
        assert!(output.status.code() == Some(1) && said.contains(says), "{name}: {said}");
    }
    let output = run(program().args(["serve", "/no/such/file.geojson", "--listen", "127.0.0.1:0"]));
    assert!(output.status.code() == Some(2) && texts(&output).1.contains("/no/such/file.geojson"));
}

#[test]
fn check_reads_as_serve_would_and_from_a_pipe() {
    let folder = TempDir::new().unwrap();
    let metres = file(&folder, "metres.csv", "lon,lat,code\n608599.7,1397753.8,a\n");
    assert_eq!(run(program().arg("check").arg(&metres)).status.code(), Some(1));
    let output = run(program().arg("check").arg(&metres).args(["--crs", "EPSG:32629", "--id-property", "code"]));
    assert!(output.status.success(), "{:?}", texts(&output));
    let output = run(program().arg("check").arg(&metres).args(["--crs", "EPSG:32629", "--id-property", "cod"]));
    assert_eq!(output.status.code(), Some(2), "{:?}", texts(&output));
    let good = file(&folder, "good.geojson", &collection(&[point(1, -8.0, 12.6)]));
    let mut cat = std::process::Command::new("cat").arg(&good).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let pipe = cat.stdout.take().unwrap();
    let output = run(program().args(["check", "/dev/stdin"]).stdin(pipe));
    assert!(cat.wait().unwrap().success());
    assert!(output.status.success() && texts(&output).0.contains("1 features"), "{:?}", texts(&output));
}

#[test]
fn watching_follows_links_and_minds_the_log_of_a_database() {
    let (folder, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let features = |count: u32| collection(&(1..=count).map(|id| point(id, f64::from(id), 1.0)).collect::<Vec<_>>());
    let real = file(&elsewhere, "real.geojson", &features(1));
    let path = folder.path().join("towns.geojson");
    std::os::unix::fs::symlink(&real, &path).unwrap();
    // As Kubernetes mounts files: the file is a link through `..data`, and `..data` is swapped.
    let version = |name: &str, count: u32| {
        let inner = folder.path().join(name);
        fs::create_dir(&inner).unwrap();
        fs::write(inner.join("wells.geojson"), features(count)).unwrap();
        let (next, data) = (folder.path().join("..next"), folder.path().join("..data"));
        std::os::unix::fs::symlink(name, &next).unwrap();
        fs::rename(next, data).unwrap();
    };
    version("..1", 1);
    let mounted = folder.path().join("wells.geojson");
    std::os::unix::fs::symlink("..data/wells.geojson", &mounted).unwrap();
    let server = Server::with(["serve", path.to_str().unwrap(), mounted.to_str().unwrap(), "--watch"]);
    let until = |what: &str, holds: &dyn Fn() -> bool| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !holds() {
            assert!(Instant::now() < deadline, "{what}:\n{}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let matched = |layer: &str| server.json(&format!("/collections/{layer}/items"))["numberMatched"].as_u64().unwrap();
    fs::write(&real, features(2)).unwrap();
    until("the target of the link was written", &|| matched("towns") == 2);
    version("..2", 3);
    until("..data was swapped", &|| matched("wells") == 3);
    fs::write(folder.path().join("..2/wells.geojson"), features(4)).unwrap();
    until("the new target was written", &|| matched("wells") == 4);
    let loads = || server.log().matches("loaded").count();
    let before = loads();
    fs::write(elsewhere.path().join("real.geojson-wal"), "a commit").unwrap();
    until("the log was written", &|| loads() > before);
}

#[test]
fn watching_reloads_and_keeps_what_it_had_when_the_file_is_bad() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "towns.geojson", &collection(&[point(1, -8.0, 12.6)]));
    let server = Server::with(["serve", path.to_str().unwrap(), "--watch"]);
    let matched = || server.json("/collections/towns/items")["numberMatched"].as_u64().unwrap();
    let tag = || server.get("/xyz/towns/0/0/0.mvt").headers()["etag"].clone();
    let until = |count: u64| {
        let deadline = Instant::now() + Duration::from_secs(20);
        while matched() != count {
            assert!(Instant::now() < deadline, "never reloaded:\n{}", server.log());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    let before = tag();
    assert_eq!(matched(), 1);
    fs::write(&path, collection(&[point(1, -8.0, 12.6), point(2, -4.0, 14.5)])).unwrap();
    until(2);
    assert_ne!(tag(), before);
    fs::write(&path, "{ not json").unwrap();
    server.wait_for_log("WARN");
    assert_eq!(matched(), 2, "the server keeps what it had");
    fs::write(&path, collection(&[point(1, 0.0, 0.0), point(2, 1.0, 1.0), point(3, 2.0, 2.0)])).unwrap();
    until(3);
}

#[test]
fn the_config_file_describes_layers() {
    let folder = TempDir::new().unwrap();
    file(&folder, "towns.geojson", &collection(&[point(1, -8.0, 12.6)]));
    let config = "[[layers]]\npath = \"towns.geojson\"\nname = \"cities\"\ntitle = \"Cities\"\nattribution = \"Us & them\"\nmin_zoom = 3\nmax_zoom = 9\n";
    let config = file(&folder, "roadblock.toml", config);
    let server = Server::with(["serve", "--config", config.to_str().unwrap()]);
    let document = server.json("/xyz/cities.json");
    assert_eq!(
        (document["name"].as_str(), document["minzoom"].as_u64(), document["maxzoom"].as_u64()),
        (Some("Cities"), Some(3), Some(9))
    );
    assert_eq!(document["attribution"], "Us &amp; them");
    assert_eq!(server.get("/xyz/cities/10/0/0.mvt").status(), 404);
}

#[test]
fn a_file_named_by_its_bare_name_that_goes_away_and_comes_back_is_read_again() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "towns.geojson", &collection(&[point(1, -8.0, 12.6)]));
    let server = Server::within(folder.path(), ["serve", "--watch", "towns.geojson"]);
    fs::remove_file(&path).unwrap();
    server.wait_for_log("WARN");
    fs::write(&path, collection(&[point(1, -8.0, 12.6), point(2, -4.0, 14.5)])).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.json("/collections/towns/items")["numberMatched"] != 2 {
        assert!(Instant::now() < deadline, "never reloaded:\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_file_loaded_again_costs_only_the_tiles_that_show_what_changed() {
    let folder = TempDir::new().unwrap();
    let towns = |last: f64| collection(&[point(1, -8.0, 12.6), point(2, 2.0, 6.4), point(3, last, 14.5)]);
    let path = file(&folder, "towns.geojson", &towns(-4.0));
    let server = Server::with(["serve", path.to_str().unwrap(), "--watch", "--admin-listen", "127.0.0.1:0"]);
    let renders = || {
        let metrics = server.metrics();
        let said = metrics.lines().find_map(|line| line.strip_prefix("roadblock_tile_renders_total "));
        said.unwrap().parse::<u64>().unwrap()
    };
    let (same, changed) = ("/xyz/towns/6/32/30.mvt", "/xyz/towns/6/31/29.mvt");
    let before = [same, changed].map(|tile| server.bytes(tile));
    let rendered = renders();
    assert_eq!([same, changed].map(|tile| server.bytes(tile)), before);
    assert_eq!(renders(), rendered, "both are in the cache");
    fs::write(&path, towns(-3.0)).unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.json("/collections/towns/items/3")["geometry"]["coordinates"][0] != -3.0 {
        assert!(Instant::now() < deadline, "never reloaded:\n{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(server.bytes(same) == before[0] && renders() == rendered, "this one still is");
    assert!(server.bytes(changed) != before[1] && renders() == rendered + 1);
}
