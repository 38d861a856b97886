//! `roadblock check FILE...`: everything wrong in a file, a line each, and an exit code that scripts can use.

mod style;

use super::{DATA_SAY_NO, WRONG_USAGE, complain, say};
use crate::cli::CheckArgs;
use crate::config::cores;
use roadblock_layers::source::{self, SourceOptions};
use roadblock_tiles::archive::Kind;
use std::path::Path;
use std::process::ExitCode;

/// Checks each file; 1 when there is a finding or the file is broken as a whole, 2 when it cannot be opened or lacks what was asked of it.
pub fn run(args: CheckArgs) -> ExitCode {
    let options = SourceOptions { id_property: args.id_property, crs: args.crs, table: args.table, threads: cores() };
    let worst = args.files.iter().map(|path| check(path, &options)).max().unwrap_or(0);
    ExitCode::from(worst)
}

fn check(path: &Path, options: &SourceOptions) -> u8 {
    if style::is_style(path) {
        return style::check(path);
    }
    if Kind::of(path).is_some() {
        complain(format_args!("{}: is an archive of finished tiles, which have no features to check", path.display()));
        return WRONG_USAGE;
    }
    let mut findings = 0u64;
    let mut report = |finding: roadblock_layers::finding::Finding| {
        findings += 1;
        say(format_args!("{}: {finding}", path.display()));
    };
    match source::check(path, options, &mut report) {
        Err(error) => {
            complain(format_args!("{}: {error}", path.display()));
            if error.is_usage() { WRONG_USAGE } else { DATA_SAY_NO }
        }
        Ok(summary) => {
            say(format_args!("{}: {} features, {findings} findings", path.display(), summary.features));
            if findings == 0 { 0 } else { DATA_SAY_NO }
        }
    }
}
