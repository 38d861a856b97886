//! What the API definition says of changing records: methods beside those that read, on layers of records.

use super::super::editing::{GEOJSON, PACKAGE, TABLE};
use super::parts::{answer, content, reference};
use serde_json::{Value, json};

/// What is done by a method under `/collections/{name}`.
struct Edit {
    path: &'static str,
    method: &'static str,
    id: &'static str,
    summary: &'static str,
    /// Media types of what may be sent, and the names of their schemas.
    sends: &'static [(&'static str, &'static str)],
    parameters: &'static [&'static str],
    done: &'static [u16],
}

const FEATURES: (&str, &str) = (GEOJSON, "document");
const FOLLOWING: &[&str] = &["featureId", "ifMatch", "idempotencyKey", "dryRun"];

const EDITS: [Edit; 5] = [
    Edit {
        path: "/items",
        method: "post",
        id: "create",
        summary: "Create a feature, or all of a collection or none; of a table or a GeoPackage, take what is new or changed",
        sends: &[FEATURES, (TABLE, "file"), (PACKAGE, "file")],
        parameters: &["idempotencyKey", "dryRun", "mapping", "table"],
        done: &[200, 201],
    },
    Edit {
        path: "/items/{featureId}",
        method: "put",
        id: "replace",
        summary: "Say a feature anew",
        sends: &[FEATURES],
        parameters: FOLLOWING,
        done: &[200],
    },
    Edit {
        path: "/items/{featureId}",
        method: "patch",
        id: "update",
        summary: "Say some of a feature anew (RFC 7396)",
        sends: &[("application/merge-patch+json", "document")],
        parameters: FOLLOWING,
        done: &[200],
    },
    Edit {
        path: "/items/{featureId}",
        method: "delete",
        id: "withdraw",
        summary: "Withdraw a feature; nothing is ever removed",
        sends: &[],
        parameters: FOLLOWING,
        done: &[200],
    },
    Edit {
        path: "/items/{featureId}/versions",
        method: "post",
        id: "restore",
        summary: "Say again what an earlier version said",
        sends: &[("application/json", "document")],
        parameters: FOLLOWING,
        done: &[200],
    },
];

/// Adds to the item of a path what may be done there to the records of a layer.
pub(super) fn add(item: &mut Value, path: &str, layer: &str) {
    for edit in EDITS.iter().filter(|edit| edit.path == path) {
        item[edit.method] = operation(edit, layer);
    }
}

fn operation(edit: &Edit, layer: &str) -> Value {
    let done = || answer("What was committed, and notes", [("application/json", Some("document"))].into_iter());
    let problem = ("default".to_owned(), reference("responses", "Problem"));
    let mut operation = json!({
        "tags": ["Editing"],
        "summary": edit.summary,
        "operationId": format!("{}.{layer}", edit.id),
    });
    operation["parameters"] = edit.parameters.iter().map(|name| reference("parameters", name)).collect();
    operation["responses"] = [problem].into_iter().chain(edit.done.iter().map(|status| (status.to_string(), done()))).collect();
    if !edit.sends.is_empty() {
        let sent = edit.sends.iter().map(|(media_type, schema)| (*media_type, Some(*schema)));
        operation["requestBody"] = Value::from_iter([("content", content(sent)), ("required", true.into())]);
    }
    operation
}
