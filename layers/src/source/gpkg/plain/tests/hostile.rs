//! Packages that somebody sends: small files that would become much, that would compute for ever, or that are something else.

use super::super::*;
use rusqlite::Connection;
use std::fs;

/// What an upload may be.
const MOST: Bounds = Bounds { rows: 1000, bytes: 4 << 20 };

const FRAME: &str = "CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER);
    INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326);
    CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, description TEXT);
    CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
    INSERT INTO gpkg_contents VALUES ('reports', 'features', '');
    INSERT INTO gpkg_geometry_columns VALUES ('reports', 'geom', 4326);";
const NUMBERS: &str = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 5000)";

/// Reads a package as one that was sent, removed as soon as it is open.
fn sent(statements: &str) -> Result<Vec<PackageRow>, SourceError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a ?sent#%41.gpkg");
    Connection::open(&path).unwrap().execute_batch(&format!("{FRAME}{statements}")).unwrap();
    let package = Package::open_copy(&path)?;
    fs::remove_file(&path).unwrap();
    let rows = package.features(None, MOST);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is made beside it");
    rows
}

#[test]
fn a_package_is_read_though_it_is_gone_and_kept_a_log() {
    let rows = sent(
        "PRAGMA journal_mode = WAL; CREATE TABLE reports (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT);
         INSERT INTO reports VALUES (1, NULL, 'ev-1')",
    );
    assert_eq!(rows.unwrap()[0].as_ref().unwrap()["properties"]["id"], "ev-1");
}

#[test]
fn what_would_become_much_or_compute_is_refused_in_a_sentence() {
    let table = "CREATE TABLE reports (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT);";
    let rows = format!("{table} INSERT INTO reports (fid) {NUMBERS} SELECT n FROM number");
    let endless = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n)";
    for (statements, says) in [
        (rows.clone(), "more than 1000 rows"),
        (rows.replace("5000", "900") + &format!("; ALTER TABLE reports ADD COLUMN much TEXT DEFAULT '{}'", "x".repeat(1 << 20)), "4194304 bytes"),
        (format!("CREATE VIEW reports AS {endless} SELECT n AS fid, NULL AS geom FROM n"), "is a view"),
        ("CREATE VIRTUAL TABLE reports USING fts5(geom)".into(), "virtual table"),
        (
            "CREATE VIRTUAL TABLE reports USING fts5(geom); PRAGMA writable_schema = ON;
             UPDATE sqlite_master SET sql = replace(sql, 'CREATE VIRTUAL', 'CREATE/**/VIRTUAL') WHERE name = 'reports'"
                .into(),
            "virtual table",
        ),
        (
            format!(
                "{table} PRAGMA writable_schema = ON; UPDATE sqlite_master SET sql = 'CREATE VIEW reports AS {endless} SELECT n AS geom FROM n',
                 rootpage = 0 WHERE name = 'reports'"
            ),
            "malformed",
        ),
        (
            format!(
                "{table} INSERT INTO gpkg_contents {NUMBERS} SELECT 'reports', 'features', '' FROM number;
                 INSERT INTO gpkg_geometry_columns {NUMBERS} SELECT 'reports', 'geom', 4326 FROM number"
            ),
            "more tables than any package has",
        ),
        ("DROP TABLE gpkg_geometry_columns".into(), "gpkg_geometry_columns"),
        (String::new(), "it has no table 'reports'"),
    ] {
        let error = sent(&statements).unwrap_err().to_string();
        assert!(error.contains(says), "{error}\nfor {}", statements.chars().take(300).collect::<String>());
    }
}

#[test]
fn triggers_do_not_fire_and_computed_columns_are_not_read() {
    let rows = sent(
        "CREATE TABLE reports (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT, much AS (hex(zeroblob(100000000))));
         CREATE TRIGGER t AFTER INSERT ON reports BEGIN SELECT 1; END; INSERT INTO reports (fid, id) VALUES (1, 'ev-1')",
    )
    .unwrap();
    assert_eq!(rows[0].as_ref().unwrap()["properties"], serde_json::json!({"id": "ev-1"}));
}

#[test]
fn any_bytes_that_are_cut_or_flipped_are_refused_or_read_and_never_more() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, torn) = (folder.path().join("whole.gpkg"), folder.path().join("torn.gpkg"));
    let table = "CREATE TABLE reports (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT);";
    let rows = format!("{FRAME}{table} INSERT INTO reports (fid, id) {NUMBERS} SELECT n, 'ev-' || n FROM number WHERE n < 300");
    Connection::open(&whole).unwrap().execute_batch(&rows).unwrap();
    let bytes = fs::read(&whole).unwrap();
    let mut state = 1_u64;
    for number in 0..400 {
        let mut bytes = bytes.clone();
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = (state >> 33) as usize % bytes.len();
        if number % 4 == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << (state & 7);
        }
        fs::write(&torn, bytes).unwrap();
        let read = Package::open_copy(&torn).and_then(|package| package.features(None, MOST));
        assert!(read.is_err() || read.is_ok_and(|rows| rows.len() <= MOST.rows));
    }
}
