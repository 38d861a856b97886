//! Which features show from which zoom, so that no tile outgrows its budget: the least important go first.
//!
//! In: a scene, and for each feature what it costs beside its geometry and how much it matters. Out: a rank for each, the zoom from which
//! it shows, and how many each tile leaves out. Worked out once for the whole layer: a feature goes from every tile it shows in or from
//! none, so that both sides of a tile's edge agree, and what shows at a zoom shows at every higher one. Order in the file plays no part.

mod candidates;
mod left_out;
mod lists;
mod reach;
mod shown;

pub use left_out::LeftOut;
pub use lists::BudgetLists;

use crate::cut::Purpose;
use crate::grid::TileCoord;
use crate::scene::Scene;
use candidates::{Candidates, Reached};
use shown::coord;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Features whose tiles are found together before they are filled one after the other: more would take memory and no less time.
const AT_ONCE: usize = 1 << 17;

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
    /// Lowest zoom with tiles.
    pub min_zoom: u8,
    /// Highest zoom with tiles.
    pub max_zoom: u8,
    /// Of a layer in one tile.
    pub bytes: u64,
    /// Whether tiles leave out vertices that their zoom does not show.
    pub is_simplified: bool,
    /// On how many threads it is shared out.
    pub threads: usize,
}

/// A budget shared out.
#[derive(Debug, Clone, Default)]
pub struct Shared {
    /// For each feature the lowest zoom at which it shows; empty if nothing is shared out.
    pub ranks: Vec<u8>,
    /// What follows for tiles.
    pub budget: Budget,
}

/// How many features tiles leave out.
#[derive(Debug, Clone, Default)]
pub struct Budget {
    left_out: HashMap<TileCoord, LeftOut>,
    totals: Vec<LeftOut>,
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

impl Budget {
    /// Shares out the bytes of each tile. `O(n log n)`, and a pass for each zoom at which a tile may be too full.
    pub fn share(scene: &Scene, weights: &[Weight], limits: Limits) -> Shared {
        let mut candidates = Candidates::new(scene, weights, limits);
        let crowded = candidates.crowded(limits);
        let (mut by_feature, mut budget) = (vec![0; weights.len()], Self::default());
        let Some(&highest) = crowded.last() else { return Shared { ranks: by_feature, budget } };
        let candidates = candidates.by_importance(weights);
        let mut shown: Vec<u32> = (0u32..).zip(&candidates.all).map(|(place, _)| place).collect();
        let mut ranks = vec![0; candidates.all.len()];
        // From the highest zoom down, so that what a zoom leaves out is left out below it too.
        for &zoom in crowded.iter().rev() {
            // Who shows only in tiles that are never too full shows.
            fill(zoom, &candidates, &mut ranks, &candidates.near(&shown, zoom), limits.bytes);
            shown.retain(|&place| ranks[place as usize] <= zoom);
        }
        let (candidates, ranks) = candidates.in_order_of_scene(&ranks, weights.len());
        budget.totals.resize(limits.min_zoom.into(), LeftOut::default());
        for zoom in limits.min_zoom..=highest {
            let (tiles, total) = candidates.left_out(zoom, &ranks, Purpose::of_vector(limits.is_simplified));
            budget.totals.push(total);
            budget.left_out.extend(tiles.into_iter().filter_map(|(tile, left_out)| Some((coord(tile, zoom)?, left_out))));
        }
        while budget.totals.last() == Some(&LeftOut::default()) {
            budget.totals.pop();
        }
        candidates.all.iter().zip(ranks).for_each(|(one, rank)| by_feature[one.feature as usize] = rank);
        Shared { ranks: by_feature, budget }
    }
}

/// Lets the features at some places, those that matter most first, into the tiles of a zoom until one they touch is full; those that stay out are ranked above the zoom.
fn fill(zoom: u8, candidates: &Candidates<'_>, ranks: &mut [u8], places: &[u32], budget_bytes: u64) {
    let mut tiles: ByTile<Filling> = ByTile::default();
    for places in places.chunks(AT_ONCE) {
        let reached = candidates.reached_from(places, zoom);
        for (place, bytes, reached) in reached.iter().flat_map(Reached::iter) {
            let mut fits = true;
            for tile in reached {
                let filling = tiles.entry(*tile).or_default();
                // The most important feature of a tile goes in whatever it costs.
                filling.is_full |= filling.bytes > 0 && filling.bytes + bytes > budget_bytes;
                fits &= !filling.is_full;
            }
            match fits {
                true => reached.iter().for_each(|tile| tiles.entry(*tile).or_default().bytes += bytes),
                false => ranks[place as usize] = zoom + 1,
            }
        }
    }
}

/// Several maps as one, in which what they hold of the same tile is added up.
fn merged<T: Copy>(maps: impl Iterator<Item = ByTile<T>>, add: impl Fn(&mut T, T)) -> ByTile<T> {
    let mut all = ByTile::default();
    for map in maps {
        if all.is_empty() {
            all = map;
            continue;
        }
        for (tile, more) in map {
            all.entry(tile).and_modify(|sum| add(sum, more)).or_insert(more);
        }
    }
    all
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
