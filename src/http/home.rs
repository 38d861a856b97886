//! The map page as it is before, and without, its scripts: what the map shows on the default day, as text.

use super::call::Call;
use super::html::{anchor, escape};
use super::viewer_state::is_reports;
use crate::world::Published;
use roadblock_layers::layer::Asked;
use roadblock_layers::value::Value;
use roadblock_tiles::grid::{World, project};
use std::fmt::Write;

/// Columns of the table of reports.
const SHOWN: [(&str, &str); 6] = [
    ("name", "Report"),
    ("effect", "Effect"),
    ("phase", "On this day"),
    ("actor", "Actor"),
    ("certainty", "Certainty"),
    ("valid_from", "Since"),
];
/// Most tiles across or down the overview.
const POSTER_TILES: i64 = 3;

/// The whole page around `script` and `style`.
pub fn page(call: &Call, asked: &Asked, script: &str, style: &str) -> String {
    let dataset = &call.world.dataset;
    let title = escape(&dataset.title);
    let reports: String =
        call.world.data_layers().filter(|published| is_reports(published)).map(|published| reports(published, asked)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>{title}</title><link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"{style}\">\
         <script type=\"module\" src=\"{script}\"></script></head>\n<body><main id=\"plain\"><h1>{title}</h1><p>{}</p>\n\
         <noscript>{}</noscript>\n{reports}{}<p>{}</p></main></body></html>\n",
        escape(&dataset.description),
        poster(call).unwrap_or_default(),
        downloads(call),
        escape(&call.world.disclaimer(asked).unwrap_or_default()),
    )
}

/// The reports of a layer that are in force, as a table.
fn reports(published: &Published, asked: &Asked) -> String {
    let layer = &published.layer;
    let mut table = format!("<h2>{} on {}</h2><div class=\"wide\"><table><tr>", escape(&layer.meta.title), asked.datetime);
    SHOWN.iter().for_each(|(_, title)| push(&mut table, format_args!("<th>{title}</th>")));
    table.push_str("<th>Sources</th></tr>\n");
    let sources = layer.schema.position("sources");
    for feature in layer.select_all(asked).filter_map(|number| layer.features.get(number as usize)) {
        table.push_str("<tr>");
        for (name, _) in SHOWN {
            let value = layer.schema.position(name).map(|column| layer.value(feature, column, &asked.datetime));
            let text = value.map(|value| text(&value)).unwrap_or_default();
            push(&mut table, format_args!("<td>{}</td>", escape(&text)));
        }
        let links = sources.and_then(|column| feature.values.get(column)).map(links).unwrap_or_default();
        push(&mut table, format_args!("<td>{links}</td></tr>\n"));
    }
    table.push_str("</table></div>\n");
    table
}

fn text(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Int(number) => number.to_string(),
        _ => String::new(),
    }
}

/// Who says so.
fn links(sources: &Value) -> String {
    let Value::Json(sources) = sources else { return String::new() };
    let links = sources.as_array().into_iter().flatten().map(|source| {
        let member = |name: &str| source.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        anchor(member("url"), if member("publisher").is_empty() { member("title") } else { member("publisher") })
    });
    links.collect::<Vec<_>>().join(", ")
}

fn downloads(call: &Call) -> String {
    let rows = call.world.data_layers().map(|published| {
        let meta = &published.layer.meta;
        let (items, file) =
            (format!("/collections/{}/items?f=html", meta.name), format!("/collections/{}/download.geojson", meta.name));
        format!("<li>{}: <a href=\"{items}\">table</a>, <a href=\"{file}\">GeoJSON</a></li>\n", escape(&meta.title))
    });
    format!("<h2>Layers</h2><ul>{}</ul>\n", rows.collect::<String>())
}

/// A still picture of everything: the few tiles, at the highest zoom where they are few, that cover the data.
fn poster(call: &Call) -> Option<String> {
    let bounds = call.world.bounds()?;
    let layers = call.world.names().join(",");
    let (north_west, south_east) = (project(bounds.west, bounds.north), project(bounds.east, bounds.south));
    let corners = |zoom: u32| {
        let tile = |position: World| position.map(|steps| (steps >> (32 - zoom)).min((1 << zoom) - 1));
        let (first, last) = (tile(north_west), tile(south_east));
        (last[0] - first[0] < POSTER_TILES && last[1] - first[1] < POSTER_TILES).then_some((zoom, first, last))
    };
    let (zoom, first, last) = (0..=8).rev().find_map(corners)?;
    let mut pictures = String::new();
    for y in first[1]..=last[1] {
        pictures.push_str("<div>");
        for x in first[0]..=last[0] {
            push(
                &mut pictures,
                format_args!("<img src=\"/xyz/{layers}/{zoom}/{x}/{y}.png\" alt=\"\" width=\"256\" height=\"256\">"),
            );
        }
        pictures.push_str("</div>");
    }
    Some(format!("<div class=\"poster\" role=\"img\" aria-label=\"Map of all layers\">{pictures}</div>"))
}

/// Writing to memory cannot fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
