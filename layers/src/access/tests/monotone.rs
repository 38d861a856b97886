//! What must hold whatever is reported: bad news never makes anything better, and no news is never good news.

use super::sample::{AUDIENCES, Chance, answers, any_report, instant, terms, with, world};
use super::*;
use crate::vocab::{Commodity, Direction};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How bad all segments and corridors are.
fn ranks(inquiry: &Inquiry<'_>, datetime: &Datetime) -> BTreeMap<String, Rank> {
    let segments = inquiry.segments(datetime).map(|segment| (segment.leg.id.clone(), segment.status.rank));
    let corridors = inquiry.chains().map(|chain| (chain.id.clone(), inquiry.corridor(chain, datetime).rank));
    segments.chain(corridors).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn closing_evidence_never_improves_anything(seed: u64) {
        let mut chance = Chance(seed);
        let drafts = world(&mut chance);
        let more = with(any_report("ev-more", &mut chance, &drafts), json!({
            "subtype": chance.one(&["ambush", "obstacle_physical"]), "temporality": "event", "effect": "closes", "escorted": false,
            "sensitivity": "public",
        }));
        let mut more = more;
        more.as_object_mut().unwrap().remove("valid_to");
        let (before, after) = (sample::accepted(&drafts), sample::accepted(&[drafts, vec![more]].concat()));
        prop_assert_eq!(before.iter().len() + 1, after.iter().len());
        for audience in AUDIENCES {
            let (before, after) = (seen_by(audience, &(&before).into()), seen_by(audience, &(&after).into()));
            let (terms, datetime, known_at) = (terms(&mut chance), Datetime::At(instant(&mut chance)), instant(&mut chance));
            let before = before.known(known_at, terms).unwrap();
            let after = after.known(known_at, terms).unwrap();
            for (id, rank) in ranks(&before, &datetime) {
                prop_assert!(ranks(&after, &datetime)[&id] >= rank, "{}", id);
            }
            for threshold in Threshold::ALL {
                let places = |inquiry: &Inquiry<'_>| {
                    inquiry.cut_off(&datetime, threshold).iter().map(|cut| cut.place.to_owned()).collect::<BTreeSet<_>>()
                };
                prop_assert!(places(&before).is_subset(&places(&after)));
            }
        }
    }

    /// All goods, and both ways, are as bad as the worst of them.
    #[test]
    fn all_is_never_better_than_any(seed: u64) {
        let mut chance = Chance(seed);
        let access = seen_by(chance.one(&AUDIENCES), &(&sample::accepted(&world(&mut chance))).into());
        let (terms, datetime) = (terms(&mut chance), Datetime::At(instant(&mut chance)));
        let of = |terms: Terms| ranks(&access.known(known("2026-01-01"), terms).unwrap(), &datetime);
        let (all, both) = (of(Terms { commodity: Commodity::All, ..terms }), of(Terms { direction: Direction::Both, ..terms }));
        for commodity in [Commodity::Fuel, Commodity::Food, Commodity::Bitumen, Commodity::Passengers] {
            for (id, rank) in of(Terms { commodity, ..terms }) {
                prop_assert!(all[&id] >= rank, "{} of {:?}: {:?} and {:?}", id, commodity, all[&id], rank);
            }
        }
        for direction in [Direction::Forward, Direction::Backward] {
            for (id, rank) in of(Terms { direction, ..terms }) {
                prop_assert!(both[&id] >= rank, "{} {:?}: {:?} and {:?}", id, direction, both[&id], rank);
            }
        }
    }

    /// Where it is open, somebody got through or said so.
    #[test]
    fn no_news_is_never_open(seed: u64) {
        let mut chance = Chance(seed);
        let access = seen_by(chance.one(&AUDIENCES), &(&sample::accepted(&world(&mut chance))).into());
        let inquiry = access.known(instant(&mut chance), terms(&mut chance)).unwrap();
        for segment in inquiry.segments(&Datetime::At(instant(&mut chance))) {
            let says_good = |cause: &Cause<'_>| cause.counted && cause.effect == crate::vocab::Effect::Passage;
            let is_known = segment.status.causes.iter().any(says_good);
            prop_assert!(segment.status.rank > Rank::Escort || is_known);
            prop_assert_eq!(segment.status.rank == Rank::Unknown, segment.status.rule == Rule::P5);
        }
    }

    /// In whatever order records, and what is told of them, come.
    #[test]
    fn order_does_not_matter(seed: u64) {
        let mut chance = Chance(seed);
        let mut drafts = world(&mut chance);
        let (terms, datetime) = (terms(&mut chance), Datetime::At(instant(&mut chance)));
        let told = |drafts: &[serde_json::Value], is_turned: bool| {
            let history = History::from(&sample::accepted(drafts));
            let viewer = Viewer { audience: Audience::Partner, now: known("2027-01-01"), rekey: Rekey([0; 16]), attribution: "" };
            let mut told = view::told(&history, viewer);
            if is_turned {
                told.first.reports.reverse();
            }
            let access = Access::of(told, Audience::Partner);
            answers(&access.known(known("2026-01-01"), terms).unwrap(), &datetime)
        };
        let first = told(&drafts, false);
        prop_assert_eq!(&first, &told(&drafts, false), "the same question, the same answer");
        drafts.reverse();
        prop_assert_eq!(&first, &told(&drafts, true));
    }
}
