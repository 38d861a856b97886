//! Each rule by itself, on a road of three legs from a port to a town: `port - aa - bb - town`. Dates are in October 2025.
//!
//! ```text
//!   closes on the 10th    closed [10, 17)   restricted [17, 31)
//!   restricts             restricted [10, 24)      roadblock [10, 13)
//!   passage               [10, 24)
//! ```

use super::sample::{at, corridor, editors, passage, place, report, segment, supply, with};
use super::*;
use crate::vocab::{Commodity, Direction};
use serde_json::{Value, json};

fn road() -> Vec<Value> {
    vec![
        supply("port", 0.0, 12.0),
        place("aa", 0.5, 12.0),
        place("bb", 1.0, 12.0),
        place("town", 1.5, 12.0),
        segment("port", "aa"),
        segment("aa", "bb"),
        segment("bb", "town"),
        corridor("way", &["port", "aa", "bb", "town"]),
    ]
}

fn road_with(drafts: &[Value]) -> Access {
    editors(&[road(), drafts.to_vec()].concat())
}

/// Status, rule and whether under escort of the leg from aa to bb.
fn leg(access: &Access, when: &str, terms: Terms) -> String {
    let inquiry = access.known(known("2026-01-01"), terms).unwrap();
    let status = inquiry.segment("seg-aa--bb", &at(when)).unwrap().status;
    let escort = if status.is_escorted { " escort" } else { "" };
    format!("{} {}{escort}", status.rank.as_str(), status.rule.as_str())
}

/// Holds the leg's status on days of October against what is expected.
fn on_days(drafts: &[Value], expected: &[(&str, &str)]) {
    let access = road_with(drafts);
    for (when, expected) in expected {
        let when = if when.len() == 2 { format!("2025-10-{when}T00:00:00Z") } else { (*when).to_owned() };
        assert_eq!(leg(&access, &when, Terms::default()), *expected, "{when}: {drafts:?}");
    }
}

fn on(day: &str, draft: Value) -> Value {
    with(draft, json!({"valid_from": format!("2025-10-{day}")}))
}

fn closes() -> Value {
    report("ev-closes", "aa", "bb")
}

fn restricts() -> Value {
    with(report("ev-restricts", "aa", "bb"), json!({"effect": "restricts"}))
}

fn state() -> Value {
    let state = json!({"subtype": "closure_official", "temporality": "state", "valid_to": "2025-12-01"});
    with(report("ev-state", "aa", "bb"), state)
}

fn convoy(escorted: bool) -> Value {
    with(passage("ev-convoy", "aa", "bb"), json!({"escorted": escorted}))
}

/// The road with statements of the leg from aa to bb.
fn stated(statements: &[Value], drafts: &[Value]) -> Vec<Value> {
    let mut road = road();
    let statements: Vec<Value> =
        statements.iter().map(|one| with(json!({"certainty": "observed", "sources": ["src"]}), one.clone())).collect();
    road[5]["assertions"] = json!(statements);
    [road, drafts.to_vec()].concat()
}

#[test]
fn no_news_is_unknown() {
    on_days(&[], &[("10", "unknown P5")]);
}

#[test]
fn events_wear_off_by_their_windows() {
    on_days(
        &[closes()],
        &[
            ("2025-10-09T23:59:59Z", "unknown P5"),
            ("10", "closed P2"),
            ("2025-10-16T23:59:59Z", "closed P2"),
            ("17", "restricted P2"),
            ("2025-10-30T23:59:59Z", "restricted P2"),
            ("31", "unknown P5"),
        ],
    );
    on_days(&[restricts()], &[("23", "restricted P2"), ("24", "unknown P5")]);
    on_days(&[with(restricts(), json!({"subtype": "roadblock"}))], &[("12", "restricted P2"), ("13", "unknown P5")]);
    on_days(&[with(closes(), json!({"time_precision": 2}))], &[("22", "closed P2"), ("23", "restricted P2")]);
    let month = with(closes(), json!({"time_precision": 3}));
    on_days(
        &[month],
        &[
            ("2025-11-15T00:00:00Z", "closed P2"),
            ("2025-11-16T00:00:00Z", "restricted P2"),
            ("2025-12-01T00:00:00Z", "unknown P5"),
        ],
    );
    on_days(&[with(closes(), json!({"effect": "advisory"}))], &[("10", "unknown P5")]);
    on_days(&[with(closes(), json!({"location": {"method": "area"}}))], &[("10", "unknown P5")]);
}

#[test]
fn a_state_holds_while_it_is_valid_and_grows_stale() {
    on_days(
        &[state()],
        &[
            ("09", "unknown P5"),
            ("10", "closed P2"),
            ("2025-11-30T23:59:59Z", "closed P2"),
            ("2025-12-01T00:00:00Z", "unknown P5"),
        ],
    );
    let stale = |draft: Value, when: &str| {
        let access = road_with(&[draft]);
        let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
        inquiry.segment("seg-aa--bb", &at(when)).unwrap().status.is_stale
    };
    assert!(!stale(state(), "2025-11-08T23:59:59Z") && stale(state(), "2025-11-09T00:00:00Z"));
    let confirmed = with(state(), json!({"last_confirmed": "2025-10-25"}));
    assert!(!stale(confirmed.clone(), "2025-11-23T23:59:59Z") && stale(confirmed, "2025-11-24T00:00:00Z"));
}

#[test]
fn what_is_only_possible_restricts_and_what_is_less_sure_does_not_count() {
    on_days(&[with(closes(), json!({"certainty": "possible"}))], &[("10", "restricted P2")]);
    for certainty in ["unlikely", "unknown"] {
        let access = road_with(&[with(closes(), json!({"certainty": certainty}))]);
        assert_eq!(leg(&access, "2025-10-10T00:00:00Z", Terms::default()), "unknown P5");
        let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
        let causes = inquiry.segment("seg-aa--bb", &at("2025-10-10T00:00:00Z")).unwrap().status.causes;
        assert_eq!(causes.iter().map(|cause| (cause.id(), cause.counted)).collect::<Vec<_>>(), [(Some("ev-closes"), false)]);
        on_days(&[with(convoy(false), json!({"certainty": certainty}))], &[("10", "unknown P5")]);
    }
    on_days(&[with(convoy(false), json!({"certainty": "possible"}))], &[("10", "unknown P5")]);
}

#[test]
fn a_passage_on_a_later_day_lifts_closing_events_to_restricted() {
    on_days(&[closes(), convoy(false)], &[("11", "closed P2")]);
    on_days(
        &[closes(), on("11", convoy(false))],
        &[("10", "closed P2"), ("11", "restricted P3"), ("17", "restricted P2"), ("24", "restricted P2")],
    );
    on_days(&[closes(), on("11", convoy(true))], &[("11", "restricted P3 escort"), ("17", "restricted P2")]);
    // The event may have been on the 16th.
    let in_week = with(closes(), json!({"time_precision": 2}));
    on_days(&[in_week.clone(), on("16", convoy(false))], &[("16", "closed P2")]);
    on_days(&[in_week, on("17", convoy(false))], &[("17", "restricted P3")]);
    // Once the event has worn off: nothing is left but the convoy, for 14 days.
    on_days(
        &[closes(), on("29", convoy(false))],
        &[("30", "restricted P2"), ("31", "open P3"), ("2025-11-12T00:00:00Z", "unknown P5")],
    );
}

#[test]
fn a_closing_state_is_not_lifted_but_contradicted() {
    let access = road_with(&[state(), on("12", convoy(false))]);
    assert_eq!(leg(&access, "2025-10-12T00:00:00Z", Terms::default()), "closed P2");
    let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
    for (when, expected) in [("2025-10-11T00:00:00Z", false), ("2025-10-12T00:00:00Z", true)] {
        let causes = inquiry.segment("seg-aa--bb", &at(when)).unwrap().status.causes;
        assert_eq!(causes.iter().any(|cause| cause.is_contradicted), expected, "{when}");
    }
}

#[test]
fn a_convoy_alone_opens_the_road_it_took_or_shows_that_it_takes_an_escort() {
    on_days(&[convoy(false)], &[("09", "unknown P5"), ("10", "open P3"), ("24", "unknown P5")]);
    on_days(&[convoy(true)], &[("10", "restricted P3e escort")]);
    on_days(
        &[convoy(true), on("11", with(convoy(false), json!({"id": "ev-later"})))],
        &[("10", "restricted P3e escort"), ("11", "open P3")],
    );
    on_days(&[convoy(false), restricts()], &[("10", "restricted P2")]);
    // Seen at a town on the road, not from end to end.
    on_days(&[with(convoy(false), json!({"location": {"method": "place", "place": "aa"}}))], &[("10", "unknown P5")]);
}

#[test]
fn a_statement_wins_unless_what_is_as_new_says_worse() {
    let open = json!({"op_status": 1, "valid_from": "2025-10-10"});
    let says = |statement: &Value, drafts: &[Value], when: &str| {
        leg(&editors(&stated(std::slice::from_ref(statement), drafts)), when, Terms::default())
    };
    let noon = "2025-10-12T12:00:00Z";
    assert_eq!(says(&open, &[], noon), "open P1");
    assert_eq!(says(&open, &[on("09", closes())], noon), "open P1");
    assert_eq!(says(&open, &[closes()], noon), "closed P2", "on the same day");
    assert_eq!(says(&open, &[on("12", restricts())], noon), "restricted P2");
    assert_eq!(says(&open, &[on("09", with(closes(), json!({"time_precision": 2})))], noon), "closed P2", "as late as the 15th");
    assert_eq!(says(&open, &[with(on("01", state()), json!({"last_confirmed": "2025-10-11"}))], noon), "closed P2");
    assert_eq!(says(&open, &[with(on("01", state()), json!({"last_confirmed": "2025-10-09"}))], noon), "open P1");
    // What is newer and worse brings back what is older and still worse.
    let both = [on("09", closes()), on("11", restricts())];
    assert_eq!(says(&open, &both, noon), "closed P2");
    let closed = json!({"op_status": 3, "valid_from": "2025-10-10"});
    assert_eq!(says(&closed, &[on("11", convoy(false))], noon), "closed P1", "better news never beats it");
    for (weak, expected) in [("possible", "unknown P5"), ("likely", "closed P1")] {
        assert_eq!(says(&with(closed.clone(), json!({"certainty": weak})), &[], noon), expected);
    }
    let abandoned = json!({"op_status": 4, "valid_from": "2025-10-10"});
    assert_eq!(says(&abandoned, &[on("11", convoy(false))], noon), "closed P0");
    assert_eq!(says(&json!({"op_status": 0, "valid_from": "2025-10-10"}), &[], noon), "unknown P5");
}

#[test]
fn a_statement_is_stood_by_until_its_review_and_open_for_a_month() {
    let says = |statements: &[Value], when: &str| leg(&editors(&stated(statements, &[])), when, Terms::default());
    let open = json!({"op_status": 1, "valid_from": "2025-10-10"});
    assert_eq!(says(std::slice::from_ref(&open), "2025-11-08T23:59:59Z"), "open P1");
    assert_eq!(says(std::slice::from_ref(&open), "2025-11-09T00:00:00Z"), "unknown P5");
    let reviewed = [with(open.clone(), json!({"review_after": "2025-10-15"}))];
    assert_eq!(says(&reviewed, "2025-10-14T23:59:59Z"), "open P1");
    assert_eq!(says(&reviewed, "2025-10-15T00:00:00Z"), "open P4");
    assert_eq!(says(&reviewed, "2025-11-09T00:00:00Z"), "unknown P5");
    let closed = json!({"op_status": 3, "valid_from": "2025-10-12", "review_after": "2025-10-20"});
    let both = [open.clone(), closed.clone()];
    assert_eq!(says(&both, "2025-10-11T00:00:00Z"), "open P1");
    assert_eq!(says(&both, "2025-10-12T00:00:00Z"), "closed P1");
    // Nobody stands by "closed" any more, and "open" was said before it.
    assert_eq!(says(&both, "2025-10-20T00:00:00Z"), "unknown P5");
    let restricted = json!({"op_status": 2, "valid_from": "2025-10-01"});
    let newer = [restricted, with(open, json!({"review_after": "2025-10-15"}))];
    assert_eq!(says(&newer, "2025-10-14T00:00:00Z"), "open P1");
    assert_eq!(says(&newer, "2025-10-16T00:00:00Z"), "restricted P1");
}

#[test]
fn too_large_a_vehicle_does_not_get_through() {
    let mut road = road();
    road[5]["practicability"] = json!(4);
    let access = editors(&[road, vec![convoy(false)]].concat());
    for (class, expected) in [(None, "open P3"), (Some(4), "open P3"), (Some(5), "closed P0")] {
        let terms = Terms { vehicle_class: class, ..Terms::default() };
        assert_eq!(leg(&access, "2025-10-10T00:00:00Z", terms), expected);
    }
}

#[test]
fn goods_filter_blockades_and_weaken_attacks() {
    let fuel = json!({"commodity": ["fuel"]});
    let table = [
        (with(closes(), fuel.clone()), "closed P2", "restricted P2", "closed P2"),
        (with(state(), fuel.clone()), "closed P2", "unknown P5", "closed P2"),
        (with(convoy(false), fuel.clone()), "open P3", "unknown P5", "unknown P5"),
        (with(with(state(), json!({"subtype": "obstacle_physical"})), fuel), "closed P2", "closed P2", "closed P2"),
    ];
    for (draft, of_fuel, of_food, of_all) in table {
        let access = road_with(std::slice::from_ref(&draft));
        for (commodity, expected) in [(Commodity::Fuel, of_fuel), (Commodity::Food, of_food), (Commodity::All, of_all)] {
            let terms = Terms { commodity, ..Terms::default() };
            assert_eq!(leg(&access, "2025-10-10T00:00:00Z", terms), expected, "{commodity:?}: {draft}");
        }
    }
}

#[test]
fn what_hinders_one_way_leaves_the_other_open() {
    let one_way = json!({"direction": "forward"});
    let table = [
        (with(closes(), one_way.clone()), "closed P2", "unknown P5", "closed P2"),
        (with(convoy(false), one_way.clone()), "open P3", "unknown P5", "unknown P5"),
        // Written the other way round it is the same stretch.
        (with(with(report("ev-1", "bb", "aa"), json!({})), one_way), "closed P2", "unknown P5", "closed P2"),
    ];
    for (draft, forward, backward, both) in table {
        let access = road_with(std::slice::from_ref(&draft));
        for (direction, expected) in [(Direction::Forward, forward), (Direction::Backward, backward), (Direction::Both, both)] {
            let terms = Terms { direction, ..Terms::default() };
            assert_eq!(leg(&access, "2025-10-10T00:00:00Z", terms), expected, "{direction:?}: {draft}");
        }
    }
    // From port to bb, the corridor runs against the first leg (aa before port) and along the second; forward of the stretch is from bb.
    let access = road_with(&[with(report("ev-1", "port", "bb"), json!({"direction": "forward"}))]);
    for (direction, expected) in [(Direction::Forward, "unknown"), (Direction::Backward, "closed")] {
        let inquiry = access.known(known("2026-01-01"), Terms { direction, ..Terms::default() }).unwrap();
        let status = inquiry.corridor(inquiry.chains().next().unwrap(), &at("2025-10-10T00:00:00Z"));
        let ranks: Vec<&str> = status.parts.iter().map(|part| part.rank().as_str()).collect();
        assert_eq!(ranks, [expected, expected, "unknown"], "{direction:?}");
    }
}

#[test]
fn areas_restrict_only_where_they_are_asked_for_and_cover_enough() {
    // The leg from 0.5 to 1.0 at 12 N is 54,440 m long: 1 % is 544 m, so at least 1,000 m count.
    let area = |west: f64, east: f64, class: &str| {
        json!({"kind": "area", "id": "area-1", "name": "Area", "actor": "UNKNOWN", "attribution": "unknown", "area_class": class,
            "certainty": "likely", "valid_from": "2025-10-10", "valid_to": "2025-10-20", "sensitivity": "public", "sources": ["src"],
            "basis": "digitised", "geometry": {"type": "MultiPolygon",
                "coordinates": [[[[west, 11.9], [east, 11.9], [east, 12.1], [west, 12.1], [west, 11.9]]]]}})
    };
    let areas = Terms { evidence: Evidences::parse("areas").unwrap(), ..Terms::default() };
    // 0.0092 degrees are 1,002 m, 0.0091 are 991 m.
    for (draft, terms, expected) in [
        (area(0.6, 0.6092, "support"), areas, "restricted P2"),
        (area(0.6, 0.6091, "support"), areas, "unknown P5"),
        (area(0.6, 0.9, "attack"), areas, "unknown P5"),
        (area(0.6, 0.9, "control"), Terms::default(), "unknown P5"),
    ] {
        let access = road_with(&[draft]);
        assert_eq!(leg(&access, "2025-10-10T00:00:00Z", terms), expected);
        assert_eq!(leg(&access, "2025-10-20T00:00:00Z", terms), "unknown P5");
    }
}
