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
use roadblock_tiles::raster::{Image, TooMuch};
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
        let sheet = sheet::sheet(&set.layers, clustered, look, plan, asked, worker);
        sheet.map_err(|TooMuch| Problem::too_much_to_draw())?.ok_or_else(too_small)
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
    // Whoever asks by what is known now has the same map until more is known, though an earlier moment is written on it.
    let epochs = [from, to, request.set.known_epoch(request.asked.known_at, None)];
    let digest = document::digest(call, Media::Json, request.set.revision() ^ request.look.named.revision, &epochs);
    let lifetime = cache_control(call.now, request.set.next_change(&request.asked, call.now));
    let make = move |worker: &mut Worker| {
        draw(&request, worker)?.to_png().map_err(|error| {
            tracing::error!(%error, "a map cannot be written");
            Problem::internal()
        })
    };
    let bytes = if document::is_had(call, digest) { Vec::new() } else { call.server.tiles.in_turn(make).await? };
    Ok(document::tagged(call, PictureFormat::Png.media_type(), digest, lifetime, || bytes))
}

#[cfg(test)]
mod tests {
    use crate::http::router;
    use crate::http::sample::{ask, ledger_server};

    #[tokio::test]
    async fn whoever_has_the_map_is_not_drawn_it_again() {
        let router = router::public(ledger_server());
        for path in ["/styles/access/map.png?width=480&height=400", "/styles/print/legend.png?width=480&height=400"] {
            let first = ask(&router, path, &[]).await;
            let tag = first.header("etag").to_owned();
            assert_eq!((first.status.as_u16(), first.header("content-type")), (200, "image/png"));
            assert_eq!(ask(&router, path, &[]).await.header("etag"), tag, "a moment later");
            let again = ask(&router, path, &[("if-none-match", &tag)]).await;
            assert_eq!((again.status.as_u16(), again.text()), (304, ""));
            let earlier = ask(&router, &format!("{path}&known_at=2025-10-01"), &[]).await;
            assert_ne!(earlier.header("etag"), tag);
        }
    }
}
