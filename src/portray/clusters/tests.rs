use super::*;
use crate::http::sample::at;
use crate::world::{World, builtin};
use proptest::prelude::*;
use roadblock_layers::layer::PhaseSet;
use roadblock_layers::time::{Datetime, Instant};
use roadblock_tiles::grid::TileCoord;
use std::collections::BTreeMap;
use std::sync::LazyLock;

static WORLD: LazyLock<World> = LazyLock::new(|| builtin::world(at("2026-02-01")).unwrap());

#[test]
fn counts_are_written_in_few_letters() {
    let cases = [
        (2, "2"),
        (999, "999"),
        (1_000, "1k"),
        (1_049, "1k"),
        (1_050, "1.1k"),
        (9_949, "9.9k"),
        (9_950, "10k"),
        (10_499, "10k"),
        (10_500, "11k"),
        (999_499, "999k"),
        (999_500, "1M"),
        (1_250_000, "1.3M"),
        (u32::MAX, "4295M"),
    ];
    for (count, text) in cases {
        assert_eq!(abbreviated(count), text, "{count}");
    }
}

/// A member as the records tell it: effect, phase.
fn told(published: &Published, number: u32, asked: &Asked) -> (String, Option<Phase>) {
    let layer = &published.layer;
    let text = |name: &str| {
        let column = layer.schema.position(name).unwrap();
        match layer.value(layer.feature(number).unwrap(), column, &asked.datetime) {
            Value::Text(text) => text.to_string(),
            _ => String::new(),
        }
    };
    (text("effect"), Phase::ALL.into_iter().find(|phase| phase.as_str() == text("phase")))
}

/// What a cluster of those members must say.
fn expected(members: &[(String, Option<Phase>)]) -> Vec<(&'static str, Word)> {
    let effects = ["closes", "restricts", "advisory", "passage"];
    let fields = ["count_closes", "count_restricts", "count_advisory", "count_passage"];
    let having = |effect: &str| members.iter().filter(move |(own, _)| own == effect).count() as u64;
    let worst = effects.into_iter().find(|effect| having(effect) > 0).unwrap();
    let phase = members.iter().filter(|(effect, _)| effect == worst).filter_map(|(_, phase)| *phase).min();
    let counts = fields.into_iter().zip(effects.map(having)).map(|(field, count)| (field, Word::Whole(count)));
    let phase = phase.map(|phase| ("worst_phase", Word::Text(phase.as_str().into())));
    let worst = [("worst", Word::Text(worst.into())), ("point_count", Word::Whole(members.len() as u64))];
    worst.into_iter().chain(phase).chain(counts).collect()
}

fn moment() -> impl Strategy<Value = Instant> {
    let start = Instant::parse("2025-09-01").unwrap();
    (0i64..110, -1i64..2).prop_map(move |(days, beside)| Instant::from_micros(start.plus_days(days).micros() + beside))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_cluster_is_exact_for_the_asked_time(at in moment(), known_at in moment(), zoom in 0u8..8, all_phases: bool) {
        let published = WORLD.layer("blockades").unwrap();
        let phases = (!all_phases).then_some(PhaseSet::ACTIVE_AND_RECENT);
        let asked = Asked { datetime: Datetime::At(at), known_at, phases };
        // The whole world in one tile, whatever the cells.
        let coord = TileCoord::new(0, 0, 0).unwrap();
        let level = cluster::level(zoom, 20, Purpose::Vector);
        let mut cells: BTreeMap<ClusterId, Vec<u32>> = BTreeMap::new();
        let points = published.points();
        points.cells(&Frame::new(coord, 64), level, |id, places| {
            cells.insert(id, points.at(places).map(|(number, _)| number).filter(|&number| published.layer.selects(number, &asked)).collect());
        });
        let held = |number: &u32| cluster::position(published.drawn.get(*number).unwrap().prepared).is_some();
        let all: Vec<u32> = published.layer.select_all(&asked).filter(held).collect();
        let mut found: Vec<u32> = cells.values().flatten().copied().collect();
        found.sort_unstable();
        prop_assert_eq!(found, all, "each point that holds is in one cell");
        for (id, members) in cells {
            let places = points.places(id);
            let sum = published.sum(places.clone(), &asked);
            prop_assert_eq!(sum.as_ref().map_or(0, |sum| sum.count as usize), members.len());
            let Some(sum) = sum.filter(|sum| sum.count > 1) else { continue };
            let told: Vec<_> = members.iter().map(|&number| told(published, number, &asked)).collect();
            let said = values(published, id, places, &sum, &asked);
            for expected in expected(&told) {
                prop_assert!(said.contains(&expected), "{expected:?} {said:?}");
            }
        }
    }
}

#[test]
fn every_property_of_a_cluster_has_a_title() {
    let published = WORLD.layer("blockades").unwrap();
    let fields: Vec<&str> = fields(published).into_iter().map(|(name, _)| name).collect();
    let asked = Asked { datetime: Datetime::At(Instant::parse("2025-10-22").unwrap()), known_at: Instant::MAX, phases: None };
    let mut clusters = 0;
    visit(published, &Frame::new(TileCoord::new(4, 7, 7).unwrap(), 64), Purpose::Vector, &asked, |_, shown| {
        if let Shown::Cluster { values, .. } = shown {
            clusters += 1;
            assert!(values.iter().all(|(name, _)| fields.contains(name)) && values.len() + 1 >= fields.len(), "{values:?}");
        }
    });
    assert!(clusters > 0);
}
