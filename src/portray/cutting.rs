//! The geometries of a vector tile, cut by several threads if it shows many and cores have nothing else to do.
//!
//! The thread that makes the tile goes through the features from the front; others take some from the back, until they meet. What
//! those cut is encoded, and put in when it is its turn: the bytes are the same, however many threads there were.

use super::found::{FoundLayer, Hit};
use super::{VECTOR_BUFFER, is_itself, mark};
use crate::tile::Worker;
use crate::world::drawn::DrawnFeature;
use roadblock_tiles::cut::{Frame, Purpose, Scratch, TileGeometry, cut};
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::mvt::{Encoded, EncodedList};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};

/// Features that are taken at a time.
const BATCH: usize = 32;
/// With fewer, the tile is made before another thread has woken.
const WORTH_WAKING: usize = 512;

/// What is cut for a layer of a tile.
pub(super) struct Cutting {
    pub(super) found: Arc<FoundLayer>,
    pub(super) coord: TileCoord,
    pub(super) frame: Frame,
    pub(super) purpose: Purpose,
    /// Whether single points are shown as clusters, not as themselves.
    pub(super) is_clustered: bool,
    /// Whether long features get a mark as well.
    pub(super) has_marks: bool,
}

/// A geometry of a feature.
pub(super) enum Geometry<'a> {
    /// As it was cut just now.
    Cut(&'a TileGeometry),
    /// As another thread left it.
    Encoded(Encoded<'a>),
}

/// Takes geometries, each with where its feature was found.
type Take<'t> = dyn FnMut(&Hit, &DrawnFeature<'_>, Geometry<'_>) + 't;

impl Cutting {
    /// Cuts all features and gives `take` the geometries in their order; others help if geometries `may_be_encoded` ahead of their turn.
    pub(super) fn each(self, may_be_encoded: bool, worker: &mut Worker, take: &mut Take<'_>) {
        let found = Arc::clone(&self.found);
        let Worker { scratch, helpers, .. } = worker;
        let Some(helpers) = helpers.as_ref().filter(|_| may_be_encoded && found.hits.len() >= WORTH_WAKING) else {
            return self.cut(&found.hits, scratch, take);
        };
        let count = found.hits.len().div_ceil(BATCH);
        let shared = Arc::new(Shared { cutting: self, left: Mutex::new(0..count) });
        let (sender, ahead) = channel();
        helpers.ask(|| {
            let (shared, sender) = (Arc::clone(&shared), sender.clone());
            Box::new(move |worker| shared.help(&mut worker.scratch, |number, batch| drop(sender.send((number, batch)))))
        });
        let mut next = 0;
        while let Some(number) = shared.first() {
            shared.cutting.cut(shared.cutting.batch(number), scratch, take);
            next = number + 1;
        }
        // All that follows is being cut, or has been.
        let mut batches: Vec<(usize, Option<Batch>)> = ahead.iter().take(count - next).collect();
        batches.sort_unstable_by_key(|(number, _)| *number);
        for (number, batch) in batches {
            let hits = shared.cutting.batch(number);
            match batch {
                Some(batch) => batch.put_in(hits, &shared.cutting, take),
                None => shared.cutting.cut(hits, scratch, take),
            }
        }
    }

    fn batch(&self, number: usize) -> &[Hit] {
        let hits = &self.found.hits;
        hits.get(number * BATCH..hits.len().min((number + 1) * BATCH)).unwrap_or_default()
    }

    fn cut(&self, hits: &[Hit], scratch: &mut Scratch, take: &mut Take<'_>) {
        for (hit, drawn) in self.read(hits) {
            self.cut_one(&drawn, scratch, |geometry| take(hit, &drawn, Geometry::Cut(geometry)));
        }
    }

    fn read<'a>(&'a self, hits: &'a [Hit]) -> impl Iterator<Item = (&'a Hit, DrawnFeature<'a>)> {
        let drawn = |hit: &Hit| self.found.published.drawn.at(hit.slot).filter(|drawn| is_itself(drawn, self.is_clustered));
        hits.iter().filter_map(move |hit| Some((hit, drawn(hit)?)))
    }

    fn cut_one(&self, drawn: &DrawnFeature<'_>, scratch: &mut Scratch, mut emit: impl FnMut(&TileGeometry)) {
        cut(drawn.prepared, &self.frame, self.purpose, scratch, &mut emit);
        let mark = self.has_marks.then(|| mark(drawn.prepared, self.coord, VECTOR_BUFFER)).flatten();
        mark.iter().for_each(emit);
    }
}

/// What the threads have in common.
struct Shared {
    cutting: Cutting,
    /// The batches that nobody has taken.
    left: Mutex<Range<usize>>,
}

impl Shared {
    fn first(&self) -> Option<usize> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).next()
    }

    fn last(&self) -> Option<usize> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner).next_back()
    }

    /// Cuts what is left, from the back. Whoever waits is told of each batch, come what may.
    fn help(&self, scratch: &mut Scratch, mut tell: impl FnMut(usize, Option<Batch>)) {
        while let Some(number) = self.last() {
            let batch = catch_unwind(AssertUnwindSafe(|| Batch::cut(&self.cutting, number, scratch)));
            // Whoever waits cuts it again, and meets the same.
            tell(number, batch.inspect_err(|_| *scratch = Scratch::default()).ok());
        }
    }
}

/// What another thread has cut.
struct Batch {
    /// How many geometries each of the features has.
    counts: Vec<usize>,
    geometries: EncodedList,
}

impl Batch {
    fn cut(cutting: &Cutting, number: usize, scratch: &mut Scratch) -> Self {
        let mut geometries = EncodedList::default();
        let count = |drawn: DrawnFeature<'_>| {
            let mut count = 0;
            cutting.cut_one(&drawn, scratch, |geometry| {
                geometries.push(geometry);
                count += 1;
            });
            count
        };
        let counts = cutting.read(cutting.batch(number)).map(|(_, drawn)| drawn).map(count).collect();
        Self { counts, geometries }
    }

    fn put_in(&self, hits: &[Hit], cutting: &Cutting, take: &mut Take<'_>) {
        let mut geometries = self.geometries.iter();
        for ((hit, drawn), count) in cutting.read(hits).zip(&self.counts) {
            geometries.by_ref().take(*count).for_each(|geometry| take(hit, &drawn, Geometry::Encoded(geometry)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sample::{at, layer};
    use crate::portray::vector_tile;
    use crate::tile::worker::Helpers;
    use crate::world::Published;
    use crate::world::clusters::Clustered;
    use geo_types::{LineString, Point, Polygon};
    use roadblock_layers::feature::{Feature, FeatureId};
    use roadblock_layers::layer::{Asked, LayerKind};
    use roadblock_layers::time::Datetime;
    use roadblock_tiles::vector::VectorFormat;

    const TILE: [u32; 3] = [8, 128, 127];

    /// Points, lines and areas in and about a tile, in no order on the map.
    fn crowd() -> Arc<Published> {
        let feature = |number: u64| {
            let [x, y] = [number * 7_919 % 1_000, number * 104_729 % 1_000].map(|step| step as f64 * 0.0017);
            let ring = |corners: u64| {
                let angle = move |corner: u64| corner as f64 / corners as f64 * std::f64::consts::TAU;
                (0..=corners).map(|corner| (x + 0.1 * angle(corner).cos(), y + 0.1 * angle(corner).sin())).collect::<LineString>()
            };
            let geometry = match number % 3 {
                0 => Point::new(x, y).into(),
                1 => ring(40).into(),
                _ => Polygon::new(ring(25), vec![]).into(),
            };
            Feature::timeless(FeatureId::Int(number), Some(geometry), Box::new([]))
        };
        Arc::new(layer("crowd", LayerKind::Reference, &[], (0..4_000).map(feature).collect()))
    }

    fn tile(layer: &Arc<Published>, format: VectorFormat, helpers: Option<Helpers>) -> Vec<u8> {
        let (asked, mut worker) = (
            Asked { datetime: Datetime::All, known_at: at("2025-10-22"), phases: None },
            Worker { helpers, ..Worker::default() },
        );
        let coord = TileCoord::new(TILE[0] as u8, TILE[1], TILE[2]).unwrap();
        vector_tile(&[Arc::clone(layer)], &Clustered::none(), coord, &asked, format, &mut worker).unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn however_many_threads_make_the_same_bytes() {
        let layer = crowd();
        for format in [VectorFormat::Mvt, VectorFormat::Mlt] {
            let alone = tile(&layer, format, None);
            assert!(alone.len() > 50_000, "{}", alone.len());
            for helpers in [1, 2, 3, 3, 3].map(Helpers::on) {
                let layer = Arc::clone(&layer);
                let helped = tokio::spawn(async move { tile(&layer, format, Some(helpers)) }).await.unwrap();
                assert!(helped == alone, "{format:?}");
            }
        }
    }

    #[tokio::test]
    async fn who_is_asked_and_never_comes_is_not_waited_for() {
        let layer = crowd();
        assert!(tile(&layer, VectorFormat::Mvt, Some(Helpers::on(3))) == tile(&layer, VectorFormat::Mvt, None));
    }
}
