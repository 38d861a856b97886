//! `/styles/...`: the styles by name, and all that is drawn by one.
//!
//! `/styles/{id}.json` is the document for map clients, `/styles/{id}/...` what this server draws by it.

mod legend;
pub mod list;
mod map;
mod stylesheet;
pub mod tiles;
mod wanted;

use super::call::Call;
use crate::problem::Problem;
use crate::style::{Drawn, Named, Styles};
use crate::world::{World, builtin};
use axum::extract::Path;
use axum::response::Response;
use std::sync::Arc;

/// What the usual style is called beside its id, and the drawings of the usual style.
const USUAL: &str = "default";
const DRAWINGS: &str = "icons";
/// What there is of each style.
const PARTS: [&str; 6] = ["qgis.json", "icons.json", "tiles.json", "map.png", "legend.json", "legend.png"];

/// Answers `{id}.json`, `default.json` and `icons.json`.
pub async fn document(call: Call, Path(file): Path<String>) -> Result<Response, Problem> {
    match file.strip_suffix(".json") {
        Some(DRAWINGS) => stylesheet::drawings(&call, call.server.styles().usual()),
        Some(id) => {
            let named = chosen(&call.server.styles(), id)?;
            stylesheet::document(&call, &named)
        }
        None => {
            let named = chosen(&call.server.styles(), &file)?;
            Err(Problem::not_found(format!("the document of style '{0}' is at /styles/{0}.json", named.id)))
        }
    }
}

/// Answers what there is of one style: its drawings, its tiles, maps and legends.
pub async fn part(call: Call, Path((id, file)): Path<(String, String)>) -> Result<Response, Problem> {
    let named = chosen(&call.server.styles(), &id)?;
    match file.as_str() {
        "qgis.json" => stylesheet::plain(&call, &named),
        "icons.json" => stylesheet::drawings(&call, &named),
        "tiles.json" => tiles::tilejson(&call, &named).await,
        "map.png" => map::map(&call, &named).await,
        "legend.json" => legend::document(&call, &named).await,
        "legend.png" => legend::picture(&call, &named).await,
        _ => Err(Problem::not_found(format!("style '{id}' has no '{file}'; it has: {}", PARTS.join(", ")))),
    }
}

/// The style of an id, or a 404 that names those there are.
pub fn chosen(styles: &Styles, id: &str) -> Result<Arc<Named>, Problem> {
    let found = if id == USUAL { Some(styles.usual()) } else { styles.get(id) };
    found.cloned().ok_or_else(|| {
        let there: Vec<&str> = styles.all().map(|named| &*named.id).collect();
        Problem::not_found(format!("there is no style '{id}'; there are: {}", there.join(", ")))
    })
}

/// The layers that a style draws where nobody names any, as addresses name them.
fn layers(named: &Named, world: &World) -> String {
    drawn(named, world).join(",")
}

fn drawn<'w>(named: &Named, world: &'w World) -> Vec<&'w str> {
    let basemap = world.layer(builtin::BASEMAP).map(|_| builtin::BASEMAP);
    let others = world.data_layers().map(|published| published.layer.meta.name.as_str());
    let all = basemap.into_iter().chain(others);
    let drawn: Vec<&str> = match named.drawn {
        Drawn::All => all.collect(),
        Drawn::Basemap => basemap.into_iter().collect(),
        Drawn::Named => all.filter(|name| named.style.draws(name)).collect(),
    };
    // A style that draws none of the layers still has a background, and every address needs a layer.
    if drawn.is_empty() { vec![builtin::BASEMAP] } else { drawn }
}
