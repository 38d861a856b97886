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

use crate::feature::Feature;
use crate::finding::Finding;
use crate::layer::Loss;
use crate::value::Schema;
use collect::Collector;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};
use std::path::Path;

/// What the file itself does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// Property that holds the feature id; else the format's own id.
    pub id_property: Option<String>,
    /// Coordinate reference system of a file that names none, as `EPSG:32629`; beats what the file says.
    pub crs: Option<String>,
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
    let mut collector = Collector::new(name, None, 0, &mut report);
    geojson::sequence(BufReader::new(reader), &SourceOptions::default(), &mut collector)?;
    let table = collector.into_table();
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
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let head = file.fill_buf()?.to_vec();
    if head.starts_with(b"SQLite format 3\0") {
        return gpkg::tables(path, options, report);
    }
    if head.starts_with(b"fgb") {
        return fgb::table(file, &name, options, report).map(|table| vec![table]);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        let plain = BufReader::with_capacity(1 << 20, flate2::read::MultiGzDecoder::new(file));
        let name = Path::new(&name).file_stem().map_or_else(|| name.clone(), |stem| stem.to_string_lossy().into_owned());
        return text(plain, &name, options, report).map(|table| vec![table]);
    }
    file.rewind()?;
    text(file, &name, options, report).map(|table| vec![table])
}

/// JSON starts with a brace (or the record separator of RFC 8142); everything else that is text is taken for CSV.
fn text(
    mut file: impl BufRead,
    name: &str,
    options: &SourceOptions,
    report: &mut Report<'_>,
) -> Result<collect::Table, SourceError> {
    let head = file.fill_buf()?;
    let start = head.iter().position(|byte| !byte.is_ascii_whitespace() && !BYTE_ORDER_MARK.contains(byte)).unwrap_or(head.len());
    let skipped = head[..start].to_vec();
    match head.get(start) {
        Some(b'{') if is_collection(&head[start..]) => geojson::document(file, skipped.len(), name, options, report),
        Some(b'{' | 0x1e) => {
            file.consume(start);
            let mut collector = Collector::new(name, None, 0, report);
            geojson::sequence(file, options, &mut collector)?;
            Ok(collector.into_table())
        }
        Some(byte) if byte.is_ascii_graphic() => csv::table(file, name, options, report),
        _ => Err(SourceError::UnknownFormat),
    }
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

/// Whether JSON text is one document rather than a sequence of features: its first line does not end an object.
fn is_collection(head: &[u8]) -> bool {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or(head);
    let whole = head.len() > line.len();
    let feature = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line)
        .is_ok_and(|object| object.get("type").is_some_and(|kind| kind == "Feature"));
    let rest_is_blank = head[line.len()..].iter().all(u8::is_ascii_whitespace);
    // A first line too long for the buffer that begins a feature is a sequence too.
    let start = &line[..line.len().min(1024)];
    let long_feature = !whole && line.len() > 1024 && contains(start, b"\"Feature\"") && !contains(start, b"FeatureCollection");
    let sequence = (feature && !rest_is_blank) || long_feature;
    !sequence
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests;
