//! The members of a feature collection that stand before its features: what it is, how much of it, as of when, and the disclaimer.

use super::select::{Count, Selection};
use crate::world::{Published, World};
use roadblock_layers::layer::{Asked, LayerKind};
use roadblock_layers::time::Instant;
use roadblock_layers::vocab::Audience;
use serde_json::{Map, Value, json};

/// Of a file that holds a whole layer, or what criteria leave of it.
pub fn of_file((world, audience): (&World, Audience), selection: &Selection, count: &Count, now: Instant) -> Map<String, Value> {
    let criteria = selection.criteria();
    let layer = &criteria.published.layer;
    let mut head = Map::new();
    head.insert("name".into(), json!(layer.meta.name.as_str()));
    head.insert("title".into(), json!(layer.meta.title));
    head.insert("numberMatched".into(), json!(count.matched));
    head.insert("numberReturned".into(), json!(count.returned));
    head.insert("timeStamp".into(), json!(now));
    head.extend(about((world, audience), &criteria.published, &criteria.asked));
    if let (Some(bounds), None) = (layer.bounds(), &criteria.boxes) {
        head.insert("bbox".into(), json!([bounds.west, bounds.south, bounds.east, bounds.north]));
    }
    head
}

/// What every answer about a layer says of itself: whose view of the records it is, the asked times, whom to credit, the disclaimer.
pub fn about((world, audience): (&World, Audience), published: &Published, asked: &Asked) -> Map<String, Value> {
    let mut members = Map::new();
    if published.layer.meta.kind == LayerKind::Domain {
        members.insert("audience".into(), audience.as_str().into());
    }
    members.insert("datetime".into(), asked.datetime.to_string().into());
    members.insert("known_at".into(), asked.known_at.to_string().into());
    if !published.layer.meta.attribution.is_empty() {
        members.insert("attribution".into(), published.layer.meta.attribution.as_str().into());
    }
    if let Some(disclaimer) = world.disclaimer(asked) {
        members.insert("disclaimer".into(), disclaimer.into());
    }
    members
}
