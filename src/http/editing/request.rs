//! What a request to change something says: who asks, of which layer, following which version, and the drafts.

use super::super::call::Call;
use super::super::headers::READS;
use crate::ledger::Ledger;
use crate::problem::Problem;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, header};
use roadblock_layers::import::feature::{self, Sent};
use roadblock_layers::store::{Digest, Expected, Key, Version};
use roadblock_layers::view;
use roadblock_layers::vocab::Kind;
use serde_json::Value;
use std::hash::{BuildHasher, Hasher, RandomState};

/// What all changes have.
pub(super) struct Editing {
    pub(super) who: String,
    pub(super) kind: Kind,
    pub(super) key: Option<Key>,
    pub(super) dry_run: bool,
    body: axum::body::Bytes,
}

/// Bytes that a request may have: some ten thousand reports.
pub const MOST_BYTES: usize = 8 << 20;
/// Characters of a key by which a request is known again.
const LONGEST_KEY: usize = 255;

impl Editing {
    /// Reads what a request says, once it is known that its sender may.
    pub(super) async fn begin(call: &Call, layer: &str, body: Body) -> Result<Self, Problem> {
        let who = call.caller.editor()?.to_owned();
        call.layer(layer)?;
        let kind = view::kind_of(layer).filter(|_| call.server.ledger.is_some());
        let kind = kind.ok_or_else(|| Problem::method_not_allowed(READS))?;
        call.query.allow(&["dry_run"])?;
        let dry_run = match call.query.value("dry_run")? {
            None | Some("false") => false,
            Some("true" | "") => true,
            Some(other) => {
                return Err(Problem::bad_request("InvalidParameterValue", format!("dry_run={other}: write true or false")));
            }
        };
        let body = to_bytes(body, MOST_BYTES).await.map_err(|_cut| Problem::too_large(MOST_BYTES))?;
        let key = key(call, &body)?;
        Ok(Self { who, kind, key, dry_run, body })
    }

    /// The body as JSON.
    pub(super) fn json(&self) -> Result<Value, Problem> {
        serde_json::from_slice(&self.body)
            .map_err(|error| Problem::bad_request("InvalidJson", format!("the body is no JSON: {error}")))
    }

    /// The ledger: there is one, or nothing could be changed.
    pub(super) fn ledger<'c>(&self, call: &'c Call) -> Result<&'c Ledger, Problem> {
        call.server.ledger.as_ref().ok_or_else(Problem::internal)
    }

    /// Which version a change follows, as `If-Match` says it.
    pub(super) fn expected(&self, call: &Call) -> Result<Expected, Problem> {
        match call.headers.get(header::IF_MATCH) {
            // A star names no version.
            Some(tags) if tags.as_bytes().trim_ascii() != b"*" => followed(tags.to_str().unwrap_or_default()),
            _ if call.caller.allow_blind_edits => {
                tracing::warn!(who = %self.who, "a change that does not say which version it follows");
                Ok(Expected::Any)
            }
            _ => Err(Problem::precondition_required()),
        }
    }
}

/// The version in an entity tag, `"v3-…"`; the tag may be weak, and the rest of it says how the answer was written.
fn followed(tags: &str) -> Result<Expected, Problem> {
    let opaque = tags.split(',').next().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
    let version = opaque.strip_prefix('v').and_then(|rest| rest.split('-').next()?.parse().ok());
    version.map(Expected::Version).ok_or_else(|| {
        Problem::bad_request(
            "InvalidIfMatch",
            "If-Match is the ETag of the feature as it was read, such as W/\"v3-0123456789abcdef\"",
        )
    })
}

fn key(call: &Call, body: &[u8]) -> Result<Option<Key>, Problem> {
    let Some(key) = text(&call.headers, "idempotency-key") else { return Ok(None) };
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::bad_request("InvalidIdempotencyKey", format!("Idempotency-Key has 1 to {LONGEST_KEY} characters")));
    }
    let follows = text(&call.headers, "if-match").unwrap_or_default();
    let request = [call.method.as_str().as_bytes(), call.uri.to_string().as_bytes(), follows.as_bytes(), body].join(&0);
    Ok(Some(Key { key: key.to_owned(), request: Digest::of(&request) }))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The draft that a feature says.
pub(super) fn from_feature(kind: Kind, id: Option<&str>, feature: &Value, pointer: &str) -> Result<Sent, Problem> {
    feature::draft(kind, id, feature, pointer).map_err(|finding| Problem::findings(&[finding]))
}

/// The newest draft with what a patch says of it: members of `properties`, and the geometry (RFC 7396).
pub(super) fn merged(kind: Kind, id: &str, versions: &[Version], patch: &Value) -> Result<Sent, Problem> {
    let newest = versions.last().filter(|newest| !newest.withdrawn).ok_or_else(|| nothing_there(id))?;
    let mut feature = serde_json::json!({"type": "Feature"});
    for member in ["properties", "geometry"] {
        feature[member] = patch.get(member).cloned().unwrap_or(Value::Null);
    }
    let sent = from_feature(kind, Some(id), &feature, "")?;
    let mut draft: Value = serde_json::from_str(&newest.draft).map_err(|_damaged| Problem::internal())?;
    let said = patch.get("properties").and_then(Value::as_object);
    let Some(members) = draft.as_object_mut() else { return Err(Problem::internal()) };
    for name in said.into_iter().flatten().filter(|(_, value)| value.is_null()).map(|(name, _)| name) {
        members.shift_remove(name);
    }
    let has_geometry = patch.get("geometry").is_some_and(|geometry| !geometry.is_null());
    for (name, value) in sent.draft.as_object().into_iter().flatten() {
        // What a feature without these members would be taken to say.
        let is_said = match name.as_str() {
            "sources" | "location" => said.is_some_and(|said| said.contains_key(name)) || (name == "location" && has_geometry),
            "geometry" => has_geometry,
            _ => true,
        };
        if is_said {
            match members.get_mut(name).filter(|_| name == "counts") {
                Some(counts) => merge(counts, value),
                None => drop(members.insert(name.clone(), value.clone())),
            }
        }
    }
    Ok(Sent { draft, sources: sent.sources })
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let (Some(members), Some(patches)) = (target.as_object_mut(), patch.as_object()) else {
        *target = patch.clone();
        return;
    };
    for (name, patch) in patches {
        match patch.is_null() {
            true => drop(members.shift_remove(name)),
            false => merge(members.entry(name).or_insert(Value::Null), patch),
        }
    }
}

/// The draft of the version that is to hold again.
pub(super) fn restored(versions: &[Version], body: &Value) -> Result<Sent, Problem> {
    let asked = body.get("restore").and_then(Value::as_u64);
    let asked = asked.ok_or_else(|| Problem::bad_request("InvalidBody", "write {\"restore\": N}, the number of a version"))?;
    let version = versions.iter().find(|version| u64::from(version.version) == asked);
    let version = version.ok_or_else(|| Problem::not_found(format!("there is no version {asked} of it")))?;
    let draft = serde_json::from_str(&version.draft).map_err(|_damaged| Problem::internal())?;
    Ok(Sent { draft, sources: Vec::new() })
}

fn nothing_there(id: &str) -> Problem {
    Problem::not_found(format!("there is no feature '{id}' that could be changed"))
}

/// A name that tells nothing, for a record that comes without one.
pub(super) fn new_id() -> String {
    format!("r-{:016x}", RandomState::new().build_hasher().finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn if_match_names_a_version() {
        for (tags, expected) in [
            ("W/\"v3-00ff\"", Expected::Version(3)),
            ("\"v12\"", Expected::Version(12)),
            ("\"v1-a-gzip\", \"x\"", Expected::Version(1)),
        ] {
            assert_eq!(followed(tags).unwrap(), expected, "{tags}");
        }
        for tags in ["", "\"3\"", "v", "\"00ff\""] {
            assert_eq!(followed(tags).unwrap_err().status.as_u16(), 400, "{tags}");
        }
    }
}
