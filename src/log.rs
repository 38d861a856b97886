//! Structured logs on standard error; results go to standard output, so the two never mix.

use crate::cli::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging what `filter` lets through, such as `info` or `warn,roadblock=debug`; the error says what is wrong with it.
pub fn start(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    // An empty part, as a comma at the end leaves, would mean errors alone.
    let parts: Vec<&str> = filter.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let filter: Targets = parts.join(",").parse()?;
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        // Colours are for people; a file or a journal has no use for them.
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    let registry = tracing_subscriber::registry().with(filter);
    // A second start (tests) keeps the first.
    let _ = match format {
        LogFormat::Text => registry.with(lines).try_init(),
        LogFormat::Json => registry.with(lines.json()).try_init(),
    };
    // A panic is logged where it happens, within the span of its request and in the shape of every other line.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a bug: this part of the work is given up")));
    Ok(())
}
