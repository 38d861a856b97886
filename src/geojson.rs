//! GeoJSON out (RFC 7946): which features a request selects, and how they are written, chunk by chunk.
//!
//! In: one pinned layer of the world, an asked time, boxes in degrees. Out: UTF-8 text, WGS 84, longitude first.
//! Nothing here knows HTTP; nothing holds more than one chunk and the numbers of the features found.

pub mod geometry;
pub mod feature;
pub mod filter;
pub mod select;
pub mod collection;
pub mod head;
