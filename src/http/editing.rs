//! Changing records over HTTP (OGC API Features Part 4): create, replace, update, withdraw, restore; one feature or many, all or nothing.
//!
//! Nothing is ever removed: each change is a new version, and what was known before stays answerable. Whoever changes a record says which
//! version the change follows (`If-Match`), so that nobody overwrites what he has not seen.

mod answer;
mod request;

use super::call::Call;
use crate::edit;
use crate::ledger::{Done, Entry, Order, Says};
use crate::problem::Problem;
use answer::{created, entered, refused};
use axum::body::Body;
use axum::extract::Path;
use axum::response::Response;
pub use request::MOST_BYTES;
use request::{Editing, from_feature, merged, new_id};
use roadblock_layers::import::feature::keep_effect;
use roadblock_layers::store::Expected;
use serde_json::Value;

/// Where a feature says what a draft says.
const PROPERTIES: &str = "/properties";

/// `POST /collections/{id}/items`: a feature, or a collection of them, all new.
pub async fn create(call: Call, Path(layer): Path<String>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let document = editing.json()?;
    let features: Vec<(String, Value)> = match document.get("features") {
        Some(Value::Array(features)) => {
            (0..).zip(features).map(|(number, feature)| (format!("/features/{number}"), feature.clone())).collect()
        }
        _ => vec![(String::new(), document)],
    };
    let is_alone = features.first().is_some_and(|(pointer, _)| pointer.is_empty());
    let mut entries = Vec::with_capacity(features.len());
    for (pointer, feature) in features {
        let mut sent = from_feature(editing.kind, None, &feature, &pointer)?;
        let pointer = format!("{pointer}{PROPERTIES}");
        let id = sent.draft.get("id").and_then(Value::as_str).map_or_else(new_id, str::to_owned);
        sent.draft["id"] = id.as_str().into();
        entries.push(Entry { kind: editing.kind, id, expected: Expected::New, says: Says::This(sent), pointer });
    }
    let done = enter(&call, &editing, entries).await?;
    Ok(if is_alone { created(&call, &layer, &done) } else { entered(&done) })
}

/// `PUT /collections/{id}/items/{fid}`: this from now on.
pub async fn replace(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let mut sent = from_feature(editing.kind, Some(&id), &editing.json()?, "")?;
    if let Some(newest) = editing.ledger(&call)?.versions(editing.kind, &id).last() {
        keep_effect(&mut sent, &newest.draft);
    }
    change(&call, &editing, id, Says::This(sent)).await
}

/// `PATCH /collections/{id}/items/{fid}`: this of it from now on (RFC 7396).
pub async fn update(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let sent = merged(editing.kind, &id, &editing.ledger(&call)?.versions(editing.kind, &id), &editing.json()?)?;
    change(&call, &editing, id, Says::This(sent)).await
}

/// `DELETE /collections/{id}/items/{fid}`: it does not hold any more, and never did as far as is known from now on.
pub async fn withdraw(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    change(&call, &editing, id, Says::Nothing).await
}

/// `POST /collections/{id}/items/{fid}/versions` with `{"restore": 2}`: what version 2 said, from now on.
pub async fn restore(call: Call, Path((layer, id)): Path<(String, String)>, body: Body) -> Result<Response, Problem> {
    let editing = Editing::begin(&call, &layer, body).await?;
    let sent = request::restored(&editing.ledger(&call)?.versions(editing.kind, &id), &editing.json()?)?;
    change(&call, &editing, id, Says::This(sent)).await
}

async fn change(call: &Call, editing: &Editing, id: String, says: Says) -> Result<Response, Problem> {
    let expected = editing.expected(call)?;
    let entry = Entry { kind: editing.kind, id, expected, says, pointer: PROPERTIES.to_owned() };
    Ok(entered(&enter(call, editing, vec![entry]).await?))
}

/// Enters it in the ledger, beside whoever else asks.
async fn enter(call: &Call, editing: &Editing, entries: Vec<Entry>) -> Result<Done, Problem> {
    let order = Order { who: editing.who.clone(), entries, key: editing.key.clone() };
    edit::enter(&call.server, order, editing.dry_run).await.map_err(refused)
}

#[cfg(test)]
mod tests;
