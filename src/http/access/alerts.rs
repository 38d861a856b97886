//! `/access/alerts?since=`: each change of the status of a corridor, and of whether a place can be supplied, as time went by.
//!
//! The list is worked out from the records, so that whoever asks again since the same moment gets it again.

use super::answer::{Answer, Row, news};
use super::explain;
use super::feed::{Entry, path};
use super::question::{Format, Question, invalid, unknown_roads};
use super::status::rules;
use crate::base::Arrival;
use crate::http::call::Call;
use crate::http::follow::{self, Follower};
use crate::http::links::segment;
use crate::http::query::Query;
use crate::http::stream::blocking;
use crate::problem::Problem;
use crate::server::Server;
use axum::Extension;
use axum::response::Response;
use roadblock_layers::access::{Access, Alert, Rank, Terms, Watch, Watched};
use roadblock_layers::time::{Datetime, Instant};
use roadblock_layers::vocab::Audience;
use serde_json::{Map, Value, json};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;
use std::sync::Arc;

/// Without `since`, so many days before the end.
const DAYS: i64 = 7;

/// The longest stretch in one answer.
const MOST_DAYS: i64 = 3 * 366;

/// Answers the changes, oldest first, and since when to ask next.
pub(super) async fn alerts(call: Call) -> Result<Response, Problem> {
    news(call, &["since", "until", "corridor", "place"], |call, question| {
        // Before the world that is asked: what is recorded until then is in it.
        let settled = call.server.settled_until();
        let access = call.server.world_of(call.caller.audience).access.clone().ok_or_else(unknown_roads)?;
        let asked = moment(&call.query, "until")?;
        let until = asked.map_or(settled, |until| until.min(settled));
        let since = moment(&call.query, "since")?.unwrap_or_else(|| until.plus_days(-DAYS));
        // Who asks since a moment to come has another clock, and is told of ours.
        let since = if asked.is_none() { since.min(until) } else { since };
        if until < since || until > since.plus_days(MOST_DAYS) {
            let right =
                format!("it must be before 'until', {until}, and at most {MOST_DAYS} days: ask for one stretch after the other");
            return Err(invalid("since", &since.to_string(), &right));
        }
        let watch = watch(&call.query, question)?;
        let alerts = access.alerts(since, until, question.terms, &watch);
        let rows = alerts.iter().map(|alert| {
            let members = of_alert(&access, question.terms, alert);
            let entry = entry(question, alert, &members);
            Row { entry: Some(entry), members, geometry: None }
        });
        let mut told = Answer::of("alerts", rows);
        told.more = Map::from_iter([("since".to_owned(), json!(since.exact())), ("next".to_owned(), json!(until.exact()))]);
        Ok(told)
    })
    .await
}

/// Answers a stream of the same, from `Last-Event-ID` or `since` on, or from now on: an event for each moment at which anything changes.
pub(super) async fn stream(call: Call, arrival: Option<Extension<Arrival>>) -> Result<Response, Problem> {
    let question = Question::read(&call, &["since", "corridor", "place"], &Format::ROWS)?;
    let since = match follow::last_event(&call)? {
        Some(text) => Instant::parse(text).map_err(|error| invalid("since", text, &error.to_string()))?,
        None => call.server.settled_until(),
    };
    let watch = watch(&call.query, &question)?;
    follow::stream(&call, arrival, Alerts { audience: call.caller.audience, since, terms: question.terms, watch })
}

/// What is watched for a stream, and since when it was not told.
struct Alerts {
    audience: Audience,
    since: Instant,
    terms: Terms,
    watch: Watch,
}

impl Follower for Alerts {
    async fn news(&mut self, server: &Arc<Server>) -> String {
        // Before the world that is asked: what is recorded until then is in it.
        let until = server.settled_until();
        let Some(access) = server.world_of(self.audience).access.clone() else { return String::new() };
        let (since, terms, watch) = (self.since, self.terms, self.watch.clone());
        let events = blocking(move || {
            let alerts = access.alerts(since, until, terms, &watch);
            let event = |alerts: &[Alert]| {
                let at = alerts.first().map_or(until, |alert| alert.at).exact();
                let data: Vec<Value> = alerts.iter().map(|alert| of_alert(&access, terms, alert).into()).collect();
                format!("id: {at}\nevent: alerts\ndata: {}\n\n", Value::from(data))
            };
            alerts.chunk_by(|one, other| one.at == other.at).map(event).collect()
        });
        // Who cannot be told now is told with the next.
        let Ok(events) = events.await else { return String::new() };
        self.since = until.max(since);
        events
    }
}

fn moment(query: &Query, name: &str) -> Result<Option<Instant>, Problem> {
    let read = |text: &str| Instant::parse(text).map_err(|error| invalid(name, text, &error.to_string()));
    query.value(name)?.map(read).transpose()
}

/// What is watched: corridors and places by their ids, several separated by commas.
fn watch(query: &Query, question: &Question) -> Result<Watch, Problem> {
    let inquiry = question.inquiry()?;
    let named = |name: &str| -> Result<Vec<String>, Problem> {
        Ok(query.value(name)?.map(|text| text.split(',').map(str::to_owned).collect()).unwrap_or_default())
    };
    let (corridors, places) = (named("corridor")?, named("place")?);
    for id in &corridors {
        Question::chain(&inquiry, id)?;
    }
    if let Some(unknown) = places.iter().find(|place| inquiry.roads.network.place(place).is_none()) {
        return Err(invalid("place", unknown, "name places by their ids, as in /collections/places/items"));
    }
    Ok(Watch { corridors: corridors.into_iter().collect(), places: places.into_iter().collect() })
}

/// What an alert is in a feed.
fn entry(question: &Question, alert: &Alert, members: &Map<String, Value>) -> Entry {
    let of = match alert.watched {
        Watched::Corridor => format!("/access/corridors/{}", segment(&alert.id)),
        Watched::Place => "/access/cut-off".to_owned(),
    };
    let id = members.get("alert").and_then(Value::as_str).unwrap_or_default();
    let path = path(&of, &Datetime::At(alert.at), alert.at, question.terms);
    Entry::of(&["alert", id], question.terms, alert.at, path)
}

/// An alert, with an id that is the same whenever it is told.
fn of_alert(access: &Access, terms: Terms, alert: &Alert) -> Map<String, Value> {
    let word = |rank: Rank| match (alert.watched, rank) {
        (Watched::Corridor, rank) => rank.as_str(),
        (Watched::Place, Rank::Closed) => "cut_off",
        (Watched::Place, _) => "reachable",
    };
    let escorted = |rank: Rank| (alert.watched == Watched::Corridor && rank == Rank::Escort).then_some("escort");
    let mut digest = SipHasher13::new();
    for part in [alert.watched.as_str(), &alert.id, word(alert.before), word(alert.after.rank), &alert.at.exact()] {
        digest.write(part.as_bytes());
        digest.write_u8(0);
    }
    let inquiry = access.known(alert.at, terms);
    let status = inquiry.as_ref().filter(|_| alert.watched == Watched::Corridor);
    let status = status.and_then(|inquiry| Some(inquiry.corridor(inquiry.chain(&alert.id)?, &Datetime::At(alert.at))));
    let told = json!({
        "alert": format!("{:016x}", digest.finish()),
        "at": alert.at.exact(),
        "subject": alert.watched.as_str(),
        "id": alert.id,
        "before": word(alert.before),
        "after": word(alert.after.rank),
        "condition": escorted(alert.after.rank),
        "segments": alert.after.segments,
        "causes": alert.after.causes,
        "rules": status.as_ref().map(|status| rules(&status.rules())),
    });
    let mut members = Row::of(told, None).members;
    inquiry.into_iter().for_each(|inquiry| explain::alert(&mut members, &inquiry, alert, status.as_ref()));
    members
}
