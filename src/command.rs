//! The commands, one module each. Exit codes: 0 done, 1 the data say no, 2 wrong usage, 3 the store is damaged.

pub mod access;
pub mod archive;
pub mod check;
pub mod export;
pub mod import;
pub mod notify;
mod out;
pub mod serve;
pub mod shipped;
pub mod store;
pub mod token;

use crate::cli::{Cli, Command};
use crate::config::Keep;
use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

/// The data are not as they should be.
const DATA_SAY_NO: u8 = 1;
/// The command cannot be carried out as given.
const WRONG_USAGE: u8 = 2;
/// What was stored is not what is there.
const STORE_DAMAGED: u8 = 3;

/// Runs the command that was asked for; `serve` if none was.
pub fn run(cli: Cli) -> ExitCode {
    match cli.command {
        None => serve::run(cli.serve),
        Some(Command::Serve(args)) => serve::run(args),
        Some(Command::Access(args)) => access::run(args),
        Some(Command::Check(args)) => check::run(args),
        Some(Command::Archive(args)) => archive::run(args),
        Some(Command::Backup(args)) => store::backup(args),
        Some(Command::Restore(args)) => store::restore(args),
        Some(Command::Audit(command)) => store::audit(command),
        Some(Command::Token(command)) => token::run(command),
        Some(Command::Notify(args)) => notify::run(args),
        Some(Command::Import(args)) => import::run(args),
        Some(Command::Export(args)) => export::run(args),
        Some(Command::Shipped(args)) => shipped::run(args),
    }
}

/// The directory that a command works in, or how it ends because there is none.
fn folder_of(named: Option<PathBuf>) -> Result<PathBuf, ExitCode> {
    match Keep::in_directory(named) {
        Keep::Directory(folder) => Ok(folder),
        Keep::Memory | Keep::Unknown => {
            Err(refuse("there is no home directory where a store would be; name its directory with --data DIR"))
        }
    }
}

/// Ends with a sentence on standard error.
fn refuse(reason: impl Display) -> ExitCode {
    complain(reason);
    ExitCode::from(WRONG_USAGE)
}

/// Writes one line to standard error.
fn complain(line: impl Display) {
    use std::io::Write;
    // Nothing is left to do when standard error is closed.
    let _ = writeln!(std::io::stderr(), "roadblock: {line}");
}

/// Writes one result line to standard output.
fn say(line: impl Display) {
    use std::io::Write;
    // A reader that closed the pipe has seen enough.
    let _ = writeln!(std::io::stdout(), "{line}");
}
