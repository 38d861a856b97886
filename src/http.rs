//! HTTP: routes, parameters, headers. Handlers read the request, ask the world, and write the answer.

pub mod encoding;
pub mod features;
pub mod headers;
pub mod health;
pub mod layer_set;
pub mod query;
pub mod request_log;
pub mod router;
pub mod style;
pub mod tilejson;
pub mod validators;
pub mod viewer;
pub mod xyz;
