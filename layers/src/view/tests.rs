use super::*;
use crate::dataset::{self, Lines};
use crate::layer::{Asked, Layer};
use crate::time::{Datetime, Instant};
use std::path::PathBuf;

fn shipped(file: &str) -> String {
    std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/mali").join(file)).unwrap()
}

fn mali() -> Records {
    mali_with(|_| ())
}

/// The shipped records, each draft changed first.
fn mali_with(change: impl Fn(&mut serde_json::Value)) -> Records {
    let files = ["places.jsonl", "segments.jsonl", "corridors.jsonl", "blockades.jsonl", "areas.jsonl"];
    let changed = |line: &str| {
        let mut draft = serde_json::from_str(line).unwrap();
        change(&mut draft);
        format!("{draft}\n")
    };
    let texts = files.map(|name| (name, shipped(name).lines().map(changed).collect::<String>()));
    let lines: Vec<Lines<'_>> = texts.iter().map(|(name, text)| Lines { name, text }).collect();
    dataset::read(&lines, Lines { name: "sources.jsonl", text: &shipped("sources.jsonl") }).unwrap()
}

fn layers() -> Vec<Layer> {
    public(&mali(), "")
        .into_iter()
        .map(|view| Layer::build(view.meta, view.schema, view.features, Vec::new(), |_, _| 0))
        .collect()
}

fn layer(name: &str) -> Layer {
    layers().into_iter().find(|layer| layer.meta.name.as_str() == name).unwrap()
}

fn on(day: &str, known_at: &str) -> Asked {
    Asked { datetime: Datetime::parse(day).unwrap(), known_at: Instant::parse(known_at).unwrap(), phases: None }
}

fn phase(layer: &Layer, id: &str, day: &str) -> String {
    let asked = on(&format!("{day}T12:00:00Z"), "2026-01-01");
    let number = layer.by_id(&FeatureId::Text(id.into()), &asked).unwrap();
    let column = layer.schema.position("phase").unwrap();
    layer.value(layer.feature(number).unwrap(), column, &asked.datetime).to_json().as_str().unwrap().to_owned()
}

#[test]
fn only_public_records_leave_and_nothing_tells_of_the_others() {
    let layers = layers();
    let counts: Vec<(&str, usize)> = layers.iter().map(|layer| (layer.meta.name.as_str(), layer.len())).collect();
    assert_eq!(counts, [("areas", 12), ("segments", 134), ("corridors", 21), ("places", 128), ("blockades", 38)]);
    let text = format!("{layers:?}");
    let rekeyed: std::collections::BTreeMap<String, String> = serde_json::from_str(&shipped("rekeyed.json")).unwrap();
    assert_eq!(rekeyed.len(), 7);
    for (old, new) in &rekeyed {
        assert!(!text.contains(old) && !text.contains(new), "{old}");
    }
    assert!(!text.contains("Official and driver"), "the name of a restricted report");
}

#[test]
fn a_report_ages_through_its_windows() {
    let blockades = layer("blockades");
    for (id, day, expected) in [
        ("ev-1017-kadiana", "2025-10-17", "active"),
        ("ev-1017-kadiana", "2025-10-23", "active"),
        ("ev-1017-kadiana", "2025-10-24", "recent"),
        ("ev-1017-kadiana", "2025-11-06", "recent"),
        ("ev-1017-kadiana", "2025-11-07", "past"),
        // Restricts, 14 days, 6 longer because only the week is known.
        ("ev-0906-sikasso", "2025-09-25", "active"),
        ("ev-0906-sikasso", "2025-09-26", "past"),
        // Located by cercle only: advisory, 7 days.
        ("ev-0819-farabougou", "2025-08-25", "active"),
        ("ev-0819-farabougou", "2025-08-26", "past"),
        // A state.
        ("blk-kayes-nioro-2025", "2026-01-15", "active"),
    ] {
        assert_eq!(phase(&blockades, id, day), expected, "{id} on {day}");
    }
}

#[test]
fn what_became_known_late_was_not_known_before() {
    let blockades = layer("blockades");
    let known = |at: &str| blockades.by_id(&FeatureId::Text("ev-0919-negala".into()), &on("2025-09-20", at)).is_some();
    assert!(!known("2025-09-21"));
    assert!(known("2025-12-04"));
}

#[test]
fn every_feature_has_sources_and_only_vague_reports_lack_a_place() {
    for layer in layers() {
        let sources = layer.schema.position("sources").unwrap();
        for (_, feature) in layer.features() {
            assert!(feature.value(sources).to_json().as_array().is_some_and(|sources| !sources.is_empty()), "{}", feature.id());
        }
        let without: Vec<String> =
            layer.without_geometry().map(|number| layer.feature(number).unwrap().id().to_string()).collect();
        let expected = if layer.meta.name.as_str() == "blockades" { 6 } else { 0 };
        assert_eq!(without.len(), expected, "{}: {without:?}", layer.meta.name);
    }
}

#[test]
fn a_report_between_two_places_follows_its_corridor() {
    let blockades = layer("blockades");
    let asked = on("2025-09-22", "2026-01-01");
    let number = blockades.by_id(&FeatureId::Text("ev-0921-sikasso-bougouni".into()), &asked).unwrap();
    let Some(geo_types::Geometry::LineString(line)) = blockades.feature(number).unwrap().geometry() else { panic!("a line") };
    assert!(line.0.len() > 3, "{line:?}");
}

#[test]
fn tiles_carry_the_agreed_properties_and_no_notes() {
    let blockades = layer("blockades");
    let names: Vec<&str> =
        blockades.meta.tile_columns.iter().map(|&column| blockades.schema.columns()[column].name.as_ref()).collect();
    let expected =
        "id kind subtype name name_fr phase effect severity certainty actor valid_from valid_to valid_from_s valid_to_s";
    assert_eq!(names.join(" "), expected);
}

#[test]
fn the_segment_of_a_main_route_is_of_its_class() {
    let segments = layer("segments");
    let value = |id: &str, column: &str| {
        let feature =
            segments.features().map(|(_, feature)| feature).find(|feature| *feature.id() == FeatureId::Text(id.into())).unwrap();
        feature.value(segments.schema.position(column).unwrap()).to_json()
    };
    // Shared by a secondary and a primary corridor.
    assert_eq!(value("seg-bamako--kati", "route_class"), "Primary");
    assert!(value("seg-bamako--kati", "corridors").as_array().unwrap().len() > 3);
    assert_eq!(value("seg-garalo--manankoro", "subtype"), "Secondary");
}

#[test]
fn internal_notes_stay_inside() {
    let records = mali_with(|draft| draft["notes_internal"] = "met the driver in Kati".into());
    assert!(records.iter().all(|record| record.common().notes_internal.is_some()));
    assert!(!format!("{:?}", public(&records, "")).contains("met the driver"));
}

#[test]
fn what_is_withdrawn_or_under_embargo_stays_inside() {
    for (field, value) in [("withdrawn", serde_json::json!(true)), ("public_from", "2999-01-01".into())] {
        let records = mali_with(|draft| draft[field] = value.clone());
        assert!(public(&records, "").iter().all(|layer| layer.features.is_empty()), "{field}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Non-interference: two sets of records that differ only in what is hidden give the same view.
    #[test]
    fn hiding_a_record_is_as_good_as_not_having_it(seed: u64, share in 1u64..60) {
        let is_hidden = |id: &str| {
            let mut hasher = siphasher::sip::SipHasher13::new_with_keys(seed, 0);
            std::hash::Hasher::write(&mut hasher, id.as_bytes());
            std::hash::Hasher::finish(&hasher) % 100 < share
        };
        let hidden = mali_with(|draft| {
            if is_hidden(draft["id"].as_str().unwrap()) {
                draft["sensitivity"] = "confidential".into();
                draft["name"] = "Hidden by the test".into();
            }
        });
        let mut gone = mali();
        gone.retain(|record| !is_hidden(record.id()));
        let view = format!("{:?}", public(&hidden, ""));
        proptest::prop_assert_eq!(&view, &format!("{:?}", public(&gone, "")));
        for record in mali().iter().filter(|record| is_hidden(record.id())) {
            proptest::prop_assert!(!view.contains(&format!("\"{}\"", record.id())), "{} shows", record.id());
        }
    }
}
