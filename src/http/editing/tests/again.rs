//! What changes nothing, what comes again, and what is misspelt.

use super::{Desk, ITEMS, report};
use serde_json::{Value, json};

/// A desk with a report, and where it is.
async fn with_report() -> (Desk, String) {
    let desk = Desk::open();
    let created = desk.send("POST", ITEMS, &[], &report("ev-new")).await;
    assert_eq!(created.status, 201, "{}", created.text());
    (desk, format!("{ITEMS}/ev-new"))
}

#[tokio::test]
async fn what_holds_already_makes_no_version() {
    let (desk, place) = with_report().await;
    let read = desk.get(&place).await;
    let etag = read.header("etag").to_owned();
    let nothing_new = [
        ("PATCH", json!({})),
        ("PATCH", json!({"properties": {}})),
        ("PATCH", json!({"properties": {"severity": 4, "notes": null}})),
        ("PATCH", json!({"properties": {"valid_from": "2026-01-20T00:00:00Z"}, "geometry": report("")["geometry"]})),
        ("PUT", read.json()),
        ("PUT", report("ev-new")),
    ];
    for (method, body) in nothing_new {
        let answer = desk.send(method, &place, &[("if-match", &etag)], &body).await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, "W/\"v1\""), "{method} {body}: {}", answer.text());
        let said = answer.json();
        assert_eq!((&said["committed"], &said["unchanged"][0]["version"]), (&json!([]), &json!(1)), "{method} {body}");
    }
    assert_eq!(desk.get(&format!("{place}/versions")).await.json()["features"].as_array().unwrap().len(), 1);

    // What says it of an old version, or anything else of its sources, is looked at by the store.
    assert_eq!(desk.send("PATCH", &place, &[("if-match", "\"v7\"")], &json!({})).await.status, 412);
    let mut renamed = report("ev-new");
    renamed["properties"]["sources"][0]["title"] = "A better title".into();
    let renamed = desk.send("PUT", &place, &[("if-match", &etag)], &renamed).await;
    assert_eq!((renamed.status.as_u16(), renamed.header("etag")), (200, "W/\"v2\""), "{}", renamed.text());
    assert_eq!(desk.get(&place).await.json()["properties"]["sources"][0]["title"], "A better title");
}

#[tokio::test]
async fn a_misspelt_member_is_refused_with_the_name_that_is_near() {
    let (desk, place) = with_report().await;
    let mut slip = report("ev-other");
    slip["properties"]["certanty"] = "observed".into();
    slip["properties"]["severity"] = 9.into();
    slip["properties"].as_object_mut().unwrap().remove("certainty");
    let patch =
        json!({"properties": {"certanty": "observed", "location": {"method": "place", "plaec": "kati", "place": "kati"}}});
    let found = |answer: &crate::http::sample::Answer| {
        assert_eq!(answer.status, 422, "{}", answer.text());
        let findings = answer.json()["findings"].as_array().unwrap().clone();
        findings.iter().map(|one| (one["pointer"].clone(), one["severity"].clone())).collect::<Vec<(Value, Value)>>()
    };
    let error = |pointer: &str| (Value::from(pointer), Value::from("error"));
    let created = desk.send("POST", ITEMS, &[], &json!({"type": "FeatureCollection", "features": [slip]})).await;
    assert_eq!(found(&created), [error("/features/0/properties/severity"), error("/features/0/properties/certanty")]);
    assert!(created.text().contains("'certainty' is near it"), "{}", created.text());
    let patched = desk.send("PATCH", &place, &[("if-match", "*")], &patch).await;
    assert_eq!(found(&patched), [error("/properties/location/plaec"), error("/properties/certanty")]);
    let mut odd = report("ev-new");
    odd["properties"]["sources"][0]["publsher"] = "Press".into();
    let replaced = desk.send("PUT", &place, &[("if-match", "*")], &odd).await;
    assert_eq!(found(&replaced), [error("/properties/sources/publsher")]);
    assert_eq!(desk.get(&format!("{place}/versions")).await.json()["features"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_that_comes_again_is_answered_as_it_was_whatever_happened_since() {
    let (desk, place) = with_report().await;
    let (patch, put) = (json!({"properties": {"severity": 2}}), report("ev-new"));
    for (method, body, key, version) in [("PATCH", &patch, "a", 2), ("PUT", &put, "b", 3)] {
        for (tags, replayed) in [("*", ""), ("*", "true"), ("*", "true")] {
            let headers = [("if-match", tags), ("idempotency-key", key)];
            let answer = desk.send(method, &place, &headers, body).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            assert_eq!(
                (
                    answer.json()["committed"].as_array().unwrap().last().unwrap()["version"].clone(),
                    answer.header("idempotency-replayed")
                ),
                (version.into(), replayed)
            );
        }
    }
    assert_eq!(desk.send("DELETE", &place, &[("if-match", "\"v3\"")], &Value::Null).await.status, 200);
    let again = desk.send("PATCH", &place, &[("if-match", "*"), ("idempotency-key", "a")], &patch).await;
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (200, "true"), "{}", again.text());
    assert_eq!(desk.get(&place).await.status, 404, "it is not done again");
    let fresh = desk.send("PATCH", &place, &[("if-match", "*"), ("idempotency-key", "c")], &patch).await;
    assert!(fresh.status == 404 && fresh.text().contains("withdrawn"), "{}", fresh.text());
    let other = desk.send("PATCH", &place, &[("if-match", "*"), ("idempotency-key", "a")], &json!({})).await;
    assert_eq!((other.status.as_u16(), &other.json()["code"]), (422, &"KeyReused".into()));
}

#[tokio::test]
async fn a_member_that_is_null_is_misspelt_as_well_and_one_that_is_known_is_not() {
    let (desk, place) = with_report().await;
    let etag = desk.get(&place).await.header("etag").to_owned();
    let with = |id: &str, name: &str| {
        let mut feature = report(id);
        feature["properties"][name] = Value::Null;
        feature
    };
    let patch = |name: &str| json!({"properties": {name: null}});
    for (name, is_known) in [("valid_tpo", false), ("valid_to", true), ("phase", true), ("notes_internal", true), ("roel", false)]
    {
        let tries = [
            ("POST", format!("{ITEMS}?dry_run=true"), with("ev-other", name), 200),
            ("PUT", place.clone(), with("ev-new", name), 200),
            ("PATCH", place.clone(), patch(name), 200),
        ];
        for (method, path, body, good) in tries {
            let answer = desk.send(method, &path, &[("if-match", &etag)], &body).await;
            assert_eq!(answer.status.as_u16(), if is_known { good } else { 422 }, "{method} {name}: {}", answer.text());
            assert!(is_known || answer.json()["findings"][0]["pointer"] == format!("/properties/{name}"), "{}", answer.text());
        }
    }
    let refused = desk.send("PATCH", &place, &[("if-match", &etag)], &patch("valid_tpo")).await;
    assert!(refused.text().contains("'valid_to' is near it"), "{}", refused.text());
    // Desktops send every column of a layer, those without a value as null.
    for (layer, id) in [
        ("places", "bamako"),
        ("segments", "seg-fana--kassela"),
        ("corridors", "abj-zegoua-sikasso-bko"),
        ("areas", "area-bougouni-yanfolila"),
        ("blockades", "ev-new"),
    ] {
        let place = format!("/collections/{layer}/items/{id}");
        let read = desk.get(&place).await;
        let (etag, mut feature) = (read.header("etag").to_owned(), read.json());
        let schema = desk.get(&format!("/collections/{layer}/schema")).await.json();
        let said = feature["properties"].as_object_mut().unwrap();
        for name in schema["properties"].as_object().unwrap().keys().filter(|name| *name != "geometry") {
            said.entry(name.as_str()).or_insert(Value::Null);
        }
        let answer = desk.send("PUT", &place, &[("if-match", &etag)], &feature).await;
        assert_eq!(answer.status, 200, "{layer}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_change_that_changed_nothing_is_remembered_too() {
    let (desk, place) = with_report().await;
    let same = json!({"properties": {"severity": 4}});
    let headers = |key: &'static str| [("if-match", "*"), ("idempotency-key", key)];
    let first = desk.send("PATCH", &place, &headers("a"), &same).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (200, ""), "{}", first.text());
    // It may not be tried under the key of another, or take it.
    let tried = desk.send("PATCH", &format!("{place}?dry_run=true"), &headers("b"), &same).await;
    assert_eq!((tried.status.as_u16(), &tried.json()["dry_run"]), (200, &json!(true)));
    let other = json!({"properties": {"severity": 2}});
    for (method, path, body) in
        [("PATCH", &place, &other), ("PUT", &place, &report("ev-new")), ("POST", &ITEMS.into(), &report("ev-x"))]
    {
        let reused = desk.send(method, path, &headers("a"), body).await;
        assert_eq!((reused.status.as_u16(), &reused.json()["code"]), (422, &"KeyReused".into()), "{method}");
    }
    assert_eq!(desk.send("PATCH", &place, &headers("b"), &other).await.json()["committed"][0]["version"], 2);
    let again = desk.send("PATCH", &place, &headers("a"), &same).await;
    assert_eq!((again.json(), again.header("etag")), (first.json(), "W/\"v1\""), "as it was then, and nothing is said anew");
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(desk.get(&place).await.json()["properties"]["severity"], 2);
}

#[tokio::test]
async fn what_was_never_there_is_404_and_says_how_to_make_it() {
    let desk = Desk::open();
    let place = format!("{ITEMS}/ev-never");
    for method in ["PUT", "PATCH"] {
        let answer = desk.send(method, &place, &[("if-match", "*")], &report("ev-never")).await;
        assert!(answer.status == 404 && answer.text().contains("POST /collections/blockades/items"), "{}", answer.text());
    }
    let (desk, place) = with_report().await;
    let tags = "\"other\", \"v9\", W/\"v1-00ff\"";
    let answer = desk.send("PATCH", &place, &[("if-match", tags)], &json!({"properties": {"severity": 1}})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
}
