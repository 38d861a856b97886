//! One layer of a style document, read into a rule: its members, its filter, and each property by the table.

use super::super::expression::{Expr, Reader, Val, Wanted};
use super::properties::{Part, Property, Varies, drawn, property};
use super::{KINDS, Kind, PLACEMENTS, Placement, Rule};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Members of a layer.
const MEMBERS: [&str; 10] =
    ["id", "type", "metadata", "source", "source-layer", "minzoom", "maxzoom", "filter", "layout", "paint"];
/// Highest zoom of the specification.
const HIGHEST_ZOOM: f64 = 24.0;

/// Reads a layer; `None` if it is not drawn, for whatever reason. `ids` are those of the layers before.
pub(super) fn read(
    reader: &mut Reader<'_>,
    layer: &Value,
    number: usize,
    sources: &Map<String, Value>,
    ids: &mut BTreeSet<String>,
) -> Option<Rule> {
    let Some(members) = layer.as_object() else {
        reader.issues.wrong("a layer is an object");
        return None;
    };
    let before = reader.issues.wrongs();
    known_members(reader, members);
    named(reader, members, ids);
    let kind = kind(reader, members);
    let is_here = kind == Some(Kind::Background) || sourced(reader, members, sources);
    let zooms = zooms(reader, members);
    let kind = kind?;
    let metadata = &layer["metadata"];
    let any = metadata["roadblock:any"] == true;
    if kind != Kind::Background && !any && !layer["source-layer"].is_string() {
        reader.within("source-layer", |reader| {
            reader.issues.wrong("a rule of this type names the layer that it draws, as \"source-layer\": \"roads\"");
        });
    }
    reader.reads.clear();
    let filter = members.get("filter").map(|filter| reader.within("filter", |reader| reader.filter(filter)));
    let properties = properties(reader, members, kind);
    let placement = placement(reader, layer);
    without(reader, layer, kind, placement);
    let is_hidden = is_hidden(reader, layer);
    let reads = std::mem::take(&mut reader.reads);
    let is_right = reader.issues.wrongs() == before && filter.as_ref().is_none_or(Option::is_some);
    (is_right && is_here && !is_hidden).then_some(())?;
    Some(Rule {
        number,
        kind,
        placement: placement?,
        source_layer: layer["source-layer"].as_str().map(str::to_owned),
        any,
        clusters: metadata["roadblock:cluster"] == true,
        zooms,
        filter: filter.flatten(),
        properties: properties?,
        reads,
    })
}

/// Tells of members that a layer has not, and of metadata that are none.
fn known_members(reader: &mut Reader<'_>, members: &Map<String, Value>) {
    for (name, value) in members {
        let message = match name.as_str() {
            "metadata" if !value.is_object() => "metadata is an object".to_owned(),
            "ref" => "'ref' is no longer part of the specification; write out what the other layer says".to_owned(),
            known if MEMBERS.contains(&known) => continue,
            _ => format!("a layer has no '{name}'; it has: {}", MEMBERS.join(", ")),
        };
        reader.within(name, |reader| reader.issues.wrong(message));
    }
}

/// The properties that are drawn; `None` if the value of any cannot be.
fn properties(
    reader: &mut Reader<'_>,
    members: &Map<String, Value>,
    kind: Kind,
) -> Option<Vec<(&'static Property, Option<Expr>)>> {
    let mut read = Vec::new();
    for part in Part::ALL {
        let Some(json) = members.get(part.name()) else { continue };
        let back = reader.issues.enter(part.name());
        match json.as_object() {
            None => reader.issues.wrong("this is an object of properties"),
            Some(values) => {
                let values = values.iter().filter(|(name, _)| *name != "visibility" || part != Part::Layout);
                read.extend(values.map(|(name, value)| reader.within(name, |reader| one(reader, kind, part, name, value))));
            }
        }
        reader.issues.leave(back);
    }
    let read: Vec<_> = read.into_iter().collect::<Option<_>>()?;
    let mut said: BTreeMap<&str, Expr> = read.into_iter().flatten().map(|(known, value)| (known.name, value)).collect();
    Some(drawn(kind).map(|property| (property, said.remove(property.name))).collect())
}

/// A property; nothing of one that is not drawn, `None` if its value cannot be.
fn one(reader: &mut Reader<'_>, kind: Kind, part: Part, name: &str, value: &Value) -> Option<Option<(&'static Property, Expr)>> {
    let known = property(kind, name).filter(|known| known.part == part);
    match known.and_then(|known| Some((known, known.wanted.as_ref()?))) {
        Some((known, wanted)) => {
            if value.is_null() {
                reader.issues.wrong("null is no value; leave the property out");
                return None;
            }
            if name == "icon-padding" && value.as_array().is_some_and(|sides| sides.iter().all(Value::is_number)) {
                reader.issues.not_drawn("icons keep the same room on all sides; the rule is drawn without it");
                return Some(None);
            }
            let before = std::mem::take(&mut reader.reads);
            let read = reader.property(value, wanted);
            if known.varies == Varies::Zoom && !reader.reads.is_empty() {
                let message = format!("'{name}' may depend on the zoom alone; it is drawn as it says, but map clients refuse it");
                reader.issues.not_drawn(message);
            }
            reader.reads.extend(before);
            read.map(|expression| Some((known, expression)))
        }
        None => {
            unknown(reader, kind, part, name, value);
            Some(None)
        }
    }
}

fn named(reader: &mut Reader<'_>, members: &Map<String, Value>, ids: &mut BTreeSet<String>) {
    let message = match members.get("id") {
        None => {
            reader.issues.not_drawn("the rule has no \"id\"; this engine needs none, but map clients refuse such a style");
            return;
        }
        Some(Value::String(id)) if ids.insert(id.clone()) => return,
        Some(Value::String(_)) => "another rule has this id; each has its own",
        Some(_) => "an id is a text",
    };
    reader.within("id", |reader| reader.issues.wrong(message));
}

fn kind(reader: &mut Reader<'_>, members: &Map<String, Value>) -> Option<Kind> {
    let name = members.get("type").and_then(Value::as_str).unwrap_or_default();
    let known = KINDS.iter().find(|(known, _)| *known == name);
    let drawn: Vec<&str> = KINDS.iter().filter(|(_, kind)| kind.is_some()).map(|(name, _)| *name).collect();
    let right = drawn.join(", ");
    match known {
        Some((_, Some(kind))) => return Some(*kind),
        Some((_, None)) => reader.within("type", |reader| {
            reader.issues.not_drawn(format!("'{name}' is not drawn; there are: {right}; the rule is left out"));
        }),
        None => reader.within("type", |reader| {
            reader.issues.wrong(format!("'{name}' is no type of rule; there are: {right}"));
        }),
    }
    None
}

/// Whether the source of a rule is one of vector tiles, or not listed because it is this server's.
fn sourced(reader: &mut Reader<'_>, members: &Map<String, Value>, sources: &Map<String, Value>) -> bool {
    let Some(source) = members.get("source") else { return true };
    let back = reader.issues.enter("source");
    let found = source.as_str().and_then(|source| sources.get(source));
    let kind = found.and_then(|source| source["type"].as_str()).unwrap_or("vector");
    match source.as_str() {
        None => reader.issues.wrong("a source is named by a text"),
        Some(name) if found.is_none() && !sources.is_empty() => {
            let there: Vec<&str> = sources.keys().map(String::as_str).collect();
            reader.issues.wrong(format!("there is no source '{name}'; there are: {}", there.join(", ")));
        }
        Some(name) if kind != "vector" => {
            let message =
                format!("'{name}' is a source of type {kind}; layers of vector sources are drawn; the rule is left out");
            reader.issues.not_drawn(message);
        }
        Some(_) => (),
    }
    reader.issues.leave(back);
    kind == "vector"
}

fn zooms(reader: &mut Reader<'_>, members: &Map<String, Value>) -> [f64; 2] {
    let mut zoom = |name: &str, missing: f64| {
        let Some(json) = members.get(name) else { return missing };
        let zoom = json.as_f64().filter(|zoom| (0.0..=HIGHEST_ZOOM).contains(zoom));
        if zoom.is_none() {
            reader.within(name, |reader| reader.issues.wrong(format!("a zoom is a number from 0 to {HIGHEST_ZOOM}")));
        }
        zoom.unwrap_or(missing)
    };
    let zooms = [zoom("minzoom", f64::MIN), zoom("maxzoom", f64::MAX)];
    if zooms[0] > zooms[1] {
        let message = format!("the rule begins at zoom {} and ends before, at {}; it is never drawn", zooms[0], zooms[1]);
        reader.within("minzoom", |reader| reader.issues.wrong(message));
    }
    zooms
}

/// Tells of a property that is not drawn, or that there is not; not of one that changes nothing.
fn unknown(reader: &mut Reader<'_>, kind: Kind, part: Part, name: &str, value: &Value) {
    // How a value becomes another: nothing moves in a picture.
    let is_transition = name.strip_suffix("-transition").and_then(|of| property(kind, of)).is_some_and(|of| of.part == part);
    match property(kind, name) {
        None if is_transition && part == Part::Paint => (),
        Some(known) if known.part == part && known.usual.is(&Val::of(value)) => (),
        Some(known) if known.part != part => {
            reader.issues.wrong(format!("'{name}' stands in \"{}\", not in \"{}\"", known.part.name(), part.name()));
        }
        Some(_) => reader.issues.not_drawn(format!("'{name}' is not drawn; the rule is drawn without it")),
        None => {
            reader.issues.wrong(format!(
                "there is no property '{name}' of such a rule; there are: {}",
                drawn(kind).map(|property| property.name).collect::<Vec<_>>().join(", ")
            ));
        }
    }
}

/// Tells of properties that are drawn by themselves, and not beside some others.
fn without(reader: &mut Reader<'_>, layer: &Value, kind: Kind, placement: Option<Placement>) {
    // What is said as it is anyway changes nothing.
    let is_said = |name: &str| {
        let said = property(kind, name).and_then(|known| Some((known, layer[known.part.name()].get(name)?)));
        said.is_some_and(|(known, value)| !known.usual.is(&Val::of(value)))
    };
    let mut tell = |part: Part, name: &str, message: &str| {
        if is_said(name) {
            reader.within(part.name(), |reader| reader.within(name, |reader| reader.issues.not_drawn(message)));
        }
    };
    if kind == Kind::Symbol && placement.is_some_and(|placement| placement != Placement::Point) {
        tell(Part::Layout, "text-rotate", "texts along lines are not turned");
        tell(Part::Layout, "text-anchor", "texts along lines stand with their middle at the place");
    }
    if is_said("line-gap-width") || is_said("line-offset") {
        tell(
            Part::Layout,
            "line-join",
            "lines that lie beside themselves have pointed corners, of which only the edges are joined so",
        );
    }
}

fn placement(reader: &mut Reader<'_>, layer: &Value) -> Option<Placement> {
    let Some(asked) = layer["layout"].get("symbol-placement") else { return Some(Placement::Point) };
    let found = PLACEMENTS.iter().find(|(name, _)| asked == name).map(|(_, placement)| *placement);
    if found.is_none() {
        let names = PLACEMENTS.map(|(name, _)| name).join(", ");
        let message = format!("this is no placement that is drawn; there are: {names}; the rule is left out");
        reader.within("layout", |reader| reader.within("symbol-placement", |reader| reader.issues.not_drawn(message)));
    }
    found
}

/// Whether the rule is switched off.
fn is_hidden(reader: &mut Reader<'_>, layer: &Value) -> bool {
    let Some(visibility) = layer["layout"].get("visibility") else { return false };
    if visibility != "visible" && visibility != "none" {
        let right = Wanted::Word(&["visible", "none"]).right();
        reader.within("layout", |reader| reader.within("visibility", |reader| reader.issues.wrong(format!("write {right}"))));
    }
    visibility == "none"
}
