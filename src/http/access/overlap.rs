//! `/access/overlap`: how much of each corridor, or of one, lies in areas of reported influence.

use super::answer::{Answer, Row, answer};
use super::explain;
use super::question::Question;
use super::status::{line, metres};
use crate::http::call::Call;
use crate::problem::Problem;
use axum::response::Response;
use roadblock_layers::access::Chain;
use serde_json::{Map, Value, json};

/// Answers metres and shares, by class and by actor.
pub(super) async fn overlap(call: Call) -> Result<Response, Problem> {
    answer(call, &["corridor"], |call, question| {
        let inquiry = question.inquiry()?;
        let chains: Vec<&Chain> = match call.query.value("corridor")? {
            None => inquiry.chains().collect(),
            Some(id) => vec![Question::chain(&inquiry, id)?],
        };
        let rows = chains.into_iter().map(|chain| {
            let inside = inquiry.inside(chain, &question.asked.datetime);
            let share = |metres: f64| if inside.length_m > 0.0 { (metres / inside.length_m * 1e4).round() / 1e4 } else { 0.0 };
            let told =
                |name: &str, length_m: f64| (name.to_owned(), json!({"length_m": metres(length_m), "share": share(length_m)}));
            let by_class: Map<String, Value> =
                inside.by_class.iter().map(|(class, length_m)| told(class.as_str(), *length_m)).collect();
            let by_actor: Map<String, Value> = inside.by_actor.iter().map(|(actor, length_m)| told(actor, *length_m)).collect();
            let members = json!({
                "corridor": chain.id,
                "name": chain.name,
                "length_m": metres(inside.length_m),
                "in_areas_m": metres(inside.any_m),
                "share": share(inside.any_m),
                "by_class": by_class,
                "by_actor": by_actor,
                "areas": inside.areas,
            });
            let mut row = Row::of(members, line(&inquiry, chain));
            explain::overlap(&mut row.members, &inquiry, chain, &inside);
            row
        });
        Ok(Answer::of("corridors", rows))
    })
    .await
}
