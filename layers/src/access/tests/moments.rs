//! Both axes of time: stretches and spells are exact, what was known stays as it was, and changes compose.

use super::following::edit_by_chance;
use super::sample::{AUDIENCES, Chance, answers, corridor, instant, place, segment, terms, with, world};
use super::*;
use crate::time::Interval;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A moment by chance, or one at which something of a leg changes.
fn moment(chance: &mut Chance, inquiry: &Inquiry<'_>) -> Instant {
    let edges: Vec<Instant> = inquiry.legs().flat_map(|(_, leg)| leg.edges.iter().copied()).collect();
    if edges.is_empty() || chance.in_a_hundred(40) { instant(chance) } else { chance.one(&edges) }
}

/// How long the rank of the stretch around a moment lasts, over stretches that follow each other.
fn run(ranks: &[(Interval, Rank)], at: Instant) -> (Rank, Interval) {
    let number = ranks.iter().position(|(time, _)| time.contains(at)).unwrap();
    let rank = ranks[number].1;
    let first = ranks[..number].iter().rev().take_while(|(_, other)| *other == rank).last().unwrap_or(&ranks[number]);
    let last = ranks[number..].iter().take_while(|(_, other)| *other == rank).last().unwrap();
    (rank, Interval { from: first.0.from, to: last.0.to })
}

/// The places of a corridor.
fn names(corridor: &Value) -> Vec<&str> {
    corridor["nodes"].as_array().unwrap().iter().map(|node| node.as_str().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    /// Asked at any moment, a segment is as the stretch says in which the moment lies; a corridor as the worst of its segments.
    #[test]
    fn stretches_and_spells_are_exact(seed: u64) {
        let mut chance = Chance(seed);
        let access = seen_by(chance.one(&AUDIENCES), &(&sample::accepted(&world(&mut chance))).into());
        let inquiry = access.known(instant(&mut chance), terms(&mut chance)).unwrap();
        for chain in inquiry.chains() {
            let spells: Vec<(Interval, Rank)> = inquiry.spells(chain).iter().map(|spell| (spell.time, spell.rank)).collect();
            prop_assert!(spells[0].0.from.is_none() && spells[spells.len() - 1].0.to.is_none());
            prop_assert!(spells.windows(2).all(|two| two[0].0.to == two[1].0.from && two[0].0.to.is_some()));
            for _ in 0..4 {
                let at = moment(&mut chance, &inquiry);
                let status = inquiry.corridor(chain, &Datetime::At(at));
                let (rank, time) = run(&spells, at);
                prop_assert_eq!((status.rank, status.since, status.expires_at), (rank, time.from, time.to));
                prop_assert_eq!(status.rank, status.parts.iter().map(|part| part.rank()).max().unwrap());
                let spell = inquiry.spells(chain).into_iter().find(|spell| spell.time.contains(at)).unwrap();
                let bottlenecks: Vec<&str> = status.bottlenecks().map(|part| part.link.segment.as_str()).collect();
                prop_assert_eq!((spell.segments, spell.causes), (bottlenecks, status.causes()));
                prop_assert_eq!(&spell.deciding, &status.deciding());
                // Of what is not seen no rule decides either.
                prop_assert!(spell.rules == status.rules() || spell.rank == Rank::Unknown && spell.rules.contains(&Rule::P5));
            }
        }
        for (_, leg) in inquiry.legs() {
            let stretches = inquiry.stretches(&leg.id).unwrap();
            prop_assert!(stretches[0].time.from.is_none() && stretches[stretches.len() - 1].time.to.is_none());
            prop_assert!(stretches.windows(2).all(|two| two[0].time.to == two[1].time.from && two[0].status != two[1].status));
            let ranks: Vec<(Interval, Rank)> = stretches.iter().map(|one| (one.time, one.status.rank)).collect();
            for _ in 0..4 {
                let at = moment(&mut chance, &inquiry);
                let asked = inquiry.segment(&leg.id, &Datetime::At(at)).unwrap();
                prop_assert_eq!(&asked.status, &stretches.iter().find(|one| one.time.contains(at)).unwrap().status);
                let (rank, time) = run(&ranks, at);
                prop_assert_eq!((asked.status.rank, asked.since, asked.expires_at), (rank, time.from, time.to));
            }
        }
    }

    /// Over an interval the worst within it counts, and of equally bad stretches the last.
    #[test]
    fn an_interval_is_as_bad_as_its_worst_moment(seed: u64) {
        let mut chance = Chance(seed);
        let access = seen_by(Audience::Editor, &(&sample::accepted(&world(&mut chance))).into());
        let inquiry = access.known(known("2026-01-01"), terms(&mut chance)).unwrap();
        let (one, other) = (moment(&mut chance, &inquiry), moment(&mut chance, &inquiry));
        let end = one.max(other);
        let asked = Interval { from: Some(one.min(other)), to: Some(Instant::from_micros(end.micros() + 1)) };
        for chain in inquiry.chains() {
            let within: Vec<(Interval, Rank)> = inquiry.spells(chain).iter().map(|spell| (spell.time, spell.rank)).collect();
            let worst = within.iter().filter(|(time, _)| time.intersects(&asked)).max_by_key(|(time, rank)| (*rank, time.from)).unwrap();
            let at = worst.0.from.map_or(asked.from.unwrap(), |from| from.max(asked.from.unwrap()));
            let (rank, time) = run(&within, at);
            let status = inquiry.corridor(chain, &Datetime::During(asked));
            prop_assert_eq!((status.rank, status.since, status.expires_at), (rank, time.from, time.to));
        }
        for (_, leg) in inquiry.legs() {
            let segment = inquiry.segment(&leg.id, &Datetime::During(asked)).unwrap();
            let within = inquiry.stretches(&leg.id).unwrap();
            let worst = within.iter().filter(|one| one.time.intersects(&asked)).max_by_key(|one| (one.status.rank, one.time.from)).unwrap();
            prop_assert_eq!(&segment.status, &worst.status);
            prop_assert!(worst.time.contains(segment.at) && asked.contains(segment.at));
        }
    }

    /// What was known at a moment is not changed by what is written after it.
    #[test]
    fn the_past_stays_as_it_was_known(seed: u64) {
        let mut chance = Chance(seed);
        let drafts = world(&mut chance);
        let mut history = History::from(&sample::accepted(&drafts));
        let now = known("2025-12-20");
        let (terms, datetime, known_at) = (terms(&mut chance), Datetime::At(instant(&mut chance)), instant(&mut chance));
        let fresh = |history: &History| AUDIENCES.map(|audience| {
            let viewer = Viewer { audience, now: known("2027-01-01"), rekey: Rekey([0; 16]), attribution: "" };
            let access = Access::of(view::told(history, viewer), audience);
            answers(&access.known(known_at, terms).unwrap(), &datetime)
        });
        let before = fresh(&history);
        for number in 0..1 + chance.below(4) {
            let from = Instant::from_micros(now.micros() + number as i64);
            edit_by_chance(&mut history, &drafts, &mut chance, from, number);
        }
        prop_assert_eq!(before, fresh(&history));
    }

    /// From A by knowledge to C, and by the world to B.
    #[test]
    fn changes_lead_from_one_state_to_the_other(seed: u64) {
        let mut chance = Chance(seed);
        let drafts = world(&mut chance);
        let access = seen_by(chance.one(&AUDIENCES), &(&sample::accepted(&drafts)).into());
        let terms = terms(&mut chance);
        let moment = |chance: &mut Chance| Moment { datetime: Datetime::At(instant(chance)), known_at: instant(chance) };
        let (from, to) = (moment(&mut chance), moment(&mut chance));
        let state = |at: Moment| {
            let inquiry = access.known(at.known_at, terms).unwrap();
            let segments = inquiry.segments(&at.datetime).map(|one| ((Subject::Segment, one.leg.id.clone()), How::Is(one.status.rank)));
            let corridors = inquiry.chains().map(|one| ((Subject::Corridor, one.id.clone()), How::Is(inquiry.corridor(one, &at.datetime).rank)));
            segments.chain(corridors).collect::<BTreeMap<_, _>>()
        };
        let changes = access.changes(from, to, terms);
        let applied = |mut state: BTreeMap<(Subject, String), How>, axis: Axis| {
            for change in changes.iter().filter(|change| change.axis == axis && change.subject != Subject::Report) {
                let key = (change.subject, change.id.clone());
                assert_eq!(state.get(&key), change.before.as_ref());
                assert_ne!(change.before, change.after);
                match change.after.clone() {
                    Some(after) => drop(state.insert(key, after)),
                    None => drop(state.remove(&key)),
                }
            }
            state
        };
        let between = applied(state(from), Axis::Knowledge);
        prop_assert_eq!(&between, &state(Moment { datetime: from.datetime, known_at: to.known_at }));
        prop_assert_eq!(applied(between, Axis::World), state(to));
        prop_assert!(access.changes(from, from, terms).is_empty());
        let knowledge = access.changes(from, Moment { datetime: from.datetime, ..to }, terms);
        prop_assert!(knowledge.iter().all(|change| change.axis == Axis::Knowledge));
    }

    /// A segment cut in two by a new place on it is as bad as it was whole, along every corridor.
    #[test]
    fn a_segment_in_two_parts_is_as_it_was(seed: u64) {
        let mut chance = Chance(seed);
        let speaks_by_name = |draft: &Value| draft["kind"] != "area" && (draft["kind"] != "blockade" || draft["location"]["method"] == "between");
        let drafts: Vec<Value> = world(&mut chance).into_iter().filter(speaks_by_name).collect();
        let nodes = names(drafts.iter().find(|draft| draft["id"] == "way").unwrap());
        let first = chance.below(nodes.len() as u64 - 1) as usize;
        let (one, other, middle) = (nodes[first], nodes[first + 1], chance.one(&["a1", "c1", "z1"]));
        let whole = sample::segment_id(one, other);
        let at = |id: &str, axis: &str| drafts.iter().find(|draft| draft["id"] == id).unwrap()[axis].as_f64().unwrap();
        let half = |axis: &str| at(one, axis).midpoint(at(other, axis));
        let mut split: Vec<Value> = vec![place(middle, half("lon"), half("lat"))];
        for draft in &drafts {
            match draft["kind"].as_str().unwrap() {
                "segment" if draft["id"] == whole.as_str() => {
                    for end in [one, other] {
                        let ends = segment(end, middle);
                        split.push(with(draft.clone(), json!({"id": ends["id"], "a": ends["a"], "b": ends["b"]})));
                    }
                }
                "corridor" => {
                    let mut nodes = names(draft);
                    let joins = nodes.windows(2).position(|ends| sample::segment_id(ends[0], ends[1]) == whole);
                    joins.into_iter().for_each(|number| nodes.insert(number + 1, middle));
                    split.push(corridor(draft["id"].as_str().unwrap(), &nodes));
                }
                _ => split.push(draft.clone()),
            }
        }
        let audience = chance.one(&AUDIENCES);
        let [before, after] = [&drafts, &split].map(|drafts| seen_by(audience, &(&sample::accepted(drafts)).into()));
        let (terms, known_at) = (terms(&mut chance), instant(&mut chance));
        let (before, after) = (before.known(known_at, terms).unwrap(), after.known(known_at, terms).unwrap());
        for (before_chain, after_chain) in before.chains().zip(after.chains()) {
            let spells = |inquiry: &Inquiry<'_>, id: &str| {
                let chain = inquiry.roads.chain(id).unwrap();
                let causes = |spell: &Spell<'_>| spell.causes.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
                inquiry.spells(chain).iter().map(|spell| (spell.time.from, spell.rank, causes(spell))).collect::<Vec<_>>()
            };
            prop_assert_eq!(spells(&before, &before_chain.id), spells(&after, &after_chain.id));
            let asked = Datetime::At(instant(&mut chance));
            let (before, after) = (before.corridor(before_chain, &asked), after.corridor(after_chain, &asked));
            prop_assert_eq!(before.is_escorted, after.is_escorted);
            for part in &before.parts {
                let is_half = |other: &Part<'_>| [&other.link.from[..], &other.link.to[..]].contains(&middle);
                let is_same = |other: &&Part<'_>| {
                    other.link.segment == part.link.segment || (part.link.segment == whole && is_half(other))
                };
                let halves = after.parts.iter().filter(is_same);
                let status = |part: &Part<'_>| {
                    let status = part.status.as_ref();
                    status.map(|one| (one.status.rank, one.status.rule, one.status.is_stale, one.since, one.expires_at))
                };
                let found: Vec<_> = halves.map(status).collect();
                prop_assert_eq!(found.len(), if part.link.segment == whole { 2 } else { 1 });
                prop_assert!(found.iter().all(|half| *half == status(part)));
            }
        }
    }
}
