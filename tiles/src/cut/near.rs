//! Whether a geometry comes near a tile at all, for whoever looks for the tiles below that hold something.
//!
//! Answers yes too often rather than too seldom: what is too small for this zoom, and would not be drawn, may show below.

use super::{Scratch, visible};
use crate::boxes::Ends;
use crate::clean;
use crate::clip::{AreaClip, Clip, LineClip, Square};
use crate::frame::Frame;
use crate::quantise::{self, Window};
use crate::scene::{Path, Paths, Prepared, Shape};

/// Whether a geometry may show in a frame, or in that of any tile below with the same buffer in its own units.
///
/// The buffer of a tile below is at most half of this one's, and the other half, 16 units or more, is more than simplification moves anything.
pub fn near(prepared: Prepared<'_>, frame: &Frame, scratch: &mut Scratch) -> bool {
    frame.windows.iter().any(|window| {
        prepared.shapes().any(|shape| match shape {
            Shape::Points(points) => points.iter().any(|point| window.holds_point(window.units(point.map(i64::from)))),
            Shape::Lines(paths) => paths.iter().any(|path| line(path, frame.zoom(), window, scratch)),
            Shape::Polygons(polygons) => polygons.iter().any(|rings| area(rings, frame.zoom(), window, scratch)),
        })
    })
}

fn line(path: Path<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> bool {
    if !window.sees(&path.bounds) || window.holds(&path.bounds) {
        return window.sees(&path.bounds);
    }
    let (moves, passes) = passes(path, Ends::Open, zoom, window, scratch);
    // A path that rounds to one point is where its box is.
    !moves || passes
}

fn area(rings: Paths<'_>, zoom: u8, window: &Window, scratch: &mut Scratch) -> bool {
    let Some(exterior) = rings.first() else { return false };
    let bounds = &exterior.bounds;
    if !window.sees(bounds) || window.holds(bounds) || !visible(&window.box_units(bounds)) {
        return window.sees(bounds);
    }
    if passes(exterior, Ends::Closed, zoom, window, scratch).1 {
        return true;
    }
    // The rim stays outside, so the window lies wholly within or wholly without.
    let mut clip = AreaClip::new(Square::plain(window.low, window.high), &mut scratch.piece);
    quantise::walk(exterior, zoom, window, &mut clip);
    clip.finish();
    scratch.piece.len() > 2 && clean::twice_area(&scratch.piece) != 0
}

/// Whether a path moves at all, and whether it passes through the window.
fn passes(path: Path<'_>, ends: Ends, zoom: u8, window: &Window, scratch: &mut Scratch) -> (bool, bool) {
    let mut passes = false;
    let mut clip = LineClip::new(Square::plain(window.low, window.high), &mut scratch.piece, |_| passes = true);
    quantise::walk(path, zoom, window, &mut clip);
    let first = quantise::first(path, zoom, window).filter(|_| ends == Ends::Closed);
    first.into_iter().for_each(|first| clip.to(first));
    (clip.finish(), passes)
}
