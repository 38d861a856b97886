//! Which vector tiles are so quickly made that handing them to another thread would take longer.

use super::{VECTOR_BUFFER, boxes_around};
use crate::world::Published;
use crate::world::clusters::Clustered;
use roadblock_layers::layer::Asked;
use roadblock_layers::value::Value;
use roadblock_tiles::cut::effort;
use roadblock_tiles::grid::TileCoord;
use std::sync::Arc;

/// Vertices a light tile may go through: less than a tenth of a millisecond's work.
const MOST_VERTICES: usize = 4096;
/// What a feature costs beside its vertices, values and texts, in vertices.
const FEATURE_COST: usize = 16;
/// Bytes of text that cost as much as a vertex, which takes about as many in a tile.
const TEXT_BYTES: usize = 4;

/// Whether a vector tile takes little work, whatever the layers hold. Looks at no more of them than that.
///
/// Layers that change with time are passed over: how many features the index visits in vain for a moment is not bounded.
pub fn is_light(layers: &[Arc<Published>], clustered: &Clustered, coord: TileCoord, asked: &Asked) -> bool {
    let boxes = boxes_around(coord, VECTOR_BUFFER);
    let mut vertices = 0;
    let is_heavy = |published: &Arc<Published>| {
        let too_many = |number: u32| {
            let Some(drawn) = published.drawn.get(number) else { return false };
            vertices += FEATURE_COST + drawn.codes().len();
            if vertices > MOST_VERTICES {
                return true;
            }
            let text: usize = drawn.codes().map(|code| text_bytes(published.layer.value_of(code))).sum();
            vertices += text / TEXT_BYTES + effort(drawn.prepared, coord, VECTOR_BUFFER, MOST_VERTICES - vertices);
            vertices > MOST_VERTICES
        };
        super::is_clustered(published, clustered)
            || !published.layer.are_timeless()
            || published.layer.any(&boxes, coord.z(), asked, too_many)
    };
    !layers.iter().filter(|published| published.has_tiles_at(coord.z())).any(is_heavy)
}

fn text_bytes(value: &Value) -> usize {
    if let Value::Text(text) = value { text.len() } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sample::{at, layer};
    use geo_types::{LineString, Point};
    use roadblock_layers::feature::{Feature, FeatureId};
    use roadblock_layers::layer::LayerKind;
    use roadblock_layers::time::{Datetime, Interval};
    use roadblock_layers::value::ColumnKind;

    fn asks_light(features: Vec<Feature>) -> bool {
        let published = Arc::new(layer("some", LayerKind::Reference, &[("name", ColumnKind::Text)], features));
        let asked = Asked { datetime: Datetime::All, known_at: at("2025-10-22"), phases: None };
        is_light(&[published], &Clustered::none(), TileCoord::new(0, 0, 0).unwrap(), &asked)
    }

    fn named(id: u64, name: &str) -> Feature {
        Feature::timeless(FeatureId::Int(id), Some(Point::new(1.0, 1.0).into()), Box::new([name.into()]))
    }

    #[test]
    fn few_vertices_and_little_text_are_light() {
        assert!(asks_light((0..100).map(|id| named(id, "Kayes")).collect()));
        assert!(!asks_light((0..1_000).map(|id| named(id, "Kayes")).collect()), "many features");
        assert!(!asks_light(vec![named(1, &"long ".repeat(10_000))]), "a long text");
        let wild: LineString = (0..10_000).map(|step| (f64::from(step % 100), f64::from(step % 2 * 40))).collect();
        assert!(!asks_light(vec![Feature { geometry: Some(wild.into()), ..named(1, "Niger") }]), "many vertices");
        let valid = Interval { from: Some(at("2025-09-01")), to: None };
        assert!(!asks_light(vec![Feature { valid, ..named(1, "Kayes") }]), "times");
    }
}
