//! What is asked of the roads: the parameters that all of `/access` knows.

use crate::http::call::Call;
use crate::http::links::{ATOM, CSV, GEOJSON, JSON};
use crate::http::media::weight;
use crate::http::query::Query;
use crate::http::wishes::wishes;
use crate::http::words::Language;
use crate::problem::Problem;
use axum::http::header;
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
    /// A feed of news.
    Atom,
}

impl Format {
    /// What every answer is written in.
    pub(super) const ROWS: [Self; 3] = [Self::Json, Self::GeoJson, Self::Csv];
    /// What news are written in.
    pub(super) const NEWS: [Self; 4] = [Self::Json, Self::GeoJson, Self::Csv, Self::Atom];

    /// The value of `f` that asks for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::GeoJson => "geojson",
            Self::Csv => "csv",
            Self::Atom => "atom",
        }
    }

    /// Its media type.
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Json => JSON,
            Self::GeoJson => GEOJSON,
            Self::Csv => CSV,
            Self::Atom => ATOM,
        }
    }
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
    /// In which language, if in one only.
    pub(super) language: Language,
}

impl Question {
    /// Reads the parameters; `more` are known besides those of every question, and the answer can be written in some formats.
    pub(super) fn read(call: &Call, more: &[&str], formats: &[Format]) -> Result<Self, Problem> {
        let known: Vec<&str> = PARAMETERS.iter().chain(more).copied().collect();
        call.query.allow(&known)?;
        let access = call.world.access.clone().ok_or_else(unknown_roads)?;
        let asked = call.query.asked(call.world.default_datetime(call.now), call.now, None)?;
        check_length("datetime", &asked.datetime)?;
        let (format, language) = (format(call, formats)?, language(call)?);
        Ok(Self { access, asked, terms: terms(&call.query)?, format, language })
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
        inquiry.chain(id).ok_or_else(|| {
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
fn format(call: &Call, formats: &[Format]) -> Result<Format, Problem> {
    if let Some(text) = call.query.value("f")? {
        let known = formats.iter().find(|format| format.as_str() == text);
        return known.copied().ok_or_else(|| {
            let words: Vec<&str> = formats.iter().map(|format| format.as_str()).collect();
            Problem::bad_request("InvalidFormat", format!("parameter 'f' is '{text}'; there are: {}", words.join(", ")))
        });
    }
    let ranges = wishes(&call.headers, header::ACCEPT);
    let wanted = |format: Format| {
        let name = format.media_type().split(';').next().unwrap_or_default();
        weight(&ranges, &|range| range == name, if format == Format::Json { "application/*" } else { "" })
    };
    let better = |best: Format, other: Format| if wanted(other) > wanted(best) { other } else { best };
    Ok(formats.iter().copied().fold(Format::Json, better))
}

/// `lang` beats `Accept-Language`.
fn language(call: &Call) -> Result<Language, Problem> {
    let Some(text) = call.query.value("lang")? else { return Ok(Language::accepted(&call.headers)) };
    Language::of(text).ok_or_else(|| invalid("lang", text, "there are: en, fr"))
}
