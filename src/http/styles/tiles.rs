//! `/styles/{id}/{z}/{x}/{y}[@2x|@3x].{png|webp|jpg}`: the whole map as pictures by one style, and their TileJSON.

use super::super::call::Call;
use super::super::clustered;
use super::super::query::Query;
use super::super::tilejson::{self, Tiles};
use super::super::xyz::{self, Wanted};
use super::{chosen, layers};
use crate::caller::Caller;
use crate::problem::Problem;
use crate::server::Server;
use crate::style::{Look, Named};
use crate::tile::Format;
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use std::sync::Arc;

/// Answers one tile.
pub async fn tile(
    State(server): State<Arc<Server>>,
    caller: Caller,
    Path((id, z, x, file)): Path<(String, String, String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let (Parts { uri, headers, .. }, _) = request.into_parts();
    let named = chosen(&server.styles(), &id)?;
    let (coord, format) = xyz::parse_tile(&z, &x, &file)?;
    if !matches!(format, Format::Picture(..)) {
        let right = format!("'{file}' is no picture; write y.png, y.webp or y.jpg, with @2x or @3x before the dot or without");
        return Err(Problem::not_found(right));
    }
    let query = Query::parse(uri.query())?;
    let world = server.world_of(caller.audience);
    let (set, asked) = xyz::shown(&server, caller.audience, &world, &layers(&named, &world), &query).await?;
    set.check_zoom(coord.z())?;
    let clustered = clustered::read(&query, &set)?;
    let look = Look { named, with_background: true };
    let wanted = Wanted { audience: caller.audience, set, asked, clustered, look, coord, format };
    xyz::answer(&server, &wanted, None, &headers).await
}

/// Answers the TileJSON of a style's tiles.
pub(super) async fn tilejson(call: &Call, named: &Named) -> Result<Response, Problem> {
    let path = format!("/styles/{}", named.id);
    tilejson::answer(call, &layers(named, &call.world), &path, Tiles::Png).await
}
