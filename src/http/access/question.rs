//! What is asked of the roads: the parameters that all of `/access` knows.

use crate::http::call::Call;
use crate::http::media::{accept, weight, wishes};
use crate::http::query::Query;
use crate::problem::Problem;
use roadblock_layers::access::{Access, Chain, Evidences, Inquiry, Terms};
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Interval};
use roadblock_layers::vocab::{Commodity, Direction, Vocabulary};
use std::sync::Arc;

/// Parameters of every question.
pub const PARAMETERS: [&str; 7] = ["datetime", "known_at", "commodity", "direction", "vehicle_class", "evidence", "f"];

/// The longest stretch that is asked about: ten years.
const MOST_DAYS: i64 = 10 * 366;

/// Vehicle classes of UNSDI-T.
const CLASSES: std::ops::RangeInclusive<u8> = 1..=6;

/// What an answer is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// One document.
    Json,
    /// A feature collection.
    GeoJson,
    /// A table.
    Csv,
}

/// A question, read.
pub(super) struct Question {
    access: Arc<Access>,
    /// When, and as known when.
    pub(super) asked: Asked,
    /// By what terms.
    pub(super) terms: Terms,
    /// As what the answer is wanted.
    pub(super) format: Format,
}

impl Question {
    /// Reads the parameters; `more` are known besides those of every question.
    pub(super) fn read(call: &Call, more: &[&str]) -> Result<Self, Problem> {
        let known: Vec<&str> = PARAMETERS.iter().chain(more).copied().collect();
        call.query.allow(&known)?;
        let access = call.world.access.clone().ok_or_else(unknown_roads)?;
        let asked = call.query.asked(call.world.default_datetime(call.now), call.now, None)?;
        check_length("datetime", &asked.datetime)?;
        Ok(Self { access, asked, terms: terms(&call.query)?, format: format(call)? })
    }

    /// Everything that is known of the roads.
    pub(super) fn access(&self) -> &Access {
        &self.access
    }

    /// The roads as they were known at the asked moment.
    pub(super) fn inquiry(&self) -> Result<Inquiry<'_>, Problem> {
        self.access.known(self.asked.known_at, self.terms).ok_or_else(unknown_roads)
    }

    /// A corridor by its id.
    pub(super) fn chain<'r>(inquiry: &Inquiry<'r>, id: &str) -> Result<&'r Chain, Problem> {
        inquiry.chains().find(|chain| chain.id == id).ok_or_else(|| {
            let known: Vec<&str> = inquiry.chains().map(|chain| chain.id.as_str()).collect();
            Problem::not_found(format!("there is no corridor '{id}'; there are: {}", known.join(", ")))
        })
    }
}

/// Refuses a stretch that is longer than anybody's question.
pub(super) fn check_length(parameter: &str, datetime: &Datetime) -> Result<(), Problem> {
    let Datetime::During(Interval { from: Some(from), to: Some(to) }) = datetime else { return Ok(()) };
    match *to > from.plus_days(MOST_DAYS) {
        true => Err(invalid(parameter, &datetime.to_string(), &format!("ask for at most {} years", MOST_DAYS / 366))),
        false => Ok(()),
    }
}

/// What a server of files says.
pub(super) fn unknown_roads() -> Problem {
    Problem::not_found("this server has no records of roads; it answers for the records of its store alone")
}

/// By what terms it is asked.
pub(super) fn terms(query: &Query) -> Result<Terms, Problem> {
    let mut terms = Terms::default();
    if let Some(text) = query.value("commodity")? {
        terms.commodity = word::<Commodity>("commodity", text)?;
    }
    if let Some(text) = query.value("direction")? {
        terms.direction = word::<Direction>("direction", text)?;
    }
    if let Some(text) = query.value("vehicle_class")? {
        let class = text.parse().ok().filter(|class| CLASSES.contains(class));
        let wrong = || invalid("vehicle_class", text, "write 1 (non-motorised) to 6 (truck with trailer over 20 t)");
        terms.vehicle_class = Some(class.ok_or_else(wrong)?);
    }
    if let Some(text) = query.value("evidence")? {
        terms.evidence = Evidences::parse(text).map_err(|error| invalid("evidence", text, &error.to_string()))?;
    }
    Ok(terms)
}

fn word<W: Vocabulary>(parameter: &str, text: &str) -> Result<W, Problem> {
    W::parse(text).ok_or_else(|| invalid(parameter, text, &format!("there are: {}", W::all())))
}

/// A parameter whose value does not work.
pub(super) fn invalid(parameter: &str, text: &str, right: &str) -> Problem {
    Problem::bad_request("InvalidParameterValue", format!("parameter '{parameter}' is '{text}'; {right}"))
}

/// A parameter that cannot be left out.
pub(super) fn missing(parameter: &str, right: &str) -> Problem {
    Problem::bad_request("MissingParameterValue", format!("parameter '{parameter}' is missing; {right}"))
}

/// `f` beats `Accept`; without either, and when nothing we have fits, it is JSON.
fn format(call: &Call) -> Result<Format, Problem> {
    match call.query.value("f")? {
        Some("json") => Ok(Format::Json),
        Some("geojson") => Ok(Format::GeoJson),
        Some("csv") => Ok(Format::Csv),
        Some(other) => {
            Err(Problem::bad_request("InvalidFormat", format!("parameter 'f' is '{other}'; write json, geojson or csv")))
        }
        None => {
            let accept = accept(&call.headers);
            let ranges = wishes(&accept);
            let wanted = |name: &'static str, family| weight(&ranges, &|range| range == name, family);
            let json = wanted("application/json", "application/*");
            let geojson = weight(&ranges, &|range| range == "application/geo+json", "");
            let csv = weight(&ranges, &|range| range == "text/csv", "");
            Ok(if geojson > json.max(csv) {
                Format::GeoJson
            } else if csv > json {
                Format::Csv
            } else {
                Format::Json
            })
        }
    }
}
