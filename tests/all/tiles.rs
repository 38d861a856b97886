//! Vector tiles through the real program: what another decoder reads, and the headers around it.

use crate::server::Server;
use insta::assert_json_snapshot;
use mvt_reader::Reader;
use mvt_reader::feature::Value;
use reqwest::StatusCode;
use reqwest::blocking::Response;
use serde_json::{Map, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

/// Bamako and the south of Mali.
const TILE: &str = "/xyz/areas,corridors,blockades/6/30/29.mvt";

/// A tile as the decoder understands it: layer, then each feature's id, geometry kind and properties.
pub(crate) fn decoded(tile: Vec<u8>) -> BTreeMap<String, Vec<serde_json::Value>> {
    let reader = Reader::new(tile).expect("another decoder reads the tile");
    let layers = reader.get_layer_metadata().unwrap();
    layers.iter().map(|layer| (layer.name.clone(), features(&reader, layer.layer_index))).collect()
}

fn features(reader: &Reader, layer: usize) -> Vec<serde_json::Value> {
    let features = reader.get_features(layer).unwrap().into_iter().map(|feature| {
        let properties: BTreeMap<_, _> =
            feature.properties.into_iter().flatten().map(|(name, value)| (name, plain(value))).collect();
        let kind = format!("{:?}", feature.geometry);
        let kind = kind.split('(').next().unwrap_or_default().to_owned();
        json!({"id": feature.id, "geometry": kind, "properties": properties})
    });
    features.collect()
}

fn plain(value: Value) -> serde_json::Value {
    match value {
        Value::String(text) => text.into(),
        Value::Float(number) => number.into(),
        Value::Double(number) => number.into(),
        Value::Int(number) | Value::SInt(number) => number.into(),
        Value::UInt(number) => number.into(),
        Value::Bool(flag) => flag.into(),
        Value::Null => serde_json::Value::Null,
    }
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

#[test]
fn the_default_day_as_another_decoder_reads_it() {
    let server = Server::start();
    let tile = decoded(server.bytes(TILE));
    let blockades: Vec<Map<_, _>> = tile["blockades"].iter().map(|feature| feature.as_object().unwrap().clone()).collect();
    assert_json_snapshot!("blockades_22_october", blockades);
    let names: Vec<&String> = tile.keys().collect();
    assert_eq!(names, ["areas", "blockades", "corridors"]);
    server.assert_log_clean();
}

#[test]
fn ids_are_stable_below_2_to_the_52_and_tell_nothing() {
    let server = Server::start();
    let ids = |path: &str| -> Vec<u64> {
        let tile = decoded(server.bytes(path));
        tile["places"].iter().map(|feature| feature["id"].as_u64().expect("every feature has an id")).collect()
    };
    let (one, other) = (ids("/xyz/places/6/30/29.mvt"), ids("/xyz/places/7/60/58.mvt"));
    assert!(one.len() > 10, "{one:?}");
    assert!(one.iter().all(|id| *id < 1 << 52));
    assert_eq!(one.iter().collect::<BTreeSet<_>>().len(), one.len(), "every id is there once");
    assert!(other.iter().any(|id| one.contains(id)), "the same feature has the same id in both tiles");
    assert!(one.windows(2).all(|pair| pair[0].abs_diff(pair[1]) > 1000), "ids are sequential: {one:?}");
}

#[test]
fn time_chooses_what_is_there_and_what_was_known() {
    let server = Server::start();
    let names = |query: &str| -> BTreeSet<String> {
        let response = server.get(&format!("/xyz/blockades/4/7/7.mvt{query}"));
        let mut bytes = Vec::new();
        response.error_for_status().unwrap().read_to_end(&mut bytes).unwrap();
        let tile = decoded(bytes);
        tile.get("blockades").into_iter().flatten().map(|one| one["properties"]["id"].as_str().unwrap().to_owned()).collect()
    };
    let default = names("");
    assert_eq!(default, names("?datetime=2025-10-22T12:00:00Z"));
    assert!(names("?datetime=2025-08-01").is_empty(), "nothing had begun");
    // Kadiana burned on the 17th; the report was known from the 18th on.
    assert!(default.contains("ev-1017-kadiana"), "{default:?}");
    let then = names("?datetime=2025-10-17T12:00:00Z&known_at=2025-10-17T12:00:00Z");
    let now = names("?datetime=2025-10-17T12:00:00Z");
    assert!(now.contains("ev-1017-kadiana") && !then.contains("ev-1017-kadiana"), "{then:?} {now:?}");
}

#[test]
fn each_encoding_holds_the_same_tile_under_a_tag_of_its_own() {
    let server = Server::start();
    let plain = server.bytes(TILE);
    let mut tags = BTreeSet::new();
    for (accept, token) in [
        ("identity", None),
        ("gzip", Some("gzip")),
        ("br", Some("br")),
        ("zstd", Some("zstd")),
        ("gzip;q=0.5, br;q=0.9", Some("br")),
    ] {
        let response = server.request(TILE).header("accept-encoding", accept).send().unwrap();
        assert_eq!(header(&response, "content-encoding"), token, "{accept}");
        assert_eq!(header(&response, "content-type"), Some("application/vnd.mapbox-vector-tile"));
        assert_eq!(header(&response, "vary"), Some("Accept, Accept-Encoding, Authorization, Cookie"));
        assert_eq!(header(&response, "cache-control"), Some("public, max-age=60"));
        let tag = header(&response, "etag").unwrap().to_owned();
        assert!(tag.starts_with('"'), "{tag} is weak");
        tags.insert(tag);
        let bytes = response.bytes().unwrap();
        let mut unpacked = Vec::new();
        match token {
            Some("gzip") => flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut unpacked).map(drop).unwrap(),
            Some("br") => brotli::BrotliDecompress(&mut &bytes[..], &mut unpacked).unwrap(),
            Some("zstd") => unpacked = zstd::decode_all(&bytes[..]).unwrap(),
            _ => unpacked = bytes.to_vec(),
        }
        assert!(unpacked == plain, "{accept} holds another tile");
    }
    assert_eq!(tags.len(), 4);
    let refused = server.request(TILE).header("accept-encoding", "identity;q=0").send().unwrap();
    assert_eq!(refused.status(), StatusCode::NOT_ACCEPTABLE);
}

#[test]
fn a_tile_that_is_known_is_not_sent_again() {
    let server = Server::start();
    let first = server.get(TILE);
    let tag = header(&first, "etag").unwrap().to_owned();
    let again = server.request(TILE).header("if-none-match", &tag).send().unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(header(&again, "etag"), Some(tag.as_str()));
    assert!(again.bytes().unwrap().is_empty());
    let other = server.request(&TILE.replace("6/30/29", "6/31/29")).header("if-none-match", &tag).send().unwrap();
    assert_eq!(other.status(), StatusCode::OK);

    let head = server.method(reqwest::Method::HEAD, TILE).send().unwrap();
    assert_eq!((head.status(), header(&head, "etag")), (StatusCode::OK, Some(tag.as_str())));
    assert!(head.bytes().unwrap().is_empty());
}

#[test]
fn two_starts_give_the_same_bytes() {
    let (one, other) = (Server::start(), Server::start());
    for path in [TILE, "/xyz/basemap,all/5/15/14.png", "/collections/blockades/download.geojson?datetime=2025-10-22"] {
        let (mut a, mut b) = (one.bytes(path), other.bytes(path));
        if path.contains("geojson") {
            // A download says when it was made.
            (a, b) = (without_stamp(a), without_stamp(b));
        }
        assert!(a == b, "{path}");
    }
}

fn without_stamp(bytes: Vec<u8>) -> Vec<u8> {
    let mut document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    for name in ["timeStamp", "known_at", "disclaimer", "links"] {
        document.as_object_mut().unwrap().remove(name);
    }
    document.to_string().into_bytes()
}

#[test]
fn an_empty_tile_is_204_and_an_empty_picture_is_transparent() {
    let server = Server::start();
    assert_eq!(server.get("/xyz/blockades/6/0/0.mvt").status(), StatusCode::NO_CONTENT);
    let picture = image::load_from_memory(&server.bytes("/xyz/blockades/6/0/0.png")).unwrap().into_rgba8();
    assert_eq!(picture.dimensions(), (256, 256));
    assert!(picture.pixels().all(|pixel| pixel.0[3] == 0));
}

#[test]
fn tilejson_says_where_the_tiles_are_and_whom_to_credit() {
    let server = Server::start();
    let document = server.json("/xyz/all.json?datetime=2025-11-01");
    assert_eq!(document["tilejson"], "3.0.0");
    let template = document["tiles"][0].as_str().unwrap();
    assert!(
        template.starts_with(&server.url("/xyz/")) && template.ends_with("/{z}/{x}/{y}.mvt?datetime=2025-11-01"),
        "{template}"
    );
    let layers: Vec<&str> =
        document["vector_layers"].as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap()).collect();
    assert_eq!(layers, ["areas", "segments", "corridors", "access", "places", "blockades"]);
    let blockades = &document["vector_layers"][5]["fields"];
    let expected = [
        "id",
        "kind",
        "subtype",
        "name",
        "phase",
        "effect",
        "severity",
        "certainty",
        "actor",
        "valid_from",
        "valid_to",
        "valid_from_s",
        "valid_to_s",
    ];
    assert!(expected.iter().all(|name| blockades.get(name).is_some()), "{blockades}");
    assert!(document["bounds"].as_array().is_some_and(|bounds| bounds.len() == 4));
    assert_eq!((document["minzoom"].as_u64(), document["maxzoom"].as_u64()), (Some(0), Some(20)));
    let basemap = server.json("/xyz/basemap,all.png.json");
    let credit = basemap["attribution"].as_str().unwrap();
    assert!(
        credit.contains("Natural Earth") && credit.contains("GeoNames") && credit.contains("2025-10-22T12:00:00Z"),
        "{credit}"
    );
}

/// Headers that differ from run to run, or with the content, and are checked elsewhere.
const CHANGING: [&str; 4] = ["date", "x-request-id", "etag", "content-length"];

#[test]
fn headers_of_each_kind_of_answer() {
    let server = Server::start();
    let headers = |path: &&str| {
        let response = server.request(path).header("accept-encoding", "gzip").send().unwrap();
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let kept = response.headers().iter().filter(|(name, _)| !CHANGING.contains(&name.as_str()));
        let headers: BTreeMap<String, String> = kept.map(|(name, value)| (name.to_string(), text(value))).collect();
        ((*path).to_owned(), json!({"status": response.status().as_u16(), "headers": headers}))
    };
    let paths = [
        TILE,
        "/xyz/blockades/6/0/0.mvt",
        "/xyz/basemap,all/6/30/29@2x.png",
        "/xyz/all.json",
        "/collections/areas/items?limit=1",
        "/collections/areas/download.geojson",
        "/?f=html",
        "/nothing",
    ];
    let answers: BTreeMap<String, serde_json::Value> = paths.iter().map(headers).collect();
    assert_json_snapshot!("headers", answers);
}
