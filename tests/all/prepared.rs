//! Prepared files: the second start answers as the first did, and notices whatever has changed.

use crate::server::Server;
use serde_json::json;
use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Longer than any file of which nothing is kept.
const LONG: u64 = 17 << 20;

/// Towns and roads with long notes, one of them with a place that is none.
fn source(folder: &Path) -> PathBuf {
    let path = folder.join("towns.geojsonl");
    let mut file = std::io::BufWriter::new(File::create(&path).unwrap());
    let mut write = |id: u32, geometry: serde_json::Value| {
        let note = format!("{id} ").repeat(600);
        let properties = json!({"name": format!("town {id}"), "people": id % 500, "kind": (if id.is_multiple_of(2) { "market" } else { "port" }),
                                "note": note, "more": [id, {"of": "it"}]});
        let id = if id.is_multiple_of(5) { json!(format!("t{id}")) } else { json!(id) };
        writeln!(file, "{}", json!({"type": "Feature", "id": id, "geometry": geometry, "properties": properties})).unwrap();
    };
    for id in 0..6000u32 {
        let [lon, lat] = [-8.0 + 0.01 * f64::from(id % 80), 12.0 + 0.01 * f64::from(id / 80)];
        match id % 7 {
            0 => write(id, json!({"type": "LineString", "coordinates": [[lon, lat], [lon + 0.1, lat + 0.02], [lon + 0.2, lat]]})),
            1 => write(
                id,
                json!({"type": "Polygon", "coordinates": [[[lon, lat], [lon + 0.01, lat], [lon, lat + 0.01], [lon, lat]]]}),
            ),
            2 if id == 9 => write(id, json!({"type": "Point", "coordinates": [lon, 99.0]})),
            3 if id == 10 => write(id, json!(null)),
            _ => write(id, json!({"type": "Point", "coordinates": [lon, lat]})),
        }
    }
    drop(file);
    assert!(fs::metadata(&path).unwrap().len() > LONG, "{}", fs::metadata(&path).unwrap().len());
    path
}

fn config(folder: &Path, more: &str) -> String {
    let path = folder.join("roadblock.toml");
    fs::write(&path, format!("public_url = \"http://maps.example\"\ntile_budget_kb = 40\n[[layers]]\npath = \"towns.geojsonl\"\nproperties = [\"name\", \"kind\", \"people\", \"more\"]\n{more}")).unwrap();
    path.display().to_string()
}

fn serve(folder: &Path) -> Server {
    Server::with(["serve", "--config", folder.join("roadblock.toml").to_str().unwrap()])
}

/// Everything that clients see: bytes, tags, counts.
fn answers(server: &Server) -> Vec<(String, Vec<u8>)> {
    let tiles = ["0/0/0", "7/61/59", "9/245/238", "12/1960/1909", "14/7850/7631"];
    let of_tiles = tiles.iter().flat_map(|tile| ["mvt", "mlt", "png"].map(|format| format!("/xyz/towns/{tile}.{format}")));
    let others = [
        "/xyz/towns.json",
        "/collections",
        "/collections/towns/schema",
        "/collections/towns/items?limit=300",
        "/collections/towns/items?bbox=-7.9,12.1,-7.8,12.2",
        "/collections/towns/items?kind=port&limit=20",
        "/collections/towns/items/t15",
        "/collections/towns/items/17",
        "/collections/towns/download.geojson",
        "/xyz/towns/7/61/59.mvt?cluster=towns",
    ];
    let answer = |path: String| {
        let answer = server.get(&path);
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let head = format!("{path} {} {:?} {:?}", answer.status(), header("etag"), header("x-features-left-out"));
        (head, timeless(answer.bytes().unwrap().to_vec()))
    };
    of_tiles.chain(others.map(str::to_owned)).map(answer).collect()
}

/// An answer without the moments in it, among which is the time of day.
fn timeless(mut answer: Vec<u8>) -> Vec<u8> {
    let shape = b"0000-00-00T00:00:00Z";
    let is_moment = |text: &[u8]| {
        text.iter().zip(shape).all(|(byte, shape)| if *shape == b'0' { byte.is_ascii_digit() } else { byte == shape })
    };
    for start in 0..answer.len().saturating_sub(shape.len()) {
        let moment = &mut answer[start..start + shape.len()];
        if is_moment(moment) {
            moment.copy_from_slice(shape);
        }
    }
    answer
}

fn prepared(folder: &Path) -> PathBuf {
    folder.join("towns.geojsonl.roadblock")
}

fn assert_same(one: &[(String, Vec<u8>)], other: &[(String, Vec<u8>)]) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one.0, other.0);
        assert!(one.1 == other.1, "{}: {} and {}", one.0, String::from_utf8_lossy(&one.1), String::from_utf8_lossy(&other.1));
    }
}

#[test]
fn a_second_start_answers_as_the_first_and_notices_what_has_changed() {
    let folder = TempDir::new().unwrap();
    let source = source(folder.path());
    config(folder.path(), "cluster_by = \"kind\"");
    let first = serve(folder.path());
    first.wait_for_log("prepared file written");
    let expected = answers(&first);
    assert!(expected.iter().any(|(head, _)| head.contains("towns=")), "something is left out");
    let losses = |server: &Server| server.log().lines().filter(|line| line.contains("losses while reading")).count();
    assert!(!first.log().contains("loaded from the prepared file") && losses(&first) > 0, "{}", first.log());
    assert!(first.stop());

    let second = serve(folder.path());
    assert_same(&answers(&second), &expected);
    second.wait_for_log("loaded from the prepared file");
    second.wait_for_log("losses while reading");
    assert!(!second.log().contains("written"), "what is there need not be written again");
    drop(second);

    // Other settings: the source is read, the file replaced.
    config(folder.path(), "cluster_by = \"kind\"\nmax_zoom = 13");
    let other = serve(folder.path());
    other.wait_for_log("prepared file written");
    other.wait_for_log("the settings have changed");
    assert_eq!(other.get("/xyz/towns/14/7850/7631.mvt").status(), 404);
    drop(other);
    config(folder.path(), "cluster_by = \"kind\"");

    // Another source, of the same length.
    let text = fs::read_to_string(&source).unwrap().replacen("town 17\"", "town 71\"", 1);
    fs::write(&source, text).unwrap();
    let changed = serve(folder.path());
    assert_eq!(changed.json("/collections/towns/items/17")["properties"]["name"], "town 71");
    changed.wait_for_log("prepared file written");
    drop(changed);

    // Damaged in the middle: said so, replaced, and nobody sees it.
    let mut bytes = fs::read(prepared(folder.path())).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(prepared(folder.path()), bytes).unwrap();
    let mended = serve(folder.path());
    mended.wait_for_log("it is damaged");
    assert_eq!(mended.json("/collections/towns/items/17")["properties"]["name"], "town 71");
    mended.wait_for_log("prepared file written");
    drop(mended);
    serve(folder.path()).wait_for_log("loaded from the prepared file");
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 3, "the source, the config file and the prepared file");
}

#[test]
fn a_file_that_is_not_ours_is_left_alone_and_nothing_is_kept_when_it_is_switched_off() {
    let folder = TempDir::new().unwrap();
    let source = source(folder.path());
    fs::write(prepared(folder.path()), "my notes on towns").unwrap();
    let path = source.to_str().unwrap();
    let server = Server::with(["serve", path]);
    server.wait_for_log("prepared file not written");
    assert_eq!(server.json("/collections/towns/items?limit=1")["numberMatched"], 5999);
    assert_eq!(fs::read(prepared(folder.path())).unwrap(), b"my notes on towns");
    drop(server);

    fs::remove_file(prepared(folder.path())).unwrap();
    let off = Server::with(["serve", path, "--prepared=false"]);
    assert!(!off.log().contains("prepared"), "{}", off.log());
    assert!(off.stop() && !prepared(folder.path()).exists());
}

#[test]
fn a_folder_that_takes_no_file_hinders_nothing() {
    let folder = TempDir::new().unwrap();
    let file = File::open(source(folder.path())).unwrap();
    // No file can be made beside this one, whoever runs the test.
    let path = format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd());
    let server = Server::with(["serve", &path]);
    server.wait_for_log("prepared file not written");
    assert_eq!(server.json(&format!("/collections/layer_{}/items?limit=1", file.as_raw_fd()))["numberMatched"], 5999);
}

#[test]
fn a_reload_reads_the_source_and_renews_the_file() {
    let folder = TempDir::new().unwrap();
    let source = source(folder.path());
    let path = source.to_str().unwrap();
    let server = Server::with(["serve", path, "--watch"]);
    server.wait_for_log("prepared file written");
    let mut file = fs::OpenOptions::new().append(true).open(&source).unwrap();
    let town = json!({"type": "Feature", "id": 9999, "geometry": {"type": "Point", "coordinates": [1, 1]}, "properties": {}});
    writeln!(file, "{town}").unwrap();
    drop(file);
    let written = || server.log().matches("prepared file written").count();
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(60);
    while written() < 2 {
        assert!(std::time::Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    assert_eq!(server.json("/collections/towns/items?limit=1")["numberMatched"], 6000);
    drop(server);
    let again = Server::with(["serve", path]);
    assert_eq!(again.json("/collections/towns/items?limit=1")["numberMatched"], 6000);
    again.wait_for_log("loaded from the prepared file");
}
