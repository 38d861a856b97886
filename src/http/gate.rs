//! What every request passes on its way in and every answer on its way out; one middleware, since each boxes a future and a copy of
//! what comes after it for every request.

use super::request_log::Entry;
use super::{headers, screen};
use crate::auth::Access;
use crate::caller::Caller;
use crate::problem::Problem;
use crate::server::Server;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use tokio::task::spawn_blocking;
use tracing::Instrument;

/// On which address a request came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Everybody's.
    Public,
    /// The operator's own, where nobody is asked who they are.
    Admin,
}

/// Numbers a request, looks it over, finds out who asks, has it answered, adds the headers of all answers, and logs it.
pub async fn pass(State((server, door)): State<(Arc<Server>, Door)>, request: Request, next: Next) -> Response {
    let entry = Entry::begin(&request);
    let admitted = admit(&server, door, request).await;
    let is_known = matches!(&admitted, Ok(request) if request.extensions().get::<Caller>().is_some());
    let mut response = match admitted {
        Err(problem) => problem.into_response(),
        Ok(request) => screen::explained(next.run(request).instrument(entry.span().clone()).await),
    };
    headers::add(response.headers_mut());
    let mut response = entry.end(&server, response);
    if door == Door::Public {
        headers::keep_apart(response.headers_mut(), is_known);
    }
    response
}

/// The request with who asks beside it, unless that is the public.
async fn admit(server: &Arc<Server>, door: Door, request: Request) -> Result<Request, Problem> {
    screen::check(&request)?;
    if door == Door::Admin {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let (mut parts, caller) = who_asks(server, parts).await?;
    caller.into_iter().for_each(|caller| drop(parts.extensions.insert(caller)));
    Ok(Request::from_parts(parts, body))
}

/// Who sends a request; `None` is the public. Whoever must be looked up is so where a thread may wait for the disk.
pub(super) async fn who_asks(server: &Arc<Server>, parts: Parts) -> Result<(Parts, Option<Caller>), Problem> {
    if !Access::is_slow_for(&parts.headers) {
        let caller = server.access.admit(&parts, server.now())?;
        return Ok((parts, caller));
    }
    let server = Arc::clone(server);
    let looked_up = spawn_blocking(move || server.access.admit(&parts, server.now()).map(|caller| (parts, caller))).await;
    looked_up.map_err(|_panicked| Problem::internal())?
}
