//! Files of others as layers: GeoJSON, GeoJSON text sequences, GeoPackage, FlatGeobuf, CSV.
//!
//! Every format hands over raw features, and one collector judges them all: `check` reports each finding, `read` counts it as a
//! loss and goes on. Out: WGS 84 degrees, right-hand rule, valid geometry, one schema a table.

mod admit;
mod collect;
mod columns;
mod crs;
mod csv;
mod fgb;
mod geojson;
mod gpkg;
mod json;
mod rings;
mod simple;
mod wkb;

use crate::feature::Feature;
use crate::finding::Finding;
use crate::layer::Loss;
use crate::value::Schema;
use collect::Collector;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;

/// What the file itself does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// Property that holds the feature id; else the format's own id.
    pub id_property: Option<String>,
    /// Coordinate reference system of a file that names none, as `EPSG:32629`; beats what the file says.
    pub crs: Option<String>,
    /// The one table to read of a file that holds several.
    pub table: Option<String>,
}

/// One table of a file.
#[derive(Debug)]
pub struct SourceLayer {
    /// Name of the table, or of the file.
    pub name: String,
    /// What the file says about it; empty if nothing.
    pub description: String,
    /// Columns in order of first appearance.
    pub schema: Schema,
    /// Accepted features.
    pub features: Vec<Feature>,
    /// What was dropped or repaired.
    pub losses: Vec<Loss>,
}

impl SourceLayer {
    /// The same with only the columns named, in that order; names that do not exist are left out.
    #[must_use]
    pub fn with_columns(mut self, names: &[String]) -> Self {
        let kept: Vec<usize> = names.iter().filter_map(|name| self.schema.position(name)).collect();
        if kept.len() == self.schema.columns().len() && kept.is_sorted() {
            return self;
        }
        for feature in &mut self.features {
            feature.values = kept.iter().map(|&column| feature.values.get(column).cloned().unwrap_or_default()).collect();
        }
        self.schema = Schema::new(kept.iter().filter_map(|&column| self.schema.columns().get(column).cloned()));
        self
    }
}

/// What a check counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Features seen, accepted or not.
    pub features: u64,
}

/// Why a file cannot be read at all.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The system says no.
    #[error("cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// Nothing known.
    #[error("is no GeoJSON, GeoJSON text sequence, GeoPackage, FlatGeobuf or CSV file")]
    UnknownFormat,
    /// Broken beyond one feature.
    #[error("is broken: {0}")]
    Broken(String),
    /// Coordinates that nobody can place.
    #[error("{0}")]
    Crs(String),
    /// Text that is neither UTF-8 nor near it.
    #[error("is UTF-16 text; it must be UTF-8, as iconv -f UTF-16 -t UTF-8 makes it")]
    Utf16,
    /// The table asked for does not exist.
    #[error("has no table '{name}'; it has: {known}")]
    NoTable {
        /// The table asked for.
        name: String,
        /// Those there are.
        known: String,
    },
    /// The property that ids are to be taken from does not exist.
    #[error("has no property '{name}' to take ids from; it has: {known}")]
    NoProperty {
        /// The property asked for.
        name: String,
        /// Those there are.
        known: String,
    },
}

impl SourceError {
    /// Whether the file is not there, or lacks what the options ask of it; else its data are at fault.
    pub const fn is_usage(&self) -> bool {
        matches!(self, Self::Io(_) | Self::NoTable { .. } | Self::NoProperty { .. })
    }
}

/// Reads every table of a file; a bad feature is repaired or left out, and counted.
pub fn read(path: &Path, options: &SourceOptions) -> Result<Vec<SourceLayer>, SourceError> {
    let mut tally = BTreeMap::new();
    let tables = collect(path, options, &mut |table, finding| count(&mut tally, table, &finding))?;
    let layers = tables.into_iter().enumerate().map(|(number, table)| {
        let losses = tally.range((number, "")..(number + 1, "")).map(|(_, loss)| loss.clone()).collect();
        table.finish(losses)
    });
    Ok(layers.collect())
}

/// Reads a GeoJSON text sequence from memory, such as one that ships in the program.
pub fn read_sequence(name: &str, reader: impl Read) -> Result<SourceLayer, SourceError> {
    let mut tally = BTreeMap::new();
    let mut report = |table, finding| count(&mut tally, table, &finding);
    let mut collector = Collector::new(name, 0, &SourceOptions::default(), &mut report)?;
    geojson::sequence(BufReader::new(reader), b'\n', 1, &mut collector)?;
    let table = collector.into_table()?;
    Ok(table.finish(tally.into_values().collect()))
}

/// Judges every feature of a file and reports each finding.
pub fn check(path: &Path, options: &SourceOptions, report: &mut dyn FnMut(Finding)) -> Result<Summary, SourceError> {
    let tables = collect(path, options, &mut |_, finding| report(finding))?;
    Ok(Summary { features: tables.iter().map(collect::Table::seen).sum() })
}

fn count(tally: &mut BTreeMap<(usize, &'static str), Loss>, table: usize, finding: &Finding) {
    let first = || Loss { code: finding.code, count: 0, first: finding.to_string() };
    tally.entry((table, finding.code)).or_insert_with(first).count += 1;
}

/// Hears of each finding, with the number of its table.
type Report<'a> = dyn FnMut(usize, Finding) + 'a;

fn collect(path: &Path, options: &SourceOptions, report: &mut Report<'_>) -> Result<Vec<collect::Table>, SourceError> {
    let name = path.file_stem().map_or_else(|| "layer".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let tables = tables(path, &name, options, report)?;
    match (&options.table, tables.as_slice()) {
        (Some(asked), [only]) if only.name() != asked => {
            Err(SourceError::NoTable { name: asked.clone(), known: only.name().to_owned() })
        }
        _ => Ok(tables),
    }
}

fn tables(path: &Path, name: &str, options: &SourceOptions, report: &mut Report<'_>) -> Result<Vec<collect::Table>, SourceError> {
    let mut file = File::open(path)?;
    let head = head_of(&mut file)?;
    // Read ahead, not read again: a pipe has no way back.
    let whole = BufReader::with_capacity(HEAD_BYTES, Cursor::new(head.clone()).chain(file));
    if head.starts_with(b"SQLite format 3\0") {
        return gpkg::tables(path, options, report);
    }
    if head.starts_with(b"fgb") {
        return fgb::table(whole, name, options, report).map(|table| vec![table]);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        let mut plain = flate2::read::MultiGzDecoder::new(whole);
        let name = Path::new(name).file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
        let head = head_of(&mut plain)?;
        let whole = BufReader::with_capacity(HEAD_BYTES, Cursor::new(head.clone()).chain(plain));
        return text(&head, whole, &name, options, report).map(|table| vec![table]);
    }
    text(&head, whole, name, options, report).map(|table| vec![table])
}

/// Bytes that formats are told apart by, and that are read at a time.
const HEAD_BYTES: usize = 1 << 20;

fn head_of(file: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// JSON starts with a brace (or the record separator of RFC 8142); everything else that is text is taken for CSV.
fn text(
    head: &[u8],
    mut file: impl BufRead,
    name: &str,
    options: &SourceOptions,
    report: &mut Report<'_>,
) -> Result<collect::Table, SourceError> {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'{', ..] | [b'{', 0, ..] = *head {
        return Err(SourceError::Utf16);
    }
    let unmarked = head.strip_prefix(&BYTE_ORDER_MARK).unwrap_or(head);
    let mark_bytes = (head.len() - unmarked.len()) as u64;
    std::io::copy(&mut file.by_ref().take(mark_bytes), &mut std::io::sink())?;
    let head = unmarked.trim_ascii_start();
    match head.first() {
        Some(b'{' | &geojson::RECORD_SEPARATOR) => {
            let mut collector = Collector::new(name, 0, options, report)?;
            collector.expect_right_hand();
            match head {
                [geojson::RECORD_SEPARATOR, ..] => geojson::sequence(file, geojson::RECORD_SEPARATOR, 0, &mut collector)?,
                _ if geojson::are_lines(head) => geojson::sequence(file, b'\n', 1, &mut collector)?,
                _ => geojson::document(file, options, &mut collector)?,
            }
            collector.into_table()
        }
        Some(byte) if byte.is_ascii_graphic() => csv::table(head, file, name, options, report),
        _ => Err(SourceError::UnknownFormat),
    }
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

#[cfg(test)]
mod tests;
