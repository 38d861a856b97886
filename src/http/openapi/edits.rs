//! What the API definition says of changing records: methods beside those that read, on layers of records.

use openapiv3::{MediaType, Operation, PathItem, ReferenceOr, RequestBody, Response, Responses, StatusCode};

/// What is done by a method under `/collections/{name}`.
struct Edit {
    path: &'static str,
    method: fn(&mut PathItem) -> &mut Option<Operation>,
    id: &'static str,
    summary: &'static str,
    /// Media type of what is sent, if anything.
    sends: Option<&'static str>,
    parameters: &'static [&'static str],
    done: u16,
}

const GEOJSON: Option<&str> = Some("application/geo+json");
const FOLLOWING: &[&str] = &["featureId", "ifMatch", "idempotencyKey", "dryRun"];

const EDITS: [Edit; 5] = [
    Edit {
        path: "/items",
        method: |item| &mut item.post,
        id: "create",
        summary: "Create a feature, or all of a collection or none",
        sends: GEOJSON,
        parameters: &["idempotencyKey", "dryRun"],
        done: 201,
    },
    Edit {
        path: "/items/{featureId}",
        method: |item| &mut item.put,
        id: "replace",
        summary: "Say a feature anew",
        sends: GEOJSON,
        parameters: FOLLOWING,
        done: 200,
    },
    Edit {
        path: "/items/{featureId}",
        method: |item| &mut item.patch,
        id: "update",
        summary: "Say some of a feature anew (RFC 7396)",
        sends: Some("application/merge-patch+json"),
        parameters: FOLLOWING,
        done: 200,
    },
    Edit {
        path: "/items/{featureId}",
        method: |item| &mut item.delete,
        id: "withdraw",
        summary: "Withdraw a feature; nothing is ever removed",
        sends: None,
        parameters: FOLLOWING,
        done: 200,
    },
    Edit {
        path: "/items/{featureId}/versions",
        method: |item| &mut item.post,
        id: "restore",
        summary: "Say again what an earlier version said",
        sends: Some("application/json"),
        parameters: FOLLOWING,
        done: 200,
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
    let document = || ReferenceOr::ref_("#/components/schemas/document");
    let body = edit.sends.map(|media_type| {
        let media = MediaType { schema: Some(document()), ..Default::default() };
        RequestBody { content: [(media_type.to_owned(), media)].into_iter().collect(), required: true, ..Default::default() }
    });
    let told = [("application/json".to_owned(), MediaType { schema: Some(document()), ..Default::default() })];
    let done = Response {
        description: "What was committed, and notes".into(),
        content: told.into_iter().collect(),
        ..Default::default()
    };
    let mut responses = Responses { default: Some(ReferenceOr::ref_("#/components/responses/Problem")), ..Default::default() };
    responses.responses.insert(StatusCode::Code(edit.done), ReferenceOr::Item(done));
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
