//! A GeoPackage that came as bytes. SQLite reads files, so it is put into one that nobody but its owner reads, and that is gone as soon as it is
//! open: however reading it ends, nothing is left behind.

use roadblock_layers::source::{Package, SourceError};
use std::io::{self, Write};
use tempfile::NamedTempFile;

/// Opens the package; what is wrong with it is found when it is read.
///
/// # Errors
/// When the file cannot be made, such as for want of room; within, when SQLite cannot open it.
pub fn package(bytes: &[u8]) -> io::Result<Result<Package, SourceError>> {
    let mut file = NamedTempFile::with_prefix("roadblock-")?;
    file.write_all(bytes)?;
    Ok(Package::open_copy(file.path()))
}
