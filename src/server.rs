//! What every request handler shares: the published world, the settings, the clock, the tile service.

use crate::base::{ReachedAt, base_url};
use crate::clock::Clock;
use crate::config::Settings;
use crate::metrics::Metrics;
use crate::style::Styles;
use crate::tile::TileService;
use crate::world::World;
use arc_swap::ArcSwap;
use axum::http::HeaderMap;
use roadblock_layers::time::Instant;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The running server, shared by all handlers behind one `Arc`.
pub struct Server {
    /// The published world; swapped whole, never changed in place.
    pub world: ArcSwap<World>,
    /// As decided from flags, environment and file.
    pub settings: Settings,
    /// The only reader of the time of day.
    pub clock: Clock,
    /// Tiles: cache, single flight and the bounded pool of render threads.
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
    /// The world as it is now. Take it once per request.
    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// Swaps the world whole: requests under way keep the old one, the next see the new one.
    pub fn publish(&self, world: World) {
        self.metrics.count_losses(&world);
        self.world.store(Arc::new(world));
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
