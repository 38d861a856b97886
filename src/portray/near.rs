//! Which tiles may have tiles below them that show something: what an archive descends by.

use super::{Published, VECTOR_BUFFER, boxes_around};
use crate::style::Look;
use crate::tile::Worker;
use roadblock_layers::layer::Asked;
use roadblock_tiles::cut;
use roadblock_tiles::frame::Frame;
use roadblock_tiles::grid::TileCoord;
use roadblock_tiles::raster::Section;
use std::sync::Arc;

/// Whether any tile of `zoom` at or below `coord` may show one of the layers. No is certain; yes is not.
///
/// `look` when pictures are meant, which see further around a tile than vector tiles do.
pub fn near(
    layers: &[Arc<Published>],
    look: Option<&Look>,
    coord: TileCoord,
    zoom: u8,
    asked: &Asked,
    worker: &mut Worker,
) -> bool {
    // How far strokes reach changes with the zoom: what counts is that of the tiles that are looked for.
    let section = TileCoord::new(zoom, 0, 0).map_or(Section::tile(coord, 1), |any| Section::tile(any, 1));
    layers.iter().filter(|published| published.has_tiles_at(zoom)).any(|published| {
        let (name, is_clustered) = (published.layer.meta.name.as_str(), published.clusters.by_default);
        let buffer = look.map_or(VECTOR_BUFFER, |look| section.buffers(&look.named.style, name, is_clustered).furthest());
        let (boxes, frame) = (boxes_around(coord, buffer), Frame::new(coord, buffer));
        // Clusters count what a budget leaves out, too.
        let rank = if is_clustered { u8::MAX } else { zoom };
        published.layer.any(&boxes, rank, asked, |number| {
            let drawn = published.drawn.get(number);
            drawn.is_some_and(|drawn| cut::near(drawn.prepared, &frame, &mut worker.scratch))
        })
    })
}
