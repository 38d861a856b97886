//! `/access/changes?from=&to=`: what changed between two moments, in the world or only in what is known of it.

use super::answer::{Answer, Row, answer};
use super::question::{Question, missing};
use super::status::line;
use crate::http::call::Call;
use crate::problem::Problem;
use axum::response::Response;
use geo_types::Geometry;
use roadblock_layers::access::{Change, How, Inquiry, Moment, Rank, Subject};
use roadblock_layers::geometry;
use roadblock_layers::time::{Datetime, Instant, parse_known_at};
use serde_json::{Map, Value, json};

/// Parameters that say between which moments.
const BETWEEN: [&str; 4] = ["from", "to", "from_known_at", "to_known_at"];

/// Answers the changes: corridors, then segments, then reports.
pub(super) async fn changes(call: Call) -> Result<Response, Problem> {
    answer(call, &BETWEEN, |call, question| {
        let (from, to) = between(call, question)?;
        let changes = question.access().changes(from, to, question.terms);
        let inquiry = question.access().known(to.known_at, question.terms);
        let rows = changes.iter().map(|change| row(inquiry.as_ref(), change));
        let mut told = Answer::of("changes", rows);
        let moment = |moment: Moment| json!({"datetime": moment.datetime.to_string(), "known_at": moment.known_at.to_string()});
        told.more = Map::from_iter([("from".to_owned(), moment(from)), ("to".to_owned(), moment(to))]);
        Ok(told)
    })
    .await
}

/// The moments asked for: what is missing at the end is as it would be for any other question, and what was known at the beginning is what is
/// known at the end.
fn between(call: &Call, question: &Question) -> Result<(Moment, Moment), Problem> {
    let datetime = |name: &str| {
        let read = |text: &str| {
            Datetime::parse(text).map_err(|error| Problem::bad_request("InvalidDatetime", format!("parameter '{name}': {error}")))
        };
        call.query.value(name)?.map(read).transpose()
    };
    let known = |name: &str| -> Result<Option<Instant>, Problem> {
        let read = |text: &str| {
            parse_known_at(text).map_err(|error| Problem::bad_request("InvalidKnownAt", format!("parameter '{name}': {error}")))
        };
        call.query.value(name)?.map(read).transpose()
    };
    let from = datetime("from")?.ok_or_else(|| missing("from", "write a date or a time, as in from=2025-09-16&to=2025-10-22"))?;
    let to = Moment {
        datetime: datetime("to")?.unwrap_or(question.asked.datetime),
        known_at: known("to_known_at")?.unwrap_or(question.asked.known_at),
    };
    Ok((Moment { datetime: from, known_at: known("from_known_at")?.unwrap_or(to.known_at) }, to))
}

fn row(inquiry: Option<&Inquiry<'_>>, change: &Change) -> Row {
    let what = match (&change.before, &change.after) {
        (None, Some(_)) => "added",
        (Some(_), None) => "ended",
        _ => "changed",
    };
    let members = json!({
        "subject": change.subject.as_str(),
        "id": change.id,
        "axis": change.axis.as_str(),
        "change": what,
        "before": change.before.as_ref().map(how),
        "after": change.after.as_ref().map(how),
        "condition_before": change.before.as_ref().and_then(condition),
        "condition_after": change.after.as_ref().and_then(condition),
        "name": name(inquiry, change),
    });
    Row::of(members, inquiry.and_then(|inquiry| place(inquiry, change)))
}

fn how(how: &How) -> Value {
    match how {
        How::Is(rank) => json!(rank.as_str()),
        How::Holds(record) => json!(format!("version {}", record.common().version)),
    }
}

fn condition(how: &How) -> Option<&'static str> {
    matches!(how, How::Is(Rank::Escort)).then_some("escort")
}

fn name(inquiry: Option<&Inquiry<'_>>, change: &Change) -> Option<String> {
    let report = [&change.after, &change.before].into_iter().flatten().find_map(|how| match how {
        How::Holds(record) => Some(record.common().name.clone()),
        How::Is(_) => None,
    });
    report.or_else(|| inquiry?.roads.network.get(&change.id).map(|record| record.common().name.clone()))
}

fn place(inquiry: &Inquiry<'_>, change: &Change) -> Option<Geometry<f64>> {
    let network = &inquiry.roads.network;
    match (change.subject, change.after.as_ref().or(change.before.as_ref())) {
        (Subject::Corridor, _) => line(inquiry, inquiry.roads.chain(&change.id)?),
        (Subject::Report, Some(How::Holds(record))) => geometry::of(record, network),
        _ => geometry::of(network.get(&change.id)?, network),
    }
}
