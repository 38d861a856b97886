//! Structured logs on standard error; results go to standard output, so the two never mix.

use crate::cli::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::format::FmtSpan;

/// Starts logging what `filter` lets through, such as `info` or `warn,roadblock=debug`; the error says what is wrong with it.
pub fn start(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    let filter = EnvFilter::builder().parse(filter)?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_span_events(FmtSpan::NONE)
        // Colours are for people; a file or a journal has no use for them.
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false);
    // A second start (tests) keeps the first.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    // A panic is logged where it happens, within the span of its request and in the shape of every other line.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a bug: this part of the work is given up")));
    Ok(())
}
