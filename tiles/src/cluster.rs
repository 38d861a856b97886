//! Points gathered into clusters: the cells of one global grid, halved from level to level, so that every cell holds four of the next.
//!
//! In: grid positions, each with a number and a class that mean something to the caller only. Out: the cells that a tile and its
//! surroundings see, each with the points that lie in it. A cell belongs to one tile and is the same cell whichever tile asks, so
//! clusters are never cut, doubled or different on two sides of an edge, whatever subset of the points is asked for.

mod id;
mod points;

pub use id::ClusterId;
pub use points::{Points, Sum};

use crate::cut::Purpose;
use crate::scene::{Prepared, Shape};

/// log2 of the cells along the side of a 512 px tile: a cell is 64 px wide.
const CELL_BITS: u8 = 3;
/// log2 of the tile units along the side of a tile: what no tile can tell apart stays together.
const UNIT_BITS: u8 = 12;
/// Finest level, cells of 1.2 m at the equator: what lies closer together is the same place.
const FINEST: u8 = 25;

/// The level whose cells are clusters in tiles of a zoom, for a layer that has tiles up to `max_zoom`.
///
/// A picture shows a tile at half the size of a vector tile, so that it takes the cells of the zoom before. At `max_zoom`, where
/// nobody can zoom in further, only points that the tile cannot tell apart stay together.
pub fn level(zoom: u8, max_zoom: u8, purpose: Purpose) -> u8 {
    match purpose {
        _ if zoom >= max_zoom => finest(max_zoom),
        Purpose::Vector | Purpose::Exact => (zoom + CELL_BITS).min(FINEST),
        Purpose::Picture { .. } => (zoom + CELL_BITS - 1).min(FINEST),
    }
}

fn finest(max_zoom: u8) -> u8 {
    (max_zoom + UNIT_BITS).min(FINEST)
}

/// The lowest zoom at which the points of a sum are more than one cluster of a vector tile; `None` if no zoom parts them.
pub fn expansion_zoom(sum: &Sum, max_zoom: u8) -> Option<u8> {
    let parted = sum.parted_from()?;
    let zoom = parted.saturating_sub(CELL_BITS);
    match zoom < max_zoom {
        true => Some(zoom),
        false => (parted <= finest(max_zoom)).then_some(max_zoom),
    }
}

/// Where a geometry counts: its first point, if it is made of points only.
pub fn position(prepared: Prepared<'_>) -> Option<[u32; 2]> {
    let mut shapes = prepared.shapes().map(|shape| match shape {
        Shape::Points(points) => points.first().copied(),
        Shape::Lines(_) | Shape::Polygons(_) => None,
    });
    let first = shapes.next().flatten()?;
    shapes.all(|other| other.is_some()).then_some(first)
}

#[cfg(test)]
mod tests;
