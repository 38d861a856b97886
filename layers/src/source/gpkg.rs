//! GeoPackage 1.3: every feature table is a table. The file is opened read-only and defended against.

mod cells;
mod database;
mod plain;

use super::crs::Transform;
use super::feed::{Feed, Heading};
use super::raw::{OwnId, Raw, escaped};
use super::rings::Rings;
use super::{SourceError, SourceOptions, wkb};
use crate::finding::Finding;
use crate::value::Value;
use cells::Cells;
use database::{Column, Database};
use geo_types::Geometry;
pub use plain::{Bounds, Package, PackageRow};
use rusqlite::types::ValueRef;
use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

/// Reads the feature tables in the order of their names, or the one that is asked for.
pub(super) fn tables(path: &Path, options: &SourceOptions, feed: &mut Feed) -> Result<(), SourceError> {
    let database = Database::open(path)?;
    let mut contents = contents(&database)?;
    if contents.is_empty() {
        return Err(SourceError::Broken("it has no feature tables (gpkg_contents)".into()));
    }
    if let Some(asked) = &options.table {
        let known: Vec<String> = contents.iter().map(|content| content.table.clone()).collect();
        contents.retain(|content| content.table == *asked);
        if contents.is_empty() {
            return Err(SourceError::NoTable { name: asked.clone(), known: known.join(", ") });
        }
    }
    // All that refuses the file comes before the first finding.
    let (mut planned, mut refused) = (Vec::new(), Vec::new());
    for content in &contents {
        match Plan::new(&database, content, options) {
            Ok(plan) => planned.push(plan),
            Err(error) => refused.push((content, error)),
        }
    }
    if planned.is_empty() {
        return refused.into_iter().next().map_or(Ok(()), |(_, error)| Err(error));
    }
    planned.into_iter().try_for_each(|plan| plan.read(&database, options, feed))?;
    for (content, error) in refused {
        let reason = if let SourceError::Broken(reason) = error { reason } else { error.to_string() };
        feed.note(Finding::error("table_left_out", format!("/{}", escaped(&content.table)), reason));
    }
    Ok(())
}

/// Feature tables of a package.
const MOST_TABLES: usize = 4096;
/// Bytes of what a package says of them all.
const MOST_TOLD: usize = 8 << 20;

/// Bytes of a row that are kept ready for the next.
const MOST_KEPT: usize = 1 << 20;

/// What the package says of one feature table.
struct Content {
    table: String,
    geometry: String,
    description: String,
    organization: String,
    crs: i64,
}

fn contents(database: &Database) -> Result<Vec<Content>, SourceError> {
    for table in ["gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys"] {
        database.needs_table(table)?;
    }
    let query = "SELECT c.table_name, g.column_name, coalesce(c.description, ''), coalesce(s.organization, ''),
            coalesce(s.organization_coordsys_id, 0)
         FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name
         LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id
         WHERE c.data_type = 'features'";
    let (mut found, mut told) = (Vec::new(), 0);
    database.rows(query, &mut |row| {
        let content = Content {
            table: row.get(0)?,
            geometry: row.get(1)?,
            description: row.get(2)?,
            organization: row.get(3)?,
            crs: row.get(4)?,
        };
        told += content.table.len() + content.geometry.len() + content.description.len() + content.organization.len();
        found.push(content);
        // The same table may be named as often as a file pleases.
        if found.len() > MOST_TABLES || told > MOST_TOLD {
            return Err(SourceError::Broken(
                "gpkg_contents and gpkg_geometry_columns name more tables than any package has".into(),
            ));
        }
        Ok(())
    })?;
    // Not by SQLite, which would put them all in a file first.
    found.sort_by(|one, other| one.table.cmp(&other.table));
    Ok(found)
}

/// A table that can be read.
struct Plan<'a> {
    content: &'a Content,
    columns: Vec<Column>,
    transform: Option<Transform>,
}

impl<'a> Plan<'a> {
    fn new(database: &Database, content: &'a Content, options: &SourceOptions) -> Result<Self, SourceError> {
        let table = &content.table;
        database.needs_table(table)?;
        let columns = database.columns(table)?;
        if !columns.iter().any(|column| column.name.eq_ignore_ascii_case(&content.geometry)) {
            let reason = format!("table '{table}' has no column '{}', which gpkg_geometry_columns names", content.geometry);
            return Err(SourceError::Broken(reason));
        }
        let transform = match &options.crs {
            Some(named) => Transform::named(named)?,
            None if content.organization.eq_ignore_ascii_case("EPSG") => Transform::named(&format!("EPSG:{}", content.crs))?,
            None => {
                return Err(SourceError::Crs(format!(
                    "table '{table}' names no known coordinate reference system; say which it is with crs = \"EPSG:…\""
                )));
            }
        };
        Ok(Self { content, columns, transform })
    }

    fn read(self, database: &Database, options: &SourceOptions, feed: &mut Feed) -> Result<(), SourceError> {
        let key = self.columns.iter().find(|column| column.is_key).map(|column| column.name.as_str());
        let heading = Heading {
            name: self.content.table.clone(),
            description: self.content.description.clone(),
            // The key is the id anyway, and no property.
            id_property: options.id_property.clone().filter(|name| key != Some(name.as_str())),
        };
        feed.begin(heading, self.transform, false);
        let table = Arc::new(Table::of(self.content, self.columns));
        let mut piece = Vec::new();
        database.rows(&table.query(), &mut |row| {
            piece.clear();
            // One long row does not keep its room for all that follow.
            piece.shrink_to(MOST_KEPT);
            cells::put(row, table.columns.len(), &mut piece)?;
            let (table, number) = (Arc::clone(&table), feed.seen() + 1);
            feed.piece_feature(&piece, move |piece| table.read(piece, number));
            Ok(())
        })
    }
}

/// What a row is read by.
struct Table {
    name: String,
    geometry: String,
    columns: Vec<Column>,
}

impl Table {
    fn of(content: &Content, columns: Vec<Column>) -> Self {
        Self { name: content.table.clone(), geometry: content.geometry.clone(), columns }
    }

    /// Asks for all columns of all rows.
    fn query(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| database::quoted(&column.name)).collect();
        format!("SELECT {} FROM {}", names.join(", "), database::quoted(&self.name))
    }

    /// Bytes of what is made of a row, roughly: each cell is named.
    fn cost(&self, piece: &[u8]) -> usize {
        Cells(piece).zip(&self.columns).map(|(cell, column)| 32 + column.name.len() + bytes(cell)).sum()
    }

    fn read(&self, piece: &[u8], number: u64) -> Result<Raw, Finding> {
        let pointer = format!("/{}/{number}", escaped(&self.name));
        let (mut rings, mut geometry) = (Rings::default(), None);
        let (mut id, mut properties) = (OwnId::None, Vec::with_capacity(self.columns.len()));
        let mut findings = Vec::new();
        for (cell, column) in Cells(piece).zip(&self.columns) {
            if column.name.eq_ignore_ascii_case(&self.geometry) {
                let place = || format!("{pointer}/{}", escaped(&column.name));
                geometry = place_of(cell, &mut rings).map_err(|message| Finding::error("bad_geometry", place(), message))?;
            } else if column.is_key {
                id = OwnId::from_value(&value(cell, column));
            } else {
                let lost = |(code, message)| Finding::warning(code, format!("{pointer}/{}", escaped(&column.name)), message);
                findings.extend(lost_of(cell).map(lost));
                properties.push((column.name.clone(), value(cell, column)));
            }
        }
        Ok(Raw { pointer, id, properties, geometry, rings, findings })
    }
}

/// Bytes of what is made of a cell, roughly.
fn bytes(cell: ValueRef<'_>) -> usize {
    match cell {
        ValueRef::Blob(bytes) => bytes.len(),
        ValueRef::Text(bytes) => text(bytes).len(),
        ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => 8,
    }
}

/// Text that is no UTF-8 is read as far as it can be.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

fn place_of(cell: ValueRef<'_>, rings: &mut Rings) -> Result<Option<Geometry<f64>>, String> {
    match cell {
        ValueRef::Blob(bytes) => geometry_of(bytes, rings),
        ValueRef::Null => Ok(None),
        _ => Err("the geometry is no blob".into()),
    }
}

fn value(cell: ValueRef<'_>, column: &Column) -> Value {
    match cell {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number @ (0 | 1)) if column.is_boolean => Value::Bool(number == 1),
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) if number.is_finite() => Value::Float(number),
        ValueRef::Real(_) => Value::Null,
        ValueRef::Text(bytes) => Value::from(&*text(bytes)),
    }
}

/// What a cell loses by becoming a value: a code, and what happens.
fn lost_of(cell: ValueRef<'_>) -> Option<(&'static str, &'static str)> {
    match cell {
        ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_err() => {
            Some(("not_utf8", "the text is no UTF-8; what cannot be read of it is replaced"))
        }
        ValueRef::Real(number) if !number.is_finite() => Some(("not_finite", "the number is not finite; it is left empty")),
        ValueRef::Blob(_) => Some(("blob", "a blob is no value of a map; it is left empty")),
        _ => None,
    }
}

/// The geometry of a GeoPackage blob: a header of 8 bytes, an envelope, then WKB. `None` if it is marked empty.
pub(super) fn geometry_of(blob: &[u8], rings: &mut Rings) -> Result<Option<Geometry<f64>>, String> {
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
    let bytes = blob.get(8 + envelope_bytes..).ok_or("the blob ends within its header")?;
    wkb::geometry(bytes, rings)
}
