//! `/styles/{id}/map.png`: a map as a picture of its own, with title, times, scale, north, credits, and a legend if asked for.

use super::super::call::Call;
use super::super::document;
use super::super::media::Media;
use super::super::validators::cache_control;
use super::wanted::{self, Request};
use crate::portray::sheet;
use crate::problem::Problem;
use crate::style::Named;
use crate::tile::{PictureFormat, Worker};
use axum::response::Response;
use roadblock_tiles::raster::Image;
use std::sync::Arc;

/// Answers the map.
pub(super) async fn map(call: &Call, named: &Arc<Named>) -> Result<Response, Problem> {
    let request = wanted::read(call, named)?;
    drawn(call, request, |request, worker| {
        let Request { set, asked, clustered, look, plan } = request;
        let too_small = || {
            let detail = "parameter 'width' and 'height': this leaves no room for a map beside its words; write larger ones";
            Problem::bad_request("InvalidMap", detail)
        };
        sheet::sheet(&set.layers, clustered, look, plan, asked, worker).ok_or_else(too_small)
    })
    .await
}

/// Answers what a request draws as PNG, made in its turn unless the client has it.
pub(super) async fn drawn(
    call: &Call,
    request: Request,
    draw: impl FnOnce(&Request, &mut Worker) -> Result<Image, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let (from, to) = request.set.valid_epochs(&request.asked.datetime, None);
    let epochs = [from, to, request.asked.known_at];
    let digest = document::digest(call, Media::Json, request.set.revision(), &epochs);
    let lifetime = cache_control(call.now, request.set.next_change(&request.asked, call.now));
    let make = move |worker: &mut Worker| {
        draw(&request, worker)?.to_png().map_err(|error| {
            tracing::error!(%error, "a map cannot be written");
            Problem::internal()
        })
    };
    let bytes = call.server.tiles.in_turn(make).await?;
    Ok(document::tagged(call, PictureFormat::Png.media_type(), digest, &lifetime, || bytes))
}
