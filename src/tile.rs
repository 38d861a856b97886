//! Tiles on request: cache, else one render per key however many ask, on a bounded pool.
//!
//! The key names the content (`TileKey`), so nothing is ever invalidated; old entries fall out of the cache by themselves.
//! A render belongs to the pool, not to the request that started it: whoever asked first may leave.

pub mod body;
pub mod key;
pub mod pool;

pub use body::{Encoding, Format, PictureFormat, Tile};
pub use key::TileKey;
pub use pool::{Job, Pool, Refused, Worker};

use crate::metrics::Metrics;
use crate::problem::Problem;
use quick_cache::sync::Cache;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

thread_local! {
    /// What an async thread keeps from one light tile to the next.
    static LIGHT: RefCell<Worker> = RefCell::default();
}

type Outcome = Option<Result<Arc<Tile>, Problem>>;

/// Weighs entries by what they hold, so that the cache is bounded in bytes.
#[derive(Clone)]
struct ByBytes;

impl quick_cache::Weighter<TileKey, Arc<Tile>> for ByBytes {
    fn weight(&self, key: &TileKey, tile: &Arc<Tile>) -> u64 {
        (tile.bytes.len() + key.heap_bytes() + ENTRY_OVERHEAD_BYTES) as u64
    }
}

/// Key, tile head and map slot of one entry, roughly.
const ENTRY_OVERHEAD_BYTES: usize = 256;

/// Mean size the cache plans its slots for; a wrong guess costs speed, not correctness.
const EXPECTED_TILE_BYTES: u64 = 16 << 10;

/// The tile side of the server. Cheap to clone.
#[derive(Clone)]
pub struct TileService {
    cache: Option<Arc<Cache<TileKey, Arc<Tile>, ByBytes>>>,
    flights: Arc<Mutex<HashMap<TileKey, watch::Receiver<Outcome>>>>,
    pool: Arc<Pool>,
    metrics: Arc<Metrics>,
}

impl TileService {
    /// A service that keeps at most `cache_bytes` of finished tiles (0 = none) and renders on `pool`.
    pub fn new(cache_bytes: u64, pool: Arc<Pool>, metrics: Arc<Metrics>) -> Self {
        let cache = (cache_bytes > 0).then(|| {
            let slots = usize::try_from(cache_bytes / EXPECTED_TILE_BYTES).unwrap_or(usize::MAX).max(16);
            Arc::new(Cache::with_weighter(slots, cache_bytes, ByBytes))
        });
        Self { cache, flights: Arc::default(), pool, metrics }
    }

    /// The tile of `key`: from the cache, from a render under way, or from `render`, which runs on the pool, or here if `is_light` says
    /// that this takes no longer than to hand it over.
    pub async fn tile<F>(&self, key: TileKey, is_light: impl FnOnce() -> bool, render: F) -> Result<Arc<Tile>, Problem>
    where
        F: FnOnce(&mut Worker) -> Result<Tile, Problem> + Send + 'static,
    {
        if let Some(tile) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            self.metrics.tile_cache_hits.inc();
            return Ok(tile);
        }
        let mut flight = match self.join_or_start(key, is_light(), render)? {
            Flight::Landed(tile) => return Ok(tile),
            Flight::Under(flight) => flight,
            Flight::Here(flight, job) => {
                LIGHT.with_borrow_mut(|worker| pool::run(job, worker));
                flight
            }
        };
        let outcome = flight.wait_for(Option::is_some).await;
        match outcome {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(Problem::internal())),
            // The sender is gone without an answer: the render panicked.
            Err(_) => Err(Problem::internal()),
        }
    }

    fn join_or_start<F>(&self, key: TileKey, is_light: bool, render: F) -> Result<Flight, Problem>
    where
        F: FnOnce(&mut Worker) -> Result<Tile, Problem> + Send + 'static,
    {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key) {
            self.metrics.tile_renders_joined.inc();
            return Ok(Flight::Under(flight.clone()));
        }
        // A flight enters the cache before it leaves the list, so one that landed since the first look is found here.
        if let Some(tile) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            self.metrics.tile_cache_hits.inc();
            return Ok(Flight::Landed(tile));
        }
        let (sender, receiver) = watch::channel(None);
        let landing = Landing { service: self.clone(), key: key.clone(), sender };
        let span = tracing::Span::current();
        let job: Job = Box::new(move |worker: &mut Worker| span.in_scope(|| landing.land(render(worker))));
        if is_light {
            flights.insert(key, receiver.clone());
            return Ok(Flight::Here(receiver, job));
        }
        if let Err(Refused { problem, job }) = self.pool.submit(job) {
            // The landing within the job takes the lock when it is dropped.
            drop(flights);
            drop(job);
            return Err(problem);
        }
        flights.insert(key, receiver.clone());
        Ok(Flight::Under(receiver))
    }
}

/// Where a tile that was not in the cache at first is now.
enum Flight {
    /// In the cache after all.
    Landed(Arc<Tile>),
    /// Being rendered.
    Under(watch::Receiver<Outcome>),
    /// To be rendered by whoever asked.
    Here(watch::Receiver<Outcome>, Job),
}

/// Ends a flight exactly once: with the tile, or, dropped by a panic, by taking it off the list.
struct Landing {
    service: TileService,
    key: TileKey,
    sender: watch::Sender<Outcome>,
}

impl Landing {
    /// A tile is kept for those who ask next; a failure is told to those who wait and forgotten.
    fn land(self, outcome: Result<Tile, Problem>) {
        let outcome = outcome.map(Arc::new);
        self.service.metrics.tile_renders.inc();
        if let (Some(cache), Ok(tile)) = (&self.service.cache, &outcome) {
            cache.insert(self.key.clone(), Arc::clone(tile));
        }
        self.sender.send_replace(Some(outcome));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut flights = self.service.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // A landing that was refused never stood on the list; another of the same key may stand there by now.
        if flights.get(&self.key).is_some_and(|flight| flight.same_channel(&self.sender.subscribe())) {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::clusters::Clustered;
    use futures_util::FutureExt;
    use roadblock_layers::time::Instant;
    use roadblock_tiles::grid::TileCoord;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    fn service(cache_bytes: u64) -> TileService {
        TileService::new(cache_bytes, Arc::new(Pool::start(1).unwrap()), Arc::new(Metrics::default()))
    }

    fn key(x: u32) -> TileKey {
        TileKey {
            layers: "areas".into(),
            clustered: Clustered::none(),
            revision: 1,
            valid_epochs: (Instant::MIN, Instant::MIN),
            known_epoch: Instant::MIN,
            phases: None,
            coord: TileCoord::new(20, x, 0).unwrap(),
            format: Format::Mvt,
            encoding: Encoding::Identity,
        }
    }

    fn tile() -> Result<Tile, Problem> {
        Ok(Tile::seal(vec![7], Encoding::Identity))
    }

    #[tokio::test]
    async fn a_thousand_askers_of_one_tile_cost_one_render() {
        let (service, renders) = (service(1 << 20), Arc::new(AtomicUsize::new(0)));
        let askers: Vec<_> = (0..1000)
            .map(|_| {
                let (service, renders) = (service.clone(), Arc::clone(&renders));
                tokio::spawn(async move {
                    let render = move |_: &mut Worker| {
                        renders.fetch_add(1, Ordering::Relaxed);
                        tile()
                    };
                    service.tile(key(0), || false, render).await.unwrap().bytes.clone()
                })
            })
            .collect();
        for asker in askers {
            assert_eq!(asker.await.unwrap(), [7u8].as_slice());
        }
        assert_eq!(renders.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_the_service_goes_on() {
        let service = service(0);
        let (release, gate) = channel::<()>();
        let mut first = Box::pin(service.tile(
            key(0),
            || false,
            move |_| {
                let _ = gate.recv();
                tile()
            },
        ));
        assert!((&mut first).now_or_never().is_none());
        let mut waiting = Vec::new();
        let refused = loop {
            let mut asked = Box::pin(service.tile(key(1 + waiting.len() as u32), || false, |_| tile()));
            match (&mut asked).now_or_never() {
                None => waiting.push(asked),
                Some(answer) => break answer.expect_err("nothing can be rendered yet"),
            }
            assert!(waiting.len() < 10_000, "the queue is bounded");
        };
        assert_eq!(refused.status, 503);
        release.send(()).unwrap();
        assert!(first.await.is_ok());
        for asked in waiting {
            assert!(asked.await.is_ok());
        }
    }

    #[tokio::test]
    async fn the_leaders_departure_and_a_panic_harm_nobody_else() {
        let service = service(1 << 20);
        let (release, gate) = channel::<()>();
        let mut leader = Box::pin(service.tile(
            key(0),
            || false,
            move |_| {
                let _ = gate.recv();
                tile()
            },
        ));
        assert!((&mut leader).now_or_never().is_none());
        let mut follower = Box::pin(service.tile(key(0), || false, |_| Err(Problem::internal())));
        assert!((&mut follower).now_or_never().is_none());
        drop(leader);
        release.send(()).unwrap();
        assert!(follower.await.is_ok());

        for is_light in [false, true] {
            let key = key(1 + u32::from(is_light));
            let boom = service.tile(key.clone(), || is_light, |_| std::panic::resume_unwind(Box::new("boom"))).await;
            assert_eq!(boom.unwrap_err().status, 500);
            assert!(service.tile(key, || is_light, |_| tile()).await.is_ok(), "a failure is not kept");
        }
    }

    #[tokio::test]
    async fn a_light_tile_is_made_by_who_asks_once() {
        let service = service(1 << 20);
        let here = std::thread::current().id();
        let made_here =
            move |_: &mut Worker| (std::thread::current().id() == here).then(tile).unwrap_or_else(|| Err(Problem::internal()));
        assert!(service.tile(key(0), || true, made_here).await.is_ok());
        assert!(service.tile(key(0), || true, |_| Err(Problem::internal())).await.is_ok(), "it is in the cache");
    }
}
