//! The `roadblock` program: reads the command line, runs one command, turns its outcome into an exit code.

use clap::Parser;
use roadblock::cli::Cli;
use std::process::ExitCode;

fn main() -> ExitCode {
    roadblock::command::run(Cli::parse())
}
