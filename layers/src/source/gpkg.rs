//! GeoPackage 1.3: every feature table is a table. The file is opened read-only and defended against.

use super::collect::{Collector, Raw, Table};
use super::crs::Transform;
use super::{Report, SourceError, SourceOptions};
use crate::feature::FeatureId;
use crate::finding::Finding;
use crate::value::Value;
use geo_traits::to_geo::ToGeoGeometry;
use geo_types::Geometry;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};
use std::path::Path;

/// Bytes of one row or text.
const LONGEST_ROW: i32 = 256 << 20;

/// Reads the feature tables in the order of their names.
pub(super) fn tables(path: &Path, options: &SourceOptions, report: &mut Report<'_>) -> Result<Vec<Table>, SourceError> {
    let database = open(path).map_err(broken)?;
    let contents = contents(&database).map_err(broken)?;
    if contents.is_empty() {
        return Err(SourceError::Broken("it has no feature tables (gpkg_contents)".into()));
    }
    let mut tables = Vec::with_capacity(contents.len());
    for (number, content) in contents.iter().enumerate() {
        tables.push(table(&database, content, number, options, report)?);
    }
    Ok(tables)
}

fn broken(error: rusqlite::Error) -> SourceError {
    SourceError::Broken(error.to_string())
}

/// Opens a file that may be hostile: no writing, no triggers or views that run functions, bounded rows.
fn open(path: &Path) -> rusqlite::Result<Connection> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    database.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_ROW)?;
    database.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    Ok(database)
}

/// What the package says of one feature table.
struct Content {
    table: String,
    geometry: String,
    description: String,
    organization: String,
    crs: i64,
}

fn contents(database: &Connection) -> rusqlite::Result<Vec<Content>> {
    let mut query = database.prepare(
        "SELECT c.table_name, g.column_name, coalesce(c.description, ''), coalesce(s.organization, ''), coalesce(s.organization_coordsys_id, 0)
         FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
         LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
         WHERE c.data_type = 'features' ORDER BY c.table_name",
    )?;
    let rows = query.query_map([], |row| {
        Ok(Content {
            table: row.get(0)?,
            geometry: row.get(1)?,
            description: row.get(2)?,
            organization: row.get(3)?,
            crs: row.get(4)?,
        })
    })?;
    rows.collect()
}

fn table(
    database: &Connection,
    content: &Content,
    number: usize,
    options: &SourceOptions,
    report: &mut Report<'_>,
) -> Result<Table, SourceError> {
    let transform = match &options.crs {
        Some(named) => Transform::named(named)?,
        None if content.organization.eq_ignore_ascii_case("EPSG") => Transform::named(&format!("EPSG:{}", content.crs))?,
        None => {
            let reason = format!(
                "table {} names no known coordinate reference system; say which it is with crs = \"EPSG:…\"",
                content.table
            );
            return Err(SourceError::Crs(reason));
        }
    };
    let mut collector = Collector::new(&content.table, transform, number, report);
    let mut query = database.prepare(&format!("SELECT * FROM {}", quoted(&content.table))).map_err(broken)?;
    let columns: Vec<String> = query.column_names().map(str::to_owned).collect();
    let key = primary_key(database, &content.table).map_err(broken)?;
    let mut rows = query.query([]).map_err(broken)?;
    while let Some(row) = rows.next().map_err(broken)? {
        take(row, &columns, key.as_deref(), content, options, &mut collector);
    }
    let mut table = collector.into_table();
    table.description.clone_from(&content.description);
    Ok(table)
}

/// Name of the integer primary key, which GeoPackage uses as the feature id.
fn primary_key(database: &Connection, table: &str) -> rusqlite::Result<Option<String>> {
    let mut query = database.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk = 1")?;
    let mut rows = query.query([table])?;
    rows.next()?.map(|row| row.get(0)).transpose()
}

/// A name as SQL writes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn take(
    row: &Row<'_>,
    columns: &[String],
    key: Option<&str>,
    content: &Content,
    options: &SourceOptions,
    collector: &mut Collector<'_>,
) {
    let pointer = format!("/{}/{}", content.table, collector.seen() + 1);
    let (mut id, mut geometry, mut properties) = (None, None, Vec::with_capacity(columns.len()));
    for (number, name) in columns.iter().enumerate() {
        let Ok(cell) = row.get_ref(number) else { continue };
        if name.eq_ignore_ascii_case(&content.geometry) {
            match cell {
                ValueRef::Blob(bytes) => match geometry_of(bytes) {
                    Ok(found) => geometry = found,
                    Err(message) => return collector.lose(Finding::error("bad_geometry", format!("{pointer}/{name}"), message)),
                },
                ValueRef::Null => (),
                _ => {
                    return collector.lose(Finding::error(
                        "bad_geometry",
                        format!("{pointer}/{name}"),
                        "the geometry is no blob",
                    ));
                }
            }
            continue;
        }
        let value = value(cell);
        let is_id = options.id_property.as_deref().map_or(key == Some(name.as_str()), |wanted| wanted == name);
        if is_id {
            id = match &value {
                Value::Int(number) => u64::try_from(*number).ok().map(FeatureId::Int),
                Value::Text(text) if !text.is_empty() => Some(FeatureId::Text(text.clone())),
                _ => None,
            };
        }
        if key != Some(name.as_str()) {
            properties.push((name.clone(), value));
        }
    }
    collector.take(Raw { pointer, id, properties, geometry });
}

fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) if number.is_finite() => Value::Float(number),
        ValueRef::Real(_) => Value::Null,
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).as_ref().into(),
    }
}

/// The geometry of a GeoPackage blob: a header of 8 bytes, an envelope, then WKB. `None` if it is marked empty.
pub(super) fn geometry_of(blob: &[u8]) -> Result<Option<Geometry<f64>>, String> {
    let [b'G', b'P', _version, flags, ..] = *blob else { return Err("the blob does not start with GP".into()) };
    let envelope_bytes = match (flags >> 1) & 7 {
        0 => 0,
        1 => 32,
        2 | 3 => 48,
        4 => 64,
        other => return Err(format!("envelope code {other} does not exist")),
    };
    if flags & 0b0001_0000 != 0 {
        return Ok(None);
    }
    let wkb = blob.get(8 + envelope_bytes..).ok_or("the blob ends within its header")?;
    let parsed = wkb::reader::read_wkb(wkb).map_err(|error| error.to_string())?;
    Ok(parsed.try_to_geometry())
}
