//! Tiles on request: cache, else one render per key however many ask, a few long ones at a time.
//!
//! The key names the content (`TileKey`), so nothing is ever invalidated; old entries fall out of the cache by themselves.
//! A render belongs to all who ask, not to the request that started it: whoever asked first may leave.

pub mod body;
pub mod cores;
pub mod key;
pub mod turns;
pub mod usual;
pub mod worker;

pub use body::{Encoding, Format, PictureFormat, Tile};
pub use key::TileKey;
pub use turns::Turns;
pub use worker::{Worker, Workers};

use crate::metrics::Metrics;
use crate::problem::Problem;
use quick_cache::DefaultHashBuilder;
use quick_cache::sync::Cache;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{oneshot, watch};
use worker::Job;

type Outcome = Option<Result<Arc<Tile>, Problem>>;

/// How a tile is made.
pub struct Work<F> {
    /// Whether that takes so little that it needs no turn.
    pub is_short: bool,
    /// Makes it.
    pub render: F,
}

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
    /// Hashed as in the cache; there are never so many that collisions could hurt.
    flights: Arc<Mutex<HashMap<TileKey, watch::Receiver<Outcome>, DefaultHashBuilder>>>,
    turns: Arc<Turns>,
    metrics: Arc<Metrics>,
}

impl TileService {
    /// A service that keeps at most `cache_bytes` of finished tiles (0 = none) and renders when it has one of `turns`.
    pub fn new(cache_bytes: u64, turns: Turns, metrics: Arc<Metrics>) -> Self {
        let cache = (cache_bytes > 0).then(|| {
            let slots = usize::try_from(cache_bytes / EXPECTED_TILE_BYTES).unwrap_or(usize::MAX).max(16);
            Arc::new(Cache::with_weighter(slots, cache_bytes, ByBytes))
        });
        Self { cache, flights: Arc::default(), turns: Arc::new(turns), metrics }
    }

    /// The tile of `key`: from the cache, from a render under way, or from `work`, which is done here at once if it is short or if it is its
    /// turn. Only who has to make the tile asks how.
    pub async fn tile<F>(&self, key: TileKey, work: impl FnOnce() -> Work<F>) -> Result<Arc<Tile>, Problem>
    where
        F: FnOnce(&mut Worker) -> Result<Tile, Problem> + Send + 'static,
    {
        if let Some(tile) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            self.metrics.tile_cache_hits.inc();
            return Ok(tile);
        }
        let mut flight = match self.join_or_start(key) {
            Flight::Landed(tile) => return Ok(tile),
            Flight::Under(flight) => flight,
            Flight::Begins(flight, landing) => {
                self.begin(landing, work());
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

    /// What `make` makes in its turn, for whoever asks and for nobody else: it is not kept.
    pub async fn in_turn<T: Send + 'static>(
        &self,
        make: impl FnOnce(&mut Worker) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.turns.ask()?;
        let (sender, made) = oneshot::channel();
        // Who asked may be gone by then.
        self.turns.take(turn, Box::new(move |worker| drop(sender.send(make(worker)))));
        made.await.unwrap_or_else(|_| Err(Problem::internal()))
    }

    fn join_or_start(&self, key: TileKey) -> Flight {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key) {
            self.metrics.tile_renders_joined.inc();
            return Flight::Under(flight.clone());
        }
        // A flight enters the cache before it leaves the list, so one that landed since the first look is found here.
        if let Some(tile) = self.cache.as_ref().and_then(|cache| cache.get(&key)) {
            self.metrics.tile_cache_hits.inc();
            return Flight::Landed(tile);
        }
        let (sender, receiver) = watch::channel(None);
        flights.insert(key.clone(), receiver.clone());
        Flight::Begins(receiver, Landing { service: self.clone(), key, sender })
    }

    /// Does the work at once if it is short, else in its turn; if there is none, all who wait are told.
    fn begin<F>(&self, landing: Landing, Work { is_short, render }: Work<F>)
    where
        F: FnOnce(&mut Worker) -> Result<Tile, Problem> + Send + 'static,
    {
        let turn = match is_short {
            true => None,
            false => match self.turns.ask() {
                Ok(turn) => Some(turn),
                Err(refusal) => return landing.land(Err(refusal), false),
            },
        };
        let job: Job = Box::new(move |worker| {
            let outcome = render(worker);
            landing.service.metrics.tile_renders.inc();
            let is_kept = !(is_short && outcome.as_ref().is_ok_and(|tile| tile.bytes.is_empty()));
            landing.land(outcome, is_kept);
        });
        match turn {
            Some(turn) => self.turns.take(turn, job),
            None => self.turns.at_once(job),
        }
    }
}

/// Where a tile that was not in the cache at first is now.
enum Flight {
    /// In the cache after all.
    Landed(Arc<Tile>),
    /// Being rendered.
    Under(watch::Receiver<Outcome>),
    /// To be rendered by whoever asked.
    Begins(watch::Receiver<Outcome>, Landing),
}

/// Ends a flight exactly once: with the tile, or, dropped by a panic, by taking it off the list.
struct Landing {
    service: TileService,
    key: TileKey,
    sender: watch::Sender<Outcome>,
}

impl Landing {
    /// A tile is kept for those who ask next, unless there is nothing in it and that was short work to find: addresses where there is nothing
    /// are without end. A failure is told to those who wait and forgotten.
    fn land(self, outcome: Result<Tile, Problem>, is_kept: bool) {
        let outcome = outcome.map(Arc::new);
        if let (Some(cache), Ok(tile), true) = (&self.service.cache, &outcome, is_kept) {
            cache.insert(self.key.clone(), Arc::clone(tile));
        }
        self.sender.send_replace(Some(outcome));
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        let mut flights = self.service.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // Another of the same key may stand there by now.
        if flights.get(&self.key).is_some_and(|flight| flight.same_channel(&self.sender.subscribe())) {
            flights.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::Context;
    use crate::world::clusters::Clustered;
    use axum::http::Method;
    use futures_util::FutureExt;
    use roadblock_layers::time;
    use roadblock_layers::vocab::Audience;
    use roadblock_tiles::grid::TileCoord;
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};
    use tokio::task::JoinHandle;

    fn service(cache_bytes: u64) -> TileService {
        TileService::new(cache_bytes, Turns::new(1), Arc::new(Metrics::default()))
    }

    fn key(x: u32) -> TileKey {
        TileKey {
            audience: Audience::Public,
            layers: "areas".into(),
            clustered: Clustered::none(),
            revision: 1,
            valid_epochs: (time::Instant::MIN, time::Instant::MIN),
            known_epoch: time::Instant::MIN,
            phases: None,
            look: None,
            coord: TileCoord::new(20, x, 0).unwrap(),
            format: Format::Mvt,
            encoding: Encoding::Identity,
        }
    }

    fn long<F: FnOnce(&mut Worker) -> Result<Tile, Problem>>(render: F) -> Work<F> {
        Work { is_short: false, render }
    }

    fn tile() -> Result<Tile, Problem> {
        Ok(Tile::seal(vec![7], Encoding::Identity))
    }

    /// Longer than anything here takes.
    const PATIENCE: Duration = Duration::from_secs(20);

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_thousand_askers_of_one_tile_cost_one_render() {
        // Without a cache nobody is served by it who should have joined.
        for cache_bytes in [0, 1 << 20] {
            let (service, renders) = (service(cache_bytes), Arc::new(AtomicUsize::new(0)));
            // While it is another's turn nobody has the tile, so that all must find the one render that waits.
            let turn = service.turns.ask().unwrap();
            let askers: Vec<_> = (0..1000)
                .map(|_| {
                    let (service, renders) = (service.clone(), Arc::clone(&renders));
                    tokio::spawn(async move {
                        let render = move |_: &mut Worker| {
                            renders.fetch_add(1, Ordering::Relaxed);
                            tile()
                        };
                        service.tile(key(0), || long(render)).await.map(|tile| tile.bytes.clone())
                    })
                })
                .collect();
            let (started, joined) = (Instant::now(), || service.metrics.tile_renders_joined.get());
            while joined() < 999 {
                assert!(started.elapsed() < PATIENCE, "{} have joined", joined());
                assert!(!askers.iter().any(JoinHandle::is_finished), "somebody has an answer before anybody's turn");
                tokio::task::yield_now().await;
            }
            drop(turn);
            let mut places = BTreeSet::new();
            for asker in askers {
                let bytes = asker.await.unwrap().unwrap();
                assert_eq!(bytes, [7u8].as_slice());
                places.insert(bytes.as_ptr() as usize);
            }
            assert_eq!(places.len(), 1, "nobody has a copy");
            let counted = (renders.load(Ordering::Relaxed), service.metrics.tile_renders.get(), joined());
            assert_eq!((counted, service.metrics.tile_cache_hits.get()), ((1, 1, 999), 0), "{cache_bytes}");
        }
    }

    #[tokio::test]
    async fn the_cache_stays_within_its_bytes_however_many_tiles_are_asked_for() {
        const MOST_BYTES: u64 = 256 << 10;
        let service = service(MOST_BYTES);
        let cache = service.cache.clone().unwrap();
        for number in 0..5_000u32 {
            // From nothing to more than all of the cache.
            let bytes = if number % 500 == 499 { MOST_BYTES as usize + 1 } else { number as usize * 7 % 20_000 };
            let render = move |_: &mut Worker| Ok(Tile::seal(vec![7; bytes], Encoding::Identity));
            assert_eq!(service.tile(key(number), || long(render)).await.unwrap().bytes.len(), bytes);
            let held: usize = cache.iter().map(|(_, tile)| tile.bytes.len()).sum();
            assert!(held as u64 <= MOST_BYTES, "{held} bytes after {number} tiles");
        }
        let held: usize = cache.iter().map(|(_, tile)| tile.bytes.len()).sum();
        assert!(held as u64 > MOST_BYTES / 2, "{held} bytes are all that is kept");
        assert_eq!(service.metrics.tile_renders.get(), 5_000);
    }

    #[tokio::test]
    async fn what_is_soon_found_to_be_empty_takes_no_place_in_the_cache() {
        let service = service(8 << 10);
        let full = |_: &mut Worker| Ok(Tile::seal(vec![7; 1000], Encoding::Identity));
        service.tile(key(0), || long(full)).await.unwrap();
        for number in 1..2_000 {
            let render = |_: &mut Worker| Ok(Tile::seal(Vec::new(), Encoding::Gzip));
            assert!(service.tile(key(number), || Work { is_short: true, render }).await.unwrap().bytes.is_empty());
        }
        assert_eq!(service.cache.as_ref().unwrap().len(), 1);
        service.tile(key(0), || long(full)).await.unwrap();
        assert_eq!((service.metrics.tile_renders.get(), service.metrics.tile_cache_hits.get()), (2_000, 1));
        let empty = |_: &mut Worker| Ok(Tile::seal(Vec::new(), Encoding::Identity));
        service.tile(key(1), || long(empty)).await.unwrap();
        service.tile(key(1), || long(empty)).await.unwrap();
        assert_eq!(service.metrics.tile_renders.get(), 2_001, "nobody waits for a turn twice to find nothing");
    }

    #[tokio::test]
    async fn a_full_line_refuses_and_the_service_goes_on() {
        let service = service(0);
        let turn = service.turns.ask().unwrap();
        let mut waiting = Vec::new();
        let refused = loop {
            let mut asked = Box::pin(service.tile(key(waiting.len() as u32), || long(|_| tile())));
            match (&mut asked).now_or_never() {
                None => waiting.push(asked),
                Some(answer) => break answer.expect_err("it is another's turn"),
            }
            assert!(waiting.len() < 10_000, "the line is bounded");
        };
        assert_eq!(refused.status, 503);
        drop(turn);
        for asked in waiting {
            assert!(asked.await.is_ok());
        }
        assert!(service.tile(key(0), || long(|_| tile())).await.is_ok());
    }

    #[tokio::test]
    async fn a_render_belongs_to_the_request_of_the_leader_now_or_in_a_later_turn() {
        let service = service(0);
        for waits in [false, true] {
            let turn = waits.then(|| service.turns.ask().unwrap());
            let context = Context::new("/xyz".into(), Method::GET);
            let (id, (sender, told)) = (context.id(), std::sync::mpsc::channel());
            let render = move |_: &mut Worker| {
                sender.send(Context::current().map(|context| context.id())).unwrap();
                tile()
            };
            let mut asked = Box::pin(context.scope(service.tile(key(0), || long(render))));
            assert_eq!((&mut asked).now_or_never().is_none(), waits);
            drop(turn);
            assert!(!waits || asked.await.is_ok());
            assert_eq!(told.recv().unwrap(), Some(id), "waits: {waits}");
        }
    }

    #[tokio::test]
    async fn the_leaders_departure_and_a_panic_harm_nobody_else() {
        let service = service(1 << 20);
        let turn = service.turns.ask().unwrap();
        let mut leader = Box::pin(service.tile(key(0), || long(|_| tile())));
        assert!((&mut leader).now_or_never().is_none());
        let mut follower = Box::pin(service.tile(key(0), || long(|_| Err(Problem::internal()))));
        assert!((&mut follower).now_or_never().is_none());
        drop(leader);
        drop(turn);
        assert!(follower.await.is_ok());

        for waits in [false, true] {
            let turn = waits.then(|| service.turns.ask().unwrap());
            let key = key(1 + u32::from(waits));
            let mut boom = Box::pin(service.tile(key.clone(), || long(|_| std::panic::resume_unwind(Box::new("boom")))));
            let at_once = (&mut boom).now_or_never();
            assert_eq!(at_once.is_none(), waits);
            drop(turn);
            let answer = if let Some(answer) = at_once { answer } else { boom.await };
            assert_eq!(answer.unwrap_err().status, 500);
            assert!(service.tile(key, || long(|_| tile())).await.is_ok(), "a failure is not kept");
        }
    }
}
