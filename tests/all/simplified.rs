//! Vector tiles leave out vertices that nobody sees, say so, and can be told not to.

use crate::server::Server;
use mvt_reader::Reader;
use serde_json::json;
use std::fs;
use tempfile::TempDir;

/// A road that winds by a unit of the tile, less than a pixel, seen from far away.
fn server(layer: &str) -> Server {
    let folder = TempDir::new().unwrap();
    let path: Vec<[f64; 2]> = (0..500).map(|step| [-8.0 + 0.002 * f64::from(step), 12.0 + 0.003 * f64::from(step % 2)]).collect();
    let road = json!({"type": "Feature", "id": 1, "geometry": {"type": "LineString", "coordinates": path}, "properties": {}});
    fs::write(folder.path().join("roads.geojsonl"), road.to_string()).unwrap();
    let config = folder.path().join("roadblock.toml");
    fs::write(&config, format!("[[layers]]\npath = \"roads.geojsonl\"\n{layer}")).unwrap();
    Server::with(["serve", "--config", config.to_str().unwrap()])
}

/// Vertices of the road in the one tile of zoom 5 in which it lies.
fn vertices(server: &Server) -> usize {
    let tile = server.get("/xyz/roads/5/15/14.mvt").bytes().unwrap().to_vec();
    let features = Reader::new(tile).unwrap().get_features(0).unwrap();
    let [road] = &features[..] else { panic!("{} roads", features.len()) };
    match &road.geometry {
        geo_types::Geometry::LineString(path) => path.0.len(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn simplification_is_named_and_can_be_switched_off() {
    let simplified = server("");
    assert!(vertices(&simplified) < 10);
    let named = json!([{"layer": "roads", "method": "Douglas-Peucker", "tolerance": 2.0, "extent": 4096}]);
    assert_eq!(simplified.json("/xyz/roads.json")["simplified"], named);

    let exact = server("simplify = false");
    // One unit of the tile is 0.0027 degrees, so that every step goes one up or one down and none lies on the way between its neighbours.
    assert_eq!(vertices(&exact), 500);
    assert_eq!(exact.json("/xyz/roads.json")["simplified"], json!([]));
}
