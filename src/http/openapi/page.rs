//! The API definition as a page: every address with its parameters.

use crate::http::html::{anchor, escape, page as whole_page};
use openapiv3::{OpenAPI, Operation, Parameter, ReferenceOr};
use std::fmt::Write;

/// The page.
pub(super) fn page(api: &OpenAPI, base: &str) -> String {
    let mut body = format!(
        "<p>{}</p><p>{}</p>",
        escape(api.info.description.as_deref().unwrap_or_default()),
        anchor(&format!("{base}/api"), "OpenAPI 3.0 definition (JSON)")
    );
    let mut tag = "";
    for (path, _, operation) in api.operations() {
        let here = operation.tags.first().map_or("", String::as_str);
        if here != tag {
            let _ = write!(body, "<h2>{}</h2>", escape(here));
            tag = here;
        }
        section(api, base, path, operation, &mut body);
    }
    whole_page(&format!("{}: API", api.info.title), base, &body)
}

fn section(api: &OpenAPI, base: &str, path: &str, operation: &Operation, body: &mut String) {
    let shown = if path.contains('{') { escape(path) } else { anchor(&format!("{base}{path}"), path) };
    let _ = write!(body, "<h3><code>GET {shown}</code></h3><p>{}</p>", escape(operation.summary.as_deref().unwrap_or_default()));
    if operation.parameters.is_empty() {
        return;
    }
    body.push_str("<dl>");
    for parameter in operation.parameters.iter().filter_map(|parameter| resolve(api, parameter)) {
        let data = parameter.parameter_data_ref();
        let description = escape(data.description.as_deref().unwrap_or_default());
        let _ = write!(body, "<dt><code>{}</code></dt><dd>{description}</dd>", escape(&data.name));
    }
    body.push_str("</dl>");
}

fn resolve<'a>(api: &'a OpenAPI, parameter: &'a ReferenceOr<Parameter>) -> Option<&'a Parameter> {
    match parameter {
        ReferenceOr::Item(parameter) => Some(parameter),
        ReferenceOr::Reference { reference } => {
            let name = reference.strip_prefix("#/components/parameters/")?;
            api.components.as_ref()?.parameters.get(name)?.as_item()
        }
    }
}
