//! Tile budgets: a crowded tile leaves the least important features out, and says how many.

use crate::server::Server;
use crate::tiles::decoded;
use mvt_reader::Reader;
use mvt_reader::feature::Value;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use tempfile::TempDir;

const TOWNS: i64 = 3000;

/// Towns on a lattice round Bamako; the larger the number, the more people.
fn config(folder: &TempDir, layer: &str) -> Vec<String> {
    let town = |number: i64| {
        let [lon, lat] = [-8.0 + 0.01 * (number % 60) as f64, 12.0 + 0.01 * (number / 60) as f64];
        json!({"type": "Feature", "id": number, "geometry": {"type": "Point", "coordinates": [lon, lat]},
               "properties": {"name": format!("town {number}"), "people": number}})
        .to_string()
    };
    fs::write(folder.path().join("towns.geojsonl"), (0..TOWNS).map(town).collect::<Vec<_>>().join("\n")).unwrap();
    let path = folder.path().join("roadblock.toml");
    fs::write(&path, format!("[[layers]]\npath = \"towns.geojsonl\"\n{layer}")).unwrap();
    ["serve", "--config", path.to_str().unwrap()].map(str::to_owned).into()
}

/// A server that says what it counts.
fn measured(arguments: Vec<String>) -> Server {
    Server::with(arguments.into_iter().chain(["--admin-listen", "127.0.0.1:0"].map(str::to_owned)))
}

/// How many features of a layer each zoom leaves out, from zoom 0 on, as the metrics count them.
fn counted(server: &Server, layer: &str) -> Vec<u64> {
    let metrics = server.metrics();
    let of_layer = format!("roadblock_features_left_out{{layer=\"{layer}\",zoom=\"");
    let lines = metrics.lines().filter_map(|line| line.strip_prefix(&of_layer)?.split_once("\"} "));
    let counts: BTreeMap<usize, u64> = lines.map(|(zoom, count)| (zoom.parse().unwrap(), count.parse().unwrap())).collect();
    assert!(counts.keys().copied().eq(0..counts.len()), "a zoom is missing: {metrics}");
    counts.into_values().collect()
}

fn people(tile: Vec<u8>) -> BTreeSet<u64> {
    let features = Reader::new(tile).unwrap().get_features(0).unwrap();
    let people = features.iter().filter_map(|feature| match feature.properties.as_ref()?.get("people")? {
        Value::UInt(people) => Some(*people),
        _ => None,
    });
    people.collect()
}

#[test]
fn the_least_important_go_first_and_are_counted_everywhere() {
    let folder = TempDir::new().unwrap();
    let server = measured(config(&folder, "tile_budget_kb = 20\nimportance = \"people\""));
    let answer = server.get("/xyz/towns/0/0/0.mvt");
    let left_out = answer.headers()["x-features-left-out"].to_str().unwrap().to_owned();
    let tile = answer.bytes().unwrap().to_vec();
    assert!(tile.len() <= 20_000 && tile.len() > 10_000, "{} bytes", tile.len());
    let shown = people(tile);
    assert_eq!(left_out, format!("towns={}", TOWNS as usize - shown.len()));
    assert_eq!(shown.first().copied(), Some(TOWNS as u64 - shown.len() as u64), "the towns with most people stay");
    let by_zoom = server.json("/xyz/towns.json")["left_out"][0]["features_by_zoom"].clone();
    assert_eq!(by_zoom[0], TOWNS as usize - shown.len());
    assert!(by_zoom.as_array().unwrap().len() > 3, "{by_zoom}");
    let by_zoom: Vec<u64> = by_zoom.as_array().unwrap().iter().map(|count| count.as_u64().unwrap()).collect();
    assert_eq!(counted(&server, "towns"), by_zoom, "whoever watches the server reads the same numbers");

    let picture = server.get("/xyz/towns/0/0/0.png");
    assert_eq!(picture.headers()["x-features-left-out"].to_str().unwrap(), left_out);
    let near = server.get("/xyz/towns/12/1960/1909.mvt");
    assert!(near.headers().get("x-features-left-out").is_none(), "every town shows from some zoom on");
    assert_eq!(server.json("/collections/towns/items?limit=1")["numberMatched"], TOWNS, "items have every feature");
    server.assert_log_clean();
}

#[test]
fn a_budget_can_be_switched_off_and_needs_a_property_of_numbers() {
    let folder = TempDir::new().unwrap();
    let all = measured(config(&folder, "tile_budget_kb = 0"));
    let answer = all.get("/xyz/towns/0/0/0.mvt");
    assert!(answer.headers().get("x-features-left-out").is_none());
    assert_eq!(people(answer.bytes().unwrap().to_vec()).len(), TOWNS as usize);
    assert_eq!(all.json("/xyz/towns.json")["left_out"], json!([]));
    assert!(counted(&all, "towns").is_empty(), "{}", all.metrics());

    for (property, right) in [("peple", "name, people"), ("name", "numbers; name a property that does: people")] {
        let mut arguments = config(&folder, &format!("importance = \"{property}\""));
        arguments.extend(["--listen".into(), "127.0.0.1:0".into()]);
        let output = crate::outside::run(crate::server::program().args(arguments));
        let (_, said) = crate::outside::texts(&output);
        assert!(output.status.code() == Some(2) && said.contains(&format!("'{property}'")) && said.contains(right), "{said}");
    }
}

/// What a tile of the whole world tells of a layer: the features by their ids.
fn ids(server: &Server, layer: &str) -> BTreeSet<u64> {
    let answer = server.get(&format!("/xyz/{layer}/0/0/0.mvt"));
    assert!(answer.headers().get("x-features-left-out").is_none(), "{layer}: {:?}", answer.headers());
    let features = decoded(answer.bytes().unwrap().to_vec()).remove(layer).unwrap();
    features.iter().map(|feature| feature["id"].as_u64().unwrap()).collect()
}

#[test]
fn no_record_is_left_out_whatever_the_budget() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("roadblock.toml");
    fs::write(&path, "tile_budget_kb = 1\n").unwrap();
    let arguments = ["serve", "--config", path.to_str().unwrap(), "--tile-budget-kb", "1"].map(str::to_owned);
    let server = measured(arguments.into());
    assert!(server.bytes("/xyz/all/0/0/0.mvt").len() > 10_000, "a tile of ten times the budget");
    assert!(!server.metrics().contains("roadblock_features_left_out{"), "{}", server.metrics());
    for layer in ["areas", "segments", "corridors", "access", "places", "blockades"] {
        // What the map shows of records at its moment, by the same words.
        let listed =
            server.json(&format!("/collections/{layer}/items?limit=10000&datetime=2025-10-22T12:00:00Z&phase=active,recent"));
        let located = listed["features"].as_array().unwrap().iter().filter(|feature| !feature["geometry"].is_null()).count();
        assert_eq!(ids(&server, layer).len(), located, "{layer}");
        assert_eq!(server.json(&format!("/xyz/{layer}.json"))["left_out"], json!([]), "{layer}");
    }
    server.assert_log_clean();
}
