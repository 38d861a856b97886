//! `/changes?since=N` and `/events`: what changed in the caller's world, to be asked for or to be told (server-sent events).
//!
//! Who fell behind, or comes from before a restart, gets an event `reset`: read everything anew and go on from there.

use super::call::Call;
use super::follow::{self, Follower};
use super::links::JSON;
use crate::base::Arrival;
use crate::changes::{Change, FellBehind};
use crate::problem::Problem;
use crate::server::Server;
use axum::Extension;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use roadblock_layers::vocab::Audience;
use serde_json::json;
use std::sync::Arc;

/// Changes in one answer, or written to a stream at a time.
const MOST: usize = 1_000;
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
pub async fn events(call: Call, arrival: Option<Extension<Arrival>>) -> Result<Response, Problem> {
    call.query.allow(&["since"])?;
    let audience = call.caller.audience;
    let told = revision(follow::last_event(&call)?)?.unwrap_or(*call.server.changes.follow(audience).borrow());
    follow::stream(&call, arrival, Log { audience, told })
}

/// The log of an audience, read as far as it was told.
struct Log {
    audience: Audience,
    told: u64,
}

impl Follower for Log {
    async fn news(&mut self, server: &Arc<Server>) -> String {
        match server.changes.since(self.audience, self.told, MOST) {
            Ok(changes) => {
                self.told = changes.last().map_or(self.told, |change| change.revision);
                changes.iter().map(|change| event(change)).collect()
            }
            Err(FellBehind) => {
                self.told = *server.changes.follow(self.audience).borrow();
                format!("id: {}\nevent: reset\ndata: {{}}\n\n", self.told)
            }
        }
    }
}

fn revision(text: Option<&str>) -> Result<Option<u64>, Problem> {
    let wrong =
        |text: &str| Problem::bad_request("InvalidParameterValue", format!("since={text}: write the number of a revision"));
    text.map(|text| text.parse().map_err(|_error| wrong(text))).transpose()
}

fn event(change: &Change) -> String {
    format!("id: {}\nevent: change\ndata: {}\n\n", change.revision, json!(change))
}
