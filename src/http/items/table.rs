//! A page of features as a table for people.

use crate::geojson::select::{Count, Selection};
use crate::http::html::{anchor, escape, page as whole_page, value};
use roadblock_layers::features::FeatureRef;
use serde_json::{Map, Value};
use std::fmt::Write;

/// The page of at most `count.returned` rows after a feature.
pub(super) fn page(base: &str, selection: &Selection, head: &Map<String, Value>, after: Option<u32>, count: &Count) -> String {
    let layer = &selection.criteria().published.layer;
    let text = |name: &str| head.get(name).and_then(Value::as_str).unwrap_or_default();
    let mut body = format!(
        "<p>{} of {} features. Valid time: {}. Known at: {}.</p><p>{}</p><div class=\"scroll\"><table><thead><tr><th>feature</th>",
        count.returned,
        count.matched,
        escape(text("datetime")),
        escape(text("known_at")),
        links(head)
    );
    for column in layer.schema.columns() {
        let _ = write!(body, "<th title=\"{}\">{}</th>", escape(&column.title), escape(&column.name));
    }
    body.push_str("</tr></thead><tbody>\n");
    let returned = usize::try_from(count.returned).unwrap_or(usize::MAX);
    let features = selection.numbers(after).take(returned).filter_map(|number| layer.feature(number));
    features.for_each(|feature| row(base, selection, feature, &mut body));
    let _ = write!(body, "</tbody></table></div><p class=\"note\">{}</p>", escape(text("disclaimer")));
    whole_page(&layer.meta.title, base, &body)
}

fn row(base: &str, selection: &Selection, feature: FeatureRef<'_>, body: &mut String) {
    let criteria = selection.criteria();
    let layer = &criteria.published.layer;
    let id = feature.id().to_string();
    let href = format!("{base}/collections/{}/items/{}?f=html", layer.meta.name, crate::http::links::segment(&id));
    let _ = write!(body, "<tr><td>{}</td>", anchor(&href, &id));
    for position in 0..layer.schema.columns().len() {
        body.push_str("<td>");
        value(&layer.value(feature, position, &criteria.asked.datetime).to_json(), body);
        body.push_str("</td>");
    }
    body.push_str("</tr>\n");
}

fn links(head: &Map<String, Value>) -> String {
    let links = head.get("links").and_then(Value::as_array).into_iter().flatten();
    let text = |link: &Value, name: &str| link.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let shown = links.filter(|link| text(link, "rel") != "self");
    shown.map(|link| anchor(&text(link, "href"), &text(link, "title"))).collect::<Vec<_>>().join(" · ")
}
