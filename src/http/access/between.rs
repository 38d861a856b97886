//! Between which moments something is compared.

use super::question::{check_length, invalid, missing};
use crate::http::query::Query;
use crate::problem::Problem;
use roadblock_layers::access::Moment;
use roadblock_layers::layer::Asked;
use roadblock_layers::time::{Datetime, Instant, parse_known_at};

/// Parameters that say it.
pub(super) const BETWEEN: [&str; 4] = ["from", "to", "from_known_at", "to_known_at"];

/// Two moments.
pub(super) struct Between {
    /// How it was.
    pub(super) from: Moment,
    /// How it is.
    pub(super) to: Moment,
}

impl Between {
    /// Reads them: what is missing at the end is as any other question has it, and what was known at the beginning is what is known at the end.
    pub(super) fn read(query: &Query, asked: &Asked) -> Result<Self, Problem> {
        let from = datetime(query, "from")?;
        let from = from.ok_or_else(|| missing("from", "write a date or a time, as in from=2025-09-16&to=2025-10-22"))?;
        let to = Moment {
            datetime: datetime(query, "to")?.unwrap_or(asked.datetime),
            known_at: known(query, "to_known_at")?.unwrap_or(asked.known_at),
        };
        check_length("from", &from)?;
        check_length("to", &to.datetime)?;
        if let (Some(begins), Some(ends)) = (start(&from), start(&to.datetime))
            && ends < begins
        {
            return Err(invalid(
                "from",
                &from.to_string(),
                &format!("it is later than 'to', {}; change the two over", to.datetime),
            ));
        }
        let from = Moment { datetime: from, known_at: known(query, "from_known_at")?.unwrap_or(to.known_at) };
        Ok(Self { from, to })
    }
}

fn start(datetime: &Datetime) -> Option<Instant> {
    match datetime {
        Datetime::All => None,
        Datetime::At(at) => Some(*at),
        Datetime::During(asked) => asked.from,
    }
}

fn datetime(query: &Query, name: &str) -> Result<Option<Datetime>, Problem> {
    let read = |text: &str| {
        Datetime::parse(text).map_err(|error| Problem::bad_request("InvalidDatetime", format!("parameter '{name}': {error}")))
    };
    query.value(name)?.map(read).transpose()
}

fn known(query: &Query, name: &str) -> Result<Option<Instant>, Problem> {
    let read = |text: &str| {
        parse_known_at(text).map_err(|error| Problem::bad_request("InvalidKnownAt", format!("parameter '{name}': {error}")))
    };
    query.value(name)?.map(read).transpose()
}
