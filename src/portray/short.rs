//! Which vector tiles are made so quickly that nobody waits for it.

use super::found::{Found, FoundLayer};
use super::is_clustered;
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::layer::Asked;
use roadblock_tiles::grid::{MAX_ZOOM, TileCoord};
use std::sync::Arc;

/// Features a short tile may show, and vertices that these may have at its zoom: at the costs measured
/// (`benches/README.md`, 6 to 31 ns a byte) a few milliseconds.
const MOST_FEATURES: usize = 2_048;
const MOST_VERTICES: usize = 131_072;

/// What a vector tile shows, if that takes little work, whatever the layers hold. Looks at no more of them than that.
///
/// Layers that change with time are passed over: how many features the index visits in vain for a moment is not bounded. Texts do not
/// count: copying is cheap.
pub fn found_if_short(layers: &[Arc<Published>], clustered: &Clustered, coord: TileCoord, asked: &Asked) -> Option<Found> {
    let is_plain = |published: &Arc<Published>| !is_clustered(published, clustered) && published.layer.are_timeless();
    let mut shown = layers.iter().filter(|published| published.has_tiles_at(coord.z()));
    if !shown.all(is_plain) {
        return None;
    }
    let found = Found::of_few(layers, clustered, coord, asked, MOST_FEATURES)?;
    let vertices = |found: &Arc<FoundLayer>| {
        let FoundLayer { published, hits } = &**found;
        let drawn = hits.iter().filter_map(|hit| published.drawn.at(hit.slot));
        let zoom = if published.layer.meta.is_simplified { coord.z() } else { MAX_ZOOM };
        drawn.map(|drawn| drawn.prepared.vertices(zoom)).sum::<usize>()
    };
    (found.0.iter().map(vertices).sum::<usize>() <= MOST_VERTICES).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sample::{at, layer};
    use geo_types::{LineString, Point};
    use roadblock_layers::feature::{Feature, FeatureId};
    use roadblock_layers::layer::LayerKind;
    use roadblock_layers::time::{Datetime, Interval};

    fn asks_short(features: Vec<Feature>) -> bool {
        let published = Arc::new(layer("some", LayerKind::Reference, &[], features));
        let asked = Asked { datetime: Datetime::All, known_at: at("2025-10-22"), phases: None };
        found_if_short(&[published], &Clustered::none(), TileCoord::new(12, 2048, 2047).unwrap(), &asked).is_some()
    }

    fn point(id: u64) -> Feature {
        Feature::timeless(FeatureId::Int(id), Some(Point::new(0.01, 0.01).into()), Box::new([]))
    }

    #[test]
    fn few_features_of_few_vertices_are_short() {
        assert!(asks_short((0..2_000).map(point).collect()));
        assert!(!asks_short((0..3_000).map(point).collect()), "many features");
        let wild: LineString = (0..200_000).map(|step| (f64::from(step % 100) * 0.01, f64::from(step % 2) * 0.4)).collect();
        assert!(!asks_short(vec![Feature { geometry: Some(wild.into()), ..point(1) }]), "many vertices");
        let valid = Interval { from: Some(at("2025-09-01")), to: None };
        assert!(!asks_short(vec![Feature { valid, ..point(1) }]), "times");
    }
}
