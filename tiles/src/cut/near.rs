//! Whether a geometry comes near a tile at all, for whoever looks for the tiles below that hold something.
//!
//! Answers yes too often rather than too seldom: what is too small for this zoom, and would not be drawn, may show below.

use super::{Scratch, visible};
use crate::clean;
use crate::clip;
use crate::grid::{TileCoord, World};
use crate::quantise::{self, Window};
use crate::scene::{Path, Paths, Prepared, Shape};

/// Whether a geometry may show in a tile, in `buffer` units around it, or in any tile below it with the same buffer in its own units.
///
/// The buffer of a tile below is at most half of this one's, and the other half is far more than simplification moves anything.
pub fn near(prepared: Prepared<'_>, coord: TileCoord, buffer: u32, scratch: &mut Scratch) -> bool {
    Window::of(coord, buffer).any(|window| {
        prepared.shapes().any(|shape| match shape {
            Shape::Points(points) => points.iter().any(|point| window.holds_point(window.units(point.map(i64::from)))),
            Shape::Lines(paths) => paths.iter().any(|path| line(path, coord.z(), &window, scratch)),
            Shape::Polygons(polygons) => polygons.iter().any(|rings| area(rings, coord.z(), &window, scratch)),
        })
    })
}

fn line(path: Path<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> bool {
    if !window.sees(&path.bounds) || window.holds(&path.bounds) {
        return window.sees(&path.bounds);
    }
    quantise::path(path, zoom, window, &mut scratch.path);
    // A path that rounds to one point is where its box is.
    scratch.path.len() < 2 || passes(&scratch.path, &mut scratch.spare, window)
}

fn area(rings: Paths<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> bool {
    let Some(exterior) = rings.first() else { return false };
    let bounds = &exterior.bounds;
    if !window.sees(bounds) || window.holds(bounds) || !visible(&window.box_units(bounds)) {
        return window.sees(bounds);
    }
    quantise::path(exterior, zoom, window, &mut scratch.path);
    let Some(first) = scratch.path.first().copied() else { return false };
    scratch.path.push(first);
    if passes(&scratch.path, &mut scratch.spare, window) {
        return true;
    }
    // The rim stays outside, so the window lies wholly within or wholly without.
    scratch.path.pop();
    clip::ring(&mut scratch.path, &mut scratch.spare, window.low, window.high);
    let ring = super::narrowed(&scratch.path, scratch.spares.path());
    let encloses = ring.len() > 2 && clean::twice_area(&ring) != 0;
    scratch.spares.keep_path(ring);
    encloses
}

fn passes(path: &[World], spare: &mut Vec<World>, window: &Window) -> bool {
    let mut found = false;
    clip::line(path, spare, window.low, window.high, |_: &[World]| found = true);
    found
}
