//! Query strings, read strictly: every parameter is known, given once, and typed, or the answer is 400.
//!
//! Frame: text in; `Asked` and boxes in degrees out. Follows `datetime` and `bbox` of OGC API Features Part 1.

use crate::problem::Problem;
use roadblock_layers::layer::{Asked, PhaseSet};
use roadblock_layers::time::{Datetime, Instant, parse_known_at};

/// Parameters that select by time; allowed wherever features are chosen.
pub const TIME_PARAMETERS: [&str; 3] = ["datetime", "known_at", "phase"];

/// Parameters of tiles: times, and whose points are shown as clusters.
pub const TILE_PARAMETERS: [&str; 4] = ["datetime", "known_at", "phase", "cluster"];

/// Cache busters that web clients add; they are ignored and never part of a key.
const IGNORED: [&str; 2] = ["_", "v"];

/// The decoded pairs of one query string, in order.
#[derive(Debug, Default, Clone)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Decodes a raw query string (`+` and `%20` are blanks).
    pub fn parse(raw: Option<&str>) -> Result<Self, Problem> {
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(raw.unwrap_or_default())
            .map_err(|error| Problem::bad_request("InvalidQuery", format!("the query string cannot be decoded: {error}")))?;
        Ok(Self { pairs })
    }

    /// Refuses parameters outside `known`, naming what would be right.
    pub fn allow(&self, known: &[&str]) -> Result<(), Problem> {
        match self.pairs.iter().find(|(name, _)| !known.contains(&name.as_str()) && !IGNORED.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                let detail = format!("unknown parameter '{name}'; this address knows: {known}");
                Err(Problem::bad_request("UnknownParameter", detail))
            }
        }
    }

    /// The value of a parameter; giving it twice is a mistake, not a choice.
    pub fn value(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.pairs.iter().filter(|(key, _)| key == name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Problem::bad_request("RepeatedParameter", format!("parameter '{name}' is given more than once")));
        }
        Ok(first.map(|(_, value)| value.as_str()))
    }

    /// All pairs, for property filters and next links.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// What the client asks for in time. `default` answers a missing `datetime`, `now` a missing `known_at`,
    /// `phases` a missing `phase`.
    pub fn asked(&self, default: Datetime, now: Instant, phases: Option<PhaseSet>) -> Result<Asked, Problem> {
        let datetime = match self.value("datetime")? {
            None => default,
            Some(text) => Datetime::parse(text)
                .map_err(|error| Problem::bad_request("InvalidDatetime", format!("parameter 'datetime': {error}")))?,
        };
        let known_at = match self.value("known_at")? {
            None => now,
            Some(text) => parse_known_at(text)
                .map_err(|error| Problem::bad_request("InvalidKnownAt", format!("parameter 'known_at': {error}")))?,
        };
        let phases = match self.value("phase")? {
            None => phases,
            Some(text) => Some(
                PhaseSet::parse(text)
                    .map_err(|error| Problem::bad_request("InvalidPhase", format!("parameter 'phase': {error}")))?,
            ),
        };
        Ok(Asked { datetime, known_at, phases })
    }
}
