use super::*;
use crate::dataset::{self, Lines};
use crate::layer::{Asked, Layer};
use crate::record::Records;
use crate::time::Interval;
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
    seen_by(Audience::Public, &mali())
}

fn seen_by(audience: Audience, records: &Records) -> Vec<Layer> {
    let viewer = Viewer { audience, now: Instant::parse("2026-02-01").unwrap(), rekey: Rekey([0; 16]), attribution: "" };
    of(&records.into(), viewer)
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
fn what_is_restricted_leaves_as_a_cell_or_a_word() {
    let layers = layers();
    let counts: Vec<(&str, usize)> = layers.iter().map(|layer| (layer.meta.name.as_str(), layer.len())).collect();
    assert_eq!(counts, [("areas", 12), ("segments", 134), ("corridors", 21), ("places", 128), ("blockades", 45)]);
    let text = format!("{layers:?}");
    let rekeyed: std::collections::BTreeMap<String, String> = serde_json::from_str(&shipped("rekeyed.json")).unwrap();
    assert_eq!(rekeyed.len(), 7);
    for old in rekeyed.keys() {
        assert!(!text.contains(old), "{old}");
    }
    for said in ["Official and driver", "Travellers checked", "proof-of-life", "Four civilians"] {
        assert!(!text.contains(said), "{said}");
    }
    // At a town, to 12 km: a cell. On a Sunday: the week before.
    let blockades = layers.iter().find(|layer| layer.meta.name.as_str() == "blockades").unwrap();
    let value = |id: &str, column: &str| {
        let number = blockades.by_id(&FeatureId::Text(id.into()), &on("2025-10-22", "2026-01-01")).unwrap();
        blockades.feature(number).unwrap().value(blockades.schema.position(column).unwrap()).to_json()
    };
    let town = "r-2799c9a73451ad00";
    assert_eq!(value(town, "location"), serde_json::json!({"method": "area", "cell": [-7.6, 12.6, -7.4, 12.8]}));
    assert_eq!(value(town, "valid_from"), "2025-09-29T00:00:00Z");
    let told = ["effect", "generalised", "cell_m", "notes", "counts", "adm2_code"].map(|column| value(town, column));
    assert_eq!(serde_json::json!(told), serde_json::json!(["advisory", true, 22_000, null, null, null]));
    // Along a road of a hundred kilometres: no cell could say so.
    assert_eq!(value("r-89b73faf40e98d4e", "location"), serde_json::json!({"method": "area"}));
}

#[test]
fn partners_see_what_is_restricted_and_editors_see_all() {
    let records = mali_with(|draft| {
        draft["notes_internal"] = "met the driver in Kati".into();
        if draft["id"] == "ev-1026-kolondieba-strike" {
            draft["sensitivity"] = "strict".into();
        }
    });
    let [public, partner, editor] =
        [Audience::Public, Audience::Partner, Audience::Editor].map(|audience| format!("{:?}", seen_by(audience, &records)));
    let shows = |said: &str| [&public, &partner, &editor].map(|view| view.contains(said));
    assert_eq!(shows("Official and driver"), [false, true, true]);
    assert_eq!(shows("met the driver in Kati"), [false, false, true]);
    assert_eq!(shows("ev-1026-kolondieba-strike"), [false, false, true]);
}

#[test]
fn partners_get_the_leg_of_what_is_confidential() {
    let records = mali_with(|draft| {
        if draft["id"] == "ev-1021-sikasso" || draft["id"] == "ev-1017-kadiana" {
            draft["sensitivity"] = "confidential".into();
        }
    });
    let partner = seen_by(Audience::Partner, &records);
    let blockades = partner.iter().find(|layer| layer.meta.name.as_str() == "blockades").unwrap();
    let generalised = blockades.schema.position("generalised").unwrap();
    let legs: Vec<_> =
        blockades.features().map(|(_, feature)| feature).filter(|feature| *feature.value(generalised) == true.into()).collect();
    assert!(!legs.is_empty());
    for leg in legs {
        assert!(matches!(leg.geometry(), Some(geo_types::Geometry::LineString(_))), "{}", leg.id());
        assert_eq!(leg.value(blockades.schema.position("effect").unwrap()).to_json(), "closes");
        assert!(leg.id().to_string().starts_with("r-"));
    }
}

#[test]
fn the_public_hears_of_attacks_and_convoys_three_days_late() {
    let records = mali();
    let view = |audience, now: &str| {
        let viewer = Viewer { audience, now: Instant::parse(now).unwrap(), rekey: Rekey([0; 16]), attribution: "" };
        let history = History::from(&records);
        let mut turns = Turns::default();
        turns.note(history.iter(), viewer);
        (format!("{:?}", of(&history, viewer)), turns.first())
    };
    let (before, changes_at) = view(Audience::Public, "2025-10-19T23:59:59Z");
    let due = Instant::parse("2025-10-20").unwrap();
    assert!(!before.contains("ev-1017-kadiana"));
    assert_eq!(changes_at, Some(due));
    assert!(view(Audience::Public, "2025-10-20").0.contains("ev-1017-kadiana"));
    assert!(view(Audience::Partner, "2025-10-17").0.contains("ev-1017-kadiana"));
    assert_eq!(view(Audience::Editor, "2025-10-17").1, None);
    // Announced by who declares it.
    assert!(view(Audience::Public, "2025-09-04").0.contains("blk-fuel-imports-2025"));
    assert_eq!(view(Audience::Public, "2026-03-01").1, None);
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
        let expected = if layer.meta.name.as_str() == "blockades" { 12 } else { 0 };
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
    let expected = "id kind subtype name name_fr phase effect severity certainty actor attribution valid_from valid_to valid_from_s valid_to_s accuracy_m generalised";
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
fn what_is_withdrawn_or_under_embargo_stays_inside() {
    for (field, value) in [("withdrawn", serde_json::json!(true)), ("public_from", "2999-01-01".into())] {
        let records = mali_with(|draft| draft[field] = value.clone());
        assert!(seen_by(Audience::Public, &records).iter().all(Layer::is_empty), "{field}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// Non-interference: two sets of records that differ only in what is hidden give the same view.
    #[test]
    fn hiding_a_record_is_as_good_as_not_having_it(seed: u64, share in 1u64..60, is_public: bool) {
        let is_hidden = |id: &str| digest(seed, id) % 100 < share;
        let (audience, sensitivity) = if is_public { (Audience::Public, "confidential") } else { (Audience::Partner, "strict") };
        // What closes a road may be neither strict nor along a corridor that is hidden.
        let reopen = |draft: &mut serde_json::Value| {
            if draft["effect"] == "closes" {
                draft["effect"] = "restricts".into();
            }
        };
        let hidden = mali_with(|draft| {
            reopen(draft);
            if is_hidden(draft["id"].as_str().unwrap()) {
                draft["sensitivity"] = sensitivity.into();
                draft["name"] = "Hidden by the test".into();
            }
        });
        let mut gone = mali_with(reopen);
        gone.retain(|record| !is_hidden(record.id()));
        let view = format!("{:?}", seen_by(audience, &hidden));
        let without = format!("{:?}", seen_by(audience, &gone));
        proptest::prop_assert!(view == without);
        for record in mali().iter().filter(|record| is_hidden(record.id())) {
            proptest::prop_assert!(!view.contains(&format!("\"{}\"", record.id())), "{} shows", record.id());
        }
    }

    /// What a generalised report does not tell may be anything.
    #[test]
    fn a_generalised_report_is_the_same_whatever_it_hides(seed: u64, is_public: bool) {
        let (audience, sensitivity) = if is_public { (Audience::Public, "restricted") } else { (Audience::Partner, "confidential") };
        let told = |told_apart: bool| {
            let records = mali_with(|draft| {
                let chance = digest(seed, draft["id"].as_str().unwrap());
                if draft["kind"] != "blockade" || draft["temporality"] != "event" {
                    return;
                }
                // A confidential report that closes a road has to name the leg.
                let names_leg = draft["location"]["method"] == "between" || draft["location"]["segment"].is_string();
                if !is_public && draft["effect"] == "closes" && !names_leg {
                    return;
                }
                draft["sensitivity"] = sensitivity.into();
                if told_apart {
                    draft["name"] = format!("Report {chance}").into();
                    draft["notes"] = "Said by a driver".into();
                    draft["counts"] = serde_json::json!({"vehicles_low": chance % 9});
                    draft["direction"] = if chance.is_multiple_of(2) { "forward" } else { "backward" }.into();
                    draft["valid_from"] = format!("{}T{:02}:00:00Z", &draft["valid_from"].as_str().unwrap()[..10], chance % 24).into();
                }
            });
            format!("{:?}", seen_by(audience, &records))
        };
        proptest::prop_assert!(told(false) == told(true));
    }
}

/// A number by chance for an id.
fn digest(seed: u64, id: &str) -> u64 {
    let mut hasher = siphasher::sip::SipHasher13::new_with_keys(seed, 0);
    std::hash::Hasher::write(&mut hasher, id.as_bytes());
    std::hash::Hasher::finish(&hasher)
}

/// A history of the shipped records in which some were corrected or taken back, by chance.
fn corrected(seed: u64, often: usize) -> History {
    let records = mali();
    let mut history = History::from(&records);
    let all: Vec<&Record> = records.iter().collect();
    for step in 0..often {
        let chance = digest(seed, &step.to_string());
        let since = Instant::parse("2025-12-01").unwrap().plus_days(step as i64);
        let kind = [Kind::Place, Kind::Segment, Kind::Corridor, Kind::Blockade][chance as usize % 4];
        let of_kind: Vec<&&Record> = all.iter().filter(|record| record.body().kind() == kind).collect();
        let id = of_kind[(chance >> 8) as usize % of_kind.len()].id();
        let number = history.record(id).len() as u32 + 1;
        history.add(said_by_chance(history.record(id).last().unwrap(), chance >> 32), number, since);
        let cited = all[(chance >> 16) as usize % all.len()].cites().next().filter(|_| chance.is_multiple_of(3));
        if let Some(source) = cited.and_then(|cited| history.source(cited)).cloned() {
            history.add_source(crate::record::Source { title: format!("Said {step}"), ..source }, since);
        }
    }
    history
}

/// A version after another: moved, hidden, turned round, or taken back.
fn said_by_chance(last: &Record, chance: u64) -> Record {
    let (mut common, mut body) = (last.common().clone(), last.body().clone());
    match (&mut body, chance % 5) {
        (_, 0) => common.withdrawn = !common.withdrawn,
        (_, 1) => {
            common.sensitivity =
                [crate::vocab::Sensitivity::Restricted, crate::vocab::Sensitivity::Confidential][chance as usize / 5 % 2]
        }
        (crate::record::Body::Place(place), _) => place.at.x += (chance % 7) as f64 / 10.0,
        (crate::record::Body::Corridor(chain), _) => drop(chain.nodes.pop().zip(chain.segments.pop())),
        _ => common.name = format!("Said {chance}").into(),
    }
    Record::accepted(common, body)
}

/// What the features of each version were before they were parted by what they depend on alone: one look at the whole network for each of its
/// epochs.
fn by_whole_networks(history: &History, viewer: Viewer<'_>, kind: Kind) -> Vec<Feature> {
    let columns: Vec<&columns::Spec> = columns::of(kind, viewer.audience).collect();
    let network = |known: Interval| (known, viewer.lens().network(&history.network(known.from)));
    let epochs: Vec<(Interval, Records)> = history.epoch_times().into_iter().map(network).collect();
    let mut features: Vec<Feature> = Vec::new();
    for version in history.of_kind(kind) {
        let first = features.len();
        for (known, network) in &epochs {
            let Some(record) = viewer.lens().told(version, network) else { continue };
            let Some(known) = known.common(&record.common().known) else { continue };
            let values: Box<[_]> = columns.iter().map(|spec| (spec.value)(&record, network)).collect();
            let geometry = geometry::of(&record, network);
            match features.get_mut(first..).and_then(<[Feature]>::last_mut) {
                Some(last) if last.geometry == geometry && last.values == values => last.known.to = known.to,
                _ => features.push(Feature {
                    id: FeatureId::Text(record.id().into()),
                    geometry,
                    values,
                    valid: record.common().valid,
                    known,
                    phases: windows::phases(&record),
                }),
            }
        }
    }
    features
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]

    #[test]
    fn a_version_is_parted_as_by_looks_at_the_whole_network(seed: u64, often in 1usize..24) {
        let history = corrected(seed, often);
        for audience in Audience::ALL {
            let viewer = Viewer { audience, now: Instant::parse("2026-02-01").unwrap(), rekey: Rekey([0; 16]), attribution: "" };
            for (_, kind, ..) in LAYERS {
                let columns: Vec<&columns::Spec> = columns::of(kind, audience).collect();
                let parted: Vec<Feature> =
                    history.of_kind(kind).flat_map(|version| features(version, &history, viewer.lens(), &columns)).collect();
                proptest::prop_assert_eq!(parted, by_whole_networks(&history, viewer, kind), "{:?} {:?}", audience, kind);
            }
        }
    }

    #[test]
    fn whoever_is_told_otherwise_depends_on_what_was_said(seed: u64, often in 1usize..12) {
        let (before, chance) = (corrected(seed, often), digest(seed, "after"));
        let mut after = before.clone();
        let (id, since) = (["bamako", "sikasso", "bougouni", "kolondieba", "kati"][chance as usize % 5], Instant::parse("2026-01-15").unwrap());
        let corridors: Vec<&str> = after.referring(id).filter(|id| kind_of_record(&before, id) == Kind::Corridor).collect();
        let id = corridors.get(chance as usize % (corridors.len() + 1)).copied().unwrap_or(id).to_owned();
        let number = after.record(&id).len() as u32 + 1;
        after.add(said_by_chance(before.record(&id).last().unwrap(), chance >> 32), number, since);
        let dependents = after.dependents([id.as_str()], []);
        for audience in Audience::ALL {
            let viewer = Viewer { audience, now: Instant::parse("2026-02-01").unwrap(), rekey: Rekey([0; 16]), attribution: "" };
            for record in before.iter().filter(|record| !dependents.contains(record.id())) {
                proptest::prop_assert_eq!(edits(&before, viewer, record.id()), edits(&after, viewer, record.id()));
            }
        }
    }
}

fn kind_of_record(history: &History, id: &str) -> Kind {
    history.record(id)[0].body().kind()
}
