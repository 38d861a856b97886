//! The domain of roadblock: what is on the map, when it holds, who may see it.
//!
//! Synchronous and self-contained: no HTTP, no clock, no environment. Geometry is WGS 84 in degrees, longitude first.
//! Modules stand from the ground up; each imports only from those above it in this list.

pub mod time;
pub mod phase;
pub mod finding;
pub mod vocab;
pub mod value;
pub mod feature;
pub mod lists;
mod positions;
pub mod index;
mod packed;
pub mod dictionary;
pub mod features;
mod timeline;
mod sheet;
pub mod layer;
pub mod antimeridian;
mod validity;
pub mod source;
pub mod record;
mod windows;
pub mod history;
pub mod draft;
pub mod validate;
pub mod dataset;
pub mod database;
pub mod store;
pub mod tokens;
pub mod geometry;
pub mod import;
pub mod view;
pub mod access;
