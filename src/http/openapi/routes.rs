//! What this server documents of its addresses: the table from which the API definition is made.
//!
//! The router has the addresses themselves; a test asks each documented one of it.

use super::super::html;
use super::super::links::{ATOM, CSV, GEOJSON, JSON, OPENAPI, SCHEMA};
use super::super::query::TILE_PARAMETERS;
use crate::tile::Format;

/// What a successful answer holds: a media type, and the name of its schema if it is JSON.
pub(super) type Content = (&'static str, Option<&'static str>);

/// One address.
pub(super) struct Route {
    /// Path, with parameters in braces. Under a collection: what follows `/collections/{name}`.
    pub(super) path: &'static str,
    /// Unique name of the operation.
    pub(super) id: &'static str,
    /// Heading it stands under.
    pub(super) tag: &'static str,
    /// One sentence.
    pub(super) summary: &'static str,
    /// Parameters by the names of their components.
    pub(super) parameters: &'static [&'static str],
    /// Whether the properties of the collection are parameters too.
    pub(super) filters: bool,
    /// What comes back.
    pub(super) contents: &'static [Content],
}

const PAGE: Content = (html::MEDIA_TYPE, None);
const TEXT: Content = ("text/plain; charset=utf-8", None);
const ONE_FEATURE: [&str; 4] = ["featureId", "datetime", "known_at", "f"];
const ONE_PAGE: [&str; 8] = ["limit", "cursor", "bbox", "clusterId", "datetime", "known_at", "phase", "f"];
const WHOLE_LAYER: [&str; 5] = ["bbox", "clusterId", "datetime", "known_at", "phase"];
const TILE: [&str; 8] = ["layers", "z", "x", "y", TILE_PARAMETERS[0], TILE_PARAMETERS[1], TILE_PARAMETERS[2], TILE_PARAMETERS[3]];
const TILE_JSON: [&str; 5] = ["layers", TILE_PARAMETERS[0], TILE_PARAMETERS[1], TILE_PARAMETERS[2], TILE_PARAMETERS[3]];
pub(super) const STYLED: [&str; 5] = ["style", TILE_PARAMETERS[0], TILE_PARAMETERS[1], TILE_PARAMETERS[2], TILE_PARAMETERS[3]];
const STYLED_TILE: [&str; 8] =
    ["style", "z", "x", "y", TILE_PARAMETERS[0], TILE_PARAMETERS[1], TILE_PARAMETERS[2], TILE_PARAMETERS[3]];
const SHEET: [&str; 14] = [
    "style",
    "mapBox",
    "mapCenter",
    "mapZoom",
    "mapWidth",
    "mapHeight",
    "mapScale",
    "mapLayers",
    "mapLegend",
    "mapLang",
    TILE_PARAMETERS[0],
    TILE_PARAMETERS[1],
    TILE_PARAMETERS[2],
    TILE_PARAMETERS[3],
];
const MVT: Content = (Format::Mvt.media_type(), None);
const MLT: Content = (Format::Mlt.media_type(), None);

pub(super) const fn route(
    path: &'static str,
    id: &'static str,
    tag: &'static str,
    summary: &'static str,
    parameters: &'static [&'static str],
    contents: &'static [Content],
) -> Route {
    Route { path, id, tag, summary, parameters, filters: false, contents }
}

/// Addresses of the service as a whole.
pub(super) const SERVICE: [Route; 5] = [
    route("/", "landing", "Service", "Landing page; the map for browsers", &["f"], &[(JSON, Some("landingPage")), PAGE]),
    route("/conformance", "conformance", "Service", "Conformance classes", &["f"], &[(JSON, Some("conformance")), PAGE]),
    route("/api", "api", "Service", "This definition", &["f"], &[(OPENAPI, Some("document")), PAGE]),
    route("/api.html", "apiPage", "Service", "This definition as a page", &[], &[PAGE]),
    route("/collections", "collections", "Features", "All layers", &["f"], &[(JSON, Some("collections")), PAGE]),
];

/// Addresses that every layer has; written out for each, so that clients learn which properties filter it.
pub(super) const COLLECTION: [Route; 7] = [
    route("", "collection", "Features", "What the layer is", &["f"], &[(JSON, Some("collection")), PAGE]),
    Route {
        filters: true,
        ..route("/items", "items", "Features", "Features, page by page", &ONE_PAGE, &[(GEOJSON, Some("featureCollection")), PAGE])
    },
    route("/items/{featureId}", "item", "Features", "One feature", &ONE_FEATURE, &[(GEOJSON, Some("feature")), PAGE]),
    route(
        "/items/{featureId}/versions",
        "versions",
        "Features",
        "All versions of a feature",
        &["featureId", "f"],
        &[(GEOJSON, Some("featureCollection"))],
    ),
    route("/schema", "schema", "Features", "All properties and their types", &["f"], &[(SCHEMA, Some("queryables")), PAGE]),
    route("/queryables", "queryables", "Features", "Properties to filter by", &["f"], &[(SCHEMA, Some("queryables")), PAGE]),
    Route {
        filters: true,
        ..route(
            "/download.geojson",
            "download",
            "Downloads",
            "The layer as a file",
            &WHOLE_LAYER,
            &[(GEOJSON, Some("featureCollection"))],
        )
    },
];

const QUESTION: [&str; 6] = ["datetime", "known_at", "commodity", "direction", "vehicle_class", "evidence"];

const fn with<const N: usize, const M: usize>(own: [&'static str; N]) -> [&'static str; M] {
    let mut all = [""; M];
    let mut at = 0;
    while at < M {
        all[at] = if at < N { own[at] } else { QUESTION[at - N] };
        at += 1;
    }
    all
}

const ROWS: [Content; 3] = [(JSON, Some("document")), (GEOJSON, Some("featureCollection")), (CSV, None)];
const NEWS: [Content; 4] = [ROWS[0], ROWS[1], ROWS[2], (ATOM, None)];

/// Which road is open; only where there are records of roads.
pub(super) const ACCESS: [Route; 10] = [
    route(
        "/access/corridors",
        "accessCorridors",
        "Access",
        "Status of all corridors",
        &with::<2, 8>(["leadsTo", "accessFormat"]),
        &ROWS,
    ),
    route(
        "/access/corridors/{corridor}",
        "accessCorridor",
        "Access",
        "A corridor segment by segment, with what speaks for and against",
        &with::<2, 8>(["corridorId", "accessFormat"]),
        &ROWS,
    ),
    route(
        "/access/corridors/{corridor}/timeline",
        "accessTimeline",
        "Access",
        "When a corridor was in which status",
        &with::<2, 8>(["corridorId", "accessFormat"]),
        &ROWS,
    ),
    route(
        "/access/routes",
        "accessRoutes",
        "Access",
        "The least bad ways between two places",
        &with::<4, 10>(["fromPlace", "toPlace", "routes", "accessFormat"]),
        &ROWS,
    ),
    route(
        "/access/cut-off",
        "accessCutOff",
        "Access",
        "Places that no supplies reach",
        &with::<2, 8>(["threshold", "accessFormat"]),
        &ROWS,
    ),
    route(
        "/access/changes",
        "accessChanges",
        "Access",
        "What changed between two moments, in the world or in what is known of it",
        &with::<6, 12>(["fromTime", "toTime", "fromKnownAt", "toKnownAt", "newsFormat", "lang"]),
        &NEWS,
    ),
    route(
        "/access/near",
        "accessNear",
        "Access",
        "Reports near a corridor",
        &with::<3, 9>(["ofCorridor", "distanceM", "accessFormat"]),
        &ROWS,
    ),
    route(
        "/access/alerts",
        "accessAlerts",
        "Access",
        "Each change of a corridor's status, and of whether a place can be supplied",
        &with::<6, 12>(["alertsSince", "alertsUntil", "someCorridors", "somePlaces", "newsFormat", "lang"]),
        &NEWS,
    ),
    route(
        "/access/alerts/stream",
        "accessAlertStream",
        "Access",
        "The same as it happens (server-sent events)",
        &["alertsSince", "someCorridors", "somePlaces", "commodity", "direction", "vehicle_class", "evidence"],
        &[("text/event-stream", None)],
    ),
    route(
        "/access/overlap",
        "accessOverlap",
        "Access",
        "How much of corridors lies in areas",
        &with::<2, 8>(["someCorridor", "accessFormat"]),
        &ROWS,
    ),
];

/// Tiles, styles, the viewer and health.
pub(super) const OTHERS: [Route; 29] = [
    route("/xyz/{layers}.json", "vectorTileJson", "Tiles", "TileJSON of vector tiles", &TILE_JSON, &[(JSON, Some("tileJson"))]),
    route(
        "/xyz/{layers}.mlt.json",
        "maplibreTileJson",
        "Tiles",
        "TileJSON of MapLibre Tiles",
        &TILE_JSON,
        &[(JSON, Some("tileJson"))],
    ),
    route(
        "/xyz/{layers}.png.json",
        "rasterTileJson",
        "Tiles",
        "TileJSON of raster tiles",
        &TILE_JSON,
        &[(JSON, Some("tileJson"))],
    ),
    route(
        "/xyz/{layers}/{z}/{x}/{y}.mvt",
        "vectorTile",
        "Tiles",
        "Vector tile (MVT 2.1, or MLT where Accept prefers it); also .pbf",
        &TILE,
        &[MVT, MLT],
    ),
    route("/xyz/{layers}/{z}/{x}/{y}.mlt", "maplibreTile", "Tiles", "Vector tile (MapLibre Tile, version 1)", &TILE, &[MLT]),
    route("/xyz/{layers}/{z}/{x}/{y}.png", "pngTile", "Tiles", "Raster tile, 256 pixels", &TILE, &[("image/png", None)]),
    route(
        "/xyz/{layers}/{z}/{x}/{y}@2x.png",
        "pngTile2x",
        "Tiles",
        "Raster tile, 512 pixels, or 768 with @3x",
        &TILE,
        &[("image/png", None)],
    ),
    route("/xyz/{layers}/{z}/{x}/{y}.webp", "webpTile", "Tiles", "Raster tile, 256 pixels", &TILE, &[("image/webp", None)]),
    route(
        "/xyz/{layers}/{z}/{x}/{y}@2x.webp",
        "webpTile2x",
        "Tiles",
        "Raster tile, 512 pixels, or 768 with @3x",
        &TILE,
        &[("image/webp", None)],
    ),
    route(
        "/styles/default.json",
        "style",
        "Styles",
        "Style of the vector tiles (MapLibre 8)",
        &TILE_PARAMETERS,
        &[(JSON, Some("document"))],
    ),
    route("/styles", "styles", "Styles", "The styles there are", &[], &[(JSON, Some("document"))]),
    route(
        "/styles/{style}.json",
        "namedStyle",
        "Styles",
        "A style for vector tiles (MapLibre 8)",
        &STYLED,
        &[(JSON, Some("document"))],
    ),
    route(
        "/styles/{style}/icons.json",
        "styleIcons",
        "Styles",
        "Drawings of a style's icons and hatches",
        &["style"],
        &[(JSON, Some("document"))],
    ),
    route(
        "/styles/{style}/tiles.json",
        "styledTileJson",
        "Styles",
        "TileJSON of the raster tiles of a style",
        &STYLED,
        &[(JSON, Some("tileJson"))],
    ),
    route(
        "/styles/{style}/{z}/{x}/{y}.png",
        "styledTile",
        "Styles",
        "The whole map by a style, 256 pixels; also .webp and .jpg",
        &STYLED_TILE,
        &[("image/png", None)],
    ),
    route(
        "/styles/{style}/{z}/{x}/{y}@2x.png",
        "styledTile2x",
        "Styles",
        "The whole map by a style, 512 pixels, or 768 with @3x; also .webp and .jpg",
        &STYLED_TILE,
        &[("image/png", None)],
    ),
    route(
        "/styles/{style}/map.png",
        "staticMap",
        "Styles",
        "A map as a picture with title, times, scale and credits",
        &SHEET,
        &[("image/png", None)],
    ),
    route(
        "/styles/{style}/legend.json",
        "legend",
        "Styles",
        "What a map shows there and then, named and counted",
        &SHEET,
        &[(JSON, Some("document"))],
    ),
    route(
        "/styles/{style}/legend.png",
        "legendPicture",
        "Styles",
        "The same drawn by the rules of the map",
        &SHEET,
        &[("image/png", None)],
    ),
    route("/viewer.json", "viewerState", "Viewer", "What the map page shows", &[], &[(JSON, Some("document"))]),
    route("/preview/leaflet", "previewLeaflet", "Viewer", "Raster tiles in Leaflet", &[], &[PAGE]),
    route("/preview/maplibre", "previewMaplibre", "Viewer", "Vector tiles in MapLibre", &[], &[PAGE]),
    route("/assets/{file}", "asset", "Viewer", "A file of the map page", &["file"], &[("*/*", None)]),
    route(
        "/changes",
        "changes",
        "Changes",
        "What changed, as far as the caller may see it",
        &["since"],
        &[(JSON, Some("document"))],
    ),
    route(
        "/events",
        "events",
        "Changes",
        "The same as it happens (server-sent events)",
        &["since"],
        &[("text/event-stream", None)],
    ),
    route("/signin", "signIn", "Tokens", "Page that trades a token for the session of a browser", &[], &[PAGE]),
    route("/session", "session", "Tokens", "Who asks", &[], &[(JSON, Some("document"))]),
    route("/healthz", "alive", "Health", "The process answers", &[], &[TEXT]),
    route("/readyz", "ready", "Health", "The world is loaded and the server is not stopping", &[], &[TEXT]),
];
