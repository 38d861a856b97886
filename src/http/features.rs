//! Routes of OGC API Features.

use crate::server::Server;
use axum::Router;
use std::sync::Arc;

/// The routes.
pub fn routes() -> Router<Arc<Server>> {
    Router::new()
}
