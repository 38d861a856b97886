//! Tile budgets: a crowded tile leaves the least important features out, and says how many.

use crate::server::Server;
use mvt_reader::Reader;
use mvt_reader::feature::Value;
use serde_json::json;
use std::collections::BTreeSet;
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
    let server = Server::with(config(&folder, "tile_budget_kb = 20\nimportance = \"people\""));
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

    let picture = server.get("/xyz/towns/0/0/0.png");
    assert_eq!(picture.headers()["x-features-left-out"].to_str().unwrap(), left_out);
    let near = server.get("/xyz/towns/12/1960/1909.mvt");
    assert!(near.headers().get("x-features-left-out").is_none(), "every town shows from some zoom on");
    assert_eq!(server.json("/collections/towns/items?limit=1")["numberMatched"], TOWNS, "items have every feature");
    server.assert_log_clean();
}

#[test]
fn a_budget_can_be_switched_off_and_needs_a_property_that_exists() {
    let folder = TempDir::new().unwrap();
    let all = Server::with(config(&folder, "tile_budget_kb = 0"));
    let answer = all.get("/xyz/towns/0/0/0.mvt");
    assert!(answer.headers().get("x-features-left-out").is_none());
    assert_eq!(people(answer.bytes().unwrap().to_vec()).len(), TOWNS as usize);
    assert_eq!(all.json("/xyz/towns.json")["left_out"], json!([]));

    let mut arguments = config(&folder, "importance = \"peple\"");
    arguments.extend(["--listen".into(), "127.0.0.1:0".into()]);
    let output = crate::outside::run(crate::server::program().args(arguments));
    let (_, said) = crate::outside::texts(&output);
    assert!(output.status.code() == Some(2) && said.contains("'peple'") && said.contains("name, people"), "{said}");
}
