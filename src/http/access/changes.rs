//! `/access/changes?from=&to=`: what changed between two moments, in the world or only in what is known of it.

use super::answer::{Answer, Row, answer};
use super::between::{BETWEEN, Between};
use crate::http::call::Call;
use crate::problem::Problem;
use axum::response::Response;
use roadblock_layers::access::{Change, How, Inquiry, Moment};
use roadblock_layers::layer::Asked;
use serde_json::{Map, json};

/// Answers the changes: corridors, then segments, then reports.
pub(super) async fn changes(call: Call) -> Result<Response, Problem> {
    answer(call, &BETWEEN, |call, question| {
        let Between { from, to } = Between::read(&call.query, &question.asked)?;
        let changes = question.access().changes(from, to, question.terms);
        let inquiry = question.access().known(to.known_at, question.terms);
        let rows = changes.iter().map(|change| row(inquiry.as_ref(), change));
        let mut told = Answer::of("changes", rows);
        let moment = |moment: Moment| json!({"datetime": moment.datetime.to_string(), "known_at": moment.known_at.to_string()});
        told.asked = Some(Asked { datetime: to.datetime, known_at: to.known_at, phases: None });
        told.more = Map::from_iter([("from".to_owned(), moment(from)), ("to".to_owned(), moment(to))]);
        Ok(told)
    })
    .await
}

fn row(inquiry: Option<&Inquiry<'_>>, change: &Change) -> Row {
    let condition = |how: &Option<How>| how.as_ref().and_then(How::condition);
    let members = json!({
        "subject": change.subject.as_str(),
        "id": change.id,
        "axis": change.axis.as_str(),
        "change": change.kind(),
        "verdict": change.verdict(),
        "before": change.before.as_ref().map(How::word),
        "after": change.after.as_ref().map(How::word),
        "condition_before": condition(&change.before),
        "condition_after": condition(&change.after),
        "name": inquiry.and_then(|inquiry| change.name(inquiry.roads)),
    });
    Row::of(members, inquiry.and_then(|inquiry| change.geometry(inquiry.roads)))
}
