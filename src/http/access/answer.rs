//! An answer of `/access` on its way out: rows as JSON, GeoJSON or CSV, or news as a feed, with what they rest on.

use super::feed::{self, Entry};
use super::question::{Format, Question};
use crate::geojson::geometry;
use crate::http::call::Call;
use crate::http::layer_set::{ALL, LayerSet};
use crate::http::validators::cache_control;
use crate::http::{document, stream};
use crate::problem::Problem;
use crate::world::credits;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use geo_types::Geometry;
use roadblock_layers::access::{Terms, parameters};
use roadblock_layers::layer::Asked;
use roadblock_layers::vocab::Audience;
use serde_json::{Map, Value, json};
use siphasher::sip::SipHasher13;
use std::hash::Hasher;

/// One row: its members, where it is, and what it is in a feed.
pub(super) struct Row {
    pub(super) members: Map<String, Value>,
    pub(super) geometry: Option<Geometry<f64>>,
    pub(super) entry: Option<Entry>,
}

impl Row {
    /// Of an object.
    pub(super) fn of(members: Value, geometry: Option<Geometry<f64>>) -> Self {
        let members = if let Value::Object(members) = members { members } else { Map::new() };
        Self { members, geometry, entry: None }
    }
}

/// What is answered.
pub(super) struct Answer {
    /// What the rows are called.
    pub(super) list: &'static str,
    pub(super) rows: Vec<Row>,
    /// Members beside the list.
    pub(super) more: Map<String, Value>,
    /// The time that it is about, if that is not the one of the question.
    pub(super) asked: Option<Asked>,
}

impl Answer {
    /// Of rows alone.
    pub(super) fn of(list: &'static str, rows: impl Iterator<Item = Row>) -> Self {
        Self { list, rows: rows.collect(), more: Map::new(), asked: None }
    }

    /// The rows that are news, as entries with their members.
    fn entries(&self) -> impl Iterator<Item = (&Entry, &Map<String, Value>)> {
        self.rows.iter().filter_map(|row| Some((row.entry.as_ref()?, &row.members)))
    }
}

/// Reads the question, has the answer made on a thread where that may take long, and writes it.
pub(super) async fn answer(
    call: Call,
    parameters: &[&str],
    make: impl FnOnce(&Call, &Question) -> Result<Answer, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let question = Question::read(&call, parameters, &Format::ROWS)?;
    made(call, question, make).await
}

/// The same for what is news, which is also written as a feed.
pub(super) async fn news(
    call: Call,
    parameters: &[&str],
    make: impl FnOnce(&Call, &Question) -> Result<Answer, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let question = Question::read(&call, &[parameters, &["lang"]].concat(), &Format::NEWS)?;
    made(call, question, make).await
}

async fn made(
    call: Call,
    question: Question,
    make: impl FnOnce(&Call, &Question) -> Result<Answer, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    stream::blocking(move || make(&call, &question).and_then(|answer| write(&call, &question, answer))).await?
}

fn write(call: &Call, question: &Question, answer: Answer) -> Result<Response, Problem> {
    let asked = answer.asked.unwrap_or(question.asked);
    let (list, updated) = (answer.list, answer.entries().map(|(entry, _)| entry.updated).max().unwrap_or(asked.known_at));
    let content = match question.format {
        Format::Json => {
            let rows = answer.rows.into_iter().map(|row| Value::Object(row.members)).collect();
            let members: Map<String, Value> = [(answer.list.to_owned(), rows)].into_iter().chain(answer.more).collect();
            Value::Object(members).to_string()
        }
        Format::GeoJson => collection(answer)?.to_string(),
        Format::Csv => table(&answer.rows)?,
        Format::Atom => feed::entries(call, question.language, answer.entries()),
    };
    let mut digest = SipHasher13::new();
    for decides in [call.base.as_str(), &call.uri.to_string(), env!("CARGO_PKG_VERSION"), &content] {
        digest.write(decides.as_bytes());
    }
    let changes_at = LayerSet::resolve(&call.world, ALL)?.next_change(&asked, call.now);
    let lifetime = cache_control(call.now, changes_at);
    // What is said of the moment of asking is not in the tag.
    let head = head(call, &asked, question.terms);
    let text = || match question.format {
        Format::Csv => head_of_table(&head) + &content,
        Format::Json | Format::GeoJson => joined(content, &head),
        Format::Atom => feed::head(call, question, &asked, list, &head, updated) + &content,
    };
    let mut response = document::tagged(call, question.format.media_type(), digest.finish(), lifetime, text);
    if question.format == Format::Atom {
        let vary = HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language, Host");
        response.headers_mut().insert(header::VARY, vary);
    }
    Ok(response)
}

/// Two objects as one, the first as text.
fn joined(mut object: String, more: &Map<String, Value>) -> String {
    let more = Value::Object(more.clone()).to_string();
    object.pop();
    object + "," + more.trim_start_matches('{')
}

/// What every answer says of itself.
fn head(call: &Call, asked: &Asked, terms: Terms) -> Map<String, Value> {
    let audience = call.caller.audience;
    let head = json!({
        "datetime": asked.datetime.to_string(),
        "known_at": asked.known_at.to_string(),
        "rules": parameters(),
        "parameters": {
            "commodity": terms.commodity,
            "direction": terms.direction,
            "vehicle_class": terms.vehicle_class,
            "evidence": terms.evidence.to_string(),
        },
        "view": audience,
        "may_omit_reports": audience != Audience::Editor,
        "attribution": credits(&call.world.data_layers().cloned().collect::<Vec<_>>()).join(" | "),
        "disclaimer": call.world.disclaimer(asked),
    });
    if let Value::Object(head) = head { head } else { Map::new() }
}

fn collection(answer: Answer) -> Result<Value, Problem> {
    let feature = |row: Row| {
        let shape = row.geometry.map(|shape| {
            let mut text = Vec::new();
            geometry::write(&shape, &mut text);
            serde_json::from_slice::<Value>(&text)
        });
        Ok(json!({"type": "Feature", "geometry": shape.transpose()?, "properties": row.members}))
    };
    let features: Result<Vec<Value>, serde_json::Error> = answer.rows.into_iter().map(feature).collect();
    let features = features.map_err(|error| unwritable(&error))?;
    let mut collection =
        Map::from_iter([("type".to_owned(), json!("FeatureCollection")), ("features".to_owned(), features.into())]);
    collection.extend(answer.more);
    Ok(collection.into())
}

/// Rows with the columns of all, in the order in which they first come; lists of words separated by blanks, anything deeper as JSON.
fn table(rows: &[Row]) -> Result<String, Problem> {
    let mut columns: Vec<&str> = Vec::new();
    for name in rows.iter().flat_map(|row| row.members.keys()) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let mut table = csv::Writer::from_writer(Vec::new());
    let written = table.write_record(&columns).and_then(|()| {
        rows.iter().try_for_each(|row| table.write_record(columns.iter().map(|name| cell(row.members.get(*name)))))
    });
    written.map_err(|error| unwritable(&error))?;
    let bytes = table.into_inner().map_err(|error| unwritable(&error))?;
    String::from_utf8(bytes).map_err(|error| unwritable(&error))
}

fn cell(value: Option<&Value>) -> String {
    let is_plain = |value: &Value| !value.is_object() && !value.is_array();
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) if items.iter().all(is_plain) => {
            items.iter().map(|item| cell(Some(item))).collect::<Vec<_>>().join(" ")
        }
        Some(other) => other.to_string(),
    }
}

/// Comment rows before the table, so that it is never seen without them.
fn head_of_table(head: &Map<String, Value>) -> String {
    let line = |name: &str| head.get(name).map(|value| format!("# {name}: {}\n", cell(Some(value)).replace('\n', " ")));
    ["disclaimer", "datetime", "known_at", "view", "parameters", "attribution"].into_iter().filter_map(line).collect()
}

fn unwritable(error: &dyn std::error::Error) -> Problem {
    tracing::error!(%error, "an answer cannot be written");
    Problem::internal()
}
