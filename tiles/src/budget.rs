//! Which features show from which zoom, so that no tile outgrows its budget: the least important go first.
//!
//! In: a scene, and for each feature what it costs beside its geometry and how much it matters. Out: a rank for each, the zoom from which
//! it shows, and how many each tile leaves out. Worked out once for the whole layer: a feature goes from every tile it shows in or from
//! none, so that both sides of a tile's edge agree, and what shows at a zoom shows at every higher one. Order in the file plays no part.

mod lists;
mod reach;

pub use lists::BudgetLists;

use crate::grid::{MAX_ZOOM, TileCoord};
use crate::morton;
use crate::scene::{Path, Paths, Prepared, Scene, Shape, StoredBox};
use reach::{Reach, column_and_row, parent};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

/// Bytes of a feature in a tile beside attributes and vertices: id, kind, commands, framing.
const FEATURE_BYTES: u32 = 16;
/// Bytes of a vertex in a tile: two small differences.
const VERTEX_BYTES: u32 = 4;
/// How many times more than its fair share of a feature's vertices a tile may hold: vertices crowd where a path winds.
const CROWDING: usize = 4;
const ZOOMS: usize = MAX_ZOOM as usize + 1;

/// What the budget must know of a feature beside its geometry.
#[derive(Debug, Clone, Copy)]
pub struct Weight {
    /// Bytes of its attributes in a tile.
    pub attribute_bytes: u32,
    /// Among features of one size the higher matters more.
    pub importance: f64,
    /// Decides between features alike in everything else; must not tell their order in the file.
    pub tie: u64,
}

/// What a budget is held to.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Highest zoom with tiles.
    pub max_zoom: u8,
    /// Of a layer in one tile.
    pub bytes: u64,
    /// Whether tiles leave out vertices that their zoom does not show.
    pub is_simplified: bool,
}

/// Who shows from when.
#[derive(Debug, Clone, Default)]
pub struct Budget {
    /// For each feature the lowest zoom at which it shows.
    pub ranks: Vec<u8>,
    left_out: HashMap<TileCoord, u32>,
    totals: Vec<u64>,
}

/// Tiles of one zoom by column and row.
type ByTile<T> = HashMap<u64, T, BuildHasherDefault<Mixed>>;

/// One tile while it is filled.
#[derive(Debug, Default)]
struct Filling {
    bytes: u64,
    /// Something that matters more found no room: nothing that matters less goes in.
    is_full: bool,
}

/// A feature that has a place.
struct Candidate {
    feature: u32,
    bounds: StoredBox,
    /// Bytes whatever the zoom.
    fixed_bytes: u32,
    /// Where its vertices are counted; `POINTS` for features without paths, which cost the same at every zoom.
    row: u32,
}

const POINTS: u32 = u32::MAX;

/// Features that have a place, and what each zoom needs of them.
struct Candidates<'a> {
    scene: &'a Scene,
    all: Vec<Candidate>,
    /// Vertices of a feature with paths up to each zoom.
    vertices: Vec<[u32; ZOOMS]>,
}

impl Budget {
    /// Shares out the bytes of each tile. `O(n log n)`, and a pass for each zoom at which a tile may be too full.
    pub fn share(scene: &Scene, weights: &[Weight], limits: Limits) -> Self {
        let mut candidates = Candidates::new(scene, weights, limits.is_simplified);
        let crowded: Vec<u8> = candidates.crowded(limits.max_zoom, limits.bytes);
        candidates.sort(weights);
        let mut budget = Self { ranks: vec![0; weights.len()], ..Self::default() };
        // From the highest zoom down, so that what a zoom leaves out is left out below it too.
        for &zoom in crowded.iter().rev() {
            budget.fill(zoom, &candidates, limits.bytes);
        }
        if let Some(&highest) = crowded.last() {
            budget.count(highest, &candidates);
        }
        budget
    }

    /// How many features that touch a tile it leaves out. Tiles that leave none out cost no memory.
    pub fn left_out(&self, coord: TileCoord) -> u32 {
        self.left_out.get(&coord).copied().unwrap_or(0)
    }

    /// How many features each zoom leaves out, from zoom 0 to the last that leaves any out.
    pub fn totals(&self) -> &[u64] {
        &self.totals
    }

    /// The same after some features were replaced by others, each with its rank: what they were left out of, or are, is counted. Nobody
    /// else is let in or left out for that.
    pub fn edited(self: &Arc<Self>, before: &[(Prepared<'_>, u8)], after: &[(Prepared<'_>, u8)]) -> Arc<Self> {
        if before.iter().chain(after).all(|(_, rank)| *rank == 0) {
            return Arc::clone(self);
        }
        let mut edited = Self::clone(self);
        before.iter().for_each(|(prepared, rank)| edited.recount(*prepared, *rank, |count| count.saturating_sub(1)));
        after.iter().for_each(|(prepared, rank)| edited.recount(*prepared, *rank, |count| count + 1));
        edited.left_out.retain(|_, count| *count > 0);
        Arc::new(edited)
    }

    /// Counts a feature anew wherever its rank leaves it out.
    fn recount(&mut self, prepared: Prepared<'_>, rank: u8, count: impl Fn(u64) -> u64) {
        let Some(bounds) = prepared.bounds() else { return };
        let mut reach = Reach::default();
        for (zoom, total) in (0..rank).zip(&mut self.totals) {
            *total = count(*total);
            for coord in coords(reach.of(prepared, bounds, zoom).unwrap_or_default(), zoom) {
                let left_out = self.left_out.entry(coord).or_default();
                *left_out = u32::try_from(count((*left_out).into())).unwrap_or(u32::MAX);
            }
        }
    }

    /// Lets features into the tiles of a zoom until one they touch is full; those that stay out are ranked above the zoom.
    fn fill(&mut self, zoom: u8, candidates: &Candidates<'_>, budget_bytes: u64) {
        let (mut tiles, mut reach): (ByTile<Filling>, Reach) = Default::default();
        for one in &candidates.all {
            let Some(rank) = self.ranks.get_mut(one.feature as usize).filter(|rank| **rank <= zoom) else { continue };
            let Some(reached) = candidates.reached(one, zoom, &mut reach) else { continue };
            let bytes = candidates.bytes(one, zoom, reached.len());
            let mut fits = true;
            for tile in reached {
                let filling = tiles.entry(*tile).or_default();
                // The most important feature of a tile goes in whatever it costs.
                filling.is_full |= filling.bytes > 0 && filling.bytes + bytes > budget_bytes;
                fits &= !filling.is_full;
            }
            match fits {
                true => reached.iter().for_each(|tile| tiles.entry(*tile).or_default().bytes += bytes),
                false => *rank = zoom + 1,
            }
        }
    }

    fn count(&mut self, highest: u8, candidates: &Candidates<'_>) {
        let mut reach = Reach::default();
        self.totals = vec![0; usize::from(highest) + 1];
        for one in &candidates.all {
            let rank = self.ranks.get(one.feature as usize).copied().unwrap_or(0);
            for zoom in 0..rank.min(highest + 1) {
                self.totals[usize::from(zoom)] += 1;
                let reached = candidates.reached(one, zoom, &mut reach).unwrap_or_default();
                coords(reached, zoom).for_each(|coord| *self.left_out.entry(coord).or_default() += 1);
            }
        }
        while self.totals.last() == Some(&0) {
            self.totals.pop();
        }
    }
}

impl<'a> Candidates<'a> {
    /// Along a curve, so that those in one tile stand together.
    fn new(scene: &'a Scene, weights: &[Weight], is_simplified: bool) -> Self {
        let mut candidates = Self { scene, all: Vec::new(), vertices: Vec::new() };
        for (feature, weight) in (0u32..).zip(weights) {
            let Some(prepared) = scene.get(feature) else { continue };
            let Some(bounds) = prepared.bounds() else { continue };
            let (points, mut vertices) = vertices(prepared);
            if !is_simplified {
                vertices = [vertices[ZOOMS - 1]; ZOOMS];
            }
            let row = match vertices[ZOOMS - 1] {
                0 => POINTS,
                _ => u32::try_from(candidates.vertices.len()).unwrap_or(POINTS),
            };
            if row != POINTS {
                candidates.vertices.push(vertices);
            }
            let fixed_bytes =
                weight.attribute_bytes.saturating_add(FEATURE_BYTES).saturating_add(points.saturating_mul(VERTEX_BYTES));
            candidates.all.push(Candidate { feature, bounds, fixed_bytes, row });
        }
        candidates.all.sort_by_cached_key(|one| morton::key(one.bounds.middle()));
        candidates
    }

    /// Those that matter most first.
    fn sort(&mut self, weights: &[Weight]) {
        self.all.sort_by_cached_key(|one| {
            let weight = &weights[one.feature as usize];
            let [width, height] = one.bounds.extent();
            (Reverse(width.max(height)), Reverse(total_order(weight.importance)), weight.tie)
        });
    }

    /// The tiles of a zoom in which a feature shows; `None` if it is too large to be counted in each.
    fn reached<'r>(&self, one: &Candidate, zoom: u8, reach: &'r mut Reach) -> Option<&'r [u64]> {
        reach.of(self.scene.get(one.feature)?, one.bounds, zoom)
    }

    /// Bytes of a feature in each of the tiles in which it shows; its vertices are shared out among them.
    fn bytes(&self, one: &Candidate, zoom: u8, tiles: usize) -> u64 {
        let vertices = self.vertices.get(one.row as usize).map_or(0, |vertices| vertices[usize::from(zoom)]);
        u64::from(one.fixed_bytes) + (u64::from(vertices) * u64::from(VERTEX_BYTES)).div_ceil(tiles.max(1) as u64)
    }

    /// Zooms at which a tile may be too full, lowest first.
    fn crowded(&self, max_zoom: u8, budget_bytes: u64) -> Vec<u8> {
        let (mut crowded, mut reach) = (Vec::new(), Reach::default());
        let mut near: Vec<&Candidate> = self.all.iter().collect();
        // Tiles within which one may be too full: a tile shows nothing that the tile around it does not.
        let mut around: Option<ByTile<()>> = None;
        for zoom in 0..=max_zoom.min(MAX_ZOOM) {
            // What a tile holds now, and what it or a tile within it holds at most at any higher zoom.
            let mut tiles: ByTile<[u64; 2]> = ByTile::default();
            near.retain(|one| {
                let Some(reached) = self.reached(one, zoom, &mut reach) else { return false };
                let now = self.bytes(one, zoom, reached.len());
                let at_most = self.bytes(one, MAX_ZOOM, reached.len() / CROWDING);
                let watched = |tile: &&u64| around.as_ref().is_none_or(|around| around.contains_key(&parent(**tile)));
                let mut is_near = false;
                for tile in reached.iter().filter(watched) {
                    let sums = tiles.entry(*tile).or_default();
                    *sums = [sums[0] + now, sums[1] + at_most];
                    is_near = true;
                }
                is_near
            });
            if tiles.values().any(|sums| sums[0] > budget_bytes) {
                crowded.push(zoom);
            }
            around = Some(tiles.into_iter().filter(|(_, sums)| sums[1] > budget_bytes).map(|(tile, _)| (tile, ())).collect());
        }
        crowded
    }
}

/// Tiles of a zoom as coordinates.
fn coords(tiles: &[u64], zoom: u8) -> impl Iterator<Item = TileCoord> {
    tiles.iter().map(|tile| column_and_row(*tile)).filter_map(move |[x, y]| TileCoord::new(zoom, x, y).ok())
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
fn total_order(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// Hashes the address of a tile: one multiplication (Fibonacci hashing, Knuth 6.4), since nobody chooses addresses to collide.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64((*byte).into()));
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
