use crate::http::items::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::http::sample::{ask, get, sample};
use serde_json::Value;
use std::collections::BTreeSet;

async fn api() -> Value {
    let answer = get("/api").await;
    assert_eq!(answer.header("content-type"), "application/vnd.oai.openapi+json;version=3.0");
    answer.json()
}

#[tokio::test]
async fn a_typed_reader_of_openapi_finds_every_operation_with_its_parameters_and_answers() {
    let said = api().await;
    let read: openapiv3::OpenAPI = serde_json::from_value(said.clone()).unwrap();
    let members = |item: &Value| item.as_object().map_or(0, serde_json::Map::len);
    assert_eq!(read.operations().count(), said["paths"].as_object().unwrap().values().map(members).sum::<usize>());
    for (path, method, operation) in read.operations() {
        let said = &said["paths"][path][method];
        assert_eq!(operation.parameters.len(), said["parameters"].as_array().map_or(0, Vec::len), "{method} {path}");
        assert_eq!(operation.responses.responses.len() + 1, members(&said["responses"]), "{method} {path}: the default, too");
        for (status, answer) in &operation.responses.responses {
            let content = &said["responses"][status.to_string()]["content"];
            assert_eq!(answer.as_item().unwrap().content.len(), members(content), "{method} {path}: {status}");
        }
        let sent = operation.request_body.as_ref().map_or(0, |body| body.as_item().unwrap().content.len());
        assert_eq!(sent, members(&said["requestBody"]["content"]), "{method} {path}");
    }
    assert_eq!(read.security.unwrap().len(), 3);
}

#[tokio::test]
async fn clients_learn_the_page_size_from_the_limit_component() {
    let schema = api().await["components"]["parameters"]["limit"]["schema"].clone();
    assert_eq!(schema["minimum"], 1);
    assert_eq!((schema["default"].as_u64(), schema["maximum"].as_u64()), (Some(DEFAULT_LIMIT), Some(MAX_LIMIT)));
    assert!(schema["maximum"].is_u64(), "an integer, not 10000.0");
}

#[tokio::test]
async fn the_bbox_component_is_as_the_conformance_suite_wants_it() {
    let bbox = api().await["components"]["parameters"]["bbox"].clone();
    assert_eq!((&bbox["explode"], &bbox["style"]), (&false.into(), &"form".into()));
    assert_eq!((&bbox["schema"]["minItems"], &bbox["schema"]["maxItems"]), (&4.into(), &6.into()));
    assert_eq!(bbox["schema"]["items"]["type"], "number");
}

#[tokio::test]
async fn items_of_each_layer_say_which_properties_filter() {
    let operation = api().await["paths"]["/collections/blockades/items"]["get"].clone();
    let parameters = operation["parameters"].as_array().unwrap();
    let subtype = parameters.iter().find(|parameter| parameter["name"] == "subtype").unwrap();
    assert_eq!((&subtype["in"], &subtype["style"], &subtype["explode"]), (&"query".into(), &"form".into(), &false.into()));
    assert_eq!(subtype["schema"]["type"], "string");
    let time = parameters.iter().find(|parameter| parameter["name"] == "valid_from").unwrap();
    assert_eq!(time["schema"]["format"], "date-time");
    for name in ["limit", "bbox", "datetime"] {
        let reference = format!("#/components/parameters/{name}");
        assert!(parameters.iter().any(|parameter| parameter["$ref"] == reference.as_str()), "{name}");
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere_and_every_operation_has_its_own_id() {
    let api = api().await;
    let mut ids = BTreeSet::new();
    let mut open = vec![&api];
    while let Some(value) = open.pop() {
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            assert!(api.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
        }
        if let Some(id) = value.get("operationId").and_then(Value::as_str) {
            assert!(ids.insert(id.to_owned()), "{id} is there twice");
        }
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => open.extend(members.values()),
            _ => (),
        }
    }
    assert!(ids.len() > 20);
}

#[tokio::test]
async fn every_documented_address_has_a_handler() {
    let (router, api) = (sample(), api().await);
    // A stream of events has no end to wait for.
    for path in api["paths"].as_object().unwrap().keys().filter(|path| *path != "/events") {
        let real = [
            ("{layers}", "roads"),
            ("{style}", "print"),
            ("{fontstack}", "DejaVu%20Sans"),
            ("{range}", "0-255"),
            ("{z}", "0"),
            ("{x}", "0"),
            ("{y}", "0"),
            ("{featureId}", "1"),
            ("{file}", "x.js"),
        ];
        let real = real.iter().fold(path.clone(), |path, (name, value)| path.replace(name, value));
        let answer = ask(&router, &real, &[]).await;
        assert!(!String::from_utf8_lossy(&answer.body).contains("there is nothing at"), "{real}");
    }
}

#[tokio::test]
async fn path_parameters_are_those_in_the_path() {
    let api = api().await;
    for (path, item) in api["paths"].as_object().unwrap() {
        let parameters = item["get"]["parameters"].as_array().cloned().unwrap_or_default();
        let components =
            parameters.iter().filter_map(|parameter| api.pointer(parameter["$ref"].as_str()?.trim_start_matches('#')));
        let declared: BTreeSet<String> = components
            .filter(|parameter| parameter["in"] == "path")
            .map(|parameter| parameter["name"].as_str().unwrap().into())
            .collect();
        let written: BTreeSet<String> = path.split('{').skip(1).map(|rest| rest.split('}').next().unwrap().into()).collect();
        assert_eq!(declared, written, "{path}");
    }
}

#[tokio::test]
async fn the_page_names_every_address_and_runs_nothing() {
    let page = get("/api.html").await;
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(!page.text().contains("<script"));
    let mut changing = 0;
    for (path, item) in api().await["paths"].as_object().unwrap() {
        assert!(page.text().contains(path.as_str()), "{path}");
        for method in item.as_object().unwrap().keys().filter(|method| *method != "get") {
            assert!(page.text().contains(&format!("<code>{} {path}</code>", method.to_uppercase())), "{method} {path}");
            changing += 1;
        }
    }
    assert!(changing > 4, "each method that changes records is there");
}
