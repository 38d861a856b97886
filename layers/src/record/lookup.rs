//! What a record refers to is looked up in a network: in all records of a data set, or in what somebody knew and may see of them.

use super::{Body, Corridor, Place, Record, Records, Segment, Source};
use std::sync::Arc;

/// Places, segments, corridors and sources by their ids. What may not be seen is not there.
pub trait Network {
    /// What a record is about.
    fn body(&self, id: &str) -> Option<&Body>;

    /// A source.
    fn source(&self, id: &str) -> Option<&Source>;

    /// The corridors that use a segment, by id.
    fn corridors_over(&self, segment: &str) -> Vec<(&str, &Corridor)>;

    /// A place.
    fn place(&self, id: &str) -> Option<&Place> {
        self.body(id)?.place()
    }

    /// A segment.
    fn segment(&self, id: &str) -> Option<&Segment> {
        self.body(id)?.segment()
    }

    /// A corridor.
    fn corridor(&self, id: &str) -> Option<&Corridor> {
        self.body(id)?.corridor()
    }
}

impl Network for Records {
    fn body(&self, id: &str) -> Option<&Body> {
        self.get(id).map(Record::body)
    }

    fn source(&self, id: &str) -> Option<&Source> {
        self.source(id)
    }

    fn corridors_over(&self, segment: &str) -> Vec<(&str, &Corridor)> {
        self.corridors_over(segment).collect()
    }
}

impl<N: Network> Network for Arc<N> {
    fn body(&self, id: &str) -> Option<&Body> {
        N::body(self, id)
    }

    fn source(&self, id: &str) -> Option<&Source> {
        N::source(self, id)
    }

    fn corridors_over(&self, segment: &str) -> Vec<(&str, &Corridor)> {
        N::corridors_over(self, segment)
    }
}
