//! Tables and packages that are sent to a layer.

use super::{Desk, ITEMS, report};
use crate::http::sample::Answer;
use serde_json::{Value, json};

const HEAD: &str = "#loc+name,#geo+lat,#geo+lon,#date+start,#date+end,#status,#severity,#meta+source\n";
const TWO: &str = "Kati bridge,12.75,-8.0,2025-12-03,,closed,4,Cluster\nFana ford,12.75,-7.0,2025-12-04,,restricted,2,Cluster\n";
const CSV: (&str, &str) = ("content-type", "text/csv; charset=utf-8");
const PACKAGE: (&str, &str) = ("content-type", "application/geopackage+sqlite3");

impl Desk {
    async fn send_table(&self, parameters: &str, more: &[(&str, &str)], rows: &str) -> Answer {
        let headers: Vec<(&str, &str)> = [CSV].into_iter().chain(more.iter().copied()).collect();
        self.send_bytes("POST", &format!("{ITEMS}?{parameters}"), &headers, format!("{HEAD}{rows}").into()).await
    }

    async fn blockades(&self) -> usize {
        self.get(&format!("{ITEMS}?limit=1000")).await.json()["features"].as_array().unwrap().len()
    }
}

/// The counts of an answer that is good.
fn counts(answer: &Answer) -> [Value; 5] {
    assert_eq!(answer.status, 200, "{}", answer.text());
    ["new", "changed", "unchanged", "withdrawn", "skipped"].map(|name| answer.json()[name].clone())
}

#[tokio::test]
async fn a_table_is_taken_once_and_what_changed_is_told() {
    let desk = Desk::open();
    let before = desk.blockades().await;
    let tried = desk.send_table("mapping=hxl&dry_run=true", &[], TWO).await;
    assert_eq!((counts(&tried), tried.json()["dry_run"].clone()), ([2, 0, 0, 0, 0].map(Value::from), true.into()));
    assert_eq!(desk.blockades().await, before);
    let taken = desk.send_table("mapping=hxl", &[], TWO).await;
    assert_eq!(counts(&taken), [2, 0, 0, 0, 0].map(Value::from));
    assert_eq!(taken.json()["changes"], tried.json()["changes"]);
    assert_eq!(desk.blockades().await, before + 2);
    let ids: Vec<String> =
        taken.json()["changes"].as_array().unwrap().iter().map(|change| change["id"].as_str().unwrap().to_owned()).collect();
    let read = desk.get(&format!("{ITEMS}/{}", ids[0])).await.json()["properties"].clone();
    assert_eq!((&read["name"], &read["severity"], &read["version"]), (&json!("Kati bridge"), &json!(4), &json!(1)));

    let again = desk.send_table("mapping=hxl", &[], TWO).await;
    assert_eq!((counts(&again), &again.json()["changes"]), ([0, 0, 2, 0, 0].map(Value::from), &json!([])));
    let worse = format!("{}Open place,12.0,-8.0,2025-12-04,,open,,Cluster\n", TWO.replace("closed,4", "closed,5"));
    let changed = desk.send_table("mapping=hxl", &[], &worse).await;
    assert_eq!(counts(&changed), [0, 1, 1, 0, 1].map(Value::from));
    assert_eq!(changed.json()["changes"], json!([{"id": ids[0], "what": "changed", "members": ["severity 4 -> 5"]}]));
    assert_eq!(desk.send("DELETE", &format!("{ITEMS}/{}", ids[1]), &[("if-match", "*")], &Value::Null).await.status, 200);
    let left = desk.send_table("mapping=hxl", &[], &worse).await;
    assert_eq!(counts(&left), [0, 0, 1, 1, 1].map(Value::from));
    let note = &left.json()["findings"][0];
    assert_eq!((&note["code"], &note["row"], &note["severity"]), (&json!("withdrawn"), &json!(3), &json!("warning")));
    assert_eq!(desk.blockades().await, before + 1);
}

#[tokio::test]
async fn all_that_is_wrong_is_told_by_its_row_and_nothing_is_taken() {
    let desk = Desk::open();
    let before = desk.blockades().await;
    let wrong =
        format!("{TWO}Far,95.0,-8.0,2025-12-03,,closed,9,Cluster\nShort,1\n{TWO}Odd,12.0,-8.0,yesterday,,blown up,4,Cluster\n");
    for parameters in ["mapping=hxl", "mapping=hxl&dry_run=true"] {
        let refused = desk.send_table(parameters, &[("idempotency-key", "k")], &wrong).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        let mut found: Vec<String> = refused.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| format!("{} {} {}", one["row"], one["code"].as_str().unwrap(), one["pointer"].as_str().unwrap()))
            .collect();
        found.sort();
        let expected = [
            "4 bad_number /severity",
            "4 swapped /location/lat",
            "5 bad_row ",
            "6 repeated_id /id",
            "7 repeated_id /id",
            "8 bad_time /valid_from",
            "8 unknown_word /effect",
        ];
        assert_eq!(found, expected, "{}", refused.text());
    }
    assert_eq!(desk.blockades().await, before);
    // The key is free, as nothing was done under it.
    assert_eq!(counts(&desk.send_table("mapping=hxl", &[("idempotency-key", "k")], TWO).await), [2, 0, 0, 0, 0].map(Value::from));
    let many = "Kati bridge,12.75,-8.0,2025-12-03,,open,4,Cluster\n".repeat(20_001);
    let refused = desk.send_table("mapping=hxl", &[], &many).await;
    assert!(refused.status == 422 && refused.text().contains("20000 rows"), "{}", refused.text());
}

#[tokio::test]
async fn a_table_that_comes_again_under_its_key_is_answered_as_it_was() {
    let desk = Desk::open();
    let key = [("idempotency-key", "monday")];
    let first = desk.send_table("mapping=hxl", &key, TWO).await;
    let again = desk.send_table("mapping=hxl", &key, TWO).await;
    assert_eq!((counts(&again), again.json()), (counts(&first), first.json()));
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let reused = desk.send_table("mapping=hxl", &key, &TWO.replace("closed,4", "closed,5")).await;
    assert_eq!((reused.status.as_u16(), &reused.json()["code"]), (422, &"KeyReused".into()));
    // So is one that changed nothing.
    let idle = [("idempotency-key", "tuesday")];
    assert_eq!(counts(&desk.send_table("mapping=hxl", &idle, TWO).await), [0, 0, 2, 0, 0].map(Value::from));
    let reused = desk.send("POST", ITEMS, &idle, &report("ev-x")).await;
    assert_eq!((reused.status.as_u16(), &reused.json()["code"]), (422, &"KeyReused".into()));
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_what_can() {
    let desk = Desk::open();
    let here = |parameters: &str| format!("{ITEMS}?{parameters}");
    let areas = "/collections/areas/items?mapping=acled".to_owned();
    let json = ("content-type", "application/geo+json");
    for (path, header, body, status, says) in [
        (here(""), CSV, HEAD, 400, "acled, hxl, sdi-t"),
        (here("mapping=Cargo.toml"), CSV, HEAD, 400, "acled, hxl, sdi-t"),
        (here("mapping=data/mappings/acled.toml"), CSV, HEAD, 400, "there is none of this name"),
        (here("mapping=../acled"), PACKAGE, HEAD, 400, "there is none of this name"),
        (areas, CSV, HEAD, 400, "'blockades', not of 'areas'"),
        (here("mapping=hxl&table=a"), CSV, HEAD, 400, "unknown parameter 'table'"),
        (here("mapping=hxl"), json, "{}", 400, "unknown parameter 'mapping'"),
        (here("mapping=hxl"), CSV, "a,b\n1,2\n", 422, "#adm2+code"),
        (here("mapping=hxl"), CSV, "", 422, "HXL"),
        (here("mapping=acled"), CSV, "\u{0}\u{0}", 422, "the mapping needs columns"),
        (here(""), PACKAGE, "", 422, "no GeoPackage"),
        (here(""), PACKAGE, HEAD, 422, "no GeoPackage"),
        (here(""), PACKAGE, "SQLite format 3\u{0} and what is none", 422, "the package is broken"),
        (here(""), ("content-type", "application/xml"), "<a/>", 415, "text/csv"),
        (here(""), ("content-type", "application/x-www-form-urlencoded"), "{}", 415, "application/geo+json"),
    ] {
        let answer = desk.send_bytes("POST", &path, &[header], body.into()).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {header:?}: {}", answer.text());
        assert!(answer.json()["detail"].as_str().unwrap().contains(says), "{path} {header:?}: {}", answer.text());
    }
    let nobody = desk.anybody();
    assert_eq!(nobody.send_table("mapping=hxl", &[], TWO).await.status, 401);
    assert_eq!(nobody.send_bytes("POST", ITEMS, &[("content-type", "application/xml")], Vec::new()).await.status, 401);
}
