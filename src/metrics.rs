//! Counters and timings of this process, in the Prometheus text format.

use crate::world::World;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram};
use prometheus_client::registry::{Registry, Unit};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// What tells requests apart: the route as written in the router, never the address asked for, so the set stays small.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// Route pattern.
    pub route: Cow<'static, str>,
    /// HTTP status.
    pub status: u16,
}

/// What tells losses apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct LossLabels {
    /// Layer name.
    pub layer: String,
    /// Code of the loss.
    pub code: String,
}

/// What tells the zooms of layers apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct ZoomLabels {
    /// Layer name.
    pub layer: String,
    /// The zoom.
    pub zoom: u32,
}

/// All metrics, and the registry that prints them.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    seconds: Histogram,
    /// Tiles answered from the cache.
    pub tile_cache_hits: Counter,
    /// Tiles rendered.
    pub tile_renders: Counter,
    /// Askers that found their tile already under way.
    pub tile_renders_joined: Counter,
    /// Features dropped or repaired while reading, by layer and code.
    pub losses: Family<LossLabels, Gauge>,
    /// Features that a layer's tile budget leaves out, by layer and zoom.
    pub left_out: Family<ZoomLabels, Gauge>,
    /// Files that could not be reloaded; the old content goes on.
    pub reload_failures: Counter,
    /// 1 from when a change could not be written until one is; reading goes on meanwhile.
    pub writes_refused: Gauge,
}

/// Upper bounds in seconds, from a cached tile to a large download.
const BUCKETS_S: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("roadblock");
        let seconds = Histogram::new(BUCKETS_S);
        let requests = Family::default();
        let losses = Family::default();
        let left_out = Family::default();
        let (hits, renders, joined, reload_failures) = <(Counter, Counter, Counter, Counter)>::default();
        registry.register("http_requests", "Requests answered, by route and status", Family::clone(&requests));
        registry.register_with_unit("http_request_duration", "Time to the head of the answer", Unit::Seconds, seconds.clone());
        registry.register("tile_cache_hits", "Tiles answered from the cache", hits.clone());
        registry.register("tile_renders", "Tiles rendered", renders.clone());
        registry.register("tile_renders_joined", "Askers that found their tile already under way", joined.clone());
        registry.register("losses", "Features dropped or repaired while reading", Family::clone(&losses));
        registry.register("features_left_out", "Features that a zoom's tile budget leaves out", Family::clone(&left_out));
        registry.register("reload_failures", "Files that could not be reloaded", reload_failures.clone());
        let writes_refused = Gauge::default();
        registry.register("writes_refused", "1 while changes cannot be written", writes_refused.clone());
        Self {
            registry,
            requests,
            seconds,
            tile_cache_hits: hits,
            tile_renders: renders,
            tile_renders_joined: joined,
            losses,
            left_out,
            reload_failures,
            writes_refused,
        }
    }
}

impl Metrics {
    /// Counts one answered request.
    pub fn request(&self, route: Cow<'static, str>, status: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route, status }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Sets what a world just published has lost: while it was read, and to budgets.
    pub fn count_losses(&self, world: &World) {
        self.losses.clear();
        self.left_out.clear();
        for published in &world.layers {
            for (zoom, total) in (0..).zip(published.budget.totals()) {
                let labels = ZoomLabels { layer: published.layer.meta.name.to_string(), zoom };
                self.left_out.get_or_create(&labels).set(i64::try_from(total.features).unwrap_or(i64::MAX));
            }
        }
        for layer in world.layers.iter().map(|published| &published.layer) {
            for loss in &*layer.losses {
                let labels = LossLabels { layer: layer.meta.name.to_string(), code: loss.code.to_string() };
                self.losses.get_or_create(&labels).set(i64::try_from(loss.count).unwrap_or(i64::MAX));
            }
        }
    }

    /// The text that a Prometheus server scrapes.
    pub fn render(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.registry)?;
        Ok(out)
    }
}
