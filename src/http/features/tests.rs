use crate::http::front::Front;
use crate::http::sample::{Answer, ask, get, layer, sample, serve};
use geo_types::Point;
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::layer::LayerKind;
use roadblock_layers::value::ColumnKind;
use std::collections::BTreeSet;

const QGIS: [(&str, &str); 1] = [("accept", "application/json")];

async fn ids(path: &str) -> Vec<String> {
    let answer = get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.ids()
}

/// Walks the next links to the end.
async fn walk(router: &Front, first: &str) -> Vec<Answer> {
    let mut pages = vec![ask(router, first, &[]).await];
    while let Some(next) = pages.last().unwrap().link("next") {
        pages.push(ask(router, &next, &[]).await);
        assert!(pages.len() < 1000, "paging ends");
    }
    pages
}

fn many(count: u64) -> Front {
    let feature = |number| {
        let text = "some text that makes this feature as long as an ordinary one is";
        let place = Point::new((number % 360) as f64 - 180.0, (number % 170) as f64 - 85.0);
        Feature::timeless(FeatureId::Int(number), Some(place.into()), Box::new([text.into()]))
    };
    serve(vec![layer("many", LayerKind::Reference, &[("text", ColumnKind::Text)], (1..=count).map(feature).collect())])
}

#[tokio::test]
async fn qgis_finds_what_it_needs_at_the_plain_address() {
    let landing = ask(&sample(), "/", &QGIS).await;
    assert_eq!(landing.header("content-type"), "application/json");
    let json = landing.json();
    let link = |rel: &str| json["links"].as_array().unwrap().iter().find(|link| link["rel"] == rel).unwrap().clone();
    assert_eq!(link("service-desc")["type"], "application/vnd.oai.openapi+json;version=3.0");
    assert_eq!(link("data")["type"], "application/json");
    assert_eq!(link("data")["href"], "http://127.0.0.1:8080/collections");
    assert_eq!(json["default_datetime"], "2025-10-22T12:00:00Z");
}

#[tokio::test]
async fn every_link_of_the_features_side_leads_somewhere() {
    let router = sample();
    let mut open = vec!["/?f=json".to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) || path.starts_with("/styles") || path.contains(".png") {
            continue;
        }
        let answer = ask(&router, &path, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        if answer.header("content-type").contains("json") {
            let json = answer.json();
            let lists = [&json].into_iter().chain(json["collections"].as_array().into_iter().flatten());
            let links = lists.flat_map(|holder| holder["links"].as_array().into_iter().flatten());
            open.extend(links.map(|link| link["href"].as_str().unwrap().trim_start_matches("http://127.0.0.1:8080").to_owned()));
        }
    }
    assert!(seen.len() > 20, "{seen:?}");
}

#[tokio::test]
async fn a_collection_says_where_and_when_it_is() {
    let json = get("/collections/blockades").await.json();
    assert_eq!(json["extent"]["spatial"]["bbox"], serde_json::json!([[-11.4, 12.0, -6.0, 14.4]]));
    assert_eq!(json["extent"]["temporal"]["interval"], serde_json::json!([["2025-09-14T00:00:00Z", null]]));
    assert_eq!(json["itemType"], "feature");
    assert_eq!(json["crs"][0], "http://www.opengis.net/def/crs/OGC/1.3/CRS84");
}

#[tokio::test]
async fn items_count_say_and_link() {
    let answer = get("/collections/blockades/items?limit=3").await;
    assert_eq!(answer.header("content-type"), "application/geo+json");
    let json = answer.json();
    assert_eq!((&json["numberMatched"], &json["numberReturned"]), (&4.into(), &3.into()));
    assert_eq!(json["timeStamp"], "2026-01-01T00:00:00Z");
    assert_eq!(json["attribution"], "Somebody & others");
    assert_eq!(json["known_at"], "2026-01-01T00:00:00Z");
    assert!(json["disclaimer"].as_str().unwrap().contains("As of all times, known at 2026-01-01T00:00:00Z"));
    assert!(json.get("crs").is_none());
    assert!(answer.text().parse::<geojson::FeatureCollection>().is_ok(), "another library reads it");
}

#[tokio::test]
async fn pages_hold_every_feature_once() {
    let router = sample();
    for limit in 1..=5 {
        let pages = walk(&router, &format!("/collections/blockades/items?limit={limit}&severity=2,3,4,5")).await;
        let all: Vec<String> = pages.iter().flat_map(Answer::ids).collect();
        assert_eq!(all, ["ev-1", "ev-2", "ev-3", "ev-4"], "limit {limit}");
        assert!(pages.iter().all(|page| page.json()["numberMatched"] == 4));
    }
}

#[tokio::test]
async fn a_box_tests_the_geometry_itself() {
    assert_eq!(ids("/collections/roads/items?bbox=7,7,9,9").await, Vec::<String>::new(), "only the line's box is there");
    assert_eq!(ids("/collections/roads/items?bbox=9,5,11,6").await, ["1"]);
    assert_eq!(ids("/collections/roads/items?bbox=10,10,12,12").await, ["1"], "touching is a hit");
    assert_eq!(ids("/collections/roads/items?bbox=21,21,22,22").await, ["2"], "wholly inside an area");
    assert_eq!(ids("/collections/roads/items?bbox=-180,-90,180,90").await, ["1", "2", "3"]);
}

#[tokio::test]
async fn boxes_and_data_meet_across_the_antimeridian() {
    for bbox in ["177,-18,-178,-16", "-179,-18,-178.5,-16", "179,-18,180,-16", "181,-18,181.5,-16", "-182,-18,-181,-16"] {
        assert_eq!(ids(&format!("/collections/roads/items?bbox={bbox}")).await, ["3"], "{bbox}");
    }
    let json = get("/collections/roads/items/3").await.json();
    assert_eq!(json["geometry"]["type"], "MultiLineString");
}

#[tokio::test]
async fn what_has_no_place_matches_every_box() {
    assert_eq!(ids("/collections/blockades/items?bbox=100,0,101,1").await, ["ev-4"]);
    assert_eq!(ids("/collections/blockades/items?bbox=-9,11,-7,13").await, ["ev-1", "ev-4"]);
}

#[tokio::test]
async fn times_and_phases_select_and_are_resolved() {
    assert_eq!(ids("/collections/blockades/items?datetime=2025-10-05T00:00:00Z").await, ["ev-1", "ev-2"]);
    assert_eq!(ids("/collections/blockades/items?known_at=2025-10-05").await, ["ev-1", "ev-2"]);
    assert_eq!(ids("/collections/blockades/items?datetime=2025-10-22T12:00:00Z&phase=active").await, ["ev-3", "ev-4"]);
    let phase = async |query: &str| {
        let answer = get(&format!("/collections/blockades/items{query}")).await;
        answer.json()["features"][0]["properties"]["phase"].clone()
    };
    assert_eq!(phase("?datetime=2025-09-14T00:00:00Z").await, "active");
    assert_eq!(phase("?datetime=2025-10-22T12:00:00Z").await, "past");
    assert_eq!(phase("").await, serde_json::Value::Null);
}

#[tokio::test]
async fn properties_filter_in_their_own_type() {
    assert_eq!(ids("/collections/blockades/items?subtype=ambush").await, ["ev-1", "ev-3"]);
    assert_eq!(ids("/collections/blockades/items?subtype=ambush&severity=4").await, ["ev-3"]);
    assert_eq!(ids("/collections/blockades/items?valid_from=2025-10-20").await, ["ev-3", "ev-4"]);
    assert_eq!(ids("/collections/blockades/items?subtype=nothing").await, Vec::<String>::new());
}

#[tokio::test]
async fn bad_input_is_refused_with_what_would_be_right() {
    for (query, names) in [
        ("limit=0", "1 to 10000"),
        ("limit=-1", "1 to 10000"),
        ("bbox=1,2,3", "west,south,east,north"),
        ("bbox=0,2,1,1", "south"),
        ("datetime=2025-13-01", "datetime"),
        ("datetime=../..", "datetime"),
        ("datetime=", "datetime"),
        ("datetime=2025-10-02/2025-10-01", "before it starts"),
        ("phase=active", "datetime"),
        ("phase=fresh&datetime=2025-10-01", "active"),
        ("f=nonsense", "json or html"),
        ("severity=high", "whole number"),
        ("cursor=xyz", "cursor"),
        ("cursor=0-0000000000000000", "start again"),
        ("limit=1&limit=2", "more than once"),
        ("dUmmY=1", "subtype"),
        ("crs=http://www.opengis.net/def/crs/0/unsupported", "unknown parameter"),
    ] {
        let answer = get(&format!("/collections/blockades/items?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(answer.header("content-type"), "application/problem+json", "{query}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{query}");
        assert!(answer.text().contains(names), "{query}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_does_not_exist_is_404() {
    for path in [
        "/collections/dUmmYColLection",
        "/collections/nothing/items",
        "/collections/nothing/queryables",
        "/collections/nothing/download.geojson",
        "/collections/blockades/items/ev-9",
        "/collections/blockades/items/ev-3?datetime=2025-01-01T00:00:00Z",
        "/collections/blockades/download.exe",
        "/nothing",
    ] {
        let answer = get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (404, "application/problem+json"), "{path}");
    }
}

#[tokio::test]
async fn an_item_says_the_same_as_its_collection() {
    let listed = get("/collections/blockades/items?datetime=2025-10-22T12:00:00Z").await.json()["features"][2].clone();
    let single = get("/collections/blockades/items/ev-3?datetime=2025-10-22T12:00:00Z").await;
    assert_eq!(single.header("content-type"), "application/geo+json");
    let json = single.json();
    for member in ["type", "id", "geometry", "properties"] {
        assert_eq!(json[member], listed[member], "{member}");
    }
    assert_eq!(single.link("collection").as_deref(), Some("/collections/blockades"));
    assert_eq!(json["datetime"], "2025-10-22T12:00:00Z");
}

#[tokio::test]
async fn a_download_is_a_named_file() {
    let answer = get("/collections/blockades/download.geojson").await;
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"blockades.geojson\"");
    assert_eq!(answer.ids().len(), 4);
    let day = get("/collections/blockades/download.geojson?datetime=2025-10-05T00:00:00Z&subtype=ambush").await;
    assert_eq!(day.header("content-disposition"), "attachment; filename=\"blockades_2025-10-05T000000Z.geojson\"");
    assert_eq!(day.ids(), ["ev-1"]);
}

#[tokio::test]
async fn long_answers_come_in_many_chunks_and_are_whole() {
    let router = many(25_000);
    let answer = ask(&router, "/collections/many/download.geojson", &[]).await;
    assert!(answer.headers.get("content-length").is_none(), "streamed");
    assert!(answer.body.len() > 3_000_000);
    let ids = answer.ids();
    assert_eq!((ids.len(), ids.first().unwrap().as_str(), ids.last().unwrap().as_str()), (25_000, "1", "25000"));
    let pages = walk(&router, "/collections/many/items?limit=99999&bbox=-180,-90,179.5,90").await;
    assert_eq!(pages.iter().map(|page| page.ids().len()).collect::<Vec<_>>(), [10_000, 10_000, 5_000], "limits are capped");
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let router = sample();
    for path in
        ["/collections", "/collections/blockades/items", "/collections/roads/items/1", "/collections/roads/download.geojson"]
    {
        let first = ask(&router, path, &[]).await;
        let again = ask(&router, path, &[("if-none-match", first.header("etag"))]).await;
        assert_eq!((again.status.as_u16(), again.body.len()), (304, 0), "{path}");
        assert!(!again.header("cache-control").is_empty() && again.header("vary").contains("Accept"), "{path}");
        let other = ask(&router, path, &[("if-none-match", "W/\"other\"")]).await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn people_get_pages_without_scripts_and_without_markup_from_the_data() {
    let browser = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];
    for path in [
        "/conformance",
        "/collections",
        "/collections/blockades",
        "/collections/blockades/items",
        "/collections/blockades/items/ev-1",
        "/collections/blockades/queryables",
        "/collections/blockades/schema",
    ] {
        let page = ask(&sample(), path, &browser).await;
        assert_eq!((page.status.as_u16(), page.header("content-type")), (200, "text/html; charset=utf-8"), "{path}");
        assert!(!page.text().contains("<script") && !page.text().contains("<b>"), "{path}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{path}");
    }
}

#[tokio::test]
async fn only_properties_that_can_be_filtered_by_are_queryable() {
    let answer = get("/collections/blockades/queryables").await;
    assert_eq!(answer.header("content-type"), "application/schema+json");
    let json = answer.json();
    assert_eq!(json["$id"], "http://127.0.0.1:8080/collections/blockades/queryables");
    assert_eq!(json["properties"]["severity"]["type"], "integer");
    assert_eq!(json["properties"]["valid_from"]["format"], "date-time");
    assert_eq!(json["properties"]["geometry"]["format"], "geometry-point-or-multipoint");
    assert!(json["properties"].get("phase").is_none(), "a parameter of its own");
}

#[tokio::test]
async fn the_schema_gives_every_property_its_type_before_the_first_page() {
    let answer = get("/collections/blockades/schema").await;
    assert_eq!(answer.header("content-type"), "application/schema+json");
    let json = answer.json();
    let feature = get("/collections/blockades/items/ev-1").await.json();
    for name in feature["properties"].as_object().unwrap().keys() {
        assert!(json["properties"][name]["type"].is_string(), "{name}");
    }
    assert_eq!(json["properties"]["geometry"]["x-ogc-role"], "primary-geometry");
    assert_eq!(json["properties"]["id"]["x-ogc-role"], "id");
}
