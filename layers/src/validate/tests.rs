use super::*;
use serde_json::json;

fn place(id: &str, lon: f64) -> (String, Value) {
    (format!("/{id}"), json!({"kind": "place", "id": id, "name": id, "role": "town", "lon": lon, "lat": 12.0}))
}

fn segment(a: &str, b: &str) -> (String, Value) {
    let id = format!("seg-{a}--{b}");
    (format!("/{id}"), json!({"kind": "segment", "id": id, "name": id, "a": a, "b": b, "geometry_accuracy_m": 3000}))
}

fn source() -> Vec<(String, Value)> {
    vec![("/src".into(), json!({"id": "src", "title": "T", "publisher": "P", "url": "https://example.org/a"}))]
}

fn report(change: impl Fn(&mut Value)) -> (String, Value) {
    let mut value = json!({
        "kind": "blockade", "id": "ev-1", "name": "Ambush", "subtype": "ambush", "temporality": "event", "effect": "closes",
        "severity": 4, "actor": "JNIM", "attribution": "claimed", "certainty": "likely", "valid_from": "2025-10-17",
        "recorded_at": "2025-10-18", "sensitivity": "public", "sources": ["src"], "location": {"method": "place", "place": "kati"},
    });
    change(&mut value);
    ("/ev-1".into(), value)
}

fn codes(drafts: &[(String, Value)]) -> (usize, Vec<(&'static str, String)>) {
    let outcome = records(drafts, &source());
    (outcome.records.iter().len(), outcome.findings.into_iter().map(|finding| (finding.code, finding.pointer)).collect())
}

#[test]
fn what_is_right_is_accepted_without_a_word() {
    let drafts = [place("kati", -8.0), place("kita", -9.4), segment("kati", "kita"), report(|_| ())];
    assert_eq!(codes(&drafts), (4, vec![]));
}

#[test]
fn each_breach_has_its_code_and_pointer() {
    type Change = fn(&mut Value);
    let table: &[(Change, &str, &str)] = &[
        (|v| v["id"] = json!("Ev 1"), "bad_id", "/ev-1/id"),
        (|v| v["effect"] = json!("blocks"), "unknown_word", "/ev-1/effect"),
        (|v| v["severity"] = json!(6), "bad_number", "/ev-1/severity"),
        (|v| v["valid_from"] = json!("2025-13-01"), "bad_time", "/ev-1/valid_from"),
        (|v| v["valid_from"] = json!(null), "missing", "/ev-1/valid_from"),
        (|v| v["valid_to"] = json!("2025-11-01"), "event_with_end", "/ev-1/valid_to"),
        (|v| v["sources"] = json!([]), "missing", "/ev-1/sources"),
        (|v| v["sources"] = json!(["nobody"]), "dangling_reference", "/ev-1/sources"),
        (|v| v["location"] = json!({"method": "place", "place": "atlantis"}), "dangling_reference", "/ev-1/location/places"),
        (|v| v["location"] = json!({"method": "guess"}), "unknown_word", "/ev-1/location/method"),
        (|v| v["location"] = json!({"method": "point", "lon": 12.0, "lat": 91.0}), "swapped", "/ev-1/location/lat"),
        (|v| v["location"] = json!({"method": "point", "lon": 12.0, "lat": 191.0}), "bad_number", "/ev-1/location/lat"),
        (|v| v["location"] = json!({"method": "point", "lon": 12.0}), "missing", "/ev-1/location/lat"),
        (|v| v["location"] = json!({"method": "places", "places": []}), "missing", "/ev-1/location/places"),
        (
            |v| v["location"] = json!({"method": "between", "corridor": "c9", "from": "kati", "to": "kati"}),
            "no_stretch",
            "/ev-1/location/to",
        ),
        (|v| v["location"] = json!({"method": "corridors", "corridors": ["c9"]}), "too_vague", "/ev-1/effect"),
        (|v| v["sensitivity"] = json!(null), "missing", "/ev-1/sensitivity"),
        (|v| v["sensitivity"] = json!("strict"), "hidden_closure", "/ev-1/sensitivity"),
        (|v| v["temporality"] = json!("state"), "wrong_temporality", "/ev-1/temporality"),
        (|v| v["subtype"] = json!("passage"), "passage_mismatch", "/ev-1/effect"),
        (|v| v["escorted"] = json!(true), "escorted_nothing", "/ev-1/escorted"),
        (|v| v["actor"] = json!("The rebels"), "bad_actor", "/ev-1/actor"),
        (|v| v["adm0"] = json!("Mali"), "bad_country", "/ev-1/adm0"),
        (|v| v["counts"] = json!({"vehicles_low": 3, "vehicles_high": 2}), "range_backwards", "/ev-1/counts/vehicles_high"),
        (|v| v["counts"] = json!({"vehicles_low": -3}), "bad_number", "/ev-1/counts/vehicles_low"),
        (
            |v| v["counts"] = json!({"claims": [{"value": 1, "source": "me"}]}),
            "dangling_reference",
            "/ev-1/counts/claims/0/source",
        ),
    ];
    for &(change, code, pointer) in table {
        let (accepted, found) = codes(&[place("kati", -8.0), report(change)]);
        assert_eq!(accepted, 1, "{code}");
        assert_eq!(found, [(code, pointer.to_owned())], "one breach, one finding");
    }
}

#[test]
fn an_end_before_the_start_is_refused() {
    let state = report(|v| {
        v["subtype"] = json!("checkpoint");
        v["temporality"] = json!("state");
        v["valid_to"] = json!("2025-10-17");
    });
    assert_eq!(codes(&[place("kati", -8.0), state]).1, [("ends_before_start", "/ev-1/valid_to".to_owned())]);
}

#[test]
fn what_refers_to_something_refused_is_refused_too() {
    let bad_place =
        ("/kita".to_owned(), json!({"kind": "place", "id": "kita", "name": "Kita", "role": "town", "lon": 200, "lat": 1}));
    let (accepted, found) = codes(&[place("kati", -8.0), bad_place, segment("kati", "kita")]);
    assert_eq!(accepted, 1);
    assert_eq!(found.iter().map(|(code, _)| *code).collect::<Vec<_>>(), ["bad_number", "dangling_reference"]);
}

#[test]
fn a_corridor_whose_segments_do_not_join_is_refused() {
    let corridor = (
        "/c1".to_owned(),
        json!({"kind": "corridor", "id": "c1", "name": "C", "mode": "road", "route_class": "Primary",
        "nodes": ["kita", "koro"], "segments": ["seg-kati--kita"]}),
    );
    let drafts = [place("kati", -8.0), place("kita", -9.4), place("koro", -3.0), segment("kati", "kita"), corridor];
    assert_eq!(codes(&drafts).1, [("broken_chain", "/c1/segments/0".to_owned())]);
}

#[test]
fn a_self_crossing_area_is_refused_and_a_wrongly_wound_one_turned() {
    let area = |ring: Value| {
        (
            "/a1".to_owned(),
            json!({"kind": "area", "id": "a1", "name": "A", "area_class": "attack", "attribution": "assessed", "actor": "JNIM",
            "valid_from": "2025-09-03", "sensitivity": "public", "sources": ["src"], "geometry": {"type": "Polygon", "coordinates": [ring]}}),
        )
    };
    let bow_tie = json!([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]);
    assert_eq!(codes(&[area(bow_tie)]).1, [("invalid_polygon", "/a1/geometry".to_owned())]);
    let clockwise = json!([[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]);
    let outcome = records(&[area(clockwise)], &source());
    assert_eq!(outcome.findings, []);
    let Some(Body::Area(area)) = outcome.records.get("a1").map(Record::body) else { panic!("an area") };
    assert!(geo::Winding::is_ccw(area.shape.0[0].exterior()));
}

#[test]
fn an_unknown_field_is_told_but_not_fatal() {
    let extra = report(|v| v["colour"] = json!("red"));
    assert_eq!(codes(&[place("kati", -8.0), extra]), (2, vec![("unknown_field", "/ev-1/colour".to_owned())]));
}

#[test]
fn a_source_with_a_script_address_is_refused() {
    let (source, findings) =
        super::source(&json!({"id": "x1", "title": "t", "publisher": "p", "url": "javascript:alert(1)"}), "/0");
    assert!(source.is_none());
    assert_eq!(findings[0].code, "bad_url");
}

#[test]
fn an_unknown_field_of_a_part_is_told_but_not_fatal() {
    let extra = report(|v| v["location"] = json!({"method": "place", "place": "kati", "how": "by car"}));
    assert_eq!(codes(&[place("kati", -8.0), extra]), (2, vec![("unknown_field", "/ev-1/location/how".to_owned())]));
}

#[test]
fn what_people_state_of_a_segment_is_read_and_checked() {
    let mut leg = segment("kati", "kita");
    leg.1["practicability"] = json!(5);
    leg.1["assertions"] = json!([{"op_status": 1, "valid_from": "2025-10-01", "certainty": "likely", "sources": ["src"]}]);
    let places = [place("kati", -8.0), place("kita", -9.4)];
    let outcome = records(&[&places[..], &[leg.clone()]].concat(), &source());
    assert_eq!(outcome.findings, []);
    let read = outcome.records.segment("seg-kati--kita").unwrap();
    assert_eq!((read.practicability, read.assertions[0].op_status), (Some(5), crate::vocab::OpStatus::Open));
    leg.1["assertions"] = json!([{"op_status": 7, "sources": ["src"]}, {"op_status": 3, "sources": ["nobody"]}]);
    assert_eq!(codes(&[&places[..], &[leg]].concat()).1, [("bad_number", "/seg-kati--kita/assertions/0/op_status".to_owned())]);
}

#[test]
fn of_two_with_one_id_the_first_stays() {
    let outcome = records(&[place("kati", -8.0), place("kati", -9.0)], &[source(), source()].concat());
    let found: Vec<&str> = outcome.findings.iter().map(|finding| finding.code).collect();
    assert_eq!(found, ["repeated_id", "repeated_id"]);
    assert!((outcome.records.place("kati").unwrap().at.x + 8.0).abs() < 1e-9);
}

#[test]
fn without_a_kind_only_that_is_said() {
    let nameless = ("/x".to_owned(), json!({"id": "x1", "name": "X"}));
    assert_eq!(codes(&[nameless]), (0, vec![("missing", "/x/kind".to_owned())]));
}
