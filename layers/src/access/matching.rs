//! Which legs a report or an area is evidence for: the segment that it names, else the stretch of the corridor that it names, else what comes near
//! its position or its places.
//!
//! The tree of the legs' pieces only pre-filters; distances and overlaps decide.

use super::geodesy::{pieces, widened};
use super::leg::{Leg, Match};
use super::overlap::within_m;
use crate::geometry::stretch;
use crate::index::{Bounds, Entry, Index};
use crate::record::{Area, Blockade, Location, Records};
use crate::time::Interval;
use geo_types::{Coord, Geometry, Line};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whoever is this near is on the road, metres.
pub(super) const NEAR_M: f64 = 5_000.0;
/// However roughly place and road are known, what is farther off says nothing of it, metres.
pub(super) const FARTHEST_M: f64 = 25_000.0;

/// Along the whole leg, and no nearer to anything of it.
const ALONG: Match = Match { distance_m: None, along_m: None, overlap_m: None, is_of_leg: true, is_forward: true };

/// The pieces of all legs.
#[derive(Debug)]
pub(super) struct Tree {
    index: Index,
    /// How far the line of any leg may lie from its road, metres.
    roughest_m: f64,
}

/// The legs of a network, found by where they are and by their ids.
pub(super) struct Matcher<'r> {
    /// By id.
    pub(super) legs: &'r [Arc<Leg>],
    pub(super) network: &'r Records,
    pub(super) tree: &'r Tree,
}

impl Tree {
    /// Puts the pieces of legs into a tree.
    pub(super) fn of(legs: &[Arc<Leg>]) -> Self {
        Self::of_some(legs, |_| true)
    }

    /// Of some of the legs only.
    pub(super) fn of_some(legs: &[Arc<Leg>], is_asked: impl Fn(&Leg) -> bool) -> Self {
        let entry = |number: usize, piece: Line<f64>| {
            let bounds = Bounds::around(&Geometry::Line(piece))?;
            let feature = u32::try_from(number).ok()?;
            Some(Entry { bounds, rank: 0, feature, valid: Interval::ALWAYS, known: Interval::ALWAYS })
        };
        let asked = legs.iter().enumerate().filter(|(_, leg)| is_asked(leg));
        let cut = asked.flat_map(|(number, leg)| leg.line.lines().flat_map(pieces).map(move |piece| (number, piece)));
        let entries: Vec<Entry> = cut.filter_map(|(number, piece)| entry(number, piece)).collect();
        let roughest_m = legs.iter().map(|leg| leg.accuracy_m).fold(0.0, f64::max);
        Self { index: Index::build(&entries), roughest_m }
    }
}

impl<'r> Matcher<'r> {
    /// The legs that a report is about, each once; none if only words say where it was, or a corridor as a whole.
    pub(super) fn of_report(&self, report: &Blockade, accuracy_m: f64) -> BTreeMap<usize, Match> {
        match &report.location {
            Location::Point { at, segment, .. } => match segment.as_deref().and_then(|segment| self.leg(segment)) {
                Some((number, leg)) => {
                    let near = leg.ruler.nearest(*at);
                    let (distance_m, along_m) = (near.map(|near| near.distance_m), near.map(|near| near.along_m));
                    BTreeMap::from([(number, Match { distance_m, along_m, ..ALONG })])
                }
                None => self.near(*at, accuracy_m),
            },
            Location::Places(places) => {
                let places = places.iter().filter_map(|place| self.network.place(place));
                places.map(|place| self.near(place.at, accuracy_m)).fold(BTreeMap::new(), nearer)
            }
            Location::Between { corridor: Some(corridor), from, to } => self.between(corridor, from, to),
            Location::Between { corridor: None, .. } | Location::Area(_) | Location::Corridors(_) | Location::Cell(_) => {
                BTreeMap::new()
            }
        }
    }

    /// The legs of which an area covers anything.
    pub(super) fn of_area(&self, area: &Area) -> BTreeMap<usize, Match> {
        let bounds = Bounds::around(&Geometry::MultiPolygon(area.shape.clone()));
        let overlap = |number: usize| {
            let overlap_m = within_m(&self.legs.get(number)?.line, std::iter::once(&area.shape));
            (overlap_m > 0.0).then_some((number, Match { overlap_m: Some(overlap_m), is_of_leg: false, ..ALONG }))
        };
        bounds.into_iter().flat_map(|bounds| self.candidates(bounds)).filter_map(overlap).collect()
    }

    fn leg(&self, segment: &str) -> Option<(usize, &'r Leg)> {
        let number = self.legs.binary_search_by(|leg| leg.id.as_str().cmp(segment)).ok()?;
        Some((number, self.legs.get(number)?))
    }

    fn between(&self, corridor: &str, from: &str, to: &str) -> BTreeMap<usize, Match> {
        let Some(corridor) = self.network.corridor(corridor) else { return BTreeMap::new() };
        let Some(places) = stretch(corridor, from, to) else { return BTreeMap::new() };
        let first = corridor.nodes.iter().position(|node| places.first() == Some(node)).unwrap_or_default();
        // A stretch has the ends of a segment: forward is from the one whose id sorts first.
        let is_turned = places.first() > places.last();
        let segments = corridor.segments.iter().skip(first).zip(places);
        let along = |(segment, from): (&String, &String)| {
            let (number, leg) = self.leg(segment)?;
            Some((number, Match { is_forward: (leg.a == *from) != is_turned, ..ALONG }))
        };
        segments.take(places.len().saturating_sub(1)).filter_map(along).collect()
    }

    fn near(&self, at: Coord<f64>, accuracy_m: f64) -> BTreeMap<usize, Match> {
        let (west, south, east, north) = widened((at.x, at.y, at.x, at.y), reach_m(accuracy_m, self.tree.roughest_m));
        let found = |number: usize| {
            let leg = self.legs.get(number)?;
            let near = leg.ruler.nearest(at)?;
            let (distance_m, along_m) = (Some(near.distance_m), Some(near.along_m));
            let found = Match { distance_m, along_m, is_of_leg: false, ..ALONG };
            (near.distance_m <= reach_m(accuracy_m, leg.accuracy_m)).then_some((number, found))
        };
        let bounds = Bounds::new(west, south, east, north);
        bounds.into_iter().flat_map(|bounds| self.candidates(bounds)).filter_map(found).collect()
    }

    fn candidates(&self, bounds: Bounds) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        self.tree.index.visit(&[bounds], |number| found.extend([number as usize]));
        found
    }
}

/// How far from a line with one accuracy something with another is still on the road.
fn reach_m(one_m: f64, other_m: f64) -> f64 {
    NEAR_M.max((one_m + other_m).min(FARTHEST_M))
}

/// Of two that are near a leg the nearer.
fn nearer(mut one: BTreeMap<usize, Match>, other: BTreeMap<usize, Match>) -> BTreeMap<usize, Match> {
    for (number, found) in other {
        let kept = one.entry(number).or_insert(found);
        if found.distance_m < kept.distance_m {
            *kept = found;
        }
    }
    one
}
