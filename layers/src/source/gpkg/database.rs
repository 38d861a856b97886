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
    /// Looks since the last row; of a copy, which is small, since it was opened.
    looks: Arc<AtomicU32>,
    is_copy: bool,
}

/// Takes a row.
pub(super) type Take<'t> = &'t mut dyn FnMut(&Row<'_>) -> Result<(), SourceError>;

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
        Ok(Self { connection: connect(path, OpenFlags::empty(), Arc::clone(&looks))?, looks, is_copy: false })
    }

    /// Opens a file that nobody else has or changes, so that SQLite looks for no log beside it and makes none.
    pub(super) fn open_copy(path: &Path) -> Result<Self, SourceError> {
        let looks = Arc::new(AtomicU32::new(0));
        let path = path.to_str().ok_or_else(|| SourceError::Broken("its name is no UTF-8".into()))?;
        let plain = path.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let address = format!("file:{plain}?immutable=1");
        let connection = connect(Path::new(&address), OpenFlags::SQLITE_OPEN_URI, Arc::clone(&looks))?;
        Ok(Self { connection, looks, is_copy: true })
    }

    /// Refuses what is missing, a view or a virtual table.
    pub(super) fn needs_table(&self, name: &str) -> Result<(), SourceError> {
        let query =
            "SELECT type, coalesce(sql, '') FROM sqlite_master WHERE name = ?1 COLLATE NOCASE AND type IN ('table', 'view')";
        let found = self.connection.query_row(query, [name], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
        let reason = match found {
            Ok((kind, sql)) if kind == "table" && is_plain(&sql) => return Ok(()),
            Ok((kind, _)) if kind == "view" => {
                format!("'{name}' is a view; only tables are read, so write it to one with ogr2ogr")
            }
            Ok(_) => format!("'{name}' is a virtual table; only plain tables are read"),
            Err(rusqlite::Error::QueryReturnedNoRows) => format!("it has no table '{name}'"),
            Err(error) => return Err(error.into()),
        };
        Err(SourceError::Broken(reason))
    }

    pub(super) fn columns(&self, table: &str) -> Result<Vec<Column>, SourceError> {
        let list = || -> rusqlite::Result<Vec<Column>> {
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
        Ok(list()?)
    }

    /// Hands each row of a query over.
    pub(super) fn rows(&self, query: &str, take: Take<'_>) -> Result<(), SourceError> {
        let mut query = self.connection.prepare(query)?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            if !self.is_copy {
                self.looks.store(0, Ordering::Relaxed);
            }
            take(row)?;
        }
        Ok(())
    }
}

fn connect(path: &Path, more: OpenFlags, looks: Arc<AtomicU32>) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_ROW)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.progress_handler(STEPS, Some(move || looks.fetch_add(1, Ordering::Relaxed) >= MOST_LOOKS))?;
    Ok(connection)
}

impl From<rusqlite::Error> for SourceError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Broken(match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted) => "reading it takes too many steps".to_owned(),
            _ => error.to_string(),
        })
    }
}

/// Whether a table is one that SQLite itself keeps, by the words with which it always begins to say so.
fn is_plain(sql: &str) -> bool {
    let mut words = sql.split_ascii_whitespace();
    ["CREATE", "TABLE"].iter().all(|word| words.next().is_some_and(|its| its.eq_ignore_ascii_case(word)))
}

/// A name as SQL writes it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
