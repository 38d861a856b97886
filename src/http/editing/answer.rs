//! What is told of a change: what was committed and what is worth knowing, or why nothing was changed.

use super::super::call::Call;
use crate::ledger::{Done, Refused};
use crate::problem::Problem;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use roadblock_layers::finding::Finding;
use roadblock_layers::store::{CommitError, Conflict, Stamp, Version};
use serde_json::{Value, json};
use std::fmt;

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A feature that is new: 201 with its address.
pub(super) fn created(call: &Call, layer: &str, done: &Done) -> Response {
    let mut response = entered(done);
    if let Some(stamp) = record(done) {
        *response.status_mut() = StatusCode::CREATED;
        if let Ok(address) = HeaderValue::try_from(call.href(&format!("/collections/{layer}/items/{}", stamp.id))) {
            response.headers_mut().insert(header::LOCATION, address);
        }
    }
    response
}

/// What was done: ids, versions, and notes; or what was told beside that when the request came before.
pub(super) fn entered(done: &Done) -> Response {
    if let Some(before) = done.committed.as_ref().and_then(|committed| committed.told.clone()) {
        return told(before, done);
    }
    let stamps = done.committed.iter().flat_map(|committed| &committed.stamps);
    let committed: Vec<Value> =
        stamps.map(|stamp| json!({"id": stamp.id, "version": stamp.version, "recorded_at": stamp.recorded_at.exact()})).collect();
    let body = json!({"dry_run": done.committed.is_none(), "committed": committed, "findings": done.findings});
    let mut response = answered(body, done);
    response.headers_mut().extend(record(done).and_then(|stamp| tag(stamp.version)));
    response
}

/// What is told of what holds already: nothing is written, and it is as it was.
pub(super) fn unchanged(newest: &Version, dry_run: bool) -> Value {
    let current = json!({"id": newest.id, "version": newest.version, "recorded_at": newest.recorded_at.exact()});
    json!({"dry_run": dry_run, "committed": [], "unchanged": [current], "findings": []})
}

/// An answer that is told again when the request comes again; with the version that holds, if it is of one record.
pub(super) fn told(told: Value, done: &Done) -> Response {
    let version = told.pointer("/unchanged/0/version").and_then(Value::as_u64);
    let mut response = answered(told, done);
    response.headers_mut().extend(version.and_then(tag));
    response
}

fn answered(body: Value, done: &Done) -> Response {
    let mut response = Json(body).into_response();
    let head = response.headers_mut();
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if done.committed.as_ref().is_some_and(|committed| committed.replayed) {
        head.insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}

/// What to name in `If-Match` next.
fn tag(version: impl fmt::Display) -> Option<(HeaderName, HeaderValue)> {
    HeaderValue::try_from(format!("W/\"v{version}\"")).ok().map(|tag| (header::ETAG, tag))
}

/// The record that was changed, if it was one; its sources stand before it.
fn record(done: &Done) -> Option<&Stamp> {
    done.committed.as_ref()?.stamps.last()
}

/// Why nothing was changed.
pub(super) fn refused(refused: Refused) -> Problem {
    let error = match refused {
        Refused::Findings(findings) => return found(findings),
        Refused::Full => return Problem::unavailable("too many changes wait; send this one again", 1),
        Refused::Broken => return Problem::internal(),
        Refused::Store(error) => error,
    };
    match &error {
        CommitError::Conflict(conflicts) => conflict(conflicts),
        CommitError::Twice(_) => Problem::unprocessable("Twice", error.to_string()),
        CommitError::Refused(_) => Problem::unprocessable("Refused", error.to_string()),
        CommitError::KeyReused => Problem::unprocessable("KeyReused", error.to_string()),
        CommitError::DiskFull => Problem::insufficient_storage(),
        CommitError::Busy | CommitError::Failed(_) | CommitError::Closed => {
            tracing::error!(%error, "a change was not written");
            Problem::unavailable("changes cannot be written now; reading goes on", 5)
        }
    }
}

/// What is wrong with drafts.
pub(super) fn found(findings: Vec<Finding>) -> Problem {
    Problem::findings(&findings.into_iter().map(in_a_feature).collect::<Vec<_>>())
}

/// A finding in a draft, where it stands in the feature that was sent.
fn in_a_feature(finding: Finding) -> Finding {
    let geometry =
        ["/properties/location/lon", "/properties/location/lat", "/properties/lon", "/properties/lat", "/properties/geometry"];
    match geometry.iter().find_map(|place| finding.pointer.strip_suffix(place)) {
        Some(feature) => Finding { pointer: format!("{feature}/geometry"), ..finding },
        None => finding,
    }
}

/// 409 if an id is taken or there is nothing to change, 412 if others were faster.
fn conflict(conflicts: &[Conflict]) -> Problem {
    let current: Vec<Value> = conflicts
        .iter()
        .map(|conflict| match conflict.current {
            None => json!({"id": conflict.id, "version": null}),
            Some(current) => json!({"id": conflict.id, "version": current.version, "withdrawn": current.withdrawn, "kind": current.subject.as_str()}),
        })
        .collect();
    Problem::conflict(current)
}
