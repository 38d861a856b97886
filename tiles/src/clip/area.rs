//! Rings, after I. E. Sutherland and G. W. Hodgman, "Reentrant polygon clipping" (1974): one side after the other, each vertex passed on as
//! it comes. Where a ring leaves and comes back, an edge runs along the side of the window.

use super::{Clip, Square, narrow};
use crate::grid::World;
use crate::seam::crossing;
use crate::spare::Positions;

/// Clips one ring.
#[derive(Debug)]
pub(crate) struct AreaClip<'a> {
    square: Square,
    sides: [Side; 4],
    ring: &'a mut Positions,
    first: Option<World>,
    /// The last vertex; of one inside, the end of the ring is.
    last: World,
    /// The sides of the inner and of the whole square that it lies beyond.
    last_sides: u8,
    last_outer_sides: u8,
}

/// One side of the window.
#[derive(Debug, Clone, Copy)]
struct Side {
    axis: usize,
    at: i64,
    /// What lies beyond is greater.
    is_high: bool,
    /// The first and the last vertex that came to it, each with whether it is kept.
    first: Option<(World, bool)>,
    last: Option<(World, bool)>,
}

impl Side {
    fn keeps(&self, at: World) -> bool {
        if self.is_high { at[self.axis] <= self.at } else { at[self.axis] >= self.at }
    }
}

impl<'a> AreaClip<'a> {
    /// Of a ring yet to come, into a list of its own.
    pub(crate) fn new(square: Square, ring: &'a mut Positions) -> Self {
        ring.clear();
        let side = |axis, is_high| {
            let at = if is_high { square.high } else { square.low };
            Side { axis, at, is_high, first: None, last: None }
        };
        let sides = [side(0, false), side(0, true), side(1, false), side(1, true)];
        Self { square, sides, ring, first: None, last: [0; 2], last_sides: u8::MAX, last_outer_sides: 0 }
    }

    /// The ring has ended where it began.
    pub(crate) fn finish(mut self) {
        let Some(first) = self.first else { return };
        self.take_up();
        self.seams(first, self.square.sides(first), self.square.outer_sides(first));
        for number in 0..self.sides.len() {
            let side = self.sides[number];
            if let (Some((first, begins)), Some((last, ends))) = (side.first, side.last)
                && begins != ends
            {
                self.pass(number + 1, crossing(last, first, side.axis, side.at));
            }
        }
        while self.ring.len() > 1 && self.ring.first() == self.ring.last() {
            self.ring.pop();
        }
    }

    /// What went directly into the ring has passed all sides.
    fn take_up(&mut self) {
        if self.last_sides == 0
            && let Some(end) = self.ring.last()
        {
            self.last = end.map(i64::from);
            self.sides.iter_mut().for_each(|side| side.last = Some((self.last, true)));
        }
    }

    /// Passes on the vertices between the last one and the next.
    fn seams(&mut self, to: World, sides: u8, outer_sides: u8) {
        if self.last_outer_sides & outer_sides == 0 {
            let crossings = self.square.crossings((self.last, self.last_sides), (to, sides));
            crossings.all().iter().for_each(|at| self.pass(0, *at));
        }
    }

    /// A vertex comes to a side, or has passed all of them.
    fn pass(&mut self, number: usize, at: World) {
        let Some(side) = self.sides.get_mut(number) else {
            let at = narrow(at);
            if self.ring.last() != Some(&at) {
                self.ring.push(at);
            }
            return;
        };
        let is_kept = side.keeps(at);
        let before = side.last.replace((at, is_kept));
        let (axis, line) = (side.axis, side.at);
        match before {
            None => side.first = Some((at, is_kept)),
            Some((from, was_kept)) if was_kept != is_kept => self.pass(number + 1, crossing(from, at, axis, line)),
            Some(_) => (),
        }
        if is_kept {
            self.pass(number + 1, at);
        }
    }
}

impl Clip for AreaClip<'_> {
    fn to(&mut self, to: World) {
        let sides = self.square.sides(to);
        if self.last_sides | sides == 0 {
            let to = narrow(to);
            if self.ring.last() != Some(&to) {
                self.ring.push(to);
            }
            return;
        }
        self.take_up();
        let outer_sides = self.square.outer_sides(to);
        match self.first {
            None => self.first = Some(to),
            Some(_) if self.last == to => return,
            Some(_) => self.seams(to, sides, outer_sides),
        }
        self.pass(0, to);
        (self.last, self.last_sides, self.last_outer_sides) = (to, sides, outer_sides);
    }

    fn inside(&mut self) -> &mut Positions {
        self.ring
    }
}
