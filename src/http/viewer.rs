//! The web map and what it reads.

use super::call::Call;
use super::landing::landing;
use crate::problem::Problem;
use axum::extract::Path;
use axum::response::Response;

/// The map page for people, the landing page for programs.
pub async fn home(call: Call) -> Result<Response, Problem> {
    landing(call).await
}

/// What the map page needs to know of the world.
pub async fn state() -> Problem {
    Problem::not_found("the viewer is not built in")
}

/// A file of the viewer.
pub async fn asset(Path(file): Path<String>) -> Problem {
    Problem::not_found(format!("there is no asset '{file}'"))
}

/// A page that shows the tiles in another map client.
pub async fn preview(Path(client): Path<String>) -> Problem {
    Problem::not_found(format!("there is no preview '{client}'"))
}
