//! Editing through the routes, on the built-in records in memory.

use crate::caller::Caller;
use crate::http::front::Front;
use crate::http::router;
use crate::http::sample::{Answer, ledger_server, ledger_server_of, send};
use crate::world::builtin;
use axum::body::Body;
use axum::http::Request;
use roadblock_layers::dataset;
use roadblock_layers::finding::Severity;
use roadblock_layers::import::feature;
use roadblock_layers::record::Common;
use roadblock_layers::time::Interval;
use roadblock_layers::validate;
use roadblock_layers::view::kind_of;
use roadblock_layers::vocab::Audience;
use serde_json::{Value, json};

const ITEMS: &str = "/collections/blockades/items";

mod again;
mod roads;
mod upload;

struct Desk {
    router: Front,
    caller: Option<Caller>,
}

impl Desk {
    fn open() -> Self {
        let caller = Caller { audience: Audience::Editor, name: Some("amina".into()), allow_blind_edits: true, is_admin: false };
        Self { router: router::public(ledger_server()), caller: Some(caller) }
    }

    /// The same server, asked by somebody else.
    fn asked_by(&self, caller: Option<Caller>) -> Self {
        Self { router: self.router.clone(), caller }
    }

    fn anybody(&self) -> Self {
        self.asked_by(None)
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send_bytes(method, path, headers, text.into()).await
    }

    async fn send_bytes(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        self.caller.clone().into_iter().for_each(|caller| drop(request.extensions_mut().insert(caller)));
        send(&self.router, request).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], &Value::Null).await
    }
}

fn report(id: &str) -> Value {
    json!({
        "type": "Feature",
        "id": id,
        "geometry": {"type": "Point", "coordinates": [-7.5, 12.7]},
        "properties": {
            "subtype": "ambush", "temporality": "event", "effect": "closes", "severity": 4, "certainty": "observed", "actor": "JNIM",
            "attribution": "claimed", "name": "Convoy attacked", "valid_from": "2026-01-20", "sensitivity": "public",
            "sources": [{"id": "press-9", "title": "A new report", "publisher": "Press"}]
        }
    })
}

#[tokio::test]
async fn a_report_is_created_read_changed_withdrawn_and_restored() {
    let desk = Desk::open();
    let created = desk.send("POST", ITEMS, &[], &report("ev-new")).await;
    assert_eq!(created.status, 201, "{}", created.text());
    let place = format!("{ITEMS}/ev-new");
    assert_eq!(created.header("location"), format!("http://127.0.0.1:8080{place}"));

    let read = desk.get(&place).await;
    assert_eq!(read.json()["properties"]["name"], "Convoy attacked");
    assert_eq!(read.json()["properties"]["sources"][0]["publisher"], "Press");
    assert!(read.header("etag").starts_with("W/\"v1-"), "{}", read.header("etag"));

    // What was read is sent back with one change.
    let mut feature = read.json();
    feature["properties"]["severity"] = 5.into();
    let replaced = desk.send("PUT", &place, &[("if-match", read.header("etag"))], &feature).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    assert_eq!(replaced.json()["committed"][0]["version"], 2);
    assert_eq!(replaced.json()["findings"], json!([]), "what was read can be sent back");

    let stale = desk.send("PUT", &place, &[("if-match", read.header("etag"))], &feature).await;
    assert_eq!((stale.status.as_u16(), &stale.json()["current"][0]["version"]), (412, &2.into()));
    let careful = desk.asked_by(desk.caller.clone().map(|caller| Caller { allow_blind_edits: false, ..caller }));
    for tags in [&[][..], &[("if-match", "*")]] {
        assert_eq!(careful.send("PATCH", &place, tags, &json!({"properties": {"severity": 1}})).await.status, 428);
    }

    let patch =
        json!({"properties": {"severity": 3, "certainty": "likely"}, "geometry": {"type": "Point", "coordinates": [-7.6, 12.8]}});
    let patched = desk.send("PATCH", &place, &[("if-match", "W/\"v2\"")], &patch).await;
    assert_eq!(patched.status, 200, "{}", patched.text());
    let now = desk.get(&place).await.json();
    assert_eq!(now["properties"]["certainty"], "likely");
    assert_eq!([&now["geometry"]["coordinates"], &now["properties"]["name"]], [&json!([-7.6, 12.8]), &"Convoy attacked".into()]);

    assert_eq!(desk.send("DELETE", &place, &[("if-match", "\"v3\"")], &Value::Null).await.status, 200);
    assert_eq!(desk.get(&place).await.status, 404);
    let restored = desk.send("POST", &format!("{place}/versions"), &[("if-match", "\"v4\"")], &json!({"restore": 1})).await;
    assert_eq!(restored.status, 200, "{}", restored.text());
    assert_eq!(desk.get(&place).await.json()["properties"]["severity"], 4);

    let versions = desk.get(&format!("{place}/versions")).await.json();
    let severities: Vec<_> =
        versions["features"].as_array().unwrap().iter().map(|version| version["properties"]["severity"].clone()).collect();
    assert_eq!(severities, [4, 5, 3, 4]);
}

#[tokio::test]
async fn what_was_known_before_a_correction_stays_answerable() {
    let desk = Desk::open();
    let known_before = format!("{ITEMS}?datetime=2025-10-22&known_at=2026-01-31T23:00:00Z&limit=1000");
    let tile = "/xyz/corridors,blockades/6/30/29.mvt?datetime=2025-10-22&known_at=2026-01-31T23:00:00Z";
    let (before, tile_before) = (desk.get(&known_before).await.json(), desk.get(tile).await.body);
    // A town moves, and so does all that was told to lie there.
    let town = "/collections/places/items/kolondieba";
    let etag = desk.get(town).await.header("etag").to_owned();
    let moved = json!({"geometry": {"type": "Point", "coordinates": [-6.0, 11.5]}});
    let moved = desk.send("PATCH", town, &[("if-match", &etag)], &moved).await;
    assert_eq!(moved.status, 200, "{}", moved.text());

    let after = desk.get(&known_before).await.json();
    let geometries = |answer: &Value| {
        answer["features"].as_array().unwrap().iter().map(|feature| feature["geometry"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(geometries(&before), geometries(&after));
    assert_eq!(desk.get(tile).await.body, tile_before);
    let line = |known_at: &str| format!("{ITEMS}/ev-1017-kadiana?known_at={known_at}");
    assert_eq!(desk.get(&line("2026-01-31T23:00:00Z")).await.status, 200);
    let segment = "/collections/segments/items/seg-kebila--kolondieba";
    let leg = |answer: Answer| answer.json()["geometry"]["coordinates"].clone();
    let now = leg(desk.get(segment).await);
    assert!(now.to_string().contains("[-6,11.5]"), "{now}");
    assert!(!leg(desk.get(&format!("{segment}?known_at=2026-01-31T23:00:00Z")).await).to_string().contains("11.5"));
}

#[tokio::test]
async fn what_was_raised_once_stays_guarded_whatever_is_said_later() {
    let desk = Desk::open();
    let since = desk.anybody().get("/changes").await.json()["next"].clone();
    assert_eq!(desk.send("POST", ITEMS, &[], &report("ev-red")).await.status, 201);
    let place = format!("{ITEMS}/ev-red");
    for (name, sensitivity) in [("Raised", "confidential"), ("Cleaned", "public")] {
        let mut said = report("ev-red");
        said["properties"]["name"] = name.into();
        said["properties"]["sensitivity"] = sensitivity.into();
        // What closes a road may be confidential only on a leg.
        said["properties"]["effect"] = "restricts".into();
        assert_eq!(desk.send("PUT", &place, &[("if-match", "*")], &said).await.status, 200);
    }
    let versions = desk.anybody().get(&format!("{place}/versions")).await;
    assert!(versions.text().contains("Cleaned") && !versions.text().contains("Convoy attacked"), "{}", versions.text());
    let told = desk.anybody().get(&format!("/changes?since={since}")).await.json()["changes"].clone();
    let changes: Vec<&Value> = told.as_array().unwrap().iter().filter(|change| change["id"] == "ev-red").collect();
    assert_eq!([&changes[0]["operation"], &changes[1]["operation"]], ["created", "removed"]);
    assert!(changes[0].get("bbox").is_none() && changes[1].get("bbox").is_none(), "{told}");
}

#[tokio::test]
async fn edits_of_what_is_hidden_move_nothing_that_is_generalised() {
    let desk = Desk::open();
    let cell = format!("{ITEMS}/r-2799c9a73451ad00");
    let public = desk.anybody().get(&cell).await.json()["properties"].clone();
    let note = json!({"properties": {"notes_internal": "x"}});
    assert_eq!(desk.send("PATCH", &cell, &[("if-match", "*")], &note).await.status, 200);
    assert_eq!(desk.anybody().get(&cell).await.json()["properties"], public, "until the next Monday");
    let hidden = json!({"type": "Feature", "id": "zz-place", "geometry": {"type": "Point", "coordinates": [-8.0, 12.0]},
        "properties": {"name": "Hidden", "role": "town", "sensitivity": "strict"}});
    assert_eq!(desk.send("POST", "/collections/places/items", &[], &hidden).await.status, 201);
    let moved = json!({"geometry": {"type": "Point", "coordinates": [-8.1, 12.1]}});
    assert_eq!(desk.send("PATCH", "/collections/places/items/zz-place", &[("if-match", "*")], &moved).await.status, 200);
    assert_eq!(desk.anybody().get(&cell).await.json()["properties"], public);

    let mut fresh = report("ev-restricted");
    fresh["properties"]["sensitivity"] = "restricted".into();
    assert_eq!(desk.send("POST", ITEMS, &[], &fresh).await.status, 201);
    let later = desk.anybody().get(&format!("{ITEMS}?known_at=2099-01-01&limit=1000")).await.json();
    assert_eq!(later["numberMatched"], 45, "nobody knows of it before Monday, whatever day is asked for");
}

#[tokio::test]
async fn many_are_created_together_or_none() {
    let desk = Desk::open();
    let mut wrong = report("ev-b");
    wrong["properties"]["severity"] = 9.into();
    let both = json!({"type": "FeatureCollection", "features": [report("ev-a"), wrong]});
    let refused = desk.send("POST", ITEMS, &[], &both).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let pointers: Vec<String> = refused.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["pointer"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(pointers, ["/features/1/properties/severity"]);
    assert_eq!(desk.get(&format!("{ITEMS}/ev-a")).await.status, 404);

    let both = json!({"type": "FeatureCollection", "features": [report("ev-a"), report("ev-b")]});
    let tried = desk.send("POST", &format!("{ITEMS}?dry_run=true"), &[], &both).await;
    assert_eq!((tried.status.as_u16(), tried.json()["dry_run"].clone()), (200, true.into()));
    assert_eq!(desk.get(&format!("{ITEMS}/ev-a")).await.status, 404);
    assert_eq!(desk.send("POST", ITEMS, &[], &both).await.status, 200);
    // What a trial says is what would be said.
    let tries = |method: &'static str, path: &str, tag: &'static str, body: Value| {
        let (path, desk) = (format!("{path}?dry_run=true"), &desk);
        async move { desk.send(method, &path, &[("if-match", tag)], &body).await.status.as_u16() }
    };
    let (there, absent) = (format!("{ITEMS}/ev-a"), format!("{ITEMS}/ev-never"));
    let twice = json!({"type": "FeatureCollection", "features": [report("ev-c"), report("ev-c")]});
    assert_eq!(tries("POST", ITEMS, "*", report("ev-a")).await, 412);
    assert_eq!(tries("PUT", &there, "\"v99\"", report("ev-a")).await, 412);
    assert_eq!(tries("DELETE", &absent, "*", Value::Null).await, 409);
    assert_eq!(tries("POST", ITEMS, "*", twice).await, 422);
    assert_eq!(tries("DELETE", &there, "\"v1\"", Value::Null).await, 200);
    assert_eq!(desk.get(&there).await.status, 200);
    assert_eq!(desk.get(&format!("{ITEMS}/ev-b")).await.status, 200);
    assert_eq!(desk.send("POST", ITEMS, &[], &report("ev-a")).await.status, 412, "the id is taken");
}

#[tokio::test]
async fn every_record_can_be_sent_back_as_it_was_read() {
    // Everything that any record may have.
    let mut drafts = builtin::drafts().unwrap();
    for (number, (_, draft)) in drafts.records.iter_mut().enumerate() {
        let members = draft.as_object_mut().unwrap();
        let sensitivity = ["public", "restricted", "confidential"][number % 3];
        let more = json!({"name_fr": "En français", "notes": "For readers", "notes_internal": "For editors", "last_confirmed": "2025-11-01",
            "adm0": "MLI", "adm1_code": "ML01", "adm2_code": "ML0102", "cod_version": "49 cercles", "accuracy_m": 1234.5, "certainty": "likely",
            "public_from": "2025-12-01T12:00:00Z", "sensitivity": sensitivity});
        more.as_object().unwrap().iter().for_each(|(name, value)| drop(members.insert(name.clone(), value.clone())));
        // What closes a road may not depend on what partners do not see.
        if members.get("effect").is_some_and(|effect| effect == "closes") {
            members.insert("effect".into(), "restricts".into());
        }
    }
    let desk = Desk { router: router::public(ledger_server_of(&drafts)), ..Desk::open() };
    let records = dataset::accept(&drafts).unwrap();
    let mut seen = 0;
    for layer in ["places", "segments", "corridors", "areas", "blockades"] {
        let answer = desk.get(&format!("/collections/{layer}/items?limit=10000")).await.json();
        for feature in answer["features"].as_array().unwrap() {
            let id = feature["id"].as_str().unwrap();
            let mut sent = feature::draft(kind_of(layer).unwrap(), Some(id), feature, "").unwrap();
            let draft = drafts.records.iter().find(|(_, draft)| draft["id"] == id).unwrap().1.to_string();
            feature::keep_effect(&mut sent, &draft);
            let (record, findings) = validate::record(&sent.draft, "");
            let notes: Vec<_> = findings
                .iter()
                .filter(|finding| finding.code == "unknown_field" || finding.severity == Severity::Error)
                .collect();
            assert!(notes.is_empty(), "{id}: {notes:?}");
            let (record, original) = (record.unwrap(), records.get(id).unwrap());
            assert_eq!(record.body(), original.body(), "{id}");
            let told = |common: &Common| Common { known: Interval::ALWAYS, version: 1, ..common.clone() };
            assert_eq!(told(record.common()), told(original.common()), "{id}");
            seen += 1;
        }
    }
    assert_eq!(seen, 340);
}

#[tokio::test]
async fn a_source_that_is_said_anew_is_told_by_all_who_cite_it() {
    let desk = Desk::open();
    let area = "/collections/areas/items/area-bougouni-yanfolila";
    let cited = |answer: Answer| answer.json()["properties"]["sources"][0]["title"].clone();
    let mut report = report("ev-new");
    report["properties"]["sources"] = json!([{"id": "bbc-0917", "title": "Said otherwise", "publisher": "BBC"}]);
    assert_ne!(cited(desk.get(area).await), "Said otherwise");
    let created = desk.send("POST", ITEMS, &[], &report).await;
    assert_eq!(created.status, 201, "{}", created.text());
    assert_eq!(cited(desk.get(area).await), "Said otherwise");
    assert_ne!(cited(desk.get(&format!("{area}?known_at=2026-01-31")).await), "Said otherwise");
}

#[tokio::test]
async fn what_a_client_calls_known_is_the_moment_to_the_microsecond() {
    let desk = Desk::open();
    let created = desk.send("POST", ITEMS, &[], &report("ev-new")).await;
    let recorded_at = created.json()["committed"][1]["recorded_at"].as_str().unwrap().to_owned();
    assert_eq!(desk.get(&format!("{ITEMS}/ev-new?known_at={recorded_at}")).await.status, 200);
    assert_eq!(desk.get(&format!("{ITEMS}/ev-new")).await.json()["properties"]["recorded_at"], recorded_at);
}

#[tokio::test]
async fn a_request_that_comes_again_is_done_once() {
    let desk = Desk::open();
    let mut nameless = report("");
    nameless.as_object_mut().unwrap().remove("id");
    let key = [("idempotency-key", "2026-01-01-a")];
    let first = desk.send("POST", ITEMS, &key, &nameless).await;
    let again = desk.send("POST", ITEMS, &key, &nameless).await;
    assert_eq!([first.status, again.status], [201, 201], "{}", again.text());
    assert_eq!(first.json()["committed"], again.json()["committed"]);
    assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
    let other = desk.send("POST", ITEMS, &key, &report("ev-x")).await;
    assert_eq!((other.status.as_u16(), other.json()["code"].clone()), (422, "KeyReused".into()));
}

#[tokio::test]
async fn only_editors_change_anything_and_only_records() {
    let desk = Desk::open();
    let partner = desk.asked_by(Some(Caller {
        audience: Audience::Partner,
        name: Some("ngo".into()),
        allow_blind_edits: false,
        is_admin: false,
    }));
    for (desk, status) in [(&desk.anybody(), 401), (&partner, 403)] {
        for (method, path) in
            [("POST", ITEMS), ("PUT", "/collections/blockades/items/ev-1017-kadiana"), ("DELETE", "/collections/no/items/x")]
        {
            assert_eq!(desk.send(method, path, &[("if-match", "*")], &report("ev-c")).await.status, status, "{method} {path}");
        }
    }
    assert_eq!(desk.send("POST", "/collections/basemap/items", &[], &report("ev-c")).await.status, 405);
    assert_eq!(desk.send("POST", "/collections/none/items", &[], &report("ev-c")).await.status, 404);
    assert_eq!(desk.send("POST", ITEMS, &[], &json!("no feature")).await.status, 422);
    let gone = desk.send("DELETE", "/collections/places/items/kolondieba", &[("if-match", "*")], &Value::Null).await;
    assert_eq!(gone.status, 422, "segments refer to it: {}", gone.text());
}

#[tokio::test]
async fn what_is_not_for_the_public_does_not_show_to_it() {
    let desk = Desk::open();
    let before = desk.anybody().get(&format!("{ITEMS}?limit=1000")).await;
    let mut hidden = report("ev-hidden");
    hidden["properties"]["sensitivity"] = "confidential".into();
    hidden["properties"]["effect"] = "restricts".into();
    assert_eq!(desk.send("POST", ITEMS, &[], &hidden).await.status, 201);
    let after = desk.anybody().get(&format!("{ITEMS}?limit=1000")).await;
    assert_eq!((before.header("etag"), &before.json()["features"]), (after.header("etag"), &after.json()["features"]));
    assert_eq!(desk.anybody().get(&format!("{ITEMS}/ev-hidden")).await.status, 404);
    assert_eq!(desk.get(&format!("{ITEMS}/ev-hidden")).await.status, 200);
    // An attack of two days ago is for the public tomorrow.
    let mut fresh = report("ev-fresh");
    fresh["properties"]["valid_from"] = "2026-01-30".into();
    assert_eq!(desk.send("POST", ITEMS, &[], &fresh).await.status, 201);
    assert_eq!(
        [desk.anybody().get(&format!("{ITEMS}/ev-fresh")).await.status, desk.get(&format!("{ITEMS}/ev-fresh")).await.status],
        [404, 200]
    );
}

#[tokio::test]
async fn whoever_follows_hears_of_what_they_see_and_of_nothing_else() {
    let desk = Desk::open();
    let anybody = desk.anybody();
    let (from, public_from) =
        (desk.get("/changes").await.json()["next"].clone(), anybody.get("/changes").await.json()["next"].clone());
    let mut hidden = report("ev-hidden");
    hidden["properties"]["sensitivity"] = "confidential".into();
    hidden["properties"]["effect"] = "restricts".into();
    assert_eq!(desk.send("POST", ITEMS, &[], &hidden).await.status, 201);
    assert_eq!(desk.send("POST", ITEMS, &[], &report("ev-seen")).await.status, 201);
    let told = |answer: Answer| {
        let changes = answer.json()["changes"].as_array().unwrap().clone();
        // What roads become is told beside what is said.
        changes
            .iter()
            .filter(|change| change["layer"] == "blockades")
            .map(|change| (change["id"].clone(), change["operation"].clone()))
            .collect::<Vec<_>>()
    };
    let created = |id: &str| (Value::from(id), Value::from("created"));
    assert_eq!(told(desk.get(&format!("/changes?since={from}")).await), [created("ev-hidden"), created("ev-seen")]);
    let public = anybody.get(&format!("/changes?since={public_from}")).await;
    let all = public.json()["changes"].clone();
    let change = all.as_array().unwrap().iter().find(|change| change["layer"] == "blockades").unwrap().clone();
    assert!(all.to_string().contains("seg-fana--kassela"), "the road that it is on is told, too: {all}");
    assert_eq!(told(public), [created("ev-seen")]);
    assert_eq!((&change["layer"], &change["bbox"]), (&"blockades".into(), &json!([-7.5, 12.7, -7.5, 12.7])));
    assert_eq!(change["tiles"][6], json!({"z": 6, "x": [30, 30], "y": [29, 29]}));
    assert!(change["revision"].as_u64() > public_from.as_u64());

    assert_eq!(desk.send("DELETE", &format!("{ITEMS}/ev-seen"), &[("if-match", "*")], &Value::Null).await.status, 200);
    let since = change["revision"].clone();
    assert_eq!(told(anybody.get(&format!("/changes?since={since}")).await), [("ev-seen".into(), "removed".into())]);
    assert_eq!(anybody.get("/changes?since=1").await.status, 410);
    assert_eq!(anybody.get("/changes?since=x").await.status, 400);
}
