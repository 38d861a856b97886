//! Styles through the real program: tiles, static maps and legends by name.

use crate::server::Server;
use image::RgbaImage;
use serde_json::Value;

const STYLES: [&str; 4] = ["access", "access-dark", "print", "basemap"];
const AT: &str = "datetime=2025-10-22";

fn picture(server: &Server, path: &str) -> RgbaImage {
    image::load_from_memory(&server.bytes(path)).expect("another decoder reads the picture").into_rgba8()
}

/// Why a request is refused.
fn refused(server: &Server, path: &str) -> (u16, String) {
    let answer = server.get(path);
    let status = answer.status().as_u16();
    let problem: Value = answer.json().unwrap();
    (status, problem["detail"].as_str().unwrap_or_default().to_owned())
}

/// Share of pixels that differ visibly.
fn difference(one: &RgbaImage, other: &RgbaImage) -> f64 {
    assert_eq!(one.dimensions(), other.dimensions());
    let differs =
        one.pixels().zip(other.pixels()).filter(|(a, b)| (0..4).any(|channel| a.0[channel].abs_diff(b.0[channel]) > 24));
    differs.count() as f64 / f64::from(one.width() * one.height())
}

#[test]
fn styles_are_listed_and_each_is_served_whole() {
    let server = Server::start();
    let list = server.json("/styles");
    let ids: Vec<&str> = list["styles"].as_array().unwrap().iter().map(|style| style["id"].as_str().unwrap()).collect();
    assert_eq!(ids, STYLES);
    for id in STYLES {
        let document = server.json(&format!("/styles/{id}.json"));
        assert_eq!(document["version"], 8);
        assert!(document["sources"]["roadblock"]["url"].as_str().unwrap().starts_with("http://"), "{id}");
        assert!(!document.to_string().contains("\"@"), "{id}: every name has its value");
        assert!(server.json(&format!("/styles/{id}/icons.json"))["icons"].is_object());
        assert_eq!(document["sprite"], server.url(&format!("/sprites/{id}")));
        assert_eq!(document["glyphs"], server.url("/fonts/{fontstack}/{range}.pbf"));
        let tiles = server.json(&format!("/styles/{id}/tiles.json?{AT}"));
        let template = tiles["tiles"][0].as_str().unwrap();
        assert!(template.ends_with(&format!("/styles/{id}/{{z}}/{{x}}/{{y}}.png?{AT}")), "{template}");
    }
    assert_eq!(server.json("/styles/default.json"), server.json("/styles/access.json"));
    assert_eq!(server.bytes("/styles/default/6/30/29.png"), server.bytes("/styles/access/6/30/29.png"));
    server.assert_log_clean();
}

#[test]
fn a_document_is_of_the_day_that_is_asked_for_and_opens_where_the_data_are() {
    let server = Server::start();
    let tiles = server.json("/styles/access/tiles.json");
    assert_eq!(tiles["bounds"][0], -180.0, "clients ask for nothing beyond the bounds, and the basemap is the whole world");
    let [longitude, latitude] = [0, 1].map(|axis| tiles["center"][axis].as_f64().unwrap());
    assert!((-12.0..-2.0).contains(&longitude) && (8.0..18.0).contains(&latitude), "{}", tiles["center"]);
    for file in ["access.json", "access/qgis.json"] {
        let document = server.json(&format!("/styles/{file}?{AT}&phase=active"));
        let url = document["sources"]["roadblock"]["url"].as_str().unwrap();
        assert!(url.ends_with(&format!(".json?{AT}&phase=active")), "{url}");
        let answer = server.json(url.strip_prefix(&server.url("")).unwrap());
        assert!(answer["tiles"][0].as_str().unwrap().ends_with(&format!("?{AT}&phase=active")), "{}", answer["tiles"]);
        assert_eq!(refused(&server, &format!("/styles/{file}?datetime=soon")).0, 400);
        assert_eq!(refused(&server, &format!("/styles/{file}?date=2025-11-12")).0, 400);
    }
    let document = server.json("/styles/access.json");
    assert_eq!(document["center"], serde_json::json!([longitude, latitude]));
    assert_eq!(document["zoom"].as_i64().map(|zoom| zoom + 1), tiles["center"][2].as_i64());
}

#[test]
fn an_unknown_style_is_404_and_those_there_are_are_named() {
    let server = Server::start();
    for path in ["/styles/neon.json", "/styles/neon/6/30/29.png", "/styles/neon/map.png", "/styles/neon/tiles.json"] {
        let (status, detail) = refused(&server, path);
        assert_eq!(status, 404, "{path}");
        assert!(STYLES.iter().all(|id| detail.contains(id)), "{detail}");
    }
    for path in ["/styles/print/6/30/29.mvt", "/styles/print/6/30/99.png", "/styles/print/poster.png", "/xyz/all/6/30/29.jpg"] {
        assert_eq!(refused(&server, path).0, 404, "{path}");
    }
    for (path, words) in [
        ("/styles/access", "is at /styles/access.json"),
        ("/styles/access/6/30/29@4x.png", "with @2x or @3x before the dot"),
        ("/styles/access/6/30/29.gif", "write y.png, y.webp or y.jpg"),
    ] {
        let (status, detail) = refused(&server, path);
        assert!(status == 404 && detail.contains(words), "{path}: {detail}");
    }
}

#[test]
fn a_styled_tile_is_the_tile_of_its_layers_on_the_background() {
    let server = Server::start();
    let path = format!("6/30/29@2x.png?{AT}");
    assert_eq!(server.bytes(&format!("/styles/access/{path}")), server.bytes(&format!("/xyz/basemap,all/{path}")));
    let tiles = STYLES.map(|id| server.bytes(&format!("/styles/{id}/{path}")));
    for (number, tile) in tiles.iter().enumerate() {
        assert!(tiles.iter().take(number).all(|other| other != tile), "{} looks as another does", STYLES[number]);
    }
    let png = picture(&server, &format!("/styles/print/{path}"));
    let jpg = picture(&server, &format!("/styles/print/6/30/29@2x.jpg?{AT}"));
    assert!(png.pixels().all(|pixel| pixel.0[3] > 250), "nothing is see-through");
    assert!(difference(&png, &jpg) < 0.06, "{}", difference(&png, &jpg));
}

#[test]
fn print_has_no_colour() {
    let server = Server::start();
    let png = picture(&server, &format!("/styles/print/6/30/29@2x.png?{AT}"));
    assert!(png.pixels().all(|pixel| pixel.0[0].abs_diff(pixel.0[1]) < 3 && pixel.0[1].abs_diff(pixel.0[2]) < 3));
}

#[test]
fn a_static_map_shows_the_pixels_of_its_tiles() {
    let server = Server::start();
    // The corner of four tiles: 30 and 31 across, 28 and 29 down.
    let [lon, lat] = [31.0 / 64.0 * 360.0 - 180.0, 16.636_191_878_397_664];
    let map = picture(&server, &format!("/styles/access/map.png?center={lon},{lat}&zoom=6&width=600&height=640&{AT}"));
    assert_eq!(map.dimensions(), (600, 640));
    let tile = picture(&server, &format!("/styles/access/6/30/28.png?{AT}"));
    // The map's part above the words: the tiles meet in its middle, wherever that is.
    let at = |top: u32| {
        let part = image::imageops::crop_imm(&map, 300 - 256, top, 256, 200).to_image();
        difference(&part, &image::imageops::crop_imm(&tile, 0, 0, 256, 200).to_image())
    };
    let (top, least) = (0..60).map(|top| (top, at(top))).min_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
    assert!(least < 0.01, "{least} at {top}");
    assert!(at(top + 1) > least, "a pixel beside is another map: {least} and {}", at(top + 1));
}

#[test]
fn a_map_is_as_large_as_asked_at_any_zoom() {
    let server = Server::start();
    for (query, size) in [
        ("bbox=-12,10,-4,15&width=640&height=480&scale=2", (1280, 960)),
        ("center=-8,12.65&zoom=7.35&width=500&height=400&legend=true&lang=fr", (500, 400)),
        ("layers=blockades,areas&width=400&height=400", (400, 400)),
    ] {
        let map = picture(&server, &format!("/styles/print/map.png?{query}&{AT}"));
        assert_eq!(map.dimensions(), size, "{query}");
    }
    server.assert_log_clean();
}

#[test]
fn what_is_no_map_is_refused_in_words() {
    let server = Server::start();
    for (query, words) in [
        ("width=0", "128 to 4096"),
        ("width=5000", "128 to 4096"),
        ("width=NaN", "'width' is 'NaN'"),
        ("height=-1", "'height'"),
        ("width=4097", "from 128 to 4096"),
        ("width=4096&scale=2", "128 to 2048"),
        ("scale=4", "1 to 3"),
        ("zoom=NaN", "'zoom' is 'NaN'"),
        ("center=-8,12&zoom=99", "'zoom' is '99'"),
        ("center=NaN,12", "longitude,latitude"),
        ("center=-8,91", "longitude,latitude"),
        ("center=1,2,3", "longitude,latitude"),
        ("bbox=1,5,2,3", "west,south,east,north"),
        ("bbox=1,2,1,2", "no area"),
        ("bbox=NaN,2,3,4", "west,south,east,north"),
        ("bbox=1,2,3,4&center=1,2", "one of them"),
        ("bbox=1,2,3,4&zoom=4", "decides the zoom"),
        ("width=128&height=128", "no room"),
        ("legend=maybe", "false or true"),
        ("colour=red", "unknown parameter"),
    ] {
        let (status, detail) = refused(&server, &format!("/styles/access/map.png?{query}"));
        assert_eq!(status, 400, "{query}: {detail}");
        assert!(detail.contains(words), "{query}: {detail}");
    }
}

#[test]
fn a_legend_lists_what_is_in_view_and_nothing_else() {
    let server = Server::start();
    let entries =
        |query: &str| server.json(&format!("/styles/access/legend.json?{query}&{AT}"))["entries"].as_array().unwrap().clone();
    assert!(entries("bbox=-40,30,-35,35").is_empty());
    let here = entries("bbox=-12,10,-4,15");
    let access: Vec<&Value> = here.iter().filter(|entry| entry["layer"] == "access").collect();
    assert!(
        access.len() > 1 && access.iter().all(|entry| entry["count"].as_u64() > Some(0) && entry["fr"].is_string()),
        "{here:?}"
    );
    let picture = picture(&server, &format!("/styles/access/legend.png?bbox=-12,10,-4,15&{AT}"));
    assert!(picture.height() > 100);
    let tag = server.get("/styles/access/legend.png").headers()["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with("W/"));
}

#[test]
fn what_is_doubtful_stale_or_off_by_far_shows_and_is_in_the_legend() {
    let server = Server::start();
    let legend = server.json("/styles/access/legend.json?bbox=-12.3,10.2,-3.5,15.6&width=1100&height=800&datetime=2025-11-12");
    let entries = legend["entries"].as_array().unwrap();
    let count = |property: &str, value: &str| {
        let of_it = |entry: &&Value| entry["class"]["property"] == property && entry["class"]["value"] == value;
        entries.iter().find(of_it).and_then(|entry| entry["count"].as_u64()).unwrap_or(0)
    };
    assert!(count("certainty", "possible") > 0 && count("stale", "true") > 0, "{entries:?}");
    // Thirty kilometres around Bougouni is where a report of 16 September may have been: the empty ground has another colour there.
    let around_bougouni = |day: &str| {
        let map = picture(
            &server,
            &format!("/styles/access/map.png?center=-7.6,11.6&zoom=9&width=512&height=600&layers=blockades&datetime={day}"),
        );
        let ground = image::Rgba([0xDC, 0xE6, 0xEA, 0xFF]);
        map.pixels().filter(|pixel| **pixel != ground).count()
    };
    assert!(around_bougouni("2025-09-18") > around_bougouni("2025-07-02") + 5_000);
    server.assert_log_clean();
}
