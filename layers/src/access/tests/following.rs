//! What follows from edits is what a look at the whole says, and what nothing was said of is shared.

use super::sample::{AUDIENCES, Chance, any_report, corridor, place, segment, with, world};
use super::*;
use crate::access::roads::Roads;
use crate::record::Record;
use crate::time::Interval;
use crate::view::{self, whole};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Adds a draft to a history as known from a moment on, or takes its record back; notes whose it is.
fn edit(history: &mut History, draft: &Value, others: &[Value], from: Instant, withdrawn: bool) -> Option<String> {
    let all = sample::accepted(&[others, std::slice::from_ref(draft)].concat());
    let record = all.get(draft["id"].as_str().unwrap())?;
    let version = history.record(record.id()).last().map_or(1, |last| last.common().version + 1);
    let record: Record = record.clone().dated(version, Interval { from: Some(from), to: None }, withdrawn);
    let id = record.id().to_owned();
    history.add(record, version, from);
    Some(id)
}

/// Says something otherwise, takes it back, or adds something; the ids of the records.
pub(super) fn edit_by_chance(
    history: &mut History,
    drafts: &[Value],
    chance: &mut Chance,
    from: Instant,
    number: u64,
) -> Vec<String> {
    let old: Value = chance.one(drafts);
    let edited = match old["kind"].as_str().unwrap() {
        "place" => with(old.clone(), json!({"lon": chance.between(-1.0, 2.0), "is_supply_node": chance.in_a_hundred(50)})),
        "segment" => with(old.clone(), json!({"practicability": 1 + chance.below(6), "assertions": []})),
        "blockade" => with(any_report(old["id"].as_str().unwrap(), chance, drafts), json!({"sensitivity": "public"})),
        _ => old.clone(),
    };
    let said = match chance.below(4) {
        0 => vec![edit(history, &old, drafts, from, true)],
        1 => vec![edit(history, &any_report(&format!("ev-new-{number}"), chance, drafts), drafts, from, false)],
        2 => {
            let (town, leg, way) = (place("ab", 0.3, 12.3), segment("aa", "ab"), corridor("abway", &["aa", "ab"]));
            let others = [drafts.to_vec(), vec![town.clone(), leg.clone()]].concat();
            vec![
                edit(history, &town, drafts, from, false),
                edit(history, &leg, &others, from, false),
                edit(history, &way, &others, from, false),
            ]
        }
        _ => vec![edit(history, &edited, drafts, from, false)],
    };
    said.into_iter().flatten().collect()
}

/// All that roads say, but for sources that nobody cites.
fn told(roads: &Roads) -> String {
    let records: Vec<&Record> = roads.network.iter().collect();
    let reported = (&roads.areas, &roads.reports, &roads.announced);
    format!("{:?} {:?} {:?} {records:?} {reported:?}", roads.known, roads.legs, roads.chains)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn roads_that_follow_from_edits_are_those_that_the_whole_makes(seed: u64) {
        let mut chance = Chance(seed);
        let drafts = world(&mut chance);
        let mut history = History::from(&sample::accepted(&drafts));
        let now = known("2025-12-20");
        let viewers = AUDIENCES.map(|audience| Viewer { audience, now: known("2027-01-01"), rekey: Rekey([0; 16]), attribution: "" });
        let mut shown = viewers.map(|viewer| Access::of(view::told(&history, viewer), viewer.audience));
        for number in 0..1 + chance.below(5) {
            let from = Instant::from_micros(now.micros() + number as i64);
            let said = edit_by_chance(&mut history, &drafts, &mut chance, from, number);
            let touched: BTreeSet<String> = history.dependents(said.iter().map(String::as_str), []);
            for (access, viewer) in shown.iter_mut().zip(viewers) {
                *access = access.amended(view::retold(&history, viewer, &touched)).0;
                let fresh = Access::of(view::told(&history, viewer), viewer.audience);
                prop_assert_eq!(access.epochs().len(), history.epoch_times().len());
                for ((amended, fresh), known) in access.epochs().iter().zip(fresh.epochs()).zip(history.epoch_times()) {
                    let direct = Roads::of(whole(&history, viewer, known), viewer.audience);
                    prop_assert_eq!(told(amended), told(&direct), "after an edit, {:?}", viewer.audience);
                    prop_assert_eq!(told(fresh), told(&direct), "from the beginning, {:?}", viewer.audience);
                }
            }
        }
    }
}

#[test]
fn legs_that_nothing_was_said_of_are_shared_by_epochs_and_edits() {
    let mut history = History::from(&mali());
    let viewer = Viewer { audience: Audience::Editor, now: known("2027-01-01"), rekey: Rekey([0; 16]), attribution: "" };
    let before = Access::of(view::told(&history, viewer), Audience::Editor);
    let id = before.epochs()[0].legs[0].id.clone();
    let from = known("2026-03-01");
    let record = history.record(&id)[0].clone();
    history.add(record, 2, from);
    let touched = history.dependents([id.as_str()], []);
    let (after, turned) = before.amended(view::retold(&history, viewer, &touched));
    let [first, second] = after.epochs() else { panic!("one correction, two epochs") };
    assert_eq!((first.known.to, second.known.from), (Some(from), Some(from)));
    let shared = first.legs.iter().zip(&second.legs).filter(|(one, other)| Arc::ptr_eq(one, other)).count();
    let same = before.epochs()[0].legs.iter().zip(&first.legs).filter(|(one, other)| Arc::ptr_eq(one, other)).count();
    assert!(shared >= second.legs.len() - touched.len() && shared > second.legs.len() / 2, "{shared} of {}", second.legs.len());
    assert!(same >= first.legs.len() - touched.len(), "{same} of {}", first.legs.len());
    assert!(Arc::ptr_eq(&first.reports, &second.reports));
    assert!(turned.keys().all(|leg| touched.contains(leg)), "{turned:?}");
}
