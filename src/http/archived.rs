//! Layers that are archives: their tiles pass through as they are stored, and their TileJSON says what the archive says of itself.

use super::call::Call;
use super::document;
use super::encoding::{accepts, negotiate};
use super::html::escape;
use super::links::JSON;
use super::query::{Query, TILE_PARAMETERS};
use super::screen;
use crate::problem::Problem;
use crate::server::Server;
use crate::tile::{Encoding, Format, PictureFormat, Tile, TileKey, Work, Worker};
use crate::world::archived::Archived;
use crate::world::clusters::Clustered;
use axum::http::HeaderMap;
use axum::response::Response;
use roadblock_layers::time::Instant;
use roadblock_layers::vocab::Audience;
use roadblock_tiles::archive::{Content, Stored, StoredAs};
use roadblock_tiles::grid::TileCoord;
use serde_json::{Value, json};
use std::sync::Arc;

/// Bytes of an unpacked tile, at most: what a small file unpacks to must not fill the memory.
const MOST_PLAIN_BYTES: usize = 128 << 20;

/// The tile as stored, or as the client can read it; empty where the archive has none.
pub async fn tile(
    server: &Server,
    archived: &Arc<Archived>,
    coord: TileCoord,
    format: Format,
    query: &Query,
    headers: &HeaderMap,
) -> Result<Arc<Tile>, Problem> {
    refuse_times(archived, query)?;
    fits(archived, coord, format)?;
    let encoding = encoding(format, headers)?;
    let key = TileKey {
        // Archives show the same to all.
        audience: Audience::Public,
        layers: archived.name.as_str().into(),
        revision: archived.revision,
        valid_epochs: (Instant::MIN, Instant::MIN),
        known_epoch: Instant::MIN,
        phases: None,
        clustered: Clustered::none(),
        coord,
        look: None,
        format,
        encoding,
    };
    let archived = Arc::clone(archived);
    let read = move |_: &mut Worker| {
        let sealed = archived.tile(coord).map_err(|error| error.to_string()).and_then(|stored| match stored {
            None => Ok(Tile::seal(Vec::new(), Encoding::Identity)),
            Some(stored) => seal(stored, encoding).map_err(|error| error.to_string()),
        });
        sealed.map_err(|error| {
            tracing::error!(%error, layer = %archived.name, ?coord, "a tile of an archive cannot be read");
            Problem::internal()
        })
    };
    server.tiles.tile(key, || Work { is_short: false, render: read }).await
}

/// Stored bytes pass through where the client can read them; else they are unpacked, and packed as it wishes.
fn seal(stored: Stored, wanted: Encoding) -> std::io::Result<Tile> {
    let stored_as = match stored.stored_as {
        StoredAs::Plain => Encoding::Identity,
        StoredAs::Gzip => Encoding::Gzip,
        StoredAs::Brotli => Encoding::Brotli,
        StoredAs::Zstd => Encoding::Zstd,
    };
    if stored_as == wanted {
        return Ok(Tile::packed(stored.bytes, wanted));
    }
    Ok(Tile::seal(stored_as.unpack(&stored.bytes, MOST_PLAIN_BYTES)?, wanted))
}

/// gzip wherever it is accepted, since archives hold it.
fn encoding(format: Format, headers: &HeaderMap) -> Result<Encoding, Problem> {
    match negotiate(headers) {
        _ if !format.compresses() => Ok(Encoding::Identity),
        _ if accepts(headers, Encoding::Gzip) => Ok(Encoding::Gzip),
        Some(encoding) => Ok(encoding),
        None => Err(screen::refusing_everything()),
    }
}

/// An archive shows what it shows, whatever is asked for.
fn refuse_times(archived: &Archived, query: &Query) -> Result<(), Problem> {
    match query.pairs().iter().find(|(name, _)| TILE_PARAMETERS.contains(&name.as_str())) {
        None => query.allow(&[]),
        Some((name, _)) => Err(Problem::bad_request(
            "TimeOfArchive",
            format!(
                "layer '{}' is an archive of finished tiles, which show one moment in one way; leave '{name}' out",
                archived.name
            ),
        )),
    }
}

fn fits(archived: &Archived, coord: TileCoord, format: Format) -> Result<(), Problem> {
    let Archived { name, min_zoom, max_zoom, .. } = archived;
    let (held, words) = match archived.about().content {
        Content::Mvt => (Format::Mvt, "vector tiles"),
        Content::Png => (Format::Picture(PictureFormat::Png, 1), "PNG pictures of one size"),
        Content::Webp => (Format::Picture(PictureFormat::Webp, 1), "WebP pictures of one size"),
    };
    if format != held {
        let ending = archived.ending();
        return Err(Problem::not_found(format!("layer '{name}' is an archive of {words}; write y.{ending}")));
    }
    if !(*min_zoom..=*max_zoom).contains(&coord.z()) {
        return Err(Problem::not_found(format!("layer '{name}' is an archive of zooms {min_zoom} to {max_zoom}")));
    }
    Ok(())
}

/// The TileJSON of an archive; `suffix` is that of the tiles which the address names, mvt where it names none.
pub fn tilejson(call: &Call, archived: &Archived, suffix: &str) -> Result<Response, Problem> {
    refuse_times(archived, &call.query)?;
    let holds_pictures = archived.about().content != Content::Mvt;
    if suffix != "mvt" && !(suffix == "png" && holds_pictures) {
        let (name, ending) = (&archived.name, archived.ending());
        let detail = format!("layer '{name}' is an archive of {ending} tiles; its TileJSON is /xyz/{name}.json");
        return Err(Problem::not_found(detail));
    }
    Ok(document::seal(call, JSON, describe(archived, &call.base).to_string()))
}

fn describe(archived: &Archived, base: &str) -> Value {
    let about = archived.about();
    let bounds = about.bounds;
    let mut document = json!({
        "tilejson": "3.0.0",
        "name": archived.title,
        "description": archived.description,
        "tiles": [format!("{base}/xyz/{}/{{z}}/{{x}}/{{y}}.{}", archived.name, archived.ending())],
        "scheme": "xyz",
        "minzoom": archived.min_zoom,
        "maxzoom": archived.max_zoom,
        "bounds": [bounds.west, bounds.south, bounds.east, bounds.north],
        "center": [about.center[0], about.center[1], about.center_zoom.clamp(archived.min_zoom, archived.max_zoom)],
        "attribution": escape(&archived.attribution),
    });
    for name in ["datetime", "known_at", "disclaimer", "losses", "left_out", "simplified", "vector_layers"] {
        if let Some(said) = about.document.get(name) {
            document[name] = said.clone();
        }
    }
    if about.content == Content::Mvt && !document["vector_layers"].is_array() {
        document["vector_layers"] = json!([]);
    }
    document
}
