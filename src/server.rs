//! What every request handler shares: the published world, the settings, the clock, the tile service.

use crate::auth::Access;
use crate::base::{Arrival, base_url};
use crate::changes::Changes;
use crate::clock::Clock;
use crate::compared::Compared;
use crate::config::Settings;
use crate::ledger::{Ledger, Next, Settled, Waiting};
use crate::metrics::Metrics;
use crate::style::{Named, StyleError, Styles};
use crate::tile::{TileService, Turns};
use crate::world::{Published, World, Worlds};
use arc_swap::ArcSwap;
use axum::http::HeaderMap;
use roadblock_layers::layer::EditError;
use roadblock_layers::time::Instant;
use roadblock_layers::vocab::Audience;
use roadblock_tiles::raster::{Fonts, StyleIssue};
use std::collections::BTreeSet;
use std::error::Error;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;

/// How often and how long a layer that was is held: a download on a thin link may read it for hours.
const MOST_WAITS: u32 = 3_000;
const WAIT: Duration = Duration::from_millis(10);

/// Streams of changes under way at the same time.
const MOST_STREAMS: usize = 1_000;

/// The running server, shared by all handlers behind one `Arc`.
pub struct Server {
    /// The published worlds; swapped whole, never changed in place.
    pub worlds: ArcSwap<Worlds>,
    /// Held by whoever makes the next ones.
    pub changing: Mutex<()>,
    /// Layers whose sheets are being made into one.
    pub merging: Mutex<BTreeSet<String>>,
    /// As decided from flags, environment and file.
    pub settings: Settings,
    /// The only reader of the time of day.
    pub clock: Clock,
    /// Tiles: cache, single flight and turns at rendering.
    pub tiles: TileService,
    /// Style documents, parsed once; swapped whole when a user's is read again.
    styles: ArcSwap<Styles>,
    /// The letters of map clients.
    pub fonts: Fonts,
    /// Counters and timings of this process.
    pub metrics: Arc<Metrics>,
    /// Who is let in as whom.
    pub access: Access,
    /// Where the public listener is really bound.
    pub listen: SocketAddr,
    /// What changed, for whoever follows it.
    pub changes: Changes,
    /// Layers that compare two moments.
    pub compared: Compared,
    /// Places for those who are told as it happens.
    pub streams: Arc<Semaphore>,
    /// When it was last looked whether a moment passed.
    looked_at: Mutex<Instant>,
    /// The records of the store, if the server serves them; files have none.
    pub ledger: Option<Ledger>,
    /// Up to when everything that is recorded is shown.
    settled: Settled,
    /// Set when a stop was asked for.
    pub stopping: AtomicBool,
}

/// Tells the log what of a user's style is not drawn.
fn told(named: &Named, issue: &StyleIssue) {
    tracing::warn!(style = %named.id, %issue, "not drawn");
}

impl Server {
    /// A server of worlds that listens, or is about to, at an address.
    pub fn new(
        settings: Settings,
        worlds: Worlds,
        ledger: Option<Ledger>,
        clock: Clock,
        listen: SocketAddr,
    ) -> Result<Self, Box<dyn Error>> {
        let metrics = Arc::new(Metrics::default());
        metrics.count_losses(worlds.seen_by(Audience::Public));
        let turns = Turns::new(settings.render_threads);
        let settled = Settled::default();
        settled.expect(ledger.as_ref().and_then(Ledger::next_turn));
        Ok(Self {
            worlds: ArcSwap::from_pointee(worlds),
            changing: Mutex::default(),
            merging: Mutex::default(),
            tiles: TileService::new(settings.tile_cache_bytes, turns, Arc::clone(&metrics)),
            styles: ArcSwap::from_pointee(Styles::builtin()?.and(&settings.styles, told)?),
            fonts: Fonts::builtin()?,
            access: Access::of(&settings)?,
            clock,
            metrics,
            listen,
            ledger,
            changes: Changes::beginning(clock.now()),
            compared: Compared::default(),
            streams: Arc::new(Semaphore::new(MOST_STREAMS)),
            looked_at: Mutex::new(clock.now()),
            settled,
            stopping: AtomicBool::new(false),
            settings,
        })
    }

    /// The styles as they are now. Take them once per request.
    pub fn styles(&self) -> Arc<Styles> {
        self.styles.load_full()
    }

    /// Reads the users' styles again; if any cannot be drawn all stay as they were.
    pub fn reload_styles(&self) -> Result<(), StyleError> {
        let styles = Styles::builtin()?.and(&self.settings.styles, told)?;
        self.styles.store(Arc::new(styles));
        Ok(())
    }

    /// The world of everybody as it is now. Take it once per request.
    pub fn world(&self) -> Arc<World> {
        self.world_of(Audience::Public)
    }

    /// The world of an audience as it is now. Take it once per request.
    pub fn world_of(&self, audience: Audience) -> Arc<World> {
        Arc::clone(self.worlds.load().seen_by(audience))
    }

    /// Makes the next world of all audiences of the one that is published, as `publish` does.
    pub fn change<E>(&self, next: impl FnOnce(&World) -> Result<World, E>) -> Result<Arc<Worlds>, E> {
        self.publish(|worlds| next(worlds.seen_by(Audience::Public)).map(Worlds::same))
    }

    /// Makes the next worlds of those that are published and swaps them whole: requests under way keep the old ones, the next see the new
    /// ones. One change at a time; an error leaves all as it was. Answers with the worlds that were.
    pub fn publish<E>(&self, next: impl FnOnce(&Worlds) -> Result<Worlds, E>) -> Result<Arc<Worlds>, E> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let former = self.worlds.load_full();
        let worlds = next(&former)?;
        self.metrics.count_losses(worlds.seen_by(Audience::Public));
        let changes = Changes::between(&former, &worlds, self.now());
        let former = self.worlds.swap(Arc::new(worlds));
        self.changes.note(changes);
        Ok(former)
    }

    /// Serves those who want something entered in the ledger, and came together.
    pub fn serve(&self, group: Vec<Waiting>) {
        if let Some(ledger) = &self.ledger {
            let _entering = self.settled.enter(self.now());
            ledger.serve(group, self.now(), |next| self.show(next));
            self.settled.expect(ledger.next_turn());
        }
    }

    /// The moment up to which a world that is taken after this shows everything that is recorded.
    pub fn settled_until(&self) -> Instant {
        self.settled.until(self.now())
    }

    /// Shows what nobody might know of until now, and tells where moments passed since it was last looked.
    pub fn look_at_the_clock(&self) {
        let now = self.now();
        let last = std::mem::replace(&mut *self.looked_at.lock().unwrap_or_else(PoisonError::into_inner), now);
        self.changes.note(Changes::passing(&self.worlds.load_full(), last, now));
        if let Some(ledger) = &self.ledger {
            ledger.look(now, |next| self.show(next));
            self.settled.expect(ledger.next_turn());
        }
    }

    fn show(&self, next: Next<'_>) -> Result<(), EditError> {
        self.publish(next).map(|before| self.retire(before))
    }

    /// Holds the layers that are not served any more until no request reads them, so that what is large is let go on a thread of its own
    /// and holds up none.
    pub fn retire(&self, before: Arc<Worlds>) {
        let now = self.worlds.load_full();
        let is_served = |layer: &Arc<Published>| now.layers().any(|served| Arc::ptr_eq(served, layer));
        let mut gone: Vec<Arc<Published>> = before.layers().filter(|layer| !is_served(layer)).cloned().collect();
        gone.sort_by_key(Arc::as_ptr);
        gone.dedup_by(|one, other| Arc::ptr_eq(one, other));
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
    pub fn base_url(&self, arrival: Option<Arrival>, headers: &HeaderMap) -> String {
        base_url(self.settings.public_url.as_deref(), self.listen, arrival, headers)
    }

    /// The time of day.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }
}
