//! The first data set: the fuel blockade of Bamako, autumn 2025, from its one hand-digitised JSON file to record files.
//!
//! Renames fields, builds the shapes of areas, gives opaque ids to what is not public. Everything arrives or leaves a finding.

mod about;
mod cercles;
mod rows;

use crate::finding::Finding;
use crate::time::TimeError;
use crate::validate::{self, Placed};
use cercles::Cercles;
use geo_types::{Geometry, MultiPolygon};
use serde_json::Value;
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
    /// A date of the time line cannot be read.
    #[error("in the time line, {0}")]
    Time(#[from] TimeError),
}

/// What the import made.
#[derive(Debug)]
pub struct Imported {
    /// File name and content, in a fixed order.
    pub files: Vec<(&'static str, String)>,
    /// Everything worth knowing.
    pub findings: Vec<Finding>,
    /// How many of each table were accepted, and how many there were.
    pub counts: Vec<(&'static str, usize, usize)>,
}

/// Tables of the input and the files made of them, in the order in which records refer to each other; sources come last.
const TABLES: [(&str, &str); 5] = [
    ("towns", "places.jsonl"),
    ("segments", "segments.jsonl"),
    ("corridors", "corridors.jsonl"),
    ("incidents", "blockades.jsonl"),
    ("areas", "areas.jsonl"),
];

/// Makes the record files from the data and the outline of the country, both as JSON text. The same input gives the same bytes.
pub fn import(data: &str, outline: &str) -> Result<Imported, ImportError> {
    let data: Value = serde_json::from_str(data)?;
    let (towns, sources) = (list(&data, "towns")?, list(&data, "sources")?);
    let cercles = Cercles::new(list(&data, "admin2")?, towns, outline_of(outline)?);
    let mut rekeyed = BTreeMap::new();
    let mut drafts = Vec::new();
    for (table, _) in TABLES {
        let draft = |row: &Value| match table {
            "towns" => rows::place(row),
            "segments" => rows::segment(row, towns),
            "corridors" => rows::corridor(row),
            "incidents" => rows::blockade(row),
            _ => rows::area(row, sources, &cercles),
        };
        let made = list(&data, table)?.iter().map(|row| rekey(draft(row), &mut rekeyed));
        drafts.extend(numbered(table, made));
    }
    let sources = numbered("sources", sources.iter().map(rows::source));
    let mut outcome = validate::records(&drafts, &sources);
    for (number, row) in list(&data, "areas")?.iter().enumerate() {
        outcome.findings.extend(cercles.unplaced(&rows::codes(row)).into_iter().map(|code| {
            let message = format!("the capital of cercle '{code}' is not known: the shape does without it");
            Finding::warning("unplaced_cercle", format!("/areas/{number}/adm2"), message)
        }));
    }

    let tables = TABLES.into_iter().map(|(table, file)| (table, file, &drafts)).chain([("sources", "sources.jsonl", &sources)]);
    let (mut files, mut counts) = (Vec::new(), Vec::new());
    for (table, file, drafts) in tables {
        let all = drafts.iter().filter(|(pointer, _)| pointer.split('/').nth(1) == Some(table));
        let accepted = all.clone().filter(|(pointer, _)| outcome.accepted.contains(pointer)).map(|(_, draft)| draft);
        counts.push((table, accepted.clone().count(), all.count()));
        files.push((file, lines(accepted)));
    }
    files.push(("rekeyed.json", pretty(&rekeyed)?));
    files.push(("findings.json", pretty(&outcome.findings)?));
    files.push(("dataset.json", pretty(&about::about(&data)?)?));
    Ok(Imported { files, findings: outcome.findings, counts })
}

fn list<'a>(data: &'a Value, table: &'static str) -> Result<&'a [Value], ImportError> {
    data[table].as_array().map(Vec::as_slice).ok_or(ImportError::Missing(table))
}

fn numbered(table: &str, rows: impl Iterator<Item = Value>) -> Vec<Placed> {
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

/// Gives an id that tells neither place nor date to what is not public, and notes old and new.
fn rekey(mut draft: Value, rekeyed: &mut BTreeMap<String, String>) -> Value {
    let is_public = draft.get("sensitivity").is_none_or(|sensitivity| sensitivity == "public");
    if !is_public && let Some(id) = draft["id"].as_str().map(str::to_owned) {
        let new = opaque(&id);
        draft["id"] = new.clone().into();
        rekeyed.insert(id, new);
    }
    draft
}

/// A keyed digest. The key is no secret: the table of old and new ids stands beside the data; it only keeps this importer's ids apart.
fn opaque(id: &str) -> String {
    let mut hasher = SipHasher13::new_with_keys(0x726f_6164_626c_6f63, 0x6b20_6d61_6c69_2031);
    hasher.write(id.as_bytes());
    format!("r-{:016x}", hasher.finish())
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
