//! The data that ship inside the program: the Mali records and the basemap.

use super::{Dataset, World};
use roadblock_layers::time::Interval;

/// Name of the layer that other layers are drawn on.
pub const BASEMAP: &str = "basemap";

/// The built-in world.
pub fn world() -> World {
    World {
        revision: 0,
        dataset: Dataset {
            title: "roadblock".into(),
            description: String::new(),
            default_datetime: None,
            time_range: Interval::ALWAYS,
            disclaimer: None,
        },
        layers: Vec::new(),
    }
}
