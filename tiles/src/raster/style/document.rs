//! Reading a style document: its bounds first, then its members, its sources and each of its layers.

use super::super::expression::{Drawings, Reader, Wanted};
use super::super::icons::Icons;
use super::super::issues::Gravity;
use super::{Rule, Style, StyleIssue, rule};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Bytes that a document may have.
pub const MOST_BYTES: usize = 2 << 20;
/// Layers that it may have.
const MOST_RULES: usize = 500;
/// Members of a document that mean nothing to a flat picture, or are said by the server instead.
const MEMBERS: [&str; 15] = [
    "version",
    "name",
    "metadata",
    "center",
    "zoom",
    "bearing",
    "pitch",
    "roll",
    "light",
    "sprite",
    "glyphs",
    "sources",
    "layers",
    "transition",
    "projection",
];
/// What some of them are.
const SAID: [(&str, Wanted); 6] = [
    ("name", Wanted::Text),
    ("glyphs", Wanted::Text),
    ("center", Wanted::Numbers { least: 2, most: 2, range: [-360.0, 360.0] }),
    ("zoom", Wanted::Number),
    ("bearing", Wanted::Number),
    ("pitch", Wanted::Number),
];
/// Types of sources.
const SOURCES: [&str; 6] = ["vector", "raster", "raster-dem", "geojson", "image", "video"];

/// What was found in a document.
#[derive(Debug, Default)]
pub struct Reading {
    /// The rules that can be drawn.
    pub style: Style,
    /// Everything that is wrong or not drawn, in the order of the document.
    pub issues: Vec<StyleIssue>,
    /// How many rules the document has.
    pub rules: usize,
    /// How many of them are drawn.
    pub drawn: usize,
}

impl Reading {
    /// Whether it is no style at all, or one in which something cannot be meant.
    pub fn is_wrong(&self) -> bool {
        self.issues.iter().any(|issue| issue.gravity == Gravity::Wrong)
    }
}

impl Drawings for Icons {
    fn has_icon(&self, name: &str) -> bool {
        Self::has_icon(self, name)
    }

    fn has_pattern(&self, name: &str) -> bool {
        self.has_hatch(name)
    }
}

impl Style {
    /// Reads a document to its end. Names of icons and patterns are held against `icons` if there are any.
    ///
    /// A document that is too long or has too many layers is refused before anything is made of it.
    pub fn read(text: &str, icons: Option<&Icons>) -> Reading {
        let mut reader = Reader::new(icons.map(|icons| icons as &dyn Drawings));
        let (rules, written) = read(&mut reader, text);
        let drawn = rules.len();
        Reading { style: Self::of(rules), issues: reader.issues.finish(), rules: written, drawn }
    }
}

/// The rules that can be drawn, and how many are written.
fn read(reader: &mut Reader<'_>, text: &str) -> (Vec<Rule>, usize) {
    let nothing = (Vec::new(), 0);
    if text.len() > MOST_BYTES {
        reader.issues.wrong(format!("the document has {} bytes; a style has at most {MOST_BYTES}", text.len()));
        return nothing;
    }
    let document: Value = match serde_json::from_str(text) {
        Ok(document) => document,
        Err(error) => {
            reader.issues.wrong(format!("this is no JSON: {error}"));
            return nothing;
        }
    };
    let Some(members) = document.as_object() else {
        reader.issues.wrong("a style is an object with \"version\": 8 and \"layers\"");
        return nothing;
    };
    if document["version"] != 8 {
        reader.within("version", |reader| reader.issues.wrong("the version of a style is 8"));
    }
    for name in members.keys().filter(|name| !MEMBERS.contains(&name.as_str())) {
        reader.within(name, |reader| reader.issues.not_drawn(format!("'{name}' is nothing that is drawn")));
    }
    if members.get("metadata").is_some_and(|metadata| !metadata.is_object()) {
        reader.within("metadata", |reader| reader.issues.wrong("metadata is an object"));
    }
    for (name, wanted) in SAID {
        if let Some(value) = members.get(name) {
            reader.within(name, |reader| reader.literal(value, &wanted));
        }
    }
    let sources = sources(reader, &document);
    let Some(layers) = document["layers"].as_array() else {
        reader.within("layers", |reader| reader.issues.wrong("a style has a list of layers"));
        return nothing;
    };
    if layers.len() > MOST_RULES {
        let message = format!("the style has {} layers; at most {MOST_RULES} are drawn", layers.len());
        reader.within("layers", |reader| reader.issues.wrong(message));
        return nothing;
    }
    let mut ids = BTreeSet::new();
    let back = reader.issues.enter("layers");
    let rules = layers.iter().enumerate().filter_map(|(number, layer)| {
        reader.issues.of_rule(layer["id"].as_str());
        let rule = reader.within(number, |reader| rule::read(reader, layer, number, &sources, &mut ids));
        reader.issues.of_rule(None);
        rule
    });
    let rules = rules.collect();
    reader.issues.leave(back);
    (rules, layers.len())
}

/// The sources by name.
fn sources(reader: &mut Reader<'_>, document: &Value) -> Map<String, Value> {
    let Some(sources) = document.get("sources") else { return Map::new() };
    let Some(members) = sources.as_object() else {
        reader.within("sources", |reader| reader.issues.wrong("sources are an object"));
        return Map::new();
    };
    let back = reader.issues.enter("sources");
    for (name, source) in members {
        let kind = source["type"].as_str().unwrap_or_default();
        if !SOURCES.contains(&kind) {
            let message = format!("'{kind}' is no type of source; there are: {}", SOURCES.join(", "));
            reader.within(name, |reader| reader.within("type", |reader| reader.issues.wrong(message)));
        }
    }
    reader.issues.leave(back);
    members.clone()
}
