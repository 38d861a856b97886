//! What every document handler starts from: one pinned world, the decoded query, the absolute address.

use super::links::{GEOJSON, HTML, JSON, link};
use super::media::Media;
use super::query::Query;
use crate::caller::Caller;
use crate::geojson::head;
use crate::problem::Problem;
use crate::server::Server;
use crate::world::{Published, World};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant};
use serde_json::{Map, Value};
use std::sync::Arc;

/// One request, read.
pub struct Call {
    /// The running server.
    pub server: Arc<Server>,
    /// Who asks.
    pub caller: Caller,
    /// The world for the whole of this request.
    pub world: Arc<World>,
    /// Address of the server without a trailing slash.
    pub base: String,
    /// How it is asked.
    pub method: Method,
    /// Path and query as they came.
    pub uri: Uri,
    /// The decoded query.
    pub query: Query,
    /// Request headers.
    pub headers: HeaderMap,
    /// The time of day, read once.
    pub now: Instant,
}

impl FromRequestParts<Arc<Server>> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, server: &Arc<Server>) -> Result<Self, Problem> {
        let Ok(caller) = Caller::from_request_parts(parts, server).await;
        Ok(Self {
            world: server.world_of(caller.audience),
            caller,
            base: server.base_url(parts.extensions.get().copied(), &parts.headers),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            query: Query::parse(parts.uri.query())?,
            headers: parts.headers.clone(),
            now: server.now(),
            server: Arc::clone(server),
        })
    }
}

impl Call {
    /// The format wanted, after refusing parameters outside `known` (`f` is always known).
    pub fn media(&self, known: &[&str]) -> Result<Media, Problem> {
        let known: Vec<&str> = known.iter().copied().chain(["f"]).collect();
        self.query.allow(&known)?;
        Media::wanted(&self.query, &self.headers)
    }

    /// The layer of this name, or a 404 that lists what there is.
    pub fn layer(&self, name: &str) -> Result<&Arc<Published>, Problem> {
        self.world.layer(name).ok_or_else(|| {
            if self.world.archive(name).is_some() {
                return Problem::not_found(format!(
                    "layer '{name}' is an archive of finished tiles, at /xyz/{name}.json; it has no features to list or download"
                ));
            }
            Problem::not_found(format!("there is no collection '{name}'; there are: {}", self.world.names().join(", ")))
        })
    }

    /// Times as OGC API Features has them: a missing `datetime` means all times, and all phases.
    pub fn asked(&self) -> Result<Asked, Problem> {
        let asked = self.query.asked(Datetime::All, self.now, None)?;
        if asked.phases.is_some() && asked.datetime == Datetime::All {
            return Err(Problem::bad_request(
                "PhaseWithoutDatetime",
                "parameter 'phase' needs 'datetime': whether a report is active, recent or past depends on the day asked for",
            ));
        }
        Ok(asked)
    }

    /// Address of a path of this server.
    pub fn href(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// This address with the query changed: pairs named in `changes` are replaced, or removed where the value is `None`.
    pub fn href_with(&self, changes: &[(&str, Option<&str>)]) -> String {
        let kept = self.query.pairs().iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
        let added = changes.iter().filter_map(|(name, value)| value.map(|value| (*name, value)));
        let query = serde_urlencoded::to_string(kept.chain(added).collect::<Vec<_>>()).unwrap_or_default();
        let separator = if query.is_empty() { "" } else { "?" };
        format!("{}{}{separator}{query}", self.base, self.uri.path())
    }

    /// `self` and `alternate` of this address. `media_type` is what JSON is called here.
    pub fn self_links(&self, media: Media, media_type: &str) -> Vec<Value> {
        let (here, there) = match media {
            Media::Json => (media_type, HTML),
            Media::Html => (HTML, media_type),
        };
        let other = if media == Media::Json { Media::Html } else { Media::Json };
        vec![
            link(self.href_with(&[]), "self", here, "This document"),
            link(self.href_with(&[("f", Some(other.as_str()))]), "alternate", there, format!("This document as {}", name(there))),
        ]
    }

    /// Members that say what an answer is about: the asked times, whom to credit, what not to read into it.
    pub fn about(&self, published: &Published, asked: &Asked) -> Map<String, Value> {
        head::about((&self.world, self.caller.audience), published, asked)
    }
}

fn name(media_type: &str) -> &str {
    match media_type {
        HTML => "HTML",
        GEOJSON => "GeoJSON",
        JSON => "JSON",
        other => other,
    }
}
