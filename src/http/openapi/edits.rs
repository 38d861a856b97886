//! What the API definition says of changing records: methods beside those that read, on layers of records.

use super::super::editing::{GEOJSON, PACKAGE, TABLE};
use openapiv3::{MediaType, Operation, PathItem, ReferenceOr, RequestBody, Response, Responses, StatusCode};

/// What is done by a method under `/collections/{name}`.
struct Edit {
    path: &'static str,
    method: fn(&mut PathItem) -> &mut Option<Operation>,
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
        method: |item| &mut item.post,
        id: "create",
        summary: "Create a feature, or all of a collection or none; of a table or a GeoPackage, take what is new or changed",
        sends: &[FEATURES, (TABLE, "file"), (PACKAGE, "file")],
        parameters: &["idempotencyKey", "dryRun", "mapping", "table"],
        done: &[200, 201],
    },
    Edit {
        path: "/items/{featureId}",
        method: |item| &mut item.put,
        id: "replace",
        summary: "Say a feature anew",
        sends: &[FEATURES],
        parameters: FOLLOWING,
        done: &[200],
    },
    Edit {
        path: "/items/{featureId}",
        method: |item| &mut item.patch,
        id: "update",
        summary: "Say some of a feature anew (RFC 7396)",
        sends: &[("application/merge-patch+json", "document")],
        parameters: FOLLOWING,
        done: &[200],
    },
    Edit {
        path: "/items/{featureId}",
        method: |item| &mut item.delete,
        id: "withdraw",
        summary: "Withdraw a feature; nothing is ever removed",
        sends: &[],
        parameters: FOLLOWING,
        done: &[200],
    },
    Edit {
        path: "/items/{featureId}/versions",
        method: |item| &mut item.post,
        id: "restore",
        summary: "Say again what an earlier version said",
        sends: &[("application/json", "document")],
        parameters: FOLLOWING,
        done: &[200],
    },
];

/// Adds to the item of a path what may be done there to the records of a layer.
pub(super) fn add(item: &mut PathItem, path: &str, layer: &str) {
    for edit in EDITS.iter().filter(|edit| edit.path == path) {
        *(edit.method)(item) = Some(operation(edit, layer));
    }
}

fn operation(edit: &Edit, layer: &str) -> Operation {
    let named = edit.parameters.iter().map(|name| ReferenceOr::ref_(&format!("#/components/parameters/{name}")));
    let media = |(media_type, schema): &(&str, &str)| {
        let schema = Some(ReferenceOr::ref_(&format!("#/components/schemas/{schema}")));
        ((*media_type).to_owned(), MediaType { schema, ..Default::default() })
    };
    let body = (!edit.sends.is_empty()).then(|| RequestBody {
        content: edit.sends.iter().map(media).collect(),
        required: true,
        ..Default::default()
    });
    let told = [media(&("application/json", "document"))];
    let done = Response {
        description: "What was committed, and notes".into(),
        content: told.into_iter().collect(),
        ..Default::default()
    };
    let mut responses = Responses { default: Some(ReferenceOr::ref_("#/components/responses/Problem")), ..Default::default() };
    responses.responses.extend(edit.done.iter().map(|status| (StatusCode::Code(*status), ReferenceOr::Item(done.clone()))));
    Operation {
        tags: vec!["Editing".into()],
        summary: Some(edit.summary.into()),
        operation_id: Some(format!("{}.{layer}", edit.id)),
        parameters: named.collect(),
        request_body: body.map(ReferenceOr::Item),
        responses,
        ..Default::default()
    }
}
