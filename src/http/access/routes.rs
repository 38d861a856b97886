//! `/access/routes?from=&to=`: the best ways from one place to another: the least bad, of those the shortest.

use super::answer::{Answer, Row, answer};
use super::explain;
use super::question::{invalid, missing};
use super::status::{ends, metres, rules};
use crate::http::call::Call;
use crate::problem::Problem;
use axum::response::Response;
use geo_types::LineString;
use roadblock_layers::access::{Graph, Path, Rank, SegmentStatus};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Routes in an answer, the best among them, unless asked otherwise, and at most.
const ROUTES: usize = 3;
const MOST_ROUTES: usize = 10;

/// Answers the routes, the best first; an empty list if no road leads there.
pub(super) async fn routes(call: Call) -> Result<Response, Problem> {
    answer(call, &["from", "to", "routes"], |call, question| {
        let inquiry = question.inquiry()?;
        let graph = inquiry.graph(&question.asked.datetime);
        let (from, to) = (place(call, &graph, "from")?, place(call, &graph, "to")?);
        if from == to {
            return Err(invalid("to", graph.places().get(to).unwrap_or(&""), "name another place than 'from'"));
        }
        let paths = graph.paths(from, to, count(call)?);
        let rows = (1..).zip(&paths).map(|(number, path)| {
            let worst = path.ways.iter().filter(|way| way.rank == path.rank);
            let worst: Vec<_> = worst.filter_map(|way| inquiry.way(way, &question.asked.datetime)).collect();
            let mut row = row(number, path, &worst);
            explain::route(&mut row.members, &inquiry, path, &worst, (number, paths.len()));
            row
        });
        Ok(Answer::of("routes", rows))
    })
    .await
}

fn count(call: &Call) -> Result<usize, Problem> {
    let Some(text) = call.query.value("routes")? else { return Ok(ROUTES) };
    let count = text.parse().ok().filter(|count| (1..=MOST_ROUTES).contains(count));
    count.ok_or_else(|| invalid("routes", text, &format!("write how many routes you want, 1 to {MOST_ROUTES}")))
}

fn place(call: &Call, graph: &Graph<'_>, parameter: &str) -> Result<usize, Problem> {
    let right = "name a place by its id, as in /collections/places/items";
    let id = call.query.value(parameter)?.ok_or_else(|| missing(parameter, right))?;
    graph.number(id).ok_or_else(|| invalid(parameter, id, &format!("no road leads to a place of this id; {right}")))
}

fn row(number: usize, path: &Path<'_>, worst: &[SegmentStatus<'_>]) -> Row {
    let mut lengths: BTreeMap<&str, f64> = BTreeMap::new();
    let mut line: LineString<f64> = LineString(Vec::new());
    let mut segments: Vec<Value> = Vec::new();
    for way in &path.ways {
        *lengths.entry(way.rank.as_str()).or_default() += way.leg.length_m;
        let (from, to) = ends(way);
        segments.push(json!({
            "segment": way.leg.id, "from": from, "to": to, "length_m": metres(way.leg.length_m),
            "status": way.rank.as_str(), "condition": (way.rank == Rank::Escort).then_some("escort"),
        }));
        let coords = way.leg.line.0.iter().copied();
        let mut coords: Vec<_> = if way.is_forward { coords.collect() } else { coords.rev().collect() };
        if line.0.last() == coords.first() {
            line.0.pop();
        }
        line.0.append(&mut coords);
    }
    let lengths: Map<String, Value> =
        lengths.into_iter().map(|(word, length_m)| (word.to_owned(), metres(length_m).into())).collect();
    let decided = worst.iter().map(|part| part.status.rule).collect();
    let held_up = worst.iter().filter(|_| path.rank > Rank::Open);
    let members = json!({
        "route": number,
        "status": path.rank.as_str(),
        "op_status": path.rank.op_status().code(),
        "condition": (path.rank == Rank::Escort).then_some("escort"),
        "length_m": metres(path.length_m),
        "length_m_by_status": lengths,
        "worst_segments": held_up.map(|part| part.leg.id.as_str()).collect::<Vec<_>>(),
        "rules": rules(&decided),
        "segments": segments,
    });
    Row::of(members, Some(line.into()))
}
