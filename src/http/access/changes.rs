//! `/access/changes?from=&to=`: what changed between two moments, in the world or only in what is known of it.

use super::answer::{Answer, Row, news};
use super::between::{BETWEEN, Between};
use super::explain;
use super::feed::{Entry, path};
use super::question::{Question, unknown_roads};
use crate::http::call::Call;
use crate::http::layer_set::{ALL, LayerSet};
use crate::http::links::segment;
use crate::problem::Problem;
use axum::response::Response;
use roadblock_layers::access::{Axis, Change, How, Inquiry, Moment, Subject};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::Instant;
use serde_json::{Map, json};

/// Answers the changes: corridors, then segments, then reports.
pub(super) async fn changes(call: Call) -> Result<Response, Problem> {
    news(call, &BETWEEN, |call, question| {
        let Between { from, to } = Between::read(&call.query, &question.asked)?;
        let changes = question.access().changes(from, to, question.terms);
        let inquiry = question.access().known(to.known_at, question.terms).ok_or_else(unknown_roads)?;
        let state = state(call, to)?;
        let rows = changes.iter().map(|change| {
            let mut row = row(&inquiry, change);
            explain::change(&mut row.members, &inquiry, change, from, to);
            row.entry = Some(entry(question, change, (from, to), state));
            row
        });
        let mut told = Answer::of("changes", rows);
        let moment = |moment: Moment| json!({"datetime": moment.datetime.to_string(), "known_at": moment.known_at.to_string()});
        told.asked = Some(Asked { datetime: to.datetime, known_at: to.known_at, phases: None });
        told.more = Map::from_iter([("from".to_owned(), moment(from)), ("to".to_owned(), moment(to))]);
        Ok(told)
    })
    .await
}

/// The moment of knowledge since which nothing else is known, and the one since which nothing else comes of it.
fn state(call: &Call, to: Moment) -> Result<(Instant, Instant), Problem> {
    let all = LayerSet::resolve(&call.world, ALL)?;
    let known = all.known_epoch(to.known_at, None);
    Ok((known, known.max(all.valid_epochs(&to.datetime, None).0)))
}

/// In a feed a change is the same as long as it is one from the same moment on, whatever is known besides.
fn entry(question: &Question, change: &Change, (from, to): (Moment, Moment), (known_at, updated): (Instant, Instant)) -> Entry {
    let word = |how: &Option<How>| how.as_ref().map(How::word).unwrap_or_default();
    let (before, after, since) = (word(&change.before), word(&change.after), from.datetime.to_string());
    let known_by = ["change", change.subject.as_str(), &change.id, change.axis.as_str(), &before, &after, &since];
    // What is not known any more is read as it was known before.
    let (datetime, known_at) = match change.axis {
        Axis::World => (to.datetime, known_at),
        Axis::Knowledge if change.after.is_none() => (from.datetime, from.known_at),
        Axis::Knowledge => (from.datetime, known_at),
    };
    let item = |layer: &str| format!("/collections/{layer}/items/{}?known_at={}", segment(&change.id), known_at.exact());
    let path = match change.subject {
        Subject::Corridor => path(&format!("/access/corridors/{}", segment(&change.id)), &datetime, known_at, question.terms),
        Subject::Segment => item("segments"),
        Subject::Report => item("blockades"),
    };
    Entry::of(&known_by, question.terms, updated, path)
}

fn row(inquiry: &Inquiry<'_>, change: &Change) -> Row {
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
        "name": change.name(inquiry.roads),
    });
    Row::of(members, change.geometry(inquiry.roads))
}
