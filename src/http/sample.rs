//! A small hand-made world behind the real routes, for tests of what addresses answer.

use super::front::Front;
use super::router;
use crate::clock::Clock;
use crate::config::{Keep, Settings};
use crate::ledger::Ledger;
use crate::server::Server;
use crate::world::builtin;
use crate::world::records::Ingredients;
use crate::world::{Dataset, French, Published, Ready, World, Worlds};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::Response;
use geo_types::{Geometry, LineString, Point, polygon};
use roadblock_layers::antimeridian;
use roadblock_layers::dataset::Drafts;
use roadblock_layers::feature::{Feature, FeatureId};
use roadblock_layers::features::Features;
use roadblock_layers::layer::{IndexedLayer, LayerKind, LayerMeta, LayerName};
use roadblock_layers::phase::PhaseWindows;
use roadblock_layers::store::Store;
use roadblock_layers::time::{Instant, Interval};
use roadblock_layers::value::{Column, ColumnKind, Schema, Value};
use roadblock_layers::view::Rekey;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use tower::{Service, ServiceExt};

/// One answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Ids of the features, as texts.
    pub(crate) fn ids(&self) -> Vec<String> {
        let json = self.json();
        let features = json["features"].as_array().unwrap_or_else(|| panic!("no features: {json}"));
        features.iter().map(|feature| feature["id"].to_string().trim_matches('"').to_owned()).collect()
    }

    /// Address of the link with this relation.
    pub(crate) fn link(&self, rel: &str) -> Option<String> {
        let json = self.json();
        let links = json["links"].as_array()?;
        let link = links.iter().find(|link| link["rel"] == rel)?;
        Some(link["href"].as_str()?.trim_start_matches("http://127.0.0.1:8080").to_owned())
    }
}

/// What can be asked: all that a listener answers, or routes by themselves.
pub(crate) trait Routes: Service<Request<Body>, Response = Response, Error = Infallible> + Clone {}

impl<S: Service<Request<Body>, Response = Response, Error = Infallible> + Clone> Routes for S {}

/// Asks `GET path`, with headers.
pub(crate) async fn ask(router: &impl Routes, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::get(path).header("host", "127.0.0.1:8080");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(router, request.body(Body::empty()).unwrap()).await
}

/// Asks whatever is asked.
pub(crate) async fn send(router: &impl Routes, request: Request<Body>) -> Answer {
    let Ok(response) = router.clone().oneshot(request).await;
    let (status, headers) = (response.status(), response.headers().clone());
    Answer { status, headers, body: to_bytes(response.into_body(), usize::MAX).await.unwrap() }
}

/// Asks `GET path` of the sample world.
pub(crate) async fn get(path: &str) -> Answer {
    ask(&sample(), path, &[]).await
}

/// The routes over the world of `server`.
pub(crate) fn serve(more: Vec<Published>) -> Front {
    router::public(server(more))
}

/// A server of `blockades` (4 domain features), `roads` (3 of a file) and whatever `more` adds.
pub(crate) fn server(more: Vec<Published>) -> Arc<Server> {
    server_with(settings(), more)
}

/// The same with a cache for tiles.
pub(crate) fn caching() -> Arc<Server> {
    server_with(Settings { tile_cache_bytes: 1 << 20, ..settings() }, Vec::new())
}

/// The routes over the sample world, with the tokens of a directory.
pub(crate) fn keeping(folder: &Path, public_url: Option<&str>) -> Front {
    let keep = Keep::Directory(folder.to_path_buf());
    router::public(server_with(Settings { keep, public_url: public_url.map(str::to_owned), ..settings() }, Vec::new()))
}

fn server_with(settings: Settings, more: Vec<Published>) -> Arc<Server> {
    let layers = [blockades(), roads()].into_iter().chain(more).map(Arc::new).collect();
    let dataset = Dataset {
        title: "Sample".into(),
        description: "Made by hand".into(),
        default_datetime: Some(at("2025-10-22T12:00:00Z")),
        time_range: Interval { from: Some(at("2025-09-01")), to: Some(at("2025-12-01")) },
        disclaimer: Some("As of {at}, known at {known_at}.".into()),
        french: French::default(),
    };
    let world = World { dataset, layers, archives: Vec::new(), access: None };
    let listen = ([127, 0, 0, 1], 8080).into();
    Arc::new(Server::new(settings, Worlds::same(world), None, Clock::Fixed(at("2026-01-01")), listen).unwrap())
}

/// A server of the built-in records, kept in memory, early in 2026.
pub(crate) fn ledger_server() -> Arc<Server> {
    ledger_server_of(&builtin::drafts().unwrap())
}

/// A server of some records, kept in memory, early in 2026.
pub(crate) fn ledger_server_of(drafts: &Drafts) -> Arc<Server> {
    let now = at("2026-02-01");
    let store = Store::in_memory(&builtin::about().unwrap(), drafts, now).unwrap();
    let (loaded, writer) = store.start().unwrap();
    let basemap = Arc::new(builtin::basemap().unwrap());
    let of = Ingredients { about: loaded.about.clone(), basemap, rekey: Rekey([7; 16]) };
    let clock = Box::leak(Box::new(now.micros().into()));
    let ledger = Ledger::new(&loaded, loaded.history().unwrap(), writer, of);
    let listen = ([127, 0, 0, 1], 8080).into();
    Arc::new(Server::new(settings(), ledger.worlds(now), Some(ledger), Clock::Ticking(clock), listen).unwrap())
}

/// The routes over the two layers.
pub(crate) fn sample() -> Front {
    serve(Vec::new())
}

pub(crate) fn at(text: &str) -> Instant {
    Instant::parse(text).unwrap()
}

pub(crate) fn settings() -> Settings {
    Settings::in_memory(([127, 0, 0, 1], 8080).into())
}

/// A layer with the given columns and features.
pub(crate) fn layer(name: &str, kind: LayerKind, columns: &[(&str, ColumnKind)], features: Vec<Feature>) -> Published {
    let meta = LayerMeta {
        name: LayerName::new(name).unwrap(),
        title: format!("Title of {name}"),
        description: format!("About {name}"),
        attribution: "Somebody & others".into(),
        kind,
        tile_columns: (0..columns.len().min(1)).collect(),
        min_zoom: 0,
        max_zoom: 20,
        is_simplified: true,
    };
    let column = |(name, kind): &(&str, ColumnKind)| Column { name: (*name).into(), kind: *kind, title: String::new() };
    let features = Features::of(features, columns.len());
    let ready = Ready::of(&features);
    Published::new(IndexedLayer::new(meta, Schema::new(columns.iter().map(column)), features, Vec::new(), |_, _| 0), ready)
}

fn blockades() -> Published {
    let event = |id: &str, subtype: &str, severity: i64, from: &str, place: Option<(f64, f64)>| Feature {
        id: FeatureId::Text(id.into()),
        geometry: place.map(|(x, y)| Point::new(x, y).into()),
        values: Box::new([id.into(), subtype.into(), Value::Null, severity.into(), from.into(), "<b>a & b</b>".into()]),
        valid: Interval { from: Some(at(from)), to: None },
        known: Interval { from: Some(at(from)), to: None },
        phases: Some(PhaseWindows::from_days(at(from), 7, 21)),
    };
    let columns = [
        ("id", ColumnKind::Text),
        ("subtype", ColumnKind::Text),
        ("phase", ColumnKind::Text),
        ("severity", ColumnKind::Int),
        ("valid_from", ColumnKind::Time),
        ("name", ColumnKind::Text),
    ];
    let features = vec![
        event("ev-1", "ambush", 3, "2025-09-14T00:00:00Z", Some((-8.0, 12.0))),
        event("ev-2", "checkpoint", 2, "2025-10-01T00:00:00Z", Some((-6.0, 13.5))),
        event("ev-3", "ambush", 4, "2025-10-20T00:00:00Z", Some((-11.4, 14.4))),
        event("ev-4", "declared_blockade", 5, "2025-10-20T00:00:00Z", None),
    ];
    layer("blockades", LayerKind::Domain, &columns, features)
}

fn roads() -> Published {
    let timeless = |number: u64, geometry: Geometry<f64>| {
        Feature::timeless(FeatureId::Int(number), Some(geometry), Box::new([format!("road {number}").as_str().into()]))
    };
    let features = vec![
        // An L whose box holds (8, 8), which the line itself never comes near.
        timeless(1, LineString::from(vec![(0.0, 0.0), (10.0, 0.0), (10.0, 10.0)]).into()),
        timeless(2, polygon![(x: 20., y: 20.), (x: 20., y: 24.), (x: 24., y: 24.), (x: 24., y: 20.)].into()),
        timeless(3, antimeridian::cut(&LineString::from(vec![(178.0, -17.0), (182.0, -17.0)]).into())),
    ];
    layer("roads", LayerKind::Reference, &[("name", ColumnKind::Text)], features)
}
