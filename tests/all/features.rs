//! GeoJSON through the real program: pages, filters, one item, whole layers.

use crate::server::Server;
use geojson::GeoJson;
use reqwest::StatusCode;
use serde_json::Value;
use std::collections::BTreeSet;

fn ids(collection: &Value) -> Vec<String> {
    collection["features"].as_array().unwrap().iter().map(|feature| feature["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_public_record_arrives() {
    let server = Server::start();
    let collections = server.json("/collections");
    let names: Vec<&str> = collections["collections"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(names, ["basemap", "areas", "segments", "corridors", "access", "places", "blockades"]);
    for (layer, count) in [("areas", 12), ("segments", 134), ("corridors", 21), ("places", 128), ("blockades", 45)] {
        let document = server.json(&format!("/collections/{layer}/download.geojson"));
        let features = document["features"].as_array().unwrap();
        assert_eq!(features.len(), count, "{layer}");
        let sourced = |feature: &&Value| feature["properties"]["sources"].as_array().is_some_and(|list| !list.is_empty());
        assert_eq!(features.iter().filter(sourced).count(), count, "every one of {layer} says who says so");
    }
}

#[test]
fn downloads_are_files_that_another_reader_reads() {
    let server = Server::start();
    let response = server.get("/collections/areas/download.geojson");
    let disposition = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(disposition.starts_with("attachment") && disposition.contains("areas"), "{disposition}");
    assert_eq!(response.headers()["content-type"], "application/geo+json");
    let GeoJson::FeatureCollection(collection) = response.text().unwrap().parse::<GeoJson>().unwrap() else {
        panic!("not a collection")
    };
    for feature in collection.features {
        let geometry: geo_types::Geometry<f64> = feature.geometry.unwrap().try_into().unwrap();
        let geo_types::Geometry::MultiPolygon(polygons) = geometry else { panic!("areas are polygons") };
        use geo::Winding;
        assert!(polygons.iter().all(|polygon| polygon.exterior().is_ccw()), "right-hand rule");
        assert!(polygons.iter().flat_map(|polygon| polygon.interiors()).all(Winding::is_cw));
    }
}

#[test]
fn pages_add_up_to_the_whole() {
    let server = Server::start();
    let whole = ids(&server.json("/collections/places/items?limit=10000"));
    assert_eq!(whole.len(), 128);
    let mut paged = Vec::new();
    let mut next = Some("/collections/places/items?limit=7".to_owned());
    while let Some(path) = next {
        let page = server.json(&path);
        assert_eq!(page["numberMatched"], 128);
        assert_eq!(page["numberReturned"].as_u64().unwrap() as usize, ids(&page).len());
        paged.extend(ids(&page));
        next =
            page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").map(|link| {
                link["href"].as_str().unwrap().strip_prefix(&server.url("")).expect("links lead back here").to_owned()
            });
    }
    assert_eq!(paged, whole);
}

#[test]
fn box_time_and_properties_choose() {
    let server = Server::start();
    let chosen =
        |query: &str| ids(&server.json(&format!("/collections/blockades/items?{query}"))).into_iter().collect::<BTreeSet<_>>();
    let all = chosen("");
    let ambushes = chosen("subtype=ambush");
    assert!(!ambushes.is_empty() && ambushes.is_subset(&all) && ambushes.len() < all.len());
    assert!(ambushes.contains("ev-1017-kadiana"));
    assert!(chosen("bbox=-7,10.5,-6.4,11.1&subtype=ambush").contains("ev-1017-kadiana"));
    assert!(!chosen("bbox=0,0,1,1&subtype=ambush").contains("ev-1017-kadiana"));
    assert!(!chosen("datetime=2025-10-16").contains("ev-1017-kadiana"));
    assert!(chosen("datetime=2025-10-17").contains("ev-1017-kadiana"));
    assert!(!chosen("datetime=2025-10-17&known_at=2025-10-17T06:00:00Z").contains("ev-1017-kadiana"));
    let phases: Vec<Value> = server.json("/collections/blockades/items?datetime=2025-10-22T12:00:00Z&phase=active")["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| feature["properties"]["phase"].clone())
        .collect();
    assert!(!phases.is_empty() && phases.iter().all(|phase| phase == "active"), "{phases:?}");
}

#[test]
fn one_item_with_who_says_so() {
    let server = Server::start();
    let response = server.get("/collections/blockades/items/ev-1017-kadiana");
    assert_eq!(response.headers()["content-type"], "application/geo+json");
    let tag = response.headers()["etag"].clone();
    let item: Value = serde_json::from_str(&response.text().unwrap()).unwrap();
    assert_eq!(item["properties"]["effect"], "closes");
    assert!(item["properties"]["sources"][0]["url"].as_str().unwrap().starts_with("https://"));
    let again = server.request("/collections/blockades/items/ev-1017-kadiana").header("if-none-match", tag).send().unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
}

#[test]
fn what_is_not_public_leaves_in_no_format() {
    let server = Server::start();
    let hidden: Vec<Value> = serde_json::Deserializer::from_str(include_str!("../../data/mali/blockades.jsonl"))
        .into_iter::<Value>()
        .map(Result::unwrap)
        .filter(|record| record["sensitivity"] != "public")
        .collect();
    assert!(hidden.len() >= 5, "the data hold records that are not public");
    let mut said = String::new();
    for path in
        ["/collections/blockades/download.geojson", "/collections/areas/download.geojson", "/", "/?f=html", "/viewer.json"]
    {
        said.push_str(&String::from_utf8(server.bytes(path)).unwrap());
    }
    for tile in ["/xyz/all/0/0/0.mvt", "/xyz/all/4/7/7.mvt", "/xyz/all/6/30/29.mvt?datetime=2025-09-01/2025-12-01"] {
        said.push_str(&String::from_utf8_lossy(&server.bytes(tile)));
    }
    for record in &hidden {
        let id = record["id"].as_str().unwrap();
        for member in ["name", "notes"] {
            let words = record[member].as_str().unwrap();
            assert!(!said.contains(words), "{member} of {id} leaked");
        }
        let shown = server.json(&format!("/collections/blockades/items/{id}"));
        assert_eq!((&shown["properties"]["generalised"], &shown["properties"]["effect"]), (&true.into(), &"advisory".into()));
        let (day, week) = (record["valid_from"].as_str().unwrap(), shown["properties"]["valid_from"].as_str().unwrap());
        assert!(week[..10] <= *day && week.ends_with("T00:00:00Z"), "{week} for {day}");
        assert!(matches!(shown["geometry"]["type"].as_str(), None | Some("Polygon")), "{id}: {}", shown["geometry"]);
    }
}

#[test]
fn programs_get_the_landing_page_and_browsers_the_map() {
    let server = Server::start();
    let landing = server.json("/");
    for rel in ["service-desc", "conformance", "data"] {
        let links = landing["links"].as_array().unwrap();
        let href = links.iter().find(|link| link["rel"] == rel).unwrap_or_else(|| panic!("no {rel}"))["href"].as_str().unwrap();
        assert_eq!(server.get(href.strip_prefix(&server.url("")).unwrap()).status(), StatusCode::OK, "{rel}");
    }
    assert_eq!(server.json("/api")["openapi"], "3.0.3");
    let page = server.request("/").header("accept", "text/html,*/*;q=0.8").send().unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    let text = page.text().unwrap();
    assert!(text.contains("About fifty tankers burned") && text.contains("as of 22 October 2025"), "useful without scripts");
    assert!(!text.contains("src=\"http") && !text.contains("href=\"//"), "nothing is fetched from anybody else");
}

#[test]
fn files_of_the_page_are_kept_for_ever_and_come_compressed() {
    let server = Server::start();
    let page = server.request("/?f=html").send().unwrap().text().unwrap();
    let script = format!("/{}", page.split("src=\"").nth(1).unwrap().split('"').next().unwrap());
    let script = script.as_str();
    let response = server.request(script).header("accept-encoding", "br").send().unwrap();
    assert_eq!(response.headers()["content-encoding"], "br");
    assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let bytes = response.bytes().unwrap().len();
    assert!(bytes < 150_000, "the map's script has grown to {bytes} bytes");
    let plain = server.get(script);
    assert!(plain.headers().get("content-encoding").is_none());
    assert!(plain.headers()["content-type"].to_str().unwrap().starts_with("text/javascript"));
}
