//! Writes an MBTiles file: equal tiles once, behind the view `tiles` that readers of the format expect.

use super::super::parcel::Parcel;
use super::super::partial::Partial;
use super::super::seen::Seen;
use super::super::{About, ArchiveError, Summary};
use super::row_from_south;
use crate::grid::BoxDeg;
use rusqlite::{Connection, OpenFlags, params};
use serde_json::{Map, Value};
use std::path::Path;

/// "MPBX", as the format asks for.
const SETUP: &str = "
    PRAGMA page_size = 4096;
    PRAGMA application_id = 0x4d504258;
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA cache_size = -65536;
    CREATE TABLE metadata (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
    CREATE TABLE images (tile_id INTEGER PRIMARY KEY, tile_data BLOB NOT NULL);
    CREATE TABLE map (
        zoom_level INTEGER NOT NULL, tile_column INTEGER NOT NULL, tile_row INTEGER NOT NULL, tile_id INTEGER NOT NULL,
        PRIMARY KEY (zoom_level, tile_column, tile_row)
    ) WITHOUT ROWID;
    CREATE VIEW tiles AS
        SELECT zoom_level, tile_column, tile_row, tile_data FROM map JOIN images ON images.tile_id = map.tile_id;
    BEGIN";

/// An MBTiles file being written, in one transaction without a journal: it is a throw-away file until it is renamed.
pub(in super::super) struct Writer {
    // Dropped before the file's lock goes.
    connection: Connection,
    partial: Partial,
    seen: Seen<i64>,
    tiles: u64,
    distinct: i64,
}

impl Writer {
    pub(in super::super) fn create(path: &Path, mode: u32) -> Result<Self, ArchiveError> {
        let partial = Partial::create(path, mode)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&partial.path, flags)?;
        connection.execute_batch(SETUP)?;
        Ok(Self { connection, partial, seen: Seen::new(), tiles: 0, distinct: 0 })
    }

    /// Adds a tile; each only once.
    pub(in super::super) fn add(&mut self, parcel: &Parcel) -> Result<(), ArchiveError> {
        let image = match self.seen.find(parcel.digest) {
            Some(image) => image,
            None => {
                self.distinct += 1;
                let mut insert = self.connection.prepare_cached("INSERT INTO images VALUES (?1, ?2)")?;
                insert.execute(params![self.distinct, parcel.bytes])?;
                self.seen.remember(parcel.digest, self.distinct);
                self.distinct
            }
        };
        let (coord, row) = (parcel.coord, row_from_south(parcel.coord));
        let mut insert = self.connection.prepare_cached("INSERT INTO map VALUES (?1, ?2, ?3, ?4)")?;
        insert.execute(params![coord.z(), coord.x(), row, image])?;
        self.tiles += 1;
        Ok(())
    }

    /// Writes what the archive says of itself, and puts the file under its name.
    pub(in super::super) fn finish(self, about: &About) -> Result<Summary, ArchiveError> {
        for (name, value) in metadata(about) {
            self.connection.execute("INSERT OR REPLACE INTO metadata VALUES (?1, ?2)", params![name, value])?;
        }
        self.connection.execute_batch("COMMIT")?;
        self.connection.close().map_err(|(_connection, error)| error)?;
        let bytes = self.partial.file.metadata()?.len();
        self.partial.commit()?;
        Ok(Summary { tiles: self.tiles, distinct: self.distinct.unsigned_abs(), bytes })
    }
}

/// The rows of `metadata`: what the format names, each text of the document, and the rest of it as JSON.
fn metadata(about: &About) -> Vec<(String, String)> {
    let BoxDeg { west, south, east, north } = about.bounds;
    let [longitude, latitude] = about.center;
    let mut rows = vec![
        ("format".to_owned(), about.content.format().to_owned()),
        ("type".to_owned(), "overlay".to_owned()),
        ("bounds".to_owned(), format!("{west},{south},{east},{north}")),
        ("center".to_owned(), format!("{longitude},{latitude},{}", about.center_zoom)),
        ("minzoom".to_owned(), about.min_zoom.to_string()),
        ("maxzoom".to_owned(), about.max_zoom.to_string()),
    ];
    let mut rest = Map::new();
    for (name, value) in &about.document {
        match value {
            Value::String(text) => rows.push((name.clone(), text.clone())),
            other => drop(rest.insert(name.clone(), other.clone())),
        }
    }
    if !rest.is_empty() {
        rows.push(("json".to_owned(), Value::Object(rest).to_string()));
    }
    rows
}
