//! PMTiles 3: a header, directories that say where each tile is, a document, and the tiles.
//!
//! The public specification: protomaps/PMTiles, spec/v3. Numbers are little-endian; tiles are numbered along a Hilbert curve.

mod directory;
mod header;
mod reader;
mod writer;

pub(super) use reader::Reader;
pub(super) use writer::Writer;

/// The header and the root directory lie within the first bytes, so that a client reads both at once.
const FIRST_READ: u64 = 16 << 10;
