//! Which features show from which zoom, so that no tile outgrows its budget: the least important go first.
//!
//! In: a scene, and for each feature what it costs beside its geometry and how much it matters. Out: a rank for each, the zoom from which
//! it shows, and how many each tile leaves out. Worked out once for the whole layer: a feature goes from every tile it touches or from
//! none, so that both sides of a tile's edge agree, and what shows at a zoom shows at every higher one. Order in the file plays no part.

use crate::grid::{EXTENT, MAX_ZOOM, TileCoord};
use crate::scene::{GridBox, Path, Paths, Prepared, Scene, Shape, StoredBox};
use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::RangeInclusive;

/// Bytes of a feature in a tile beside attributes and vertices: id, kind, commands, framing.
const FEATURE_BYTES: u32 = 16;
/// Bytes of a vertex in a tile: two small differences.
const VERTEX_BYTES: u32 = 4;
/// What a tile shows beyond its edge, in tile units.
const BUFFER_UNITS: i64 = 64;
/// A feature that touches more tiles than this at a zoom is large enough to stay, and too large to be counted in each.
const MOST_TILES: u64 = 64;
/// How many times more than its fair share of a feature's vertices a tile may hold: vertices crowd where a path winds.
const CROWDING: u64 = 4;
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

/// Who shows from when.
#[derive(Debug, Default)]
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

/// Features that have a place, those that matter most first, and what each zoom needs of them.
#[derive(Default)]
struct Candidates {
    all: Vec<Candidate>,
    /// Vertices of a feature with paths up to each zoom.
    vertices: Vec<[u32; ZOOMS]>,
}

impl Budget {
    /// Shares out `budget_bytes` a tile. `O(n log n)`, and a pass for each zoom at which a tile may be too full.
    pub fn share(scene: &Scene, weights: &[Weight], budget_bytes: u64) -> Self {
        let candidates = Candidates::by_importance(scene, weights);
        let crowded: Vec<u8> = candidates.crowded(budget_bytes);
        let mut budget = Self { ranks: vec![0; weights.len()], ..Self::default() };
        // From the highest zoom down, so that what a zoom leaves out is left out below it too.
        for &zoom in crowded.iter().rev() {
            budget.fill(zoom, &candidates, budget_bytes);
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

    /// Lets features into the tiles of a zoom until one they touch is full; those that stay out are ranked above the zoom.
    fn fill(&mut self, zoom: u8, candidates: &Candidates, budget_bytes: u64) {
        let mut tiles: ByTile<Filling> = ByTile::default();
        for one in &candidates.all {
            let Some(rank) = self.ranks.get_mut(one.feature as usize).filter(|rank| **rank <= zoom) else { continue };
            let Some(touched) = Touched::of(one.bounds, zoom) else { continue };
            let bytes = candidates.bytes(one, zoom, touched.count());
            let mut fits = true;
            for tile in touched.keys() {
                let filling = tiles.entry(tile).or_default();
                // The most important feature of a tile goes in whatever it costs.
                filling.is_full |= filling.bytes > 0 && filling.bytes + bytes > budget_bytes;
                fits &= !filling.is_full;
            }
            match fits {
                true => touched.keys().for_each(|tile| tiles.entry(tile).or_default().bytes += bytes),
                false => *rank = zoom + 1,
            }
        }
    }

    fn count(&mut self, highest: u8, candidates: &Candidates) {
        self.totals = vec![0; usize::from(highest) + 1];
        for one in &candidates.all {
            let rank = self.ranks.get(one.feature as usize).copied().unwrap_or(0);
            for zoom in 0..rank.min(highest + 1) {
                self.totals[usize::from(zoom)] += 1;
                let tiles =
                    Touched::of(one.bounds, zoom).into_iter().flat_map(|touched| touched.coords(zoom).collect::<Vec<_>>());
                tiles.for_each(|coord| *self.left_out.entry(coord).or_default() += 1);
            }
        }
        while self.totals.last() == Some(&0) {
            self.totals.pop();
        }
    }
}

impl Candidates {
    fn by_importance(scene: &Scene, weights: &[Weight]) -> Self {
        let mut candidates = Self::default();
        for (feature, weight) in (0u32..).zip(weights) {
            let Some(prepared) = scene.get(feature) else { continue };
            let Some(bounds) = bounds(prepared) else { continue };
            let (points, vertices) = vertices(prepared);
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
        candidates.all.sort_by_cached_key(|one| {
            let (weight, [width, height]) = (&weights[one.feature as usize], one.bounds.extent());
            (Reverse(width.max(height)), Reverse(total_order(weight.importance)), weight.tie)
        });
        candidates
    }

    /// Bytes of a feature in each of the tiles it touches; its vertices are shared out among them.
    fn bytes(&self, one: &Candidate, zoom: u8, tiles: u64) -> u64 {
        let vertices = self.vertices.get(one.row as usize).map_or(0, |vertices| vertices[usize::from(zoom)]);
        u64::from(one.fixed_bytes) + (u64::from(vertices) * u64::from(VERTEX_BYTES)).div_ceil(tiles.max(1))
    }

    /// Zooms at which a tile may be too full, lowest first.
    fn crowded(&self, budget_bytes: u64) -> Vec<u8> {
        let mut crowded = Vec::new();
        for zoom in 0..=MAX_ZOOM {
            // What a tile holds now, and what it or a tile within it holds at most at any higher zoom.
            let mut tiles: ByTile<[u64; 2]> = ByTile::default();
            for one in &self.all {
                let Some(touched) = Touched::of(one.bounds, zoom) else { continue };
                let now = self.bytes(one, zoom, touched.count());
                let at_most = self.bytes(one, MAX_ZOOM, touched.count() / CROWDING);
                for tile in touched.keys() {
                    let sums = tiles.entry(tile).or_default();
                    *sums = [sums[0] + now, sums[1] + at_most];
                }
            }
            let over = |which: usize| tiles.values().any(|sums| sums[which] > budget_bytes);
            if over(0) {
                crowded.push(zoom);
            }
            if !over(1) {
                break;
            }
        }
        crowded
    }
}

/// The tiles of a zoom that a box touches, buffers included.
struct Touched {
    columns: RangeInclusive<u32>,
    rows: RangeInclusive<u32>,
}

impl Touched {
    /// `None` if they are too many.
    fn of(bounds: StoredBox, zoom: u8) -> Option<Self> {
        let (shift, last) = (32 - u32::from(zoom), (1i64 << zoom) - 1);
        let buffer = (BUFFER_UNITS << shift) / i64::from(EXTENT);
        let GridBox { min, max } = bounds.on_grid();
        let column = |steps: i64| u32::try_from((steps >> shift).clamp(0, last)).unwrap_or(0);
        let range = |axis: usize| column(min[axis] - buffer)..=column(max[axis] + buffer);
        let touched = Self { columns: range(0), rows: range(1) };
        (touched.count() <= MOST_TILES).then_some(touched)
    }

    fn count(&self) -> u64 {
        let length = |range: &RangeInclusive<u32>| u64::from(range.end() - range.start()) + 1;
        length(&self.columns) * length(&self.rows)
    }

    fn keys(&self) -> impl Iterator<Item = u64> + use<> {
        let rows = self.rows.clone();
        self.columns.clone().flat_map(move |x| rows.clone().map(move |y| u64::from(x) << 32 | u64::from(y)))
    }

    fn coords(&self, zoom: u8) -> impl Iterator<Item = TileCoord> + use<> {
        let rows = self.rows.clone();
        let columns = self.columns.clone();
        columns.flat_map(move |x| rows.clone().filter_map(move |y| TileCoord::new(zoom, x, y).ok()))
    }
}

/// Box around all shapes.
fn bounds(prepared: Prepared<'_>) -> Option<StoredBox> {
    prepared
        .shapes()
        .flat_map(|shape| match shape {
            Shape::Points(points) => StoredBox::around(points).into_iter().collect::<Vec<_>>(),
            Shape::Lines(paths) => paths.stored_bounds().collect(),
            Shape::Polygons(polygons) => polygons.iter().flat_map(Paths::stored_bounds).collect(),
        })
        .reduce(StoredBox::union)
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
