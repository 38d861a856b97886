//! How the rows of the data set become drafts: fields under new names, and what only words said put into fields.

use super::cercles::Cercles;
use serde_json::{Map, Value, json};

/// Edition of the p-codes in the data.
const PCODES: &str = "49 cercles and Bamako, before the law of 2023";
/// How wrong the outline of an area may be, metres: half the distance between capitals.
const AREA_ACCURACY_M: u32 = 40_000;

pub(super) fn place(row: &Value) -> Value {
    let mut draft = renamed(row, "id name role lon lat accuracy_m adm0=country adm2_code=adm2_pcode notes=note");
    let basis = match row["coord_source"].as_str().map(|basis| basis.split_once(':').unwrap_or((basis, ""))) {
        Some(("geonames", number)) => format!("Position: GeoNames {number}, CC BY 4.0"),
        Some(("author_estimate", _)) => "Position: estimated by the authors of the data set".to_owned(),
        Some((basis, _)) => format!("Position: {basis}"),
        None => "Position: origin not said".to_owned(),
    };
    if draft.contains_key("adm2_code") {
        draft.insert("cod_version".into(), PCODES.into());
    }
    with(draft, json!({"kind": "place", "basis_note": basis, "is_supply_node": row["country"] != "MLI"}))
}

/// A segment has no name of its own; it gets those of its ends.
pub(super) fn segment(row: &Value, towns: &[Value]) -> Value {
    let [a, b] = ["a", "b"].map(|end| {
        let town = towns.iter().find(|town| town["id"] == row[end]);
        town.map_or(&row[end], |town| &town["name"]).as_str().unwrap_or_default()
    });
    let name = format!("{a} – {b}");
    let draft = renamed(row, "id a b geometry_accuracy_m");
    with(draft, json!({"kind": "segment", "name": name, "basis_note": "Schematic: a straight leg between two places"}))
}

pub(super) fn corridor(row: &Value) -> Value {
    let draft = renamed(row, "id name mode route_class nodes segments road_refs certainty basis_note=basis notes=note");
    with(draft, json!({"kind": "corridor", "published_length_km": row["published_length_km"]["value"]}))
}

pub(super) fn blockade(row: &Value) -> Value {
    let draft = renamed(
        row,
        "id name subtype temporality effect severity certainty actor attribution commodity escorted valid_from valid_to \
         time_precision recorded_at accuracy_m counts sensitivity sources",
    );
    let notes: Vec<&str> = ["description", "note"].into_iter().filter_map(|field| row[field].as_str()).collect();
    let notes = if notes.is_empty() { Value::Null } else { notes.join(" ").into() };
    with(draft, json!({"kind": "blockade", "notes": notes, "location": location(row)}))
}

/// The ends of `between` get names; a point gets the position that stands in the row.
fn location(row: &Value) -> Value {
    let mut location = row["location"].clone();
    if let Some(fields) = location.as_object_mut() {
        if let Some(Value::Array(ends)) = fields.shift_remove("between") {
            for (field, end) in ["from", "to"].into_iter().zip(ends) {
                fields.insert(field.into(), end);
            }
        }
        if fields.get("method").is_some_and(|method| method == "point") {
            fields.extend(["lon", "lat"].map(|field| (field.to_owned(), row[field].clone())));
        }
    }
    location
}

/// An area; its shape is made from the capitals of its cercles. Known when its first source was out, as the incidents are.
pub(super) fn area(row: &Value, sources: &[Value], cercles: &Cercles) -> Value {
    let draft =
        renamed(row, "id name area_class=cls adm2_codes=adm2 certainty actor attribution valid_from valid_to sources notes=note");
    let codes = codes(row);
    let first = sources.iter().find(|source| source["id"] == row["sources"][0]);
    let fields = json!({
        "kind": "area",
        "recorded_at": first.map(|source| &source["published_on"]),
        "sensitivity": "public",
        "accuracy_m": AREA_ACCURACY_M,
        "basis": "digitised",
        "basis_note": "Approximate: made from the positions of the cercles' capitals, not a surveyed or observed limit",
        "cod_version": PCODES,
        "geometry": cercles.shape(&codes),
    });
    with(draft, fields)
}

/// P-codes of the cercles of an area.
pub(super) fn codes(row: &Value) -> Vec<&str> {
    row["adm2"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

pub(super) fn source(row: &Value) -> Value {
    renamed(row, "id title publisher url published_on lang scale reliability notes=note").into()
}

/// Copies fields, given as `name` or `new=old`, leaving out what is null.
fn renamed(row: &Value, fields: &str) -> Map<String, Value> {
    let names = fields.split(' ').map(|field| field.split_once('=').unwrap_or((field, field)));
    names.filter(|(_, old)| !row[*old].is_null()).map(|(new, old)| (new.to_owned(), row[old].clone())).collect()
}

/// Adds more fields, leaving out what is null.
fn with(mut draft: Map<String, Value>, more: Value) -> Value {
    if let Value::Object(more) = more {
        draft.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
    draft.into()
}
