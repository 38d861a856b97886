use super::*;
use crate::mvt::MAX_ID;
use geo_types::{Coord, Geometry, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use mlt_core::{Decoder, Layer, Parser, PropValue, TileFeature, TileLayer};
use proptest::prelude::*;

const COLUMNS: [&str; 5] = ["open", "count", "share", "name", "never"];
const KINDS: [ColumnKind; 5] = [ColumnKind::Bool, ColumnKind::Int, ColumnKind::Float, ColumnKind::Text, ColumnKind::Text];

type Attributes<'a> = Vec<(usize, Attribute<'a>)>;

fn written_layer(name: &str, features: &[(u64, TileGeometry, Attributes<'_>)]) -> Vec<u8> {
    let mut writer = LayerWriter::new(name, &COLUMNS, &KINDS);
    for (id, geometry, attributes) in features {
        writer.feature(*id, geometry, attributes.iter().copied());
    }
    writer.finish().unwrap()
}

/// Layers as mlt-core's own parser reads them.
fn read(tile: &[u8]) -> Vec<TileLayer> {
    let mut decoder = Decoder::default();
    let layers = Parser::default().parse_layers(tile).unwrap();
    let layers = layers.into_iter().map(|layer| match layer {
        Layer::Tag01(layer) => layer.decode_all(&mut decoder).unwrap().into_tile(&mut decoder).unwrap(),
        other => panic!("{other:?}"),
    });
    layers.collect()
}

/// Values that are there, by name.
fn said<'l>(layer: &'l TileLayer, feature: &'l TileFeature) -> Vec<(&'l str, &'l PropValue)> {
    let named = layer.property_names().iter().map(String::as_str).zip(feature.properties());
    named.filter(|(_, value)| !value.is_null()).collect()
}

/// The geometry in the vocabulary of mlt-core.
fn geo(geometry: &TileGeometry) -> Geometry<i32> {
    let coord = |[x, y]: [i32; 2]| Coord { x, y };
    let path = |positions: &[[i32; 2]]| LineString(positions.iter().copied().map(coord).collect());
    let polygon = |rings: &Vec<Vec<[i32; 2]>>| Polygon::new(path(&rings[0]), rings[1..].iter().map(|hole| path(hole)).collect());
    match geometry {
        TileGeometry::Points(points) if points.len() == 1 => Point(coord(points[0])).into(),
        TileGeometry::Points(points) => MultiPoint(points.iter().map(|&point| Point(coord(point))).collect()).into(),
        TileGeometry::Lines(lines) if lines.len() == 1 => path(&lines[0]).into(),
        TileGeometry::Lines(lines) => MultiLineString(lines.iter().map(|line| path(line)).collect()).into(),
        TileGeometry::Polygons(polygons) if polygons.len() == 1 => polygon(&polygons[0]).into(),
        TileGeometry::Polygons(polygons) => MultiPolygon(polygons.iter().map(polygon).collect()).into(),
    }
}

fn point(x: i32, y: i32) -> TileGeometry {
    TileGeometry::Points(vec![[x, y]])
}

#[test]
fn every_kind_of_geometry_and_value_comes_back_in_order() {
    let square = |at: i32| vec![[at, at], [at + 100, at], [at + 100, at + 100], [at, at + 100]];
    let hole = vec![[20, 20], [20, 40], [40, 40], [40, 20]];
    let geometries = [
        TileGeometry::Polygons(vec![vec![square(0), hole], vec![square(500)]]),
        point(-64, 4160),
        TileGeometry::Lines(vec![vec![[-64, 0], [4160, 9]]]),
        TileGeometry::Points(vec![[1, 2], [3, 4]]),
        TileGeometry::Lines(vec![vec![[0, 0], [5, 5]], vec![[7, 7], [8, 8], [9, 7]]]),
        TileGeometry::Polygons(vec![vec![square(1000)]]),
    ];
    let attributes = [
        vec![(0, Attribute::Bool(true)), (3, Attribute::Text("Kayes"))],
        vec![],
        vec![(1, Attribute::Int(-4)), (2, Attribute::Float(0.5))],
        vec![(2, Attribute::Int(2)), (3, Attribute::Text(""))],
        vec![(3, Attribute::Bool(false))],
        vec![(3, Attribute::Float(1.5)), (0, Attribute::Bool(false))],
    ];
    let features: Vec<_> = (0..6).map(|n| (MAX_ID - n as u64, geometries[n].clone(), attributes[n].clone())).collect();
    let layers = read(&written_layer("areas", &features));
    let [layer] = &layers[..] else { panic!("{} layers", layers.len()) };
    assert_eq!((layer.name(), layer.extent().get()), ("areas", 4096));
    for ((id, geometry, _), read) in features.iter().zip(layer.features()) {
        assert_eq!((read.id(), read.geometry()), (Some(*id), &geo(geometry)));
    }
    let text = |text: &str| PropValue::Str(Some(text.to_owned()));
    let expected = [
        vec![("open", PropValue::Bool(Some(true))), ("name", text("Kayes"))],
        vec![],
        vec![("count", PropValue::I32(Some(-4))), ("share", PropValue::F32(Some(0.5)))],
        vec![("share", PropValue::F32(Some(2.0))), ("name", text(""))],
        vec![("name", text("false"))],
        vec![("open", PropValue::Bool(Some(false))), ("name", text("1.5"))],
    ];
    for (feature, expected) in layer.features().iter().zip(&expected) {
        assert_eq!(said(layer, feature), expected.iter().map(|(name, value)| (*name, value)).collect::<Vec<_>>());
    }
}

#[test]
fn whole_numbers_are_as_wide_as_their_column_needs() {
    let column = |values: &[i64]| {
        let features: Vec<_> = values.iter().map(|&value| (1, point(0, 0), vec![(1, Attribute::Int(value))])).collect();
        let layer = read(&written_layer("areas", &features)).remove(0);
        layer.features().iter().map(|feature| said(&layer, feature)[0].1.clone()).collect::<Vec<_>>()
    };
    assert_eq!(column(&[4_000_000_000]), [PropValue::U32(Some(4_000_000_000))]);
    assert_eq!(column(&[-1, 4_000_000_000]), [PropValue::F64(Some(-1.0)), PropValue::F64(Some(4e9))]);
    let exact = 1i64 << 53;
    assert_eq!(column(&[exact]), [PropValue::F64(Some(exact as f64))]);
    assert_eq!(column(&[exact + 1, 1]), [PropValue::I64(Some(exact + 1)), PropValue::I64(Some(1))]);
    assert_eq!(column(&[i64::MIN]), [PropValue::I64(Some(i64::MIN))]);
    // Steps wrap at the width of the numbers.
    let unsigned = [0, u32::MAX, 1, 3_000_000_000, 0, 1 << 31];
    assert_eq!(column(&unsigned.map(i64::from)), unsigned.map(|value| PropValue::U32(Some(value))));
    let signed = [i32::MIN, i32::MAX, i32::MIN, -1, i32::MAX, 0];
    assert_eq!(column(&signed.map(i64::from)), signed.map(|value| PropValue::I32(Some(value))));
    let long = [i64::MIN, i64::MAX, i64::MIN, -1, i64::MAX];
    assert_eq!(column(&long), long.map(|value| PropValue::I64(Some(value))));
}

#[test]
fn floating_point_takes_half_the_bytes_where_these_say_all() {
    let column = |values: [f64; 2]| {
        let features = values.map(|value| (1, point(0, 0), vec![(2, Attribute::Float(value))]));
        let bytes = written_layer("areas", &features);
        let layer = read(&bytes).remove(0);
        let values = layer.features().iter().map(|feature| said(&layer, feature)[0].1.clone()).collect::<Vec<_>>();
        (bytes.len(), values)
    };
    let (short, exact) = column([-0.0, 40_000.5]);
    assert_eq!(exact, [PropValue::F32(Some(-0.0)), PropValue::F32(Some(40_000.5))]);
    for inexact in [0.1, 1e39, f64::MIN_POSITIVE, f64::from(1 << 24) + 1.0] {
        let (long, values) = column([inexact, 40_000.5]);
        assert_eq!(values, [PropValue::F64(Some(inexact)), PropValue::F64(Some(40_000.5))]);
        assert_eq!(long, short + 8);
    }
}

#[test]
fn long_runs_and_what_lies_between_them_come_back() {
    // Runs longer than a control byte can count, then what repeats in nothing.
    let scattered = |row: u64| row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33;
    let open =
        |row: u64| (row < 3000 || !row.is_multiple_of(3)).then_some(if row < 2000 { row < 1500 } else { scattered(row) % 2 > 0 });
    let count = |row: u64| if row < 2500 { 7 } else { (scattered(row) as i64 - (1 << 30)) * i64::from(!row.is_multiple_of(5)) };
    let features: Vec<_> = (0..5000)
        .map(|row| {
            let open = open(row).map(|value| (0, Attribute::Bool(value)));
            (row * 3, point(row as i32 % 4096, 9), open.into_iter().chain([(1, Attribute::Int(count(row)))]).collect())
        })
        .collect();
    let layer = read(&written_layer("areas", &features)).remove(0);
    assert_eq!(layer.feature_count(), features.len());
    for (row, feature) in layer.features().iter().enumerate() {
        let row = row as u64;
        let expected = open(row).map(|value| ("open", PropValue::Bool(Some(value))));
        let count = PropValue::I32(Some(count(row) as i32));
        let expected: Vec<_> = expected.into_iter().chain([("count", count)]).collect();
        assert_eq!(feature.id(), Some(row * 3));
        assert_eq!(said(&layer, feature), expected.iter().map(|(name, value)| (*name, value)).collect::<Vec<_>>(), "{row}");
    }
}

#[test]
fn layers_one_after_the_other_are_a_tile() {
    let one = written_layer("areas", &[(1, point(1, 1), vec![])]);
    let other = written_layer("corridors", &[(2, TileGeometry::Lines(vec![vec![[0, 0], [5, 5]]]), vec![])]);
    let names: Vec<String> = read(&[one, other].concat()).iter().map(|layer| layer.name().to_owned()).collect();
    assert_eq!(names, ["areas", "corridors"]);
}

#[test]
fn a_layer_without_features_is_no_bytes() {
    assert!(written_layer("areas", &[]).is_empty());
}

#[test]
fn what_cannot_be_written_fails_the_layer_instead_of_vanishing() {
    let failed = |name, geometry: TileGeometry, attribute| {
        let mut writer = LayerWriter::new(name, &COLUMNS, &KINDS);
        writer.feature(1, &geometry, [attribute].into_iter());
        writer.feature(2, &point(0, 0), std::iter::empty());
        writer.finish().unwrap_err().to_string()
    };
    let fits = (3, Attribute::Text("yes"));
    assert!(failed("", point(0, 0), fits).contains("name"));
    assert!(failed("areas", TileGeometry::Points(vec![]), fits).contains("feature 1 has no geometry"));
    for polygons in [vec![vec![]], vec![vec![vec![]]], vec![vec![vec![[0, 0], [9, 0], [9, 9]]], vec![]]] {
        assert!(failed("areas", TileGeometry::Polygons(polygons), fits).contains("no geometry"));
    }
    assert!(failed("areas", point(0, 0), (1, Attribute::Text("many"))).contains("Int"));
    assert!(failed("areas", point(0, 0), (9, Attribute::Int(1))).contains("column 9"));
    let mut writer = LayerWriter::new("areas", &COLUMNS, &KINDS);
    writer.feature(1, &point(0, 0), [fits, (3, Attribute::Text("no"))].into_iter());
    assert!(writer.finish().unwrap_err().to_string().contains("cannot hold no"));
}

fn positions(least: usize) -> impl Strategy<Value = Vec<[i32; 2]>> {
    prop::collection::vec([-64..4160, -64..4160], least..12)
}

/// A fan round a corner: valid enough for a format, which does not ask.
fn ring() -> impl Strategy<Value = Vec<[i32; 2]>> {
    positions(3).prop_filter("closed implicitly", |ring| ring.first() != ring.last())
}

fn geometry() -> impl Strategy<Value = TileGeometry> {
    prop_oneof![
        positions(1).prop_map(TileGeometry::Points),
        prop::collection::vec(positions(2), 1..4).prop_map(TileGeometry::Lines),
        prop::collection::vec(prop::collection::vec(ring(), 1..3), 1..4).prop_map(TileGeometry::Polygons),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_mix_comes_back_as_it_was(
        features in prop::collection::vec((0..=MAX_ID, geometry(), any::<Option<bool>>(), any::<Option<i32>>(), "[a-zé]{0,9}"), 1..40),
    ) {
        let mut writer = LayerWriter::new("mix", &COLUMNS, &KINDS);
        for (id, geometry, open, count, name) in &features {
            let open = open.map(|value| (0, Attribute::Bool(value)));
            let count = count.map(|value| (1, Attribute::Int(value.into())));
            writer.feature(*id, geometry, open.into_iter().chain(count).chain([(3, Attribute::Text(name))]));
        }
        let layer = read(&writer.finish().unwrap()).remove(0);
        prop_assert_eq!(layer.feature_count(), features.len());
        for ((id, geometry, open, count, name), read) in features.iter().zip(layer.features()) {
            prop_assert_eq!((read.id(), read.geometry()), (Some(*id), &geo(geometry)));
            let number = |value: &PropValue| match value {
                PropValue::I32(Some(value)) => i64::from(*value),
                PropValue::U32(Some(value)) => i64::from(*value),
                other => panic!("{other:?}"),
            };
            let said = said(&layer, read);
            let value = |name| said.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).clone());
            prop_assert_eq!(value("open"), open.map(|value| PropValue::Bool(Some(value))));
            prop_assert_eq!(value("count").as_ref().map(number), count.map(i64::from));
            prop_assert_eq!(value("name"), Some(PropValue::Str(Some(name.clone()))));
        }
    }
}
