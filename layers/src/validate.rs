//! From draft to record: every rule of the data model, and every breach as a finding.
//!
//! First each draft for itself, then what they say of each other. What is refused leaves a finding, never silence.

mod references;

use crate::draft::Draft;
use crate::finding::{Finding, Severity};
use crate::record::{Area, Blockade, Body, Common, Corridor, Location, Place, Record, Records, Segment, Source};
use crate::time::Interval;
use crate::vocab::{Basis, Certainty, Direction, Kind, Sensitivity, Temporality};
use geo::Validation;
use geo::orient::{Direction as Winding, Orient};
use geo_types::{Coord, MultiPolygon};
use serde_json::Value;

/// Reads one JSON value after another into records; `pointer` says where each stands.
///
/// Gives back what was accepted, everything found, and for each draft whether it was accepted.
pub fn records(drafts: &[(String, Value)], sources: &[(String, Value)]) -> (Records, Vec<Finding>) {
    let mut all = Records::default();
    let mut findings = Vec::new();
    for (pointer, value) in sources {
        if let Some(source) = take(source(value, pointer), &mut findings)
            && all.sources.insert(source.id.clone(), source).is_some()
        {
            findings.push(repeated(pointer));
        }
    }
    for (pointer, value) in drafts {
        if let Some(record) = take(record(value, pointer), &mut findings) {
            if all.records.contains_key(&record.common.id) {
                findings.push(repeated(pointer));
            } else {
                all.records.insert(record.common.id.clone(), record);
            }
        }
    }
    findings.extend(references::settle(&mut all));
    (all, findings)
}

fn repeated(pointer: &str) -> Finding {
    Finding::error("repeated_id", format!("{pointer}/id"), "another record has this id; ids are never reused")
}

fn take<T>((value, found): (Option<T>, Vec<Finding>), findings: &mut Vec<Finding>) -> Option<T> {
    let refused = found.iter().any(|finding| finding.severity == Severity::Error);
    findings.extend(found);
    value.filter(|_| !refused)
}

/// One record from one draft, with everything found.
pub fn record(value: &Value, pointer: &str) -> (Option<Record>, Vec<Finding>) {
    let mut draft = match Draft::new(value, pointer) {
        Ok(draft) => draft,
        Err(finding) => return (None, vec![finding]),
    };
    let kind = draft.word::<Kind>("kind");
    let kind = draft.needed("kind", kind);
    let common = common(&mut draft);
    let body = kind.and_then(|kind| body(&mut draft, kind, &common));
    if matches!(kind, Some(Kind::Blockade | Kind::Area)) && common.sources.is_empty() {
        draft.refuse("sources", "missing", "a report needs at least one source");
    }
    (body.map(|body| Record { common, body }), draft.finish())
}

fn common(draft: &mut Draft<'_>) -> Common {
    let id = draft.needed_text("id");
    if !id.is_empty() && !is_id(&id) {
        draft.refuse("id", "bad_id", format!("'{id}' is no id; write 2 to 64 of a-z, 0-9 and -, not starting with -"));
    }
    Common {
        id,
        version: draft.integer("version", 1, i64::from(u32::MAX)).and_then(|version| u32::try_from(version).ok()).unwrap_or(1),
        name: draft.needed_text("name"),
        name_fr: draft.text("name_fr"),
        valid: interval(draft, "valid_from", "valid_to"),
        known: interval(draft, "recorded_at", "superseded_at"),
        withdrawn: draft.flag("withdrawn"),
        sensitivity: draft.word("sensitivity").unwrap_or(Sensitivity::Public),
        public_from: draft.instant("public_from"),
        certainty: draft.word("certainty").unwrap_or(Certainty::Unknown),
        last_confirmed: draft.instant("last_confirmed"),
        accuracy_m: draft.number("accuracy_m", 0.0, 20_000_000.0),
        adm0: draft.text("adm0"),
        adm2_code: draft.text("adm2_code"),
        cod_version: draft.text("cod_version"),
        sources: draft.texts("sources"),
        basis_note: draft.text("basis_note"),
        notes: draft.text("notes"),
    }
}

fn is_id(id: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (2..=64).contains(&id.len()) && id.bytes().next().is_some_and(plain) && id.bytes().all(|byte| plain(byte) || byte == b'-')
}

fn interval(draft: &mut Draft<'_>, from: &'static str, to: &'static str) -> Interval {
    let interval = Interval { from: draft.instant(from), to: draft.instant(to) };
    if let (Some(start), Some(end)) = (interval.from, interval.to)
        && end <= start
    {
        draft.refuse(
            to,
            "ends_before_start",
            format!("{end} is not after {start}; an interval includes its start and excludes its end"),
        );
    }
    interval
}

fn body(draft: &mut Draft<'_>, kind: Kind, common: &Common) -> Option<Body> {
    match kind {
        Kind::Place => place(draft).map(Body::Place),
        Kind::Segment => segment(draft).map(Body::Segment),
        Kind::Corridor => corridor(draft).map(Body::Corridor),
        Kind::Blockade => blockade(draft, common).map(Body::Blockade),
        Kind::Area => area(draft).map(Body::Area),
    }
}

fn place(draft: &mut Draft<'_>) -> Option<Place> {
    let role = draft.word("role");
    let (role, at) = (draft.needed("role", role), position(draft));
    let is_supply_node = draft.flag("is_supply_node");
    Some(Place { role: role?, at: at?, is_supply_node })
}

fn position(draft: &mut Draft<'_>) -> Option<Coord<f64>> {
    if let (Some(lon), Some(lat)) = (draft.raw("lon").and_then(Value::as_f64), draft.raw("lat").and_then(Value::as_f64))
        && lat.abs() > 90.0
        && lon.abs() <= 90.0
    {
        draft.refuse("lat", "swapped", format!("latitude {lat} is beyond 90; longitude and latitude look swapped"));
        return None;
    }
    let (lon, lat) = (draft.number("lon", -180.0, 180.0), draft.number("lat", -90.0, 90.0));
    Some(Coord { x: draft.needed("lon", lon)?, y: draft.needed("lat", lat)? })
}

fn segment(draft: &mut Draft<'_>) -> Option<Segment> {
    let (a, b) = (draft.needed_text("a"), draft.needed_text("b"));
    if a >= b {
        draft.refuse(
            "b",
            "ends_out_of_order",
            format!("'{b}' must sort after '{a}': a segment is written once, smaller id first"),
        );
    }
    let accuracy = draft.number("geometry_accuracy_m", 0.0, 1_000_000.0);
    Some(Segment { a, b, geometry_accuracy_m: draft.needed("geometry_accuracy_m", accuracy)? })
}

fn corridor(draft: &mut Draft<'_>) -> Option<Corridor> {
    let (mode, route_class) = (draft.word("mode"), draft.word("route_class"));
    let (mode, route_class) = (draft.needed("mode", mode), draft.needed("route_class", route_class));
    let (nodes, segments) = (draft.texts("nodes"), draft.texts("segments"));
    if segments.is_empty() || nodes.len() != segments.len() + 1 {
        let message = format!(
            "{} places and {} segments do not make a chain; give one more place than segments",
            nodes.len(),
            segments.len()
        );
        draft.refuse("segments", "no_chain", message);
    }
    let road_refs = draft.texts("road_refs");
    let published_length_km = draft.number("published_length_km", 0.0, 40_000.0);
    Some(Corridor { mode: mode?, route_class: route_class?, nodes, segments, road_refs, published_length_km })
}

fn blockade(draft: &mut Draft<'_>, common: &Common) -> Option<Blockade> {
    let (subtype, temporality, effect) = (draft.word("subtype"), draft.word("temporality"), draft.word("effect"));
    let (subtype, temporality) = (draft.needed("subtype", subtype), draft.needed("temporality", temporality));
    let (effect, severity) = (draft.needed("effect", effect), draft.integer("severity", 0, 5));
    let severity = draft.needed("severity", severity).and_then(|severity| u8::try_from(severity).ok());
    let actor = draft.needed_text("actor");
    let attribution = draft.word("attribution");
    let attribution = draft.needed("attribution", attribution);
    let time_precision = draft.integer("time_precision", 1, 3).and_then(|days| u8::try_from(days).ok()).unwrap_or(1);
    let (commodity, direction) = (draft.words("commodity"), draft.word("direction").unwrap_or(Direction::Both));
    let (escorted, counts) = (draft.flag("escorted"), draft.raw("counts").cloned());
    let location = location(draft);
    let location = draft.needed("location", location);
    if common.valid.from.is_none() {
        draft.refuse("valid_from", "missing", "a report needs the day it is about");
    }
    if temporality == Some(Temporality::Event) && common.valid.to.is_some() {
        draft.refuse("valid_to", "event_with_end", "an event has no end; its effect fades by itself, a state has an end");
    }
    Some(Blockade {
        subtype: subtype?,
        temporality: temporality?,
        effect: effect?,
        severity: severity?,
        actor,
        attribution: attribution?,
        time_precision,
        commodity,
        direction,
        escorted,
        counts,
        location: location?,
    })
}

fn location(draft: &mut Draft<'_>) -> Option<Location> {
    let value = draft.raw("location")?;
    let mut inner = match Draft::new(value, "") {
        Ok(inner) => inner,
        Err(finding) => {
            draft.refuse("location", finding.code, finding.message);
            return None;
        }
    };
    let location = match inner.needed_text("method").as_str() {
        "between" => Some(Location::Between {
            corridor: inner.text("corridor"),
            from: inner.needed_text("from"),
            to: inner.needed_text("to"),
        }),
        "point" => {
            let (segment, near) = (inner.text("segment"), inner.text("near"));
            position(&mut inner).map(|at| Location::Point { at, segment, near })
        }
        "place" => Some(Location::Places(vec![inner.needed_text("place")])),
        "places" => Some(Location::Places(inner.texts("places"))),
        "area" => Some(Location::Area(inner.text("adm2"))),
        "corridors" => Some(Location::Corridors(inner.texts("corridors"))),
        other => {
            let message = format!("'{other}' is no way to locate; there are: between, point, place, places, area, corridors");
            inner.refuse("method", "unknown_word", message);
            None
        }
    };
    match &location {
        Some(Location::Between { corridor: None, .. }) => {
            draft.note(
                "location",
                "between_without_corridor",
                "no corridor is named: drawn as a straight line, matches no segment",
            );
        }
        Some(Location::Area(None)) => {
            draft.note("location", "unlocated", "not even the cercle is known: the report has no place on the map")
        }
        _ => (),
    }
    for finding in inner.finish() {
        draft.refuse(&format!("location{}", finding.pointer).replace('/', "."), finding.code, finding.message);
    }
    location
}

fn area(draft: &mut Draft<'_>) -> Option<Area> {
    let (class, attribution) = (draft.word("area_class"), draft.word("attribution"));
    let (class, attribution) = (draft.needed("area_class", class), draft.needed("attribution", attribution));
    let actor = draft.needed_text("actor");
    let (claimed, basis) = (draft.flag("claimed"), draft.word("basis").unwrap_or(Basis::Digitised));
    let adm2_codes = draft.texts("adm2_codes");
    let shape = draft.raw("geometry").cloned();
    let shape = draft.needed("geometry", shape).and_then(|value| shape_of(draft, value));
    Some(Area { class: class?, actor, attribution: attribution?, claimed, basis, adm2_codes, shape: shape? })
}

/// A valid (Multi)Polygon, wound by the right-hand rule.
fn shape_of(draft: &mut Draft<'_>, value: Value) -> Option<MultiPolygon<f64>> {
    let geometry = serde_json::from_value::<geojson::Geometry>(value)
        .ok()
        .and_then(|geometry| geo_types::Geometry::<f64>::try_from(geometry).ok());
    let shape = match geometry {
        Some(geo_types::Geometry::MultiPolygon(shape)) => shape,
        Some(geo_types::Geometry::Polygon(shape)) => shape.into(),
        _ => {
            draft.refuse("geometry", "bad_geometry", "an area is a GeoJSON Polygon or MultiPolygon");
            return None;
        }
    };
    let in_range = geo::CoordsIter::coords_iter(&shape).all(|at| at.x.abs() <= 180.0 && at.y.abs() <= 90.0);
    if !in_range {
        draft.refuse("geometry", "out_of_range", "longitude is -180 to 180 and latitude -90 to 90 degrees");
        return None;
    }
    if let Err(error) = shape.check_validation() {
        draft.refuse("geometry", "invalid_polygon", error.to_string());
        return None;
    }
    Some(shape.orient(Winding::Default))
}

/// One source from one draft, with everything found.
pub fn source(value: &Value, pointer: &str) -> (Option<Source>, Vec<Finding>) {
    let mut draft = match Draft::new(value, pointer) {
        Ok(draft) => draft,
        Err(finding) => return (None, vec![finding]),
    };
    let url = draft.text("url");
    if let Some(url) = url.as_deref().filter(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
        draft.refuse("url", "bad_url", format!("'{url}' is no web address; it starts with https:// or http://"));
    }
    let source = Source {
        id: draft.needed_text("id"),
        title: draft.needed_text("title"),
        publisher: draft.needed_text("publisher"),
        url,
        published_on: draft.instant("published_on"),
        lang: draft.text("lang"),
        scale: draft.text("scale"),
        reliability: draft.text("reliability"),
        notes: draft.text("notes"),
    };
    (draft.is_acceptable().then_some(source), draft.finish())
}

#[cfg(test)]
mod tests;
