//! What can be carried into a store and out of it.

use super::DataArgs;
use clap::{Args, ValueEnum};
use roadblock_layers::vocab::Audience;
use std::path::PathBuf;

/// What to import.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The store that takes it; no server may hold it.
    #[command(flatten)]
    pub data: DataArgs,

    /// A file of `roadblock export`, for a directory without a store; or GeoJSON, GeoPackage or CSV files of one layer, which are taken all or none.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// The layer that the files are of, such as blockades.
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,

    /// The table of a GeoPackage that holds several.
    #[arg(long, value_name = "NAME")]
    pub table: Option<String>,

    /// How the columns of CSV files and GeoPackages are read: a mapping file (TOML), or one that is built in: acled, hxl, sdi-t.
    #[arg(long, value_name = "FILE|NAME")]
    pub mapping: Option<String>,

    /// Change nothing; print what would be new and changed.
    #[arg(long)]
    pub dry_run: bool,

    /// Who says so, as the log of changes will have it. [default: import]
    #[arg(long, value_name = "NAME")]
    pub who: Option<String>,
}

/// What to export.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The store that is exported; no server may hold it.
    #[command(flatten)]
    pub data: DataArgs,

    /// The layer to write as GeoJSON. [default: the whole store, every version of everything, as JSON lines]
    #[arg(long, value_name = "NAME")]
    pub layer: Option<String>,

    /// For whom the layer is written. [default: public]
    #[arg(long, value_enum, requires = "layer")]
    pub audience: Option<Reader>,

    /// Write over a file that is there.
    #[arg(long)]
    pub replace: bool,

    /// The file to write; - is standard output.
    #[arg(value_name = "OUT")]
    pub out: PathBuf,
}

/// For whom something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reader {
    /// Everybody.
    Public,
    /// Registered organisations.
    Partner,
    /// Those who keep the records.
    Editor,
}

impl Reader {
    /// As views have it.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Public => Audience::Public,
            Self::Partner => Audience::Partner,
            Self::Editor => Audience::Editor,
        }
    }
}

/// Which shipped data set to make.
#[derive(Debug, Args)]
pub struct ShippedArgs {
    /// The Mali data set (mali.json).
    #[arg(value_name = "FILE", required_unless_present = "basemap")]
    pub file: Option<PathBuf>,

    /// Outline of the country that areas are cut to (GeoJSON). [default: outline.geojson beside FILE]
    #[arg(long, value_name = "FILE")]
    pub outline: Option<PathBuf>,

    /// Make the basemap instead, from a folder of Natural Earth and GeoNames extracts.
    #[arg(long, value_name = "DIR", conflicts_with = "file")]
    pub basemap: Option<PathBuf>,

    /// Folder to write to.
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
}
