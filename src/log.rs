//! Structured logs on standard error; results go to standard output, so the two never mix.

mod context;

pub use context::{Context, within};

use crate::cli::LogFormat;
use std::fmt;
use std::io::IsTerminal;
use tracing::level_filters::{LevelFilter, ParseLevelFilterError};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Format, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging what `filter` lets through, such as `info` or `warn,roadblock=debug`; the error says what is wrong with it.
pub fn start(format: LogFormat, filter: &str) -> Result<(), ParseLevelFilterError> {
    let filter = read(filter)?;
    // Colours are for people; a file or a journal has no use for them.
    let has_colors = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(has_colors);
    let registry = tracing_subscriber::registry().with(filter);
    // A second start (tests) keeps the first.
    let _ = match format {
        LogFormat::Text => {
            let text = Format::default().with_target(false).with_ansi(has_colors);
            registry.with(lines.event_format(Line { event: text, format })).try_init()
        }
        LogFormat::Json => {
            let json = Format::default().with_target(false).json().with_current_span(false).with_span_list(false);
            registry.with(lines.event_format(Line { event: json, format })).try_init()
        }
    };
    // A panic is logged where it happens, with its request and in the shape of every other line.
    std::panic::set_hook(Box::new(|panic| {
        let (at, cause) = (panic.location().map(ToString::to_string), panic.payload_as_str());
        tracing::error!(at, cause, "a bug: this part of the work is given up");
    }));
    Ok(())
}

/// A line for an event, at its end the request that it belongs to.
struct Line<F> {
    event: F,
    format: LogFormat,
}

impl<S, N, F> FormatEvent<S, N> for Line<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(&self, fields: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Some(request) = Context::current() else { return self.event.format_event(fields, writer, event) };
        let mut line = String::new();
        self.event.format_event(fields, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        match self.format {
            LogFormat::Text => writeln!(writer, "{line} {request}"),
            LogFormat::Json => writeln!(writer, "{},\"request\":{}}}", line.strip_suffix('}').unwrap_or(line), request.json()),
        }
    }
}

/// A level for all, or for what a module says, in each part; the last counts. Stricter than `Targets` is by itself: a level that is mistyped
/// is no module, or nothing would be logged. Empty parts, as a comma at the end leaves, say nothing.
fn read(filter: &str) -> Result<Targets, ParseLevelFilterError> {
    let mut parts = filter.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts.try_fold(Targets::new().with_default(LevelFilter::ERROR), |targets, part| {
        Ok(match part.split_once('=') {
            Some((module, level)) if !level.trim().is_empty() => {
                targets.with_target(module.trim(), level.trim().parse::<LevelFilter>()?)
            }
            _ => targets.with_default(part.parse::<LevelFilter>()?),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn a_filter_has_a_level_for_all_and_others_for_modules() {
        for filter in ["warn,roadblock=debug", " roadblock = debug , warn,", "warn,,roadblock=DEBUG"] {
            let targets = read(filter).unwrap();
            let lets = |module, level| targets.would_enable(module, &level);
            assert!(lets("roadblock::http", Level::DEBUG) && !lets("roadblock::http", Level::TRACE), "{filter}");
            assert!(lets("hyper", Level::WARN) && !lets("hyper", Level::INFO), "{filter}");
        }
        assert!(read("").unwrap().would_enable("roadblock", &Level::ERROR));
        assert!(!read("off").unwrap().would_enable("roadblock", &Level::ERROR));
    }

    #[test]
    fn what_is_no_level_is_refused() {
        for filter in ["inof", "info,road[", "roadblock", "info,roadblock=loud", "info,roadblock="] {
            assert!(read(filter).is_err(), "{filter}");
        }
    }
}
