//! A world made of files: each file a layer, or several if it holds several tables, over the built-in basemap.
//!
//! A file is loaded again as a whole; if that fails, what was served before stays.

use super::archived::Archived;
use super::prepared::{Found, Job, Keeping, Stamp, is_prepared};
use super::{Dataset, French, Published, Ready, World, budget, builtin};
use crate::config::{LayerSettings, cores};
use crate::progress;
use roadblock_layers::features::FeatureRef;
use roadblock_layers::layer::{IndexedLayer, LayerKind, LayerMeta, LayerName, NameError};
use roadblock_layers::source::{self, SourceError, SourceLayer, SourceOptions};
use roadblock_layers::time::Interval;
use roadblock_layers::value::{Column, ColumnKind};
use roadblock_tiles::archive::{ArchiveError, Kind};
use roadblock_tiles::budget::{Limits, Shared};
use roadblock_tiles::grid::MAX_ZOOM;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a file cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It cannot be read.
    #[error("{path}: {source}")]
    Source {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: SourceError,
    },
    /// It is an archive that cannot be read.
    #[error("{path}: {source}")]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ArchiveError,
    },
    /// The name it was given does not work.
    #[error("{path}: {source}")]
    Name {
        /// The file.
        path: PathBuf,
        /// What is wrong with the name.
        source: NameError,
    },
    /// What was said about it does not fit.
    #[error("{path}: {reason}")]
    Settings {
        /// The file.
        path: PathBuf,
        /// What does not fit and what would.
        reason: String,
    },
}

/// The files being served.
pub struct Files {
    basemap: Arc<Published>,
    files: Vec<(LayerSettings, Vec<Arc<Published>>)>,
    /// Those that are archives, by their places among the files.
    archives: BTreeMap<usize, Arc<Archived>>,
    keeping: Keeping,
}

impl Files {
    /// Loads every file from its source; the first that cannot be read refuses them all.
    pub fn load(settings: &[LayerSettings], basemap: Arc<Published>) -> Result<Self, FileError> {
        Self::load_or_prepared(settings, basemap, Keeping::default())
    }

    /// The same, with prepared files as they are kept.
    pub fn load_or_prepared(settings: &[LayerSettings], basemap: Arc<Published>, keeping: Keeping) -> Result<Self, FileError> {
        let mut files = Self { basemap, files: Vec::new(), archives: BTreeMap::new(), keeping };
        for (which, settings) in settings.iter().enumerate() {
            if Kind::of(&settings.path).is_some() {
                let archive = files.open(settings, which)?;
                files.archives.insert(which, archive);
                files.files.push((settings.clone(), Vec::new()));
                continue;
            }
            let layers = files.start(settings)?;
            files.files.push((settings.clone(), layers));
        }
        Ok(files)
    }

    /// Paths of the files, in order.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|(settings, _)| settings.path.as_path())
    }

    /// Loads file number `which` again; on an error everything stays as it was.
    pub fn reload(&mut self, which: usize) -> Result<(), FileError> {
        let Some((settings, _)) = self.files.get(which) else { return Ok(()) };
        if self.archives.contains_key(&which) {
            let archive = self.open(settings, which)?;
            self.archives.insert(which, archive);
            return Ok(());
        }
        let layers = self.read(settings, Some(which))?;
        self.files[which].1 = layers;
        Ok(())
    }

    /// The world these files make.
    pub fn world(&self) -> World {
        self.world_after(None, &BTreeSet::new())
    }

    /// The world these files make after another, some of them loaded again since. Layers of all others are what they are there, edits
    /// included; tiles that show the same as before keep their places in the cache.
    pub fn world_after(&self, before: Option<&World>, loaded: &BTreeSet<usize>) -> World {
        let former = |published: &Published| before.and_then(|world| world.layer(published.layer.meta.name.as_str()));
        let files = self.files.iter().enumerate().flat_map(|(which, (_, layers))| layers.iter().map(move |layer| (which, layer)));
        let next = |(which, published): (usize, &Arc<Published>)| match former(published) {
            Some(former) if loaded.contains(&which) => Arc::new(Published::clone(published).succeeding(former)),
            Some(former) => Arc::clone(former),
            None => Arc::clone(published),
        };
        let layers: Vec<Arc<Published>> = files.map(next).collect();
        let archives: Vec<Arc<Archived>> = self.archives.values().cloned().collect();
        let of_archives = archives.iter().map(|archived| archived.title.as_str());
        let titles: Vec<&str> = layers.iter().map(|published| published.layer.meta.title.as_str()).chain(of_archives).collect();
        let dataset = Dataset {
            title: titles.join(", "),
            description: String::new(),
            default_datetime: None,
            time_range: Interval::ALWAYS,
            disclaimer: None,
            french: French::default(),
        };
        World { dataset, layers: [Arc::clone(&self.basemap)].into_iter().chain(layers).collect(), archives, access: None }
    }

    /// Opens an archive; `which` is its place among the files.
    fn open(&self, settings: &LayerSettings, which: usize) -> Result<Arc<Archived>, FileError> {
        let stem = settings.path.file_stem().map(|stem| stem.to_string_lossy()).unwrap_or_default();
        let name = free_name(settings, &stem, false, &self.taken(which))?;
        let archived =
            Archived::open(settings, name).map_err(|source| FileError::Archive { path: settings.path.clone(), source })?;
        tracing::info!(layer = %archived.name, zooms = ?(archived.min_zoom, archived.max_zoom), "archive opened");
        Ok(Arc::new(archived))
    }

    /// Names that file number `which` cannot have.
    fn taken(&self, which: usize) -> Vec<String> {
        let others = self.files.iter().enumerate().filter(|(number, _)| *number != which).flat_map(|(_, (_, layers))| layers);
        let archives =
            self.archives.iter().filter(|(number, _)| **number != which).map(|(_, archived)| archived.name.to_string());
        others
            .map(|published| published.layer.meta.name.to_string())
            .chain(archives)
            .chain([builtin::BASEMAP.to_owned()])
            .collect()
    }

    /// The layers of the next file: as they were prepared when it was last read, if they were and it is still the same.
    fn start(&self, settings: &LayerSettings) -> Result<Vec<Arc<Published>>, FileError> {
        let started = std::time::Instant::now();
        if is_prepared(&settings.path) {
            return Err(refusal(settings, "is what roadblock keeps of the source beside it; name the source".to_owned()));
        }
        let earlier = self.earlier(settings, self.files.len());
        let found = self.keeping.stamp(&settings.path).and_then(|stamp| Found::of(settings, earlier, &stamp));
        let Some(found) = found else { return self.read(settings, None) };
        let names = free_names(settings, found.tables(), self.taken(self.files.len()))?;
        let Some(layers) = found.layers(&names) else { return self.read(settings, None) };
        let layers = layers.into_iter().map(|published| cluster(settings, published, Published::with_clusters_as_before));
        let layers = layers.map(|published| published.map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
        layers.iter().for_each(|published| report(published, started.elapsed(), "loaded from the prepared file"));
        Ok(layers)
    }

    /// How often a file is served before place `which`.
    fn earlier(&self, settings: &LayerSettings, which: usize) -> usize {
        self.files.iter().take(which).filter(|(other, _)| other.path == settings.path).count()
    }

    /// Has the layers of a file kept, if it is what it was before they were made.
    fn keep(&self, settings: &LayerSettings, which: usize, before: Option<Stamp>, layers: &[(String, Arc<Published>)]) {
        let after = self.keeping.stamp(&settings.path);
        if let Some(source) = before.filter(|before| after.as_ref() == Some(before)) {
            self.keeping.keep(Job::new(settings.clone(), self.earlier(settings, which), source, layers));
        }
    }

    /// Reads one file; `which` is its place if it is served already, so that it may keep its names.
    fn read(&self, settings: &LayerSettings, which: Option<usize>) -> Result<Vec<Arc<Published>>, FileError> {
        let stamp = self.keeping.stamp(&settings.path);
        let options = SourceOptions {
            id_property: settings.id_property.clone(),
            crs: settings.crs.clone(),
            table: settings.table.clone(),
            threads: cores(),
        };
        let started = std::time::Instant::now();
        let tables = with_bar(settings, which.is_none(), |passed| source::read(&settings.path, &options, passed));
        let tables = tables.map_err(|source| FileError::Source { path: settings.path.clone(), source })?;
        let which = which.unwrap_or(self.files.len());
        let names = free_names(settings, tables.iter().map(|table| table.name.as_str()), self.taken(which))?;
        let mut layers = Vec::with_capacity(tables.len());
        for (table, name) in tables.into_iter().zip(names) {
            let of = table.name.clone();
            let published = cluster(settings, publish(settings, table, name)?, Published::with_clusters)?;
            report(&published, started.elapsed(), "loaded");
            layers.push((of, Arc::new(published)));
        }
        self.keep(settings, which, stamp, &layers);
        Ok(layers.into_iter().map(|(_, published)| published).collect())
    }
}

/// Shows how much of a file is read, if it is read at the start: later nobody waits for it.
fn with_bar<T>(settings: &LayerSettings, at_start: bool, read: impl FnOnce(&(dyn Fn(u64) + Sync)) -> T) -> T {
    let length = std::fs::metadata(&settings.path).map_or(0, |about| about.len());
    if !at_start || length < SHOWN_BYTES {
        return read(&|_| ());
    }
    let bar = progress::bar(length);
    bar.set_message(format!("reading {}", settings.path.display()));
    let read = read(&|bytes| bar.set_position(bytes));
    bar.finish_and_clear();
    read
}

/// Files smaller than this are read before anybody looks up.
const SHOWN_BYTES: u64 = 16 << 20;

/// A name for each table of a file.
fn free_names<'t>(
    settings: &LayerSettings,
    tables: impl ExactSizeIterator<Item = &'t str>,
    mut taken: Vec<String>,
) -> Result<Vec<LayerName>, FileError> {
    let several = tables.len() > 1;
    let mut name = |table| {
        let name = free_name(settings, table, several, &taken)?;
        taken.push(name.to_string());
        Ok(name)
    };
    tables.map(&mut name).collect()
}

/// The name asked for, or the nearest to the table's own that is free. A name asked for that is taken is refused.
fn free_name(settings: &LayerSettings, table: &str, several: bool, taken: &[String]) -> Result<LayerName, FileError> {
    let is_free = |name: &LayerName| !taken.iter().any(|other| other == name.as_str());
    let Some(wanted) = &settings.name else {
        let own = LayerName::from_text(table);
        let numbered = (2..).map(|number| LayerName::from_text(&format!("{:.55}_{number}", own.as_str())));
        return Ok(std::iter::once(own.clone()).chain(numbered).find(is_free).unwrap_or(own));
    };
    let wanted = if several { format!("{wanted}_{}", LayerName::from_text(table)) } else { wanted.clone() };
    let name = LayerName::new(&wanted).map_err(|source| FileError::Name { path: settings.path.clone(), source })?;
    if !is_free(&name) {
        return Err(refusal(settings, format!("there is a layer '{name}' already; give this one another name")));
    }
    Ok(name)
}

fn publish(settings: &LayerSettings, table: SourceLayer<Ready>, name: LayerName) -> Result<Published, FileError> {
    let all = || table.schema.columns().iter().map(|column| column.name.to_string()).collect();
    let shown: Vec<String> = settings.properties.clone().unwrap_or_else(all);
    let mut named = HashSet::new();
    if let Some(twice) = shown.iter().find(|name| !named.insert(*name)) {
        return Err(refusal(settings, format!("properties name '{twice}' twice; once is enough")));
    }
    if !table.beside.scene().is_whole() {
        return Err(refusal(settings, "it has more than 4,294,967,295 vertices; split it".to_owned()));
    }
    let Shared { ranks, budget } = share(settings, &table, &shown)?;
    let table = table.with_columns(&shown);
    let meta = meta(settings, &table, name)?;
    let rank = |number: usize, _: FeatureRef<'_>| ranks.get(number).copied().unwrap_or(0);
    let indexed = IndexedLayer::new(meta, table.schema, table.features, table.losses, rank);
    Ok(Published::new(indexed, table.beside).with_budget(&ranks, budget))
}

/// The tile budget shared out; 0 shares nothing out. What orders features need not be shown.
fn share(settings: &LayerSettings, table: &SourceLayer<Ready>, shown: &[String]) -> Result<Shared, FileError> {
    let position = |name: &String| {
        table.schema.position(name).ok_or_else(|| {
            let known: Vec<&str> = table.schema.columns().iter().map(|column| column.name.as_ref()).collect();
            refusal(settings, format!("it has no property '{name}'; it has: {}", known.join(", ")))
        })
    };
    let columns = shown.iter().map(position).collect::<Result<Vec<_>, _>>()?;
    let importance = settings.importance.as_ref().map(|name| ranking(settings, table, name, position(name)?)).transpose()?;
    let budget_bytes = u64::from(settings.tile_budget_kb.unwrap_or(budget::DEFAULT_TILE_KB)) * 1000;
    if budget_bytes == 0 {
        return Ok(Shared::default());
    }
    let limits = Limits {
        min_zoom: settings.min_zoom.unwrap_or(0),
        max_zoom: settings.max_zoom.unwrap_or(MAX_ZOOM),
        bytes: budget_bytes,
        is_simplified: is_simplified(settings),
        threads: cores(),
    };
    Ok(budget::share((table.beside.scene(), &table.features), &columns, importance, limits))
}

/// The column of a property that ranks features, if it holds numbers.
fn ranking(settings: &LayerSettings, table: &SourceLayer<Ready>, name: &str, column: usize) -> Result<usize, FileError> {
    let ranks = |column: &Column| matches!(column.kind, ColumnKind::Int | ColumnKind::Float | ColumnKind::Mixed);
    let columns = table.schema.columns();
    if columns.get(column).is_some_and(ranks) {
        return Ok(column);
    }
    let known: Vec<&str> = columns.iter().filter(|column| ranks(column)).map(|column| column.name.as_ref()).collect();
    let known = if known.is_empty() { "there is none".to_owned() } else { known.join(", ") };
    Err(refusal(settings, format!("importance names '{name}', which holds no numbers; name a property that does: {known}")))
}

fn is_simplified(settings: &LayerSettings) -> bool {
    settings.simplify.unwrap_or(true)
}

fn meta(settings: &LayerSettings, table: &SourceLayer<Ready>, name: LayerName) -> Result<LayerMeta, FileError> {
    let (min_zoom, max_zoom) = (settings.min_zoom.unwrap_or(0), settings.max_zoom.unwrap_or(MAX_ZOOM));
    if min_zoom > max_zoom || max_zoom > MAX_ZOOM {
        let reason = format!("zooms {min_zoom} to {max_zoom} do not work; write 0 to {MAX_ZOOM}, lowest first");
        return Err(refusal(settings, reason));
    }
    let columns = table.schema.columns().iter().enumerate();
    Ok(LayerMeta {
        title: settings.title.clone().unwrap_or_else(|| table.name.clone()),
        description: settings.description.clone().unwrap_or_else(|| table.description.clone()),
        attribution: settings.attribution.clone().unwrap_or_default(),
        kind: LayerKind::Reference,
        // What is nested has no form in a tile; items and downloads carry it.
        tile_columns: columns.filter(|(_, column)| column.kind != ColumnKind::Json).map(|(position, _)| position).collect(),
        name,
        min_zoom,
        max_zoom,
        is_simplified: is_simplified(settings),
    })
}

/// Shows clusters as the settings say, by whatever `tell` does.
fn cluster(
    settings: &LayerSettings,
    published: Published,
    tell: impl FnOnce(Published, bool, Option<usize>) -> Published,
) -> Result<Published, FileError> {
    let by_default = settings.cluster.unwrap_or(false);
    if !by_default && settings.cluster_by.is_none() {
        return Ok(published);
    }
    let layer = &published.layer;
    if !published.can_cluster() {
        let kind = layer.geometry_kind().as_str();
        return Err(refusal(settings, format!("only points can be clustered, and it holds geometry of the kind '{kind}'")));
    }
    let can_count = |column: &Column| column.kind != ColumnKind::Json;
    let position = |name: &String| {
        let position = layer.schema.position(name).filter(|&at| layer.schema.columns().get(at).is_some_and(can_count));
        let known = || layer.schema.columns().iter().filter(|column| can_count(column)).map(|column| column.name.as_ref());
        position.ok_or_else(|| {
            let known = known().collect::<Vec<_>>().join(", ");
            refusal(
                settings,
                format!("clusters cannot count '{name}', which is no plain property that the layer shows; it shows: {known}"),
            )
        })
    };
    let counted = settings.cluster_by.as_ref().map(position).transpose()?;
    Ok(tell(published, by_default, counted))
}

fn refusal(settings: &LayerSettings, reason: String) -> FileError {
    FileError::Settings { path: settings.path.clone(), reason }
}

fn report(published: &Published, took: std::time::Duration, how: &str) {
    let layer = &published.layer;
    tracing::info!(layer = %layer.meta.name, features = layer.len(), took_ms = took.as_millis(), "{how}");
    for loss in &*layer.losses {
        tracing::warn!(layer = %layer.meta.name, code = %loss.code, count = loss.count, first = loss.first, "losses while reading");
    }
}
