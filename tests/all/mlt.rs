//! MapLibre Tiles through the real program: chosen by suffix or `Accept`, read by their own project's decoder, smaller than MVT.

use crate::outside::{node_tests, program, run, texts};
use crate::server::Server;
use reqwest::StatusCode;
use reqwest::blocking::Response;
use std::fmt::Write as _;
use std::process::Command;

/// The south of Mali.
const TILE: &str = "/xyz/areas,corridors,blockades/6/30/29";
const MVT: &str = "application/vnd.mapbox-vector-tile";
const MLT: &str = "application/vnd.maplibre-tile";

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

#[test]
fn the_suffix_decides_and_accept_decides_at_the_address_of_mvt() {
    let server = Server::start();
    for (suffix, accept, media_type, vary) in [
        ("mlt", "*/*", MLT, "Accept-Encoding"),
        ("mlt", MVT, MLT, "Accept-Encoding"),
        ("mvt", MLT, MLT, "Accept, Accept-Encoding"),
        ("pbf", "application/vnd.maplibre-vector-tile", MLT, "Accept, Accept-Encoding"),
        ("mvt", "*/*", MVT, "Accept, Accept-Encoding"),
        ("mvt", "application/vnd.maplibre-tile;q=0.5, application/vnd.mapbox-vector-tile", MVT, "Accept, Accept-Encoding"),
    ] {
        let ask = |tag: &str| {
            let request = server.request(&format!("{TILE}.{suffix}")).header("accept", accept);
            request.header("if-none-match", tag).header("accept-encoding", "zstd").send().unwrap()
        };
        let vary = format!("{vary}, Authorization, Cookie");
        let first = ask("\"another\"");
        assert_eq!((header(&first, "content-type"), header(&first, "vary")), (media_type, vary.as_str()), "{suffix} {accept}");
        assert_eq!(header(&first, "content-encoding"), "zstd");
        let again = ask(header(&first, "etag"));
        assert_eq!((again.status(), header(&again, "vary")), (StatusCode::NOT_MODIFIED, vary.as_str()), "{suffix} {accept}");
    }
    let tag = |suffix: &str| header(&server.get(&format!("{TILE}.{suffix}")), "etag").to_owned();
    assert_ne!(tag("mvt"), tag("mlt"));
    assert_eq!(server.get("/xyz/blockades/6/0/0.mlt").status(), StatusCode::NO_CONTENT);
    server.assert_log_clean();
}

#[test]
fn tilejson_tells_maplibre_how_the_tiles_are_encoded() {
    let server = Server::start();
    let document = server.json("/xyz/all.mlt.json?datetime=2025-11-01");
    assert_eq!(document["encoding"], "mlt");
    assert!(document["tiles"][0].as_str().unwrap().ends_with("/{z}/{x}/{y}.mlt?datetime=2025-11-01"));
    let other = server.json("/xyz/all.json?datetime=2025-11-01");
    assert_eq!(document["vector_layers"], other["vector_layers"]);
    assert_eq!(other.get("encoding"), None);
}

#[test]
fn a_full_tile_is_smaller_than_as_mvt_before_and_after_compression() {
    let server = Server::start();
    for tile in ["/xyz/basemap,all/4/7/7", "/xyz/all/6/30/29", "/xyz/basemap/5/15/14"] {
        for encoding in ["identity", "gzip", "br", "zstd"] {
            let [mvt, mlt] = ["mvt", "mlt"].map(|suffix| {
                let request = server.request(&format!("{tile}.{suffix}")).header("accept-encoding", encoding);
                request.send().unwrap().bytes().unwrap().len()
            });
            assert!(mlt < mvt, "{tile} {encoding}: {mlt} bytes as MLT, {mvt} as MVT");
        }
    }
}

/// A layer that mixes what a tile and a column can mix, under ids of up to so many bits. The column `mixed` goes as text in MLT.
fn mixed(bits: u32) -> String {
    let geometries = [
        r#"{"type":"Point","coordinates":[-8,12.6]}"#,
        r#"{"type":"MultiPoint","coordinates":[[-8,12.6],[-7,13],[-6,14]]}"#,
        r#"{"type":"LineString","coordinates":[[-9,11],[-8,12],[-7,12]]}"#,
        r#"{"type":"MultiLineString","coordinates":[[[-9,11],[-8,12]],[[-5,15],[-4,15],[-3,14]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[-9,11],[-5,11],[-5,15],[-9,15],[-9,11]],[[-8,12],[-8,14],[-6,14],[-6,12],[-8,12]]]}"#,
        r#"{"type":"MultiPolygon","coordinates":[[[[-4,11],[-3,11],[-3,12],[-4,11]]],[[[-2,11],[-1,11],[-1,12],[-2,11]]]]}"#,
    ];
    let properties = [
        r#""whole":1,"wide":4000000000000,"wider":9007199254740995,"number":1,"open":true,"name":"Ségou","mixed":1.5"#,
        r#""whole":-7,"wide":1,"wider":1,"number":2.5,"open":false,"mixed":true"#,
        r#""number":-0.25,"name":"""#,
        r#""whole":2147483647,"name":"مالي","mixed":"1.5""#,
    ];
    let mut text = String::new();
    for number in 0..48usize {
        let (geometry, said) = (geometries[number % geometries.len()], properties[number % properties.len()]);
        // Scattered by the golden ratio, so that differences have both signs and all widths.
        let id = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits);
        writeln!(text, r#"{{"type":"Feature","id":{id},"geometry":{geometry},"properties":{{{said}}}}}"#).unwrap();
    }
    text
}

/// Every tile of some zooms, west to east, row by row.
fn tiles(layers: &str, zooms: std::ops::RangeInclusive<u32>) -> impl Iterator<Item = String> {
    let all = zooms.flat_map(|z| (0..1u32 << z).flat_map(move |y| (0..1u32 << z).map(move |x| (z, x, y))));
    all.map(move |(z, x, y)| format!("{layers}/{z}/{x}/{y}"))
}

fn decoded_alike(test: &str, server: &Server, tiles: &[String], features: usize) {
    let Some(node) = program(test, &["node"], "install Node 20") else { return };
    let output = run(Command::new(node)
        .args(["--test", "--test-reporter=spec", "mlt.test.mjs"])
        .current_dir(node_tests())
        .env("ROADBLOCK_URL", server.url("/"))
        .env("TILES", tiles.join(" "))
        .env("FEATURES", features.to_string()));
    let (out, err) = texts(&output);
    assert!(output.status.success(), "{out}\n{err}\n{}", server.log());
    server.assert_log_clean();
}

#[test]
fn the_javascript_decoder_reads_the_built_in_layers_as_in_mvt() {
    let mut asked: Vec<String> = tiles("basemap,all", 0..=3).collect();
    asked.extend(["4/7/7", "5/15/14", "6/30/29", "7/60/58", "9/241/236"].map(|tile| format!("basemap,all/{tile}")));
    decoded_alike("the_javascript_decoder_reads_the_built_in_layers_as_in_mvt", &Server::start(), &asked, 1000);
}

#[test]
fn the_javascript_decoder_reads_mixed_geometries_numbers_and_ids_as_in_mvt() {
    let folder = tempfile::tempdir().unwrap();
    let files = [8, 32, 52].map(|bits| folder.path().join(format!("mix{bits}.geojsonl")));
    for (file, bits) in files.iter().zip([8, 32, 52]) {
        std::fs::write(file, mixed(bits)).unwrap();
    }
    let asked: Vec<String> = tiles("mix8,mix32,mix52", 0..=5).collect();
    let server = Server::with(&files);
    decoded_alike("the_javascript_decoder_reads_mixed_geometries_numbers_and_ids_as_in_mvt", &server, &asked, 900);
}
