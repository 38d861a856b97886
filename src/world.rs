//! The published world: every layer, ready for tiles, items and downloads, behind one atomic swap.
//!
//! A reader takes one `Arc<World>` per request and sees the old world or the new, never a mixture.
//! Geometry is WGS 84 degrees in `layer`, the 2^32 grid in `prepared`.

pub mod archived;
pub mod budget;
pub mod records;
pub mod builtin;
pub mod clusters;
pub mod drawn;
pub mod stamps;
pub mod edit;
pub mod prepared;
pub mod file;

use archived::Archived;
use clusters::Clusters;
use drawn::Drawn;
use edit::{Lineage, MergedSheets};
use geo_types::Geometry;
use roadblock_layers::access::Access;
use roadblock_layers::features::Features;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Asked, IndexedLayer, Layer};
use roadblock_layers::source::Beside;
use roadblock_layers::time::{Datetime, Instant, Interval};
use roadblock_layers::vocab::Audience;
use roadblock_tiles::budget::Budget;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::scene::Scene;
use siphasher::sip::SipHasher13;
use stamps::Sight;
use std::hash::Hasher;
use std::sync::Arc;

/// One layer as it is served: the exact originals and the prepared geometry, feature by feature. A clone shares both.
#[derive(Clone)]
pub struct Published {
    /// Records or file features with their index, in degrees.
    pub layer: Layer,
    /// The features as tiles see them.
    pub drawn: Drawn,
    /// From which zoom features show, if the layer has a tile budget; shares nothing out otherwise.
    pub budget: Arc<Budget>,
    /// How its points gather into clusters.
    pub clusters: Clusters,
    /// Digest of the layer's content as it was loaded and of all that was said of it since. Part of every ETag of a document.
    pub revision: u64,
    /// What of it was edited when: part of every key of a tile.
    pub lineage: Lineage,
}

impl Published {
    /// A layer whose geometries were prepared while they were read or made. `O(n)`, on two threads: the layer's own part, and its geometries.
    pub fn new(indexed: IndexedLayer, Ready(prepared): Ready) -> Self {
        let order: Vec<u32> = indexed.order().collect();
        let (layer, revision, arranged) = std::thread::scope(|scope| {
            let arranged = scope.spawn(|| prepared.arranged(&order));
            let layer = indexed.finished();
            let revision = layer.digest();
            (layer, revision, arranged.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        });
        let drawn = Drawn::new(arranged, &order, &layer);
        Self::again(layer, drawn, Budget::default(), revision)
    }

    /// A layer as it was published before, with its revision. Clusters are as by default.
    fn again(layer: Layer, drawn: Drawn, budget: Budget, revision: u64) -> Self {
        let (budget, clusters, lineage) = (Arc::new(budget), Clusters::of(&layer), Lineage::new(revision));
        Self { drawn, budget, clusters, revision, lineage, layer }
    }

    /// The same under a budget; `ranks` are those that the layer was built with.
    #[must_use]
    pub fn with_budget(mut self, ranks: &[u8], budget: Budget) -> Self {
        // Ranks may come from a column that is not shown, and so is not in the layer's digest.
        let mut settings: Vec<u8> = budget.totals().iter().flat_map(|total| total.features.to_le_bytes()).collect();
        settings.extend_from_slice(ranks);
        self.fold_into_revision(&settings);
        Self { budget: Arc::new(budget), ..self }
    }

    /// The same layer, with clusters shown by default or not, and with the values of a column counted in them.
    #[must_use]
    pub fn with_clusters(self, by_default: bool, counted: Option<usize>) -> Self {
        let mut told = self.with_clusters_as_before(by_default, counted);
        told.note_clusters();
        told
    }

    /// The same with a revision that knows of the clusters already.
    fn with_clusters_as_before(mut self, by_default: bool, counted: Option<usize>) -> Self {
        self.clusters = Clusters::told(&self.layer, by_default, counted);
        self
    }

    fn note_clusters(&mut self) {
        let settings = self.clusters.settings();
        self.fold_into_revision(settings.as_bytes());
    }

    fn fold_into_revision(&mut self, settings: &[u8]) {
        let mut revision = SipHasher13::new();
        revision.write_u64(self.revision);
        revision.write(settings);
        self.revision = revision.finish();
        self.lineage = Lineage::new(self.revision);
    }

    /// A number for what the layer shows in a tile: equal numbers, equal answers to the same question.
    pub fn tile_revision(&self, coord: TileCoord, sight: Sight) -> [u64; 2] {
        // Later editions may be on their way; what this one shows there is its own then.
        let Lineage { origin, edition, stamps, .. } = &self.lineage;
        [*origin, stamps.last(coord, sight).min(*edition)]
    }

    /// Whether the layer has tiles at a zoom.
    pub fn has_tiles_at(&self, zoom: u8) -> bool {
        (self.layer.meta.min_zoom..=self.layer.meta.max_zoom).contains(&zoom)
    }
}

/// Geometries prepared for tiles, `O(n log n)` in vertices, as the features they belong to are read or made.
#[derive(Debug, Default)]
pub struct Ready(Scene);

impl Ready {
    /// The geometries.
    pub fn scene(&self) -> &Scene {
        &self.0
    }

    /// Prepares all geometries of some features.
    pub fn of(features: &Features) -> Self {
        let mut ready = Self::default();
        features.iter().for_each(|feature| ready.push(feature.geometry().as_ref()));
        ready
    }
}

impl Beside for Ready {
    fn push(&mut self, geometry: Option<&Geometry<f64>>) {
        self.0.push(geometry);
    }

    fn append(&mut self, later: Self) {
        self.0.append(later.0);
    }
}

/// What the data set says of itself; shown in the landing page, TileJSON and viewer.
#[derive(Debug, Clone)]
pub struct Dataset {
    /// Title of the whole service.
    pub title: String,
    /// One sentence for humans.
    pub description: String,
    /// Moment shown when a tile request names none; `None` means now.
    pub default_datetime: Option<Instant>,
    /// Stretch of time the data speak about, for the time bar.
    pub time_range: Interval,
    /// Whether places are disputed, areas approximate: the sentence every output carries. `{at}` and `{known_at}` are filled in.
    pub disclaimer: Option<String>,
    /// The same in French, as far as the data set says it.
    pub french: French,
}

/// What the data set says of itself in French.
#[derive(Debug, Clone, Default)]
pub struct French {
    /// Title.
    pub title: Option<String>,
    /// Description.
    pub description: Option<String>,
    /// Disclaimer, with the same places to fill in.
    pub disclaimer: Option<String>,
}

/// Whom to credit for layers, each once, in their order.
pub fn credits(layers: &[Arc<Published>]) -> Vec<&str> {
    let mut credits: Vec<&str> = Vec::new();
    for published in layers {
        let credit = published.layer.meta.attribution.as_str();
        if !credit.is_empty() && !credits.contains(&credit) {
            credits.push(credit);
        }
    }
    credits
}

/// An immutable world.
#[derive(Clone)]
pub struct World {
    /// About the data as a whole.
    pub dataset: Dataset,
    /// In drawing order; names are unique.
    pub layers: Vec<Arc<Published>>,
    /// Archives of finished tiles. Their names are unique among all layers; `all` does not mean them.
    pub archives: Vec<Arc<Archived>>,
    /// What is known of the roads; nothing where no records are.
    pub access: Option<Arc<Access>>,
}

/// What each audience may see, swapped together: whoever asks sees the old worlds or the new, never a mixture.
#[derive(Clone)]
pub struct Worlds {
    by_audience: [Arc<World>; 3],
}

impl Worlds {
    /// One world for each audience, in the order of [`Audience::ALL`].
    pub fn of(by_audience: [Arc<World>; 3]) -> Self {
        Self { by_audience }
    }

    /// One world for all.
    pub fn same(world: World) -> Self {
        let world = Arc::new(world);
        Self::of([Arc::clone(&world), Arc::clone(&world), world])
    }

    /// The layers of all of them; one that several see comes again.
    pub fn layers(&self) -> impl Iterator<Item = &Arc<Published>> {
        self.by_audience.iter().flat_map(|world| &world.layers)
    }

    /// The same with merged sheets of a layer in place of those they were made of, wherever these are. Who saw the same world still does.
    #[must_use]
    pub fn with_merged(&self, layer: &str, sheets: &MergedSheets) -> Self {
        let mut made: Vec<(&Arc<World>, Arc<World>)> = Vec::new();
        for former in &self.by_audience {
            let known = made.iter().find(|(other, _)| Arc::ptr_eq(other, former)).map(|(_, next)| Arc::clone(next));
            let merged = || former.layer(layer).and_then(|published| published.with_merged(sheets));
            let next = known.unwrap_or_else(|| merged().map_or_else(|| Arc::clone(former), |layer| Arc::new(former.with(layer))));
            made.push((former, next));
        }
        let mut next = made.into_iter().map(|(_, next)| next);
        Self::of(self.by_audience.clone().map(|former| next.next().unwrap_or(former)))
    }

    /// The world of an audience.
    pub fn seen_by(&self, audience: Audience) -> &Arc<World> {
        let [public, partner, editor] = &self.by_audience;
        match audience {
            Audience::Public => public,
            Audience::Partner => partner,
            Audience::Editor => editor,
        }
    }
}

impl World {
    /// Names of all layers, in drawing order.
    pub fn names(&self) -> Vec<&str> {
        self.layers.iter().map(|published| published.layer.meta.name.as_str()).collect()
    }

    /// Looks a layer up by name.
    pub fn layer(&self, name: &str) -> Option<&Arc<Published>> {
        self.layers.iter().find(|published| published.layer.meta.name.as_str() == name)
    }

    /// The same world with a layer in place of the one of its name.
    #[must_use]
    pub fn with(&self, published: Published) -> Self {
        self.clone().with_shared(Arc::new(published))
    }

    /// The same with a layer that is shared already.
    #[must_use]
    pub fn with_shared(mut self, published: Arc<Published>) -> Self {
        if let Some(place) = self.layers.iter_mut().find(|other| other.layer.meta.name == published.layer.meta.name) {
            *place = published;
        }
        self
    }

    /// Looks an archive up by name.
    pub fn archive(&self, name: &str) -> Option<&Arc<Archived>> {
        self.archives.iter().find(|archived| archived.name.as_str() == name)
    }

    /// The layers that `all` and the landing page speak of: everything but the basemap.
    pub fn data_layers(&self) -> impl Iterator<Item = &Arc<Published>> {
        self.layers.iter().filter(|published| published.layer.meta.name.as_str() != builtin::BASEMAP)
    }

    /// What a tile, map or viewer shows when the client names no time.
    pub fn default_datetime(&self, now: Instant) -> Datetime {
        Datetime::At(self.dataset.default_datetime.unwrap_or(now))
    }

    /// The sentence every output carries, with the asked times filled in; `None` if the data set has none.
    pub fn disclaimer(&self, asked: &Asked) -> Option<String> {
        let at = match asked.datetime {
            Datetime::All => "all times".to_owned(),
            ref datetime => datetime.to_string(),
        };
        self.dataset.disclaimer.as_deref().map(|text| filled(text, &at, &asked.known_at.to_string()))
    }

    /// Box around everything but the basemap, if anything is located.
    pub fn bounds(&self) -> Option<Bounds> {
        let of_archive = |archived: &Arc<Archived>| {
            let bounds = archived.about().bounds;
            Bounds::new(bounds.west, bounds.south, bounds.east, bounds.north)
        };
        let layers = self.data_layers().filter_map(|published| published.layer.bounds());
        layers.chain(self.archives.iter().filter_map(of_archive)).reduce(|a, b| a.union(&b))
    }
}

/// A disclaimer with the asked times, in whatever words, filled in.
pub fn filled(disclaimer: &str, at: &str, known_at: &str) -> String {
    disclaimer.replace("{at}", at).replace("{known_at}", known_at)
}
