//! Compression of a body that is written piece by piece, so that a long answer never stands whole in memory.

use crate::tile::Encoding;
use flate2::write::GzEncoder;
use std::io::{Result, Write};

/// Level 4 of 9: features are mostly digits, which higher levels hardly shrink.
const GZIP_LEVEL: u32 = 4;
/// Quality 4 of 11, for the same reason.
const BROTLI_QUALITY: u32 = 4;
/// log2 of how far brotli looks back: more memory for each download buys little.
const BROTLI_WINDOW: u32 = 20;
/// Bytes that brotli gathers before it works.
const BROTLI_BUFFER_BYTES: usize = 4 << 10;
/// The library's own default.
const ZSTD_LEVEL: i32 = 3;

/// A compressor with what it has not handed over yet.
pub enum Compressor {
    /// None.
    Identity,
    /// RFC 1952.
    Gzip(GzEncoder<Vec<u8>>),
    /// RFC 7932.
    Brotli(Box<brotli::CompressorWriter<Vec<u8>>>),
    /// RFC 8878.
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Compressor {
    /// For an encoding.
    pub fn new(encoding: Encoding) -> Result<Self> {
        Ok(match encoding {
            Encoding::Identity => Self::Identity,
            Encoding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL))),
            Encoding::Brotli => {
                let encoder = brotli::CompressorWriter::new(Vec::new(), BROTLI_BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW);
                Self::Brotli(Box::new(encoder))
            }
            Encoding::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?),
        })
    }

    /// Takes the next piece in and hands over what is ready, perhaps nothing.
    pub fn push(&mut self, plain: Vec<u8>) -> Result<Vec<u8>> {
        match self {
            Self::Identity => return Ok(plain),
            Self::Gzip(encoder) => encoder.write_all(&plain)?,
            Self::Brotli(encoder) => encoder.write_all(&plain)?,
            Self::Zstd(encoder) => encoder.write_all(&plain)?,
        }
        Ok(std::mem::take(match self {
            Self::Identity => return Ok(Vec::new()),
            Self::Gzip(encoder) => encoder.get_mut(),
            Self::Brotli(encoder) => encoder.get_mut(),
            Self::Zstd(encoder) => encoder.get_mut(),
        }))
    }

    /// Hands over the rest.
    pub fn finish(self) -> Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(Vec::new()),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Brotli(encoder) => Ok(encoder.into_inner()),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn pieces_come_back_whole_in_every_encoding() {
        let pieces: Vec<Vec<u8>> = (0..50u8).map(|number| vec![b'a' + number % 7; 5000]).collect();
        for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Brotli, Encoding::Zstd] {
            let mut compressor = Compressor::new(encoding).unwrap();
            let mut packed: Vec<u8> = pieces.iter().flat_map(|piece| compressor.push(piece.clone()).unwrap()).collect();
            packed.extend(compressor.finish().unwrap());
            let mut plain = Vec::new();
            match encoding {
                Encoding::Identity => plain = packed,
                Encoding::Gzip => drop(flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut plain).unwrap()),
                Encoding::Brotli => brotli::BrotliDecompress(&mut &packed[..], &mut plain).unwrap(),
                Encoding::Zstd => plain = zstd::decode_all(&packed[..]).unwrap(),
            }
            assert_eq!(plain, pieces.concat(), "{encoding:?}");
        }
    }
}
