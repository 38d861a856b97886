//! What a request to change something says: who asks, of which layer, following which version, and the drafts.

use super::super::call::Call;
use super::super::headers::READS;
use super::PROPERTIES;
use super::unknown::{Said, refuse_unknown};
use crate::ledger::Ledger;
use crate::problem::Problem;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use roadblock_layers::import::feature::{self, Sent};
use roadblock_layers::store::{Digest, Expected, Key, Version};
use roadblock_layers::view;
use roadblock_layers::vocab::Kind;
use serde_json::Value;
use std::error::Error;
use std::hash::{BuildHasher, Hasher, RandomState};
use tower_http::timeout::TimeoutError;

/// What all changes have.
pub(super) struct Editing {
    pub(super) who: String,
    pub(super) kind: Kind,
    pub(super) key: Option<Key>,
    pub(super) dry_run: bool,
    pub(super) body: Bytes,
}

/// Bytes that a request may have: some ten thousand reports.
pub const MOST_BYTES: usize = 8 << 20;
/// Characters of a key by which a request is known again.
const LONGEST_KEY: usize = 255;

impl Editing {
    /// Reads what a request says, once it is known that its sender may.
    pub(super) async fn begin(call: &Call, layer: &str, body: Body) -> Result<Self, Problem> {
        Self::begin_with(call, layer, body, &[]).await
    }

    /// The same where there are more parameters than all changes have.
    pub(super) async fn begin_with(call: &Call, layer: &str, body: Body, more: &[&str]) -> Result<Self, Problem> {
        let who = call.caller.editor()?.to_owned();
        call.layer(layer)?;
        let kind = view::kind_of(layer).filter(|_| call.server.ledger.is_some());
        let kind = kind.ok_or_else(|| Problem::method_not_allowed(READS))?;
        call.query.allow(&[&["dry_run"][..], more].concat())?;
        let dry_run = match call.query.value("dry_run")? {
            None | Some("false") => false,
            Some("true" | "") => true,
            Some(other) => {
                return Err(Problem::bad_request("InvalidParameterValue", format!("dry_run={other}: write true or false")));
            }
        };
        let body = to_bytes(body, MOST_BYTES).await.map_err(|error| cut(&error))?;
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
    pub(super) fn expected(&self, call: &Call, newest: Option<&Version>) -> Result<Expected, Problem> {
        let lists = call.headers.get_all(header::IF_MATCH).iter().map(|tags| tags.to_str().unwrap_or_default());
        match lists.collect::<Vec<_>>().join(",").as_str() {
            // A star names no version.
            tags if !tags.is_empty() && tags.trim() != "*" => followed(tags, newest.map(|newest| newest.version)),
            _ if call.caller.allow_blind_edits => {
                tracing::warn!(who = %self.who, "a change that does not say which version it follows");
                Ok(Expected::Any)
            }
            _ => Err(Problem::precondition_required()),
        }
    }
}

/// The newest version if it is among those in entity tags, `"v3-…"`, or the first of these; a tag may be weak, and the rest of it says how the
/// answer was written. Tags that are not ours are none of a version of ours.
fn followed(tags: &str, newest: Option<u32>) -> Result<Expected, Problem> {
    let versions = tags.split(',').filter_map(|tag| {
        let opaque = tag.trim().trim_start_matches("W/").trim_matches('"');
        opaque.strip_prefix('v')?.split('-').next()?.parse().ok()
    });
    let versions: Vec<u32> = versions.collect();
    let version = newest.filter(|newest| versions.contains(newest)).or(versions.first().copied());
    version.map(Expected::Version).ok_or_else(|| {
        Problem::bad_request(
            "InvalidIfMatch",
            "If-Match is the ETag of the feature as it was read, such as W/\"v3-0123456789abcdef\"",
        )
    })
}

/// Why a body did not come whole.
fn cut(error: &axum::Error) -> Problem {
    let first: &dyn Error = error;
    let mut causes = std::iter::successors(Some(first), |&error| error.source());
    match causes.any(|cause| cause.is::<TimeoutError>()) {
        true => Problem::of_status(StatusCode::REQUEST_TIMEOUT),
        false => Problem::too_large(MOST_BYTES),
    }
}

fn key(call: &Call, body: &[u8]) -> Result<Option<Key>, Problem> {
    let Some(key) = text(&call.headers, "idempotency-key") else { return Ok(None) };
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::bad_request("InvalidIdempotencyKey", format!("Idempotency-Key has 1 to {LONGEST_KEY} characters")));
    }
    let follows = text(&call.headers, "if-match").unwrap_or_default();
    let request = [call.method.as_str().as_bytes(), call.uri.to_string().as_bytes(), follows.as_bytes(), body].join(&0);
    Ok(Some(Key { key: key.to_owned(), request: Digest::of(&request), told: None }))
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The draft that a feature says.
pub(super) fn from_feature(kind: Kind, id: Option<&str>, feature: &Value, pointer: &str) -> Result<Sent, Problem> {
    feature::draft(kind, id, feature, pointer).map_err(|finding| Problem::findings(&[finding]))
}

/// The newest draft with what a patch says of it: members of `properties`, and the geometry (RFC 7396).
pub(super) fn merged(kind: Kind, newest: &Version, patch: &Value) -> Result<Sent, Problem> {
    let mut feature = serde_json::json!({"type": "Feature"});
    for member in ["properties", "geometry"] {
        feature[member] = patch.get(member).cloned().unwrap_or(Value::Null);
    }
    let sent = from_feature(kind, Some(&newest.id), &feature, "")?;
    refuse_unknown(&[(PROPERTIES.to_owned(), &sent)], Said::InPart)?;
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
    Ok(Sent { draft, ..sent })
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
    Ok(Sent { draft, ..Sent::default() })
}

/// There was nothing of the name at any time.
pub(super) fn never_there(layer: &str, id: &str) -> Problem {
    let create = format!("create it with POST /collections/{layer}/items");
    Problem::not_found(format!("there is no feature '{id}' in '{layer}' that could be changed; {create}"))
}

/// What was there was taken back.
pub(super) fn withdrawn(id: &str) -> Problem {
    Problem::not_found(format!("feature '{id}' was withdrawn; say it anew with PUT, or restore one of its versions"))
}

/// A name that tells nothing, for a record that comes without one.
pub(super) fn new_id() -> String {
    format!("r-{:016x}", RandomState::new().build_hasher().finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tower_http::timeout::TimeoutBody;

    #[test]
    fn if_match_names_a_version() {
        for (tags, newest, expected) in [
            ("W/\"v3-00ff\"", Some(3), 3),
            ("\"v12\"", None, 12),
            ("\"v1-a-gzip\", \"x\"", Some(2), 1),
            ("\"x\", W/\"v1-00ff\" , \"v2-00ff\"", Some(2), 2),
            ("\"v1\",\"v2\"", Some(3), 1),
        ] {
            assert_eq!(followed(tags, newest).unwrap(), Expected::Version(expected), "{tags}");
        }
        for tags in ["", "\"3\"", "v", "\"00ff\""] {
            assert_eq!(followed(tags, Some(3)).unwrap_err().status.as_u16(), 400, "{tags}");
        }
    }

    #[tokio::test]
    async fn a_body_that_stalls_is_told_from_one_that_is_too_long() {
        let stalled = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
        let stalled = Body::new(TimeoutBody::new(Duration::from_millis(5), stalled));
        assert_eq!(cut(&to_bytes(stalled, 9).await.unwrap_err()).status, 408);
        assert_eq!(cut(&to_bytes(Body::from("0123456789"), 9).await.unwrap_err()).status, 413);
    }
}
