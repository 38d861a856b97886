//! An SQLite file that may be hostile: nothing is written, nothing in it is run, rows are bounded, and so is the work between two.
//!
//! Only plain tables are read: a view or a virtual table is a program, and could compute for ever.

use super::super::SourceError;
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, Row};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Bytes of one row or text.
const LONGEST_ROW: i32 = 256 << 20;
/// Steps of SQLite's machine between two looks at the budget.
const STEPS: i32 = 1 << 20;
/// Looks that may pass before the next row comes: some seconds.
const MOST_LOOKS: u32 = 200;

/// The open file.
pub(super) struct Database {
    connection: Connection,
    /// Looks since the last row.
    looks: Arc<AtomicU32>,
}

/// A column of a table.
pub(super) struct Column {
    pub(super) name: String,
    /// The integer primary key, which GeoPackage uses as the feature id.
    pub(super) is_key: bool,
    pub(super) is_boolean: bool,
}

impl Database {
    pub(super) fn open(path: &Path) -> Result<Self, SourceError> {
        let looks = Arc::new(AtomicU32::new(0));
        let connection = connect(path, Arc::clone(&looks)).map_err(broken)?;
        Ok(Self { connection, looks })
    }

    /// Refuses what is missing, a view or a virtual table.
    pub(super) fn needs_table(&self, name: &str) -> Result<(), SourceError> {
        let query =
            "SELECT type, coalesce(sql, '') FROM sqlite_master WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')";
        let found = self.connection.query_row(query, [name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        let reason = match found {
            Ok((kind, sql)) if kind == "table" && !is_virtual(&sql) => return Ok(()),
            Ok((kind, _)) if kind == "view" => {
                format!("'{name}' is a view; only tables are read, so write it to one with ogr2ogr")
            }
            Ok(_) => format!("'{name}' is a virtual table; only plain tables are read"),
            Err(rusqlite::Error::QueryReturnedNoRows) => format!("it has no table '{name}'"),
            Err(error) => return Err(broken(error)),
        };
        Err(SourceError::Broken(reason))
    }

    pub(super) fn columns(&self, table: &str) -> Result<Vec<Column>, SourceError> {
        let list = || {
            let mut query = self.connection.prepare("SELECT name, type, pk FROM pragma_table_info(?1)")?;
            let column = |row: &Row<'_>| {
                let kind: String = row.get(1)?;
                Ok(Column {
                    name: row.get(0)?,
                    is_key: row.get::<_, i64>(2)? == 1,
                    is_boolean: kind.eq_ignore_ascii_case("BOOLEAN"),
                })
            };
            query.query_map([table], column)?.collect::<rusqlite::Result<_>>()
        };
        list().map_err(broken)
    }

    /// Hands each row of a query over.
    pub(super) fn rows(&self, query: &str, take: &mut dyn FnMut(&Row<'_>) -> rusqlite::Result<()>) -> Result<(), SourceError> {
        let mut walk = || {
            let mut query = self.connection.prepare(query)?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                self.looks.store(0, Ordering::Relaxed);
                take(row)?;
            }
            Ok(())
        };
        walk().map_err(broken)
    }
}

fn connect(path: &Path, looks: Arc<AtomicU32>) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_ROW)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.progress_handler(STEPS, Some(move || looks.fetch_add(1, Ordering::Relaxed) >= MOST_LOOKS))?;
    Ok(connection)
}

fn broken(error: rusqlite::Error) -> SourceError {
    SourceError::Broken(match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::OperationInterrupted) => "reading it takes too many steps without a row".to_owned(),
        _ => error.to_string(),
    })
}

fn is_virtual(sql: &str) -> bool {
    let mut words = sql.split_ascii_whitespace().map(str::to_ascii_uppercase);
    words.next().as_deref() == Some("CREATE") && words.next().as_deref() == Some("VIRTUAL")
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
