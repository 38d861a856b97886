//! What every request handler shares: the published world, the settings, the clock, the tile service.

use crate::base::{ReachedAt, base_url};
use crate::clock::Clock;
use crate::config::Settings;
use crate::metrics::Metrics;
use crate::style::Styles;
use crate::tile::{TileService, Turns};
use crate::world::{Published, World};
use arc_swap::ArcSwap;
use axum::http::HeaderMap;
use roadblock_layers::time::Instant;
use std::collections::BTreeSet;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How often and how long a layer that was is held: a download on a thin link may read it for hours.
const MOST_WAITS: u32 = 3_000;
const WAIT: Duration = Duration::from_millis(10);

/// The running server, shared by all handlers behind one `Arc`.
pub struct Server {
    /// The published world; swapped whole, never changed in place.
    pub world: ArcSwap<World>,
    /// Held by whoever makes the next world.
    pub changing: Mutex<()>,
    /// Layers whose sheets are being made into one.
    pub merging: Mutex<BTreeSet<String>>,
    /// As decided from flags, environment and file.
    pub settings: Settings,
    /// The only reader of the time of day.
    pub clock: Clock,
    /// Tiles: cache, single flight and turns at rendering.
    pub tiles: TileService,
    /// Style documents, parsed once.
    pub styles: Styles,
    /// Counters and timings of this process.
    pub metrics: Arc<Metrics>,
    /// Where the public listener is really bound.
    pub listen: SocketAddr,
    /// Set when a stop was asked for.
    pub stopping: AtomicBool,
}

impl Server {
    /// A server of a world that listens, or is about to, at an address.
    pub fn new(settings: Settings, world: World, clock: Clock, listen: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let metrics = Arc::new(Metrics::default());
        metrics.count_losses(&world);
        let turns = Turns::new(settings.render_threads);
        Ok(Self {
            world: ArcSwap::from_pointee(world),
            changing: Mutex::default(),
            merging: Mutex::default(),
            tiles: TileService::new(settings.tile_cache_bytes, turns, Arc::clone(&metrics)),
            styles: Styles::builtin()?,
            clock,
            metrics,
            listen,
            stopping: AtomicBool::new(false),
            settings,
        })
    }

    /// The world as it is now. Take it once per request.
    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// Makes the next world of the one that is published and swaps it whole: requests under way keep the old one, the next see the new
    /// one. One change at a time; an error leaves all as it was. Answers with the world that was.
    pub fn change<E>(&self, next: impl FnOnce(&World) -> Result<World, E>) -> Result<Arc<World>, E> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let world = next(&self.world())?;
        self.metrics.count_losses(&world);
        Ok(self.world.swap(Arc::new(world)))
    }

    /// Holds the layers that are not served any more until no request reads them, so that what is large is let go on a thread of its own
    /// and holds up none.
    pub fn retire(&self, before: Arc<World>) {
        let now = self.world();
        let is_served = |layer: &Arc<Published>| now.layers.iter().any(|served| Arc::ptr_eq(served, layer));
        let gone: Vec<Arc<Published>> = before.layers.iter().filter(|layer| !is_served(layer)).cloned().collect();
        drop((before, now));
        let hold = move || {
            let is_read = || gone.iter().any(|layer| Arc::strong_count(layer) > 1);
            (0..MOST_WAITS).take_while(|_| is_read()).for_each(|_| std::thread::sleep(WAIT));
        };
        if let Err(error) = std::thread::Builder::new().name("retire".into()).spawn(hold) {
            tracing::debug!(%error, "layers that were are let go by whoever reads them last");
        }
    }

    /// Whether the server finishes what is under way and takes nothing new.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Address clients see, without a trailing slash.
    pub fn base_url(&self, reached_at: Option<ReachedAt>, headers: &HeaderMap) -> String {
        base_url(self.settings.public_url.as_deref(), self.listen, reached_at, headers)
    }

    /// The time of day.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}
