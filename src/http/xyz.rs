//! `/xyz/{layers}/{z}/{x}/{y}[@2x|@3x].{mvt|pbf|mlt|png|webp}`: tiles for web maps.
//!
//! Impossible coordinates, unknown layers and unknown suffixes are 404; wrong parameters 400; an empty vector tile is 204,
//! an empty raster tile a transparent picture.

use super::access::compared;
use super::archived;
use super::clustered;
use super::encoding::negotiate;
use super::layer_set::LayerSet;
use super::query::{Query, TILE_PARAMETERS};
use super::screen;
use super::validators::{cache_control, not_modified};
use super::vector_format;
use crate::caller::Caller;
use crate::portray::{self, Found, PortrayError};
use crate::problem::Problem;
use crate::server::Server;
use crate::style::Look;
use crate::tile::{Encoding, Format, PictureFormat, Tile, TileKey, Work, Worker};
use crate::world::World;
use crate::world::clusters::Clustered;
use crate::world::stamps::Sight;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roadblock_layers::access::CHANGES_LAYER;
use roadblock_layers::layer::Asked;
use roadblock_layers::vocab::Audience;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::raster::TILES_SEEN_AROUND;
use roadblock_tiles::vector::VectorFormat;
use std::sync::Arc;

/// The addresses of tiles, as the router has them.
pub const ROUTE: &str = "/xyz/{layers}/{z}/{x}/{file}";

/// The layers, `z`, `x` and the file that an address names; `None` of any other, and of one that has to be decoded first.
fn pieces(path: &str) -> Option<[&str; 4]> {
    let rest = path.strip_prefix("/xyz/")?;
    let (mut slashes, mut count) = ([0; 3], 0);
    // Byte by byte, which for an address is quicker than to search it for each slash.
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'%' => return None,
            b'/' => {
                *slashes.get_mut(count)? = at;
                count += 1;
            }
            _ => (),
        }
    }
    let [layers, z, x] = slashes;
    let named = [rest.get(..layers)?, rest.get(layers + 1..z)?, rest.get(z + 1..x)?, rest.get(x + 1..)?];
    (count == slashes.len() && named.iter().all(|piece| !piece.is_empty())).then_some(named)
}

/// Whether a request is one of those that `tile_of` answers: nearly all for tiles.
pub fn is_tile(request: &Request) -> bool {
    request.method() == Method::GET && pieces(request.uri().path()).is_some()
}

/// Answers one tile, whose address no router has looked at.
pub async fn tile_of(server: &Arc<Server>, request: Request) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    let named = pieces(parts.uri.path()).ok_or_else(Problem::internal)?;
    tile_at(server, &Caller::of(&parts), named, &parts).await
}

/// Answers one tile that the router found.
pub async fn tile(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path((layers, z, x, file)): Path<(String, String, String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    tile_at(&server, &caller, [&layers, &z, &x, &file], &parts).await
}

async fn tile_at(
    server: &Arc<Server>,
    caller: &Caller,
    [layers, z, x, file]: [&str; 4],
    Parts { uri, headers, .. }: &Parts,
) -> Result<Response, Problem> {
    let (coord, named) = parse_tile(z, x, file)?;
    let format = vector_format::wanted(named, headers);
    if matches!(format, Format::Picture(PictureFormat::Jpeg, _)) {
        // What lies over other maps is see-through, and JPEG is not.
        return Err(unknown_suffix(file));
    }
    let query = Query::parse(uri.query())?;
    let world = server.world_of(caller.audience);
    if let Some(archived) = world.archive(layers) {
        // Boxed, as whatever few tiles need, so that the others carry no room for it.
        let tile = Box::pin(archived::tile(server, archived, coord, named, &query, headers)).await?;
        let vary = named.compresses().then_some("Accept-Encoding");
        return Ok(respond(&tile, named.media_type(), vary, cache_control(server.now(), None), headers));
    }
    let (set, asked) = shown(server, caller.audience, &world, layers, &query).await?;
    set.check_zoom(coord.z())?;
    let clustered = clustered::read(&query, &set)?;
    let wanted = Wanted { audience: caller.audience, set, asked, clustered, look: server.styles().overlay(), coord, format };
    answer(server, &wanted, vector_format::vary(named), headers).await
}

/// One tile, with all that decides what it holds.
pub struct Wanted {
    /// Who asks.
    pub audience: Audience,
    /// The layers.
    pub set: LayerSet,
    /// The times.
    pub asked: Asked,
    /// Which of the layers are shown as clusters.
    pub clustered: Clustered,
    /// How it is drawn, if it is a picture.
    pub look: Look,
    /// Where it lies.
    pub coord: TileCoord,
    /// What it is.
    pub format: Format,
}

/// Answers a tile: from the cache, or made in its turn.
pub async fn answer(
    server: &Server,
    wanted: &Wanted,
    vary: Option<&'static str>,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    let Wanted { set, asked, clustered, coord, format, .. } = wanted;
    let now = server.now();
    let encoding = encoding_for(*format, headers)?;
    let left_out = left_out(set, clustered, *coord);
    let tile = server.tiles.tile(tile_key(wanted, encoding), || work(wanted, encoding)).await?;
    let lifetime = cache_control(now, set.next_change(asked, now));
    let mut response = respond(&tile, format.media_type(), vary, lifetime, headers);
    if let Some(left_out) = left_out {
        response.headers_mut().insert(LEFT_OUT, left_out);
    }
    Ok(response)
}

/// The layers of the address, and the times that are asked for.
pub async fn shown(
    server: &Arc<Server>,
    audience: Audience,
    world: &Arc<World>,
    layers: &str,
    query: &Query,
) -> Result<(LayerSet, Asked), Problem> {
    if layers == CHANGES_LAYER {
        return Box::pin(compared::layer(server, audience, world, query)).await;
    }
    query.allow(&TILE_PARAMETERS)?;
    let set = LayerSet::resolve(world, layers)?;
    let now = server.now();
    Ok((set, query.asked(world.default_datetime(now), now, Some(portray::MAP_PHASES))?))
}

/// What makes the tile, on whatever thread.
fn work(wanted: &Wanted, encoding: Encoding) -> Work<impl FnOnce(&mut Worker) -> Result<Tile, Problem> + use<>> {
    let Wanted { coord, format, .. } = *wanted;
    let (set, asked, clustered, look) = (wanted.set.clone(), wanted.asked, wanted.clustered.clone(), wanted.look.clone());
    let is_picture = matches!(format, Format::Picture(..));
    let short = if is_picture { None } else { portray::found_if_short(&set.layers, &clustered, coord, &asked) };
    let is_short = short.is_some();
    let render = move |worker: &mut Worker| {
        let vector = |format, worker: &mut Worker| {
            let found = short.unwrap_or_else(|| Found::all(&set.layers, &clustered, coord, &asked));
            portray::vector_tile_of(&found, &clustered, coord, &asked, format, worker)
        };
        let plain = match format {
            Format::Mvt => vector(VectorFormat::Mvt, worker),
            Format::Mlt => vector(VectorFormat::Mlt, worker),
            Format::Picture(format, ratio) => {
                portray::raster_tile(&set.layers, &clustered, &look, coord, &asked, (format, ratio), worker)
            }
        };
        plain.map(|plain| Tile::seal(plain, encoding)).map_err(|error| {
            if let PortrayError::TooMuch(_) = error {
                tracing::warn!(%error, layers = %set.spec, style = %look.named.id, ?coord, "a tile was given up");
                return Problem::too_much_to_draw();
            }
            tracing::error!(%error, layers = %set.spec, ?coord, "a tile could not be made");
            Problem::internal()
        })
    };
    Work { is_short, render }
}

/// Which layers left how many features out of a tile to keep within their budgets.
const LEFT_OUT: HeaderName = HeaderName::from_static("x-features-left-out");

/// As `roads=120, towns=3`; nothing if nothing was left out.
fn left_out(set: &LayerSet, clustered: &Clustered, coord: TileCoord) -> Option<HeaderValue> {
    let counts = set.layers.iter().filter_map(|published| {
        let name = published.layer.meta.name.as_str();
        let missing = published.budget.left_out(coord).missing(clustered.contains(name));
        (missing > 0).then(|| format!("{name}={missing}"))
    });
    HeaderValue::from_str(&counts.collect::<Vec<_>>().join(", ")).ok().filter(|text| !text.is_empty())
}

/// How pictures of more than one pixel to a style pixel are named.
const RATIOS: [(&str, u16); 2] = [("@2x", 2), ("@3x", 3)];

/// Reads the last three path segments strictly: plain decimal digits, no sign, no leading zeros.
pub fn parse_tile(z: &str, x: &str, file: &str) -> Result<(TileCoord, Format), Problem> {
    let (stem, suffix) = file.rsplit_once('.').ok_or_else(|| unknown_suffix(file))?;
    let denser = RATIOS.iter().find_map(|(suffix, ratio)| Some((stem.strip_suffix(suffix)?, *ratio)));
    let (y, ratio) = denser.unwrap_or((stem, 1));
    if stem.contains('@') && (denser.is_none() || !["jpg", "png", "webp"].contains(&suffix)) {
        return Err(unknown_suffix(file));
    }
    let format = match suffix {
        "mvt" | "pbf" => Format::Mvt,
        "mlt" => Format::Mlt,
        "jpg" => Format::Picture(PictureFormat::Jpeg, ratio),
        "png" => Format::Picture(PictureFormat::Png, ratio),
        "webp" => Format::Picture(PictureFormat::Webp, ratio),
        _ => return Err(unknown_suffix(file)),
    };
    let impossible = || {
        Problem::not_found(format!(
            "there is no tile {z}/{x}/{y}; zoom is 0 to {}, and x and y are whole numbers below 2^zoom",
            roadblock_tiles::grid::MAX_ZOOM
        ))
    };
    let coord = match (number(z), number(x), number(y)) {
        (Some(z), Some(x), Some(y)) => u8::try_from(z).ok().and_then(|z| TileCoord::new(z, x, y).ok()),
        _ => None,
    };
    Ok((coord.ok_or_else(impossible)?, format))
}

fn number(text: &str) -> Option<u32> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !text.starts_with('0');
    (plain && canonical).then(|| text.parse().ok()).flatten()
}

fn unknown_suffix(file: &str) -> Problem {
    Problem::not_found(format!(
        "'{file}' is no tile file; write y.png, y.webp or y.jpg, with @2x or @3x before the dot or without, or y.mvt, y.pbf or y.mlt"
    ))
}

fn encoding_for(format: Format, headers: &HeaderMap) -> Result<Encoding, Problem> {
    match negotiate(headers) {
        _ if !format.compresses() => Ok(Encoding::Identity),
        Some(encoding) => Ok(encoding),
        None => Err(screen::refusing_everything()),
    }
}

fn tile_key(wanted: &Wanted, encoding: Encoding) -> TileKey {
    let Wanted { set, asked, clustered, look, .. } = wanted;
    let (coord, is_picture) = (wanted.coord, matches!(wanted.format, Format::Picture(..)));
    let sees_far = is_picture || !clustered.as_str().is_empty();
    let sight = if sees_far { Sight::Tiles(TILES_SEEN_AROUND) } else { Sight::Near };
    // Edits elsewhere begin no epoch here.
    let near = set.is_edited().then(|| portray::boxes_around(coord, sight.units()));
    TileKey {
        audience: wanted.audience,
        layers: Arc::clone(&set.spec),
        clustered: clustered.clone(),
        revision: set.tile_revision(coord, sight),
        valid_epochs: set.valid_epochs(&asked.datetime, near.as_deref()),
        known_epoch: set.known_epoch(asked.known_at, near.as_deref()),
        phases: asked.phases,
        look: is_picture.then(|| (Arc::clone(&look.named.id), look.named.revision, look.with_background)),
        coord,
        format: wanted.format,
        encoding,
    }
}

/// Headers of a tile, with those of all answers.
const HEADERS: usize = 12;

/// Answers a finished body under its own tag; an empty one is 204.
pub fn respond(
    tile: &Tile,
    media_type: &'static str,
    vary: Option<&'static str>,
    lifetime: HeaderValue,
    headers: &HeaderMap,
) -> Response {
    let status = match () {
        () if not_modified(headers, tile.etag.to_str().unwrap_or_default()) => StatusCode::NOT_MODIFIED,
        () if tile.bytes.is_empty() => StatusCode::NO_CONTENT,
        () => StatusCode::OK,
    };
    let mut response = status.into_response();
    let head = response.headers_mut();
    head.reserve(HEADERS);
    head.insert(header::ETAG, tile.etag.clone());
    head.insert(header::CACHE_CONTROL, lifetime);
    if let Some(vary) = vary {
        head.insert(header::VARY, HeaderValue::from_static(vary));
    }
    if status == StatusCode::OK {
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        if let Some(token) = tile.encoding.token() {
            head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
        }
        *response.body_mut() = Body::from(tile.bytes.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_four_pieces_as_they_stand() {
        assert_eq!(pieces("/xyz/a,b/3/4/5.mvt"), Some(["a,b", "3", "4", "5.mvt"]));
        assert_eq!(pieces("/xyz/é/3/4/5"), Some(["é", "3", "4", "5"]));
        let others = [
            "/",
            "/xyz",
            "/xyz/",
            "/xyz/a",
            "/xyz/a/3",
            "/xyz/a/3/4",
            "/xyz/a/3/4/",
            "/xyz//3/4/5",
            "/xyz/a/3//5",
            "/xyz/a/3/4/5/6",
        ];
        for other in others.into_iter().chain(["/xyz/a/3/4/5/", "/xyz/a%2Cb/3/4/5", "/xyz/a/3/4/5%2e", "/tiles/a/3/4/5"]) {
            assert_eq!(pieces(other), None, "{other}");
        }
    }

    #[test]
    fn files_name_their_format() {
        assert_eq!(parse_tile("3", "4", "5.mvt").unwrap().1, Format::Mvt);
        assert_eq!(parse_tile("3", "4", "5.pbf").unwrap().1, Format::Mvt);
        assert_eq!(parse_tile("3", "4", "5.mlt").unwrap().1, Format::Mlt);
        assert_eq!(parse_tile("3", "4", "5.png").unwrap().1, Format::Picture(PictureFormat::Png, 1));
        assert_eq!(parse_tile("3", "4", "5@2x.webp").unwrap().1, Format::Picture(PictureFormat::Webp, 2));
        assert_eq!(parse_tile("3", "4", "5@3x.png").unwrap().1, Format::Picture(PictureFormat::Png, 3));
    }

    #[test]
    fn what_cannot_exist_is_404() {
        for (z, x, file) in [
            ("1", "2", "0.mvt"),
            ("-1", "0", "0.mvt"),
            ("+1", "0", "0.mvt"),
            ("1e0", "0", "0.mvt"),
            ("01", "0", "0.mvt"),
            ("99", "0", "0.mvt"),
            ("32", "0", "0.mvt"),
            ("20", "4294967296", "0.mvt"),
            ("20", "99999999999999999999999", "0.mvt"),
            ("{z}", "{x}", "{y}.mvt"),
            ("1", "NaN", "0.mvt"),
            ("1", "٣", "0.mvt"),
            ("1", "", ".mvt"),
            ("1", "0", "0"),
            ("1", "0", "0.exe"),
            ("1", "0", "0@2x.mvt"),
            ("1", "0", "0@4x.png"),
            ("1", "0", "0@2x.mlt"),
            ("1", "0", "0@3x.mvt"),
        ] {
            assert_eq!(parse_tile(z, x, file).unwrap_err().status, 404, "{z}/{x}/{file}");
        }
    }

    #[test]
    fn addresses_of_tiles_are_told_from_others() {
        assert_eq!(pieces("/xyz/a,b/3/4/5@2x.png"), Some(["a,b", "3", "4", "5@2x.png"]));
        for other in [
            "/",
            "/xyz/a/3/4",
            "/xyz/a/3/4/5.mvt/",
            "/xyz/a//4/5.mvt",
            "/xyz//3/4/5.mvt",
            "/xyz/a%2Cb/3/4/5.mvt",
            "/xyz.json",
            "xyz/a/3/4/5.mvt",
        ] {
            assert_eq!(pieces(other), None, "{other}");
        }
    }

    #[test]
    fn zero_is_a_number() {
        assert!(parse_tile("0", "0", "0.png").is_ok());
    }
}
