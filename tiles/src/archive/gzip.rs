//! gzip within archives: the same bytes for the same content each time, and never more out than a bound. Some writers use zlib instead.

use super::ArchiveError;
use flate2::Compression;
use flate2::read::{GzDecoder, ZlibDecoder};
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
    bounded(GzDecoder::new(packed), most, what)
}

/// Whether some bytes begin as zlib does (RFC 1950, 2.2: deflate, and a check of the first two bytes).
pub(super) fn is_zlib(bytes: &[u8]) -> bool {
    matches!(*bytes, [first @ 0x78, second, ..] if u16::from_be_bytes([first, second]) % 31 == 0)
}

/// The same as `unpack` of zlib.
pub(super) fn unpack_zlib(packed: &[u8], most: usize, what: &str) -> Result<Vec<u8>, ArchiveError> {
    bounded(ZlibDecoder::new(packed), most, what)
}

fn bounded(unpacked: impl Read, most: usize, what: &str) -> Result<Vec<u8>, ArchiveError> {
    let mut plain = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    unpacked
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(|error| ArchiveError::Broken(format!("{what} cannot be unpacked: {error}")))?;
    if plain.len() > most {
        return Err(ArchiveError::Broken(format!("{what} unpacks to more than {most} bytes")));
    }
    Ok(plain)
}
