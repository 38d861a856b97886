//! Tiles on request: cache, else one render per key however many ask, on a bounded pool.
//!
//! The key names the content (`TileKey`), so nothing is ever invalidated; old entries fall out of the cache by themselves.
//! A render belongs to the pool, not to the request that started it: whoever asked first may leave.

pub mod body;
pub mod key;
pub mod pool;

pub use body::{Encoding, Format, Tile};
pub use key::TileKey;
pub use pool::{Pool, Worker};

use crate::metrics::Metrics;
use crate::problem::Problem;
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

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

    /// The pool, for other CPU work of requests.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The tile of `key`: from the cache, from a render under way, or from `render`, which runs on the pool.
    pub async fn tile<F>(&self, key: TileKey, render: F) -> Result<Arc<Tile>, Problem>
    where
        F: FnOnce(&mut Worker) -> Tile + Send + 'static,
    {
        if let Some(tile) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            self.metrics.tile_cache_hits.inc();
            return Ok(tile);
        }
        let mut flight = match self.join_or_start(key, render)? {
            Flight::Landed(tile) => return Ok(tile),
            Flight::Under(flight) => flight,
        };
        let outcome = flight.wait_for(Option::is_some).await;
        match outcome {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(Problem::internal())),
            // The sender is gone without an answer: the render panicked.
            Err(_) => Err(Problem::internal()),
        }
    }

    fn join_or_start<F>(&self, key: TileKey, render: F) -> Result<Flight, Problem>
    where
        F: FnOnce(&mut Worker) -> Tile + Send + 'static,
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
        self.pool.submit(Box::new(move |worker| landing.land(render(worker))))?;
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
}

/// Ends a flight exactly once: with the tile, or, dropped by a panic, by taking it off the list.
struct Landing {
    service: TileService,
    key: TileKey,
    sender: watch::Sender<Outcome>,
}

impl Landing {
    fn land(self, tile: Tile) {
        let tile = Arc::new(tile);
        self.service.metrics.tile_renders.inc();
        if let Some(cache) = &self.service.cache {
            cache.insert(self.key.clone(), Arc::clone(&tile));
        }
        self.sender.send_replace(Some(Ok(tile)));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut flights = self.service.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.remove(&self.key);
    }
}
