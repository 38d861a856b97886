//! Polygons from rings as files hold them. A polygon closes its rings by itself, so what was open is counted before.

use crate::finding::Finding;
use geo_types::{LineString, Polygon};

/// What was met in the rings of one feature.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rings {
    open: usize,
}

impl Rings {
    /// A polygon of its exterior and its holes.
    pub(super) fn polygon(&mut self, rings: impl IntoIterator<Item = LineString<f64>>) -> Polygon<f64> {
        let mut rings = rings.into_iter().inspect(|ring| self.open += usize::from(!ring.is_closed()));
        let exterior = rings.next().unwrap_or(LineString(Vec::new()));
        Polygon::new(exterior, rings.collect())
    }

    /// A finding if a ring did not end where it began; `pointer` is the feature's.
    pub(super) fn finding(self, pointer: &str) -> Option<Finding> {
        let message =
            || format!("{} of its rings are open and were closed; the last position of a ring repeats the first", self.open);
        (self.open > 0).then(|| Finding::warning("unclosed_ring", format!("{pointer}/geometry"), message()))
    }
}
