//! `/changes?since=N` and `/events`: what changed in the caller's world, to be asked for or to be told (server-sent events).
//!
//! A stream holds no queue: it reads the log, so that a slow client costs nothing but its socket. Who fell behind, or comes from before a
//! restart, gets an event `reset`: read everything anew and go on from there.

use super::call::Call;
use super::gate::who_asks;
use super::links::JSON;
use crate::base::CameFrom;
use crate::caller::Caller;
use crate::changes::{Change, FellBehind};
use crate::problem::Problem;
use crate::server::Server;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use roadblock_layers::vocab::Audience;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::timeout;

/// Changes in one answer, or written to a stream at a time.
const MOST: usize = 1_000;
/// How long a stream may be silent.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Answers the changes since a revision, and the revision to ask with next; without `since` only that.
pub async fn changes(call: Call) -> Result<Response, Problem> {
    call.query.allow(&["since"])?;
    let (audience, changes) = (call.caller.audience, &call.server.changes);
    let newest = *changes.follow(audience).borrow();
    let since = revision(call.query.value("since")?)?;
    let told = changes.since(audience, since.unwrap_or(newest), MOST).map_err(|FellBehind| {
        Problem::gone(format!(
            "the changes since {} are not kept; read everything anew, then ask since {newest}",
            since.unwrap_or_default()
        ))
    })?;
    let next = told.last().map_or(since.unwrap_or(newest), |change| change.revision);
    let body = json!({"changes": told.iter().map(|change| &**change).collect::<Vec<&Change>>(), "next": next});
    let mut response = body.to_string().into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Answers a stream of changes, from `Last-Event-ID` or `since` on, or from now on.
pub async fn events(call: Call, from: Option<Extension<CameFrom>>) -> Result<Response, Problem> {
    call.query.allow(&["since"])?;
    let last = call.headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let last = revision(last.or(call.query.value("since")?))?;
    let full = |_full| Problem::unavailable("too many streams are open; ask /changes from time to time instead", 30);
    let place = Arc::clone(&call.server.streams).try_acquire_owned().map_err(full)?;
    let newest = call.server.changes.follow(call.caller.audience);
    let told = last.unwrap_or(*newest.borrow());
    let tail = Tail {
        asked: as_it_came(&call, from),
        audience: call.caller.audience,
        server: Arc::clone(&call.server),
        newest,
        told,
        greeted: false,
        _place: place,
    };
    let mut response = Body::from_stream(try_unfold(tail, next)).into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that gather answers would hold events back.
    head.insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn revision(text: Option<&str>) -> Result<Option<u64>, Problem> {
    let wrong =
        |text: &str| Problem::bad_request("InvalidParameterValue", format!("since={text}: write the number of a revision"));
    text.map(|text| text.parse().map_err(|_error| wrong(text))).transpose()
}

/// The request once more, for who may ask is asked again as long as the stream lasts.
fn as_it_came(call: &Call, from: Option<Extension<CameFrom>>) -> Parts {
    let mut asked = Request::new(()).into_parts().0;
    asked.uri = call.uri.clone();
    asked.headers = call.headers.clone();
    if let Some(Extension(from)) = from {
        asked.extensions.insert(from);
    }
    asked
}

/// One stream.
struct Tail {
    asked: Parts,
    audience: Audience,
    server: Arc<Server>,
    newest: watch::Receiver<u64>,
    told: u64,
    greeted: bool,
    _place: OwnedSemaphorePermit,
}

/// The next bytes of a stream; nothing when the server stops.
async fn next(mut tail: Tail) -> Result<Option<(Bytes, Tail)>, Infallible> {
    if !std::mem::replace(&mut tail.greeted, true) {
        return Ok(Some((Bytes::from_static(b"retry: 3000\n\n"), tail)));
    }
    loop {
        tail.newest.mark_unchanged();
        // Whose token is revoked, or whose session has ended, hears no more.
        let caller = who_asks(&tail.server, tail.asked.clone()).await;
        let audience = caller.map(|(_, caller)| caller.unwrap_or(Caller::PUBLIC).audience);
        if tail.server.is_stopping() || !audience.is_ok_and(|audience| audience == tail.audience) {
            return Ok(None);
        }
        let text = match tail.server.changes.since(tail.audience, tail.told, MOST) {
            Ok(changes) => {
                tail.told = changes.last().map_or(tail.told, |change| change.revision);
                changes.iter().map(|change| event(change)).collect::<String>()
            }
            Err(FellBehind) => {
                tail.told = *tail.newest.borrow();
                format!("id: {}\nevent: reset\ndata: {{}}\n\n", tail.told)
            }
        };
        if !text.is_empty() {
            return Ok(Some((text.into(), tail)));
        }
        if timeout(HEARTBEAT, tail.newest.changed()).await.is_err() {
            return Ok(Some((Bytes::from_static(b": still here\n\n"), tail)));
        }
    }
}

fn event(change: &Change) -> String {
    format!("id: {}\nevent: change\ndata: {}\n\n", change.revision, json!(change))
}
