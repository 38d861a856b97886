//! Values that are lists or objects: sources, counts, how a report is located, what people state of a segment.
//!
//! Ids are named only if the audience sees what they mean. Empty fields are left out.

use crate::record::{Assertion, Counts, Location, Network, Record, Source};
use crate::time::Instant;
use crate::value::Value;
use serde_json::{Map, Value as Json, json};

/// A list of words; nothing if it is empty.
pub(super) fn list<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    values(words.map(Json::from).collect())
}

/// Those of some ids that the audience sees.
pub(super) fn seen<'a>(ids: &'a [String], all: &'a dyn Network) -> impl Iterator<Item = &'a str> {
    ids.iter().map(String::as_str).filter(|id| all.body(id).is_some())
}

/// How a report is located, in the words of its draft. The position of a point is its geometry.
pub(super) fn location(location: &Location, all: &dyn Network) -> Value {
    let one = |id: &str| all.body(id).map(|_| id.to_owned());
    let some = |id: &Option<String>| id.as_deref().and_then(one);
    object(match location {
        Location::Between { corridor, from, to } => {
            json!({"method": "between", "corridor": some(corridor), "from": one(from), "to": one(to)})
        }
        Location::Point { segment, near, .. } => json!({"method": "point", "segment": some(segment), "near": some(near)}),
        Location::Places(places) => json!({"method": "places", "places": seen(places, all).collect::<Vec<_>>()}),
        Location::Area(code) => json!({"method": "area", "adm2": code}),
        Location::Cell(cell) => {
            let (min, max) = (cell.bounds_deg().min(), cell.bounds_deg().max());
            json!({"method": "area", "cell": [min.x, min.y, max.x, max.y]})
        }
        Location::Corridors(names) => json!({"method": "corridors", "corridors": seen(names, all).collect::<Vec<_>>()}),
    })
}

/// `vehicles_low`, `vehicles_high` and so on, and the claims behind them.
pub(super) fn counts(counts: Option<&Counts>) -> Value {
    let Some(counts) = counts else { return Value::Null };
    let ranges = counts.ranges.iter().flat_map(|(counted, range)| {
        [(format!("{counted}_low"), Json::from(range.low)), (format!("{counted}_high"), range.high.into())]
    });
    let claims = counts
        .claims
        .iter()
        .map(|claim| full(json!({"value": claim.value, "source": claim.source, "kind": claim.kind, "note": claim.note})));
    let claims: Json = Some(claims.collect::<Vec<_>>()).filter(|claims| !claims.is_empty()).into();
    object(ranges.chain([("claims".to_owned(), claims)]).collect::<Map<_, _>>().into())
}

/// What people state about a segment, with the status as its UNSDI-T code.
pub(super) fn assertions(assertions: &[Assertion], all: &dyn Network) -> Value {
    let stated = assertions.iter().map(|assertion| {
        full(json!({
            "op_status": assertion.op_status.code(),
            "valid_from": assertion.valid.from,
            "valid_to": assertion.valid.to,
            "certainty": assertion.certainty,
            "review_after": assertion.review_after,
            "sources": named_sources(&assertion.sources, all).to_json(),
        }))
    });
    values(stated.collect())
}

/// The sources of a record in full, and what else its content rests on.
pub fn sources(record: &Record, all: &dyn Network) -> Value {
    let common = record.common();
    let named = common.sources.iter().filter_map(|id| all.source(id)).map(source);
    let noted = common.basis_note.iter().map(|note| json!({"title": note}));
    values(named.chain(noted).collect())
}

/// Sources by their ids.
pub fn named_sources(ids: &[String], all: &dyn Network) -> Value {
    values(ids.iter().filter_map(|id| all.source(id)).map(source).collect())
}

fn source(source: &Source) -> Json {
    full(json!({
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "published_on": source.published_on.map(day),
        "accessed_on": source.accessed_on.map(day),
        "lang": source.lang,
        "scale": source.scale,
        "reliability": source.reliability,
    }))
}

/// Sources give days, not moments.
fn day(at: Instant) -> String {
    at.to_string().chars().take("2025-10-22".len()).collect()
}

fn values(items: Vec<Json>) -> Value {
    if items.is_empty() { Value::Null } else { Value::from_json(items.into()) }
}

fn object(json: Json) -> Value {
    Value::from_json(full(json))
}

/// Without empty fields.
fn full(mut json: Json) -> Json {
    if let Some(fields) = json.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    json
}
