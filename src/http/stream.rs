//! Long answers as streams: each chunk is written and compressed on a blocking thread when the client has taken the one before.
//!
//! Nothing runs ahead of the client and no thread waits for it. A failure after the first byte breaks the connection,
//! so that a cut file never looks whole.

use super::compress::{Compressor, DIGITS};
use super::encoding::negotiate;
use super::screen;
use crate::geojson::collection::CollectionWriter;
use crate::log::{self, Context};
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::stream::try_unfold;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

/// Chunks and counts under way at the same time; more wait for their turn without a thread.
static TURNS: Semaphore = Semaphore::const_new(4);
/// A request that has not had its first turn by then is refused: under such a load an answer would come too late anyway.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Runs work in proportion to the data away from the async threads; 503 when there is no turn in time, 500 when it panics.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let busy = |_waited| Problem::unavailable("too many requests for features are under way; try again shortly", 2);
    let _turn = timeout(LONGEST_WAIT, TURNS.acquire()).await.map_err(busy)?.map_err(|_closed| Problem::internal())?;
    run(work).await
}

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let context = Context::current();
    spawn_blocking(move || log::within(context, work)).await.map_err(|_panicked| Problem::internal())
}

/// A collection on its way out.
struct Flow {
    writer: CollectionWriter,
    /// Taken when the last bytes are handed over.
    compressor: Option<Compressor>,
}

impl Flow {
    /// The next bytes to send; `None` after the last.
    fn next(&mut self) -> std::io::Result<Option<Bytes>> {
        while let Some(compressor) = &mut self.compressor {
            let mut out = self.writer.next_chunk().map(|chunk| compressor.push(chunk)).transpose()?.unwrap_or_default();
            if self.writer.is_finished() {
                let rest = self.compressor.take().map(Compressor::finish).transpose()?.unwrap_or_default();
                out.extend_from_slice(&rest);
            }
            if !out.is_empty() {
                return Ok(Some(out.into()));
            }
        }
        Ok(None)
    }
}

/// A collection as an answer in the encoding the client prefers. What fits into one chunk is sent whole, with its length.
pub async fn answer(writer: CollectionWriter, headers: &HeaderMap) -> Result<Response, Problem> {
    let encoding = negotiate(headers).ok_or_else(screen::refusing_everything)?;
    let (flow, first) = blocking(move || {
        let mut flow = Flow { writer, compressor: Some(Compressor::new(encoding, DIGITS)?) };
        let first = flow.next()?;
        Ok::<_, std::io::Error>((flow, first))
    })
    .await?
    .map_err(failed)?;
    let body = match flow.compressor {
        None => Body::from(first.unwrap_or_default()),
        Some(_) => Body::from_stream(try_unfold((flow, first), |(flow, ready)| async move {
            match ready {
                Some(bytes) => Ok(Some((bytes, (flow, None)))),
                None => rest(flow).await,
            }
        })),
    };
    let mut response = Response::new(body);
    if let Some(token) = encoding.token() {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(token));
    }
    Ok(response)
}

/// Bytes to send now, and the state after them.
type Step = Option<(Bytes, (Flow, Option<Bytes>))>;

/// Later chunks wait for their turn however long it takes: an answer begun is finished.
async fn rest(mut flow: Flow) -> std::io::Result<Step> {
    let _turn = TURNS.acquire().await.map_err(std::io::Error::other)?;
    let (flow, bytes) = run(move || {
        let bytes = flow.next();
        (flow, bytes)
    })
    .await
    .map_err(|problem| std::io::Error::other(problem.detail))?;
    Ok(bytes?.map(|bytes| (bytes, (flow, None))))
}

fn failed(error: std::io::Error) -> Problem {
    tracing::error!(%error, "features could not be compressed");
    Problem::internal()
}
