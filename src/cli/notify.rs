//! Who is told of what, and where it is asked for.

use super::access::word;
use clap::Args;
use roadblock_layers::access::Evidences;
use roadblock_layers::time::Instant;
use roadblock_layers::vocab::{Commodity, Direction};
use std::path::PathBuf;

/// Tell a webhook of changes of access.
#[derive(Debug, Args)]
pub struct NotifyArgs {
    /// Address of the server that is asked, such as http://127.0.0.1:8080
    #[arg(long, value_name = "URL")]
    pub server: String,

    /// Address that is told, with POST.
    #[arg(long, value_name = "URL")]
    pub to: String,

    /// File with the secret that messages are signed with; at least 16 bytes, shared with whoever is told.
    #[arg(long, value_name = "FILE")]
    pub secret_file: PathBuf,

    /// File that keeps what was told already; made if there is none. One for each receiver.
    #[arg(long, value_name = "FILE")]
    pub state: PathBuf,

    /// File with the token whose view is asked. [default: the public view]
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,

    /// A corridor to watch, by its id; may be given several times. [default: all corridors and places]
    #[arg(long, value_name = "ID")]
    pub corridor: Vec<String>,

    /// A place to watch, by its id; may be given several times.
    #[arg(long, value_name = "ID")]
    pub place: Vec<String>,

    /// What is to be moved, such as fuel. [default: all]
    #[arg(long, value_name = "WORD", value_parser = word::<Commodity>)]
    pub commodity: Option<Commodity>,

    /// Which way: both, forward (towards the destination) or backward. [default: both]
    #[arg(long, value_name = "WORD", value_parser = word::<Direction>)]
    pub direction: Option<Direction>,

    /// What counts: any of reports, assertions, areas. [default: reports,assertions]
    #[arg(long, value_name = "WORDS", value_parser = Evidences::parse)]
    pub evidence: Option<Evidences>,

    /// Tell everything since this moment, also what was told before. [default: where the state file ends, or now]
    #[arg(long, value_name = "TIME", value_parser = Instant::parse)]
    pub since: Option<Instant>,

    /// Seconds between questions.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub every: u64,

    /// Tell what there is to tell, and end.
    #[arg(long)]
    pub once: bool,
}
