//! From what others write to drafts: foreign files to the files that ship, byte for byte the same each time, and features that are sent.

pub mod basemap;
pub mod feature;
pub mod mali;

mod cells;
