//! Compression of a body that is written piece by piece, so that a long answer never stands whole in memory.

use super::encoding::negotiate;
use super::screen;
use crate::tile::Encoding;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::write::GzEncoder;
use futures_util::TryStreamExt;
use futures_util::stream::try_unfold;
use std::io::{Error, Result, Write};

/// Bodies shorter than this grow when they are compressed, or hardly shrink.
const WORTH_BYTES: u64 = 32;
/// Bytes of a document that are packed at a time, when its client has taken those before.
const PIECE_BYTES: usize = 32 << 10;

/// Level 4 of 9 of gzip for features, which are mostly digits: higher levels hardly shrink them.
pub const DIGITS: u32 = 4;
/// Level 6 of 9 for documents, which are words.
const WORDS: u32 = 6;
/// Quality 4 of 11.
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
    /// For an encoding; of gzip, at this level.
    pub fn new(encoding: Encoding, gzip_level: u32) -> Result<Self> {
        Ok(match encoding {
            Encoding::Identity => Self::Identity,
            Encoding::Gzip => Self::Gzip(GzEncoder::new(Vec::new(), flate2::Compression::new(gzip_level))),
            Encoding::Brotli => {
                let encoder = brotli::CompressorWriter::new(Vec::new(), BROTLI_BUFFER_BYTES, BROTLI_QUALITY, BROTLI_WINDOW);
                Self::Brotli(Box::new(encoder))
            }
            Encoding::Zstd => Self::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?),
        })
    }

    /// Takes the next piece in and hands over what is ready, perhaps nothing.
    pub fn push(&mut self, plain: impl AsRef<[u8]> + Into<Vec<u8>>) -> Result<Vec<u8>> {
        let bytes = plain.as_ref();
        let ready = match self {
            Self::Identity => return Ok(plain.into()),
            Self::Gzip(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_mut()
            }
            Self::Brotli(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_mut()
            }
            Self::Zstd(encoder) => {
                encoder.write_all(bytes)?;
                encoder.get_mut()
            }
        };
        Ok(std::mem::take(ready))
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

/// Compresses the document that comes back, if it is worth it and in the encoding the client prefers. A client that accepts none at all is
/// refused before anything is made for it.
pub async fn packed(request: Request, next: Next) -> Response {
    let Some(encoding) = negotiate(request.headers()) else { return screen::refusing_everything().into_response() };
    let mut response = next.run(request).await;
    if !shrinks(&response) {
        return response;
    }
    vary(response.headers_mut());
    let Some(token) = encoding.token() else { return response };
    let compressor = match Compressor::new(encoding, WORDS) {
        Ok(compressor) => compressor,
        Err(error) => {
            tracing::error!(%error, "an answer cannot be compressed, and goes as it is");
            return response;
        }
    };
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
    response.map(|body| pack(body, compressor))
}

/// Whether compression makes an answer smaller: not what is packed already or hardly there, nor a part of something. And not a stream of events:
/// each must arrive when it happens, and the compressor keeps back what it has not filled a block with.
fn shrinks(response: &Response) -> bool {
    let headers = response.headers();
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let left = headers.contains_key(header::CONTENT_ENCODING)
        || headers.contains_key(header::CONTENT_RANGE)
        || media_type.starts_with("text/event-stream")
        || media_type.starts_with("image/") && !media_type.starts_with("image/svg+xml");
    !left && response.body().size_hint().exact().is_none_or(|bytes| bytes >= WORTH_BYTES)
}

/// Says that the answer depends on `Accept-Encoding`, once.
fn vary(headers: &mut HeaderMap) {
    let named = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.to_ascii_lowercase().contains("accept-encoding"));
    if !headers.get_all(header::VARY).iter().any(named) {
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
}

/// The body, packed piece by piece as its client takes it.
fn pack(body: Body, compressor: Compressor) -> Body {
    let chunks = body.into_data_stream().map_err(Error::other);
    let begun = (chunks, Bytes::new(), Some(compressor));
    Body::from_stream(try_unfold(begun, |(mut chunks, mut plain, mut compressor)| async move {
        while let Some(mut packing) = compressor.take() {
            if plain.is_empty() {
                plain = match chunks.try_next().await? {
                    Some(chunk) => chunk,
                    None => return Ok(Some((packing.finish()?.into(), (chunks, plain, None)))),
                };
            }
            let piece = plain.split_to(plain.len().min(PIECE_BYTES));
            let packed = packing.push(piece)?;
            compressor = Some(packing);
            if !packed.is_empty() {
                return Ok::<_, Error>(Some((Bytes::from(packed), (chunks, plain, compressor))));
            }
        }
        Ok(None)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sample::{Answer, ask};
    use axum::routing::get;
    use axum::{Router, middleware};
    use futures_util::stream;
    use std::io::Read;

    const LONG: &str = "Which corridor is passable, what closes it, who says so, and since when?";

    fn unpacked(encoding: Encoding, packed: &[u8]) -> Vec<u8> {
        let mut plain = Vec::new();
        match encoding {
            Encoding::Identity => plain.extend_from_slice(packed),
            Encoding::Gzip => drop(flate2::read::GzDecoder::new(packed).read_to_end(&mut plain).unwrap()),
            Encoding::Brotli => brotli::BrotliDecompress(&mut &packed[..], &mut plain).unwrap(),
            Encoding::Zstd => plain = zstd::decode_all(packed).unwrap(),
        }
        plain
    }

    #[test]
    fn pieces_come_back_whole_in_every_encoding() {
        let pieces: Vec<Vec<u8>> = (0..50u8).map(|number| vec![b'a' + number % 7; 5000]).collect();
        for encoding in [Encoding::Identity, Encoding::Gzip, Encoding::Brotli, Encoding::Zstd] {
            let mut compressor = Compressor::new(encoding, DIGITS).unwrap();
            let mut packed: Vec<u8> = pieces.iter().flat_map(|piece| compressor.push(piece.clone()).unwrap()).collect();
            packed.extend(compressor.finish().unwrap());
            assert_eq!(unpacked(encoding, &packed), pieces.concat(), "{encoding:?}");
        }
    }

    /// What becomes of an answer of this media type on its way to a client that accepts these encodings.
    async fn sent(media_type: &'static str, body: fn() -> Body, accept: &str) -> Answer {
        let answer = move || async move { ([(header::CONTENT_TYPE, media_type), (header::VARY, "Accept")], body()) };
        let router = Router::new().route("/", get(answer)).layer(middleware::from_fn(packed));
        ask(&router, "/", &[("accept-encoding", accept)]).await
    }

    #[tokio::test]
    async fn documents_go_in_the_encoding_asked_for_and_say_what_they_depend_on() {
        let whole: fn() -> Body = || LONG.into();
        let in_pieces: fn() -> Body = || Body::from_stream(stream::iter(LONG.split_inclusive(' ').map(Ok::<_, Error>)));
        for (accept, encoding) in
            [("gzip", Encoding::Gzip), ("br", Encoding::Brotli), ("zstd, gzip", Encoding::Zstd), ("deflate", Encoding::Identity)]
        {
            for body in [whole, in_pieces] {
                let answer = sent("text/plain", body, accept).await;
                assert_eq!(answer.header("content-encoding"), encoding.token().unwrap_or_default(), "{accept}");
                let vary: Vec<_> = answer.headers.get_all(header::VARY).iter().collect();
                assert_eq!(vary, ["Accept", "accept-encoding"], "{accept}");
                assert_eq!(unpacked(encoding, &answer.body), LONG.as_bytes(), "{accept}");
            }
        }
        let many: fn() -> Body = || LONG.repeat(2000).into();
        assert_eq!(unpacked(Encoding::Brotli, &sent("text/plain", many, "br").await.body), LONG.repeat(2000).as_bytes());
        assert_eq!(sent("text/plain", whole, "identity;q=0").await.status, 406);
    }

    #[tokio::test]
    async fn what_compression_does_not_help_goes_as_it_is() {
        for (media_type, body) in [
            ("text/plain", (|| "short".into()) as fn() -> Body),
            ("image/png", || LONG.into()),
            ("text/event-stream", || LONG.into()),
        ] {
            let answer = sent(media_type, body, "gzip").await;
            assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("", "Accept"), "{media_type}");
        }
        assert_eq!(sent("image/svg+xml", || LONG.into(), "gzip").await.header("content-encoding"), "gzip");
    }

    #[tokio::test]
    async fn an_answer_that_breaks_off_does_not_look_whole() {
        let broken = || Body::from_stream(stream::iter([Ok(LONG), Err(Error::other("the disk is gone"))]));
        let body = pack(broken(), Compressor::new(Encoding::Gzip, WORDS).unwrap());
        assert!(axum::body::to_bytes(body, usize::MAX).await.is_err());
    }
}
