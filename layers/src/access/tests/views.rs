//! What is hidden from an audience never makes a road look open that is closed.

use super::sample::{Chance, NOW, any_report, at, instant, records, report, segment, terms, with, world};
use super::*;
use crate::validate;
use proptest::prelude::*;
use serde_json::{Value, json};

fn confidential(draft: Value) -> Value {
    with(draft, json!({"sensitivity": "confidential"}))
}

fn road() -> Vec<Value> {
    vec![
        sample::supply("port", 0.0, 12.0),
        sample::place("aa", 0.5, 12.0),
        sample::place("bb", 1.0, 12.0),
        segment("port", "aa"),
        segment("aa", "bb"),
        sample::corridor("way", &["port", "aa", "bb"]),
    ]
}

fn partners(drafts: &[Value], now: &str, when: &str) -> Rank {
    let viewer = Viewer { audience: Audience::Partner, now: known(now), rekey: Rekey([0; 16]), attribution: "" };
    let access = Access::of(view::told(&(&records(drafts)).into(), viewer), Audience::Partner);
    let inquiry = access.known(known(now), Terms::default()).unwrap();
    inquiry.segment("seg-aa--bb", &at(when)).unwrap().status.rank
}

#[test]
fn partners_hear_of_a_closed_leg_at_once() {
    let good = with(sample::passage("ev-good", "aa", "bb"), json!({"valid_from": "2025-10-08"}));
    let bad = with(
        confidential(report("ev-bad", "aa", "bb")),
        json!({"recorded_at": "2025-10-10T10:00:00Z", "valid_from": "2025-10-10T06:00:00Z"}),
    );
    let drafts = [road(), vec![good, bad]].concat();
    assert_eq!(partners(&drafts, "2025-10-10T09:59:59Z", "2025-10-10T09:59:00Z"), Rank::Open);
    assert_eq!(partners(&drafts, "2025-10-10T10:00:00Z", "2025-10-10T10:00:00Z"), Rank::Closed);
    // The hour is withheld, so that the window, which began with the day, lasts a day longer.
    assert_eq!(partners(&drafts, "2025-10-30", "2025-10-17T05:59:00Z"), Rank::Closed);
}

#[test]
fn a_confidential_convoy_shows_partners_nothing_because_its_way_is_withheld() {
    let convoy = with(confidential(sample::passage("ev-good", "aa", "bb")), json!({"direction": "forward"}));
    assert_eq!(partners(&[road(), vec![convoy]].concat(), NOW, "2025-10-11T00:00:00Z"), Rank::Unknown);
}

#[test]
fn older_closing_evidence_keeps_a_road_that_is_said_to_be_open_restricted_for_partners() {
    let mut road = road();
    road[4]["assertions"] = json!([{"op_status": 1, "valid_from": "2025-10-11", "certainty": "observed", "sources": ["src"]}]);
    let newer =
        with(report("ev-new", "aa", "bb"), json!({"effect": "restricts", "valid_from": "2025-10-12", "sensitivity": "strict"}));
    let drafts = [road, vec![report("ev-old", "aa", "bb"), newer]].concat();
    let editors = seen_by(Audience::Editor, &(&records(&drafts)).into());
    let inquiry = editors.known(known(NOW), Terms::default()).unwrap();
    assert_eq!(inquiry.segment("seg-aa--bb", &at("2025-10-13T00:00:00Z")).unwrap().status.rank, Rank::Closed);
    assert_eq!(partners(&drafts, NOW, "2025-10-13T00:00:00Z"), Rank::Restricted);
}

#[test]
fn a_closing_report_that_would_not_reach_partners_is_refused() {
    let mut lone = road();
    lone.extend([sample::place("cc", 1.0, 12.5), segment("bb", "cc"), confidential(sample::place("dd", 1.0, 13.0))]);
    lone.push(confidential(sample::corridor("hidden", &["aa", "bb"])));
    let point = |segment: Option<&str>| json!({"location": {"method": "point", "lon": 0.7, "lat": 12.0, "segment": segment}});
    let at_place = |place: &str| json!({"location": {"method": "place", "place": place}});
    let along = |corridor: &str| json!({"location": {"method": "between", "corridor": corridor, "from": "aa", "to": "bb"}});
    for (sensitivity, location, is_right) in [
        ("confidential", along("way"), true),
        ("confidential", along("hidden"), false),
        ("restricted", along("hidden"), false),
        ("confidential", point(Some("seg-aa--bb")), true),
        ("confidential", point(Some("seg-bb--cc")), false),
        ("restricted", point(Some("seg-bb--cc")), true),
        ("confidential", point(None), false),
        ("public", point(None), true),
        ("confidential", at_place("aa"), false),
        ("restricted", at_place("aa"), true),
        ("public", at_place("dd"), false),
        ("confidential", json!({"location": {"method": "area", "adm2": "ML0101"}}), true),
        ("strict", along("way"), false),
    ] {
        let draft = with(with(report("ev-1", "aa", "bb"), location), json!({"sensitivity": sensitivity}));
        let drafts: Vec<validate::Placed> =
            lone.iter().cloned().chain([draft.clone()]).enumerate().map(|(at, draft)| (format!("/{at}"), draft)).collect();
        let source = json!({"id": "src", "title": "T", "publisher": "P", "url": "https://example.org/a"});
        let outcome = validate::records(&drafts, &[("/src".into(), source)]);
        let codes: Vec<&str> =
            outcome.findings.iter().map(|finding| finding.code).filter(|code| *code == "hidden_closure").collect();
        assert_eq!(codes.len(), usize::from(!is_right), "{draft}: {:?}", outcome.findings);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Of the same records, where editors are told "closed", nobody is told "open"; and the public never is.
    #[test]
    fn what_is_closed_is_open_for_nobody(seed: u64) {
        let mut chance = Chance(seed);
        let mut drafts = world(&mut chance);
        // More of what is hidden, where good news are.
        for number in 0..3 {
            let more = any_report(&format!("ev-more-{number}"), &mut chance, &drafts);
            drafts.push(with(more, json!({"sensitivity": chance.one(&["confidential", "public"])})));
        }
        let history = History::from(&sample::accepted(&drafts));
        let views = [Audience::Public, Audience::Partner, Audience::Editor].map(|audience| seen_by(audience, &history));
        for _ in 0..6 {
            let (terms, datetime, known_at) = (terms(&mut chance), Datetime::At(instant(&mut chance)), instant(&mut chance));
            let [public, partner, editor] = views.each_ref().map(|view| view.known(known_at, terms).unwrap());
            for segment in editor.segments(&datetime) {
                let told = |inquiry: &Inquiry<'_>| inquiry.segment(&segment.leg.id, &datetime).unwrap().status.rank;
                prop_assert!(told(&public) != Rank::Open);
                prop_assert!(segment.status.rank != Rank::Closed || told(&partner) != Rank::Open, "{}", segment.leg.id);
            }
            for chain in editor.chains() {
                let told = |inquiry: &Inquiry<'_>| {
                    let chain = inquiry.chains().find(|other| other.id == chain.id).map(|chain| inquiry.corridor(chain, &datetime).rank);
                    chain.unwrap()
                };
                prop_assert!(told(&public) != Rank::Open);
                prop_assert!(told(&editor) != Rank::Closed || told(&partner) != Rank::Open, "{}", chain.id);
            }
        }
    }

    /// Without some of the records the public is told less, and still nothing good.
    #[test]
    fn without_some_records_the_public_is_never_told_open(seed: u64) {
        let mut chance = Chance(seed);
        let mut records = sample::accepted(&world(&mut chance));
        let gone: Vec<String> = records.iter().map(|record| record.id().to_owned()).filter(|id| id.starts_with("ev-") && chance.in_a_hundred(40)).collect();
        records.retain(|record| !gone.iter().any(|id| id == record.id()));
        let access = seen_by(Audience::Public, &(&records).into());
        let inquiry = access.known(known("2026-01-01"), terms(&mut chance)).unwrap();
        let datetime = Datetime::At(instant(&mut chance));
        prop_assert!(inquiry.segments(&datetime).all(|segment| segment.status.rank != Rank::Open));
        prop_assert!(inquiry.chains().all(|chain| inquiry.corridor(chain, &datetime).rank != Rank::Open));
    }
}
