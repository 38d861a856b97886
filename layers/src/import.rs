//! From what others write to drafts: foreign files to the files that ship, byte for byte the same each time, features that are
//! sent, and tables of others.

pub mod basemap;
pub mod feature;
pub mod mali;
pub mod mapping;
pub mod table;

mod cells;
