//! Changing records over HTTP (OGC API Features Part 4): create, replace, update, withdraw, restore; one feature or many, all or nothing.
//!
//! Nothing is ever removed: each change is a new version, and what was known before stays answerable. Whoever changes a record says which
//! version the change follows (`If-Match`), so that nobody overwrites what he has not seen.

mod answer;
mod format;
mod request;
mod same;
mod unknown;
mod upload;

use super::call::Call;
use crate::edit;
use crate::ledger::{Done, Entry, Order, Refused, Says};
use crate::problem::Problem;
use answer::{created, entered, refused, told, unchanged};
use axum::body::Body;
use axum::extract::Path;
use axum::response::Response;
use format::Format;
pub use format::{GEOJSON, PACKAGE, TABLE};
pub use request::MOST_BYTES;
use request::{Editing, from_feature, merged, new_id};
use roadblock_layers::import::feature::{Sent, keep_effect};
use roadblock_layers::store::{Expected, Key, Version};
use same::holds_already;
use serde_json::Value;
use unknown::{Said, refuse_unknown};

/// Where a feature says what a draft says.
const PROPERTIES: &str = "/properties";

/// `POST /collections/{id}/items`: a feature, or a collection of them, all new; or a table or package, of which is taken what is new.
pub async fn add(call: Call, Path(layer): Path<String>, body: Body) -> Result<Response, Problem> {
    let format = Format::of(&call.headers);
    let more = format.as_ref().map_or(&[][..], Format::parameters);
    let editing = Editing::begin_with(&call, &layer, body, more).await?;
    match format? {
        Format::Json => create(&call, &layer, &editing).await,
        Format::Upload(upload) => upload::take(&call, &layer, editing, upload).await,
    }
}

async fn create(call: &Call, layer: &str, editing: &Editing) -> Result<Response, Problem> {
    let document = editing.json()?;
    let features: Vec<(String, Value)> = match document.get("features") {
        Some(Value::Array(features)) => {
            (0..).zip(features).map(|(number, feature)| (format!("/features/{number}"), feature.clone())).collect()
        }
        _ => vec![(String::new(), document)],
    };
    let is_alone = features.first().is_some_and(|(pointer, _)| pointer.is_empty());
    let mut all = Vec::with_capacity(features.len());
    for (pointer, feature) in features {
        let sent = from_feature(editing.kind, None, &feature, &pointer)?;
        all.push((format!("{pointer}{PROPERTIES}"), sent));
    }
    refuse_unknown(&all.iter().map(|(pointer, sent)| (pointer.clone(), sent)).collect::<Vec<_>>(), Said::InFull)?;
    let mut entries = Vec::with_capacity(all.len());
    for (pointer, mut sent) in all {
        let id = sent.draft.get("id").and_then(Value::as_str).map_or_else(new_id, str::to_owned);
        sent.draft["id"] = id.as_str().into();
        entries.push(Entry { kind: editing.kind, id, expected: Expected::New, says: Says::This(sent), pointer });
    }
    let done = enter(call, editing, entries, None).await.map_err(refused)?;
    Ok(if is_alone { created(call, layer, &done) } else { entered(&done) })
}

/// `PUT /collections/{id}/items/{fid}`: this from now on.
pub async fn replace(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let mut sent = from_feature(editing.kind, Some(&id), &editing.json()?, "")?;
    refuse_unknown(&[(PROPERTIES.to_owned(), &sent)], Said::InFull)?;
    let versions = editing.ledger(&call)?.versions(editing.kind, &id);
    let newest = versions.last().ok_or_else(|| request::never_there(&layer, &id))?;
    keep_effect(&mut sent, &newest.draft);
    say(&call, &editing, &layer, newest, sent).await
}

/// `PATCH /collections/{id}/items/{fid}`: this of it from now on (RFC 7396).
pub async fn update(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let versions = editing.ledger(&call)?.versions(editing.kind, &id);
    let newest = versions.last().ok_or_else(|| request::never_there(&layer, &id))?;
    if newest.withdrawn {
        return again(&call, &editing).await?.map(|done| entered(&done)).ok_or_else(|| request::withdrawn(&id));
    }
    let sent = merged(editing.kind, newest, &editing.json()?)?;
    say(&call, &editing, &layer, newest, sent).await
}

/// `DELETE /collections/{id}/items/{fid}`: it does not hold any more, and never did as far as is known from now on.
pub async fn withdraw(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let versions = editing.ledger(&call)?.versions(editing.kind, &id);
    let expected = editing.expected(&call, versions.last())?;
    change(&call, &editing, id, expected, Says::Nothing).await
}

/// `POST /collections/{id}/items/{fid}/versions` with `{"restore": 2}`: what version 2 said, from now on.
pub async fn restore(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let versions = editing.ledger(&call)?.versions(editing.kind, &id);
    let sent = request::restored(&versions, &editing.json()?)?;
    let expected = editing.expected(&call, versions.last())?;
    change(&call, &editing, id, expected, Says::This(sent)).await
}

/// Says it from now on, unless that is what holds already.
async fn say(call: &Call, editing: &Editing, layer: &str, newest: &Version, sent: Sent) -> Result<Response, Problem> {
    let expected = editing.expected(call, Some(newest))?;
    let follows = matches!(expected, Expected::Any) || expected == Expected::Version(newest.version);
    if follows && holds_already(call, layer, newest, &sent)? {
        return tell(call, editing, Vec::new(), unchanged(newest, editing.dry_run)).await.map_err(refused);
    }
    change(call, editing, newest.id.clone(), expected, Says::This(sent)).await
}

async fn change(call: &Call, editing: &Editing, id: String, expected: Expected, says: Says) -> Result<Response, Problem> {
    let entry = Entry { kind: editing.kind, id, expected, says, pointer: PROPERTIES.to_owned() };
    let done = enter(call, editing, vec![entry], None).await.map_err(refused)?;
    Ok(entered(&done))
}

/// Enters it and tells this, now and when the request comes again; what was answered before, if it came before.
async fn tell(call: &Call, editing: &Editing, entries: Vec<Entry>, says: Value) -> Result<Response, Refused> {
    let done = enter(call, editing, entries, Some(says.clone())).await?;
    let is_replayed = done.committed.as_ref().is_some_and(|committed| committed.replayed);
    Ok(if is_replayed { entered(&done) } else { told(says, &done) })
}

/// What was answered when the same request came before, if it did: for one that would be answered otherwise by now without asking the store.
async fn again(call: &Call, editing: &Editing) -> Result<Option<Done>, Problem> {
    if editing.key.is_none() || editing.dry_run {
        return Ok(None);
    }
    let done = enter(call, editing, Vec::new(), None).await.map_err(refused)?;
    Ok(Some(done).filter(|done| done.committed.as_ref().is_some_and(|committed| committed.replayed)))
}

/// Enters it in the ledger, beside whoever else asks, and has remembered what else is told under the key.
async fn enter(call: &Call, editing: &Editing, entries: Vec<Entry>, told: Option<Value>) -> Result<Done, Refused> {
    let key = editing.key.clone().map(|key| Key { told, ..key });
    let order = Order { who: editing.who.clone(), entries, key };
    let outcome = edit::enter(&call.server, order, editing.dry_run).await;
    let is_written = match &outcome {
        Ok(done) => done.committed.as_ref().filter(|committed| !committed.replayed && !committed.stamps.is_empty()).map(|_| true),
        Err(Refused::Store(error)) if error.is_of_the_disk() => Some(false),
        Err(_) => None,
    };
    if let Some(is_written) = is_written {
        call.server.metrics.writes_refused.set(i64::from(!is_written));
    }
    outcome
}

#[cfg(test)]
mod tests;
