//! Which features of one layer a request selects: box, cluster, time, phase and properties, exactly.
//!
//! Features are named by their number in the layer and come in its order, so that any page can go on after any feature.

use super::filter::Filter;
use crate::world::Published;
use geo::{BoundingRect, Intersects};
use geo_types::{Coord, Rect};
use roadblock_layers::features::FeatureRef;
use roadblock_layers::index::Bounds;
use roadblock_layers::layer::Asked;
use roadblock_tiles::cluster::ClusterId;
use std::sync::Arc;

/// What a request asks of one layer.
#[derive(Clone)]
pub struct Criteria {
    /// The layer, pinned for as long as the answer takes.
    pub published: Arc<Published>,
    /// Boxes of which one must be touched; `None` = anywhere.
    pub boxes: Option<Vec<Bounds>>,
    /// The cluster whose points are wanted.
    pub cluster: Option<ClusterId>,
    /// Times and phases.
    pub asked: Asked,
    /// All must pass.
    pub filters: Vec<Filter>,
}

/// The features that answer the criteria.
#[derive(Clone)]
pub struct Selection {
    criteria: Criteria,
    /// Numbers in the layer's order, or `None` when the whole layer is walked instead.
    found: Option<Arc<[u32]>>,
}

/// Of a selection: how many in all, how many from a start on, and where a page of them ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// All that match.
    pub matched: u64,
    /// Those on this page.
    pub returned: u64,
    /// Number of the last feature on this page, if more follow.
    pub more_after: Option<u32>,
}

/// Ranks are for drawing; a download wants every feature.
const EVERY_RANK: u8 = u8::MAX;

impl Selection {
    /// With boxes: an index query and an exact test, `O(log n + hits)`. With a cluster: a look at each of its points. Else nothing yet, unless
    /// edits left the layer's order and that of its numbers apart.
    pub fn new(criteria: Criteria) -> Self {
        let found = match (criteria.cluster, &criteria.boxes) {
            (Some(cluster), _) => Some(criteria.members(cluster).into()),
            (None, Some(boxes)) => Some(criteria.search(boxes).into()),
            (None, None) if criteria.published.layer.is_numbered_in_order() => None,
            (None, None) => Some(criteria.walk().into()),
        };
        Self { criteria, found }
    }

    /// What was asked.
    pub fn criteria(&self) -> &Criteria {
        &self.criteria
    }

    /// Selected features, in order; those after one of the layer.
    pub fn numbers(&self, after: Option<u32>) -> Box<dyn Iterator<Item = u32> + '_> {
        let layer = &self.criteria.published.layer;
        match &self.found {
            Some(found) => {
                let passed = |number: &u32| after.is_some_and(|after| layer.compare(*number, after).is_le());
                let first = found.partition_point(passed);
                Box::new(found.iter().skip(first).copied())
            }
            None => {
                let start = after.map_or(0, |after| after.saturating_add(1));
                Box::new((start..layer.end()).filter(|&number| self.criteria.matches(number)))
            }
        }
    }

    /// Counts everything, and the page of at most `limit` that begins after a feature.
    pub fn count(&self, after: Option<u32>, limit: u64) -> Count {
        let layer = &self.criteria.published.layer;
        let mut count = Count { matched: 0, returned: 0, more_after: None };
        let mut last = None;
        for number in self.numbers(None) {
            count.matched += 1;
            if after.is_some_and(|after| layer.compare(number, after).is_le()) {
                continue;
            }
            if count.returned < limit {
                count.returned += 1;
                last = Some(number);
            } else {
                count.more_after = last;
            }
        }
        count
    }
}

impl Criteria {
    fn feature(&self, number: u32) -> Option<FeatureRef<'_>> {
        self.published.layer.feature(number)
    }

    /// Everything but the boxes.
    fn matches(&self, number: u32) -> bool {
        let passes = |feature: FeatureRef<'_>| self.filters.iter().all(|filter| filter.passes(feature));
        self.published.layer.selects(number, &self.asked) && self.feature(number).is_some_and(passes)
    }

    /// The points of a cluster, within the boxes if there are any.
    fn members(&self, cluster: ClusterId) -> Vec<u32> {
        let points = self.published.points();
        let within =
            |feature: FeatureRef<'_>| self.boxes.as_ref().is_none_or(|boxes| boxes.iter().any(|bounds| touches(feature, bounds)));
        let numbers = points.at(points.places(cluster)).map(|(number, _)| number);
        let mut members: Vec<u32> =
            numbers.filter(|&number| self.matches(number) && self.feature(number).is_some_and(within)).collect();
        members.sort_unstable();
        self.published.layer.put_in_order(&mut members);
        members
    }

    /// What touches a box, and what has no place at all: OGC API Features lets that match every box.
    fn search(&self, boxes: &[Bounds]) -> Vec<u32> {
        let layer = &self.published.layer;
        let mut hits = Vec::new();
        layer.query(boxes, EVERY_RANK, &self.asked, &mut hits);
        hits.retain(|&number| self.feature(number).is_some_and(|feature| boxes.iter().any(|bounds| touches(feature, bounds))));
        hits.extend(layer.without_geometry());
        hits.retain(|&number| self.matches(number));
        hits.sort_unstable();
        layer.put_in_order(&mut hits);
        hits
    }

    /// All that matches, in order.
    fn walk(&self) -> Vec<u32> {
        let layer = &self.published.layer;
        let mut numbers: Vec<u32> = (0..layer.end()).filter(|&number| self.matches(number)).collect();
        layer.put_in_order(&mut numbers);
        numbers
    }
}

/// The exact test. A geometry whose own box lies inside the asked one needs no look at its vertices' edges.
fn touches(feature: FeatureRef<'_>, bounds: &Bounds) -> bool {
    let corner = |x: f64, y: f64| Coord { x, y };
    let asked = Rect::new(corner(bounds.west, bounds.south), corner(bounds.east, bounds.north));
    feature.geometry().is_some_and(|geometry| {
        let inside = |own: Rect<f64>| asked.intersects(&own.min()) && asked.intersects(&own.max());
        geometry.bounding_rect().is_some_and(inside) || geometry.intersects(&asked)
    })
}
