//! From foreign files to the files that ship: each importer is repeatable, byte for byte.

pub mod basemap;
pub mod mali;

mod cells;
