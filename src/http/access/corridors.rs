//! `/access/corridors`: all corridors in a row each; `/access/corridors/{id}`: one of them, segment by segment, with what speaks for and against.

use super::answer::{Answer, Row, answer};
use super::explain;
use super::question::Question;
use super::status::{cause, corridor, line, metres, of_status, time};
use crate::http::call::Call;
use crate::problem::Problem;
use axum::extract::Path;
use axum::response::Response;
use roadblock_layers::access::{Inquiry, Part};
use serde_json::{Map, Value, json};

/// Answers all corridors, by id; `to` keeps those that lead to a place.
pub(super) async fn all(call: Call) -> Result<Response, Problem> {
    answer(call, &["to"], |call, question| {
        let inquiry = question.inquiry()?;
        let to = call.query.value("to")?;
        let rows = inquiry.corridors(to, &question.asked.datetime).map(|status| {
            let mut row = Row::of(corridor(&status), line(&inquiry, status.chain));
            explain::corridor(&mut row.members, &inquiry, &status);
            row
        });
        Ok(Answer::of("corridors", rows))
    })
    .await
}

/// Answers the segments of a corridor, from the origin on.
pub(super) async fn one(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    answer(call, &[], move |call, question| {
        let inquiry = question.inquiry()?;
        let chain = Question::chain(&inquiry, &id)?;
        let status = inquiry.corridor(chain, &question.asked.datetime);
        let mut told = Answer::of("segments", status.parts.iter().map(|part| row(call, &inquiry, part)));
        let mut whole = Row::of(corridor(&status), None).members;
        explain::corridor(&mut whole, &inquiry, &status);
        told.more = Map::from_iter([("corridor".to_owned(), whole.into())]);
        Ok(told)
    })
    .await
}

fn row(call: &Call, inquiry: &Inquiry<'_>, part: &Part<'_>) -> Row {
    let mut members = Map::from_iter([
        ("segment".to_owned(), json!(part.link.segment)),
        ("from".to_owned(), json!(part.link.from)),
        ("to".to_owned(), json!(part.link.to)),
    ]);
    let Some(status) = &part.status else {
        members.extend([("op_status".to_owned(), json!(0)), ("status".to_owned(), json!("unknown"))]);
        return Row { members, geometry: None, entry: None };
    };
    members.insert("length_m".to_owned(), json!(metres(status.leg.length_m)));
    members.extend(of_status(&status.status));
    members.insert("since".to_owned(), json!(time(status.since)));
    members.insert("expires_at".to_owned(), json!(time(status.expires_at)));
    explain::segment(&mut members, inquiry, status);
    let causes: Vec<Value> = status.status.causes.iter().map(|one| cause(call, inquiry, one)).collect();
    members.insert("causes".to_owned(), causes.into());
    Row { members, geometry: Some(status.leg.line.clone().into()), entry: None }
}
