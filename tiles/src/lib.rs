//! Geometry in, tile bytes out: grid, prepared geometry, cutting, MVT, MLT, raster, and archives of finished tiles.
//!
//! Knows neither records nor HTTP. In: WGS 84 degrees, longitude first. Out: bytes of a tile.
//! Modules stand from the ground up; each imports only from those above it in this list.

pub mod grid;
pub mod archive;
mod rank;
mod parts;
mod morton;
mod boxes;
mod cells;
pub mod scene;
mod prepare;
mod arrange;
mod spare;
mod seam;
mod clip;
mod quantise;
pub mod frame;
pub mod label;
mod around;
mod simple;
mod straight;
mod clean;
pub mod cut;
pub mod cluster;
pub mod budget;
mod protobuf;
pub mod mvt;
pub mod mlt;
pub mod vector;
pub mod raster;
