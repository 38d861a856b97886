//! Files of others as layers: GeoJSON, GeoJSON text sequences, GeoPackage, FlatGeobuf, CSV.
//!
//! A format cuts its file into features (`feed`), judges read and test them several at a time (`judge`), and what they accept is put
//! together in the order of the file (`gather`). `check` reports each finding, `read` counts it as a loss and goes on. Out: WGS 84 degrees, right-hand rule, valid geometry, one schema a table.

mod admit;
mod columns;
mod crs;
mod csv;
mod feed;
mod fgb;
mod gather;
mod geojson;
mod gpkg;
mod json;
mod judge;
mod raw;
mod rings;
mod wkb;

pub(crate) use csv::delimiter;
pub use gpkg::{Bounds, Package, PackageRow};
pub use judge::Beside;

use crate::features::Features;
use crate::finding::Finding;
use crate::layer::Loss;
use crate::value::Schema;
use crs::Transform;
use feed::{Feed, Heading};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc::sync_channel;

/// What the file itself does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceOptions {
    /// Property that holds the feature id; else the format's own id.
    pub id_property: Option<String>,
    /// Coordinate reference system of a file that names none, as `EPSG:32629`; beats what the file says.
    pub crs: Option<String>,
    /// The one table to read of a file that holds several.
    pub table: Option<String>,
    /// How many threads read and judge features; one at least.
    pub threads: usize,
}

impl SourceOptions {
    /// What the options say of the coordinate system: nothing, WGS 84 itself, or another.
    fn transform(&self) -> Result<Option<Option<Transform>>, SourceError> {
        self.crs.as_deref().map(Transform::named).transpose()
    }

    /// The beginning of a file's one table.
    fn heading(&self, name: &str) -> Heading {
        Heading { name: name.to_owned(), description: String::new(), id_property: self.id_property.clone() }
    }
}

/// One table of a file.
#[derive(Debug)]
pub struct SourceLayer<B> {
    /// Name of the table, or of the file.
    pub name: String,
    /// What the file says about it; empty if nothing.
    pub description: String,
    /// Columns in order of first appearance.
    pub schema: Schema,
    /// Accepted features.
    pub features: Features,
    /// What the caller made of their geometries.
    pub beside: B,
    /// What was dropped or repaired.
    pub losses: Vec<Loss>,
}

impl<B> SourceLayer<B> {
    /// The same with only the columns named, in that order; names that do not exist are left out.
    #[must_use]
    pub fn with_columns(mut self, names: &[String]) -> Self {
        let kept: Vec<usize> = names.iter().filter_map(|name| self.schema.position(name)).collect();
        self.features.keep_columns(&kept);
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
    /// Nothing to read.
    #[error("is empty; a GeoJSON file without features is {{\"type\":\"FeatureCollection\",\"features\":[]}}")]
    Empty,
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
///
/// `passed` hears now and then how many bytes of the file were read; never for a GeoPackage, which is no stream.
pub fn read<B: Beside>(
    path: &Path,
    options: &SourceOptions,
    passed: &(dyn Fn(u64) + Sync),
) -> Result<Vec<SourceLayer<B>>, SourceError> {
    let mut tally = BTreeMap::new();
    let tables = collect(path, options, passed, &mut |table, finding| count(&mut tally, table, &finding))?;
    Ok(finished(tables, &tally))
}

/// Reads a GeoJSON text sequence from memory, such as one that ships in the program.
pub fn read_sequence<B: Beside>(name: &str, reader: impl Read + Send) -> Result<SourceLayer<B>, SourceError> {
    let (mut tally, options) = (BTreeMap::new(), SourceOptions::default());
    let feed = |feed: &mut Feed| {
        feed.begin(options.heading(name), None, false);
        geojson::sequence(BufReader::new(reader), b'\n', 1, feed)
    };
    let tables = judged(options.threads, feed, &mut |table, finding| count(&mut tally, table, &finding))?;
    finished(tables, &tally).pop().ok_or(SourceError::UnknownFormat)
}

/// Judges every feature of a file and reports each finding.
pub fn check(path: &Path, options: &SourceOptions, report: &mut dyn FnMut(Finding)) -> Result<Summary, SourceError> {
    let tables: Vec<gather::Table<()>> = collect(path, options, &|_| (), &mut |_, finding| report(finding))?;
    Ok(Summary { features: tables.iter().map(gather::Table::seen).sum() })
}

/// Losses by table and code.
type Tally = BTreeMap<(usize, &'static str), Loss>;

fn finished<B: Beside>(tables: Vec<gather::Table<B>>, tally: &Tally) -> Vec<SourceLayer<B>> {
    let losses = |number: usize| tally.range((number, "")..(number + 1, "")).map(|(_, loss)| loss.clone()).collect();
    tables.into_iter().enumerate().map(|(number, table)| table.finish(losses(number))).collect()
}

fn count(tally: &mut Tally, table: usize, finding: &Finding) {
    let first = || Loss { code: finding.code.into(), count: 0, first: finding.to_string() };
    tally.entry((table, finding.code)).or_insert_with(first).count += 1;
}

/// Hears of each finding, with the number of its table.
type Report<'a> = dyn FnMut(usize, Finding) + 'a;

fn collect<B: Beside>(
    path: &Path,
    options: &SourceOptions,
    passed: &(dyn Fn(u64) + Sync),
    report: &mut Report<'_>,
) -> Result<Vec<gather::Table<B>>, SourceError> {
    let name = path.file_stem().map_or_else(|| "layer".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let tables = judged(options.threads, |feed| feed_tables(path, &name, options, passed, feed), report)?;
    match (&options.table, tables.as_slice()) {
        (Some(asked), [only]) if only.name() != asked => {
            Err(SourceError::NoTable { name: asked.clone(), known: only.name().to_owned() })
        }
        _ => Ok(tables),
    }
}

/// Batches on their way for each judge: enough that the others go on while one is slow.
const BATCHES_PER_THREAD: usize = 8;

/// Feeds judges on threads of their own, and gathers what they accept.
fn judged<B: Beside>(
    threads: usize,
    feed: impl FnOnce(&mut Feed) -> Result<(), SourceError> + Send,
    report: &mut Report<'_>,
) -> Result<Vec<gather::Table<B>>, SourceError> {
    let threads = threads.max(1);
    // Places bound what is on its way, so that no other channel is ever full.
    let window = threads * BATCHES_PER_THREAD;
    let (place, places) = sync_channel(window);
    let (batches, to_judge) = sync_channel(window);
    let (verdicts, judged) = sync_channel(window);
    let to_judge = Mutex::new(to_judge);
    std::thread::scope(|scope| {
        for verdicts in std::iter::repeat_n(verdicts, threads) {
            scope.spawn(|| judge::judge(&to_judge, &{ verdicts }));
        }
        let fed = scope.spawn(|| feed(&mut Feed::new(batches, place)));
        let tables = gather::gather(&judged, places, report);
        fed.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        tables
    })
}

fn feed_tables(
    path: &Path,
    name: &str,
    options: &SourceOptions,
    passed: &(dyn Fn(u64) + Sync),
    feed: &mut Feed,
) -> Result<(), SourceError> {
    let mut file = Watched { file: File::open(path)?, bytes: 0, passed };
    let head = head_of(&mut file)?;
    // Read ahead, not read again: a pipe has no way back.
    let whole = BufReader::with_capacity(HEAD_BYTES, Cursor::new(head.clone()).chain(file));
    if head.starts_with(b"SQLite format 3\0") {
        return gpkg::tables(path, options, feed);
    }
    if head.starts_with(b"fgb") {
        return fgb::table(whole, name, options, feed);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        let mut plain = flate2::read::MultiGzDecoder::new(whole);
        let name = Path::new(name).file_stem().map_or_else(|| name.to_owned(), |stem| stem.to_string_lossy().into_owned());
        let head = head_of(&mut plain)?;
        let whole = BufReader::with_capacity(HEAD_BYTES, Cursor::new(head.clone()).chain(plain));
        return text(&head, whole, &name, options, feed);
    }
    text(&head, whole, name, options, feed)
}

/// A file that tells how far it was read.
struct Watched<'a> {
    file: File,
    bytes: u64,
    passed: &'a (dyn Fn(u64) + Sync),
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes += read as u64;
        (self.passed)(self.bytes);
        Ok(read)
    }
}

/// Bytes that formats are told apart by, and that are read at a time.
const HEAD_BYTES: usize = 1 << 20;

fn head_of(file: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// JSON starts with a brace (or the record separator of RFC 8142); everything else that is text is taken for CSV.
fn text(head: &[u8], mut file: impl BufRead, name: &str, options: &SourceOptions, feed: &mut Feed) -> Result<(), SourceError> {
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, b'{', ..] | [b'{', 0, ..] = *head {
        return Err(SourceError::Utf16);
    }
    let unmarked = head.strip_prefix(&BYTE_ORDER_MARK).unwrap_or(head);
    let mark_bytes = (head.len() - unmarked.len()) as u64;
    std::io::copy(&mut file.by_ref().take(mark_bytes), &mut std::io::sink())?;
    let head = unmarked.trim_ascii_start();
    match head.first() {
        Some(b'{' | &geojson::RECORD_SEPARATOR) => {
            feed.begin(options.heading(name), options.transform()?.flatten(), true);
            match head {
                [geojson::RECORD_SEPARATOR, ..] => geojson::sequence(file, geojson::RECORD_SEPARATOR, 0, feed),
                _ if geojson::are_lines(head) => geojson::sequence(file, b'\n', 1, feed),
                _ => geojson::document(file, options, feed),
            }
        }
        Some(byte) if byte.is_ascii_graphic() => csv::table(head, file, name, options, feed),
        Some(_) => Err(SourceError::UnknownFormat),
        None => Err(SourceError::Empty),
    }
}

const BYTE_ORDER_MARK: [u8; 3] = [0xef, 0xbb, 0xbf];

#[cfg(test)]
mod tests;
