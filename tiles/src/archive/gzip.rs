//! gzip within archives: the same bytes for the same content each time, and never more out than a bound.

use super::ArchiveError;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use std::io::{Read, Write};

/// Of 9: what is written once and read often may take longer than what somebody waits for.
const LEVEL: u32 = 6;

/// Compresses; no name and no time enter, so equal content gives equal bytes.
pub(super) fn compress(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(plain.len() / 2 + 64), Compression::new(LEVEL));
    encoder.write_all(plain)?;
    encoder.finish()
}

/// Unpacks `what` to at most `most` bytes; more than that, and what is no gzip, is refused.
pub(super) fn unpack(packed: &[u8], most: usize, what: &str) -> Result<Vec<u8>, ArchiveError> {
    let mut plain = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    GzDecoder::new(packed)
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|error| ArchiveError::Broken(format!("{what} cannot be unpacked: {error}")))?;
    if plain.len() > most {
        return Err(ArchiveError::Broken(format!("{what} unpacks to more than {most} bytes")));
    }
    Ok(plain)
}
