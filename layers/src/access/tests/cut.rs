//! Which places are cut off from supplies, by what, and what would reconnect them: on the grid of `routes`, and by chance.

use super::routes::{DAY, along, grid};
use super::sample::{Chance, at, editors, instant, passage, report, terms, with, world};
use super::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn cut_off(drafts: &[Value], threshold: Threshold) -> Vec<String> {
    let access = editors(&[grid(), drafts.to_vec()].concat());
    let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
    let short = |ids: &mut dyn Iterator<Item = &&str>| ids.map(|id| id.replace("seg-", "")).collect::<Vec<_>>().join(" ");
    let told = |cut: &CutOff<'_>| {
        let fewest = cut.fewest.as_ref().map(|ids| short(&mut ids.iter()));
        format!("{}: {} | {} | {}", cut.place, short(&mut cut.by.iter()), short(&mut cut.restored_by.iter()), fewest.unwrap())
    };
    inquiry.cut_off(&at(DAY), threshold).iter().map(told).collect()
}

#[test]
fn a_place_that_no_road_leads_to_is_not_cut_off_and_unknown_is_not_closed() {
    assert_eq!(cut_off(&[], Threshold::NotClosed), Vec::<String>::new());
}

#[test]
fn one_closed_leg_cuts_off_what_lies_behind_it() {
    let gg = report("ev-1", "ee", "gg");
    assert_eq!(cut_off(&[gg], Threshold::NotClosed), ["gg: ee--gg | ee--gg | ee--gg"]);
    // A restricted one does not.
    assert_eq!(
        cut_off(&[with(report("ev-1", "ee", "gg"), json!({"effect": "restricts"}))], Threshold::NotClosed),
        Vec::<String>::new()
    );
}

#[test]
fn what_is_cut_off_by_several_is_restored_by_any_that_leads_to_supplies() {
    // Around ee and gg: dd--ee, bb--ee and ee--ff are closed, and dd is cut off as well.
    let closed = [
        report("ev-1", "dd", "ee"),
        report("ev-2", "aa", "dd"),
        along(report("ev-3", "bb", "ee"), "low"),
        along(report("ev-4", "ff", "ee"), "east"),
    ];
    assert_eq!(
        cut_off(&closed, Threshold::NotClosed),
        [
            "dd: aa--dd dd--ee | aa--dd | aa--dd",
            // By bb from port 333.2 km; by ff from quay 332.5 km, which is shorter.
            "ee: bb--ee dd--ee ee--ff | bb--ee ee--ff | ee--ff",
            "gg: bb--ee dd--ee ee--ff | bb--ee ee--ff | ee--ff",
        ]
    );
    // With ee--gg closed too, no single one restores gg.
    let closed = [closed.to_vec(), vec![report("ev-5", "ee", "gg")]].concat();
    assert_eq!(cut_off(&closed, Threshold::NotClosed)[2], "gg: ee--gg |  | ee--ff ee--gg");
}

#[test]
fn of_what_is_not_known_to_be_open_all_is_in_the_way() {
    let passed = [passage("ev-1", "port", "dd"), along(passage("ev-2", "quay", "cc"), "east")];
    assert_eq!(
        cut_off(&passed, Threshold::OpenOnly),
        [
            "bb: aa--bb bb--cc bb--ee | aa--bb bb--cc | aa--bb",
            "ee: bb--ee dd--ee ee--ff ee--gg | dd--ee | dd--ee",
            "ff: cc--ff ee--ff | cc--ff | cc--ff",
            "gg: ee--gg |  | dd--ee ee--gg",
        ]
    );
}

#[test]
fn a_road_closed_one_way_cuts_off_only_that_way() {
    use crate::vocab::Direction;
    let drafts = [grid(), vec![with(report("ev-1", "ee", "gg"), json!({"direction": "forward"}))]].concat();
    let access = editors(&drafts);
    for (direction, expected) in [(Direction::Forward, 1), (Direction::Backward, 0), (Direction::Both, 1)] {
        let inquiry = access.known(known("2026-01-01"), Terms { direction, ..Terms::default() }).unwrap();
        assert_eq!(inquiry.cut_off(&at(DAY), Threshold::NotClosed).len(), expected, "{direction:?}");
    }
}

/// The places that supplies reach when some segments are taken for open, by walking.
fn supplied<'r>(graph: &Graph<'r>, supplies: &BTreeSet<usize>, passes: &dyn Fn(&Way<'r>) -> bool) -> BTreeSet<usize> {
    let mut reached = supplies.clone();
    loop {
        let more: Vec<usize> = (0..graph.places().len())
            .flat_map(|place| graph.ways_from(place))
            .filter(|way| reached.contains(&way.from) && !reached.contains(&way.to) && passes(way))
            .map(|way| way.to)
            .collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Held against trying out every set of segments.
    #[test]
    fn what_restores_a_place_is_what_trying_finds(seed: u64, not_closed: bool) {
        let mut chance = Chance(seed);
        let records = sample::accepted(&world(&mut chance));
        let access = seen_by(Audience::Editor, &(&records).into());
        let inquiry = access.known(known("2026-01-01"), terms(&mut chance)).unwrap();
        let datetime = Datetime::At(instant(&mut chance));
        let graph = inquiry.graph(&datetime);
        let threshold = if not_closed { Threshold::NotClosed } else { Threshold::OpenOnly };
        let passes = |rank: Rank| if not_closed { rank != Rank::Closed } else { rank == Rank::Open };
        let supplies: BTreeSet<usize> =
            (0..graph.places().len()).filter(|place| records.place(graph.places()[*place]).unwrap().is_supply_node).collect();
        let ids: Vec<&str> = (0..graph.places().len())
            .flat_map(|place| graph.ways_from(place))
            .map(|way| way.leg.id.as_str())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let cut = inquiry.cut_off(&datetime, threshold);
        let open = supplied(&graph, &supplies, &|way| passes(way.rank));
        let names = |places: &BTreeSet<usize>| places.iter().map(|place| graph.places()[*place]).collect::<BTreeSet<_>>();
        let expected: BTreeSet<&str> = graph.places().iter().copied().filter(|place| !names(&open).contains(place)).collect();
        prop_assert_eq!(cut.iter().map(|cut| cut.place).collect::<BTreeSet<_>>(), expected);
        for cut in &cut {
            let place = graph.number(cut.place).unwrap();
            let restored = |reopened: &BTreeSet<&str>| {
                supplied(&graph, &supplies, &|way| passes(way.rank) || reopened.contains(way.leg.id.as_str())).contains(&place)
            };
            let single: BTreeSet<&str> = ids.iter().copied().filter(|id| restored(&BTreeSet::from([*id]))).collect();
            prop_assert_eq!(&cut.restored_by, &single);
            prop_assert!(cut.restored_by.is_subset(&cut.by));
            match &cut.fewest {
                None => prop_assert!(!restored(&ids.iter().copied().collect())),
                Some(fewest) => {
                    prop_assert!(restored(&fewest.iter().copied().collect()));
                    let smaller = (0_u32..1 << ids.len()).filter(|set| (set.count_ones() as usize) < fewest.len());
                    for set in smaller {
                        let chosen = ids.iter().enumerate().filter(|(bit, _)| set >> bit & 1 == 1).map(|(_, id)| *id);
                        prop_assert!(!restored(&chosen.collect()));
                    }
                }
            }
        }
    }
}
