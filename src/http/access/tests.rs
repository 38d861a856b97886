use crate::caller::Caller;
use crate::http::front::Front;
use crate::http::router;
use crate::http::sample::{Answer, get, ledger_server, send};
use axum::body::Body;
use axum::http::Request;
use roadblock_layers::vocab::Audience;
use serde_json::{Value, json};
use std::sync::LazyLock;

pub(super) static ROUTER: LazyLock<Front> = LazyLock::new(|| router::public(ledger_server()));

pub(super) async fn ask_as(router: &Front, audience: Audience, path: &str, accept: &str) -> Answer {
    let request = Request::get(path).header("host", "127.0.0.1:8080").header("accept", accept);
    let mut request = request.body(Body::empty()).unwrap();
    request.extensions_mut().insert(Caller { audience, name: Some("anna".into()), ..Caller::PUBLIC });
    send(router, request).await
}

pub(super) async fn answered(audience: Audience, path: &str) -> Value {
    let answer = ask_as(&ROUTER, audience, path, "*/*").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

pub(super) fn of<'a>(answer: &'a Value, list: &str, key: &str, id: &str) -> &'a Value {
    let rows = answer[list].as_array().unwrap();
    rows.iter().find(|row| row[key] == id).unwrap_or_else(|| panic!("no {id} in {list}"))
}

const THAT_DAY: &str = "datetime=2025-10-22&known_at=2025-10-22&commodity=fuel&evidence=reports";

#[tokio::test]
async fn a_row_of_a_corridor_says_what_closes_it_where_since_when_and_until_when() {
    let answer = answered(Audience::Editor, &format!("/access/corridors?to=bamako&{THAT_DAY}")).await;
    let row = of(&answer, "corridors", "corridor", "abj-zegoua-sikasso-bko");
    assert_eq!(row["status"], "closed");
    assert_eq!(row["closed_segments"], json!(["seg-loulouni--sikasso"]));
    assert_eq!(row["causes"], json!(["ev-1004-loulouni", "ev-1021-zegoua"]));
    assert_eq!(row["first_closed_segment"]["from"], "loulouni");
    assert_eq!(row["since"], "2025-10-21T00:00:00Z");
    assert_eq!(row["expires_at"], "2025-10-28T00:00:00Z");
    assert_eq!(row["incomplete"], true);
    assert!((row["length_m_by_status"]["closed"].as_f64().unwrap() - 46_756.0).abs() < 1.0, "{row}");
    assert_eq!(answer["rules"]["name"], "corridor-status/1");
    assert_eq!(answer["parameters"]["evidence"], "reports");
    assert_eq!((&answer["view"], &answer["may_omit_reports"]), (&json!("editor"), &json!(false)));
    assert!(answer["disclaimer"].as_str().unwrap().contains("known at 2025-10-22"), "{}", answer["disclaimer"]);
    assert!(
        answer["corridors"].as_array().unwrap().iter().all(|row| row["corridor"] != "sikasso-koutiala-segou"),
        "leads elsewhere"
    );
}

#[tokio::test]
async fn a_segment_names_its_causes_and_who_says_so() {
    let answer = answered(Audience::Public, &format!("/access/corridors/abj-zegoua-sikasso-bko?{THAT_DAY}")).await;
    let row = of(&answer, "segments", "segment", "seg-loulouni--sikasso");
    assert_eq!((&row["op_status"], &row["rule"], &row["certainty"]), (&json!(3), &json!("P2"), &json!("likely")));
    let cause = &row["causes"][0];
    assert_eq!((&cause["id"], &cause["effect"], &cause["counted"]), (&json!("ev-1021-zegoua"), &json!("closes"), &json!(true)));
    assert!(cause["distance_m"].as_f64().unwrap() < 5_000.0);
    assert!(cause["sources"][0]["url"].as_str().unwrap().starts_with("http"), "{cause}");
    assert!(cause["href"].as_str().unwrap().ends_with("/collections/blockades/items/ev-1021-zegoua"));
    assert_eq!((&answer["view"], &answer["may_omit_reports"]), (&json!("public"), &json!(true)));
}

#[tokio::test]
async fn an_answer_is_a_sentence_in_two_languages() {
    let answer = answered(Audience::Editor, &format!("/access/corridors?{THAT_DAY}")).await;
    let row = of(&answer, "corridors", "corridor", "abj-zegoua-sikasso-bko");
    let said = row["explanation"].as_str().unwrap();
    assert!(said.starts_with("Closed since 21 October 2025 between Loulouni and Sikasso: Tanker convoy attacked"), "{said}");
    assert!(said.ends_with("Becomes restricted on 28 October 2025 if nothing new is reported."), "{said}");
    let french = row["explanation_fr"].as_str().unwrap();
    assert!(french.starts_with("Fermé depuis le 21 octobre 2025 entre Loulouni et Sikasso : "), "{french}");
    assert!(french.ends_with("Devient entravé le 28 octobre 2025 si rien de nouveau n'est signalé."), "{french}");
    let unknown = of(&answer, "corridors", "corridor", "cky-kouremale-bko")["explanation"].as_str().unwrap();
    assert!(unknown.contains("does not mean that it is open"), "{unknown}");
    assert_eq!(row["rules"], json!(["P2"]));
    let later = answered(Audience::Editor, "/access/corridors?datetime=2025-10-22&known_at=2026-02-01&commodity=fuel").await;
    let said = of(&later, "corridors", "corridor", "dkr-kayes-bko")["explanation"].as_str().unwrap();
    assert!(said.ends_with("Then closed, from 29 January 2026 on."), "what is known is not expected: {said}");
}

#[tokio::test]
async fn a_timeline_has_no_gaps_and_is_cut_to_what_is_asked() {
    let path = "/access/corridors/abj-zegoua-sikasso-bko/timeline?datetime=2025-10-01/2025-10-31&commodity=fuel";
    let answer = answered(Audience::Editor, path).await;
    let rows = answer["timeline"].as_array().unwrap();
    assert!(rows.windows(2).all(|pair| pair[0]["to"] == pair[1]["from"]), "{rows:?}");
    assert_eq!((&rows[0]["from"], &rows[rows.len() - 1]["to"]), (&json!("2025-10-01T00:00:00Z"), &json!("2025-11-01T00:00:00Z")));
    let closed: Vec<(&str, &str)> = rows
        .iter()
        .filter(|row| row["status"] == "closed")
        .map(|row| (row["from"].as_str().unwrap(), row["to"].as_str().unwrap()))
        .collect();
    assert_eq!((closed[0].0, closed[closed.len() - 1].1), ("2025-10-21T00:00:00Z", "2025-10-28T00:00:00Z"));
}

#[tokio::test]
async fn routes_go_round_what_is_closed() {
    let day = "datetime=2025-10-22&commodity=fuel";
    let answer = answered(Audience::Editor, &format!("/access/routes?from=abidjan&to=bamako&routes=2&{day}")).await;
    let best = &answer["routes"][0];
    assert_ne!(best["status"], "closed");
    let segments: Vec<&Value> = best["segments"].as_array().unwrap().iter().collect();
    assert!(segments.windows(2).all(|pair| pair[0]["to"] == pair[1]["from"]));
    assert_eq!((&segments[0]["from"], &segments[segments.len() - 1]["to"]), (&json!("abidjan"), &json!("bamako")));
    assert!(!best.to_string().contains("seg-loulouni--sikasso"));
    assert!(answer["routes"][1]["length_m"].as_f64() > best["length_m"].as_f64());
}

#[tokio::test]
async fn who_is_cut_off_and_what_would_help_is_said() {
    let answer = answered(Audience::Editor, &format!("/access/cut-off?{THAT_DAY}")).await;
    assert_eq!(answer["cut_off"], json!([]));
    let answer = answered(Audience::Editor, &format!("/access/cut-off?threshold=open_only&{THAT_DAY}")).await;
    let ids = answer["cut_off"].as_array().unwrap();
    assert!(ids.contains(&json!("bamako")) && !ids.contains(&json!("abidjan")), "{ids:?}");
    let border = of(&answer, "places", "place", "diboli");
    assert_eq!(border["restored_by"], json!(["seg-diboli--kidira"]));
    assert_eq!(border["fewest_reopenings"], json!(["seg-diboli--kidira"]));
}

#[tokio::test]
async fn what_was_heard_late_is_a_change_of_knowledge() {
    let times = "from=2025-09-20&to=2025-09-20&from_known_at=2025-09-21&to_known_at=2025-12-04&commodity=fuel&evidence=reports";
    let answer = answered(Audience::Editor, &format!("/access/changes?{times}")).await;
    assert!(answer["changes"].as_array().unwrap().iter().all(|row| row["axis"] == "knowledge"));
    let row = of(&answer, "changes", "id", "dkr-kedougou-kenieba-bko");
    assert_eq!((&row["before"], &row["after"]), (&json!("unknown"), &json!("closed")));
    assert_eq!(of(&answer, "changes", "id", "ev-0919-negala")["change"], "added");
    let answer = answered(Audience::Editor, "/access/changes?from=2025-10-20&to=2025-10-22&commodity=fuel").await;
    let row = of(&answer, "changes", "id", "abj-zegoua-sikasso-bko");
    assert_eq!((&row["axis"], &row["after"]), (&json!("world"), &json!("closed")));
}

#[tokio::test]
async fn what_is_near_and_what_lies_in_areas_is_measured() {
    let near =
        answered(Audience::Editor, "/access/near?corridor=abj-zegoua-sikasso-bko&distance_m=5000&datetime=2025-10-22").await;
    let row = of(&near, "reports", "id", "ev-1021-zegoua");
    assert_eq!(row["nearness"], "certain");
    assert!(row["along_m"].as_f64().unwrap() > 700_000.0 && row["distance_m"].as_f64().unwrap() < 5_000.0, "{row}");
    let inside = answered(Audience::Editor, "/access/overlap?corridor=abj-zegoua-sikasso-bko&datetime=2025-10-22").await;
    let row = &inside["corridors"][0];
    let by_class: f64 = row["by_class"].as_object().unwrap().values().map(|class| class["length_m"].as_f64().unwrap()).sum();
    let in_areas = row["in_areas_m"].as_f64().unwrap();
    assert!(in_areas > 100_000.0 && in_areas <= by_class + 1.0 && in_areas < row["length_m"].as_f64().unwrap(), "{row}");
}

#[tokio::test]
async fn a_report_in_a_cell_gives_its_cell_and_no_distances() {
    let path = "/access/near?corridor=mopti-segou-bko&distance_m=60000&datetime=2025-10-05/2025-10-12";
    let answer = answered(Audience::Public, path).await;
    let hidden: Vec<&Value> = answer["reports"].as_array().unwrap().iter().filter(|row| row["generalised"] == true).collect();
    assert!(!hidden.is_empty(), "{answer}");
    for row in hidden {
        assert!(
            row["cell"].is_array() && row["distance_m"].is_null() && row["along_m"].is_null() && row["side"].is_null(),
            "{row}"
        );
    }
}

#[tokio::test]
async fn an_answer_is_json_geojson_or_csv() {
    let path = format!("/access/corridors?{THAT_DAY}");
    let geojson = ask_as(&ROUTER, Audience::Editor, &path, "application/geo+json").await;
    assert_eq!(geojson.header("content-type"), "application/geo+json");
    let geojson = geojson.json();
    assert_eq!(geojson["features"][0]["geometry"]["type"], "LineString");
    assert!(geojson["disclaimer"].is_string());
    let csv = ask_as(&ROUTER, Audience::Editor, &format!("{path}&f=csv"), "*/*").await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let (head, table): (Vec<&str>, Vec<&str>) = csv.text().lines().partition(|line| line.starts_with('#'));
    assert!(head[0].starts_with("# disclaimer: The boundaries"), "{head:?}");
    let mut table = csv::Reader::from_reader(table.join("\n").into_bytes().leak() as &[u8]);
    let column = table.headers().unwrap().iter().position(|name| name == "status").unwrap();
    let closed = table.records().filter(|row| row.as_ref().unwrap().get(column) == Some("closed")).count();
    assert_eq!((closed, geojson["features"].as_array().unwrap().len()), (3, 21));
}

#[tokio::test]
async fn what_does_not_work_is_said_with_what_would() {
    for (path, status, right) in [
        ("/access/corridors?commodity=petrol", 400, "fuel, food"),
        ("/access/corridors?direction=up", 400, "both, forward, backward"),
        ("/access/corridors?vehicle_class=7", 400, "1 (non-motorised) to 6"),
        ("/access/corridors?evidence=rumours", 400, "reports, assertions, areas"),
        ("/access/corridors?f=xml", 400, "there are: json, geojson, csv"),
        ("/access/corridors?f=atom", 400, "there are: json, geojson, csv"),
        ("/access/alerts?f=rss", 400, "json, geojson, csv, atom"),
        ("/access/alerts?f=atom&lang=bm", 400, "en, fr"),
        ("/access/corridors?limit=3", 400, "this address knows"),
        ("/access/corridors?datetime=yesterday", 400, "2025-10-22"),
        ("/access/corridors?datetime=2025-10-22/2025-10-01", 400, "ends before it starts"),
        ("/access/corridors?datetime=1625-01-01/2025-01-01", 400, "at most 10 years"),
        ("/access/changes?from=2025-10-22&to=2025-09-16", 400, "change the two over"),
        ("/access/alerts?since=1625-01-01", 400, "one stretch after the other"),
        ("/access/alerts?since=2025-10-22&until=2025-10-01", 400, "before 'until'"),
        ("/access/corridors/nowhere", 404, "abj-zegoua-sikasso-bko"),
        ("/access/routes?to=bamako", 400, "'from' is missing"),
        ("/access/routes?from=abidjan&to=atlantis", 400, "/collections/places/items"),
        ("/access/routes?from=abidjan&to=abidjan", 400, "another place"),
        ("/access/routes?from=abidjan&to=bamako&routes=99", 400, "1 to 10"),
        ("/access/cut-off?threshold=closed", 400, "not_closed, open_only"),
        ("/access/changes", 400, "from=2025-09-16"),
        ("/access/near?corridor=dkr-kayes-bko", 400, "metres"),
        ("/access/near?corridor=dkr-kayes-bko&distance_m=-1", 400, "0 to 100000"),
        ("/access/near?corridor=dkr-kayes-bko&distance_m=NaN", 400, "0 to 100000"),
    ] {
        let answer = ask_as(&ROUTER, Audience::Public, path, "*/*").await;
        assert_eq!(answer.status, status, "{path}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(right), "{path}: {detail}");
    }
}

#[tokio::test]
async fn a_server_of_files_has_no_roads() {
    let answer = get("/access/corridors").await;
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("no records of roads"), "{}", answer.text());
}

#[tokio::test]
async fn the_same_answer_has_the_same_tag_although_it_names_the_time_of_day() {
    let path = "/access/corridors/dkr-kayes-bko";
    let (one, other) =
        (ask_as(&ROUTER, Audience::Public, path, "*/*").await, ask_as(&ROUTER, Audience::Public, path, "*/*").await);
    assert_eq!(one.header("etag"), other.header("etag"));
    let later = ask_as(&ROUTER, Audience::Public, &format!("{path}?datetime=2025-09-16"), "*/*").await;
    assert_ne!(one.header("etag"), later.header("etag"));
}

#[tokio::test]
async fn changes_are_tiles_too() {
    let between = "from=2025-09-16&to=2025-10-22&commodity=fuel";
    let tilejson = answered(Audience::Public, &format!("/xyz/access-changes.json?{between}")).await;
    assert_eq!(tilejson["vector_layers"][0]["id"], "access-changes");
    assert!(tilejson["tiles"][0].as_str().unwrap().ends_with(&format!(".mvt?{between}")), "{tilejson}");
    let tile = |path: String| async move { ask_as(&ROUTER, Audience::Public, &path, "*/*").await };
    let vector = tile(format!("/xyz/access-changes/6/30/29.mvt?{between}")).await;
    let reader = mvt_reader::Reader::new(vector.body.to_vec()).unwrap();
    let features = reader.get_features(0).unwrap();
    let verdicts: Vec<String> =
        features.iter().map(|feature| format!("{:?}", feature.properties.as_ref().unwrap()["verdict"])).collect();
    assert!(verdicts.iter().any(|verdict| verdict.contains("better")), "the road at Lakamane: {verdicts:?}");
    let picture = tile(format!("/xyz/access-changes/6/30/29.png?{between}")).await;
    let nothing = tile("/xyz/access-changes/6/30/29.png?from=2025-10-22&to=2025-10-22".to_owned()).await;
    assert!(picture.status == 200 && picture.body.len() > nothing.body.len());
    for (path, status) in
        [("/xyz/access-changes/6/30/29.mvt", 400), ("/xyz/access-changes/6/30/29.mvt?from=2025-09-16&phase=past", 400)]
    {
        assert_eq!(tile(path.to_owned()).await.status, status, "{path}");
    }
}
