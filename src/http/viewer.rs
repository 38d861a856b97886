//! The web map, its files, and the previews in other map clients.

use super::call::Call;
use super::document;
use super::encoding::negotiate;
use super::html::{self, escape};
use super::landing::landing;
use super::layer_set::{ALL, LayerSet};
use super::media::Media;
use super::validators::cache_control;
use super::words::Language;
use crate::portray::MAP_PHASES;
use crate::problem::Problem;
use crate::tile::Encoding;
use crate::viewer::Asset;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use roadblock_layers::layer::Asked;

/// Scripts, styles, tiles and data from this server alone; no text ever becomes markup.
const MAP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
    font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; \
    require-trusted-types-for 'script'";
/// Other people's map clients write markup and inline styles.
const PREVIEW_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
    connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";
/// A file whose name carries its hash never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The map page for people, the landing page for programs.
pub async fn home(call: Call) -> Result<Response, Problem> {
    match (call.media(&[])?, Asset::address("map.js"), Asset::address("map.css")) {
        (Media::Html, Some(script), Some(style)) => map(&call, &script, &style),
        _ => landing(call).await,
    }
}

fn map(call: &Call, script: &str, style: &str) -> Result<Response, Problem> {
    let set = LayerSet::resolve(&call.world, ALL)?;
    let asked = Asked { datetime: call.world.default_datetime(call.now), known_at: call.now, phases: Some(MAP_PHASES) };
    let (from, to) = set.valid_epochs(&asked.datetime, None);
    let language = Language::accepted(&call.headers);
    let epochs = [from, to, set.known_epoch(asked.known_at, None)];
    // The page is another one in each language.
    let revision = set.revision().wrapping_add(language as u64);
    let digest = document::digest(call, Media::Html, revision, &epochs);
    let lifetime = cache_control(call.now, set.next_change(&asked, call.now));
    let page = || super::home::page(call, &asked, language, script, style);
    let mut response = secured(document::tagged(call, html::MEDIA_TYPE, digest, lifetime, page), MAP_POLICY);
    let vary = HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Host");
    response.headers_mut().insert(header::VARY, vary);
    Ok(response)
}

/// A file of the map page.
pub async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let asset = Asset::find(&file).ok_or_else(|| Problem::not_found(format!("there is no asset '{file}'")))?;
    let (bytes, encoding) = asset.body(negotiate(&headers).unwrap_or(Encoding::Identity));
    let mut response = Response::new(Body::from(bytes));
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type()));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    head.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(token) = encoding.token() {
        head.insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
    }
    Ok(response)
}

/// A page that shows the tiles in another map client.
pub async fn preview(call: Call, Path(client): Path<String>) -> Result<Response, Problem> {
    call.query.allow(&[])?;
    let unknown = || Problem::not_found(format!("there is no preview '{client}'; there are: leaflet, maplibre"));
    let file = |name: String| Asset::address(&name).map(|file| format!("../{file}")).ok_or_else(unknown);
    let layers = call.world.names().join(",");
    let attributes = match client.as_str() {
        "leaflet" => format!("data-tilejson=\"../xyz/{layers}.png.json\""),
        "maplibre" => {
            format!("data-worker=\"{}\"", file("maplibre-worker.js".to_owned())?)
        }
        _ => return Err(unknown()),
    };
    let bounds = call.world.bounds().map(|b| format!("{},{},{},{}", b.west, b.south, b.east, b.north)).unwrap_or_default();
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>{}: {client}</title><link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"{}\">\
         <script type=\"module\" src=\"{}\"></script></head><body><div id=\"map\" data-bounds=\"{bounds}\" {attributes}></div></body></html>\n",
        escape(&call.world.dataset.title),
        file(format!("{client}.css"))?,
        file(format!("{client}.js"))?,
    );
    Ok(secured(document::seal(&call, html::MEDIA_TYPE, page), PREVIEW_POLICY))
}

fn secured(mut response: Response, policy: &'static str) -> Response {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    response
}
