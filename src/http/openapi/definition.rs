//! The OpenAPI 3.0.3 document: the route table, written out for the layers there are.

use super::client::CLIENT;
use super::edits;
use super::parts::{answer, reference};
use super::routes::{ACCESS, COLLECTION, OTHERS, Route, SERVICE};
use crate::http::criteria;
use crate::world::{Published, World};
use roadblock_layers::layer::LayerKind;
use roadblock_layers::value::{Column, ColumnKind};
use roadblock_layers::view;
use serde_json::{Map, Value, json};

/// Parameters, schemas and answers that operations refer to.
const COMPONENTS: &str = include_str!("components.json");

/// The definition of the API of this world, for the server at `base`.
pub(super) fn definition(world: &World, base: &str) -> Result<Value, serde_json::Error> {
    let mut paths = Map::new();
    let read = |route: &Route, published| Value::from_iter([("get", operation(route, published))]);
    paths.extend(SERVICE.iter().map(|route| (route.path.into(), read(route, None))));
    for published in &world.layers {
        let name = published.layer.meta.name.as_str();
        for route in &COLLECTION {
            let mut item = read(route, Some(published));
            if view::kind_of(name).is_some() && published.layer.meta.kind == LayerKind::Domain {
                edits::add(&mut item, route.path, name);
            }
            paths.insert(format!("/collections/{name}{}", route.path), item);
        }
    }
    if world.access.is_some() {
        paths.extend(ACCESS.iter().map(|route| (route.path.into(), read(route, None))));
    }
    paths.extend(OTHERS.iter().chain(&CLIENT).map(|route| (route.path.into(), read(route, None))));
    let mut api = json!({
        "openapi": "3.0.3",
        "info": {
            "title": world.dataset.title,
            "description": world.dataset.description,
            "license": {"name": "MIT OR Apache-2.0"},
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{"url": base}],
        // Nothing, or a token by one way or the other.
        "security": [{}, {"bearer": []}, {"basic": []}],
    });
    api["paths"] = paths.into();
    api["components"] = serde_json::from_str(COMPONENTS)?;
    Ok(api)
}

fn operation(route: &Route, published: Option<&Published>) -> Value {
    let meta = published.map(|published| &published.layer.meta);
    let named = route.parameters.iter().map(|name| reference("parameters", name));
    let filters = published.filter(|_| route.filters).into_iter().flat_map(criteria::filterable);
    let parameters: Vec<Value> = named.chain(filters.map(|(_, column)| filter(column))).collect();
    let mut operation = json!({
        "tags": [route.tag],
        "summary": meta.map_or(route.summary.into(), |meta| format!("{}: {}", meta.title, route.summary)),
        "operationId": meta.map_or(route.id.into(), |meta| format!("{}.{}", route.id, meta.name)),
    });
    operation["responses"] = responses(route);
    if !parameters.is_empty() {
        operation["parameters"] = parameters.into();
    }
    operation
}

fn responses(route: &Route) -> Value {
    let found = answer(route.summary, route.contents.iter().copied());
    let mut responses = Value::from_iter([("default", reference("responses", "Problem")), ("200", found)]);
    if route.path.ends_with(".mvt") || route.path.ends_with(".mlt") {
        responses["204"] = json!({"description": "Nothing is there"});
    }
    responses
}

/// A property filter. Clients build filters only where style and explode are written out like this.
fn filter(column: &Column) -> Value {
    let what = if column.title.is_empty() { &column.name } else { column.title.as_str() };
    json!({
        "in": "query",
        "name": column.name,
        "description": format!("Only features with this value ({what}); several separated by commas."),
        "schema": schema(column.kind),
        "explode": false,
        "style": "form",
    })
}

fn schema(kind: ColumnKind) -> Value {
    match kind {
        ColumnKind::Bool => json!({"type": "boolean"}),
        ColumnKind::Int => json!({"type": "integer"}),
        ColumnKind::Float => json!({"type": "number"}),
        ColumnKind::Time => json!({"type": "string", "format": "date-time"}),
        ColumnKind::Text | ColumnKind::Mixed | ColumnKind::Json => json!({"type": "string"}),
    }
}
