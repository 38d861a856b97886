//! What every request handler shares: the published world, the settings, the clock, the tile service.

use crate::clock::Clock;
use crate::config::Settings;
use crate::metrics::Metrics;
use crate::style::Styles;
use crate::tile::TileService;
use crate::world::World;
use arc_swap::ArcSwap;
use roadblock_layers::time::Instant;
use std::sync::Arc;

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
}

impl Server {
    /// The world as it is now. Take it once per request.
    pub fn world(&self) -> Arc<World> {
        self.world.load_full()
    }

    /// The time of day.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}
