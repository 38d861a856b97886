//! What is measured: a file of features over West Africa, and the tiles in which they lie.
//!
//! The mix of `mix.rs`, unless `ROADBLOCK_BENCH_FILE` names a file.

pub(crate) mod mix;

use geo::CoordsIter;
use roadblock_layers::layer::Layer;
use roadblock_tiles::grid::{TileCoord, project};
use std::collections::HashMap;
use std::path::PathBuf;

const FULLEST: usize = 32;
const RANDOM: usize = 32;

/// The file to measure.
pub(crate) fn file(count: u32) -> PathBuf {
    if let Some(named) = std::env::var_os("ROADBLOCK_BENCH_FILE") {
        return named.into();
    }
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("mix-{count}.geojsonl"));
    if !path.exists() {
        mix::write(count, &path).unwrap();
    }
    path
}

/// The fullest tiles of a zoom, then random others that hold a feature's first vertex.
pub(crate) fn tiles(layer: &Layer, zoom: u8) -> Vec<TileCoord> {
    let mut full: HashMap<TileCoord, usize> = HashMap::new();
    for first in layer.features().filter_map(|(_, feature)| feature.geometry()?.coords_iter().next()) {
        let [x, y] = project(first.x, first.y).map(|steps| u32::try_from(steps >> (32 - zoom)).unwrap());
        *full.entry(TileCoord::new(zoom, x, y).unwrap()).or_default() += 1;
    }
    let mut tiles: Vec<(TileCoord, usize)> = full.into_iter().collect();
    tiles.sort_unstable_by_key(|&(tile, count)| (std::cmp::Reverse(count), tile));
    let mut rest = tiles.split_off(tiles.len().min(FULLEST));
    let mut random = mix::Random(23);
    while tiles.len() < FULLEST + RANDOM && !rest.is_empty() {
        tiles.push(rest.swap_remove(random.below(rest.len())));
    }
    tiles.into_iter().map(|(tile, _)| tile).collect()
}
