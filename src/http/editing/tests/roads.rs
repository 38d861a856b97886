//! What becomes of reports when the road that they are on is said anew.

use super::{Desk, report};
use serde_json::{Value, json};

/// A desk with a road of its own, on which a corridor runs, and a confidential report that closes it.
async fn closed_road() -> Desk {
    let desk = Desk::open();
    let place = |id: &str, lon: f64| json!({"type": "Feature", "id": id, "geometry": {"type": "Point", "coordinates": [lon, 20.0]}, "properties": {"name": id, "role": "town"}});
    let segment = json!({"type": "Feature", "id": "seg-zz-a--zz-b", "geometry": null,
        "properties": {"name": "A road", "a": "zz-a", "b": "zz-b", "geometry_accuracy_m": 3000}});
    let mut closing = report("ev-zz");
    closing["geometry"]["coordinates"] = json!([-4.5, 20.0]);
    closing["properties"]["location"] = json!({"method": "point", "segment": "seg-zz-a--zz-b"});
    closing["properties"]["sensitivity"] = "confidential".into();
    for (layer, feature) in [
        ("places", place("zz-a", -5.0)),
        ("places", place("zz-b", -4.0)),
        ("segments", segment),
        ("corridors", corridor("zz-way")),
        ("blockades", closing),
    ] {
        let created = desk.send("POST", &format!("/collections/{layer}/items"), &[], &feature).await;
        assert_eq!(created.status, 201, "{layer}: {}", created.text());
    }
    desk
}

fn corridor(id: &str) -> Value {
    let mut feature = json!({"type": "Feature", "id": id, "geometry": null, "properties": {"name": id}});
    feature["properties"]["nodes"] = json!(["zz-a", "zz-b"]);
    feature["properties"]["segments"] = json!(["seg-zz-a--zz-b"]);
    feature["properties"]["mode"] = "road".into();
    feature["properties"]["route_class"] = "Primary".into();
    feature
}

#[tokio::test]
async fn a_corridor_is_not_hidden_from_partners_who_must_hear_what_closes_it() {
    let desk = closed_road().await;
    let way = "/collections/corridors/items/zz-way";
    let (any, hidden) = ([("if-match", "*")], json!({"properties": {"sensitivity": "confidential"}}));
    let findings = |answer: crate::http::sample::Answer| {
        assert_eq!(answer.status, 422, "{}", answer.text());
        answer.json()["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["code"].clone(), one["pointer"].clone()))
            .collect::<Vec<_>>()
    };
    let of_the_report = [(Value::from("hidden_closure"), Value::from("/ev-zz/location"))];
    assert_eq!(findings(desk.send("PATCH", way, &any, &hidden).await), of_the_report);
    assert_eq!(findings(desk.send("DELETE", way, &any, &Value::Null).await), of_the_report);
    let raised = desk.send("PATCH", "/collections/segments/items/seg-zz-a--zz-b", &any, &hidden).await;
    assert_eq!(raised.status, 200, "partners hear of the report by the corridor, not by the segment: {}", raised.text());

    // With another that they see, or with a report that closes nothing, it may be.
    assert_eq!(desk.send("POST", "/collections/corridors/items", &[], &corridor("zz-other")).await.status, 201);
    assert_eq!(desk.send("PATCH", way, &any, &hidden).await.status, 200);
    let other = "/collections/corridors/items/zz-other";
    assert_eq!(findings(desk.send("PATCH", other, &any, &hidden).await), of_the_report);
    let weaker = json!({"properties": {"effect": "restricts"}});
    assert_eq!(desk.send("PATCH", "/collections/blockades/items/ev-zz", &any, &weaker).await.status, 200);
    assert_eq!(desk.send("PATCH", other, &any, &hidden).await.status, 200);
}
