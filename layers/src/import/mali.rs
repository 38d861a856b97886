//! The first data set: the fuel blockade of Bamako, autumn 2025, from its one hand-digitised JSON file to record files.
//!
//! Renames fields, builds the shapes of areas, gives opaque ids to what is not public. Everything arrives or leaves a finding.

use super::cells;
use crate::dataset::About;
use crate::finding::Finding;
use crate::time::Instant;
use crate::validate;
use geo_types::{Coord, Geometry, MultiPolygon};
use serde_json::{Map, Value};
use siphasher::sip::SipHasher13;
use std::collections::BTreeMap;
use std::hash::Hasher;

/// Why the import cannot be done at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The data are no JSON.
    #[error("the data are no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// A table is missing.
    #[error("there is no list '{0}' in the data")]
    Missing(&'static str),
    /// The outline is no polygon.
    #[error("the outline is no GeoJSON with a Polygon or MultiPolygon")]
    Outline,
}

/// What the import made.
pub struct Imported {
    /// File name and content, in a fixed order.
    pub files: Vec<(&'static str, String)>,
    /// Everything worth knowing.
    pub findings: Vec<Finding>,
    /// How many of each table were accepted, and how many there were.
    pub counts: Vec<(&'static str, usize, usize)>,
}

/// How far an area reaches at most from the capital of its cercle.
const RADIUS_KM: f64 = 60.0;
/// How wrong the outline of an area may be, metres: half the distance between capitals.
const AREA_ACCURACY_M: u32 = 40_000;
/// Tables of the input, in the order in which records refer to each other.
const TABLES: [(&str, &str); 5] = [
    ("towns", "places.jsonl"),
    ("segments", "segments.jsonl"),
    ("corridors", "corridors.jsonl"),
    ("incidents", "blockades.jsonl"),
    ("areas", "areas.jsonl"),
];

/// Capitals of cercles that are no place of the data set: p-code, longitude, latitude.
/// From GeoNames (CC BY 4.0) but for Macina, which is estimated.
const CAPITALS: [(&str, f64, f64); 26] = [
    ("ML0106", -9.593, 15.231),
    ("ML0107", -10.577, 15.119),
    ("ML0202", -6.803, 12.487),
    ("ML0203", -8.417, 11.933),
    ("ML0306", -8.150, 11.183),
    ("ML0307", -4.777, 12.358),
    ("ML0401", -6.831, 13.077),
    ("ML0403", -5.360, 14.350),
    ("ML0407", -4.593, 13.287),
    ("ML0501", -3.610, 14.350),
    ("ML0502", -3.516, 14.078),
    ("ML0503", -4.553, 13.906),
    ("ML0505", -3.075, 14.064),
    ("ML0507", -4.917, 14.457),
    ("ML0508", -4.263, 15.368),
    ("ML0601", -3.401, 16.257),
    ("ML0602", -3.671, 16.415),
    ("ML0603", -1.923, 16.878),
    ("ML0604", -3.991, 15.932),
    ("ML0605", -3.007, 16.773),
    ("ML0702", -0.349, 16.955),
    ("ML0801", 1.750, 19.117),
    ("ML0802", 1.409, 18.443),
    ("ML0803", 1.012, 20.201),
    ("ML0804", 2.488, 18.451),
    ("ML1001", 2.396, 15.920),
];

/// Makes the record files from the data and the outline of the country, both as JSON text.
pub fn import(data: &str, outline: &str) -> Result<Imported, ImportError> {
    let data: Value = serde_json::from_str(data)?;
    let country = outline_of(outline)?;
    let source_list = list(&data, "sources")?;
    let sources: Vec<(String, Value)> = numbered("sources", source_list.iter().map(source));
    let mut rekeyed = BTreeMap::new();
    let mut drafts = Vec::new();
    for (table, _) in TABLES {
        let rows = list(&data, table)?;
        let made = rows.iter().map(|row| match table {
            "towns" => town(row),
            "segments" => segment(row, &data),
            "corridors" => corridor(row),
            "incidents" => incident(row, &mut rekeyed),
            _ => area(row, &data, &country),
        });
        drafts.extend(numbered(table, made));
    }
    let (records, findings) = validate::records(&drafts, &sources);

    let mut files = Vec::new();
    let mut counts = Vec::new();
    for (table, file) in TABLES {
        let of_table = drafts.iter().filter(|(pointer, _)| pointer.starts_with(&format!("/{table}/"))).map(|(_, draft)| draft);
        let accepted = of_table.clone().filter(|draft| draft["id"].as_str().is_some_and(|id| records.records.contains_key(id)));
        counts.push((table, accepted.clone().count(), of_table.count()));
        files.push((file, lines(accepted)));
    }
    let accepted = sources
        .iter()
        .map(|(_, draft)| draft)
        .filter(|draft| draft["id"].as_str().is_some_and(|id| records.sources.contains_key(id)));
    counts.push(("sources", accepted.clone().count(), sources.len()));
    files.push(("sources.jsonl", lines(accepted)));
    files.push(("rekeyed.json", pretty(&rekeyed)?));
    files.push(("findings.json", pretty(&findings)?));
    files.push(("dataset.json", pretty(&about())?));
    Ok(Imported { files, findings, counts })
}

fn about() -> About {
    let day = |text: &str| Instant::parse(text).unwrap_or(Instant::MIN);
    About {
        title: "Mali: the fuel blockade, autumn 2025".into(),
        description: "Blockade points, areas of reported influence and supply corridors towards Bamako, hand-digitised from open press. \
                      Illustrative: for demonstration and tests, never for operations."
            .into(),
        default_datetime: Some(day("2025-10-22T12:00:00Z")),
        from: day("2025-09-01"),
        to: day("2025-12-01"),
        disclaimer: "The boundaries and names shown and the designations used do not imply endorsement or acceptance. Areas and statuses are \
                     approximate, compiled from open sources, as of {at}, known at {known_at}. Not for navigation or targeting."
            .into(),
        attribution: "Compiled from open press, see each record's sources. Places: GeoNames (geonames.org), CC BY 4.0".into(),
    }
}

fn list<'a>(data: &'a Value, table: &'static str) -> Result<&'a Vec<Value>, ImportError> {
    data[table].as_array().ok_or(ImportError::Missing(table))
}

fn numbered(table: &str, rows: impl Iterator<Item = Value>) -> Vec<(String, Value)> {
    rows.enumerate().map(|(number, row)| (format!("/{table}/{number}"), row)).collect()
}

fn lines<'a>(drafts: impl Iterator<Item = &'a Value>) -> String {
    let mut sorted: Vec<&Value> = drafts.collect();
    sorted.sort_by_key(|draft| draft["id"].as_str().unwrap_or_default());
    sorted.into_iter().map(|draft| format!("{draft}\n")).collect()
}

fn pretty(value: &impl serde::Serialize) -> Result<String, ImportError> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

/// Copies fields under new names, leaving out what is null.
fn renamed(kind: Option<&str>, row: &Value, fields: &[(&str, &str)]) -> Map<String, Value> {
    let kind = kind.map(|kind| ("kind".to_owned(), Value::from(kind)));
    let copied = fields.iter().filter(|(_, from)| !row[*from].is_null()).map(|(to, from)| ((*to).to_owned(), row[*from].clone()));
    kind.into_iter().chain(copied).collect()
}

const PCODES: &str = "49 cercles and Bamako, before the law of 2023";

fn town(row: &Value) -> Value {
    let fields = [
        ("id", "id"),
        ("name", "name"),
        ("role", "role"),
        ("lon", "lon"),
        ("lat", "lat"),
        ("accuracy_m", "accuracy_m"),
        ("adm0", "country"),
        ("adm2_code", "adm2_pcode"),
        ("notes", "note"),
    ];
    let mut draft = renamed(Some("place"), row, &fields);
    let basis = match row["coord_source"].as_str().unwrap_or_default().split_once(':') {
        Some(("geonames", number)) => format!("Position: GeoNames {number}, CC BY 4.0"),
        _ if row["coord_source"] == "author_estimate" => "Position: estimated by the authors of the data set".to_owned(),
        _ => format!("Position: {}", row["coord_source"].as_str().unwrap_or("not said")),
    };
    draft.insert("basis_note".into(), basis.into());
    draft.insert("is_supply_node".into(), (row["country"] != "MLI").into());
    if draft.contains_key("adm2_code") {
        draft.insert("cod_version".into(), PCODES.into());
    }
    draft.into()
}

fn segment(row: &Value, data: &Value) -> Value {
    let mut draft =
        renamed(Some("segment"), row, &[("id", "id"), ("a", "a"), ("b", "b"), ("geometry_accuracy_m", "geometry_accuracy_m")]);
    let towns = data["towns"].as_array();
    let name = |id: &Value| {
        let town = towns.into_iter().flatten().find(|town| town["id"] == *id);
        town.map_or(id, |town| &town["name"]).as_str().unwrap_or_default().to_owned()
    };
    draft.insert("name".into(), format!("{} – {}", name(&row["a"]), name(&row["b"])).into());
    draft.insert("basis_note".into(), "Schematic: a straight leg between two places".into());
    draft.into()
}

fn corridor(row: &Value) -> Value {
    let fields = [
        ("id", "id"),
        ("name", "name"),
        ("mode", "mode"),
        ("route_class", "route_class"),
        ("nodes", "nodes"),
        ("segments", "segments"),
        ("road_refs", "road_refs"),
        ("certainty", "certainty"),
        ("basis_note", "basis"),
        ("notes", "note"),
    ];
    let mut draft = renamed(Some("corridor"), row, &fields);
    if let Some(length) = row["published_length_km"].get("value") {
        draft.insert("published_length_km".into(), length.clone());
    }
    draft.into()
}

fn incident(row: &Value, rekeyed: &mut BTreeMap<String, String>) -> Value {
    let same = [
        "id",
        "name",
        "subtype",
        "temporality",
        "effect",
        "severity",
        "certainty",
        "actor",
        "attribution",
        "commodity",
        "escorted",
        "valid_from",
        "valid_to",
        "time_precision",
        "recorded_at",
        "accuracy_m",
        "counts",
        "sensitivity",
        "sources",
    ];
    let mut draft = renamed(Some("blockade"), row, &same.map(|name| (name, name)));
    if row["sensitivity"] != "public"
        && let Some(id) = row["id"].as_str()
    {
        rekeyed.insert(id.to_owned(), opaque(id));
        draft.insert("id".into(), opaque(id).into());
    }
    let notes: Vec<&str> = [&row["description"], &row["note"]].into_iter().filter_map(Value::as_str).collect();
    if !notes.is_empty() {
        draft.insert("notes".into(), notes.join(" ").into());
    }
    let mut location = row["location"].clone();
    if let Some([from, to]) = location["between"].as_array().map(Vec::as_slice) {
        let corridor = location
            .get("corridor")
            .filter(|corridor| !corridor.is_null())
            .map(|corridor| ("corridor".to_owned(), corridor.clone()));
        let ends = [("from".to_owned(), from.clone()), ("to".to_owned(), to.clone())];
        let method = ("method".to_owned(), Value::from("between"));
        location = [method].into_iter().chain(corridor).chain(ends).collect::<Map<_, _>>().into();
    }
    if location["method"] == "point" {
        location["lon"] = row["lon"].clone();
        location["lat"] = row["lat"].clone();
    }
    draft.insert("location".into(), location);
    draft.into()
}

/// An id that tells neither place nor date: a keyed digest. The key only keeps apart what this importer made.
fn opaque(id: &str) -> String {
    let mut hasher = SipHasher13::new_with_keys(0x726f_6164_626c_6f63, 0x6b20_6d61_6c69_2031);
    hasher.write(id.as_bytes());
    format!("r-{:016x}", hasher.finish())
}

fn area(row: &Value, data: &Value, country: &MultiPolygon<f64>) -> Value {
    let fields = [
        ("id", "id"),
        ("name", "name"),
        ("area_class", "cls"),
        ("adm2_codes", "adm2"),
        ("certainty", "certainty"),
        ("actor", "actor"),
        ("attribution", "attribution"),
        ("valid_from", "valid_from"),
        ("valid_to", "valid_to"),
        ("sources", "sources"),
        ("notes", "note"),
    ];
    let mut draft = renamed(Some("area"), row, &fields);
    // Known when its first source was out, as the incidents of the data set are.
    let first = row["sources"].get(0).and_then(|id| data["sources"].as_array()?.iter().find(|source| source["id"] == *id));
    if let Some(day) = first.map(|source| &source["published_on"]).filter(|day| !day.is_null()) {
        draft.insert("recorded_at".into(), day.clone());
    }
    draft.insert("accuracy_m".into(), AREA_ACCURACY_M.into());
    draft.insert("basis".into(), "digitised".into());
    draft.insert(
        "basis_note".into(),
        "Approximate: made from the positions of the cercles' capitals, not a surveyed or observed limit".into(),
    );
    draft.insert("cod_version".into(), PCODES.into());
    let (codes, sites) = capitals(data);
    let wanted = row["adm2"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let chosen: Vec<usize> = wanted.filter_map(|code| codes.iter().position(|known| known == code)).collect();
    let shape = cells::union(&sites, &chosen, RADIUS_KM, country);
    if let Ok(geometry) = serde_json::to_value(geojson::Geometry::from(&shape)) {
        draft.insert("geometry".into(), geometry);
    }
    draft.into()
}

/// P-code and position of every cercle's capital that can be placed: the place of the same name, or the table above.
fn capitals(data: &Value) -> (Vec<String>, Vec<Coord<f64>>) {
    let towns = || data["towns"].as_array().into_iter().flatten();
    let placed = |cercle: &Value| {
        let town = towns().find(|town| town["country"] == "MLI" && town["name"] == cercle["name"])?;
        Some(Coord { x: town["lon"].as_f64()?, y: town["lat"].as_f64()? })
    };
    let tabled = |code: &str| CAPITALS.iter().find(|(known, ..)| *known == code).map(|&(_, x, y)| Coord { x, y });
    let cercles = data["admin2"].as_array().into_iter().flatten();
    cercles
        .filter_map(|cercle| {
            cercle["pcode"].as_str().and_then(|code| Some((code.to_owned(), tabled(code).or_else(|| placed(cercle))?)))
        })
        .unzip()
}

fn source(row: &Value) -> Value {
    let same = ["id", "title", "publisher", "url", "published_on", "lang", "scale", "reliability"];
    let mut draft = renamed(None, row, &same.map(|name| (name, name)));
    if let Some(note) = row["note"].as_str() {
        draft.insert("notes".into(), note.into());
    }
    draft.into()
}

fn outline_of(text: &str) -> Result<MultiPolygon<f64>, ImportError> {
    let parsed: geojson::GeoJson = text.parse().map_err(|_reason| ImportError::Outline)?;
    let geometry = match parsed {
        geojson::GeoJson::Geometry(geometry) => Some(geometry),
        geojson::GeoJson::Feature(feature) => feature.geometry,
        geojson::GeoJson::FeatureCollection(all) => all.features.into_iter().find_map(|feature| feature.geometry),
    };
    match geometry.map(Geometry::<f64>::try_from) {
        Some(Ok(Geometry::Polygon(polygon))) => Ok(polygon.into()),
        Some(Ok(Geometry::MultiPolygon(polygons))) => Ok(polygons),
        _ => Err(ImportError::Outline),
    }
}

#[cfg(test)]
mod tests;
