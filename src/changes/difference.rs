//! What differs between two worlds of one audience, feature by feature where records are, layer by layer where files are.

use super::{Change, Operation, TileRange};
use crate::world::{Published, World};
use roadblock_layers::feature::FeatureId;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_layers::time::{Datetime, Instant};
use roadblock_tiles::grid::EXTENT;
use std::sync::Arc;

/// Zooms whose tiles are named.
const MOST_ZOOM: u8 = 14;
/// What a tile shows beyond its edge, in its own units, as in vector tiles.
const BUFFER_UNITS: i64 = 64;

/// What becomes of one world when another takes its place. Numbers are given later. Costs as much as was edited.
pub(super) fn differences(former: &Arc<World>, next: &Arc<World>, at: Instant) -> Vec<Change> {
    let mut changes = Vec::new();
    if Arc::ptr_eq(former, next) {
        return changes;
    }
    for layer in &next.layers {
        let name: Arc<str> = layer.layer.meta.name.as_str().into();
        match former.layer(&name) {
            Some(before) if Arc::ptr_eq(before, layer) || before.revision == layer.revision => (),
            Some(before) => match layer.lineage.said_since(&before.lineage) {
                Some(ids) if layer.layer.meta.kind == LayerKind::Domain => {
                    changes.extend(ids.iter().map(|id| of_record(before, layer, &name, id, at)));
                }
                _ => changes.push(of_layer(name, at, Operation::Reloaded)),
            },
            None => changes.push(of_layer(name, at, Operation::Reloaded)),
        }
    }
    changes
}

/// The layers in which, between two looks, a moment passed at which they change by themselves.
pub(super) fn passed(world: &World, last: Instant, now: Instant) -> Vec<Change> {
    let asked = Asked { datetime: Datetime::At(last), known_at: last, phases: None };
    let has_passed = |layer: &&Arc<Published>| layer.layer.next_change(&asked, last).is_some_and(|moment| moment <= now);
    let layers = world.layers.iter().filter(has_passed);
    layers.map(|layer| of_layer(layer.layer.meta.name.as_str().into(), now, Operation::Passed)).collect()
}

fn of_layer(layer: Arc<str>, at: Instant, operation: Operation) -> Change {
    Change { revision: 0, at, layer, id: None, operation, bbox: None, tiles: Vec::new() }
}

/// A record as a layer shows what is known of it now.
#[derive(Default)]
struct Shown {
    /// Whether anything is.
    holds: bool,
    bounds: Option<Bounds>,
    corners: Option<[[u32; 2]; 2]>,
}

impl Shown {
    fn of(published: &Published, id: &FeatureId) -> Self {
        let mut shown = Self::default();
        for number in published.layer.versions(id) {
            let Some(feature) = published.layer.feature(number).filter(|feature| feature.known().to.is_none()) else { continue };
            shown.holds = true;
            shown.bounds = feature.geometry().and_then(|geometry| Bounds::around(&geometry));
            shown.corners = published.drawn.get(number).and_then(|drawn| drawn.prepared.corners());
        }
        shown
    }
}

fn of_record(before: &Published, after: &Published, layer: &Arc<str>, id: &FeatureId, at: Instant) -> Change {
    let (was, is) = (Shown::of(before, id), Shown::of(after, id));
    let operation = match (was.holds, is.holds) {
        (false, true) => Operation::Created,
        (true, false) => Operation::Removed,
        _ => Operation::Updated,
    };
    // Why it is gone is not told, and where it was might be why.
    let is_told = operation != Operation::Removed;
    let bounds = was.bounds.into_iter().chain(is.bounds).filter(|_| is_told).reduce(|a, b| a.union(&b));
    let corners = was.corners.into_iter().chain(is.corners).filter(|_| is_told).reduce(around);
    Change {
        revision: 0,
        at,
        layer: Arc::clone(layer),
        id: Some(id.to_string()),
        operation,
        bbox: bounds.map(|bounds| [bounds.west, bounds.south, bounds.east, bounds.north]),
        tiles: corners.map(tiles).unwrap_or_default(),
    }
}

fn around([min, max]: [[u32; 2]; 2], [low, high]: [[u32; 2]; 2]) -> [[u32; 2]; 2] {
    [[min[0].min(low[0]), min[1].min(low[1])], [max[0].max(high[0]), max[1].max(high[1])]]
}

/// The tiles in which a box on the 2^32 grid shows.
fn tiles([min, max]: [[u32; 2]; 2]) -> Vec<TileRange> {
    let range = |z: u8| {
        let side = 1i64 << (32 - z);
        let buffer = side * BUFFER_UNITS / i64::from(EXTENT);
        let last = (1i64 << z) - 1;
        let tile = |at: i64| u32::try_from((at / side).clamp(0, last)).unwrap_or_default();
        let [x, y] = [0, 1].map(|axis| [tile(i64::from(min[axis]) - buffer), tile(i64::from(max[axis]) + buffer)]);
        TileRange { z, x, y }
    };
    (0..=MOST_ZOOM).map(range).collect()
}
