//! The map page as it is before, and without, its scripts: what the map shows on the default day, as text.

mod roads;

use super::call::Call;
use super::html::{anchor, escape};
use super::links::ATOM;
use super::viewer_state::is_reports;
use super::words::Language;
use crate::world::{Published, filled};
use roadblock_layers::features::FeatureRef;
use roadblock_layers::layer::{Asked, Layer, LayerKind};
use roadblock_layers::time::{Datetime, Instant, Interval};
use roadblock_layers::value::Value;
use roadblock_tiles::grid::{World, project};
use std::fmt::Write;

/// Columns of the table of reports: property and word.
const SHOWN: [(&str, &str); 6] = [
    ("name", "report"),
    ("effect", "effect"),
    ("phase", "phase"),
    ("actor", "actor"),
    ("certainty", "certainty"),
    ("valid_from", "since"),
];
/// Most tiles across or down the overview.
const POSTER_TILES: i64 = 3;

/// The whole page around `script` and `style`.
pub fn page(call: &Call, asked: &Asked, language: Language, script: &str, style: &str) -> String {
    let dataset = &call.world.dataset;
    let french = |text: &Option<String>| text.clone().filter(|_| language == Language::French);
    let title = escape(title_of_all(call, language));
    let description = escape(&french(&dataset.french.description).unwrap_or_else(|| dataset.description.clone()));
    let reports: String = call
        .world
        .data_layers()
        .filter(|published| is_reports(published))
        .map(|published| reports(published, asked, language))
        .collect();
    let heading = language.say("on").replace("{title}", language.say("layer.access"));
    let heading = escape(&heading.replace("{date}", &moment(&asked.datetime, language)));
    let feed = call.href("/access/alerts?f=atom");
    let feed = call.world.access.as_ref().map(|_| format!("<link rel=\"alternate\" type=\"{ATOM}\" href=\"{}\">", escape(&feed)));
    let roads = roads::table(call, asked, &heading, language).unwrap_or_default();
    format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\"><title>{title}</title><link rel=\"icon\" href=\"data:,\">{}<link rel=\"stylesheet\" href=\"{style}\">\
         <script type=\"module\" src=\"{script}\"></script></head>\n<body><main id=\"plain\"><h1>{title}</h1><p>{description}</p>\n\
         <noscript>{}</noscript>\n{roads}{reports}{}<p>{}</p><p>{}</p></main></body></html>\n",
        language.tag(),
        feed.unwrap_or_default(),
        poster(call, language).unwrap_or_default(),
        downloads(call, language),
        escape(&disclaimer(call, asked, language).unwrap_or_default()),
        credits(call),
    )
}

/// The title of the data set.
pub(super) fn title_of_all(call: &Call, language: Language) -> &str {
    let dataset = &call.world.dataset;
    dataset.french.title.as_ref().filter(|_| language == Language::French).unwrap_or(&dataset.title)
}

/// The disclaimer with its dates in words.
pub(super) fn disclaimer(call: &Call, asked: &Asked, language: Language) -> Option<String> {
    let dataset = &call.world.dataset;
    let french = dataset.french.disclaimer.as_ref().filter(|_| language == Language::French);
    let text = french.or(dataset.disclaimer.as_ref())?;
    Some(filled(text, &moment(&asked.datetime, language), &language.day(asked.known_at)))
}

/// A moment or a day in words; anything longer as it is asked for.
pub(super) fn moment(datetime: &Datetime, language: Language) -> String {
    match *datetime {
        Datetime::At(at) => language.day(at),
        Datetime::During(Interval { from: Some(from), to }) if to == Some(from.plus_days(1)) => language.day(from),
        other => other.to_string(),
    }
}

/// Whom to credit, each once.
fn credits(call: &Call) -> String {
    let mut texts: Vec<&str> = Vec::new();
    for text in call.world.layers.iter().map(|published| published.layer.meta.attribution.as_str()) {
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts.into_iter().map(escape).collect::<Vec<_>>().join(" | ")
}

/// The title of a layer in the reader's language, if it is one of the layers with a fixed meaning.
pub(super) fn title(layer: &Layer, language: Language) -> &str {
    let word = Some(language.say(&format!("layer.{}", layer.meta.name)));
    let known = word.filter(|word| layer.meta.kind == LayerKind::Domain && !word.is_empty());
    known.unwrap_or(&layer.meta.title)
}

/// The reports of a layer that are in force, as a table.
fn reports(published: &Published, asked: &Asked, language: Language) -> String {
    let layer = &published.layer;
    let heading = language
        .say("on")
        .replace("{title}", &escape(title(layer, language)))
        .replace("{date}", &moment(&asked.datetime, language));
    let mut table = format!("<h2>{heading}</h2><div class=\"wide\" tabindex=\"0\"><table><tr>");
    SHOWN.iter().for_each(|(_, word)| push(&mut table, format_args!("<th>{}</th>", escape(language.say(word)))));
    push(&mut table, format_args!("<th>{}</th></tr>\n", language.say("sources")));
    let sources = layer.schema.position("sources");
    for feature in layer.select_all(asked).filter_map(|number| layer.feature(number)) {
        table.push_str("<tr>");
        for (name, _) in SHOWN {
            let text = cell(layer, feature, name, asked, language);
            // Reports are named in English.
            let tag = if name == "name" && language != Language::English { " lang=\"en\"" } else { "" };
            push(&mut table, format_args!("<td{tag}>{}</td>", escape(&text)));
        }
        let links = sources.map(|column| feature.value(column)).map(links).unwrap_or_default();
        push(&mut table, format_args!("<td>{links}</td></tr>\n"));
    }
    table.push_str("</table></div>\n");
    table
}

/// A value as people read it: codes in words, moments as dates.
fn cell(layer: &Layer, feature: FeatureRef<'_>, name: &str, asked: &Asked, language: Language) -> String {
    let value = layer.schema.position(name).map(|column| layer.value(feature, column, &asked.datetime));
    match (name, value) {
        ("effect" | "phase" | "certainty", Some(Value::Text(code))) => language.code(name, code),
        ("valid_from", Some(Value::Text(text))) => Instant::parse(text).map_or_else(|_| text.to_string(), |at| language.day(at)),
        (_, Some(Value::Text(text))) => text.to_string(),
        (_, Some(Value::Int(number))) => number.to_string(),
        _ => String::new(),
    }
}

/// Who says so.
fn links(sources: &Value) -> String {
    let sources = sources.to_json();
    let links = sources.as_array().into_iter().flatten().map(|source| {
        let member = |name: &str| source.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        anchor(member("url"), if member("publisher").is_empty() { member("title") } else { member("publisher") })
    });
    links.collect::<Vec<_>>().join(", ")
}

fn downloads(call: &Call, language: Language) -> String {
    let rows = call.world.data_layers().map(|published| {
        let name = &published.layer.meta.name;
        let (items, file) = (format!("collections/{name}/items?f=html"), format!("collections/{name}/download.geojson"));
        let (title, table) = (escape(title(&published.layer, language)), language.say("table"));
        format!("<li>{title}: <a href=\"{items}\">{table}</a>, <a href=\"{file}\">GeoJSON</a></li>\n")
    });
    let archives = call.world.archives.iter().map(|archived| {
        let (name, title) = (&archived.name, escape(&archived.title));
        format!("<li>{title}: <a href=\"xyz/{name}.json\">TileJSON</a></li>\n")
    });
    format!("<h2>{}</h2><ul>{}</ul>\n", language.say("layers_plain"), rows.chain(archives).collect::<String>())
}

/// A still picture of everything: the few tiles, at the highest zoom where they are few, that cover the data.
fn poster(call: &Call, language: Language) -> Option<String> {
    let bounds = call.world.bounds()?;
    call.world.data_layers().next()?;
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
                format_args!("<img src=\"xyz/{layers}/{zoom}/{x}/{y}.png\" alt=\"\" width=\"256\" height=\"256\">"),
            );
        }
        pictures.push_str("</div>");
    }
    Some(format!("<div class=\"poster\" role=\"img\" aria-label=\"{}\">{pictures}</div>", language.say("poster")))
}

/// Writing to memory cannot fail.
fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
