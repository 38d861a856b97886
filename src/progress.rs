//! Bars on standard error for long work; hidden unless that is a terminal.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar over `length` steps: elapsed time, the bar, the share done, what `{msg}` stands for, and the time left.
pub fn bar(length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    // The template is a constant: if indicatif stopped understanding it, the bar would look plain.
    if let Ok(style) = ProgressStyle::with_template("{elapsed_precise} {bar:40} {percent:>3} %  {msg}, {eta} left") {
        bar.set_style(style);
    }
    bar
}
