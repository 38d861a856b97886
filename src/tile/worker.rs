//! What a thread that makes tiles keeps from one to the next.

use roadblock_tiles::cut::Scratch;
use roadblock_tiles::mvt::Tables;
use roadblock_tiles::raster::Canvas;

/// Buffers, so that a tile allocates little.
#[derive(Default)]
pub struct Worker {
    /// Buffers of the cutter.
    pub scratch: Scratch,
    /// Tables of the vector tile writer.
    pub tables: Tables,
    /// Buffers of the painter.
    pub canvas: Canvas,
    /// Feature numbers of the query under way.
    pub hits: Vec<u32>,
    /// Where these features lie, and which of them is there.
    pub slots: Vec<(u32, u32)>,
}
