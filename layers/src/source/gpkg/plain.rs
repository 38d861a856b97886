//! The rows of a GeoPackage's table as GeoJSON features, for records: every value as it stands, nothing repaired. What does not fit is for
//! the reader of records to refuse.

use super::super::raw::Raw;
use super::super::{SourceError, SourceOptions};
use super::database::Database;
use super::{Plan, Table, cells, contents};
use crate::finding::Finding;
use crate::value::Value;
use geo::MapCoords;
use geo_types::{Coord, Geometry};
use serde_json::{Map, Value as Json, json};
use std::path::Path;

/// A row as a feature, or what is wrong with it.
pub type PackageRow = Result<Json, Finding>;

/// How much is read, at most.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Rows.
    pub rows: usize,
    /// Bytes of what is made of them: little in a file can become much, as one default is the value of many rows.
    pub bytes: usize,
}

impl Bounds {
    /// All of it.
    pub const NONE: Self = Self { rows: usize::MAX, bytes: usize::MAX };
}

/// An open GeoPackage.
pub struct Package(Database);

impl Package {
    /// Opens a file.
    ///
    /// # Errors
    /// When SQLite cannot; whether it is a GeoPackage is seen when it is read.
    pub fn open(path: &Path) -> Result<Self, SourceError> {
        Database::open(path).map(Self)
    }

    /// Opens a file that nobody else has. Once it is open the file may be removed, and it is read in as many steps as any file may take for a row.
    ///
    /// # Errors
    /// As [`Package::open`].
    pub fn open_copy(path: &Path) -> Result<Self, SourceError> {
        Database::open_copy(path).map(Self)
    }

    /// Reads the one table of features, or the one that is named; rows in their order.
    ///
    /// # Errors
    /// When it is no GeoPackage, holds several tables and none is named, one without a known coordinate reference system, or more than is read.
    pub fn features(&self, table: Option<&str>, most: Bounds) -> Result<Vec<PackageRow>, SourceError> {
        rows(&self.0, table, most)
    }
}

fn rows(database: &Database, table: Option<&str>, most: Bounds) -> Result<Vec<PackageRow>, SourceError> {
    let options = SourceOptions::default();
    let contents = contents(database)?;
    let known = || contents.iter().map(|content| content.table.as_str()).collect::<Vec<_>>().join(", ");
    let content = match (table, contents.as_slice()) {
        (None, [only]) => only,
        (None, []) => return Err(SourceError::Broken("it has no feature tables (gpkg_contents)".into())),
        (None, _) => return Err(SourceError::Broken(format!("it has several tables, name one of them: {}", known()))),
        (Some(asked), _) => {
            let named = contents.iter().find(|content| content.table == asked);
            named.ok_or_else(|| SourceError::NoTable { name: asked.to_owned(), known: known() })?
        }
    };
    let Plan { columns, transform, .. } = Plan::new(database, content, &options)?;
    let table = Table::of(content, columns);
    let (mut features, mut made): (Vec<PackageRow>, usize) = (Vec::new(), 0);
    let mut piece = Vec::new();
    database.rows(&table.query(), &mut |row| {
        piece.clear();
        cells::put(row, table.columns.len(), &mut piece)?;
        made = made.saturating_add(table.cost(&piece));
        if features.len() >= most.rows || made > most.bytes {
            let Bounds { rows, bytes } = most;
            return Err(SourceError::Broken(format!("more than {rows} rows or {bytes} bytes in them; send them in parts")));
        }
        let read = table.read(&piece, features.len() as u64 + 1);
        let moved = |at| transform.as_ref().map_or(Some(at), |transform| transform.apply(at));
        features.push(read.and_then(|raw| feature(raw, moved)));
        Ok(())
    })?;
    Ok(features)
}

fn feature(raw: Raw, moved: impl Fn(Coord<f64>) -> Option<Coord<f64>> + Copy) -> PackageRow {
    if let Some(finding) = raw.rings.finding("") {
        return Err(Finding::error(finding.code, finding.pointer, finding.message));
    }
    let geometry = match raw.geometry {
        None => Json::Null,
        Some(geometry) => {
            let here = geometry.try_map_coords(|at| moved(at).ok_or(()));
            let here: Geometry<f64> = here.map_err(|()| {
                Finding::error("bad_geometry", "/geometry", "a position is outside of its coordinate reference system")
            })?;
            serde_json::to_value(geojson::Geometry::from(&here)).unwrap_or_default()
        }
    };
    let properties: Map<String, Json> = raw.properties.into_iter().map(|(name, value)| (name, plain(value))).collect();
    Ok(json!({"type": "Feature", "geometry": geometry, "properties": properties}))
}

/// A value; lists and objects, for which the format has no type, stand in it as JSON in texts, or as GDAL writes lists of texts: `(2:fuel,food)`.
fn plain(value: Value) -> Json {
    match &value {
        Value::Text(text) if text.starts_with('(') => gdal_list(text).map_or_else(|| value.to_json(), Json::from),
        Value::Text(text) if text.starts_with(['[', '{']) => {
            serde_json::from_str(text).unwrap_or_else(|_no_json| value.to_json())
        }
        _ => value.to_json(),
    }
}

/// The texts of a list as GDAL writes it; nothing if their number is not the one that stands before them.
fn gdal_list(text: &str) -> Option<Vec<&str>> {
    let (count, texts) = text.strip_prefix('(')?.strip_suffix(')')?.split_once(':')?;
    let count: usize = count.parse().ok()?;
    let texts: Vec<&str> = if count == 0 { Vec::new() } else { texts.split(',').collect() };
    (texts.len() == count).then_some(texts)
}

#[cfg(test)]
mod tests {
    mod hostile;

    use super::*;
    use rusqlite::{Connection, params};

    fn read(path: &Path, table: Option<&str>) -> Result<Vec<PackageRow>, SourceError> {
        Package::open(path)?.features(table, Bounds::NONE)
    }

    /// A point as GeoPackage holds it: little-endian, without an envelope.
    fn point(x: f64, y: f64) -> Vec<u8> {
        let header: &[u8] = b"GP\x00\x01\x00\x00\x00\x00\x01\x01\x00\x00\x00";
        [header, &x.to_le_bytes(), &y.to_le_bytes()].concat()
    }

    #[test]
    fn rows_are_features_with_every_value_as_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("reports.gpkg");
        let package = Connection::open(&path).unwrap();
        let tables = "CREATE TABLE gpkg_spatial_ref_sys (srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER);
            INSERT INTO gpkg_spatial_ref_sys VALUES (4326, 'EPSG', 4326), (32629, 'EPSG', 32629);
            CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT, description TEXT);
            CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER);
            INSERT INTO gpkg_contents VALUES ('reports', 'features', '');
            INSERT INTO gpkg_geometry_columns VALUES ('reports', 'geom', 4326);
            CREATE TABLE reports (fid INTEGER PRIMARY KEY, geom BLOB, id TEXT, commodity TEXT, escorted BOOLEAN, notes TEXT)";
        package.execute_batch(tables).unwrap();
        let insert = "INSERT INTO reports VALUES (?1, ?2, ?3, '[\"fuel\", \"food\"]', 1, '[unclear] {')";
        package.execute(insert, params![7, point(-8.5, 12.625), "ev-1"]).unwrap();
        package.execute(insert, params![8, vec![1_u8, 2], "ev-2"]).unwrap();
        package.execute(insert, params![9, None::<Vec<u8>>, "ev-3"]).unwrap();

        let rows = read(&path, None).unwrap();
        let expected = json!({"type": "Feature", "geometry": {"type": "Point", "coordinates": [-8.5, 12.625]}, "properties": {
            "id": "ev-1", "commodity": ["fuel", "food"], "escorted": true, "notes": "[unclear] {"}});
        assert_eq!(rows[0], Ok(expected));
        assert_eq!(rows[1].as_ref().unwrap_err().code, "bad_geometry");
        assert_eq!(rows[2].as_ref().unwrap()["geometry"], Json::Null);

        assert!(read(&path, Some("roads")).unwrap_err().to_string().contains("reports"));
        package.execute_batch("UPDATE gpkg_geometry_columns SET srs_id = 32629").unwrap();
        package.execute("UPDATE reports SET geom = ?1", [point(500_000.0, 0.0)]).unwrap();
        let moved = read(&path, Some("reports")).unwrap()[0].clone().unwrap();
        let at = moved["geometry"]["coordinates"].as_array().unwrap();
        assert!((at[0].as_f64().unwrap() + 9.0).abs() < 1e-6 && at[1].as_f64().unwrap().abs() < 1e-6, "{moved}");

        package
            .execute_batch(
                "CREATE TABLE roads AS SELECT * FROM reports; INSERT INTO gpkg_contents VALUES ('roads', 'features', '');
            INSERT INTO gpkg_geometry_columns VALUES ('roads', 'geom', 4326)",
            )
            .unwrap();
        assert!(read(&path, None).unwrap_err().to_string().contains("reports, roads"));
    }

    #[test]
    fn lists_are_read_as_gdal_writes_them_and_other_texts_stay() {
        let read = |text: &str| plain(Value::from(text));
        assert_eq!(read("(2:fuel,food)"), json!(["fuel", "food"]));
        assert_eq!(read("(0:)"), json!([]));
        for text in ["(2:fuel)", "(near Kati)", "(x:y)", "(1:a", "("] {
            assert_eq!(read(text), json!(text));
        }
    }
}
