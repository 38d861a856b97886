//! What every request passes on its way in and every answer on its way out; one middleware, since each boxes a future and a copy of
//! what comes after it for every request.

use super::request_log::Entry;
use super::{headers, screen};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::server::Server;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
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
pub async fn pass(State((server, door)): State<(Arc<Server>, Door)>, mut request: Request, next: Next) -> Response {
    let entry = Entry::begin(&request);
    let caller = admit(&server, door, &request);
    let is_known = matches!(caller, Ok(Some(_)));
    let mut response = match caller {
        Err(problem) => problem.into_response(),
        Ok(caller) => {
            if let Some(caller) = caller {
                request.extensions_mut().insert(caller);
            }
            screen::explained(next.run(request).instrument(entry.span().clone()).await)
        }
    };
    headers::add(response.headers_mut());
    let mut response = entry.end(&server, response);
    if door == Door::Public {
        headers::keep_apart(response.headers_mut(), is_known);
    }
    response
}

/// Who asks; `None` is the public.
fn admit(server: &Server, door: Door, request: &Request) -> Result<Option<Caller>, Problem> {
    screen::check(request)?;
    match door {
        Door::Public => server.access.admit(request, server.now()),
        Door::Admin => Ok(None),
    }
}
