use super::*;
use crate::feature::Feature;
use crate::features::Features;
use crate::phase::PhaseWindows;
use crate::value::{Column, ColumnKind};
use geo_types::Point;
use std::sync::Arc;

fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

fn asked(datetime: &str, known_at: &str, phases: Option<&str>) -> Asked {
    Asked {
        datetime: Datetime::parse(datetime).unwrap(),
        known_at: at(known_at),
        phases: phases.map(|text| PhaseSet::parse(text).unwrap()),
    }
}

fn event(id: &str, from: &str, known: (&str, Option<&str>)) -> Feature {
    let start = at(from);
    Feature {
        id: FeatureId::Text(Arc::from(id)),
        geometry: Some(Point::new(-8.0, 12.0).into()),
        values: Box::new([Value::Null]),
        valid: Interval { from: Some(start), to: None },
        known: Interval { from: Some(at(known.0)), to: known.1.map(at) },
        phases: Some(PhaseWindows::from_days(start, 7, 21)),
    }
}

fn layer(features: Vec<Feature>) -> Layer {
    let meta = LayerMeta::bare("blockades", LayerKind::Domain, vec![0]);
    let schema = Schema::new([Column { name: PHASE_COLUMN.into(), kind: ColumnKind::Text, title: String::new() }]);
    let features = Features::of(features, schema.columns().len());
    Layer::build(meta, schema, features, Vec::new(), |_, _| 0)
}

fn hits(layer: &Layer, asked: &Asked) -> Vec<u32> {
    let mut hits = Vec::new();
    layer.query(&[Bounds::WORLD], 0, asked, &mut hits);
    assert_eq!(hits, layer.select_all(asked).collect::<Vec<_>>(), "box and scan agree");
    hits
}

#[test]
fn what_was_not_yet_known_is_not_shown() {
    let layer = layer(vec![event("ev", "2025-09-19", ("2025-12-03", None))]);
    assert!(hits(&layer, &asked("2025-09-20", "2025-09-21", None)).is_empty());
    assert_eq!(hits(&layer, &asked("2025-09-20", "2025-12-04", None)), [0]);
}

#[test]
fn a_correction_leaves_the_old_answer_standing() {
    let layer = layer(vec![
        event("ev", "2025-09-19", ("2025-09-20", Some("2025-10-01"))),
        event("ev", "2025-09-18", ("2025-10-01", None)),
    ]);
    let id = FeatureId::Text("ev".into());
    assert_eq!(layer.by_id(&id, &asked("2025-09-25", "2025-09-25", None)), Some(0));
    assert_eq!(layer.by_id(&id, &asked("2025-09-25", "2025-10-01", None)), Some(1));
    assert_eq!(layer.by_id(&id, &asked("2025-09-01", "2025-10-01", None)), None);
}

#[test]
fn an_aged_report_leaves_the_map_but_not_the_layer() {
    let layer = layer(vec![event("ev", "2025-09-19", ("2025-09-20", None))]);
    let fresh = Some("active,recent");
    assert_eq!(hits(&layer, &asked("2025-10-09T12:00:00Z", "2026-01-01", fresh)), [0]);
    assert!(hits(&layer, &asked("2025-10-10T12:00:00Z", "2026-01-01", fresh)).is_empty());
    assert_eq!(hits(&layer, &asked("2025-10-10T12:00:00Z", "2026-01-01", None)), [0]);
    assert_eq!(hits(&layer, &asked("2025-10-10T12:00:00Z", "2026-01-01", Some("past"))), [0]);
}

#[test]
fn the_phase_column_follows_the_asked_day() {
    let layer = layer(vec![event("ev", "2025-09-19", ("2025-09-20", None))]);
    let phase = |day: &str| layer.value(layer.feature(0).unwrap(), 0, &Datetime::parse(day).unwrap()).clone();
    assert_eq!(phase("2025-09-19T00:00:00Z"), "active".into());
    assert_eq!(phase("2025-09-26T00:00:00Z"), "recent".into());
    assert_eq!(phase("2025-10-10T00:00:00Z"), "past".into());
    assert_eq!(layer.value(layer.feature(0).unwrap(), 0, &Datetime::All), &Value::Null);
}

#[test]
fn equal_epochs_give_equal_answers() {
    let layer = layer(vec![
        event("a", "2025-09-19", ("2025-09-20", None)),
        event("b", "2025-09-21", ("2025-09-20", None)),
        event("c", "2025-09-21", ("2025-09-22", Some("2025-09-30"))),
    ]);
    let moments: Vec<Instant> =
        (0..24 * 60).map(|hour| Instant::from_micros(at("2025-09-10").micros() + hour * 3_600_000_000)).collect();
    let known_at = at("2026-01-01");
    let answer = |at: Instant| {
        let asked = Asked { datetime: Datetime::At(at), known_at, phases: Some(PhaseSet::ACTIVE_AND_RECENT) };
        let numbers = hits(&layer, &asked);
        let phases: Vec<Value> =
            numbers.iter().map(|&n| layer.value(layer.feature(n).unwrap(), 0, &asked.datetime).clone()).collect();
        (numbers, phases)
    };
    for pair in moments.windows(2) {
        if layer.epoch(pair[0], None) == layer.epoch(pair[1], None) {
            assert_eq!(answer(pair[0]), answer(pair[1]), "{} {}", pair[0], pair[1]);
        }
    }
    let (now, then) = (at("2025-09-19"), at("2025-09-18"));
    let next = |valid: Instant, known_at: Instant| {
        layer.next_change(&Asked { datetime: Datetime::At(valid), known_at, phases: None }, now)
    };
    assert_eq!(next(then, now), Some(at("2025-09-20")), "knowledge changes whatever day is asked for");
    assert_eq!(next(then, then), None, "what was known of a day stays");
    assert!(next(now, now) <= next(then, now) && next(now, then).is_some());
}

#[test]
fn what_has_no_place_is_kept_aside() {
    let mut nowhere = event("nowhere", "2025-09-19", ("2025-09-20", None));
    nowhere.geometry = None;
    let layer = layer(vec![nowhere]);
    let asked = asked("2025-09-20", "2026-01-01", None);
    assert_eq!(layer.without_geometry().collect::<Vec<_>>(), [0]);
    assert_eq!(layer.select_all(&asked).collect::<Vec<_>>(), [0]);
    assert_eq!(layer.bounds(), None);
}
