//! What a record names: other records, and sources.

use super::{Body, Location, Record};

impl Record {
    /// The ids of the records that this one names.
    pub fn refers_to(&self) -> Vec<&str> {
        match &*self.body {
            Body::Place(_) | Body::Area(_) => Vec::new(),
            Body::Segment(leg) => vec![&leg.a, &leg.b],
            Body::Corridor(chain) => chain.nodes.iter().chain(&chain.segments).map(String::as_str).collect(),
            Body::Blockade(blockade) => located_by(&blockade.location),
        }
    }

    /// The ids of the sources that it names.
    pub fn cites(&self) -> impl Iterator<Item = &str> {
        let more: Vec<&str> = match &*self.body {
            Body::Segment(leg) => leg.assertions.iter().flat_map(|stated| &stated.sources).map(String::as_str).collect(),
            Body::Blockade(blockade) => {
                blockade.counts.iter().flat_map(|counts| &counts.claims).map(|claim| claim.source.as_str()).collect()
            }
            _ => Vec::new(),
        };
        self.common.sources.iter().map(String::as_str).chain(more)
    }
}

fn located_by(location: &Location) -> Vec<&str> {
    match location {
        Location::Between { corridor, from, to } => {
            corridor.iter().map(String::as_str).chain([from.as_str(), to.as_str()]).collect()
        }
        Location::Point { segment, near, .. } => segment.iter().chain(near).map(String::as_str).collect(),
        Location::Places(ids) | Location::Corridors(ids) => ids.iter().map(String::as_str).collect(),
        Location::Area(_) | Location::Cell(_) => Vec::new(),
    }
}
