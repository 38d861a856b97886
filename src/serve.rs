//! The accept loop: connections, their time-outs, and a stop that finishes what is under way.
//!
//! Own loop instead of `axum::serve`, which sets no timer, so that a client dribbling headers would hold a connection for ever.
//! HTTP/1 only: a proxy in front speaks anything newer, and telling versions apart by their first bytes has no time-out.

use crate::base::{CameFrom, ReachedAt};
use crate::server::Server;
use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

/// A request head must arrive within this; also how long an idle connection is kept.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// A client that takes no byte for this long is gone.
const WRITE_STALL: Duration = Duration::from_secs(30);
/// What is under way at a stop may take this long.
const GRACE: Duration = Duration::from_secs(20);
/// Open connections; more wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 12_000;
/// Pause after an accept error such as too many open files, so that it does not spin.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);
/// Head of a request in bytes; beyond it 431.
const MAX_HEAD_BYTES: usize = 32 << 10;

/// Serves `public` (and `admin`, if bound) until SIGTERM or SIGINT; a second signal stops at once.
pub async fn run(
    server: Arc<Server>,
    public: (TcpListener, Router),
    admin: Option<(TcpListener, Router)>,
) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let connections = Arc::new(GracefulShutdown::new());
    let mut loops = vec![tokio::spawn(accept(public.0, public.1, Arc::clone(&connections)))];
    loops.extend(admin.map(|(listener, router)| tokio::spawn(accept(listener, router, Arc::clone(&connections)))));

    tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () }
    tracing::info!("stopping: finishing what is under way");
    server.stopping.store(true, Ordering::Relaxed);
    server.changes.wake();
    for task in loops {
        task.abort();
        // Aborted on purpose; waiting drops its share of the connections.
        let _ = task.await;
    }
    let finished = async {
        if let Some(connections) = Arc::into_inner(connections) {
            connections.shutdown().await;
        }
    };
    tokio::select! {
        () = finished => tracing::info!("stopped"),
        () = tokio::time::sleep(GRACE) => tracing::warn!("stopped with requests under way"),
        _ = terminate.recv() => tracing::warn!("stopped at once"),
        _ = interrupt.recv() => tracing::warn!("stopped at once"),
    }
    Ok(())
}

async fn accept(listener: TcpListener, router: Router, connections: Arc<GracefulShutdown>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, from)) => {
                let connection = answer(stream, CameFrom(from), router.clone(), &connections);
                tokio::spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_BACKOFF).await;
            }
        }
    }
}

/// Serves one connection; resolves when it is closed.
fn answer(stream: TcpStream, from: CameFrom, router: Router, connections: &GracefulShutdown) -> impl Future<Output = ()> + use<> {
    // Small answers must not wait for a full packet. If the system refuses, they merely wait.
    let _ = stream.set_nodelay(true);
    let reached_at = stream.local_addr().ok().map(ReachedAt);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_STALL));
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(MAX_HEAD_BYTES);
    let router = router.map_request(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(from);
        if let Some(address) = reached_at {
            request.extensions_mut().insert(address);
        }
        request
    });
    let connection = builder.serve_connection(TokioIo::new(Box::pin(stream)), TowerToHyperService::new(router));
    let watched = connections.watch(connection);
    async move {
        if let Err(error) = watched.await {
            // A client that went away or spoke no HTTP: its affair, not ours.
            tracing::debug!(error = %error, "connection ended early");
        }
    }
}
