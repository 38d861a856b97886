//! What lies where: the tree against a full scan, distances, and metres in areas.

use super::geodesy::{length_m, nearest};
use super::overlap::within_m;
use super::sample::{Chance, any_report, place, records, segment, with};
use super::*;
use crate::record::{Body, Location};
use crate::vocab::Kind;
use geo_types::{Coord, LineString, MultiPolygon, Rect};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Roads and reports anywhere on Earth, also at the edges of the map.
fn anywhere(chance: &mut Chance) -> Vec<Value> {
    let (west, south) = (chance.one(&[-180.0, -8.0, 179.0, 20.0]), chance.one(&[-89.0, -1.0, 12.0, 64.0, 88.0]));
    let at = |chance: &mut Chance| (west + chance.between(0.0, 1.0), south + chance.between(0.0, 1.0));
    let mut drafts: Vec<Value> = ["aa", "bb", "cc", "dd"]
        .iter()
        .map(|id| {
            let (lon, lat) = at(chance);
            place(id, lon, lat)
        })
        .collect();
    for (one, other) in [("aa", "bb"), ("bb", "cc"), ("cc", "dd")] {
        drafts.push(with(segment(one, other), json!({"geometry_accuracy_m": chance.below(30_000)})));
    }
    drafts.push(sample::corridor("way", &["aa", "bb", "cc", "dd"]));
    for number in 0..6 {
        let (lon, lat) = at(chance);
        let location = if chance.in_a_hundred(70) {
            json!({"method": "point", "lon": lon, "lat": lat})
        } else {
            json!({"method": "places", "places": [chance.one(&["aa", "bb"]), chance.one(&["cc", "dd"])]})
        };
        let draft = any_report(&format!("ev-{number}"), chance, &drafts);
        drafts.push(with(draft, json!({"location": location, "sensitivity": "public", "recorded_at": null})));
    }
    drafts
}

fn box_of(west: f64, south: f64, east: f64, north: f64) -> MultiPolygon<f64> {
    Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north }).to_polygon().into()
}

#[test]
fn the_rules_of_distance_are_met_to_the_metre() {
    // On a meridian a degree at 12 N is 110,633 m: 0.0451 degrees are 4,989 m, 0.0453 are 5,012 m.
    let road = [place("aa", 0.0, 12.0), place("bb", 1.0, 12.0), with(segment("aa", "bb"), json!({"geometry_accuracy_m": 3000}))];
    let matched = |lat: f64, accuracy_m: u32| {
        let location = json!({"location": {"method": "point", "lon": 0.5, "lat": 12.0 + lat}, "accuracy_m": accuracy_m});
        let access = seen_by(
            Audience::Editor,
            &(&records(&[&road[..], &[with(sample::report("ev-1", "aa", "bb"), location)]].concat())).into(),
        );
        let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
        inquiry.segment("seg-aa--bb", &sample::at("2025-10-11T00:00:00Z")).unwrap().status.rank == Rank::Closed
    };
    for (lat, accuracy_m, expected) in [
        (0.0451, 0, true),
        (0.0453, 0, false),
        // As far as both accuracies together, 3,000 m and 9,000 m, but no farther than 25,000 m.
        (0.1084, 9_000, true),
        (0.1086, 9_000, false),
        (0.2259, 200_000, true),
        (0.2261, 200_000, false),
    ] {
        assert_eq!(matched(lat, accuracy_m), expected, "{lat} {accuracy_m}");
    }
}

#[test]
fn touching_an_area_is_not_lying_in_it() {
    let line = LineString::from(vec![(0.0, 0.0), (2.0, 0.0)]);
    let degree_m = length_m(&LineString::from(vec![(0.0, 0.0), (1.0, 0.0)]));
    for (shapes, expected) in [
        (vec![box_of(0.5, 0.0, 1.5, 1.0)], 0.0),
        (vec![box_of(2.0, -1.0, 3.0, 1.0)], 0.0),
        (vec![box_of(0.5, -1.0, 1.5, 1.0)], 1.0),
        // Counted once where they lie on each other.
        (vec![box_of(0.5, -1.0, 1.5, 1.0), box_of(1.0, -1.0, 1.75, 1.0)], 1.25),
        (vec![box_of(-1.0, -1.0, 3.0, 1.0); 2], 2.0),
    ] {
        let found = within_m(&line, shapes.iter());
        assert!((found - expected * degree_m).abs() < 1.0, "{found} and {expected} degrees");
    }
    // Out through a corner, where two sides end.
    let diamond: MultiPolygon<f64> =
        geo_types::Polygon::new(LineString::from(vec![(0.1, 0.0), (0.2, -0.1), (0.3, 0.0), (0.2, 0.1), (0.1, 0.0)]), vec![])
            .into();
    let found = within_m(&line, std::iter::once(&diamond));
    assert!((found - 0.2 * degree_m).abs() < 1.0, "{found}");
}

#[test]
fn what_is_near_a_corridor_is_certain_or_possible_with_bounds_included() {
    let road = [place("aa", 0.0, 12.0), place("bb", 1.0, 12.0), segment("aa", "bb"), sample::corridor("way", &["aa", "bb"])];
    let report = |lat: f64| {
        with(
            sample::report("ev-1", "aa", "bb"),
            json!({"accuracy_m": 2_000, "location": {"method": "point", "lon": 0.5, "lat": lat}}),
        )
    };
    let access = |lat: f64| sample::editors(&[&road[..], &[report(lat)]].concat());
    let near = |access: &Access, within_m: f64| {
        let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
        let found = inquiry.near(inquiry.roads.chain("way").unwrap(), &sample::at("2025-10-11T00:00:00Z"), within_m);
        found.first().map(|near| (near.nearness, near.at.unwrap()))
    };
    let north = access(12.1);
    let (_, at) = near(&north, 100_000.0).unwrap();
    assert!((at.distance_m - 11_064.0).abs() < 5.0 && (at.along_m - 54_435.0).abs() < 60.0 && at.side == 1, "{at:?}");
    assert_eq!(near(&north, at.distance_m + 2_000.0).unwrap().0, Nearness::Certain);
    assert_eq!(near(&north, at.distance_m + 1_999.0).unwrap().0, Nearness::Possible);
    assert_eq!(near(&north, at.distance_m - 2_000.0).unwrap().0, Nearness::Possible);
    assert!(near(&north, at.distance_m - 2_001.0).is_none());
    assert_eq!(near(&access(11.9), 100_000.0).unwrap().1.side, -1);
}

#[test]
fn a_stretch_that_crosses_a_corridor_is_no_way_off_it() {
    let roads = [
        place("aa", 0.0, 12.0),
        place("bb", 1.0, 12.0),
        place("cc", 0.52, 11.6),
        place("dd", 0.52, 12.4),
        segment("aa", "bb"),
        segment("cc", "dd"),
        sample::corridor("way", &["aa", "bb"]),
        sample::corridor("across", &["cc", "dd"]),
    ];
    let location = json!({"location": {"method": "between", "corridor": "across", "from": "cc", "to": "dd"}});
    let access = sample::editors(&[&roads[..], &[with(sample::report("ev-1", "cc", "dd"), location)]].concat());
    let inquiry = access.known(known("2026-01-01"), Terms::default()).unwrap();
    let found = inquiry.near(inquiry.roads.chain("way").unwrap(), &sample::at("2025-10-11T00:00:00Z"), 10.0);
    assert_eq!(found.len(), 1);
    assert!((found[0].at.unwrap().along_m - 56_610.0).abs() < 60.0, "{:?}", found[0].at);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_tree_finds_what_a_full_scan_finds(seed: u64) {
        let mut chance = Chance(seed);
        let records = sample::accepted(&anywhere(&mut chance));
        let access = seen_by(Audience::Editor, &(&records).into());
        for leg in &access.epochs()[0].legs {
            let mut found: Vec<&str> = leg.evidence.iter().map(|evidence| evidence.record.id()).collect();
            found.sort_unstable();
            let is_near = |at: Coord<f64>, accuracy_m: f64| {
                let reach_m = 5_000.0_f64.max((accuracy_m + leg.accuracy_m).min(25_000.0));
                nearest(&leg.line, at).unwrap().distance_m <= reach_m
            };
            let matches = |record: &&crate::record::Record| {
                let Body::Blockade(report) = record.body() else { return false };
                let accuracy_m = record.common().accuracy_m.unwrap_or(0.0);
                match &report.location {
                    Location::Point { at, .. } => is_near(*at, accuracy_m),
                    Location::Places(places) => places.iter().any(|place| is_near(records.place(place).unwrap().at, accuracy_m)),
                    _ => false,
                }
            };
            let expected: Vec<&str> = records.of(Kind::Blockade).filter(matches).map(crate::record::Record::id).collect();
            prop_assert_eq!(found, expected);
        }
    }

    /// However an area is parted, its parts hold as much of a line as it does.
    #[test]
    fn the_parts_of_an_area_hold_what_it_holds(seed: u64) {
        let mut chance = Chance(seed);
        let south = chance.one(&[-70.0, 0.0, 12.0, 60.0]);
        let line: LineString<f64> = (0..2 + chance.below(4)).map(|_| Coord { x: chance.between(-2.0, 2.0), y: south + chance.between(0.0, 3.0) }).collect();
        let cuts = |chance: &mut Chance, low: f64, high: f64| {
            let mut cuts: Vec<f64> = (0..chance.below(5)).map(|_| chance.between(low, high)).chain([low, high]).collect();
            cuts.sort_by(f64::total_cmp);
            cuts
        };
        let (lons, lats) = (cuts(&mut chance, -3.0, 3.0), cuts(&mut chance, south - 1.0, south + 4.0));
        let cells: Vec<MultiPolygon<f64>> = lons.windows(2).flat_map(|lon| lats.windows(2).map(move |lat| box_of(lon[0], lat[0], lon[1], lat[1]))).collect();
        let whole_m = length_m(&line);
        let parts_m: f64 = cells.iter().map(|cell| within_m(&line, std::iter::once(cell))).sum();
        prop_assert!((parts_m - whole_m).abs() <= whole_m * 0.001, "{} and {}", parts_m, whole_m);
        let union_m = within_m(&line, cells.iter());
        prop_assert!((union_m - whole_m).abs() <= whole_m * 0.001, "{} and {}", union_m, whole_m);
    }
}
