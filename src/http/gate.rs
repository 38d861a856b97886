//! What every request passes on its way in and every answer on its way out; one function, which the router calls as its one middleware,
//! since each boxes a future and a copy of what comes after it for every request.

use super::request_log::{Entry, NO_ROUTE};
use super::{editing, headers, screen};
use crate::auth::Access;
use crate::caller::Caller;
use crate::log::Context;
use crate::problem::Problem;
use crate::server::Server;
use axum::body::{Body, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use tower_http::timeout::TimeoutBody;

/// A body that says it is longer is not begun with.
const MAX_BODY_BYTES: usize = editing::MOST_BYTES;
/// A body that stalls for this long is given up.
const BODY_STALL: Duration = Duration::from_secs(10);
/// The head of an answer must be ready within this.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// On which address a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Everybody's.
    Public,
    /// The operator's own, where nobody is asked who they are.
    Admin,
}

/// The gate as a middleware.
pub async fn pass(State((server, door)): State<(Arc<Server>, Door)>, request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or(NO_ROUTE.into(), |path| path.as_str().to_owned().into());
    guard(&server, door, route, request, |request| next.run(request)).await
}

/// Numbers a request, by the name of its route, looks it over, finds out who asks, has it answered, adds the headers of all answers, and logs it.
pub async fn guard<F: Future<Output = Response>>(
    server: &Arc<Server>,
    door: Door,
    route: Cow<'static, str>,
    request: Request,
    answer: impl FnOnce(Request) -> F,
) -> Response {
    let entry = Entry::begin(Context::new(route, request.method().clone()));
    let admitted = admit(server, door, request).await;
    let is_known = matches!(&admitted, Ok(request) if request.extensions().get::<Caller>().is_some());
    let mut response = match admitted.and_then(bounded) {
        Err(problem) => problem.into_response(),
        Ok(request) => {
            // Whatever a panic leaves half done belongs to this request alone.
            let answer = entry.context().clone().scope(AssertUnwindSafe(answer(request)).catch_unwind());
            match timeout(ANSWER_TIMEOUT, answer).await {
                Ok(Ok(response)) => screen::explained(response),
                // The panic hook has logged the cause already.
                Ok(Err(_panicked)) => Problem::internal().into_response(),
                Err(_late) => Problem::of_status(StatusCode::SERVICE_UNAVAILABLE).into_response(),
            }
        }
    };
    headers::add(response.headers_mut());
    let mut response = entry.end(server, response);
    if door == Door::Public {
        headers::keep_apart(response.headers_mut(), is_known);
    }
    response
}

/// The request with who asks beside it, unless that is the public.
async fn admit(server: &Arc<Server>, door: Door, request: Request) -> Result<Request, Problem> {
    screen::check(&request)?;
    let (mut parts, body) = request.into_parts();
    if door == Door::Public
        && let Some(caller) = who_asks(server, &parts).await?
    {
        parts.extensions.insert(caller);
    }
    Ok(Request::from_parts(parts, body))
}

/// The request with a body that neither is too long nor stalls; one that does not say how long it is, whoever reads it cuts off.
fn bounded(request: Request) -> Result<Request, Problem> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    match length(request.headers()) {
        Some(bytes) if bytes > MAX_BODY_BYTES => Err(Problem::of_status(StatusCode::PAYLOAD_TOO_LARGE)),
        _ => Ok(request.map(|body| Body::new(TimeoutBody::new(BODY_STALL, body)))),
    }
}

/// Bytes of the body, if the request says how many.
fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Who sends a request; `None` is the public. Whoever must be looked up is so where a thread may wait for the disk.
pub(super) async fn who_asks(server: &Arc<Server>, parts: &Parts) -> Result<Option<Caller>, Problem> {
    if !Access::is_slow_for(&parts.headers) {
        return server.access.admit(parts, server.now());
    }
    let (server, parts) = (Arc::clone(server), parts.clone());
    let looked_up = spawn_blocking(move || server.access.admit(&parts, server.now())).await;
    looked_up.map_err(|_panicked| Problem::internal())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::sample;
    use axum::routing::get;
    use axum::{Router, middleware};

    #[tokio::test]
    async fn a_panic_is_a_problem_of_ours_and_a_body_too_long_is_refused() {
        async fn bug() {
            std::panic::resume_unwind(Box::new("a bug"));
        }
        let gate = middleware::from_fn_with_state((sample::server(Vec::new()), Door::Public), pass);
        let router = Router::new().route("/", get(bug).post(|| async { "read" })).layer(gate);
        let failed = sample::ask(&router, "/", &[]).await;
        assert_eq!((failed.status.as_u16(), failed.header("content-type")), (500, "application/problem+json"));
        assert!(failed.text().contains(failed.header("x-request-id")), "{}", failed.text());
        for (bytes, status) in [(MAX_BODY_BYTES, 200), (MAX_BODY_BYTES + 1, 413)] {
            let request = Request::post("/").header("host", "localhost").header("content-length", bytes);
            let answer = sample::send(&router, request.body(Body::from("begun")).unwrap()).await;
            assert_eq!(answer.status.as_u16(), status, "{bytes}");
        }
    }
}
