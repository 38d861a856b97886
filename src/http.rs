//! HTTP: routes, parameters, headers. Handlers read the request, ask the world, and write the answer.

pub mod access;
pub mod address;
pub mod archived;
pub mod bbox;
pub mod call;
pub mod clustered;
pub mod collections;
pub mod compress;
pub mod conformance;
pub mod criteria;
pub mod document;
pub mod download;
pub mod editing;
pub mod encoding;
pub mod events;
pub mod features;
mod follow;
pub mod fonts;
pub mod front;
pub mod gate;
pub mod headers;
pub mod health;
pub mod home;
pub mod html;
pub mod item;
pub mod items;
pub mod landing;
pub mod layer_set;
pub mod links;
pub mod media;
pub mod openapi;
pub mod query;
pub mod queryables;
pub mod request_log;
pub mod router;
pub mod schema;
pub mod screen;
pub mod session;
pub mod sprites;
pub mod stream;
pub mod styles;
pub mod tilejson;
pub mod validators;
pub mod versions;
pub mod vector_format;
pub mod viewer;
pub mod viewer_state;
mod wishes;
mod words;
pub mod xyz;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
