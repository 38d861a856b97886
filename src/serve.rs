//! The accept loop: connections, their time-outs, and a stop that finishes what is under way.
//!
//! Own loop instead of `axum::serve`, which sets no timer, so that a client dribbling headers would hold a connection for ever.
//! HTTP/1 only: a proxy in front speaks anything newer, and telling versions apart by their first bytes has no time-out.

use crate::base::Arrival;
use crate::http::front::Front;
use crate::server::Server;
use crate::tls::Certificates;
use axum::body::{Body, HttpBody};
use futures_util::FutureExt;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::{HttpService, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutStream;

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

/// How often it is looked whether the certificate changed.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// A listener, what it answers, and what it presents if it speaks TLS.
pub struct Entrance {
    /// Where connections come from.
    pub listener: TcpListener,
    /// What is answered.
    pub routes: Front,
    /// What is presented; without it connections are plain.
    pub certificates: Option<Arc<Certificates>>,
}

/// SIGTERM and SIGINT, which from then on stop the server and do not kill it. Made before anybody is told that it listens.
pub struct Stops {
    terminate: Signal,
    interrupt: Signal,
}

impl Stops {
    /// Hears them from now on.
    pub fn heard() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! { _ = self.terminate.recv() => (), _ = self.interrupt.recv() => () }
    }
}

/// Serves `public` (and `admin`, if bound) until it is stopped; a second signal stops at once.
pub async fn run(server: Arc<Server>, mut stops: Stops, public: Entrance, admin: Option<Entrance>) {
    let connections = Arc::new(GracefulShutdown::new());
    let mut loops: Vec<_> =
        public.certificates.clone().map(|certificates| tokio::spawn(mind(certificates))).into_iter().collect();
    loops.extend([public].into_iter().chain(admin).map(|entrance| tokio::spawn(accept(entrance, Arc::clone(&connections)))));

    stops.next().await;
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
        () = stops.next() => tracing::warn!("stopped at once"),
    }
}

/// Reads the certificate again when its files changed.
async fn mind(certificates: Arc<Certificates>) {
    let mut beat = tokio::time::interval(BETWEEN_LOOKS);
    loop {
        beat.tick().await;
        let certificates = Arc::clone(&certificates);
        match tokio::task::spawn_blocking(move || certificates.look()).await {
            Ok(Ok(false)) => (),
            Ok(Ok(true)) => tracing::info!("the changed certificate is in use"),
            Ok(Err(error)) => tracing::warn!(%error, "the changed certificate is not in use; the one before it stays"),
            Err(error) => tracing::error!(%error, "nobody looked at the certificate"),
        }
    }
}

async fn accept(entrance: Entrance, connections: Arc<GracefulShutdown>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match entrance.listener.accept().await {
            Ok((stream, from)) => {
                let connection = greet(stream, from, &entrance, connections.watcher());
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

/// Serves one connection, after the handshake of TLS if there is one; resolves when it is closed.
fn greet(stream: TcpStream, from: SocketAddr, entrance: &Entrance, watcher: Watcher) -> impl Future<Output = ()> + use<> {
    // Small answers must not wait for a full packet. If the system refuses, they merely wait.
    let _ = stream.set_nodelay(true);
    let acceptor = entrance.certificates.as_ref().map(|certificates| certificates.acceptor());
    let arrival = Arrival { from, at: stream.local_addr().ok(), is_tls: acceptor.is_some() };
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(WRITE_STALL));
    let stream = Box::pin(stream);
    let routes = entrance.routes.clone();
    let service = service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(arrival);
        // What has no body needs no box for it.
        let request = request.map(|body| if body.is_end_stream() { Body::empty() } else { Body::new(body) });
        routes.clone().answer(request).map(Ok)
    });
    async move {
        let Some(acceptor) = acceptor else { return answer(stream, service, watcher).await };
        match tokio::time::timeout(HEADER_TIMEOUT, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => answer(stream, service, watcher).await,
            // A client that trusts somebody else, or speaks no TLS: its affair, not ours.
            Ok(Err(error)) => tracing::debug!(%error, "no handshake"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }
}

async fn answer<S>(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, service: S, watcher: Watcher)
where
    S: HttpService<Incoming, ResBody = Body, Error = Infallible>,
{
    let mut builder = Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADER_TIMEOUT).max_buf_size(MAX_HEAD_BYTES);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        // A client that went away or spoke no HTTP: its affair, not ours.
        tracing::debug!(error = %error, "connection ended early");
    }
}
