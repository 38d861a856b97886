//! Clusters through the real program: counts that hold at every day, members that can be listed, and what is refused.

use crate::server::Server;
use crate::tiles::decoded;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tempfile::TempDir;

/// Features of one layer of a tile; none if the tile is empty.
fn shown(server: &Server, path: &str, layer: &str) -> Vec<Value> {
    let bytes = server.get(path).error_for_status().unwrap().bytes().unwrap().to_vec();
    if bytes.is_empty() { Vec::new() } else { decoded(bytes).remove(layer).unwrap_or_default() }
}

fn count(feature: &Value) -> u64 {
    feature["properties"]["point_count"].as_u64().unwrap_or(1)
}

fn is_cluster(feature: &Value) -> bool {
    feature["properties"]["cluster"] == true
}

/// All features of a listing, page after page.
fn listed(server: &Server, path: &str) -> Vec<Value> {
    let mut features = Vec::new();
    let mut next = Some(path.to_owned());
    while let Some(path) = next {
        let page = server.json(&path);
        features.extend(page["features"].as_array().unwrap().clone());
        let link = page["links"].as_array().unwrap().iter().find(|link| link["rel"] == "next").cloned();
        next = link.map(|link| link["href"].as_str().unwrap().trim_start_matches(&server.url("")).to_owned());
    }
    features
}

fn ids(features: &[Value]) -> BTreeSet<String> {
    features.iter().map(|feature| feature["id"].to_string()).collect()
}

#[test]
fn clusters_of_reports_are_exact_on_every_day() {
    let server = Server::start();
    let mut clusters = 0;
    for query in [
        "datetime=2025-09-20T00:00:00Z",
        "datetime=2025-10-22T12:00:00Z",
        "datetime=2025-11-05&phase=active",
        "datetime=2025-11-05&phase=active,recent,past",
        "datetime=2025-10-22&known_at=2025-10-18",
    ] {
        // What a map draws unless asked otherwise.
        let phases = if query.contains("phase=") { "" } else { "&phase=active,recent" };
        let items = listed(&server, &format!("/collections/blockades/items?{query}{phases}&limit=10"));
        let points =
            items.iter().filter(|item| ["Point", "MultiPoint"].iter().any(|kind| item["geometry"]["type"] == *kind)).count();
        let is_large = |item: &&Value| item["geometry"]["type"].as_str().is_some_and(|kind| !kind.contains("Point"));
        let large = items.iter().filter(is_large).count();
        for tile in ["0/0/0", "4/7/7"] {
            let features = shown(&server, &format!("/xyz/blockades/{tile}.mvt?cluster=blockades&{query}"), "blockades");
            let on = |kind: &str| {
                let kind = kind.to_owned();
                features.iter().filter(move |feature| feature["geometry"].as_str().unwrap().contains(&kind))
            };
            let marked: Vec<&Value> = on("LINE").chain(on("POLYGON")).map(|line| &line["id"]).collect();
            assert_eq!(marked.len(), large);
            // A line and an area have a mark, and that is no point to be counted.
            let (marks, points_alone): (Vec<&Value>, Vec<&Value>) = on("POINT").partition(|point| marked.contains(&&point["id"]));
            assert_eq!(marks.len(), large, "{tile} {query}");
            assert_eq!(points_alone.into_iter().map(count).sum::<u64>(), points as u64, "{tile} {query}");
            for cluster in features.iter().filter(|feature| is_cluster(feature)) {
                clusters += 1;
                let said = &cluster["properties"];
                assert_eq!(cluster["id"], said["cluster_id"]);
                let members =
                    listed(&server, &format!("/collections/blockades/items?cluster={}&{query}&limit=2", said["cluster_id"]));
                assert_eq!((members.len() as u64, ids(&members).len() as u64), (count(cluster), count(cluster)), "{query}");
                assert!(ids(&members).is_subset(&ids(&items)));
                let having = |effect: &str| members.iter().filter(|one| one["properties"]["effect"] == effect).count() as u64;
                let effects = ["closes", "restricts", "advisory", "passage"];
                for effect in effects {
                    assert_eq!(said[format!("count_{effect}")], having(effect), "{query}");
                }
                assert_eq!(said["worst"], *effects.iter().find(|effect| having(effect) > 0).unwrap());
            }
        }
    }
    assert!(clusters > 4, "there is something to see");
    server.assert_log_clean();
}

#[test]
fn a_cluster_parts_at_its_expansion_zoom_and_not_before() {
    let server = Server::start();
    let at = |zoom: u64| {
        // Bamako's part of the world: where the reports of the default day lie.
        let tiles = (0..1u64 << zoom).flat_map(|x| (0..1u64 << zoom).map(move |y| (x, y)));
        let near = tiles.filter(|(x, y)| {
            let side = (1u64 << zoom) as f64;
            let (west, north) = (*x as f64 / side, *y as f64 / side);
            (0.46 - 1.0 / side..0.5).contains(&west) && (0.44 - 1.0 / side..0.475).contains(&north)
        });
        near.flat_map(|(x, y)| shown(&server, &format!("/xyz/blockades/{zoom}/{x}/{y}.mvt?cluster=blockades"), "blockades"))
            .filter(is_cluster)
            .map(|cluster| cluster["properties"].clone())
            .collect::<Vec<Value>>()
    };
    let clusters = at(4);
    assert!(!clusters.is_empty());
    for cluster in clusters {
        let Some(expansion) = cluster["expansion_zoom"].as_u64() else { continue };
        let whole = |zoom: u64| at(zoom).iter().any(|other| other["point_count"] == cluster["point_count"]);
        assert!(whole(expansion - 1) && !whole(expansion), "{cluster}");
    }
}

/// Forty towns: a crowd of 30 around one place, ten of them at the very same, and ten far apart.
fn towns(folder: &TempDir) {
    let town = |number: u32| {
        let spread = f64::from(number % 30) * 0.002;
        let [lon, lat] = match number {
            0..10 => [-8.0, 12.6],
            10..30 => [-8.0 + spread, 12.6 - spread / 2.0],
            _ => [f64::from(number) * 4.0 - 120.0, f64::from(number) - 55.0],
        };
        json!({"type": "Feature", "id": number, "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"kind": if number.is_multiple_of(3) { "market" } else { "port" }, "cluster": "Ségou"}})
    };
    let collection = json!({"type": "FeatureCollection", "features": (0..40).map(town).collect::<Vec<_>>()});
    std::fs::write(folder.path().join("towns.geojson"), collection.to_string()).unwrap();
    let road = json!({"type": "Feature", "geometry": {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "properties": {}});
    std::fs::write(folder.path().join("roads.geojson"), road.to_string()).unwrap();
}

fn serve(folder: &TempDir, settings: &str) -> Server {
    let config = folder.path().join("roadblock.toml");
    std::fs::write(&config, format!("[[layers]]\npath = \"towns.geojson\"\n{settings}\n[[layers]]\npath = \"roads.geojson\"\n"))
        .unwrap();
    Server::with(["serve", "--config", config.to_str().unwrap()])
}

#[test]
fn a_file_of_points_is_clustered_as_its_settings_or_the_request_say() {
    let folder = TempDir::new().unwrap();
    towns(&folder);
    let server = serve(&folder, "cluster = true\ncluster_by = \"kind\"");
    let tile = |query: &str| shown(&server, &format!("/xyz/towns/3/3/3.mvt{query}"), "towns");
    let clusters: Vec<Value> = tile("").into_iter().filter(is_cluster).collect();
    let [cluster] = clusters.as_slice() else { panic!("{clusters:?}") };
    let said = &cluster["properties"];
    assert_eq!((&said["point_count"], &said["point_count_abbreviated"]), (&json!(30), &json!("30")));
    assert_eq!((&said["count_market"], &said["count_port"], said.get("worst")), (&json!(10), &json!(20), None));
    assert_eq!(tile(""), tile("?cluster=towns"));
    assert!(!tile("?cluster=").iter().any(is_cluster), "an empty value means none");
    assert_eq!(
        tile("?cluster=").iter().filter(|feature| feature["properties"]["cluster"] == "Ségou").count(),
        tile("?cluster=").len()
    );

    let page = server.json(&format!("/collections/towns/items?cluster={}&limit=7", said["cluster_id"]));
    assert_eq!((&page["numberMatched"], &page["numberReturned"]), (&json!(30), &json!(7)));
    let file = server.json(&format!("/collections/towns/download.geojson?cluster={}", said["cluster_id"]));
    assert_eq!(file["features"].as_array().unwrap().len(), 30);
    let far = server.json(&format!("/collections/towns/items?cluster={}&bbox=10,10,20,20", said["cluster_id"]));
    assert_eq!(far["numberMatched"], 0, "a box selects among the members");

    // Towns at the very same place stay together at the highest zoom, and nothing else does.
    let x = ((-8.0 / 360.0 + 0.5) * f64::from(1u32 << 20)) as u32;
    let y = ((0.5 - 12.6f64.to_radians().sin().atanh() / std::f64::consts::TAU) * f64::from(1u32 << 20)) as u32;
    let last: Vec<Value> =
        shown(&server, &format!("/xyz/towns/20/{x}/{y}.mvt"), "towns").into_iter().filter(is_cluster).collect();
    assert_eq!(last.iter().map(count).collect::<Vec<_>>(), [10]);
    assert!(last[0]["properties"].get("expansion_zoom").is_none(), "nothing parts them");
    assert_eq!(server.json(&format!("/collections/towns/items?cluster={}", last[0]["id"]))["numberMatched"], 10);
    server.assert_log_clean();
}

#[test]
fn pictures_and_documents_follow_the_parameter() {
    let folder = TempDir::new().unwrap();
    towns(&folder);
    let server = serve(&folder, "cluster_by = \"kind\"");
    let picture = |query: &str| server.bytes(&format!("/xyz/towns/3/3/3.png{query}"));
    assert!(picture("") != picture("?cluster=all"));
    assert_eq!(picture(""), picture("?cluster="));

    let fields = |query: &str| server.json(&format!("/xyz/all.json{query}"))["vector_layers"][0]["fields"].clone();
    assert!(fields("").get("point_count").is_none());
    assert!(["cluster_id", "point_count", "count_port"].iter().all(|name| fields("?cluster=all").get(name).is_some()));
    let template = server.json("/xyz/all.json?cluster=towns&datetime=2025-11-05")["tiles"][0].as_str().unwrap().to_owned();
    assert!(template.ends_with(".mvt?cluster=towns&datetime=2025-11-05"), "{template}");
    let raster = server.json("/xyz/all.png.json?cluster=towns")["tiles"][0].as_str().unwrap().to_owned();
    assert!(raster.ends_with(".png?cluster=towns"), "{raster}");
    let source = server.json("/styles/default.json?cluster=towns")["sources"]["roadblock"]["url"].as_str().unwrap().to_owned();
    assert!(source.ends_with(".json?cluster=towns"), "{source}");
    assert!(server.json("/xyz/all.json?cluster=towns")["tiles"].is_array(), "the style's source is there");
}

#[test]
fn what_cannot_be_clustered_is_refused_with_what_can() {
    let folder = TempDir::new().unwrap();
    towns(&folder);
    let server = serve(&folder, "");
    for (path, expected) in [
        ("/xyz/towns/0/0/0.mvt?cluster=villages", "no layer 'villages'; it shows: towns"),
        ("/xyz/towns/0/0/0.png?cluster=roads", "no layer 'roads'"),
        ("/xyz/all/0/0/0.mvt?cluster=towns,roads", "layer 'roads' holds geometry of the kind 'line'"),
        ("/xyz/basemap,towns/0/0/0.mvt?cluster=basemap", "only points can be clustered"),
        ("/xyz/all/0/0/0.mvt?cluster=towns&cluster=towns", "more than once"),
        ("/collections/roads/items?cluster=4503599627370497", "layer 'roads' holds geometry of the kind 'line'"),
        ("/collections/towns/items?cluster=17", "'17' is no cluster_id"),
        ("/collections/towns/items?cluster=towns", "'towns' is no cluster_id"),
    ] {
        let answer = server.get(path);
        assert_eq!(answer.status(), 400, "{path}");
        let problem: Value = answer.json().unwrap();
        assert!(problem["detail"].as_str().unwrap().contains(expected), "{path}: {problem}");
    }
    let all = shown(&server, "/xyz/all/0/0/0.mvt?cluster=all", "towns");
    assert!(all.iter().any(is_cluster), "all means all that have points");
}

#[test]
fn settings_that_cannot_work_stop_the_start() {
    let folder = TempDir::new().unwrap();
    towns(&folder);
    for (settings, expected) in [
        ("path = \"roads.geojson\"\ncluster = true", "only points can be clustered"),
        ("path = \"towns.geojson\"\ncluster_by = \"size\"", "clusters cannot count 'size'"),
        ("path = \"towns.geojson\"\ncluster = \"yes\"", "cluster"),
    ] {
        let config = folder.path().join("bad.toml");
        std::fs::write(&config, format!("[[layers]]\n{settings}\n")).unwrap();
        let config = config.to_str().unwrap();
        let output = crate::server::program().args(["serve", "--listen", "127.0.0.1:0", "--config", config]).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{settings}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(expected), "{settings}: {said}");
    }
}
