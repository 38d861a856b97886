//! `/access/cut-off`: the places that no supplies reach, what keeps them away, and what would have to be reopened.

use super::answer::{Answer, Row, answer};
use super::explain;
use super::question::invalid;
use crate::http::call::Call;
use crate::problem::Problem;
use axum::response::Response;
use geo_types::Point;
use roadblock_layers::access::Threshold;
use serde_json::{Map, json};

/// Answers the places, by id; `threshold` says what can be passed.
pub(super) async fn cut_off(call: Call) -> Result<Response, Problem> {
    answer(call, &["threshold"], |call, question| {
        let threshold = match call.query.value("threshold")? {
            None => Threshold::default(),
            Some(text) => {
                let words = Threshold::ALL.map(Threshold::as_str).join(", ");
                Threshold::parse(text).ok_or_else(|| invalid("threshold", text, &format!("there are: {words}")))?
            }
        };
        let inquiry = question.inquiry()?;
        let cut = inquiry.cut_off(&question.asked.datetime, threshold);
        let rows = cut.iter().map(|cut| {
            let place = inquiry.roads.network.get(cut.place);
            let at = inquiry.roads.network.place(cut.place).map(|place| Point(place.at).into());
            let members = json!({
                "place": cut.place,
                "name": place.map(|place| &*place.common().name),
                "cut_off_by": cut.by,
                "restored_by": cut.restored_by,
                "fewest_reopenings": cut.fewest,
            });
            let mut row = Row::of(members, at);
            explain::cut_off(&mut row.members, &inquiry, cut, threshold);
            row
        });
        let mut told = Answer::of("places", rows);
        let ids: Vec<&str> = cut.iter().map(|cut| cut.place).collect();
        told.more = Map::from_iter([("cut_off".to_owned(), json!(ids)), ("threshold".to_owned(), json!(threshold.as_str()))]);
        Ok(told)
    })
    .await
}
