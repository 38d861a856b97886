//! `/access/near?corridor=&distance_m=`: the reports near a corridor, certainly or possibly, and where along it.

use super::answer::{Answer, Row, answer};
use super::explain;
use super::question::{Question, invalid, missing};
use super::status::{metres, time};
use crate::http::call::Call;
use crate::problem::Problem;
use axum::response::Response;
use roadblock_layers::access::{Inquiry, Near};
use roadblock_layers::geometry;
use roadblock_layers::record::{Body, Location};
use serde_json::{Map, json};

/// Farthest that is asked for, metres: within this, distances are true to 0.1 %.
const MOST_M: f64 = 100_000.0;

/// Answers the reports, the nearest first.
pub(super) async fn near(call: Call) -> Result<Response, Problem> {
    answer(call, &["corridor", "distance_m"], |call, question| {
        let inquiry = question.inquiry()?;
        let right = "name a corridor by its id, as in /collections/corridors/items";
        let corridor = call.query.value("corridor")?.ok_or_else(|| missing("corridor", right))?;
        let chain = Question::chain(&inquiry, corridor)?;
        let right = format!("write metres, 0 to {MOST_M}");
        let text = call.query.value("distance_m")?.ok_or_else(|| missing("distance_m", &right))?;
        let distance_m = text.parse().ok().filter(|distance_m| (0.0..=MOST_M).contains(distance_m));
        let distance_m = distance_m.ok_or_else(|| invalid("distance_m", text, &right))?;
        let found = inquiry.near(chain, &question.asked.datetime, distance_m);
        let rows = found.iter().map(|near| {
            let mut row = row(&inquiry, near);
            explain::near(&mut row.members, &inquiry, chain, near, distance_m);
            row
        });
        let mut told = Answer::of("reports", rows);
        told.more = Map::from_iter([("corridor".to_owned(), json!(chain.id)), ("distance_m".to_owned(), json!(distance_m))]);
        Ok(told)
    })
    .await
}

fn row(inquiry: &Inquiry<'_>, near: &Near) -> Row {
    let (record, common) = (&near.record, near.record.common());
    let (subtype, effect, cell) = match record.body() {
        Body::Blockade(report) => {
            let cell = if let Location::Cell(cell) = report.location { Some(cell.bounds_deg()) } else { None };
            (Some(report.subtype), Some(report.effect), cell)
        }
        _ => (None, None, None),
    };
    let side = near.at.map(|at| match at.side {
        0 => "on",
        1 => "left",
        _ => "right",
    });
    let members = json!({
        "id": record.id(),
        "version": common.version,
        "name": common.name,
        "subtype": subtype,
        "effect": effect,
        "certainty": common.certainty,
        "valid_from": time(common.valid.from),
        "nearness": near.nearness.as_str(),
        "distance_m": near.at.map(|at| metres(at.distance_m)),
        "along_m": near.at.map(|at| metres(at.along_m)),
        "side": side,
        "accuracy_m": common.accuracy_m,
        "generalised": common.generalised,
        "cell": cell.map(|cell| [cell.min().x, cell.min().y, cell.max().x, cell.max().y]),
    });
    Row::of(members, geometry::of(record, &inquiry.roads.network))
}
