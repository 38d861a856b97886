//! Statuses in the words of answers.

use crate::http::call::Call;
use crate::http::links::segment;
use geo_types::{Geometry, LineString};
use roadblock_layers::access::{Cause, Chain, CorridorStatus, Ground, Inquiry, Leg, Link, Rank, Rule, Status, Way};
use roadblock_layers::record::{Body, Record};
use roadblock_layers::time::Instant;
use roadblock_layers::view;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// To a tenth of a metre: the lines are not known better, and a longer number would say that they are.
pub(super) fn metres(length_m: f64) -> f64 {
    (length_m * 10.0).round() / 10.0
}

/// As text that reads back as the same moment.
pub(super) fn time(at: Option<Instant>) -> Option<String> {
    at.map(Instant::exact)
}

/// `escort`, if it can be passed so.
pub(super) fn condition(is_escorted: bool) -> Option<&'static str> {
    is_escorted.then_some("escort")
}

/// What a status says by itself.
pub(super) fn of_status(status: &Status<'_>) -> Map<String, Value> {
    let known = (status.rank != Rank::Unknown).then(|| status.certainty.as_str());
    Map::from_iter([
        ("op_status".to_owned(), json!(status.rank.op_status().code())),
        ("status".to_owned(), json!(status.rank.as_str())),
        ("condition".to_owned(), json!(condition(status.is_escorted))),
        ("certainty".to_owned(), json!(known)),
        ("stale".to_owned(), json!(status.is_stale)),
        ("rule".to_owned(), json!(status.rule.as_str())),
    ])
}

/// A cause with whoever says so.
pub(super) fn cause(call: &Call, inquiry: &Inquiry<'_>, cause: &Cause<'_>) -> Value {
    let mut told = json!({
        "effect": cause.effect,
        "counted": cause.counted,
        "stale": cause.is_stale,
        "contradicted": cause.is_contradicted,
        "certainty": cause.certainty(),
    });
    let more = match cause.ground {
        Ground::Evidence(evidence) => {
            let (record, on) = (&evidence.record, &evidence.on);
            let layer = if matches!(record.body(), Body::Area(_)) { "areas" } else { "blockades" };
            json!({
                "id": record.id(),
                "version": record.common().version,
                "kind": record.body().kind(),
                "subtype": subtype(record),
                "name": record.common().name,
                "valid_from": time(record.common().valid.from),
                "recorded_at": time(record.common().known.from),
                "distance_m": on.distance_m.map(metres),
                "along_m": on.along_m.map(metres),
                "overlap_m": on.overlap_m.map(metres),
                "sources": view::sources(record, &inquiry.roads.network).to_json(),
                "href": call.href(&format!("/collections/{layer}/items/{}", segment(record.id()))),
            })
        }
        Ground::Statement(assertion) | Ground::Abandoned(assertion) => json!({
            "kind": "assertion",
            "op_status": assertion.op_status.code(),
            "valid_from": time(assertion.valid.from),
            "review_after": time(assertion.review_after),
            "sources": view::named_sources(&assertion.sources, &inquiry.roads.network).to_json(),
        }),
        Ground::Vehicle(largest) => json!({"kind": "practicability", "largest_vehicle_class": largest}),
    };
    if let (Value::Object(told), Value::Object(more)) = (&mut told, more) {
        told.extend(more);
    }
    told
}

fn subtype(record: &Record) -> &'static str {
    match record.body() {
        Body::Blockade(report) => report.subtype.as_str(),
        Body::Area(area) => area.class.as_str(),
        body => body.kind().as_str(),
    }
}

/// The rules that decided, by their names.
pub(super) fn rules(rules: &BTreeSet<Rule>) -> Vec<&'static str> {
    rules.iter().map(|rule| rule.as_str()).collect()
}

/// A corridor in one row.
pub(super) fn corridor(status: &CorridorStatus<'_>) -> Value {
    let ids = |rank| status.of_rank(rank).map(|part| part.link.segment.as_str()).collect::<Vec<_>>();
    let length_m: f64 = status.parts.iter().filter_map(|part| part.status.as_ref()).map(|part| part.leg.length_m).sum();
    let lengths: Map<String, Value> =
        status.length_m_by_status().into_iter().map(|(word, length_m)| (word.to_owned(), metres(length_m).into())).collect();
    json!({
        "corridor": status.chain.id,
        "name": status.chain.name,
        "status": status.rank.as_str(),
        "op_status": status.rank.op_status().code(),
        "condition": condition(status.is_escorted),
        "incomplete": status.is_incomplete(),
        "closed_segments": ids(Rank::Closed),
        "first_closed_segment": first_closed(status),
        "bottlenecks": status.bottlenecks().map(|part| part.link.segment.as_str()).collect::<Vec<_>>(),
        "rules": rules(&status.rules()),
        "causes": status.causes(),
        "since": time(status.since),
        "expires_at": time(status.expires_at),
        "length_m": metres(length_m),
        "length_m_by_status": lengths,
        "advisories": status.advisories,
        "route_class": status.chain.corridor.route_class,
        "version": status.chain.version,
    })
}

/// Where whoever comes from the origin is stopped.
fn first_closed(status: &CorridorStatus<'_>) -> Option<Value> {
    let mut along_m = 0.0;
    for part in &status.parts {
        if part.rank() == Rank::Closed {
            let Link { segment, from, to, .. } = part.link;
            return Some(json!({"segment": segment, "from": from, "to": to, "along_m": metres(along_m)}));
        }
        along_m += part.status.as_ref().map_or(0.0, |part| part.leg.length_m);
    }
    None
}

/// A leg in the direction in which it is gone: from and to.
pub(super) fn ends<'r>(way: &Way<'r>) -> (&'r str, &'r str) {
    let Leg { a, b, .. } = way.leg;
    if way.is_forward { (a, b) } else { (b, a) }
}

/// Where a corridor runs.
pub(super) fn line(inquiry: &Inquiry<'_>, chain: &Chain) -> Option<Geometry<f64>> {
    let places = chain.corridor.nodes.iter().filter_map(|node| inquiry.roads.network.place(node));
    let line: LineString<f64> = places.map(|place| place.at).collect();
    (line.0.len() > 1).then_some(line.into())
}
