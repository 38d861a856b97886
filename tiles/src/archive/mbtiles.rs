//! MBTiles 1.3: an SQLite file with a table or view `tiles` and a table `metadata`. Rows count from the south.

mod reader;
mod writer;

pub(super) use reader::Reader;
pub(super) use writer::Writer;

use crate::grid::TileCoord;

/// The row as MBTiles counts it.
fn row_from_south(coord: TileCoord) -> u32 {
    ((1u64 << coord.z()) as u32 - 1) - coord.y()
}
