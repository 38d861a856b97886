use super::feed::MOST_BYTES;
use super::*;
use crate::feature::{Feature, FeatureId};
use crate::features::FeatureRef;
use crate::value::{ColumnKind, Value};
use geo_types::Geometry;
use proptest::prelude::*;
use std::path::PathBuf;

pub(super) struct Folder(pub(super) tempfile::TempDir);

impl Folder {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

pub(super) fn read_text(name: &str, content: &str) -> Result<SourceLayer<()>, SourceError> {
    let folder = Folder::new();
    read(&folder.file(name, content), &SourceOptions::default(), &|_| ()).map(|mut layers| layers.swap_remove(0))
}

/// Features as they came.
pub(super) fn features(layer: &SourceLayer<()>) -> Vec<Feature> {
    let width = layer.schema.columns().len();
    let values = |feature: FeatureRef<'_>| (0..width).map(|column| feature.value(column).clone()).collect();
    let features = layer.features.iter();
    features.map(|feature| Feature::timeless(feature.id().clone(), feature.geometry(), values(feature))).collect()
}

fn ids(layer: &SourceLayer<()>) -> Vec<String> {
    layer.features.iter().map(|feature| feature.id().to_string()).collect()
}

pub(super) fn findings(name: &str, content: &str) -> Vec<(&'static str, String)> {
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
    assert_eq!(features(&layer)[0].id, FeatureId::Int(7));
    assert_eq!(features(&layer)[1].id, FeatureId::Text("k".into()));
    assert_eq!(features(&layer)[0].values.len(), 4);
    assert!(matches!(features(&layer)[0].geometry, Some(Geometry::Point(at)) if at.x() == -11.44));
    assert_eq!(features(&layer)[1].geometry, None);
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
    let layers: Vec<SourceLayer<()>> =
        read(&folder.file("roads.geojsonl.gz", packed.finish().unwrap()), &SourceOptions::default(), &|_| ()).unwrap();
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
        ("7".to_owned(), "not_a_feature", "/features/1"),
        (r#"{"type":"Feature","properties":[],"geometry":null}"#.to_owned(), "bad_properties", "/features/1/properties"),
        (geometry(r#"{"type":"Point","coordinates":[NaN,1]}"#), "bad_json", "/features/1"),
        (geometry(r#"{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1]]]}"#), "unclosed_ring", "/features/1/geometry"),
        (geometry(r#"{"type":"Polygon","coordinates":[[[0,0],[0,1],[1,1],[0,0]]]}"#), "wrong_winding", "/features/1/geometry"),
        (geometry(r#"{"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[0,0]]]}"#), "invalid_polygon", "/features/1/geometry"),
        (geometry(r#"{"type":"Polygon","coordinates":[]}"#), "empty", "/features/1/geometry"),
        (geometry(r#"{"type":"MultiPolygon","coordinates":[]}"#), "empty", "/features/1/geometry"),
    ] {
        let good = geometry(r#"{"type":"Point","coordinates":[1,1]}"#);
        let document = format!(r#"{{"type":"FeatureCollection","features":[{good},{bad},{good}]}}"#);
        assert_eq!(findings("a.geojson", &document), [(code, pointer.to_owned())], "{bad}");
        let layer = read_text("a.geojson", &document).unwrap();
        let repaired = ["repaired_polygon", "unclosed_ring", "wrong_winding"].contains(&code);
        assert_eq!(layer.features.len(), if repaired { 3 } else { 2 }, "{bad}");
        assert_eq!((layer.losses[0].code.as_ref(), layer.losses[0].count), (code, 1));
        assert!(layer.losses[0].first.contains("/features/1"), "{}", layer.losses[0].first);
    }
}

#[test]
fn what_crosses_the_antimeridian_is_cut_there_however_it_is_written() {
    for geometry in [
        r#"{"type":"LineString","coordinates":[[178,0],[182,0]]}"#,
        r#"{"type":"LineString","coordinates":[[178,0],[-178,0]]}"#,
        r#"{"type":"Polygon","coordinates":[[[170,-10],[-170,-10],[-170,10],[170,10],[170,-10]]]}"#,
        r#"{"type":"Polygon","coordinates":[[[170,-10],[190,-10],[190,10],[170,10],[170,-10]]]}"#,
    ] {
        let text = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{geometry}}}"#);
        assert_eq!(findings("a.geojson", &text), [("cut_at_antimeridian", "/geometry".to_owned())], "{geometry}");
        let cut = features(&read_text("a.geojson", &text).unwrap()).swap_remove(0).geometry.unwrap();
        let longitudes: Vec<f64> = geo::CoordsIter::coords_iter(&cut).map(|at| at.x).collect();
        assert!(longitudes.iter().all(|lon| (170.0..=180.0).contains(&lon.abs())), "{geometry}: {longitudes:?}");
        assert!(matches!(cut, Geometry::MultiLineString(_) | Geometry::MultiPolygon(_)));
    }
    let around = r#"{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,80],[90,80],[170,80],[-170,80],[-90,80],[0,80]]]}}"#;
    assert_eq!(findings("a.geojson", around), [("encloses_pole", "/geometry".to_owned())]);
    let far = r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,91]}}"#;
    let told = read_text("a.geojson", far).unwrap().losses[0].first.clone();
    assert!(told.contains("latitude 91 is beyond 90; "), "{told}");
}

#[test]
fn a_bow_tie_becomes_two_triangles_and_windings_are_put_right() {
    let area = |ring: &str| {
        let text = format!(r#"{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}"#);
        features(&read_text("a.geojson", &text).unwrap()).swap_remove(0).geometry.unwrap()
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
    assert_eq!(ids(&read_text("a.ndjson", &document).unwrap()), ["1", "feature-2"]);
}

#[test]
fn numbered_features_never_take_an_id_of_the_file() {
    let point = |id: &str| format!(r#"{{"type":"Feature",{id}"properties":{{}},"geometry":null}}"#);
    let lines = [point(r#""id":5,"#), point(r#""id":"5","#), point(""), point(r#""id":"feature-3","#)].join("\n");
    assert_eq!(ids(&read_text("a.ndjson", &lines).unwrap()), ["5", "feature--2", "feature--3", "feature-3"]);
    assert_eq!(findings("a.ndjson", &lines), [("repeated_id", "/2/id".to_owned())], "5 and \"5\" are one address");
}

#[test]
fn ids_that_are_none_are_told() {
    for id in ["-3", "1.5", "true", "[1]", "\"\""] {
        let line = format!(r#"{{"type":"Feature","id":{id},"properties":{{}},"geometry":null}}"#);
        assert_eq!(findings("a.ndjson", &line), [("unusable_id", "/id".to_owned())], "{id}");
    }
    let folder = Folder::new();
    let path = folder.file("a.geojson", TOWNS.replace("\"Kita\"", "null"));
    let options = |name: &str| SourceOptions { id_property: Some(name.into()), ..SourceOptions::default() };
    let mut found = Vec::new();
    check(&path, &options("name"), &mut |finding| found.push((finding.code, finding.pointer))).unwrap();
    assert_eq!(found, [("unusable_id", "/features/1/properties/name".to_owned())]);
    let error = read::<()>(&path, &options("nam"), &|_| ()).unwrap_err().to_string();
    assert!(error.contains("'nam'") && error.contains("name, pop, since, tags"), "{error}");
}

#[test]
fn json_that_breaks_off_is_refused_with_its_line() {
    let error = read_text("a.geojson", &TOWNS[..TOWNS.len() - 40]).unwrap_err().to_string();
    assert!(error.contains("line 3") && error.contains("after 1 features"), "{error}");
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
    assert!(matches!(features(&layer)[0].geometry, Some(Geometry::Point(at)) if (at.x() + 8.0).abs() < 1e-6));
    let folder = Folder::new();
    let mut found = 0;
    let refused = check(&folder.file("a.geojson", document("local grid")), &SourceOptions::default(), &mut |_| found += 1);
    assert!(matches!(refused, Err(SourceError::Crs(_))) && found == 0, "nothing is said of positions nobody can place");
    let unsaid = document("x").replace("\"crs\"", "\"other\"");
    let layer = read_text("a.geojson", &unsaid).unwrap();
    assert!(layer.losses[0].first.contains("metres"), "{}", layer.losses[0].first);
}

#[test]
fn csv_finds_its_columns_and_tells_bad_rows() {
    let table = "Name,LAT,Lon,code\nKayes,14.45,-11.44,007\nNowhere,,,1\nBad,north,1,2\nFar,91,1,3\n";
    let layer = read_text("towns.csv", table).unwrap();
    assert_eq!(layer.features.len(), 2);
    assert_eq!(features(&layer)[0].values[1], Value::Text("007".into()));
    assert_eq!(features(&layer)[1].geometry, None);
    assert_eq!(findings("t.csv", table), [("bad_position", "/3".to_owned()), ("out_of_range", "/4/geometry".to_owned())]);
    assert!(matches!(read_text("t.csv", "a,b\n1,2\n"), Err(SourceError::Broken(reason)) if reason.contains("lon")));
}

#[test]
fn what_is_no_map_data_is_refused() {
    for content in ["", "hello", "\u{0}\u{1}", "{}", "[1,2]", r#"{"type":"Topology"}"#, "<kml/>"] {
        assert!(read_text("a.dat", content).is_err(), "{content:?}");
    }
    assert!(matches!(
        read::<()>(&PathBuf::from("/nonexistent/file"), &SourceOptions::default(), &|_| ()),
        Err(SourceError::Io(_))
    ));
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
    let layers: Vec<SourceLayer<()>> = read(&geopackage(&folder, "EPSG"), &SourceOptions::default(), &|_| ()).unwrap();
    let layer = &layers[0];
    assert_eq!((layers.len(), layer.name.as_str(), layer.description.as_str()), (1, "border posts", "Posts"));
    assert_eq!(features(layer)[0].id, FeatureId::Int(41));
    assert!(matches!(features(layer)[0].geometry, Some(Geometry::Point(at)) if (at.x() + 8.0).abs() < 1e-6));
    assert_eq!((layer.losses[0].code.as_ref(), layer.losses[0].count), ("bad_geometry", 1));
    assert_eq!(layer.schema.columns().iter().map(|column| column.name.as_ref()).collect::<Vec<_>>(), ["name", "open"]);
    assert_eq!(features(layer)[0].values[1], Value::Bool(true), "a BOOLEAN is one");
}

#[test]
fn a_geopackage_is_no_program() {
    for (change, says) in [
        ("DROP TABLE \"border posts\"; CREATE VIEW \"border posts\" AS SELECT 1 AS geom", "'border posts' is a view"),
        ("DROP TABLE \"border posts\"", "no table 'border posts'"),
        ("ALTER TABLE gpkg_contents RENAME TO c; CREATE VIEW gpkg_contents AS SELECT * FROM c", "'gpkg_contents' is a view"),
        ("UPDATE gpkg_geometry_columns SET column_name = 'shape'", "no column 'shape'"),
        (
            "CREATE TABLE s (n INTEGER); DROP TABLE \"border posts\"; CREATE VIRTUAL TABLE \"border posts\" USING rtree(id, a, b)",
            "virtual",
        ),
    ] {
        let folder = Folder::new();
        let path = geopackage(&folder, "EPSG");
        rusqlite::Connection::open(&path).unwrap().execute_batch(change).unwrap();
        let error = read::<()>(&path, &SourceOptions::default(), &|_| ()).unwrap_err().to_string();
        assert!(error.contains(says), "{change}: {error}");
    }
}

#[test]
fn what_of_a_geopackage_cannot_be_read_does_not_keep_the_rest_from_being_served() {
    let folder = Folder::new();
    let path = geopackage(&folder, "EPSG");
    let change = "CREATE VIEW \"a view\" AS SELECT * FROM \"border posts\";
        INSERT INTO gpkg_contents VALUES ('a view', 'features', '', 32629), ('ghost', 'features', '', 32629);
        INSERT INTO gpkg_geometry_columns VALUES ('a view', 'geom', 32629), ('ghost', 'geom', 32629);
        ALTER TABLE \"border posts\" ADD COLUMN odd;
        DELETE FROM \"border posts\" WHERE fid = 42;
        INSERT INTO \"border posts\" (fid, geom, odd) SELECT 50, geom, CAST(x'41ff' AS TEXT) FROM \"border posts\";
        INSERT INTO \"border posts\" (fid, geom, odd) SELECT 51, geom, 9e999 FROM \"border posts\" WHERE fid = 41;
        INSERT INTO \"border posts\" (fid, geom, odd) SELECT 52, geom, x'00' FROM \"border posts\" WHERE fid = 41;";
    rusqlite::Connection::open(&path).unwrap().execute_batch(change).unwrap();
    let mut found = Vec::new();
    check(&path, &SourceOptions::default(), &mut |finding| found.push((finding.code, finding.pointer))).unwrap();
    let expected = [
        ("not_utf8", "/border posts/2/odd"),
        ("not_finite", "/border posts/3/odd"),
        ("blob", "/border posts/4/odd"),
        ("table_left_out", "/a view"),
        ("table_left_out", "/ghost"),
    ];
    assert_eq!(found, expected.map(|(code, pointer)| (code, pointer.to_owned())));
    let layers: Vec<SourceLayer<()>> = read(&path, &SourceOptions::default(), &|_| ()).unwrap();
    assert_eq!((layers.len(), layers[0].features.len()), (1, 4));
    let odd = features(&layers[0]).into_iter().map(|feature| feature.values[2].clone());
    assert_eq!(odd.collect::<Vec<_>>(), [Value::Null, "A\u{fffd}".into(), Value::Null, Value::Null]);
    let loss = layers[0].losses.iter().find(|loss| &*loss.code == "table_left_out").unwrap();
    assert!(loss.count == 2 && loss.first.contains("ogr2ogr"), "{}", loss.first);
    let asked = SourceOptions { table: Some("a view".into()), ..SourceOptions::default() };
    assert!(read::<()>(&path, &asked, &|_| ()).unwrap_err().to_string().contains("is a view"));
}

#[test]
fn one_table_of_a_geopackage_can_be_chosen_and_its_name_is_escaped_in_pointers() {
    let folder = Folder::new();
    let path = geopackage(&folder, "EPSG");
    let database = rusqlite::Connection::open(&path).unwrap();
    database.execute_batch("ALTER TABLE \"border posts\" RENAME TO \"a/b\"; UPDATE gpkg_contents SET table_name = 'a/b' WHERE data_type = 'features'; UPDATE gpkg_geometry_columns SET table_name = 'a/b'").unwrap();
    let options = |table: &str| SourceOptions { table: Some(table.into()), ..SourceOptions::default() };
    let layers: Vec<SourceLayer<()>> = read::<()>(&path, &options("a/b"), &|_| ()).unwrap();
    assert!(layers[0].losses[0].first.contains("/a~1b/2/geom"), "{}", layers[0].losses[0].first);
    assert!(matches!(read::<()>(&path, &options("c"), &|_| ()), Err(SourceError::NoTable { known, .. }) if known == "a/b"));
    let towns = folder.file("towns.geojson", TOWNS);
    assert!(matches!(read::<()>(&towns, &options("c"), &|_| ()), Err(SourceError::NoTable { known, .. }) if known == "towns"));
}

#[test]
fn a_geopackage_without_a_known_crs_is_refused_unless_told() {
    let folder = Folder::new();
    let path = geopackage(&folder, "NONE");
    assert!(matches!(read::<()>(&path, &SourceOptions::default(), &|_| ()), Err(SourceError::Crs(_))));
    let told = SourceOptions { crs: Some("EPSG:32629".into()), ..SourceOptions::default() };
    assert_eq!(read::<()>(&path, &told, &|_| ()).unwrap()[0].features.len(), 1);
}

#[test]
fn a_property_can_be_the_id() {
    let folder = Folder::new();
    let path = folder.file("a.geojson", TOWNS);
    let options = SourceOptions { id_property: Some("name".into()), ..SourceOptions::default() };
    assert_eq!(ids(&read(&path, &options, &|_| ()).unwrap()[0]), ["Kayes", "Kita"]);
}

#[test]
fn columns_can_be_chosen() {
    let layer = read_text("a.geojson", TOWNS).unwrap().with_columns(&["pop".into(), "name".into()]);
    assert_eq!(features(&layer)[0].values[1], Value::Text("Kayes".into()));
    assert_eq!(layer.schema.columns().len(), 2);
}

#[test]
fn a_slow_feature_holds_the_file_back_and_a_panic_goes_on() {
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let fed = std::sync::atomic::AtomicUsize::new(0);
    let point = |number: u64| raw::Raw {
        pointer: format!("/{number}"),
        id: raw::OwnId::None,
        properties: Vec::new(),
        geometry: Some(geo_types::Point::new(1.0, 2.0).into()),
        rings: rings::Rings::default(),
        findings: Vec::new(),
    };
    let tables = std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let feed = |feed: &mut Feed| {
                feed.begin(Heading::default(), None, false);
                feed.feature(MOST_BYTES, move || {
                    gate.recv().unwrap();
                    Ok(point(0))
                });
                for number in 1..50_000 {
                    feed.feature(1, move || Ok(point(number)));
                    fed.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
                Ok(())
            };
            judged::<()>(2, feed, &mut |_, _| ())
        });
        std::thread::sleep(std::time::Duration::from_millis(300));
        let far = fed.load(std::sync::atomic::Ordering::SeqCst);
        assert!(far <= (2 * BATCHES_PER_THREAD + 1) * feed::MOST_ITEMS, "{far} features ahead of the slow one");
        release.send(()).unwrap();
        reading.join().unwrap()
    });
    assert_eq!(tables.unwrap()[0].seen(), 50_000);

    let faulty = |feed: &mut Feed| {
        feed.begin(Heading::default(), None, false);
        (0..50_000).for_each(|number| feed.feature(1, move || if number == 3 { panic!("a bug") } else { Ok(point(number)) }));
        Ok(())
    };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| judged::<()>(2, faulty, &mut |_, _| ()).is_ok()));
    assert!(outcome.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_file_however_mangled_panics(at in 0usize..TOWNS.len(), bytes in prop::collection::vec(any::<u8>(), 0..12), cut in 0usize..20) {
        let mut content = TOWNS.as_bytes().to_vec();
        let end = (at + cut).min(content.len());
        content.splice(at..end, bytes);
        let folder = Folder::new();
        let _ = read::<()>(&folder.file("a.geojson", &content), &SourceOptions::default(), &|_| ());
        content.splice(0..0, b"SQLite format 3\0".iter().copied());
        let _ = read::<()>(&folder.file("a.gpkg", &content), &SourceOptions::default(), &|_| ());
        content.splice(0..16, b"fgb\x03fgb\0".iter().copied());
        let _ = read::<()>(&folder.file("a.fgb", &content), &SourceOptions::default(), &|_| ());
    }

    #[test]
    fn a_mangled_geometry_blob_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let blob = [b"GP\0\x01\0\0\0\0".as_slice(), &bytes].concat();
        let _ = super::gpkg::geometry_of(&blob, &mut rings::Rings::default());
    }
}

#[test]
fn what_lies_on_the_rim_stays_there_and_what_is_hardly_there_is_seen() {
    let feature = |geometry: &str| format!("{{\"type\":\"Feature\",\"properties\":{{}},\"geometry\":{geometry}}}\n");
    let area = |ring: &str| feature(&format!("{{\"type\":\"Polygon\",\"coordinates\":[[{ring}]]}}"));
    let crossed = area("[180,0],[170.123,3.3],[180,7.7],[171,1],[180,0]");
    assert_eq!(findings("a.ndjson", &crossed), [("repaired_polygon", "/geometry".to_owned())]);
    let layer = read_text("a.ndjson", &crossed).unwrap();
    let bounds = layer.features.get(0).unwrap().bounds().unwrap();
    assert!(bounds.east <= 180.0 && bounds.south >= 0.0 && bounds.north <= 7.7, "{bounds:?}");
    let needle = area("[0,0],[1.0000000000000002,1],[1.0000000000000004,1.0000000000000002],[0,0]");
    assert_eq!(findings("a.ndjson", &needle), [("invalid_polygon", "/geometry".to_owned())]);
    let line = feature("{\"type\":\"LineString\",\"coordinates\":[[-0.0,5],[1,6]]}");
    let Some(Geometry::LineString(line)) = read_text("a.ndjson", &line).unwrap().features.get(0).unwrap().geometry() else {
        panic!("a line")
    };
    assert!(line.0[0].x.is_sign_positive());
}
