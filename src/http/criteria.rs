//! The selecting parameters of an items or download request: box, cluster, times, phase and property filters.

use super::bbox;
use super::call::Call;
use super::clustered;
use super::media::Media;
use crate::geojson::filter::Filter;
use crate::geojson::select::Criteria;
use crate::portray;
use crate::problem::Problem;
use crate::world::Published;
use roadblock_layers::value::Column;
use std::sync::Arc;

/// Parameters that select; a property of the same name cannot be filtered by.
pub const SELECTING: [&str; 5] = ["bbox", "cluster", "datetime", "known_at", "phase"];

/// Parameters of a page of features.
pub const PAGING: [&str; 2] = ["limit", "cursor"];

/// Columns a request may filter by, with their positions.
pub fn filterable(published: &Published) -> impl Iterator<Item = (usize, &Column)> {
    let reserved = |name: &str| SELECTING.contains(&name) || PAGING.contains(&name) || name == "f";
    let columns = published.layer.schema.columns().iter().enumerate();
    columns.filter(move |(_, column)| column.kind.is_scalar() && !reserved(&column.name))
}

/// The format and the criteria of a request about one layer; `more` are parameters known besides those that select.
pub fn read(call: &Call, published: &Arc<Published>, more: &[&str]) -> Result<(Media, Criteria), Problem> {
    let columns: Vec<(usize, &Column)> = filterable(published).collect();
    let names = columns.iter().map(|(_, column)| column.name.as_ref());
    let known: Vec<&str> = SELECTING.iter().chain(more).copied().chain(names).collect();
    let media = call.media(&known)?;
    let boxes = call.query.value("bbox")?.map(bbox::parse).transpose()?;
    let cluster = clustered::id(&call.query, published)?;
    let asked = match cluster {
        None => call.asked()?,
        // A cluster is something seen on a map: what is missing means what it means there.
        Some(_) => call.query.asked(call.world.default_datetime(call.now), call.now, Some(portray::MAP_PHASES))?,
    };
    let mut filters = Vec::new();
    for (position, column) in columns {
        if let Some(text) = call.query.value(&column.name)? {
            let filter = Filter::parse(position, column, text);
            filters.push(filter.map_err(|error| Problem::bad_request("InvalidFilter", error.to_string()))?);
        }
    }
    Ok((media, Criteria { published: Arc::clone(published), boxes, cluster, asked, filters }))
}
