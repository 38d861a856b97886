use super::*;
use geo_types::Geometry;
use mvt_reader::Reader;
use mvt_reader::feature::Value;

struct List(Vec<Option<Attribute<'static>>>);

impl Values for List {
    fn codes(&self) -> usize {
        self.0.len()
    }

    fn value(&self, code: u32) -> Option<Attribute<'_>> {
        self.0[code as usize]
    }

    fn singles(&self) -> std::ops::Range<u32> {
        5..6
    }
}

fn values() -> List {
    let values =
        [Attribute::Text("Kayes"), Attribute::Int(-4), Attribute::Float(0.5), Attribute::Bool(true), Attribute::Int(i64::MAX)];
    List(std::iter::once(None).chain(values.map(Some)).collect())
}

const COLUMNS: [&str; 3] = ["name", "severity", "share"];

fn layer(features: &[(u64, TileGeometry, [u32; 3])], tables: &mut Tables) -> Vec<u8> {
    let values = values();
    let mut writer = LayerWriter::new("areas", &COLUMNS, &values, tables);
    features.iter().for_each(|(id, geometry, codes)| writer.feature(*id, geometry, codes.iter().copied()));
    writer.finish()
}

fn point(at: i32) -> TileGeometry {
    TileGeometry::Points(vec![[at, at]])
}

#[test]
fn a_foreign_decoder_reads_what_was_written() {
    let square = vec![[0, 0], [100, 0], [100, 100], [0, 100]];
    let hole = vec![[20, 20], [20, 40], [40, 40], [40, 20]];
    let features = [
        (7, TileGeometry::Points(vec![[1, 2], [3, 4]]), [1, 2, 3]),
        (8, TileGeometry::Lines(vec![vec![[-64, 0], [4160, 9]], vec![[5, 5], [6, 7], [8, 8]]]), [1, 0, 5]),
        (MAX_ID, TileGeometry::Polygons(vec![vec![square, hole]]), [0, 0, 4]),
    ];
    let reader = Reader::new(layer(&features, &mut Tables::default())).unwrap();
    let features = reader.get_features(0).unwrap();
    assert_eq!(reader.get_layer_names().unwrap(), ["areas"]);
    assert_eq!(reader.get_layer_metadata().unwrap()[0].extent, 4096);
    assert_eq!(features.iter().map(|feature| feature.id).collect::<Vec<_>>(), [Some(7), Some(8), Some(MAX_ID)]);
    assert!(matches!(&features[0].geometry, Geometry::MultiPoint(points) if points.0[1].x() == 3.0));
    let Geometry::MultiLineString(lines) = &features[1].geometry else { panic!("{:?}", features[1].geometry) };
    assert_eq!((lines.0[0].0[1].x, lines.0[1].0[2].y), (4160.0, 8.0));
    let Geometry::MultiPolygon(areas) = &features[2].geometry else { panic!("{:?}", features[2].geometry) };
    assert_eq!(areas.0[0].interiors().len(), 1);
    let property = |feature: usize, name: &str| features[feature].properties.as_ref().unwrap().get(name).cloned();
    assert_eq!(property(0, "name"), Some(Value::String("Kayes".into())));
    assert_eq!(property(0, "severity"), Some(Value::SInt(-4)));
    assert_eq!(property(0, "share"), Some(Value::Double(0.5)));
    assert_eq!((property(1, "severity"), property(1, "share")), (None, Some(Value::UInt(i64::MAX.unsigned_abs()))));
    assert_eq!(property(2, "share"), Some(Value::Bool(true)));
}

#[test]
fn a_value_is_written_once_a_layer_and_again_in_the_next() {
    let mut tables = Tables::default();
    let twice = layer(&[(1, point(1), [1, 0, 0]), (2, point(2), [1, 0, 0])], &mut tables);
    assert_eq!(twice.windows(5).filter(|bytes| *bytes == b"Kayes").count(), 1);
    let again = layer(&[(1, point(1), [1, 0, 0]), (2, point(2), [1, 0, 0])], &mut tables);
    assert_eq!(again, twice);
}

#[test]
fn numbers_of_layers_that_begin_anew_bring_nothing_old_back() {
    let mut tables = Tables::default();
    let fresh = layer(&[(1, point(1), [1, 2, 3])], &mut tables);
    tables.layer = u32::MAX;
    assert_eq!(layer(&[(1, point(1), [1, 2, 3])], &mut tables), fresh);
}

#[test]
fn layers_one_after_the_other_are_a_tile() {
    let values = values();
    let mut tables = Tables::default();
    let mut writer = LayerWriter::new("corridors", &[], &values, &mut tables);
    writer.feature(2, &TileGeometry::Lines(vec![vec![[0, 0], [5, 5]]]), std::iter::empty());
    let corridors = writer.finish();
    let both = [layer(&[(1, point(1), [0, 0, 0])], &mut tables), corridors];
    let reader = Reader::new(both.concat()).unwrap();
    assert_eq!(reader.get_layer_names().unwrap(), ["areas", "corridors"]);
}

#[test]
fn a_layer_without_features_is_no_bytes() {
    assert!(layer(&[], &mut Tables::default()).is_empty());
}

#[test]
fn a_value_that_one_feature_has_is_written_once_for_all_of_its_geometries() {
    let with = |features: &[[u32; 3]]| {
        let features: Vec<_> = features.iter().map(|codes| (7, point(1), *codes)).collect();
        layer(&features, &mut Tables::default()).len()
    };
    let value = with(&[[0, 0, 5]]) - with(&[[0, 0, 1]]);
    let more = |code: u32| with(&[[0, 0, code], [0, 0, code]]) - with(&[[0, 0, code]]);
    assert_eq!(more(5), more(1), "{value}");
}

#[test]
fn long_heads_find_room() {
    let names: Vec<String> = (0..70).map(|number| format!("column {number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let line = |count: i32| TileGeometry::Lines(vec![(0..count).map(|step| [step * 900 % 4096, step % 4096]).collect()]);
    for (id, count) in [0, 127, 128, MAX_ID].into_iter().flat_map(|id| [2, 40, 60, 5_000].map(|count| (id, count))) {
        let (values, mut tables) = (values(), Tables::default());
        let mut writer = LayerWriter::new("areas", &names, &values, &mut tables);
        writer.feature(id, &line(count), std::iter::repeat_n(1, 70));
        writer.feature(id, &line(count), std::iter::empty());
        let features = Reader::new(writer.finish()).unwrap().get_features(0).unwrap();
        let said: Vec<usize> = features.iter().map(|feature| feature.properties.as_ref().map_or(0, |all| all.len())).collect();
        assert_eq!(said, [70, 0], "{id}, {count}");
        for feature in features {
            let Geometry::LineString(line) = &feature.geometry else { panic!("{:?}", feature.geometry) };
            assert_eq!((feature.id, line.0.len()), (Some(id), count as usize));
        }
    }
}
