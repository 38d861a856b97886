//! Features that have a place, and what each zoom needs of them: first along a curve, so that those in one tile stand together, then by importance.

use super::reach::{Outline, Reach, parent, tiles_around};
use super::shown::Shown;
use super::{ByTile, LeftOut, Limits, Weight, merged};
use crate::boxes::StoredBox;
use crate::cut::Purpose;
use crate::grid::MAX_ZOOM;
use crate::morton;
use crate::parts;
use crate::scene::{Path, Paths, Prepared, Scene, Shape};
use std::cmp::Reverse;
use std::ops::AddAssign;

/// Bytes of a feature in a tile beside attributes and vertices: id, kind, commands, framing.
const FEATURE_BYTES: u32 = 16;
/// Bytes of a point in a tile: two numbers of two bytes.
const POINT_BYTES: u32 = 4;
/// Bytes of a vertex of a path: two differences, small from the zoom at which it begins to matter on for some more.
const NEAR_BYTES: u64 = 2;
/// The same when it matters for long: what was left out before it has come in between, or it lies far from others.
const FAR_BYTES: u64 = 4;
/// How many zooms.
const NEAR_ZOOMS: usize = 3;
/// Bytes of what the sides of a tile add to a path that goes beyond it.
const SIDES_BYTES: u64 = 12;
/// How many times more than its fair share of a feature's vertices a tile may hold: vertices crowd where a path winds.
const CROWDING: usize = 4;
const ZOOMS: usize = MAX_ZOOM as usize + 1;

/// A feature that has a place.
#[derive(Clone, Copy)]
pub(super) struct Candidate {
    pub(super) feature: u32,
    outline: Outline,
    /// Bytes whatever the zoom.
    fixed_bytes: u32,
    /// Where its vertices are counted; `POINTS` for features without paths, which cost the same at every zoom.
    row: u32,
    /// At zooms below this it shows in tiles that may be too full.
    near_below: u8,
}

const POINTS: u32 = u32::MAX;

/// All of them.
pub(super) struct Candidates<'a> {
    scene: &'a Scene,
    pub(super) all: Vec<Candidate>,
    /// Vertices of a feature with paths up to each zoom.
    vertices: Vec<[u32; ZOOMS]>,
    is_simplified: bool,
    threads: usize,
}

/// Some features in some tiles of a zoom.
#[derive(Default)]
pub(super) struct Reached {
    /// Place among all candidates, bytes in each of its tiles, and where its tiles end.
    features: Vec<(u32, u64, usize)>,
    tiles: Vec<u64>,
}

impl Reached {
    /// Each by its place among all candidates, with its bytes in each of the tiles in which it shows.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, u64, &[u64])> {
        let mut start = 0;
        self.features.iter().map(move |&(place, bytes, end)| {
            (place, bytes, self.tiles.get(std::mem::replace(&mut start, end)..end).unwrap_or_default())
        })
    }
}

impl<'a> Candidates<'a> {
    pub(super) fn new(scene: &'a Scene, weights: &[Weight], limits: Limits) -> Self {
        let numbered: Vec<(u32, Weight)> = (0u32..).zip(weights.iter().copied()).collect();
        let mut parts = parts::each(&numbered, limits.threads, |stretch| found(scene, stretch)).into_iter();
        let (mut all, mut vertices) = parts.next().unwrap_or_default();
        for (more, needed) in parts {
            let before = u32::try_from(vertices.len()).unwrap_or(POINTS);
            all.extend(more.into_iter().map(|one| Candidate { row: one.row.saturating_add(before), ..one }));
            vertices.extend(needed);
        }
        let mut along: Vec<(u64, u32)> = all.iter().map(|one| morton::key(one.outline.bounds.middle())).zip(0..).collect();
        parts::sort(&mut along, limits.threads);
        Self { scene, all, vertices, is_simplified: limits.is_simplified, threads: limits.threads }
            .arranged(along.into_iter().map(|(_, place)| place))
    }

    /// The same, those that matter most first.
    pub(super) fn by_importance(self, weights: &[Weight]) -> Self {
        let key = |(place, one): (u32, &Candidate)| {
            let weight = weights.get(one.feature as usize)?;
            let [width, height] = one.outline.bounds.extent();
            Some((Reverse(width.max(height)), Reverse(total_order(weight.importance)), weight.tie, place))
        };
        let mut keyed: Vec<_> = (0u32..).zip(&self.all).filter_map(key).collect();
        parts::sort(&mut keyed, self.threads);
        self.arranged(keyed.into_iter().map(|(.., place)| place))
    }

    /// The same in the order in which the scene has them, with their ranks, without what tells how many bytes they take: who looks each up
    /// in the scene goes through memory from front to back.
    pub(super) fn in_order_of_scene(mut self, ranks: &[u8], features: usize) -> (Self, Vec<u8>) {
        let mut places = vec![u32::MAX; features];
        for (place, one) in (0u32..).zip(&self.all) {
            places[one.feature as usize] = place;
        }
        places.retain(|place| *place != u32::MAX);
        let ranks = places.iter().filter_map(|place| ranks.get(*place as usize).copied()).collect();
        self.vertices = Vec::new();
        (self.arranged(places.into_iter()), ranks)
    }

    /// The same in another order, their vertices too: whoever goes through them finds both one after the other.
    fn arranged(self, order: impl ExactSizeIterator<Item = u32>) -> Self {
        let mut arranged =
            Self { all: Vec::with_capacity(order.len()), vertices: Vec::with_capacity(self.vertices.len()), ..self };
        for mut one in order.filter_map(|place| self.all.get(place as usize).copied()) {
            if let Some(needed) = self.vertices.get(one.row as usize) {
                one.row = u32::try_from(arranged.vertices.len()).unwrap_or(POINTS);
                arranged.vertices.push(*needed);
            }
            arranged.all.push(one);
        }
        arranged
    }

    /// Tiles of a zoom in which a feature shows; `None` if it is too large to be counted in each.
    fn reached<'r>(&self, one: &Candidate, zoom: u8, reach: &'r mut Reach) -> Option<&'r [u64]> {
        reach.of(one.outline, zoom, || self.scene.get(one.feature))
    }

    /// The tiles of a zoom in which the features at some places show, but for those too large to be counted in each, on all threads.
    pub(super) fn reached_from(&self, places: &[u32], zoom: u8) -> Vec<Reached> {
        parts::each(places, self.threads, |stretch| {
            let (mut all, mut reach) = (Reached::default(), Reach::default());
            for &place in stretch {
                let Some(one) = self.all.get(place as usize) else { continue };
                let Some(reached) = self.reached(one, zoom, &mut reach) else { continue };
                all.tiles.extend_from_slice(reached);
                all.features.push((place, self.bytes(one, zoom, reached.len()), all.tiles.len()));
            }
            all
        })
    }

    /// What of the features whose rank is above a zoom each tile of it would show, and all of them. Ranks are those of `all`, best in the order
    /// of the scene.
    pub(super) fn left_out(&self, zoom: u8, ranks: &[u8], purpose: Purpose) -> (ByTile<LeftOut>, LeftOut) {
        let ranked: Vec<u32> = (0u32..).zip(ranks).filter(|(_, rank)| **rank > zoom).map(|(place, _)| place).collect();
        let (tiles, totals): (Vec<_>, Vec<_>) = parts::each(&ranked, self.threads, |stretch| {
            let (mut tiles, mut total, mut shown) = (ByTile::<LeftOut>::default(), LeftOut::default(), Shown::default());
            for one in stretch.iter().filter_map(|&place| self.all.get(place as usize)) {
                let left_out = LeftOut::one(one.row == POINTS);
                total += left_out;
                let shown = shown.of(one.outline, zoom, purpose, || self.scene.get(one.feature));
                shown.iter().for_each(|tile| *tiles.entry(*tile).or_default() += left_out);
            }
            (tiles, total)
        })
        .into_iter()
        .unzip();
        let mut total = LeftOut::default();
        totals.into_iter().for_each(|more| total += more);
        (merged(tiles.into_iter(), LeftOut::add_assign), total)
    }

    /// Bytes of a feature in each of the tiles in which it shows; its vertices are shared out among them.
    fn bytes(&self, one: &Candidate, zoom: u8, tiles: usize) -> u64 {
        let Some(vertices) = self.vertices.get(one.row as usize) else { return one.fixed_bytes.into() };
        let zoom = usize::from(zoom);
        let up_to = |zoom: usize| vertices.get(zoom).or(vertices.last()).copied().map_or(0, u64::from);
        let far = zoom.checked_sub(NEAR_ZOOMS).map_or(0, up_to);
        // What does not matter yet falls together with its neighbours soon, if it is not left out.
        let all = up_to(if self.is_simplified { zoom } else { zoom + NEAR_ZOOMS });
        let paths = FAR_BYTES * far + NEAR_BYTES * (all - far);
        let sides = if tiles > 1 { SIDES_BYTES } else { 0 };
        u64::from(one.fixed_bytes) + paths.div_ceil(tiles.max(1) as u64) + sides
    }

    /// Zooms at which a tile may be too full, lowest first. Notes up to which zoom each feature comes into such tiles.
    pub(super) fn crowded(&mut self, limits: Limits) -> Vec<u8> {
        let (min_zoom, max_zoom, budget_bytes) = (limits.min_zoom, limits.max_zoom.min(MAX_ZOOM), limits.bytes);
        // Limits may name no zoom at all: then there is nothing to be too full.
        let first = self.first_uncertain(budget_bytes).min(max_zoom + 1).max(min_zoom);
        let mut crowded: Vec<u8> = (min_zoom..first).collect();
        self.all.iter_mut().for_each(|one| one.near_below = first);
        let mut near: Vec<u32> = (0u32..).zip(&self.all).map(|(place, _)| place).collect();
        // Tiles within which one may be too full: a tile shows nothing that the tile around it does not.
        let mut around: Option<ByTile<()>> = None;
        for zoom in first..=max_zoom {
            let demands = parts::each(&near, self.threads, |stretch| self.demand(stretch, zoom, around.as_ref()));
            near.clear();
            let tiles = demands.into_iter().map(|(still_near, tiles)| {
                near.extend(still_near);
                tiles
            });
            let tiles = merged(tiles, |sums, more| *sums = [sums[0] + more[0], sums[1] + more[1]]);
            if tiles.values().any(|sums| sums[0] > budget_bytes) {
                crowded.push(zoom);
            }
            for &place in &near {
                if let Some(one) = self.all.get_mut(place as usize) {
                    one.near_below = zoom + 1;
                }
            }
            around = Some(tiles.into_iter().filter(|(_, sums)| sums[1] > budget_bytes).map(|(tile, _)| (tile, ())).collect());
        }
        crowded
    }

    /// The lowest zoom of which it is not known at once that a tile is too full: what all features take at the least does not fit into all
    /// the tiles there are.
    fn first_uncertain(&self, budget_bytes: u64) -> u8 {
        let Some(bounds) = self.all.iter().map(|one| one.outline.bounds).reduce(StoredBox::union) else { return 0 };
        let bytes: u64 = self.all.iter().map(|one| u64::from(one.fixed_bytes)).sum();
        let is_certain = |zoom: &u8| tiles_around(bounds, *zoom).is_some_and(|tiles| tiles * budget_bytes < bytes);
        (0..MAX_ZOOM).find(|zoom| !is_certain(zoom)).unwrap_or(MAX_ZOOM)
    }

    /// Those of some features that come into tiles of a zoom that may be too full.
    pub(super) fn near(&self, places: &[u32], zoom: u8) -> Vec<u32> {
        let is_near = |place: &u32| self.all.get(*place as usize).is_some_and(|one| zoom < one.near_below);
        places.iter().copied().filter(is_near).collect()
    }

    /// Which of some features come into tiles of a zoom that lie within those named, and what each of these tiles holds: now, and what it
    /// or a tile within it holds at most at any higher zoom.
    fn demand(&self, places: &[u32], zoom: u8, around: Option<&ByTile<()>>) -> (Vec<u32>, ByTile<[u64; 2]>) {
        let (mut tiles, mut reach): (ByTile<[u64; 2]>, Reach) = Default::default();
        let mut is_near = |one: &Candidate| {
            let Some(reached) = self.reached(one, zoom, &mut reach) else { return false };
            let now = self.bytes(one, zoom, reached.len());
            let at_most = self.bytes(one, MAX_ZOOM, reached.len() / CROWDING) + SIDES_BYTES;
            let watched = |tile: &&u64| around.is_none_or(|around| around.contains_key(&parent(**tile)));
            let mut is_near = false;
            for tile in reached.iter().filter(watched) {
                let sums = tiles.entry(*tile).or_default();
                *sums = [sums[0] + now, sums[1] + at_most];
                is_near = true;
            }
            is_near
        };
        let near = places.iter().copied().filter(|&place| self.all.get(place as usize).is_some_and(&mut is_near)).collect();
        (near, tiles)
    }
}

/// Those of some features that have a place, and the vertices of those with paths up to each zoom.
fn found(scene: &Scene, features: &[(u32, Weight)]) -> (Vec<Candidate>, Vec<[u32; ZOOMS]>) {
    let (mut all, mut needed) = (Vec::with_capacity(features.len()), Vec::new());
    for &(feature, weight) in features {
        let Some(prepared) = scene.get(feature) else { continue };
        let Some(outline) = Outline::of(prepared) else { continue };
        let (points, vertices) = vertices(prepared);
        let row = match vertices[ZOOMS - 1] {
            0 => POINTS,
            _ => u32::try_from(needed.len()).unwrap_or(POINTS),
        };
        if row != POINTS {
            needed.push(vertices);
        }
        let fixed_bytes = weight.attribute_bytes.saturating_add(FEATURE_BYTES).saturating_add(points.saturating_mul(POINT_BYTES));
        all.push(Candidate { feature, outline, fixed_bytes, row, near_below: 0 });
    }
    (all, needed)
}

/// How many points there are, and how many vertices of paths each zoom needs.
fn vertices(prepared: Prepared<'_>) -> (u32, [u32; ZOOMS]) {
    let (mut points, mut needed) = (0u32, [0u32; ZOOMS]);
    let mut count = |path: Path<'_>| {
        let ranks = path.levels().next_back().map_or(&[][..], |level| level.ranks);
        ranks.iter().for_each(|rank| needed[usize::from(*rank).min(ZOOMS - 1)] += 1);
    };
    for shape in prepared.shapes() {
        match shape {
            Shape::Points(all) => points = points.saturating_add(u32::try_from(all.len()).unwrap_or(u32::MAX)),
            Shape::Lines(paths) => paths.iter().for_each(&mut count),
            Shape::Polygons(polygons) => polygons.iter().flat_map(Paths::iter).for_each(&mut count),
        }
    }
    for zoom in 1..ZOOMS {
        needed[zoom] += needed[zoom - 1];
    }
    (points, needed)
}

/// A number whose order is that of `f64::total_cmp`.
pub(super) fn total_order(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}
