//! Reads an MBTiles file that may be hostile: nothing is written, and a view in it may work for a bounded time only.

use super::super::{About, ArchiveError, Content, MOST_TILE_BYTES, Stored, StoredAs, gzip};
use super::row_from_south;
use crate::grid::{BoxDeg, MAX_ZOOM, TileCoord};
use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Steps of SQLite's machine between two looks at the budget.
const STEPS: i32 = 1 << 18;
/// Looks that one question may take: a fraction of a second.
const MOST_LOOKS: u32 = 50;
/// Bytes of `metadata` that are read.
const MOST_METADATA: usize = 16 << 20;
/// Members of the document that this program decides.
const OWN: [&str; 7] = ["format", "bounds", "center", "minzoom", "maxzoom", "json", "type"];

/// An open MBTiles file. SQLite answers one thread at a time.
pub(in super::super) struct Reader {
    database: Mutex<Connection>,
    looks: Arc<AtomicU32>,
}

impl Reader {
    /// Opens the file and reads its metadata.
    pub(in super::super) fn open(path: &Path) -> Result<(Self, About), ArchiveError> {
        std::fs::metadata(path)?;
        let looks = Arc::new(AtomicU32::new(0));
        let connection = connect(path, Arc::clone(&looks)).map_err(told)?;
        let about = about(&connection, &looks)?;
        Ok((Self { database: Mutex::new(connection), looks }, about))
    }

    /// The stored bytes of a tile; `None` where the archive has none.
    pub(in super::super) fn tile(&self, coord: TileCoord) -> Result<Option<Stored>, ArchiveError> {
        let query = "SELECT tile_data FROM tiles WHERE zoom_level = ?1 AND tile_column = ?2 AND tile_row = ?3";
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        self.looks.store(0, Ordering::Relaxed);
        let found = database.prepare_cached(query).and_then(|mut query| {
            let place = (coord.z(), coord.x(), row_from_south(coord));
            query.query_row(place, |row| Ok(bytes(row.get_ref(0)?))).optional()
        });
        // What unpacking takes nobody else waits for.
        drop(database);
        match found.map_err(told)? {
            None => Ok(None),
            Some(None) => Err(ArchiveError::Broken("the data of a tile are no bytes".to_owned())),
            Some(Some(bytes)) => Ok(Some(stored(bytes)?).filter(|stored| !stored.bytes.is_empty())),
        }
    }
}

fn connect(path: &Path, looks: Arc<AtomicU32>) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::try_from(MOST_TILE_BYTES).unwrap_or(i32::MAX))?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.progress_handler(STEPS, Some(move || looks.fetch_add(1, Ordering::Relaxed) >= MOST_LOOKS))?;
    Ok(connection)
}

fn told(error: rusqlite::Error) -> ArchiveError {
    match error.sqlite_error_code() {
        Some(ErrorCode::OperationInterrupted) => ArchiveError::Broken("looking a tile up takes too many steps".to_owned()),
        _ => ArchiveError::Broken(error.to_string()),
    }
}

/// Vector tiles are compressed as the format says, or not, or by zlib, as some writers have it. No client is told of the last: it is unpacked. No tile
/// that is not compressed begins in that way.
fn stored(bytes: Vec<u8>) -> Result<Stored, ArchiveError> {
    let stored_as = if bytes.starts_with(&[0x1f, 0x8b]) { StoredAs::Gzip } else { StoredAs::Plain };
    let bytes = if gzip::is_zlib(&bytes) { gzip::unpack_zlib(&bytes, MOST_TILE_BYTES as usize, "a tile")? } else { bytes };
    Ok(Stored { bytes, stored_as })
}

fn bytes(value: ValueRef<'_>) -> Option<Vec<u8>> {
    match value {
        ValueRef::Blob(bytes) => Some(bytes.to_vec()),
        ValueRef::Null => Some(Vec::new()),
        _ => None,
    }
}

fn about(connection: &Connection, looks: &AtomicU32) -> Result<About, ArchiveError> {
    let mut rows = metadata(connection)?;
    looks.store(0, Ordering::Relaxed);
    let content = match rows.get("format").map(String::as_str) {
        Some(format) => content_of(format)?,
        None => sniffed(connection).map_err(told)?.ok_or_else(|| {
            ArchiveError::Unsupported("it does not say what its tiles are: row 'format' is missing in 'metadata'".to_owned())
        })?,
    };
    looks.store(0, Ordering::Relaxed);
    let (min_zoom, max_zoom) = zooms(connection, &rows)?;
    let numbers = |name: &str| -> Vec<f64> {
        let text = rows.get(name).map(String::as_str).unwrap_or_default();
        text.split(',').filter_map(|number| number.trim().parse().ok()).collect()
    };
    let bounds = match numbers("bounds")[..] {
        [west, south, east, north] => BoxDeg { west, south, east, north }.or_world(),
        _ => BoxDeg::WORLD,
    };
    let (center, center_zoom) = match numbers("center")[..] {
        [longitude, latitude, zoom] if longitude.abs() <= 180.0 && latitude.abs() <= 90.0 => ([longitude, latitude], zoom as u8),
        _ => (bounds.middle(), min_zoom),
    };
    let mut document: Map<String, Value> = rows.get("json").and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    rows.retain(|name, _| !OWN.contains(&name.as_str()));
    document.extend(rows.into_iter().map(|(name, value)| (name, Value::String(value))));
    Ok(About { content, min_zoom, max_zoom, bounds, center, center_zoom: center_zoom.clamp(min_zoom, max_zoom), document })
}

fn metadata(connection: &Connection) -> Result<BTreeMap<String, String>, ArchiveError> {
    let mut query = connection.prepare("SELECT name, CAST(value AS TEXT) FROM metadata").map_err(told)?;
    let mut rows = query.query([]).map_err(told)?;
    let (mut metadata, mut bytes) = (BTreeMap::new(), 0);
    while let Some(row) = rows.next().map_err(told)? {
        let name: String = row.get(0).map_err(told)?;
        let value = row.get::<_, Option<String>>(1).map_err(told)?.unwrap_or_default();
        // An entry costs something even where it says nothing.
        bytes += name.len() + value.len() + 100;
        if bytes > MOST_METADATA {
            return Err(ArchiveError::Broken(format!("its metadata has more than {MOST_METADATA} bytes")));
        }
        metadata.insert(name, value);
    }
    Ok(metadata)
}

/// The zooms that the metadata name, else those of the tiles themselves.
fn zooms(connection: &Connection, rows: &BTreeMap<String, String>) -> Result<(u8, u8), ArchiveError> {
    let named = |name: &str| rows.get(name).and_then(|text| text.trim().parse::<i64>().ok());
    let (min, max) = match (named("minzoom"), named("maxzoom")) {
        (Some(min), Some(max)) => (min, max),
        _ => {
            let query = "SELECT min(zoom_level), max(zoom_level) FROM tiles";
            let ends = connection.query_row(query, [], |row| Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<i64>>(1)?)));
            let (min, max) = ends.map_err(told)?;
            (min.unwrap_or(0), max.unwrap_or(0))
        }
    };
    match (u8::try_from(min), u8::try_from(max)) {
        (Ok(min), Ok(max)) if min <= max && min <= MAX_ZOOM => Ok((min, max.min(MAX_ZOOM))),
        _ => Err(ArchiveError::Broken(format!("its zooms are said to be {min} to {max}; they must lie in 0 to {MAX_ZOOM}"))),
    }
}

fn content_of(format: &str) -> Result<Content, ArchiveError> {
    match format.trim() {
        "pbf" | "mvt" | "application/vnd.mapbox-vector-tile" | "application/x-protobuf" => Ok(Content::Mvt),
        "png" | "image/png" => Ok(Content::Png),
        "webp" | "image/webp" => Ok(Content::Webp),
        other => {
            let other: String = other.chars().take(40).collect();
            Err(ArchiveError::Unsupported(format!("it holds tiles of format '{other}'; pbf (MVT), png and webp are served")))
        }
    }
}

/// What the first tile is, for files that do not say it.
fn sniffed(connection: &Connection) -> rusqlite::Result<Option<Content>> {
    let first = connection.query_row("SELECT tile_data FROM tiles LIMIT 1", [], |row| Ok(bytes(row.get_ref(0)?))).optional()?;
    Ok(match first.flatten() {
        Some(bytes) if bytes.starts_with(b"\x89PNG") => Some(Content::Png),
        Some(bytes) if bytes.starts_with(b"RIFF") => Some(Content::Webp),
        Some(bytes) if bytes.starts_with(&[0x1f, 0x8b]) || gzip::is_zlib(&bytes) => Some(Content::Mvt),
        _ => None,
    })
}
