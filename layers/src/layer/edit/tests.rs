use super::super::*;
use crate::feature::Feature;
use crate::features::Features;
use crate::phase::PhaseWindows;
use crate::value::{Column, ColumnKind};
use geo_types::{LineString, Point};
use proptest::prelude::*;

/// A small world of ids, places, words and days.
fn feature() -> impl Strategy<Value = Feature> {
    let place = prop_oneof![
        1 => Just(None),
        6 => (-20i32..20, -20i32..20).prop_map(|(x, y)| Some(Point::new(x.into(), y.into()).into())),
        3 => (-20i32..20, 1i32..9).prop_map(|(x, long)| Some(LineString::from(vec![(x.into(), 0.0), ((x + long).into(), 5.0)]).into())),
    ];
    let days = (0i64..40, proptest::option::of(1i64..40), any::<bool>());
    let dated = (0u64..24, place.clone(), 0usize..5, days).prop_map(|(id, geometry, word, (start, lasts, ages))| {
        let from = Instant::parse("2025-09-01").unwrap().plus_days(start);
        let valid = Interval { from: Some(from), to: lasts.map(|days| from.plus_days(days)) };
        let phases = ages.then(|| PhaseWindows::from_days(from, 3, 9));
        let word = ["a", "b", "c", "d", "e"][word];
        let known = Interval { from: Some(from), to: None };
        Feature { id: FeatureId::Int(id), geometry, values: Box::new([Value::Null, word.into()]), valid, known, phases }
    });
    // What holds always stands elsewhere in an index.
    let timeless = (0u64..24, place)
        .prop_map(|(id, geometry)| Feature::timeless(FeatureId::Int(id), geometry, Box::new([Value::Null, "always".into()])));
    prop_oneof![2 => dated, 1 => timeless]
}

fn build(features: Vec<Feature>) -> Layer {
    let meta = LayerMeta::bare("blockades", LayerKind::Reference, vec![0, 1]);
    let column = |name: &str| Column { name: name.into(), kind: ColumnKind::Text, title: String::new() };
    let schema = Schema::new([column(PHASE_COLUMN), column("word")]);
    Layer::build(meta, schema, Features::of(features, 2), Vec::new(), |number, _| (number % 3) as u8)
}

#[derive(Debug, Clone)]
enum Step {
    Put(Vec<Feature>),
    Withdraw(u64),
    Merge(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => proptest::collection::vec(feature(), 1..4).prop_map(Step::Put),
        1 => (0u64..24).prop_map(Step::Withdraw),
        1 => (0usize..3, 1usize..4).prop_map(|(first, count)| Step::Merge(first, count)),
    ]
}

/// What a feature is, whatever its number.
fn said(layer: &Layer, number: u32, asked: &Asked) -> (FeatureId, Option<Geometry>, Vec<Value>, Interval) {
    let feature = layer.feature(number).unwrap();
    let values = (0..2).map(|column| {
        let value = layer.value(feature, column, &asked.datetime);
        assert_eq!(layer.value_of(layer.code(feature, column, &asked.datetime)), value, "codes say what values say");
        assert!((layer.code(feature, column, &asked.datetime) as usize) < layer.codes());
        value.clone()
    });
    (feature.id().clone(), feature.geometry(), values.collect(), feature.valid())
}

type Geometry = geo_types::Geometry<f64>;

fn asked(day: i64) -> Asked {
    let at = Instant::parse("2025-09-01").unwrap().plus_days(day);
    Asked { datetime: Datetime::At(at), known_at: at.plus_days(3), phases: Some(PhaseSet::ACTIVE_AND_RECENT) }
}

fn apply(layer: Layer, step: Step) -> Layer {
    let sheets = layer.pile.len();
    match step {
        Step::Put(versions) => {
            let mut edits: Vec<Edit> = Vec::new();
            for version in versions {
                match edits.iter_mut().find(|edit| edit.id == version.id) {
                    Some(edit) => edit.versions.push(version),
                    None => edits.push(Edit::put(version)),
                }
            }
            layer.edited(edits).unwrap().layer
        }
        Step::Withdraw(id) => layer.edited(vec![Edit::withdraw(FeatureId::Int(id))]).unwrap().layer,
        Step::Merge(first, count) => {
            let which = first.min(sheets - 1)..(first + count).min(sheets);
            layer.with_merged(&layer.merged(which)).unwrap()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn an_edited_layer_answers_as_one_built_of_what_is_left(
        first in proptest::collection::vec(feature(), 0..20),
        steps in proptest::collection::vec(step(), 0..12),
        day in 0i64..60,
    ) {
        let mut layer = build(first);
        for step in steps {
            layer = apply(layer, step);
        }
        let left: Vec<Feature> = layer.features().map(|(_, feature)| Feature {
            id: feature.id().clone(),
            geometry: feature.geometry(),
            values: (0..2).map(|column| feature.value(column).clone()).collect(),
            valid: feature.valid(),
            known: feature.known(),
            phases: feature.phases(),
        }).collect();
        let fresh = build(left);
        prop_assert_eq!(layer.len(), fresh.len());
        prop_assert_eq!(layer.bounds(), fresh.bounds());
        prop_assert_eq!(layer.temporal_extent(), fresh.temporal_extent());
        prop_assert_eq!(layer.geometry_kind(), fresh.geometry_kind());
        let mut numbers: Vec<u32> = (0..layer.end()).map(|slot| layer.number_at(slot).unwrap()).collect();
        numbers.sort_unstable();
        prop_assert!(numbers.into_iter().eq(0..layer.end()), "each slot is that of one feature");
        prop_assert_eq!(layer.number_at(layer.end()), None);
        let asked = asked(day);
        let (mut hits, mut fresh_hits) = (Vec::new(), Vec::new());
        for bounds in [Bounds::WORLD, Bounds::new(-5.0, -5.0, 5.0, 5.0).unwrap()] {
            layer.query(&[bounds], u8::MAX, &asked, &mut hits);
            fresh.query(&[bounds], u8::MAX, &asked, &mut fresh_hits);
            prop_assert!(hits.is_sorted());
            let all = |layer: &Layer, hits: &[u32]| hits.iter().map(|&hit| said(layer, hit, &asked)).collect::<Vec<_>>();
            prop_assert_eq!(all(&layer, &hits), all(&fresh, &fresh_hits));
            prop_assert_eq!(layer.any(&[bounds], u8::MAX, &asked, |_| true), !hits.is_empty());
        }
        let without = |layer: &Layer| layer.without_geometry().map(|number| said(layer, number, &asked)).collect::<Vec<_>>();
        prop_assert_eq!(without(&layer), without(&fresh));
        for id in (0..24).map(FeatureId::Int) {
            let of = |layer: &Layer| layer.by_id(&id, &asked).map(|number| said(layer, number, &asked));
            prop_assert_eq!(of(&layer), of(&fresh));
        }
    }

    #[test]
    fn equal_epochs_of_a_place_have_equal_answers_after_edits(
        first in proptest::collection::vec(feature(), 0..20),
        steps in proptest::collection::vec(step(), 0..12),
        west in -20i32..20,
    ) {
        let layer = steps.into_iter().fold(build(first), apply);
        let near = [Bounds::new(west.into(), -3.0, (west + 4).into(), 3.0).unwrap()];
        let mut former: Option<((Instant, Instant), Vec<_>)> = None;
        for day in 0..60 {
            let Asked { datetime: Datetime::At(at), known_at, .. } = asked(day) else { continue };
            let asked = asked(day);
            let mut hits = Vec::new();
            layer.query(&near, u8::MAX, &asked, &mut hits);
            let answer: Vec<_> = hits.iter().map(|&hit| said(&layer, hit, &asked)).collect();
            let epoch = (layer.epoch(at, Some(&near)), layer.known_epoch(known_at, Some(&near)));
            if let Some((before, former)) = &former {
                prop_assert!(*before != epoch || *former == answer);
            }
            former = Some((epoch, answer));
        }
    }
}

#[test]
fn an_edit_elsewhere_begins_no_epoch_here() {
    let event = |id: u64, x: f64, day: i64| Feature {
        id: FeatureId::Int(id),
        geometry: Some(Point::new(x, 0.0).into()),
        values: Box::new([Value::Null, "a".into()]),
        valid: Interval { from: Some(Instant::parse("2025-09-01").unwrap().plus_days(day)), to: None },
        known: Interval::ALWAYS,
        phases: None,
    };
    let layer = build(vec![event(1, 0.0, 3)]);
    let Edited { layer: edited, gone, come, .. } = layer.edited(vec![Edit::put(event(2, 90.0, 7))]).unwrap();
    assert_eq!((gone, come), (vec![], 1..2));
    let at = Instant::parse("2025-09-20").unwrap();
    let [here, there] = [0.0, 90.0].map(|x| [Bounds::new(x - 1.0, -1.0, x + 1.0, 1.0).unwrap()]);
    assert_eq!(edited.epoch(at, Some(&here)), layer.epoch(at, Some(&here)));
    assert!(edited.epoch(at, Some(&there)) > layer.epoch(at, Some(&there)));
    assert_eq!(edited.epoch(at, None), edited.epoch(at, Some(&there)));
}

#[test]
fn a_new_version_keeps_the_rank_of_the_old_one() {
    let at = |number: u64, x: f64| {
        Feature::timeless(FeatureId::Int(number), Some(Point::new(x, 0.0).into()), Box::new([Value::Null, "a".into()]))
    };
    let layer = build((0..3).map(|number| at(number, 0.0)).collect());
    let edited = layer.edited(vec![Edit::put(at(2, 9.0)), Edit::put(at(7, 9.0))]).unwrap().layer;
    let shown = |rank: u8| {
        let mut hits = Vec::new();
        edited.query(&[Bounds::WORLD], rank, &Asked { datetime: Datetime::All, known_at: Instant::MAX, phases: None }, &mut hits);
        hits.iter().map(|&hit| edited.feature(hit).unwrap().id().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(shown(0), ["0", "7"]);
    assert_eq!(shown(2), ["0", "1", "2", "7"]);
}

#[test]
fn what_was_edited_during_a_merge_stays_edited() {
    let at = |number: u64, word: &str| Feature::timeless(FeatureId::Int(number), None, Box::new([Value::Null, word.into()]));
    let words =
        |layer: &Layer| layer.features().map(|(_, one)| format!("{}{}", one.id(), one.value(1).to_json())).collect::<Vec<_>>();
    let put = |layer: &Layer, number, word| layer.edited(vec![Edit::put(at(number, word))]).unwrap().layer;
    let layer = put(&build(vec![at(0, "a"), at(1, "a")]), 0, "b");
    let merged = layer.merged(0..1);
    let later = put(&put(&layer, 1, "c"), 0, "d");
    let together = later.with_merged(&merged).unwrap();
    assert_eq!(words(&together), words(&later));
    assert_eq!(words(&together), ["1\"c\"", "0\"d\""]);
    assert!(together.with_merged(&merged).is_none(), "the sheets it was made of are gone");
}

#[test]
fn many_edits_make_few_sheets() {
    let at = |number: u64| {
        Feature::timeless(FeatureId::Int(number), Some(Point::new(0.0, 0.0).into()), Box::new([Value::Null, "a".into()]))
    };
    let mut layer = build((0..3).map(at).collect());
    for round in 0..300u64 {
        layer = layer.edited((0..100).map(|step| Edit::put(at(round * 100 + step))).collect()).unwrap().layer;
        while let Some(which) = layer.worth_merging() {
            let merged = layer.merged(which);
            layer = layer.with_merged(&merged).unwrap();
        }
        assert!(layer.pile.len() < 24, "{}", layer.pile.len());
    }
    assert_eq!(layer.len(), 30_000);
}

#[test]
fn a_few_features_edited_again_and_again_make_few_sheets() {
    let at = |number: u64| Feature::timeless(FeatureId::Int(number), None, Box::new([Value::Null, "a".into()]));
    let mut layer = build((0..100_000).map(at).collect());
    for round in 0..200u64 {
        layer = layer.edited((0..256).map(|step| Edit::put(at(step + round % 2))).collect()).unwrap().layer;
        while let Some(which) = layer.worth_merging() {
            let merged = layer.merged(which);
            // Somebody edits on meanwhile.
            layer = layer.edited(vec![Edit::put(at(7))]).unwrap().layer.with_merged(&merged).unwrap();
        }
        assert!(layer.pile.len() < 24, "{}", layer.pile.len());
    }
    assert_eq!(layer.len(), 100_000);
}

#[test]
fn what_does_not_fit_is_refused_whole() {
    let layer = build(Vec::new());
    let named = |id: u64, value: Value, geometry| Feature::timeless(FeatureId::Int(id), geometry, Box::new([Value::Null, value]));
    let good = named(1, "a".into(), None);
    let far = Point::new(f64::NAN, 0.0).into();
    let id = FeatureId::Text("1".into());
    for (edits, words) in [
        (vec![Edit::put(good.clone()), Edit::withdraw(id.clone())], "edited twice"),
        (vec![Edit { id, since: None, versions: vec![good.clone()] }], "both must be the same"),
        (vec![Edit::put(named(1, Value::Int(1), None))], "'word' is string, and this value integer"),
        (vec![Edit::put(Feature { values: Box::new([]), ..good.clone() })], "0 values; give one for each of 2"),
        (vec![Edit::put(good), Edit::put(named(2, "a".into(), Some(far)))], "no finite box"),
    ] {
        let refused = layer.edited(edits).unwrap_err().to_string();
        assert!(refused.contains(words), "{refused}");
    }
}

#[test]
fn versions_that_stay_keep_their_numbers() {
    let version = |day: i64, word: &str| {
        let from = Instant::parse("2025-09-01").unwrap().plus_days(day);
        let valid = Interval { from: Some(from), to: Some(from.plus_days(1)) };
        let values = Box::new([Value::Null, word.into()]);
        Feature {
            id: FeatureId::Int(7),
            geometry: Some(Point::new(1.0, 2.0).into()),
            values,
            valid,
            known: Interval::ALWAYS,
            phases: None,
        }
    };
    let layer = build(vec![version(0, "a"), version(1, "b"), version(2, "c")]);
    let versions = vec![version(0, "a"), version(1, "other"), version(2, "c"), version(3, "d")];
    let edit = Edit { id: FeatureId::Int(7), since: None, versions };
    let Edited { layer: edited, gone, come, .. } = layer.edited(vec![edit.clone()]).unwrap();
    assert_eq!((gone, come), (vec![1], 3..5), "only what is said otherwise");
    let mut words: Vec<Value> = edited.features().map(|(_, feature)| feature.value(1).clone()).collect();
    words.sort_by_key(|word| format!("{word:?}"));
    assert_eq!(words, ["a", "c", "d", "other"].map(Value::from));
    let again = edited.edited(vec![edit]).unwrap();
    assert!(again.gone.is_empty() && again.come.is_empty());
}
