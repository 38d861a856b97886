//! The command line: what can be said, and the words that explain it.
//!
//! Flags beat environment variables, which beat the config file (`config`). Exit codes: 0 done, 1 the data say no, 2 wrong usage,
//! 3 the store is damaged.

mod access;
mod carry;
mod notify;
mod token;

pub use access::AccessArgs;
pub use carry::{ExportArgs, ImportArgs, Reader, ShippedArgs};
pub use notify::NotifyArgs;
pub use token::{AudienceWord, CreateArgs, Expiry, RevokeArgs, TokenCommand};

use clap::{Args, Parser, Subcommand};
use roadblock_layers::time::{Datetime, Instant, parse_known_at};
use roadblock_layers::vocab::Audience;
use roadblock_tiles::grid::MAX_ZOOM;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Map tile and layer server for blockade points, controlled areas and corridors, and for your own GIS files.
#[derive(Debug, Parser)]
#[command(name = "roadblock", version, about, max_term_width = 100, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// What to do; without a command the built-in Mali data are served.
    #[command(subcommand)]
    pub command: Option<Command>,

    /// Flags of `serve`, usable without the word.
    #[command(flatten)]
    pub serve: ServeArgs,
}

const EXAMPLES: &str = "\
Examples:
  roadblock                                  serve the Mali fuel blockade, autumn 2025, with its map
  roadblock --memory                         the same, with nothing written to the disk
  roadblock serve roads.gpkg towns.geojson   serve these files, one layer each
  roadblock serve --watch towns.csv          the same, reloaded whenever the file changes
  roadblock check roads.gpkg                 list everything wrong in a file; exit code 1 if anything is
  roadblock check harbour.json               the same of a style of your own; `serve --style harbour.json` serves it
  roadblock token create --audience editor   print a token for somebody who keeps the records
  roadblock access --at 2025-10-22 --to bamako --commodity fuel
                                             which corridors into Bamako were open that day, and what closed the others
  roadblock export world.jsonl               all that the store holds, with its history, as one file
  roadblock import --layer blockades --dry-run reports.geojson
                                             what would be new and changed if these reports were imported
  roadblock archive all --zooms 0-14 out.pmtiles --file roads.gpkg
                                             all tiles of a file in one archive; `serve out.pmtiles` serves it";

/// The commands of roadblock.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the built-in data, or the files named, over HTTP.
    Serve(ServeArgs),
    /// Read a file of features, or a style, as `serve` would and print every finding; exit code 1 when there is one.
    Check(CheckArgs),
    /// Write all tiles of some layers, at one moment, into one file: PMTiles or MBTiles.
    Archive(ArchiveArgs),
    /// Copy the store, also while a server writes to it, to a new file, and read every row of the copy.
    Backup(BackupArgs),
    /// Put a backup into a data directory as its store, after reading every row of it; no server may hold that directory.
    Restore(RestoreArgs),
    /// Look after the log of who changed what.
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Look after the tokens that let people read more, and write.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Print which corridors can be passed at some moment, what closes them and since when.
    Access(AccessArgs),
    /// Tell a webhook of each change of access, at least once and in order; a process beside the server.
    Notify(NotifyArgs),
    /// Put records into the store of a data directory: a world that was exported, a layer as GeoJSON, or a CSV table.
    Import(ImportArgs),
    /// Write the whole store of a data directory as one file that `import` reads, or a layer of it as GeoJSON.
    Export(ExportArgs),
    /// For those who work on roadblock: make a data set that ships in it from its source.
    Shipped(ShippedArgs),
}

/// How and what to serve.
#[derive(Debug, Clone, Default, Args)]
pub struct ServeArgs {
    /// GeoJSON, GeoJSON-seq, GeoPackage, FlatGeobuf or CSV files to serve instead of the built-in data.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Address and port to listen on; port 0 takes a free one. [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR:PORT", env = "ROADBLOCK_LISTEN")]
    pub listen: Option<SocketAddr>,

    /// Second address for /metrics; off unless given.
    #[arg(long, value_name = "ADDR:PORT", env = "ROADBLOCK_ADMIN_LISTEN")]
    pub admin_listen: Option<SocketAddr>,

    /// Directory whose store is served, made from the built-in data if there is none. [default: roadblock in the user's data directory]
    #[arg(long, value_name = "DIR", env = "ROADBLOCK_DATA")]
    pub data: Option<PathBuf>,

    /// Keep nothing: serve the built-in data and forget what was changed when the server stops.
    #[arg(long, env = "ROADBLOCK_MEMORY", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub memory: Option<bool>,

    /// Config file (TOML); every flag is a key in it, and each `[[layers]]` table describes a file.
    #[arg(long, value_name = "FILE", env = "ROADBLOCK_CONFIG")]
    pub config: Option<PathBuf>,

    /// Memory for finished tiles in MiB; 0 switches the cache off. [default: 256]
    #[arg(long, value_name = "N", env = "ROADBLOCK_TILE_CACHE_MB")]
    pub tile_cache_mb: Option<u32>,

    /// Kilobytes a file's features may take in a tile before the least important are left out; 0 = no budget. [default: 500]
    #[arg(long, value_name = "N", env = "ROADBLOCK_TILE_BUDGET_KB")]
    pub tile_budget_kb: Option<u32>,

    /// Keep what was made of a large file beside it, as FILE.roadblock, for the next start. [default: true]
    #[arg(long, env = "ROADBLOCK_PREPARED", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub prepared: Option<bool>,

    /// Threads that answer, and long tiles rendered at the same time. [default: one per core]
    #[arg(long, value_name = "N", env = "ROADBLOCK_RENDER_THREADS")]
    pub render_threads: Option<usize>,

    /// Reload a file, or a style, when it changes on disk.
    #[arg(long, env = "ROADBLOCK_WATCH", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub watch: Option<bool>,

    /// A style of your own, a MapLibre style document; may be said several times. Its name is that of the file without .json.
    #[arg(long = "style", value_name = "FILE")]
    pub styles: Vec<PathBuf>,

    /// Address clients see, used in every absolute link (behind a proxy). [default: the listen address]
    #[arg(long, value_name = "URL", env = "ROADBLOCK_PUBLIC_URL")]
    pub public_url: Option<String>,

    /// Certificate, and those that vouch for it, in PEM: serves https. Read again when it changes. Needs --tls-key.
    #[arg(long, value_name = "FILE", env = "ROADBLOCK_TLS_CERT")]
    pub tls_cert: Option<PathBuf>,

    /// Private key of that certificate, in PEM.
    #[arg(long, value_name = "FILE", env = "ROADBLOCK_TLS_KEY")]
    pub tls_key: Option<PathBuf>,

    /// What is logged: error, warn, info, debug, or a filter such as warn,roadblock=debug. [default: info]
    #[arg(long, value_name = "FILTER", env = "ROADBLOCK_LOG")]
    pub log: Option<String>,

    /// How logs are written to standard error. [default: text]
    #[arg(long, value_name = "FORMAT", value_enum, env = "ROADBLOCK_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// Shape of the log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

/// What to check.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Files of features, and style documents.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// Coordinate reference system of the file, as EPSG:32629; beats what the file says.
    #[arg(long, value_name = "CODE")]
    pub crs: Option<String>,

    /// Property that holds the feature id.
    #[arg(long, value_name = "NAME")]
    pub id_property: Option<String>,

    /// The one table to read of a file that holds several.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,
}

/// What to put into an archive.
#[derive(Debug, Args)]
pub struct ArchiveArgs {
    /// Layers, separated by commas, or `all` for every one but the basemap.
    #[arg(value_name = "LAYERS")]
    pub layers: String,

    /// The archive to write; its ending decides: .pmtiles or .mbtiles. What stands there is replaced when all is written.
    #[arg(value_name = "OUT")]
    pub out: PathBuf,

    /// Lowest and highest zoom, as 0-14, or one zoom.
    #[arg(long, value_name = "FROM-TO", default_value = "0-14", value_parser = zooms)]
    pub zooms: RangeInclusive<u8>,

    /// What the tiles are.
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "mvt")]
    pub format: ArchiveFormat,

    /// A file whose layers to archive, as `serve` takes it; may be said several times. [default: the built-in data]
    #[arg(long = "file", value_name = "FILE")]
    pub files: Vec<PathBuf>,

    /// Directory of a store whose records to archive, as an audience sees them; no server may hold it.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["files", "config"])]
    pub data: Option<PathBuf>,

    /// For whom the records are archived. [default: public]
    #[arg(long, value_enum, requires = "data")]
    pub audience: Option<Reader>,

    /// Config file whose `[[layers]]` to archive, unless a file is named.
    #[arg(long, value_name = "FILE", env = "ROADBLOCK_CONFIG")]
    pub config: Option<PathBuf>,

    /// Kilobytes a file's features may take in a tile, as `serve` has it; 0 = no budget. [default: 500]
    #[arg(long, value_name = "N", env = "ROADBLOCK_TILE_BUDGET_KB")]
    pub tile_budget_kb: Option<u32>,

    /// The moment that the tiles show. [default: the data set's own, or now]
    #[arg(long, value_name = "TIME", value_parser = datetime)]
    pub datetime: Option<Datetime>,

    /// Show what was known at this moment. [default: all that is known now]
    #[arg(long, value_name = "TIME", value_parser = known_at)]
    pub known_at: Option<Instant>,
}

impl ArchiveArgs {
    /// For whom it is.
    pub fn audience(&self) -> Audience {
        self.audience.map_or(Audience::Public, Reader::audience)
    }
}

/// What the tiles of an archive are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ArchiveFormat {
    /// Vector tiles.
    Mvt,
    /// Pictures of 256 pixels.
    Png,
    /// The same, smaller.
    Webp,
}

fn zooms(text: &str) -> Result<RangeInclusive<u8>, String> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if from <= to && to <= MAX_ZOOM => Ok(from..=to),
        _ => Err(format!("write two zooms from 0 to {MAX_ZOOM}, lowest first, as 0-14")),
    }
}

fn datetime(text: &str) -> Result<Datetime, String> {
    Datetime::parse(text).map_err(|error| error.to_string())
}

fn known_at(text: &str) -> Result<Instant, String> {
    parse_known_at(text).map_err(|error| error.to_string())
}

/// Which store.
#[derive(Debug, Args)]
pub struct DataArgs {
    /// Directory of the store. [default: roadblock in the user's data directory]
    #[arg(long, value_name = "DIR", env = "ROADBLOCK_DATA")]
    pub data: Option<PathBuf>,
}

/// What to copy, and where to.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The store to copy.
    #[command(flatten)]
    pub data: DataArgs,

    /// The file to write; never over one that is there.
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
}

/// What to restore.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// Where to restore it.
    #[command(flatten)]
    pub data: DataArgs,

    /// The backup.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Put it in the place of the store that is there, which is lost.
    #[arg(long)]
    pub replace: bool,
}

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Read all of the store, hold every row against its hash and the log; print the number of entries and the last hash.
    Verify(DataArgs),
}
