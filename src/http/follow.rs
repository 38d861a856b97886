//! Streams of server-sent events for one caller: told something whenever that caller's world changes, or a moment passes.
//!
//! A stream holds no queue: it asks for what is new since it last told something, so that a slow client costs nothing but its socket.

use super::call::Call;
use super::gate::who_asks;
use crate::base::Arrival;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::server::Server;
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Request, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::try_unfold;
use roadblock_layers::vocab::Audience;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::timeout;

/// How long a stream may be silent.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Knows what is new.
pub(super) trait Follower: Send + 'static {
    /// The events since it was last asked; nothing if there are none.
    fn news(&mut self, server: &Arc<Server>) -> impl Future<Output = String> + Send;
}

/// The events that a client had last, by `Last-Event-ID` or `since`.
pub(super) fn last_event(call: &Call) -> Result<Option<&str>, Problem> {
    let last = call.headers.get("last-event-id").and_then(|id| id.to_str().ok());
    Ok(last.or(call.query.value("since")?))
}

/// Answers a stream, or 503 when too many are open.
pub(super) fn stream(call: &Call, arrival: Option<Extension<Arrival>>, follower: impl Follower) -> Result<Response, Problem> {
    let full = |_full| Problem::unavailable("too many streams are open; ask /changes from time to time instead", 30);
    let place = Arc::clone(&call.server.streams).try_acquire_owned().map_err(full)?;
    let tail = Tail {
        asked: as_it_came(call, arrival),
        audience: call.caller.audience,
        server: Arc::clone(&call.server),
        newest: call.server.changes.follow(call.caller.audience),
        follower,
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

/// The request once more, for who may ask is asked again as long as the stream lasts.
fn as_it_came(call: &Call, arrival: Option<Extension<Arrival>>) -> Parts {
    let mut asked = Request::new(()).into_parts().0;
    asked.uri = call.uri.clone();
    asked.headers = call.headers.clone();
    if let Some(Extension(arrival)) = arrival {
        asked.extensions.insert(arrival);
    }
    asked
}

/// One stream.
struct Tail<F> {
    asked: Parts,
    audience: Audience,
    server: Arc<Server>,
    newest: watch::Receiver<u64>,
    follower: F,
    greeted: bool,
    _place: OwnedSemaphorePermit,
}

/// The next bytes of a stream; nothing when the server stops.
async fn next<F: Follower>(mut tail: Tail<F>) -> Result<Option<(Bytes, Tail<F>)>, Infallible> {
    if !std::mem::replace(&mut tail.greeted, true) {
        return Ok(Some((Bytes::from_static(b"retry: 3000\n\n"), tail)));
    }
    loop {
        tail.newest.mark_unchanged();
        // Whose token is revoked, or whose session has ended, hears no more.
        let caller = who_asks(&tail.server, &tail.asked).await;
        let audience = caller.map(|caller| caller.unwrap_or(Caller::PUBLIC).audience);
        if tail.server.is_stopping() || !audience.is_ok_and(|audience| audience == tail.audience) {
            return Ok(None);
        }
        let text = tail.follower.news(&tail.server).await;
        if !text.is_empty() {
            return Ok(Some((text.into(), tail)));
        }
        if timeout(HEARTBEAT, tail.newest.changed()).await.is_err() {
            return Ok(Some((Bytes::from_static(b": still here\n\n"), tail)));
        }
    }
}
