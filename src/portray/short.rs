//! Which vector tiles are made so quickly that nobody waits for it.

use super::{VECTOR_BUFFER, boxes_around};
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::layer::Asked;
use roadblock_tiles::grid::TileCoord;
use std::sync::Arc;

/// Features a short tile may show, and vertices that these may have at its zoom: at the costs measured
/// (`benches/README.md`, 6 to 31 ns a byte) a few milliseconds.
const MOST_FEATURES: usize = 2_048;
const MOST_VERTICES: usize = 131_072;

/// Whether a vector tile takes little work, whatever the layers hold. Looks at no more of them than that.
///
/// Layers that change with time are passed over: how many features the index visits in vain for a moment is not bounded. Texts do not
/// count: copying is cheap.
pub fn is_short(layers: &[Arc<Published>], clustered: &Clustered, coord: TileCoord, asked: &Asked) -> bool {
    let boxes = boxes_around(coord, VECTOR_BUFFER);
    let (mut features, mut vertices) = (0, 0);
    let is_long = |published: &Arc<Published>| {
        let too_much = |number: u32| {
            features += 1;
            vertices += published.drawn.get(number).map_or(0, |drawn| drawn.prepared.vertices(coord.z()));
            features > MOST_FEATURES || vertices > MOST_VERTICES
        };
        super::is_clustered(published, clustered)
            || !published.layer.are_timeless()
            || published.layer.any(&boxes, coord.z(), asked, too_much)
    };
    !layers.iter().filter(|published| published.has_tiles_at(coord.z())).any(is_long)
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
        is_short(&[published], &Clustered::none(), TileCoord::new(12, 2048, 2047).unwrap(), &asked)
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
