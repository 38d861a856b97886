//! Prepared files: what was made of a source file, kept beside it, so that the next start reads that instead of working it out again.
//!
//! Read with plain reads into lists of plain numbers; every byte is under a checksum, and nothing that was read is believed. A file that
//! does not belong to the source as it is, to the settings or to the program is passed over and replaced.

mod flat;
mod stamp;
mod head;
mod place;
mod parts;
mod keeper;

pub use keeper::Keeper;
pub(super) use stamp::Stamp;

use super::Published;
use crate::config::LayerSettings;
use head::{Head, LayerHead, PREFIX_BYTES, SECTIONS};
use place::Replacement;
use roadblock_layers::layer::LayerName;
use roadblock_layers::lists::BrokenLists as BrokenLayer;
use roadblock_tiles::scene::BrokenLists as BrokenScene;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Weak};

/// Sources smaller than this are read as quickly as what would be kept of them.
const SMALLEST_SOURCE: u64 = 16 << 20;
/// Small lists wait for each other; long ones pass by.
const WRITTEN_AT_ONCE: usize = 1 << 20;

/// Why a prepared file is not read, or not written.
#[derive(Debug, thiserror::Error)]
enum PreparedError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("what stands there is no prepared file of roadblock, and is left alone")]
    Foreign,
    #[error("{0}")]
    Stale(&'static str),
    #[error("it is damaged: {0}")]
    Broken(&'static str),
    #[error("it is damaged: {0}")]
    Layer(#[from] BrokenLayer),
    #[error("it is damaged: {0}")]
    Scene(#[from] BrokenScene),
}

impl From<ErrorKind> for PreparedError {
    fn from(kind: ErrorKind) -> Self {
        Self::Io(kind.into())
    }
}

/// What is done about prepared files: nothing, unless told otherwise.
#[derive(Debug, Clone, Default)]
pub struct Keeping {
    reads: bool,
    jobs: Option<Sender<Option<Job>>>,
}

impl Keeping {
    /// Reads those that are there.
    pub fn reading() -> Self {
        Self { reads: true, jobs: None }
    }

    /// Reads those that are there, and has others written.
    pub fn with(keeper: &Keeper) -> Self {
        Self { reads: true, jobs: Some(keeper.jobs()) }
    }

    /// What a source looks like now; `None` if nothing is kept of such a one. Numbers are kept as this machine has them in memory, and
    /// files must mean the same everywhere: a machine that has them the other way round keeps none.
    pub(super) fn stamp(&self, source: &Path) -> Option<Stamp> {
        let stamp = if self.reads && cfg!(target_endian = "little") { Stamp::of(source).ok()? } else { return None };
        (stamp.bytes() >= SMALLEST_SOURCE).then_some(stamp)
    }

    /// Has layers written.
    pub(super) fn keep(&self, job: Job) {
        if let Some(jobs) = &self.jobs {
            // The server is stopping if nobody takes it.
            let _ = jobs.send(Some(job));
        }
    }
}

/// Everything said about a file, as text: whatever it is, another is another.
fn told(settings: &LayerSettings) -> String {
    let name = settings.path.file_name().map(PathBuf::from).unwrap_or_default();
    format!("{:?}", LayerSettings { path: name, ..settings.clone() })
}

/// Whether a file is a prepared one, which is of no use without its source.
pub(super) fn is_prepared(path: &Path) -> bool {
    matches!(place::open(path), Ok(Some(_)))
}

/// A prepared file that belongs to its source.
pub(super) struct Found {
    path: PathBuf,
    file: File,
    layers: Vec<LayerHead>,
}

impl Found {
    /// The prepared file of a source that looks so, the settings being these, the `earlier`th time that it is served.
    pub(super) fn of(settings: &LayerSettings, earlier: usize, source: &Stamp) -> Option<Self> {
        let path = place::beside(&settings.path, earlier);
        let found = place::open(&path).and_then(|file| {
            let Some(file) = file else { return Ok(None) };
            let head = Head::read(&file)?;
            head.is_of(source, &told(settings))?;
            Ok(Some((file, head.layers)))
        });
        let (file, layers) = passed_over(&path, found)??;
        Some(Self { path, file, layers })
    }

    /// The tables that layers were made of.
    pub(super) fn tables(&self) -> impl ExactSizeIterator<Item = &str> {
        self.layers.iter().map(|layer| layer.table.as_str())
    }

    /// The layers, if they have these names now as they had then; `None` if the file is of no use.
    pub(super) fn layers(self, names: &[LayerName]) -> Option<Vec<Published>> {
        let Self { path, file, layers } = self;
        if !layers.iter().map(|layer| &layer.about.meta.name).eq(names) {
            return passed_over(&path, Err(PreparedError::Stale("its layers have other names now")));
        }
        let mut at = PREFIX_BYTES;
        let read = layers.into_iter().map(|layer| {
            let (start, sections): (u64, [_; SECTIONS]) = (at, layer.sections);
            at += sections.iter().map(|section| section.bytes).sum::<u64>();
            parts::read(&file, start, layer)
        });
        let read = read.collect::<Result<Vec<_>, _>>();
        passed_over(&path, read)
    }
}

/// Says why a prepared file is of no use.
fn passed_over<T>(path: &Path, read: Result<T, PreparedError>) -> Option<T> {
    match read {
        Ok(read) => return Some(read),
        Err(PreparedError::Stale(reason)) => {
            tracing::info!(file = %path.display(), reason, "prepared file passed over, the source is read");
        }
        Err(error) => tracing::warn!(file = %path.display(), %error, "prepared file passed over, the source is read"),
    }
    None
}

/// Layers to be kept.
pub(super) struct Job {
    settings: LayerSettings,
    earlier: usize,
    source: Stamp,
    /// What is not served any more need not be kept, nor held in memory for that.
    layers: Vec<(String, Weak<Published>)>,
}

impl Job {
    /// Layers made of the tables of a source that looked so.
    pub(super) fn new(settings: LayerSettings, earlier: usize, source: Stamp, layers: &[(String, Arc<Published>)]) -> Self {
        let layers = layers.iter().map(|(table, published)| (table.clone(), Arc::downgrade(published))).collect();
        Self { settings, earlier, source, layers }
    }

    /// Writes them and says so, or why not: nothing else depends on it.
    fn run(self, stopped: &AtomicBool) {
        let path = place::beside(&self.settings.path, self.earlier);
        match self.write(&path, stopped) {
            Ok(bytes) => tracing::info!(file = %path.display(), bytes, "prepared file written"),
            Err(PreparedError::Stale(reason)) => tracing::info!(file = %path.display(), reason, "prepared file not written"),
            Err(PreparedError::Io(error))
                if matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem) =>
            {
                tracing::info!(file = %path.display(), reason = %error, "prepared file not written");
            }
            Err(error) => tracing::warn!(file = %path.display(), %error, "prepared file not written"),
        }
    }

    fn write(&self, path: &Path, stopped: &AtomicBool) -> Result<u64, PreparedError> {
        let replacement = Replacement::create(path, std::fs::metadata(&self.settings.path)?.mode())?;
        let mut file = BufWriter::with_capacity(WRITTEN_AT_ONCE, &replacement.file);
        file.seek(SeekFrom::Start(PREFIX_BYTES))?;
        let mut layers = Vec::with_capacity(self.layers.len());
        for (table, published) in &self.layers {
            let published = published.upgrade().ok_or(PreparedError::Stale("a newer one is served"))?;
            let layer = parts::write(&published, table.clone(), &mut file, stopped)?;
            layers.push(layer.ok_or(PreparedError::Stale("a layer has times, or edits"))?);
        }
        let end = file.stream_position()?;
        file.flush()?;
        drop(file);
        Head::new(self.source.clone(), told(&self.settings), layers).write(&replacement.file, end)?;
        if Stamp::of(&self.settings.path).ok().as_ref() != Some(&self.source) {
            return Err(PreparedError::Stale("the source has changed meanwhile"));
        }
        let bytes = replacement.file.metadata()?.len();
        replacement.put()?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests;
