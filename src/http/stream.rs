//! Long answers as streams: each chunk is written on a blocking thread when the client has taken the one before.
//!
//! Nothing runs ahead of the client and no thread waits for it. A failure after the first byte breaks the connection,
//! so that a cut file never looks whole.

use crate::geojson::collection::CollectionWriter;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use futures_util::stream::try_unfold;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Chunks and counts under way at the same time; more wait for their turn without a thread.
static TURNS: Semaphore = Semaphore::const_new(4);

/// Runs work in proportion to the data away from the async threads. A panic costs this request a 500.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    let _turn = TURNS.acquire().await.map_err(|_closed| Problem::internal())?;
    spawn_blocking(work).await.map_err(|error| {
        tracing::error!(%error, "writing features failed");
        Problem::internal()
    })
}

/// The body of a collection. What fits into one chunk is sent whole, with its length.
pub async fn body(writer: CollectionWriter) -> Result<Body, Problem> {
    let (writer, first) = next(writer).await?;
    if writer.is_finished() {
        return Ok(Body::from(first.unwrap_or_default()));
    }
    let rest = try_unfold((writer, first), |(writer, ready)| async move {
        match ready {
            Some(chunk) => Ok(Some((chunk, (writer, None)))),
            None => {
                let (writer, chunk) = next(writer).await.map_err(|problem| std::io::Error::other(problem.detail))?;
                Ok::<_, std::io::Error>(chunk.map(|chunk| (chunk, (writer, None))))
            }
        }
    });
    Ok(Body::from_stream(rest))
}

async fn next(mut writer: CollectionWriter) -> Result<(CollectionWriter, Option<Bytes>), Problem> {
    blocking(move || {
        let chunk = writer.next_chunk().map(Bytes::from);
        (writer, chunk)
    })
    .await
}
