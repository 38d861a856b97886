//! The world that records make: a layer for each kind, as the public sees them, on the basemap.

use super::{Dataset, French, Published, Ready, World};
use roadblock_layers::dataset::About;
use roadblock_layers::layer::Layer;
use roadblock_layers::record::Records;
use roadblock_layers::time::Interval;
use roadblock_layers::view;
use std::sync::Arc;

/// Builds it, `O(n log n)`. The same records make the same world, wherever they were kept.
pub fn world(about: About, records: &Records, basemap: Published) -> World {
    let domain = view::public(records, &about.attribution).into_iter().map(|view| {
        let ready = Ready::of(&view.features);
        let layer = Layer::build(view.meta, view.schema, view.features, Vec::new(), |_, _| 0);
        Arc::new(Published::new(layer, ready))
    });
    World {
        layers: [Arc::new(basemap)].into_iter().chain(domain).collect(),
        archives: Vec::new(),
        dataset: Dataset {
            title: about.title,
            description: about.description,
            default_datetime: about.default_datetime,
            time_range: Interval { from: Some(about.from), to: Some(about.to) },
            disclaimer: Some(about.disclaimer),
            french: French { title: about.title_fr, description: about.description_fr, disclaimer: about.disclaimer_fr },
        },
    }
}
