//! The room that an icon or a text takes: an upright box, or a chain of them where it is turned or bent.

/// Parts of a style pixel to which boxes are rounded, seen from their point: points lie on sixteenths, so the sums are exact and
/// every tile finds the same boxes touching.
const PARTS: f64 = 256.0;

/// How far from its point a symbol takes room at most, across and down, style pixels. What shows in a picture depends on three of these
/// in a row (a symbol's far side, its rival from side to side) and on what decides about that rival: all must fit in what a tile sees.
pub(super) const REACH_PX: f64 = 120.0;

/// How far letters and their halo may reach out of their boxes, as overhangs and stacked marks do, style pixels: a text is drawn where
/// so much around its room shows.
pub(super) const INK_PX: f64 = 8.0;

/// An upright box, style pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    pub(super) min: [f64; 2],
    pub(super) max: [f64; 2],
}

impl Frame {
    /// From one corner to another, both counted from a point.
    pub(super) fn new(at: [f64; 2], low: [f64; 2], high: [f64; 2]) -> Self {
        let rounded = |corner: [f64; 2]| [0, 1].map(|axis| at[axis] + (corner[axis] * PARTS).round() / PARTS);
        Self { min: rounded(low), max: rounded(high) }
    }

    pub(super) fn meets(&self, other: &Self) -> bool {
        (0..2).all(|axis| self.min[axis] < other.max[axis] && other.min[axis] < self.max[axis])
    }

    fn union(self, other: Self) -> Self {
        Self {
            min: [0, 1].map(|axis| self.min[axis].min(other.min[axis])),
            max: [0, 1].map(|axis| self.max[axis].max(other.max[axis])),
        }
    }
}

/// One or more boxes.
#[derive(Debug, Clone)]
pub(super) struct Room {
    bounds: Frame,
    /// Empty if the bounds are all of it.
    links: Vec<Frame>,
}

impl From<Frame> for Room {
    fn from(bounds: Frame) -> Self {
        Self { bounds, links: Vec::new() }
    }
}

impl Room {
    /// `None` of no boxes.
    pub(super) fn chain(links: Vec<Frame>) -> Option<Self> {
        let bounds = links.iter().copied().reduce(Frame::union)?;
        Some(if links.len() == 1 { Self::from(bounds) } else { Self { bounds, links } })
    }

    /// Its boxes.
    pub(super) fn links(&self) -> &[Frame] {
        if self.links.is_empty() { std::slice::from_ref(&self.bounds) } else { &self.links }
    }

    /// Bytes that it takes beside itself.
    pub(super) fn heap_bytes(&self) -> usize {
        self.links.len() * size_of::<Frame>()
    }

    /// Whether what stands in it may show in a picture of a size.
    pub(super) fn shows(&self, size: [f64; 2]) -> bool {
        self.bounds.meets(&Frame { min: [-INK_PX; 2], max: size.map(|side| side + INK_PX) })
    }

    /// Whether no part of it is further from a point, across or down.
    pub(super) fn is_within(&self, reach: f64, at: [f64; 2]) -> bool {
        (0..2).all(|axis| self.bounds.min[axis] >= at[axis] - reach && self.bounds.max[axis] <= at[axis] + reach)
    }

    /// The part of its bounds that is no further from a point.
    pub(super) fn cut_to(&self, reach: f64, at: [f64; 2]) -> Self {
        let held = |corner: [f64; 2]| [0, 1].map(|axis| corner[axis].clamp(at[axis] - reach, at[axis] + reach));
        Self::from(Frame { min: held(self.bounds.min), max: held(self.bounds.max) })
    }
}

/// Cosine and sine of an angle in degrees, clockwise.
pub(super) fn direction(degrees: f64) -> [f64; 2] {
    if degrees == 0.0 { [1.0, 0.0] } else { [degrees.to_radians().cos(), degrees.to_radians().sin()] }
}

/// The upright box around some corners, counted from a point.
pub(super) fn around(at: [f64; 2], corners: [[f64; 2]; 4], padding: f64) -> Frame {
    let side = |axis: usize| corners.map(|corner| corner[axis]);
    let least = [0, 1].map(|axis| side(axis).into_iter().fold(f64::INFINITY, f64::min) - padding);
    let most = [0, 1].map(|axis| side(axis).into_iter().fold(f64::NEG_INFINITY, f64::max) + padding);
    Frame::new(at, least, most)
}

/// A box from corner to corner, counted from the point around which it is turned, as upright boxes of about its height.
pub(super) fn turned(at: [f64; 2], low: [f64; 2], high: [f64; 2], [cos, sin]: [f64; 2], padding: f64) -> Vec<Frame> {
    let long = high[0] - low[0];
    let count = if sin == 0.0 { 1.0 } else { (long / (high[1] - low[1]).max(1.0)).ceil().clamp(1.0, 64.0) };
    let links = (0..count as u32).map(|number| {
        let [left, right] = [0.0, 1.0].map(|more| low[0] + long * (f64::from(number) + more) / count);
        let corners = [[left, low[1]], [right, low[1]], [right, high[1]], [left, high[1]]];
        around(at, corners.map(|[x, y]| [x * cos - y * sin, x * sin + y * cos]), padding)
    });
    links.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slanting_text_leaves_the_corners_of_its_box_free() {
        let links = turned([100.0; 2], [-50.0, -5.0], [50.0, 5.0], direction(45.0), 0.0);
        let is_taken = |x: f64, y: f64| links.iter().any(|link| link.meets(&Frame::new([x, y], [-2.0; 2], [2.0; 2])));
        assert!(is_taken(130.0, 130.0) && is_taken(70.0, 70.0));
        assert!(!is_taken(130.0, 70.0) && !is_taken(70.0, 130.0), "beside it");
    }

    #[test]
    fn boxes_do_not_depend_on_which_tile_their_point_is_counted_from() {
        let [low, high] = [[-10.123_456_7, 3.3], [7.7, 9.1]];
        let (here, there) = (Frame::new([3.0625, 8.0], low, high), Frame::new([3.0625 + 512.0, 8.0], low, high));
        assert_eq!((here.min[0] + 512.0, here.max[0] + 512.0), (there.min[0], there.max[0]));
    }
}
