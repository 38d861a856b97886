//! `/access/corridors/{id}/timeline`: when a corridor was in which status, exact to the moments at which anything begins or ends.

use super::answer::{Answer, Row, answer};
use super::explain;
use super::question::Question;
use super::status::{condition, line, rules, time};
use crate::http::call::Call;
use crate::problem::Problem;
use axum::extract::Path;
use axum::response::Response;
use roadblock_layers::time::{Datetime, Interval};
use serde_json::{Map, json};

/// Answers the stretches that the asked time touches, cut to it; without `datetime` to the stretch that the data are about.
pub(super) async fn timeline(call: Call, Path(id): Path<String>) -> Result<Response, Problem> {
    answer(call, &[], move |call, question| {
        let inquiry = question.inquiry()?;
        let chain = Question::chain(&inquiry, &id)?;
        let asked = match (call.query.value("datetime")?, question.asked.datetime) {
            (None, _) => call.world.dataset.time_range,
            (Some(_), Datetime::All) => Interval::ALWAYS,
            (Some(_), Datetime::At(at)) => {
                let spells = inquiry.spells(chain);
                spells.iter().map(|spell| spell.time).find(|time| time.contains(at)).unwrap_or_default()
            }
            (Some(_), Datetime::During(asked)) => asked,
        };
        let spells = inquiry.spells(chain);
        let rows = spells.iter().filter_map(|spell| {
            let held = spell.time.common(&asked)?;
            let members = json!({
                "from": time(held.from),
                "to": time(held.to),
                "status": spell.rank.as_str(),
                "op_status": spell.rank.op_status().code(),
                "condition": condition(spell.is_escorted),
                "segments": spell.segments,
                "causes": spell.causes,
                "rules": rules(&spell.rules),
            });
            let mut row = Row::of(members, line(&inquiry, chain));
            explain::spell(&mut row.members, &inquiry, chain, spell, &held);
            Some(row)
        });
        let mut told = Answer::of("timeline", rows);
        told.more = Map::from_iter([("corridor".to_owned(), json!(chain.id)), ("name".to_owned(), json!(chain.name))]);
        Ok(told)
    })
    .await
}
