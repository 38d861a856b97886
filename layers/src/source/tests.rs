use super::*;
use crate::feature::FeatureId;
use crate::value::{ColumnKind, Value};
use geo_types::Geometry;
use proptest::prelude::*;
use std::path::PathBuf;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

fn read_text(name: &str, content: &str) -> Result<SourceLayer, SourceError> {
    let folder = Folder::new();
    read(&folder.file(name, content), &SourceOptions::default()).map(|mut layers| layers.swap_remove(0))
}

fn findings(name: &str, content: &str) -> Vec<(&'static str, String)> {
    let folder = Folder::new();
    let mut found = Vec::new();
    check(&folder.file(name, content), &SourceOptions::default(), &mut |finding| found.push((finding.code, finding.pointer)))
        .unwrap();
    found
}

const TOWNS: &str = r#"{"type":"FeatureCollection","name":"towns","features":[
 {"type":"Feature","id":7,"properties":{"name":"Kayes","pop":127368,"since":"2025-09-03"},"geometry":{"type":"Point","coordinates":[-11.44,14.45,33.0]}},
 {"type":"Feature","id":"k","properties":{"name":"Kita","pop":0.5,"tags":["a"]},"geometry":null}]}"#;

#[test]
fn a_collection_keeps_ids_order_kinds_and_places() {
    let layer = read_text("towns.geojson", TOWNS).unwrap();
    assert_eq!(layer.name, "towns");
    let kinds: Vec<(&str, ColumnKind)> =
        layer.schema.columns().iter().map(|column| (column.name.as_ref(), column.kind)).collect();
    assert_eq!(
        kinds,
        [("name", ColumnKind::Text), ("pop", ColumnKind::Float), ("since", ColumnKind::Time), ("tags", ColumnKind::Json)]
    );
    assert_eq!(layer.features[0].id, FeatureId::Int(7));
    assert_eq!(layer.features[1].id, FeatureId::Text("k".into()));
    assert_eq!(layer.features[0].values.len(), 4);
    assert!(matches!(layer.features[0].geometry, Some(Geometry::Point(at)) if at.x() == -11.44));
    assert_eq!(layer.features[1].geometry, None);
    assert_eq!(layer.losses, []);
}

#[test]
fn a_byte_order_mark_a_lone_feature_and_a_bare_geometry_are_read() {
    assert_eq!(read_text("a.json", &format!("\u{feff}{TOWNS}")).unwrap().features.len(), 2);
    let feature = r#"{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
    assert_eq!(read_text("a.json", feature).unwrap().features.len(), 1);
    assert_eq!(read_text("a.json", r#"{"coordinates":[1,2],"type":"Point"}"#).unwrap().features.len(), 1);
}

#[test]
fn sequences_are_read_with_and_without_separators_and_compressed() {
    let line = r#"{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}"#;
    assert_eq!(read_text("a.ndjson", &format!("{line}\n\n{line}\n")).unwrap().features.len(), 2);
    assert_eq!(read_text("a.geojsons", &format!("\u{1e}{line}\n\u{1e}{line}\n")).unwrap().features.len(), 2);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, format!("{line}\n{line}\n").as_bytes()).unwrap();
    let folder = Folder::new();
    let layers = read(&folder.file("roads.geojsonl.gz", packed.finish().unwrap()), &SourceOptions::default()).unwrap();
    assert_eq!((layers[0].name.as_str(), layers[0].features.len()), ("roads", 2));
}

#[test]
fn what_is_wrong_with_a_feature_is_told_where_and_costs_only_that_feature() {
    let geometry = |text: &str| format!(r#"{{"type":"Feature","properties":{{}},"geometry":{text}}}"#);
    for (bad, code, pointer) in [
        (geometry(r#"{"type":"Point","coordinates":[-8,91]}"#), "out_of_range", "/features/1/geometry"),
        (geometry(r#"{"type":"Point","coordinates":[12,-100]}"#), "out_of_range", "/features/1/geometry"),
        (geometry(r#"{"type":"Point","coordinates":["a",1]}"#), "bad_geometry", "/features/1/geometry"),
        (geometry(r#"{"type":"Point","coordinates":[1e308,1]}"#), "out_of_range", "/features/1/geometry"),
        (geometry(r#"{"type":"LineString","coordinates":[[1,1],[1,1]]}"#), "too_short", "/features/1/geometry"),
        (
            geometry(r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}"#),
            "repaired_polygon",
            "/features/1/geometry",
        ),
        (geometry(r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[0,0]]]}"#), "invalid_polygon", "/features/1/geometry"),
        (geometry(r#"{"type":"Blob","coordinates":[]}"#), "bad_geometry", "/features/1/geometry"),
        (r#"{"type":"Fature","geometry":null}"#.to_owned(), "not_a_feature", "/features/1"),
        ("7".to_owned(), "bad_json", "/features/1"),
    ] {
        let good = geometry(r#"{"type":"Point","coordinates":[1,1]}"#);
        let document = format!(r#"{{"type":"FeatureCollection","features":[{good},{bad},{good}]}}"#);
        assert_eq!(findings("a.geojson", &document), [(code, pointer.to_owned())], "{bad}");
        let layer = read_text("a.geojson", &document).unwrap();
        assert_eq!(layer.features.len(), if code == "repaired_polygon" { 3 } else { 2 }, "{bad}");
        assert_eq!((layer.losses[0].code, layer.losses[0].count), (code, 1));
        assert!(layer.losses[0].first.contains("/features/1"), "{}", layer.losses[0].first);
    }
}

#[test]
fn a_bow_tie_becomes_two_triangles_and_windings_are_put_right() {
    let area = |ring: &str| {
        let text = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#);
        read_text("a.geojson", &text).unwrap().features.swap_remove(0).geometry.unwrap()
    };
    assert!(matches!(area("[[0,0],[1,1],[1,0],[0,1],[0,0]]"), Geometry::MultiPolygon(parts) if parts.0.len() == 2));
    let Geometry::Polygon(clockwise) = area("[[0,0],[0,1],[1,1],[1,0],[0,0]]") else { panic!("a polygon") };
    assert!(geo::Winding::is_ccw(clockwise.exterior()));
}

#[test]
fn a_repeated_id_is_told_and_the_feature_kept() {
    let point = r#"{"type":"Feature","id":1,"properties":{},"geometry":{"type":"Point","coordinates":[1,1]}}"#;
    let document = format!("{point}\n{point}\n");
    assert_eq!(findings("a.ndjson", &document), [("repeated_id", "/2/id".to_owned())]);
    let ids: Vec<String> =
        read_text("a.ndjson", &document).unwrap().features.iter().map(|feature| feature.id.to_string()).collect();
    assert_eq!(ids, ["1", "feature-2"]);
}

#[test]
fn json_that_breaks_off_is_refused_with_its_line() {
    let error = read_text("a.geojson", &TOWNS[..TOWNS.len() - 40]).unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("after 1 features"), "{error}");
    let nan = TOWNS.replace("-11.44", "NaN");
    let error = read_text("a.geojson", &nan).unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn a_foreign_crs_is_reprojected_and_an_unknown_one_refused() {
    let document = |name: &str| {
        format!(
            r#"{{"type":"FeatureCollection","crs":{{"type":"name","properties":{{"name":"{name}"}}}},"features":[
            {{"type":"Feature","properties":{{}},"geometry":{{"type":"Point","coordinates":[-890555.926,1419139.26]}}}}]}}"#
        )
    };
    let layer = read_text("a.geojson", &document("urn:ogc:def:crs:EPSG::3857")).unwrap();
    assert!(matches!(layer.features[0].geometry, Some(Geometry::Point(at)) if (at.x() + 8.0).abs() < 1e-6));
    assert!(matches!(read_text("a.geojson", &document("local grid")), Err(SourceError::Crs(_))));
    let unsaid = document("x").replace("\"crs\"", "\"other\"");
    let layer = read_text("a.geojson", &unsaid).unwrap();
    assert!(layer.losses[0].first.contains("metres"), "{}", layer.losses[0].first);
}

#[test]
fn csv_finds_its_columns_and_tells_bad_rows() {
    let table = "Name,LAT,Lon,code\nKayes,14.45,-11.44,007\nNowhere,,,1\nBad,north,1,2\nFar,91,1,3\n";
    let layer = read_text("towns.csv", table).unwrap();
    assert_eq!(layer.features.len(), 2);
    assert_eq!(layer.features[0].values[1], Value::Text("007".into()));
    assert_eq!(layer.features[1].geometry, None);
    assert_eq!(findings("t.csv", table), [("bad_position", "/3".to_owned()), ("out_of_range", "/4/geometry".to_owned())]);
    assert!(matches!(read_text("t.csv", "a,b\n1,2\n"), Err(SourceError::Broken(reason)) if reason.contains("lon")));
}

#[test]
fn what_is_no_map_data_is_refused() {
    for content in ["", "hello", "\u{0}\u{1}", "{}", "[1,2]", r#"{"type":"Topology"}"#, "<kml/>"] {
        assert!(read_text("a.dat", content).is_err(), "{content:?}");
    }
    assert!(matches!(read(&PathBuf::from("/nonexistent/file"), &SourceOptions::default()), Err(SourceError::Io(_))));
}

/// A GeoPackage of two points in UTM 29 N, one of them broken.
fn geopackage(folder: &Folder, organization: &str) -> PathBuf {
    let path = folder.0.path().join("posts.gpkg");
    let database = rusqlite::Connection::open(&path).unwrap();
    database
        .execute_batch(&format!(
            "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER);
             INSERT INTO gpkg_spatial_ref_sys VALUES ('utm', 32629, '{organization}', 32629);
             CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, description TEXT, srs_id INTEGER);
             INSERT INTO gpkg_contents VALUES ('border posts', 'features', 'Posts', 32629), ('notes', 'attributes', '', 0);
             CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
             INSERT INTO gpkg_geometry_columns VALUES ('border posts', 'geom', 32629);
             CREATE TABLE \"border posts\" (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT, open BOOLEAN);"
        ))
        .unwrap();
    let mut blob = b"GP\0\x01\x85\x7f\0\0\x01\x01\0\0\0".to_vec();
    blob.extend([608_599.710f64, 1_397_753.821].iter().flat_map(|number| number.to_le_bytes()));
    let insert = "INSERT INTO \"border posts\" (fid, geom, name, open) VALUES (?1, ?2, 'Zégoua', 1)";
    database.execute(insert, rusqlite::params![41, blob]).unwrap();
    database.execute(insert, rusqlite::params![42, b"GP\0\x01junk".to_vec()]).unwrap();
    path
}

#[test]
fn a_geopackage_is_reprojected_and_keeps_its_fids() {
    let folder = Folder::new();
    let layers = read(&geopackage(&folder, "EPSG"), &SourceOptions::default()).unwrap();
    let layer = &layers[0];
    assert_eq!((layers.len(), layer.name.as_str(), layer.description.as_str()), (1, "border posts", "Posts"));
    assert_eq!(layer.features[0].id, FeatureId::Int(41));
    assert!(matches!(layer.features[0].geometry, Some(Geometry::Point(at)) if (at.x() + 8.0).abs() < 1e-6));
    assert_eq!((layer.losses[0].code, layer.losses[0].count), ("bad_geometry", 1));
    assert_eq!(layer.schema.columns().iter().map(|column| column.name.as_ref()).collect::<Vec<_>>(), ["name", "open"]);
}

#[test]
fn a_geopackage_without_a_known_crs_is_refused_unless_told() {
    let folder = Folder::new();
    let path = geopackage(&folder, "NONE");
    assert!(matches!(read(&path, &SourceOptions::default()), Err(SourceError::Crs(_))));
    let told = SourceOptions { crs: Some("EPSG:32629".into()), ..SourceOptions::default() };
    assert_eq!(read(&path, &told).unwrap()[0].features.len(), 1);
}

#[test]
fn a_property_can_be_the_id() {
    let folder = Folder::new();
    let path = folder.file("a.geojson", TOWNS);
    let options = SourceOptions { id_property: Some("name".into()), ..SourceOptions::default() };
    let ids: Vec<String> = read(&path, &options).unwrap()[0].features.iter().map(|feature| feature.id.to_string()).collect();
    assert_eq!(ids, ["Kayes", "Kita"]);
}

#[test]
fn columns_can_be_chosen() {
    let layer = read_text("a.geojson", TOWNS).unwrap().with_columns(&["pop".into(), "name".into()]);
    assert_eq!(layer.features[0].values[1], Value::Text("Kayes".into()));
    assert_eq!(layer.schema.columns().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_file_however_mangled_panics(at in 0usize..TOWNS.len(), bytes in prop::collection::vec(any::<u8>(), 0..12), cut in 0usize..20) {
        let mut content = TOWNS.as_bytes().to_vec();
        let end = (at + cut).min(content.len());
        content.splice(at..end, bytes);
        let folder = Folder::new();
        let _ = read(&folder.file("a.geojson", &content), &SourceOptions::default());
        content.splice(0..0, b"SQLite format 3\0".iter().copied());
        let _ = read(&folder.file("a.gpkg", &content), &SourceOptions::default());
        content.splice(0..16, b"fgb\x03fgb\0".iter().copied());
        let _ = read(&folder.file("a.fgb", &content), &SourceOptions::default());
    }

    #[test]
    fn a_mangled_geometry_blob_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let blob = [b"GP\0\x01\0\0\0\0".as_slice(), &bytes].concat();
        let _ = super::gpkg::geometry_of(&blob);
    }
}
