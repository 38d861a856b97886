//! What can be asked of the roads on the command line.

use super::DataArgs;
use super::carry::Reader;
use clap::Args;
use roadblock_layers::access::Evidences;
use roadblock_layers::time::{Datetime, Instant, parse_known_at};
use roadblock_layers::vocab::{Commodity, Direction, Vocabulary};

/// Which road is open.
#[derive(Debug, Args)]
pub struct AccessArgs {
    /// The store that is asked; without one the built-in data are. No server may hold it.
    #[command(flatten)]
    pub data: DataArgs,

    /// The day or moment asked about. [default: that of the data]
    #[arg(long, value_name = "TIME", value_parser = Datetime::parse)]
    pub at: Option<Datetime>,

    /// What was known then counts. [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_known_at)]
    pub known_at: Option<Instant>,

    /// Only corridors that lead to this place, by its id.
    #[arg(long, value_name = "PLACE")]
    pub to: Option<String>,

    /// What is to be moved, such as fuel. [default: all]
    #[arg(long, value_name = "WORD", value_parser = word::<Commodity>)]
    pub commodity: Option<Commodity>,

    /// Which way: both, forward (towards the destination) or backward. [default: both]
    #[arg(long, value_name = "WORD", value_parser = word::<Direction>)]
    pub direction: Option<Direction>,

    /// The largest vehicle that has to get through: 1 non-motorised to 6 truck with trailer over 20 t.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=6))]
    pub vehicle_class: Option<u8>,

    /// What counts: any of reports, assertions, areas. [default: reports,assertions]
    #[arg(long, value_name = "WORDS", value_parser = Evidences::parse)]
    pub evidence: Option<Evidences>,

    /// As whom. [default: public]
    #[arg(long, value_enum)]
    pub audience: Option<Reader>,
}

pub(super) fn word<W: Vocabulary>(text: &str) -> Result<W, String> {
    W::parse(text).ok_or_else(|| format!("there are: {}", W::all()))
}
