//! Archives: written by the program, read by other people's readers, served again, and broken on purpose.

use crate::outside::{node_tests, program as outside, python_with, run, succeed, texts};
use crate::server::{Server, program};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Roads, a park with an island too small for low zooms, and a town.
fn file(folder: &TempDir) -> PathBuf {
    let feature = |id: u32, kind: &str, coordinates: Value| json!({"type": "Feature", "id": id, "properties": {"name": format!("n{id}")}, "geometry": {"type": kind, "coordinates": coordinates}});
    let square = |x: f64, y: f64, side: f64| json!([[[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]]);
    let features = [
        feature(1, "LineString", json!([[-8.0, 12.6], [-4.1, 14.5], [2.0, 13.5]])),
        feature(2, "MultiPolygon", json!([square(-6.0, 13.0, 1.5), square(-3.0, 13.0, 0.001)])),
        feature(3, "Point", json!([-8.0, 12.65])),
        feature(4, "LineString", json!([[178.0, -17.0], [180.0, -17.2]])),
    ];
    let path = folder.path().join("roads.geojson");
    fs::write(&path, json!({"type": "FeatureCollection", "features": features}).to_string()).unwrap();
    path
}

fn archive(arguments: &[&str], out: &Path, more: &[&str]) -> Command {
    let mut command = program();
    command.arg("archive").args(arguments).arg(out).args(more);
    command
}

/// An archive of the sample file.
fn sample(folder: &TempDir, name: &str, more: &[&str]) -> PathBuf {
    let (roads, out) = (file(folder), folder.path().join(name));
    succeed(archive(&["all"], &out, &["--file", &roads.display().to_string()]).args(more));
    out
}

fn serve(path: &Path) -> Server {
    Server::with(["serve", &path.display().to_string()])
}

#[test]
fn the_formats_own_library_reads_every_tile_as_the_server_answers_it() {
    let test = "the_formats_own_library_reads_every_tile_as_the_server_answers_it";
    let Some(node) = outside(test, &["node"], "install Node 20") else { return };
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("mali.pmtiles");
    succeed(&mut archive(&["areas,corridors,blockades"], &out, &["--zooms", "0-8"]));
    let roads = sample(&folder, "roads.pmtiles", &["--zooms", "0-9"]);
    let (mali, files) = (Server::start(), serve(&folder.path().join("roads.geojson")));
    let read = |path: &Path, url: String| -> Value {
        let mut command = Command::new(&node);
        let said = succeed(command.arg("archive.mjs").arg(path).arg(url).current_dir(node_tests()));
        serde_json::from_str(&said).unwrap()
    };
    let said = read(&out, mali.url("/xyz/areas,corridors,blockades/{z}/{x}/{y}.mvt"));
    assert!(said["equal"].as_u64().unwrap() > 100, "{said}");
    assert_eq!((&said["header"]["minZoom"], &said["header"]["maxZoom"]), (&json!(0), &json!(8)));
    assert_eq!(said["header"]["numAddressedTiles"], said["equal"], "no tile that the comparison did not see");
    let layers: Vec<&str> =
        said["metadata"]["vector_layers"].as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap()).collect();
    assert_eq!(layers, ["areas", "corridors", "blockades"]);
    assert_eq!(said["metadata"]["datetime"], "2025-10-22T12:00:00Z");
    assert!(said["metadata"]["disclaimer"].as_str().unwrap().contains("2025-10-22"), "{said}");
    let said = read(&roads, files.url("/xyz/roads/{z}/{x}/{y}.mvt"));
    assert_eq!(said["header"]["numAddressedTiles"], said["equal"]);
    assert!(said["metadata"].get("datetime").is_none(), "a layer without times names no moment: {said}");
    mali.assert_log_clean();
}

/// Reads an MBTiles file with SQLite and compares every row with a server's answer, and the addresses without a row with its silence: FILE,
/// URL with {z}, {x} and {y}, and the zoom up to which all addresses are looked at. Prints what the file says of itself and how many were equal.
const ROWS: &str = r#"
import gzip, json, sqlite3, sys, urllib.request
path, url, every = sys.argv[1], sys.argv[2], int(sys.argv[3])
straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))
def answer(z, x, y):
    with straight.open(url.format(z=z, x=x, y=y)) as answer:
        return answer.status, answer.read()
db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
stored = {}
for z, x, row, data in db.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles"):
    # Rows are counted from the south.
    stored[z, x, 2 ** z - 1 - row] = data
for (z, x, y), data in stored.items():
    status, body = answer(z, x, y)
    assert status == 200 and body == gzip.decompress(data), "%d/%d/%d differs" % (z, x, y)
for z in range(every + 1):
    for x in range(2 ** z):
        for y in range(2 ** z):
            assert (z, x, y) in stored or answer(z, x, y) == (204, b""), "%d/%d/%d is missing" % (z, x, y)
zooms = [z for z, _, _ in stored]
json.dump({"metadata": dict(db.execute("SELECT name, value FROM metadata")), "equal": len(stored), "zooms": [min(zooms), max(zooms)]}, sys.stdout)
"#;

#[test]
fn sqlite_reads_every_tile_of_the_other_format_as_the_server_answers_it() {
    let test = "sqlite_reads_every_tile_of_the_other_format_as_the_server_answers_it";
    let Some(python) = python_with(test, "sqlite3", "apt-get install python3") else { return };
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("mali.mbtiles");
    succeed(&mut archive(&["areas,corridors,blockades"], &out, &["--zooms", "0-7"]));
    let roads = sample(&folder, "roads.mbtiles", &["--zooms", "0-9"]);
    let (mali, files) = (Server::start(), serve(&folder.path().join("roads.geojson")));
    let read = |path: &Path, url: String, highest: u8| -> Value {
        let said = succeed(Command::new(&python).args(["-c", ROWS]).arg(path).arg(url).arg("5"));
        let said: Value = serde_json::from_str(&said).unwrap();
        let metadata = &said["metadata"];
        assert_eq!((&metadata["format"], &said["zooms"]), (&json!("pbf"), &json!([0, highest])), "{said}");
        assert_eq!((&metadata["minzoom"], &metadata["maxzoom"]), (&json!("0"), &json!(highest.to_string())), "{said}");
        assert!(said["equal"].as_u64().unwrap() > 50, "{said}");
        serde_json::from_str(metadata["json"].as_str().unwrap()).unwrap()
    };
    let names = |told: &Value| -> Vec<String> {
        let layers = told["vector_layers"].as_array().unwrap();
        layers.iter().map(|layer| layer["id"].as_str().unwrap().to_owned()).collect()
    };
    let said = read(&out, mali.url("/xyz/areas,corridors,blockades/{z}/{x}/{y}.mvt"), 7);
    assert_eq!(names(&said), ["areas", "corridors", "blockades"]);
    assert_eq!(names(&read(&roads, files.url("/xyz/roads/{z}/{x}/{y}.mvt"), 9)), ["roads"]);
    mali.assert_log_clean();
}

#[test]
fn gdal_reads_the_features_of_the_other_format() {
    let test = "gdal_reads_the_features_of_the_other_format";
    let Some(ogrinfo) = outside(test, &["ogrinfo"], "apt-get install gdal-bin") else { return };
    let folder = TempDir::new().unwrap();
    let out = sample(&folder, "roads.mbtiles", &["--zooms", "0-7"]);
    let said = succeed(Command::new(&ogrinfo).args(["-ro", "-al", "-oo", "ZOOM_LEVEL=7"]).arg(&out));
    assert!(said.contains("MBTiles") && said.contains("Layer name: roads") && said.contains("name: String"), "{said}");
    for id in 1..=4 {
        assert!(said.contains(&format!("name (String) = n{id}\n")), "n{id} is missing: {said}");
    }
    assert!(said.contains("LINESTRING (") && said.contains("POLYGON ("), "{said}");
    // Spherical Mercator, in metres; a step of the tile is 76.
    let town = said.lines().find_map(|line| line.trim().strip_prefix("POINT (")?.strip_suffix(')')).expect("the town is a point");
    let at: Vec<f64> = town.split(' ').map(|number| number.parse().unwrap()).collect();
    let radius = 6_378_137.0;
    let there = [radius * f64::to_radians(-8.0), radius * f64::to_radians(12.65).tan().asinh()];
    assert!(there.iter().zip(&at).all(|(there, at)| (there - at).abs() < 80.0), "{at:?} instead of {there:?}");
}

#[test]
fn the_same_data_give_the_same_bytes() {
    let folder = TempDir::new().unwrap();
    for ending in ["pmtiles", "mbtiles"] {
        let one = fs::read(sample(&folder, &format!("one.{ending}"), &["--zooms", "0-10"])).unwrap();
        let other = fs::read(sample(&folder, &format!("other.{ending}"), &["--zooms", "0-10"])).unwrap();
        assert!(one == other, "{ending}");
        let (one, other) = (folder.path().join(format!("a.{ending}")), folder.path().join(format!("b.{ending}")));
        for out in [&one, &other] {
            succeed(&mut archive(&["all"], out, &["--zooms", "0-7"]));
        }
        assert!(fs::read(one).unwrap() == fs::read(other).unwrap(), "{ending}");
    }
}

#[test]
fn a_killed_run_leaves_nothing_under_the_name_and_the_next_succeeds() {
    let folder = TempDir::new().unwrap();
    for ending in ["pmtiles", "mbtiles"] {
        let (out, part) = (folder.path().join(format!("all.{ending}")), folder.path().join(format!(".all.{ending}.part")));
        let mut long = archive(&["all"], &out, &["--zooms", "0-19"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let deadline = Instant::now() + Duration::from_secs(60);
        while fs::metadata(&part).map_or(0, |file| file.len()) == 0 {
            assert!(Instant::now() < deadline && long.try_wait().unwrap().is_none(), "{ending}: it never wrote anything");
            std::thread::sleep(Duration::from_millis(10));
        }
        let second = run(&mut archive(&["all"], &out, &["--zooms", "0-3"]));
        assert!(second.status.code() == Some(2) && texts(&second).1.contains("another run"), "{:?}", texts(&second));
        // SIGKILL.
        long.kill().unwrap();
        long.wait().unwrap();
        assert!(!out.exists() && part.exists(), "{ending}");
        succeed(&mut archive(&["all"], &out, &["--zooms", "0-3"]));
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(left, std::slice::from_ref(&out));
        fs::remove_file(out).unwrap();
    }
}

#[test]
fn an_archive_is_served_as_it_is() {
    let folder = TempDir::new().unwrap();
    for ending in ["pmtiles", "mbtiles"] {
        let out = sample(&folder, &format!("archived.{ending}"), &["--zooms", "2-9"]);
        let (server, files) = (serve(&out), serve(&folder.path().join("roads.geojson")));
        let (here, there) = ("/xyz/archived/7/61/59.mvt", "/xyz/roads/7/61/59.mvt");
        assert_eq!(server.bytes(here), files.bytes(there), "unpacked for who takes no gzip");
        let packed = server.request(here).header("accept-encoding", "br, gzip;q=0.1, zstd").send().unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip", "as it is stored");
        assert_eq!(packed.headers()["content-type"], "application/vnd.mapbox-vector-tile");
        let tag = packed.headers()["etag"].clone();
        let mut plain = Vec::new();
        let body = packed.bytes().unwrap();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&body[..]), &mut plain).unwrap();
        assert_eq!(plain, files.bytes(there));
        let again = server.request(here).header("accept-encoding", "gzip").header("if-none-match", tag).send().unwrap();
        assert_eq!(again.status(), 304);
        assert_eq!(server.get("/xyz/archived/7/0/0.mvt").status(), 204, "nothing there");

        let document = server.json("/xyz/archived.json");
        assert_eq!((&document["minzoom"], &document["maxzoom"]), (&json!(2), &json!(9)));
        assert_eq!(document["vector_layers"][0]["id"], "roads");
        assert_eq!(document["tiles"][0], server.url("/xyz/archived/{z}/{x}/{y}.mvt"));
        let landing = server.json("/?f=json");
        assert!(
            landing["links"].as_array().unwrap().iter().any(|link| link["href"] == server.url("/xyz/archived.json")),
            "{landing}"
        );
        assert!(String::from_utf8(server.bytes("/?f=html")).unwrap().contains("xyz/archived.json"));
        server.assert_log_clean();
    }
}

#[test]
fn what_an_archive_cannot_answer_is_refused_with_a_sentence() {
    let folder = TempDir::new().unwrap();
    let server = serve(&sample(&folder, "archived.pmtiles", &["--zooms", "2-9"]));
    for (path, status, says) in [
        ("/xyz/archived/10/488/474.mvt", 404, "zooms 2 to 9"),
        ("/xyz/archived/1/0/0.mvt", 404, "zooms 2 to 9"),
        ("/xyz/archived/7/61/59.png", 404, "vector tiles; write y.mvt"),
        ("/xyz/archived.png.json", 404, "/xyz/archived.json"),
        ("/xyz/archived/7/61/59.mvt?datetime=2025-10-22", 400, "one moment"),
        ("/xyz/basemap,archived/7/61/59.mvt", 400, "asked for alone"),
        ("/xyz/nothing/7/61/59.mvt", 404, "archived"),
        ("/collections/archived", 404, "no features"),
        ("/collections/archived/items", 404, "no features"),
        ("/collections/archived/download.geojson", 404, "no features"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status(), status, "{path}");
        let detail = answer.json::<Value>().unwrap()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{path}: {detail}");
    }
    server.assert_log_clean();
}

#[test]
fn pictures_are_archived_and_served() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("pictures.mbtiles");
    succeed(&mut archive(&["areas"], &out, &["--zooms", "5-6", "--format", "png"]));
    let (server, mali) = (serve(&out), Server::start());
    let picture = server.bytes("/xyz/pictures/6/30/29.png");
    assert_eq!(picture, mali.bytes("/xyz/areas/6/30/29.png"));
    assert!(image::load_from_memory(&picture).unwrap().into_rgba8().pixels().any(|pixel| pixel.0[3] > 0));
    assert_eq!(server.json("/xyz/pictures.png.json")["tiles"][0], server.url("/xyz/pictures/{z}/{x}/{y}.png"));
    assert_eq!(server.get("/xyz/pictures/6/30/29@2x.png").status(), 404);
}

#[test]
fn the_asked_moment_is_in_the_tiles_and_in_the_metadata() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("november.pmtiles");
    let times = ["--datetime", "2025-11-05", "--known-at", "2025-12-01T00:00:00Z"];
    succeed(archive(&["blockades"], &out, &["--zooms", "0-6"]).args(times));
    let (server, mali) = (serve(&out), Server::start());
    let tile = mali.bytes("/xyz/blockades/6/30/29.mvt?datetime=2025-11-05&known_at=2025-12-01T00:00:00Z");
    assert_eq!(server.bytes("/xyz/november/6/30/29.mvt"), tile);
    assert_ne!(tile, mali.bytes("/xyz/blockades/6/30/29.mvt"));
    let document = server.json("/xyz/november.json");
    assert!(document["datetime"].as_str().unwrap().starts_with("2025-11-05"), "{document}");
    assert_eq!(document["known_at"], "2025-12-01T00:00:00Z");
}

#[test]
fn a_broken_archive_is_refused_at_the_start_and_a_broken_tile_when_it_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let out = sample(&folder, "archived.pmtiles", &["--zooms", "0-4"]);
    let whole = fs::read(&out).unwrap();
    fs::write(&out, &whole[..whole.len() - 1]).unwrap();
    let refused = run(program().arg("serve").arg(&out).args(["--listen", "127.0.0.1:0"]));
    let said = texts(&refused).1;
    assert!(refused.status.code() == Some(1) && said.contains("archived.pmtiles") && said.contains("cut off"), "{said}");

    // The tile data begin behind the first 16 KiB.
    let mut noise = whole;
    noise[16 << 10..(16 << 10) + 8].fill(b'x');
    fs::write(&out, noise).unwrap();
    let server = serve(&out);
    let answer = server.get("/xyz/archived/0/0/0.mvt");
    assert_eq!(answer.status(), 500);
    assert!(!answer.text().unwrap().contains("gzip"), "what went wrong here is in the log only");
    server.wait_for_log("a tile of an archive cannot be read");
    assert_eq!(server.get("/healthz").status(), 200);
}

#[test]
fn an_archive_that_is_written_anew_is_served_anew() {
    let folder = TempDir::new().unwrap();
    let out = sample(&folder, "archived.pmtiles", &["--zooms", "0-3"]);
    let server = Server::with(["serve", "--watch", &out.display().to_string()]);
    assert_eq!(server.json("/xyz/archived.json")["maxzoom"], 3);
    sample(&folder, "archived.pmtiles", &["--zooms", "0-5"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while server.json("/xyz/archived.json")["maxzoom"] != 5 {
        assert!(Instant::now() < deadline, "{}", server.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(server.get("/xyz/archived/5/15/14.mvt").status(), 200);
    let noise = folder.path().join("noise");
    fs::write(&noise, b"PMTiles").unwrap();
    fs::rename(noise, &out).unwrap();
    server.wait_for_log("the former content stays");
    assert_eq!(server.get("/xyz/archived/4/7/7.mvt").status(), 200);
}

#[test]
fn what_cannot_be_archived_is_refused_with_the_reason() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out.pmtiles");
    let no_such_folder = folder.path().join("no/such/out.pmtiles");
    let other = folder.path().join("out.zip");
    let is_folder = tempfile::Builder::new().suffix(".pmtiles").tempdir().unwrap();
    for (layers, out, zooms, says) in [
        ("nothing", &out, "0-4", "no layer 'nothing'"),
        ("all", &other, "0-4", ".pmtiles or .mbtiles"),
        ("all", &out, "4-0", "lowest first"),
        ("all", &out, "0-21", "from 0 to 20"),
        // Where nothing can be written nothing is read.
        ("nothing", &no_such_folder, "0-4", "out.pmtiles: No such file"),
        ("nothing", &is_folder.path().to_owned(), "0-4", "it is a folder"),
    ] {
        let output = run(&mut archive(&[layers], out, &["--zooms", zooms]));
        let said = texts(&output).1;
        assert!(output.status.code() == Some(2) && said.contains(says), "{said}");
    }
    assert!(fs::read_dir(folder.path()).unwrap().next().is_none(), "nothing is left");
}
