//! The API definition as a page: every address with its methods and parameters.

use crate::http::html::{anchor, escape, page as whole_page};
use serde_json::{Map, Value};
use std::fmt::Write;

/// The page.
pub(super) fn page(api: &Value, base: &str) -> String {
    let mut body = format!(
        "<p>{}</p><p>{}</p>",
        said(&api["info"]["description"]),
        anchor(&format!("{base}/api"), "OpenAPI 3.0 definition (JSON)")
    );
    let mut tag = String::new();
    for (path, item) in members(&api["paths"]) {
        for (method, operation) in members(item) {
            let here = said(&operation["tags"][0]);
            if here != tag {
                let _ = write!(body, "<h2>{here}</h2>");
                tag = here;
            }
            let linked = method == "get" && !path.contains('{');
            let shown = if linked { anchor(&format!("{base}{path}"), path) } else { escape(path) };
            let _ = write!(body, "<h3><code>{} {shown}</code></h3><p>{}</p>", method.to_uppercase(), said(&operation["summary"]));
            parameters(api, operation, &mut body);
        }
    }
    whole_page(&format!("{}: API", api["info"]["title"].as_str().unwrap_or_default()), base, &body)
}

fn parameters(api: &Value, operation: &Value, body: &mut String) {
    let Some(parameters) = operation["parameters"].as_array().filter(|parameters| !parameters.is_empty()) else { return };
    body.push_str("<dl>");
    for parameter in parameters.iter().filter_map(|parameter| resolve(api, parameter)) {
        let _ = write!(body, "<dt><code>{}</code></dt><dd>{}</dd>", said(&parameter["name"]), said(&parameter["description"]));
    }
    body.push_str("</dl>");
}

/// What is meant: itself, or what it refers to.
fn resolve<'a>(api: &'a Value, parameter: &'a Value) -> Option<&'a Value> {
    match parameter["$ref"].as_str() {
        Some(reference) => api.pointer(reference.trim_start_matches('#')),
        None => Some(parameter),
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flat_map(Map::iter)
}

/// The text of a member, fit for a page.
fn said(text: &Value) -> String {
    escape(text.as_str().unwrap_or_default())
}
