//! The layer `access-changes` for tiles: what changed between two moments.

use super::between::{BETWEEN, Between};
use super::question::{terms, unknown_roads};
use crate::compared::Comparison;
use crate::http::layer_set::{ALL, LayerSet};
use crate::http::query::Query;
use crate::http::stream;
use crate::problem::Problem;
use crate::server::Server;
use crate::world::World;
use roadblock_layers::access::Moment;
use roadblock_layers::layer::Asked;
use roadblock_layers::vocab::Audience;
use std::sync::Arc;

/// Parameters of its tiles.
pub const PARAMETERS: [&str; 10] = [
    BETWEEN[0],
    BETWEEN[1],
    BETWEEN[2],
    BETWEEN[3],
    "datetime",
    "known_at",
    "commodity",
    "direction",
    "vehicle_class",
    "evidence",
];

/// The layer between the moments that are asked for, and what it is about as a whole: the later one.
pub async fn layer(
    server: &Arc<Server>,
    audience: Audience,
    world: &Arc<World>,
    query: &Query,
) -> Result<(LayerSet, Asked), Problem> {
    query.allow(&PARAMETERS)?;
    let access = world.access.clone().ok_or_else(unknown_roads)?;
    let now = server.now();
    let asked = query.asked(world.default_datetime(now), now, None)?;
    let Between { from, to } = Between::read(query, &asked)?;
    let all = LayerSet::resolve(world, ALL)?;
    // Of two moments between which nothing became known one is as good as the other.
    let of_epoch = |moment: Moment| Moment { known_at: all.known_epoch(moment.known_at, None), ..moment };
    let comparison = Comparison { audience, from: of_epoch(from), to: of_epoch(to), terms: terms(query)? };
    let layer = match server.compared.kept(&comparison, &access) {
        Some(layer) => layer,
        None => {
            let (server, world) = (Arc::clone(server), Arc::clone(world));
            let made = stream::blocking(move || server.compared.made(comparison, &access, &world)).await?;
            made.ok_or_else(unknown_roads)?
        }
    };
    let asked = Asked { datetime: to.datetime, known_at: to.known_at, phases: None };
    Ok((LayerSet::of(layer), asked))
}
