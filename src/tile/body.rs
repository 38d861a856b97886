//! A finished tile body: what the bytes are (format), how they are compressed (encoding), and their validator.

use axum::http::HeaderValue;
use bytes::Bytes;
use std::io::{Read, Write};

/// What the bytes of a tile are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Mapbox Vector Tile 2.1.
    Mvt,
    /// MapLibre Tile, version 1.
    Mlt,
    /// An image of 256 pixels a side times this ratio: 1, or 2 for dense screens.
    Picture(PictureFormat, u16),
}

/// What an image is encoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureFormat {
    /// PNG, with a palette where that is exact.
    Png,
    /// Lossless WebP.
    Webp,
    /// JPEG, which is never see-through.
    Jpeg,
}

impl PictureFormat {
    /// Media type of the body.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Webp => "image/webp",
            Self::Jpeg => "image/jpeg",
        }
    }
}

impl Format {
    /// Media type of the body.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mvt => "application/vnd.mapbox-vector-tile",
            Self::Mlt => "application/vnd.maplibre-tile",
            Self::Picture(picture, _) => picture.media_type(),
        }
    }

    /// Whether compressing the body again makes it smaller; images are compressed already.
    pub fn compresses(self) -> bool {
        matches!(self, Self::Mvt | Self::Mlt)
    }
}

/// How a body is compressed for the way (HTTP content coding).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is.
    Identity,
    /// RFC 1952.
    Gzip,
    /// RFC 7932.
    Brotli,
    /// RFC 8878.
    Zstd,
}

/// Level 2 of 9, because whoever asks first waits for it: 7 ms for a tile of 554 KB that takes 28 ms to make.
const GZIP_LEVEL: u32 = 2;
/// Quality 2 of 11, for the same reason: 8 ms and half a percent smaller than gzip.
const BROTLI_QUALITY: i32 = 2;
/// The lowest ordinary level: 3 ms and a percent larger than gzip.
const ZSTD_LEVEL: i32 = 1;

/// Bytes that brotli hands over at a time.
const BROTLI_BUFFER_BYTES: usize = 4 << 10;
/// Bytes unpacked at a time.
const UNPACK_BUFFER: usize = 32 << 10;
/// A stranger's body may ask for 8 MiB to look back into, as RFC 8878 recommends.
const ZSTD_WINDOW_LOG: u32 = 23;

impl Encoding {
    /// Token of the `Content-Encoding` header; `None` for identity.
    pub fn token(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// Compresses a body. Writing to memory does not fail.
    pub fn compress(self, plain: &[u8]) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(plain.to_vec()),
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL));
                encoder.write_all(plain)?;
                encoder.finish()
            }
            Self::Brotli => {
                let params = brotli::enc::BrotliEncoderParams { quality: BROTLI_QUALITY, ..Default::default() };
                let mut encoder = brotli::CompressorWriter::with_params(Vec::new(), BROTLI_BUFFER_BYTES, &params);
                encoder.write_all(plain)?;
                Ok(encoder.into_inner())
            }
            Self::Zstd => zstd::bulk::compress(plain, ZSTD_LEVEL),
        }
    }

    /// Unpacks a body that somebody else packed, to at most `most` bytes; more is an error.
    pub fn unpack(self, packed: &[u8], most: usize) -> std::io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        match self {
            Self::Identity => packed.take(limit).read_to_end(&mut plain)?,
            Self::Gzip => flate2::read::GzDecoder::new(packed).take(limit).read_to_end(&mut plain)?,
            Self::Brotli => brotli::Decompressor::new(packed, UNPACK_BUFFER).take(limit).read_to_end(&mut plain)?,
            Self::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::new(packed)?;
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                decoder.take(limit).read_to_end(&mut plain)?
            }
        };
        if plain.len() > most {
            return Err(std::io::Error::other(format!("it unpacks to more than {most} bytes")));
        }
        Ok(plain)
    }
}

/// A body ready to be sent, shared by all who asked for it.
#[derive(Debug, Clone)]
pub struct Tile {
    /// The encoded bytes; empty for an empty vector tile.
    pub bytes: Bytes,
    /// Strong validator of exactly these bytes, quotes included.
    pub etag: HeaderValue,
    /// How `bytes` are compressed.
    pub encoding: Encoding,
}

impl Tile {
    /// Seals a plain body under an encoding. If compression fails the body goes out plain.
    pub fn seal(plain: Vec<u8>, encoding: Encoding) -> Self {
        let digest = digest(&plain);
        let (bytes, encoding) = match encoding {
            Encoding::Identity => (plain, Encoding::Identity),
            _ if plain.is_empty() => (plain, Encoding::Identity),
            _ => match encoding.compress(&plain) {
                Ok(bytes) => (bytes, encoding),
                Err(error) => {
                    tracing::error!(%error, ?encoding, "compression failed, tile sent plain");
                    (plain, Encoding::Identity)
                }
            },
        };
        Self::tagged(bytes, digest, encoding)
    }

    /// A body that was packed before, by whomever: its tag is of the packed bytes.
    pub fn packed(bytes: Vec<u8>, encoding: Encoding) -> Self {
        let digest = digest(&bytes);
        Self::tagged(bytes, digest, encoding)
    }

    fn tagged(mut bytes: Vec<u8>, digest: u128, encoding: Encoding) -> Self {
        // The cache counts bytes, not what was set aside for more of them.
        bytes.shrink_to_fit();
        let suffix = encoding.token().map(|token| format!("-{token}")).unwrap_or_default();
        // Hexadecimal digits and a token: always a header's value.
        let etag = HeaderValue::try_from(format!("\"{digest:032x}{suffix}\"")).unwrap_or(HeaderValue::from_static(""));
        Self { bytes: bytes.into(), etag, encoding }
    }
}

/// 128-bit digest of a body. Not secret: it guards against mix-ups, not forgery.
fn digest(bytes: &[u8]) -> u128 {
    xxhash_rust::xxh3::xxh3_128(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_body_holds_no_more_memory_than_it_counts() {
        for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Brotli, Encoding::Zstd] {
            let mut body = Vec::with_capacity(1 << 16);
            body.extend((0..20_000u32).flat_map(u32::to_le_bytes).take(30_000));
            let tile = Tile::seal(body, encoding);
            let length = tile.bytes.len();
            assert_eq!(Vec::from(tile.bytes).capacity(), length, "{encoding:?}");
        }
    }

    #[test]
    fn every_encoding_has_its_own_strong_etag_for_the_same_body() {
        let body = b"the same body, the same body, the same body".to_vec();
        let tags: std::collections::BTreeSet<Vec<u8>> = [Encoding::Identity, Encoding::Gzip, Encoding::Brotli, Encoding::Zstd]
            .into_iter()
            .map(|encoding| Tile::seal(body.clone(), encoding).etag.as_bytes().to_vec())
            .collect();
        assert_eq!(tags.len(), 4);
        assert!(tags.iter().all(|tag| tag.starts_with(b"\"")));
    }

    #[test]
    fn an_empty_body_is_never_compressed() {
        let tile = Tile::seal(Vec::new(), Encoding::Gzip);
        assert!(tile.bytes.is_empty());
        assert_eq!(tile.encoding, Encoding::Identity);
    }

    #[test]
    fn gzip_gives_the_body_back() {
        let body = vec![7u8; 10_000];
        let tile = Tile::seal(body.clone(), Encoding::Gzip);
        let mut plain = Vec::new();
        std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&tile.bytes[..]), &mut plain).unwrap();
        assert_eq!(plain, body);
        assert!(tile.bytes.len() < 200);
    }
}
