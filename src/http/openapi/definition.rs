//! The OpenAPI 3.0.3 document: the route table, written out for the layers there are.

use super::client::CLIENT;
use super::edits;
use super::routes::{ACCESS, COLLECTION, OTHERS, Route, SERVICE};
use crate::http::criteria;
use crate::world::{Published, World};
use openapiv3::{
    BooleanType, Components, Info, IntegerType, License, MediaType, NumberType, OpenAPI, Operation, Parameter, ParameterData,
    ParameterSchemaOrContent, PathItem, QueryStyle, ReferenceOr, Response, Responses, Schema, SchemaData, SchemaKind,
    SecurityRequirement, Server, StatusCode, StringFormat, StringType, Type, VariantOrUnknownOrEmpty,
};
use roadblock_layers::layer::LayerKind;
use roadblock_layers::value::{Column, ColumnKind};
use roadblock_layers::view;

/// Parameters, schemas and answers that operations refer to.
const COMPONENTS: &str = include_str!("components.json");

/// The definition of the API of this world, for the server at `base`.
pub(super) fn definition(world: &World, base: &str) -> Result<OpenAPI, serde_json::Error> {
    let components: Components = serde_json::from_str(COMPONENTS)?;
    let mut api = OpenAPI {
        openapi: "3.0.3".into(),
        info: info(world),
        servers: vec![Server { url: base.into(), ..Default::default() }],
        components: Some(components),
        // Nothing, or a token by one way or the other.
        security: Some([None, Some("bearer"), Some("basic")].map(scheme).into()),
        ..Default::default()
    };
    let mut put = |path: String, item: PathItem| drop(api.paths.paths.insert(path, ReferenceOr::Item(item)));
    let read = |route: &Route, published| PathItem { get: Some(operation(route, published)), ..Default::default() };
    SERVICE.iter().for_each(|route| put(route.path.into(), read(route, None)));
    for published in &world.layers {
        let name = published.layer.meta.name.as_str();
        for route in &COLLECTION {
            let mut item = read(route, Some(published));
            if view::kind_of(name).is_some() && published.layer.meta.kind == LayerKind::Domain {
                edits::add(&mut item, route.path, name);
            }
            put(format!("/collections/{name}{}", route.path), item);
        }
    }
    if world.access.is_some() {
        ACCESS.iter().for_each(|route| put(route.path.into(), read(route, None)));
    }
    OTHERS.iter().chain(&CLIENT).for_each(|route| put(route.path.into(), read(route, None)));
    Ok(api)
}

/// By which scheme a request may say who asks.
fn scheme(name: Option<&str>) -> SecurityRequirement {
    name.into_iter().map(|name| (name.to_owned(), Vec::new())).collect()
}

fn info(world: &World) -> Info {
    let license = License { name: "MIT OR Apache-2.0".into(), ..Default::default() };
    Info {
        title: world.dataset.title.clone(),
        description: Some(world.dataset.description.clone()),
        version: env!("CARGO_PKG_VERSION").into(),
        license: Some(license),
        ..Default::default()
    }
}

fn operation(route: &Route, published: Option<&Published>) -> Operation {
    let meta = published.map(|published| &published.layer.meta);
    let named = route.parameters.iter().map(|name| ReferenceOr::ref_(&format!("#/components/parameters/{name}")));
    let filters = published.filter(|_| route.filters).into_iter().flat_map(criteria::filterable);
    Operation {
        tags: vec![route.tag.into()],
        summary: Some(meta.map_or(route.summary.into(), |meta| format!("{}: {}", meta.title, route.summary))),
        operation_id: Some(meta.map_or(route.id.into(), |meta| format!("{}.{}", route.id, meta.name))),
        parameters: named.chain(filters.map(|(_, column)| ReferenceOr::Item(filter(column)))).collect(),
        responses: responses(route),
        ..Default::default()
    }
}

fn responses(route: &Route) -> Responses {
    let content = route.contents.iter().map(|(media_type, schema)| {
        let reference = |name: &&str| ReferenceOr::ref_(&format!("#/components/schemas/{name}"));
        ((*media_type).to_owned(), MediaType { schema: schema.as_ref().map(reference), ..Default::default() })
    });
    let found = Response { description: route.summary.into(), content: content.collect(), ..Default::default() };
    let mut responses = Responses { default: Some(ReferenceOr::ref_("#/components/responses/Problem")), ..Default::default() };
    responses.responses.insert(StatusCode::Code(200), ReferenceOr::Item(found));
    if route.path.ends_with(".mvt") || route.path.ends_with(".mlt") {
        let empty = Response { description: "Nothing is there".into(), ..Default::default() };
        responses.responses.insert(StatusCode::Code(204), ReferenceOr::Item(empty));
    }
    responses
}

/// A property filter. Clients build filters only where style and explode are written out like this.
fn filter(column: &Column) -> Parameter {
    let what = if column.title.is_empty() { &column.name } else { column.title.as_str() };
    Parameter::Query {
        parameter_data: ParameterData {
            name: column.name.to_string(),
            description: Some(format!("Only features with this value ({what}); several separated by commas.")),
            required: false,
            deprecated: None,
            format: ParameterSchemaOrContent::Schema(ReferenceOr::Item(schema(column.kind))),
            example: None,
            examples: Default::default(),
            explode: Some(false),
            extensions: Default::default(),
        },
        allow_reserved: false,
        style: QueryStyle::Form,
        allow_empty_value: None,
    }
}

fn schema(kind: ColumnKind) -> Schema {
    let date_time = VariantOrUnknownOrEmpty::Item(StringFormat::DateTime);
    let kind = match kind {
        ColumnKind::Bool => Type::Boolean(BooleanType::default()),
        ColumnKind::Int => Type::Integer(IntegerType::default()),
        ColumnKind::Float => Type::Number(NumberType::default()),
        ColumnKind::Time => Type::String(StringType { format: date_time, ..Default::default() }),
        ColumnKind::Text | ColumnKind::Mixed | ColumnKind::Json => Type::String(StringType::default()),
    };
    Schema { schema_data: SchemaData::default(), schema_kind: SchemaKind::Type(kind) }
}
